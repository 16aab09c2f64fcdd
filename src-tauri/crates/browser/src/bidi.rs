//! WebDriver BiDi beside a session's own commands: what the driver offers there where a browser has no DevTools.
//!
//! In comes the address that the driver names when a session begins; out go scripts that run ahead of every document,
//! and the window of a tab, followed and brought to the front. Its messages have the shape of DevTools' own, so the
//! connection is the same. Wire format: <https://w3c.github.io/webdriver-bidi/>.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_util::sync::CancellationToken;

use crate::BrowserError;
use crate::devtools::{Connection, Whereabouts};

/// What tells where a tab is.
const MOVES: [&str; 5] = [
    "browsingContext.load",
    "browsingContext.domContentLoaded",
    "browsingContext.fragmentNavigated",
    "browsingContext.historyUpdated",
    "browsingContext.contextDestroyed",
];

/// A session's second connection; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Bidi(Connection);

#[derive(Deserialize)]
struct Added {
    script: String,
}

impl Bidi {
    /// Connects to the address that the driver named.
    pub(crate) async fn open(address: &str) -> Result<Self, BrowserError> {
        let bad = |error: &dyn std::error::Error| BrowserError::Start(format!("WebDriver BiDi: {error}"));
        let request = address.into_client_request().map_err(|error| bad(&error))?;
        Ok(Self(Connection::through(request).await?))
    }

    /// Resolves when the browser is gone.
    pub(crate) fn closed(&self) -> &CancellationToken {
        self.0.closed()
    }

    /// Runs the expression in every document to come, before anything of its own; returns the script's name.
    pub(crate) async fn run_ahead(&self, expression: &str) -> Result<String, BrowserError> {
        let function = format!("() => {{ {expression} }}");
        let added = self.0.call(None, "script.addPreloadScript", json!({ "functionDeclaration": function }));
        added.await.map(|Added { script }| script)
    }

    /// Takes such a script away.
    pub(crate) async fn forget(&self, script: &str) -> Result<(), BrowserError> {
        let params = json!({ "script": script });
        self.0.call::<Value>(None, "script.removePreloadScript", params).await.map(drop)
    }

    /// Follows the tab with this window handle.
    pub(crate) async fn follow(&self, handle: &str) -> Result<Whereabouts, BrowserError> {
        let whereabouts = Whereabouts::of(&self.0, handle);
        self.0.call::<Value>(None, "session.subscribe", json!({ "events": MOVES })).await?;
        Ok(whereabouts)
    }

    /// Brings the window of the tab with this handle to the front.
    pub(crate) async fn raise(&self, handle: &str) -> Result<(), BrowserError> {
        let params = json!({ "context": handle });
        self.0.call::<Value>(None, "browsingContext.activate", params).await.map(drop)
    }
}
