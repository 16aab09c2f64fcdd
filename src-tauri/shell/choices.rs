//! What the user has chosen for the window, as it stands in the settings.

use postern_settings::Window;
use tokio::sync::watch;

/// The `[window]` settings in force. They are there before the house is open, so that the first window is right.
#[derive(Debug)]
pub(crate) struct Choices(watch::Sender<Window>);

impl Choices {
    /// Begins with these.
    pub(crate) fn new(window: Window) -> Self {
        Self(watch::Sender::new(window))
    }

    /// Those in force now.
    pub(crate) fn now(&self) -> Window {
        self.0.borrow().clone()
    }

    /// From now on these are in force.
    pub(crate) fn set(&self, window: &Window) {
        self.0.send_if_modified(|now| {
            let changed = now != window;
            now.clone_from(window);
            changed
        });
    }

    /// Hears of every change.
    pub(crate) fn watch(&self) -> watch::Receiver<Window> {
        self.0.subscribe()
    }
}
