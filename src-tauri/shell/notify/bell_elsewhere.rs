//! The way to the user on Windows and macOS, where a click does what the system does.

use anyhow::{Context as _, Result};
use notify_rust::Notification;
use tauri::AppHandle;

use super::note::Note;

/// Shows notifications.
pub(super) struct Bell {
    /// Who shows them, as the system knows it.
    identifier: String,
}

impl Bell {
    pub(super) fn new(app: AppHandle) -> Self {
        Self { identifier: app.config().identifier.clone() }
    }

    /// Shows this.
    pub(super) async fn ring(&mut self, note: Note) -> Result<()> {
        let identifier = self.identifier.clone();
        tauri::async_runtime::spawn_blocking(move || show(&identifier, &note))
            .await
            .context("it was not shown")?
    }
}

fn show(identifier: &str, note: &Note) -> Result<()> {
    let mut notification = Notification::new();
    notification.summary(&note.title).body(&note.body);
    // The system knows the program once it is installed; before that another name has to do.
    #[cfg(windows)]
    if !tauri::is_dev() {
        notification.app_id(identifier);
    }
    #[cfg(target_os = "macos")]
    if let Err(error) = notify_rust::set_application(identifier) {
        tracing::debug!(%error, "the system does not know this program");
    }
    notification.show()?;
    Ok(())
}
