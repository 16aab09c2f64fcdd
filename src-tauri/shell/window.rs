//! The window: made when it is first shown, hidden instead of closed where there is a tray, and given up when
//! it has been hidden for a while, so that a server nobody looks at pays for no web view.
//!
//! A window is shown as soon as the page's document is there, which names the program before any script has run, or
//! after a moment in any case, so that a broken page does not mean no window at all. The page's first call tells that
//! it lives.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use postern_settings::{Close, Theme};
use tauri::webview::{Color, DownloadEvent, NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, CloseRequestApi, Emitter as _, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};
use tokio::sync::watch;
use url::Url;

use super::bridge::Bridge;
use super::choices::Choices;
use super::house::Keeper;
use super::quit;
use super::tray::Tray;

/// The window's name in capabilities.
const LABEL: &str = "main";
/// Asks the page to ask the user what closing means.
const CLOSE_ASKED: &str = "close-asked";
/// What is remembered. Whether it is visible is not: that is decided at each start.
pub(crate) const REMEMBERED: StateFlags =
    StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Longest time that a window stays hidden because its document is not there yet.
const UNSEEN: Duration = Duration::from_secs(2);
/// Longest time for the page's first call, before the page is loaded again and before it is given up.
const SILENT: Duration = Duration::from_secs(10);

/// Longest time that the window stays hidden without a tray. At login the panel may come after its programs, and one
/// that is started anew takes its trays down for a moment.
const PANEL_COMES: Duration = Duration::from_secs(10);

/// The grounds of the two themes, as in the page's own styles: what is seen before the page is painted.
const LIGHT: Color = Color(249, 247, 244, 255);
const DARK: Color = Color(23, 20, 19, 255);

/// What is known of the window.
#[derive(Debug, Default)]
pub(crate) struct Pane {
    /// Whether the present page's document is there.
    come: watch::Sender<bool>,
    /// Whether the present page has called.
    alive: watch::Sender<bool>,
    /// Whether the present window has been on the screen, with a page that lives or without.
    seen: AtomicBool,
    /// Gives the hidden window up when its time has come.
    leaving: Mutex<Option<tauri::async_runtime::JoinHandle<()>>>,
}

impl Pane {
    /// Lets `leaving` give the window up, and whatever was to do so before not.
    fn leave_by(&self, leaving: Option<tauri::async_runtime::JoinHandle<()>>) {
        let mut present = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *present, leaving) {
            before.abort();
        }
    }
}

/// The page has called.
pub(crate) fn page_is_alive(app: &AppHandle) {
    app.state::<Pane>().alive.send_if_modified(|alive| !std::mem::replace(alive, true));
}

/// Shows the window, made anew if need be, at `path` of the page if one is given.
pub(crate) fn show(app: &AppHandle, path: Option<&str>) {
    let path = path.map(str::to_owned);
    on_main_thread(app, move |app| show_now(app, path.as_deref()));
}

/// Shows the window when there is no tray in which it could be found, unless it can be seen already.
pub(crate) async fn show_unless_tray(app: AppHandle) {
    let seen = |window: WebviewWindow| window.is_visible().unwrap_or_default();
    if !app.state::<Tray>().appears(PANEL_COMES).await && !app.get_webview_window(LABEL).is_some_and(seen) {
        show(&app, None);
    }
}

/// Windows are made and shown by the main thread.
fn on_main_thread(app: &AppHandle, work: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static) {
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = work(&handle) {
            tracing::error!(%error, "the window does not do what it is asked to");
        }
    });
    if let Err(error) = asked {
        tracing::error!(%error, "the window cannot be asked for anything");
    }
}

fn show_now(app: &AppHandle, path: Option<&str>) -> tauri::Result<()> {
    let pane = app.state::<Pane>();
    pane.leave_by(None);
    let Some(window) = app.get_webview_window(LABEL) else {
        pane.come.send_replace(false);
        pane.alive.send_replace(false);
        pane.seen.store(false, Ordering::SeqCst);
        let window = create(app, path)?;
        tauri::async_runtime::spawn(welcome(window, pane.come.subscribe(), pane.alive.subscribe()));
        return Ok(());
    };
    if let Some(path) = path {
        let mut url = window.url()?;
        url.set_fragment(Some(path));
        window.navigate(url)?;
    }
    // For the first time the one that made it shows it.
    if pane.seen.load(Ordering::SeqCst) { raise(&window) } else { Ok(()) }
}

fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(target_os = "macos")]
    window.app_handle().set_activation_policy(tauri::ActivationPolicy::Regular)?;
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn create(app: &AppHandle, path: Option<&str>) -> tauri::Result<WebviewWindow> {
    let wanted = app.state::<Choices>().now().theme;
    let page =
        path.map_or_else(WebviewUrl::default, |path| WebviewUrl::App(format!("index.html#{path}").into()));
    let builder = WebviewWindowBuilder::new(app, LABEL, page)
        .title("Postern")
        .inner_size(1180.0, 760.0)
        .min_inner_size(880.0, 560.0)
        .center()
        .visible(false)
        .theme(theme_of(wanted))
        .on_navigation(own_page(app))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, event| may_download(&event))
        // Otherwise files that are dropped come to this process and never to the page.
        .disable_drag_drop_handler()
        .on_page_load(|window, load| {
            // Whoever asked before is not there any more.
            if load.event() == PageLoadEvent::Started {
                window.state::<Bridge>().drop_all();
                window.state::<Pane>().come.send_replace(true);
            }
        })
        // What the page wants to remember lies with everything else of this house.
        .data_directory(app.state::<Keeper>().data_folder().join("window"));
    let window = builder.build()?;
    paint_ground(app);
    Ok(window)
}

/// Shows the new window as soon as its document is there, and helps a page that does not live.
async fn welcome(window: WebviewWindow, mut come: watch::Receiver<bool>, mut alive: watch::Receiver<bool>) {
    let holds = async |what: &mut watch::Receiver<bool>, longest| {
        matches!(tokio::time::timeout(longest, what.wait_for(|holds| *holds)).await, Ok(Ok(_)))
    };
    holds(&mut come, UNSEEN).await;
    let shown = window.clone();
    on_main_thread(window.app_handle(), move |app| {
        app.state::<Pane>().seen.store(true, Ordering::SeqCst);
        raise(&shown)
    });
    if holds(&mut alive, SILENT).await {
        return;
    }
    tracing::warn!("the window's page does not answer; it is loaded again");
    if let Err(error) = window.reload() {
        tracing::warn!(%error, "the window's page cannot be loaded again");
    }
    if !holds(&mut alive, SILENT).await {
        tracing::error!(
            "the window stays blank. The server does not need it: run `postern serve` and open the console in a \
             browser, or start with --safe-graphics if the graphics driver is the cause"
        );
    }
}

/// Loads the page anew, if there is one.
pub(crate) fn reload(app: &AppHandle) {
    on_main_thread(app, |app| app.get_webview_window(LABEL).map_or(Ok(()), |window| window.reload()));
}

/// Whether the page may go to an address: only within itself.
fn own_page(app: &AppHandle) -> impl Fn(&Url) -> bool + Send + 'static {
    let developed = if tauri::is_dev() { app.config().build.dev_url.clone() } else { None };
    move |url| is_own(url, developed.as_ref())
}

fn is_own(url: &Url, developed: Option<&Url>) -> bool {
    let packed = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Windows knows no schemes of one's own.
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    packed || developed.is_some_and(|page| page.origin() == url.origin())
}

/// What the page has made itself may be saved; the web view puts it among the user's downloads.
fn may_download(event: &DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { url, .. } => matches!(url.scheme(), "blob" | "data"),
        _ => true,
    }
}

fn theme_of(choice: Theme) -> Option<tauri::Theme> {
    match choice {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// The theme in which the window is drawn.
pub(crate) fn theme(app: &AppHandle) -> Option<tauri::Theme> {
    app.get_webview_window(LABEL).and_then(|window| window.theme().ok())
}

/// Gives what lies behind the page the colour of the theme, so that nothing flashes.
pub(crate) fn paint_ground(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let ground = if matches!(window.theme(), Ok(tauri::Theme::Dark)) { DARK } else { LIGHT };
    if let Err(error) = window.set_background_color(Some(ground)) {
        tracing::debug!(%error, "the window keeps the ground it has");
    }
}

/// Keeps the window in the theme of the settings.
pub(crate) async fn follow_theme(app: AppHandle) {
    let mut choices = app.state::<Choices>().watch();
    let mut drawn = choices.borrow_and_update().theme;
    while choices.changed().await.is_ok() {
        let theme = choices.borrow_and_update().theme;
        if std::mem::replace(&mut drawn, theme) != theme {
            on_main_thread(&app, move |app| {
                let Some(window) = app.get_webview_window(LABEL) else { return Ok(()) };
                window.set_theme(theme_of(theme))?;
                paint_ground(app);
                Ok(())
            });
        }
    }
}

/// What closing the window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    Ask,
    Hide,
    Quit,
}

/// Without a tray nothing may be hidden, because nobody would find it again. A page that does not live cannot
/// ask; then the window goes where it can come back from.
fn closing(choice: Close, tray: bool, alive: bool) -> Closing {
    match choice {
        _ if !tray => Closing::Quit,
        Close::Quit => Closing::Quit,
        Close::Tray => Closing::Hide,
        Close::Ask if alive => Closing::Ask,
        Close::Ask => Closing::Hide,
    }
}

/// The user closes the window.
pub(crate) fn close(app: &AppHandle, api: &CloseRequestApi) {
    api.prevent_close();
    let alive = *app.state::<Pane>().alive.borrow();
    match closing(app.state::<Choices>().now().close, app.state::<Tray>().is_available(), alive) {
        Closing::Ask => {
            if let Err(error) = app.emit_to(LABEL, CLOSE_ASKED, ()) {
                tracing::warn!(%error, "the page cannot ask what closing means");
                hide(app);
            }
        }
        Closing::Hide => hide(app),
        Closing::Quit => quit::quit(app),
    }
}

/// Hides the window and gives it up when it has been hidden for the time of the settings.
pub(crate) fn hide(app: &AppHandle) {
    on_main_thread(app, hide_now);
}

fn hide_now(app: &AppHandle) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(LABEL) else { return Ok(()) };
    remember(app);
    window.hide()?;
    #[cfg(target_os = "macos")]
    app.set_activation_policy(tauri::ActivationPolicy::Accessory)?;
    let kept = app.state::<Choices>().now().keep_page;
    let program = app.clone();
    let leaving = tauri::async_runtime::spawn(async move {
        tokio::time::sleep(kept).await;
        // Without a tray the program ends with its last window.
        program.state::<Tray>().stands().await;
        if let Err(error) = window.destroy() {
            tracing::warn!(%error, "the hidden window stays");
        }
    });
    app.state::<Pane>().leave_by(Some(leaving));
    Ok(())
}

/// The window is gone, with all that its page had asked for.
pub(crate) fn gone(app: &AppHandle) {
    app.state::<Bridge>().drop_all();
    app.state::<Pane>().alive.send_replace(false);
}

/// Takes the window off the screen, because the program ends.
pub(crate) fn leave(app: &AppHandle) {
    app.state::<Pane>().leave_by(None);
    if let Some(window) = app.get_webview_window(LABEL)
        && let Err(error) = window.hide()
    {
        tracing::debug!(%error, "the window stays until the end");
    }
}

/// Writes down where the window is. Runs in the main thread: the plugin asks the window while it holds what it
/// knows, and the window's own events want that too.
pub(crate) fn remember(app: &AppHandle) {
    if let Err(error) = app.save_window_state(REMEMBERED) {
        tracing::warn!(%error, "the window's place is not remembered");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn nothing_is_hidden_without_a_tray() {
        for choice in [Close::Ask, Close::Tray, Close::Quit] {
            for alive in [true, false] {
                assert_eq!(closing(choice, false, alive), Closing::Quit, "{choice:?}");
            }
        }
    }

    #[test]
    fn with_a_tray_the_user_decides() {
        assert_eq!(closing(Close::Ask, true, true), Closing::Ask);
        assert_eq!(closing(Close::Ask, true, false), Closing::Hide);
        assert_eq!(closing(Close::Tray, true, true), Closing::Hide);
        assert_eq!(closing(Close::Quit, true, true), Closing::Quit);
    }

    #[test]
    fn the_page_stays_within_itself() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let developed = url("http://localhost:5173");
        assert!(is_own(&url("tauri://localhost/index.html#/keys"), None));
        assert!(is_own(&url("http://localhost:5173/keys"), Some(&developed)));
        for foreign in
            ["https://example.org/", "http://localhost:5173/", "tauri://elsewhere/", "data:text/html,x"]
        {
            assert!(!is_own(&url(foreign), None), "{foreign}");
        }
        assert!(!is_own(&url("http://localhost:5174/"), Some(&developed)));
    }

    #[test]
    fn only_what_the_page_made_is_saved() {
        let mut destination = PathBuf::new();
        let mut asked = |url: &str| {
            let url = Url::parse(url).expect("a URL");
            may_download(&DownloadEvent::Requested { url, destination: &mut destination })
        };
        assert!(asked("blob:tauri://localhost/0"));
        assert!(!asked("https://example.org/a.zip"));
        assert!(!asked("tauri://localhost/index.html"));
    }
}
