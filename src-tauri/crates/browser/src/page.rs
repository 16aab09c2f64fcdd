//! The current tab.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{BrowserError, Watch};

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

/// A handle on one tab. Once the tab is closed or replaced, every call says [`BrowserError::Gone`].
#[derive(Clone, Debug)]
pub struct Page {}

impl Page {
    /// Opens an address and waits until the document is parsed.
    pub async fn goto(&self, _url: &str) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// The address shown.
    pub async fn url(&self) -> Result<String, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// The document's title.
    pub async fn title(&self) -> Result<String, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Runs a function body in the page; `arguments[0]` is `args`. A promise it returns is awaited.
    pub async fn run<T: DeserializeOwned>(
        &self,
        _script: &str,
        _args: impl Serialize,
    ) -> Result<T, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Like [`Page::run`], but the result is what the script gives to the callback in `arguments[1]`.
    pub async fn run_async<T: DeserializeOwned>(
        &self,
        _script: &str,
        _args: impl Serialize,
    ) -> Result<T, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// A trusted click on the first element that matches.
    pub async fn click(&self, _css: &str) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// A trusted click on the element that the script returns.
    pub async fn click_element(&self, _script: &str, _args: impl Serialize) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Trusted keys into the first element that matches; see [`keys`].
    pub async fn press(&self, _css: &str, _keys: &str) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// What the tab shows, as PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Watches this tab's requests whose address has `path_contains` in its path, from now on.
    pub async fn watch(&self, _path_contains: &str) -> Result<Watch, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// The last lines the browser logged for this tab, oldest first; empty when it does not tell.
    pub fn console(&self) -> Vec<String> {
        Vec::new()
    }
}
