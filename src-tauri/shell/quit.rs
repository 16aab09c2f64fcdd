//! The one way out, whoever asks: window, tray, page, signal or system.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use postern_app::Stop;
use tauri::{AppHandle, ExitRequestApi, Manager as _, RESTART_EXIT_CODE};

use super::bridge::Bridge;
use super::house::Keeper;
use super::tray::Tray;
use super::window;

/// The longest that ending may take. The house itself needs less; this is for whatever hangs.
const LONGEST: Duration = Duration::from_millis(2900);

/// How far the end is.
#[derive(Debug, Default)]
pub(crate) struct End {
    begun: AtomicBool,
    clean: AtomicBool,
}

/// What an event that would end the program means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// The hidden window was given up; the tray stays.
    Stay,
    /// Everything has to be ended first.
    CleanUp,
    /// Tauri goes on with it.
    Go,
}

/// `code` is missing when the last window is gone.
fn classify(code: Option<i32>, tray: bool, clean: bool) -> Exit {
    match code {
        None if tray => Exit::Stay,
        // Tauri does not let a restart be held up.
        Some(RESTART_EXIT_CODE) => Exit::Go,
        _ if clean => Exit::Go,
        _ => Exit::CleanUp,
    }
}

/// Ends the program.
pub(crate) fn quit(app: &AppHandle) {
    app.exit(0);
}

/// Answers Tauri's question whether the program may end.
pub(crate) fn asked(app: &AppHandle, code: Option<i32>, api: &ExitRequestApi) {
    let clean = app.state::<End>().clean.load(Ordering::SeqCst);
    match classify(code, app.state::<Tray>().is_available(), clean) {
        Exit::Go => {}
        Exit::Stay => api.prevent_exit(),
        Exit::CleanUp => {
            api.prevent_exit();
            begin(app, code.unwrap_or_default());
        }
    }
}

/// Lets the window go at once and ends the rest behind it.
fn begin(app: &AppHandle, code: i32) {
    if app.state::<End>().begun.swap(true, Ordering::SeqCst) {
        return;
    }
    window::remember(app);
    window::leave(app);
    app.state::<Bridge>().drop_all();
    leave_at_last(app, code);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        clean_up(&app).await;
        app.exit(code);
    });
}

async fn clean_up(app: &AppHandle) {
    app.state::<Keeper>().close(&app.state::<Bridge>()).await;
    app.state::<End>().clean.store(true, Ordering::SeqCst);
}

/// Ends the process by force when the orderly way takes too long. A thread of its own does it, so that nothing
/// that hangs can keep it from that.
fn leave_at_last(app: &AppHandle, code: i32) {
    let app = app.clone();
    let watch = std::thread::Builder::new().name("leave-at-last".to_owned()).spawn(move || {
        std::thread::sleep(LONGEST);
        tracing::warn!("not everything ended in time");
        app.state::<Keeper>().kill_browsers();
        std::process::exit(code);
    });
    if let Err(error) = watch {
        tracing::warn!(%error, "nothing watches over the end");
    }
}

/// What has to be done when Tauri ends the program without having asked.
pub(crate) fn last(app: &AppHandle) {
    if !app.state::<End>().clean.load(Ordering::SeqCst) {
        leave_at_last(app, 0);
        tauri::async_runtime::block_on(clean_up(app));
    }
}

/// Makes what the system sends to end a program end this one as its menu does.
pub(crate) fn on_signals(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match signalled().await {
            Ok(()) => quit(&app),
            Err(error) => tracing::warn!(%error, "signals will end the program at once"),
        }
    });
}

async fn signalled() -> std::io::Result<()> {
    let mut stop = Stop::listen()?;
    #[cfg(unix)]
    {
        // The terminal from which it was started is closed.
        let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
        tokio::select! {
            () = stop.asked() => {}
            _ = hangup.recv() => {}
        }
    }
    #[cfg(not(unix))]
    stop.asked().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn giving_the_window_up_leaves_the_tray() {
        assert_eq!(classify(None, true, false), Exit::Stay);
        assert_eq!(classify(None, true, true), Exit::Stay);
    }

    #[test]
    fn without_a_tray_the_last_window_ends_the_program_in_order() {
        assert_eq!(classify(None, false, false), Exit::CleanUp);
        assert_eq!(classify(None, false, true), Exit::Go);
    }

    #[test]
    fn quitting_cleans_up_once_and_a_restart_is_left_alone() {
        assert_eq!(classify(Some(0), true, false), Exit::CleanUp);
        assert_eq!(classify(Some(0), true, true), Exit::Go);
        assert_eq!(classify(Some(RESTART_EXIT_CODE), true, false), Exit::Go);
    }
}
