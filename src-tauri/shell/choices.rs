//! What the user has chosen for the desktop, as it stands in the settings.

use std::sync::atomic::{AtomicBool, Ordering};

use postern_settings::{Settings, Window};
use tokio::sync::watch;

/// The settings in force that are the desktop's own. They are there before the house is open, so that the first window
/// is right.
#[derive(Debug)]
pub(crate) struct Choices {
    window: watch::Sender<Window>,
    notifications: AtomicBool,
}

impl Choices {
    /// Begins with these.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            window: watch::Sender::new(settings.window.clone()),
            notifications: AtomicBool::new(settings.notifications.enabled),
        }
    }

    /// Those for the window in force now.
    pub(crate) fn now(&self) -> Window {
        self.window.borrow().clone()
    }

    /// Whether notifications are wanted now.
    pub(crate) fn wants_notifications(&self) -> bool {
        self.notifications.load(Ordering::Relaxed)
    }

    /// From now on these are in force.
    pub(crate) fn set(&self, settings: &Settings) {
        self.notifications.store(settings.notifications.enabled, Ordering::Relaxed);
        self.window.send_if_modified(|now| {
            let changed = *now != settings.window;
            now.clone_from(&settings.window);
            changed
        });
    }

    /// Hears of every change of those for the window.
    pub(crate) fn watch(&self) -> watch::Receiver<Window> {
        self.window.subscribe()
    }
}
