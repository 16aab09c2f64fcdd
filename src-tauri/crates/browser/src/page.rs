//! The current tab.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fantoccini::elements::{Element, ElementRef};
use fantoccini::{Client, Locator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tab::Tab;
use crate::{BrowserError, Watch, deadline};

/// An element that a script returned, alone or among other things; it is one until the page puts another in its place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Handle {
    /// The key is fixed by the WebDriver standard.
    #[serde(rename = "element-6066-11e4-a52e-4f735466cecf")]
    reference: String,
}

impl Handle {
    fn element(&self, client: Client) -> Element {
        Element::from_element_id(client, ElementRef::from(self.reference.clone()))
    }
}

/// Key codes for [`Page::press`], alone or in a string with other text.
pub mod keys {
    /// Enter.
    pub const ENTER: &str = "\u{E007}";
    /// Ctrl and Enter together.
    pub const CTRL_ENTER: &str = "\u{E009}\u{E007}";
    /// Cmd and Enter together, for macOS.
    pub const META_ENTER: &str = "\u{E03D}\u{E007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{E00C}";
    /// Tab.
    pub const TAB: &str = "\u{E004}";
    /// Backspace.
    pub const BACKSPACE: &str = "\u{E003}";
    /// Lets go of every modifier key that came before in the same string.
    pub const RELEASE: &str = "\u{E000}";
}

/// A handle on one tab. Once the tab is closed or replaced, or the browser died, every call says
/// [`BrowserError::Gone`].
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) tab: Arc<Tab>,
}

impl Page {
    /// Opens an address and waits until the document is parsed.
    pub async fn goto(&self, url: &str) -> Result<(), BrowserError> {
        let limit = deadline::NAVIGATION;
        self.tab.call_within(limit, "opening the page", |client| async move { client.goto(url).await }).await
    }

    /// The address shown.
    pub async fn url(&self) -> Result<String, BrowserError> {
        self.tab
            .call("reading the address", |client| async move { Ok(client.current_url().await?.into()) })
            .await
    }

    /// The document's title.
    pub async fn title(&self) -> Result<String, BrowserError> {
        self.tab.call("reading the title", |client| async move { client.title().await }).await
    }

    /// Loads the page again and waits until the document is parsed.
    pub async fn reload(&self) -> Result<(), BrowserError> {
        let limit = deadline::NAVIGATION;
        self.tab
            .call_within(limit, "reloading the page", |client| async move { client.refresh().await })
            .await
    }

    /// Runs a function body in the page; `arguments[0]` is `args`. A promise it returns is awaited.
    pub async fn run<T: DeserializeOwned>(
        &self,
        script: &str,
        args: impl Serialize,
    ) -> Result<T, BrowserError> {
        let args = arguments(args)?;
        let value = self
            .tab
            .call("running a script", |client| {
                let args = args.clone();
                async move { client.execute(script, args).await }
            })
            .await?;
        result(value)
    }

    /// Like [`Page::run`], but the result is what the script gives to the callback in `arguments[1]`.
    pub async fn run_async<T: DeserializeOwned>(
        &self,
        script: &str,
        args: impl Serialize,
    ) -> Result<T, BrowserError> {
        let args = arguments(args)?;
        let run = |client: Client| {
            let args = args.clone();
            async move { client.execute_async(script, args).await }
        };
        result(self.tab.call("running a script", run).await?)
    }

    /// A trusted click on the first element that matches.
    pub async fn click(&self, css: &str) -> Result<(), BrowserError> {
        let click = |client: Client| async move { client.find(Locator::Css(css)).await?.click().await };
        self.tab.call("clicking", click).await.map_err(|error| about(error, css))
    }

    /// A trusted click on the element that the script returns.
    pub async fn click_element(&self, script: &str, args: impl Serialize) -> Result<(), BrowserError> {
        let found = self.element(script, args).await?;
        self.click_on(&found).await
    }

    /// A trusted click on this element.
    pub async fn click_on(&self, handle: &Handle) -> Result<(), BrowserError> {
        let click = |client: Client| {
            let element = handle.element(client);
            async move { element.click().await }
        };
        self.tab.call("clicking", click).await.map_err(|error| about(error, "element that the script found"))
    }

    /// Gives files to the field for files that the script returns, whether it is shown or not. More than one takes
    /// a field for several. A browser on another machine has no files of this one.
    pub async fn upload(
        &self,
        script: &str,
        args: impl Serialize,
        files: &[PathBuf],
    ) -> Result<(), BrowserError> {
        if !self.tab.is_local() {
            return Err(BrowserError::Elsewhere);
        }
        let paths = lines(files)?;
        let field = self.element(script, args).await?;
        let give = |client: Client| {
            let element = field.element(client);
            let paths = paths.clone();
            async move { element.send_keys(&paths).await }
        };
        let limit = deadline::UPLOAD;
        let given = self.tab.call_within(limit, "giving files to the page", give).await;
        given.map_err(|error| about(error, "field for files"))
    }

    async fn element(&self, script: &str, args: impl Serialize) -> Result<Handle, BrowserError> {
        let none = || BrowserError::NoSuchElement("element that the script looks for".to_owned());
        self.run::<Option<Handle>>(script, args).await?.ok_or_else(none)
    }

    /// Trusted keys into this element; see [`keys`].
    pub async fn press_in(&self, handle: &Handle, keys: &str) -> Result<(), BrowserError> {
        let press = |client: Client| {
            let element = handle.element(client);
            async move { element.send_keys(keys).await }
        };
        let pressed = self.tab.call("pressing keys", press).await;
        pressed.map_err(|error| about(error, "element that the script found"))
    }

    /// Trusted keys into the first element that matches; see [`keys`].
    pub async fn press(&self, css: &str, keys: &str) -> Result<(), BrowserError> {
        let press =
            |client: Client| async move { client.find(Locator::Css(css)).await?.send_keys(keys).await };
        self.tab.call("pressing keys", press).await.map_err(|error| about(error, css))
    }

    /// What the tab shows, as PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.tab.call("taking a picture", |client| async move { client.screenshot().await }).await
    }

    /// Watches this tab's requests whose address has `path_contains` in its path (not in its host or query),
    /// from now on. The watch survives navigation.
    pub async fn watch(&self, path_contains: &str) -> Result<Watch, BrowserError> {
        self.tab.watch(path_contains).await
    }

    /// The last lines the browser logged for this tab, oldest first; empty when it does not tell.
    pub fn console(&self) -> Vec<String> {
        self.tab.console()
    }
}

fn arguments(args: impl Serialize) -> Result<Vec<Value>, BrowserError> {
    let args = serde_json::to_value(args).map_err(|error| BrowserError::Script(error.to_string()))?;
    Ok(vec![args])
}

fn result<T: DeserializeOwned>(value: Value) -> Result<T, BrowserError> {
    serde_json::from_value(value).map_err(|error| BrowserError::Script(format!("unexpected result: {error}")))
}

/// The paths as the driver wants them: absolute, one a line.
fn lines(files: &[PathBuf]) -> Result<String, BrowserError> {
    let line = |file: &PathBuf| {
        let whole = Path::is_absolute(file).then(|| file.to_str()).flatten();
        let fit = whole.filter(|text| !text.contains(['\n', '\r']));
        fit.map(str::to_owned)
            .ok_or_else(|| BrowserError::Driver("a path cannot be given to the page".to_owned()))
    };
    Ok(files.iter().map(line).collect::<Result<Vec<_>, _>>()?.join("\n"))
}

/// Names the element by what the caller asked for, where the driver used its own words.
fn about(error: BrowserError, what: &str) -> BrowserError {
    match error {
        BrowserError::NoSuchElement(_) => BrowserError::NoSuchElement(what.to_owned()),
        BrowserError::NotInteractable(_) => BrowserError::NotInteractable(what.to_owned()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_paths_of_one_line_are_given_to_the_driver() {
        let lines = |files: &[&str]| lines(&files.iter().map(PathBuf::from).collect::<Vec<_>>()).ok();
        let (one, two) = if cfg!(windows) { ("C:\\a.png", "C:\\b") } else { ("/a.png", "/b") };
        assert_eq!(lines(&[one, two]), Some(format!("{one}\n{two}")));
        assert_eq!(lines(&["a.png"]), None);
        assert_eq!(lines(&[&format!("{one}\n{two}")]), None);
    }
}
