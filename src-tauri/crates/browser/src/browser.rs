//! A running browser.

use crate::{BrowserError, Options, Page, Profile};

/// A browser with one WebDriver session on one profile.
#[derive(Debug)]
pub struct Browser {
    profile: Profile,
    page: Page,
}

impl Browser {
    /// Starts driver and browser and opens one empty tab.
    pub async fn start(_options: &Options, _profile: Profile) -> Result<Self, BrowserError> {
        Err(BrowserError::Gone)
    }

    /// The current tab.
    pub fn page(&self) -> Page {
        self.page.clone()
    }

    /// Opens a fresh tab and closes the old ones.
    pub async fn new_tab(&mut self) -> Result<(), BrowserError> {
        Err(BrowserError::Gone)
    }

    /// Resolves when the browser or its driver died.
    pub async fn exited(&self) {}

    /// Whether browser and driver still run, as far as is known.
    pub fn is_alive(&self) -> bool {
        false
    }

    /// The processes of driver and browser; empty for a remote one.
    pub fn process_ids(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Asks the browser to quit, ends whatever is left after a deadline, and hands the profile back.
    pub async fn close(self) -> Profile {
        self.profile
    }
}
