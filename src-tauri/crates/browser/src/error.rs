//! What can go wrong with a browser, named after what the caller can do about it.

use crate::find::FindError;

/// A failure of the browser, its driver or the page.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No browser and driver that fit each other are installed: show the remedy.
    #[error(transparent)]
    Find(#[from] FindError),
    /// Another process of this program holds the profile, or a person's browser is on it.
    #[error("the browser profile is open in another window or another running copy")]
    ProfileInUse,
    /// The profile folder cannot be used: wrong path or permission.
    #[error("the browser profile cannot be opened: {0}")]
    Profile(#[source] std::io::Error),
    /// The browser or its driver did not start; the text says why and, if known, the remedy.
    #[error("the browser did not start: {0}")]
    Start(String),
    /// The browser or its driver has died, or this tab was closed: start a new one.
    #[error("the browser is gone")]
    Gone,
    /// Nothing on the page matches.
    #[error("the page has no {0}")]
    NoSuchElement(String),
    /// The element is there but hidden, disabled or covered by another.
    #[error("{0} cannot be clicked or typed into now")]
    NotInteractable(String),
    /// The script threw, or its result has another shape than asked for.
    #[error("a script failed in the page: {0}")]
    Script(String),
    /// The named thing took longer than its deadline.
    #[error("{0} took too long")]
    Timeout(&'static str),
    /// The address could not be opened (no network, name not found, refused).
    #[error("the page could not be opened: {0}")]
    Navigation(String),
    /// The page keeps opening dialogs (alert, confirm, prompt); each one is dismissed when it opens.
    #[error("a dialog of the page is in the way: {0}")]
    Dialog(String),
    /// Files of this machine cannot be given to a browser on another one.
    #[error("the browser runs on another machine, which does not have the files of this one")]
    Elsewhere,
    /// The driver refused for another reason.
    #[error("the browser driver refused: {0}")]
    Driver(String),
}
