//! Whether the system starts Postern at login: what the settings say, and nothing else.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;

use super::choices::Choices;

/// Keeps the system in step with the settings, at the start and whenever they change.
pub(crate) async fn follow(app: AppHandle) {
    let mut choices = app.state::<Choices>().watch();
    loop {
        let wanted = choices.borrow_and_update().open_at_login;
        let handle = app.clone();
        // It reads and writes files or the registry.
        let settled = tauri::async_runtime::spawn_blocking(move || settle(&handle, wanted)).await;
        match settled {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, wanted, "the system's list of programs to start at login stays")
            }
            Err(error) => tracing::warn!(%error, "the list of programs to start at login was not looked at"),
        }
        if choices.changed().await.is_err() {
            return;
        }
    }
}

fn settle(app: &AppHandle, wanted: bool) -> Result<(), tauri_plugin_autostart::Error> {
    let system = app.autolaunch();
    match (wanted, system.is_enabled()?) {
        // Also when it is there already: the program may have moved since.
        (true, _) => system.enable(),
        (false, true) => system.disable(),
        (false, false) => Ok(()),
    }
}
