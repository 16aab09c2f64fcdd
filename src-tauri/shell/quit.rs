//! Quitting in order when the system asks for it. The user's own way is to close the window.

use tauri::AppHandle;

/// Makes Ctrl-C and, on Unix, a request to terminate end the program as closing its window does.
pub(crate) fn on_signals(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match asked().await {
            Ok(()) => app.exit(0),
            Err(error) => tracing::warn!(%error, "signals will end the program at once"),
        }
    });
}

#[cfg(unix)]
async fn asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
