//! The operations on the page. Each is one call of the script library inside the page (library.js, form.js
//! and those beside them), so that a request costs few round trips, and each ends with its effect verified or
//! says what is missing.

mod compose;
mod controls;
mod files;
mod functions;
mod state;

use std::sync::Arc;
use std::time::Duration;

use postern_browser::{BrowserError, Handle, Page, keys};
use postern_protocol::chat::{Failure, FailureKind, ToolCall};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::selectors::{Selectors, WrongCss};
use crate::selftest::{Looked, insides, openings};

pub(crate) use compose::{Prepared, Problem, Settings, Shown, Thinking, Wanted, asked};
pub(crate) use controls::{Blocks, Controls, Kept, Meets, Structure, Structured, Wish};
pub(crate) use files::{NotTaken, refusal};
pub(crate) use functions::{BoxedResult, Functions};
pub use state::PageState;
pub(crate) use state::{Look, Seen, Settled, account_state};

const LIBRARY: &str = concat!(
    include_str!("library.js"),
    include_str!("form.js"),
    include_str!("tools.js"),
    include_str!("functions.js"),
    include_str!("wishes.js"),
    include_str!("files.js"),
    include_str!("report.js"),
);

/// What the page shows of an answer.
#[derive(Debug, Deserialize)]
pub(crate) struct ReadAnswer {
    #[serde(flatten)]
    pub(crate) look: Look,
    /// The answer, once it is whole.
    pub(crate) text: Option<String>,
    /// The calls in it.
    pub(crate) calls: Vec<ShownCall>,
    /// How much is there, thoughts included.
    pub(crate) progress: usize,
}

/// A call as the page shows it; `None` is what was not found.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ShownCall {
    pub(crate) name: Option<String>,
    /// An object of JSON.
    pub(crate) arguments: Option<String>,
}

impl ShownCall {
    /// The call, to be told by this id.
    pub(crate) fn named(&self, id: String) -> Result<ToolCall, Failure> {
        // As it speaks of a function call, functions are offered in words next, where that may be done.
        let unread = |what: &str| {
            let text = format!(
                "AI Studio's page shows a function call that cannot be read off it: {what}. Its request was not seen \
                 on the network, which would have told more"
            );
            Failure::new(FailureKind::PageChanged, text)
        };
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| unread("its name is not where Postern looks for it"))?;
        let written = self.arguments.as_deref();
        let written = written.ok_or_else(|| unread("its arguments are not where Postern looks for them"))?;
        let arguments: Map<String, Value> =
            serde_json::from_str(written).map_err(|_| unread("its arguments are no object of JSON"))?;
        Ok(ToolCall { id, name: name.to_owned(), arguments: Value::Object(arguments).to_string() })
    }
}

/// A tab that shows AI Studio, or is about to.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    page: Page,
    selectors: Arc<Selectors>,
    /// What the script library needs of the selectors.
    data: Arc<Value>,
}

impl Site {
    pub(crate) fn new(page: Page, selectors: Arc<Selectors>) -> Self {
        let data = Arc::new(json!(&*selectors));
        Self { page, selectors, data }
    }

    pub(crate) fn page(&self) -> &Page {
        &self.page
    }

    pub(crate) fn selectors(&self) -> &Selectors {
        &self.selectors
    }

    /// Waits until the page shows something that asks for a decision; if that is the editor, also for the
    /// address of its owner, but no longer than `owner`.
    pub(crate) async fn settle(
        &self,
        deadline: Duration,
        owner: Duration,
    ) -> Result<state::Settled, BrowserError> {
        let ask = json!({ "deadline": millis(deadline), "owner_deadline": millis(owner) });
        self.call("settle", ask).await
    }

    /// What the page shows now.
    pub(crate) async fn look(&self) -> Result<Look, BrowserError> {
        self.call("look", json!({})).await
    }

    /// Fills the form.
    pub(crate) async fn prepare(&self, wanted: &Wanted<'_>) -> Result<Prepared, BrowserError> {
        self.call("prepare", wanted).await
    }

    /// Chooses a model in the page's own list; whether it shows it then.
    pub(crate) async fn pick(&self, names: &[String]) -> Result<bool, BrowserError> {
        self.call("pick", json!({ "names": names })).await
    }

    /// Writes the model into the page's stored preference, which its next load opens with.
    pub(crate) async fn prefer(&self, model: &str) -> Result<bool, BrowserError> {
        self.call("prefer", json!({ "model": model })).await
    }

    /// Presses the keys that run the prompt in its box, as a person would.
    pub(crate) async fn press_run_keys(&self, prompt: &Handle) -> Result<(), BrowserError> {
        let keys = if cfg!(target_os = "macos") { keys::META_ENTER } else { keys::CTRL_ENTER };
        self.page.press_in(prompt, keys).await
    }

    /// Clicks the Run button that a filled form has.
    pub(crate) async fn click_button(&self, run: &Handle) -> Result<(), BrowserError> {
        self.page.click_on(run).await
    }

    /// Looks for Run and clicks it, as a person would; there is none while the page shows Stop.
    pub(crate) async fn click_run(&self) -> Result<(), BrowserError> {
        self.click("first(\"stop\") ? null : first(\"run\")").await
    }

    /// Stops the answer that is being written; whether the page is idle within the deadline. `expected` says
    /// that a run was just begun: a page that shows no Stop then may be about to run, and has not stopped.
    pub(crate) async fn stop(&self, expected: bool, deadline: Duration) -> Result<bool, BrowserError> {
        let ask = |expected: bool| json!({ "expected": expected, "deadline": millis(deadline) });
        if self.call("stop", ask(expected)).await? {
            return Ok(true);
        }
        self.click("first(\"stop\")").await?;
        self.call("stop", ask(false)).await
    }

    /// Reads the answer to the prompt that followed so many turns, waiting until the deadline for its end.
    pub(crate) async fn read_answer(
        &self,
        turns: usize,
        deadline: Duration,
    ) -> Result<ReadAnswer, BrowserError> {
        self.call("readAnswer", json!({ "turns": turns, "deadline": millis(deadline) })).await
    }

    /// Which selectors find something. What is opened for that is closed again.
    pub(crate) async fn self_test(&self) -> Result<Looked, BrowserError> {
        self.call("selfTest", json!({ "doors": openings(), "within": insides() })).await
    }

    /// The entries of the selectors that are no CSS. Works on every page.
    pub(crate) async fn wrong_css(&self) -> Result<Vec<WrongCss>, BrowserError> {
        self.call("wrongCss", json!({})).await
    }

    /// Hides every private text and returns an outline of the page without any.
    pub(crate) async fn redact(&self) -> Result<String, BrowserError> {
        self.call("redact", json!({})).await
    }

    /// Shows the texts again.
    pub(crate) async fn unredact(&self) -> Result<bool, BrowserError> {
        self.call("unredact", json!({})).await
    }

    async fn click(&self, element: &str) -> Result<(), BrowserError> {
        let script = script(element);
        self.page.click_element(&script, json!({ "data": *self.data, "ask": {} })).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        operation: &str,
        ask: impl Serialize,
    ) -> Result<T, BrowserError> {
        #[derive(Serialize)]
        struct Arguments<'a, A> {
            data: &'a Value,
            ask: A,
        }
        let arguments = Arguments { data: &self.data, ask };
        self.page.run(&script(&format!("{operation}()")), arguments).await
    }
}

fn script(result: &str) -> String {
    format!("const {{ data, ask }} = arguments[0];\n{LIBRARY}\nreturn {result};")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The unit that scripts count time in.
fn as_millis<S: serde::Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(millis(*duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_off_the_page_or_says_what_is_missing() {
        let read = |name: Option<&str>, arguments: Option<&str>| {
            let shown = ShownCall { name: name.map(Into::into), arguments: arguments.map(Into::into) };
            shown.named("c0".into())
        };
        let call = read(Some("now"), Some("{\n  \"in\": [\"Oslo\"]\n}")).unwrap();
        assert_eq!((call.id.as_str(), call.name.as_str()), ("c0", "now"));
        assert_eq!(call.arguments, r#"{"in":["Oslo"]}"#);
        for (name, arguments, what) in [
            (None, Some("{}"), "its name"),
            (Some(""), Some("{}"), "its name"),
            (Some("now"), None, "not where"),
            (Some("now"), Some("[1]"), "no object"),
        ] {
            let failure = read(name, arguments).unwrap_err();
            assert_eq!(failure.kind, FailureKind::PageChanged);
            assert!(failure.message.contains(what), "{}", failure.message);
        }
    }
}
