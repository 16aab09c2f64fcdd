//! The tray: the server's state at a glance, start and stop, and the way back to the window.
//!
//! It shows what the house says and keeps nothing of its own. Where the system has no place for it, there is
//! none, and nothing may be hidden; see [`super::window`].

mod menu;
mod view;
#[cfg(target_os = "linux")]
mod watcher;
mod words;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arboard::Clipboard;
use jiff::Zoned;
use jiff::tz::TimeZone;
use postern_console::api::overview::Today;
use postern_console::api::server::ServerState;
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::watch;

use self::menu::Panel;
pub(crate) use self::view::Action;
use self::view::{House, View};
pub(crate) use self::words::{NoticeWords, Words, fill};
use super::choices::Choices;
use super::house::{Front, Inside, Keeper};
use super::{house, quit, window};

/// Shortest time between two changes of what is counted. The server's state is shown at once.
const CALM: Duration = Duration::from_secs(1);
/// Longest time that something counted or timed is shown unchanged: the day ends, a limit is over.
const STALE: Duration = Duration::from_secs(60);

/// The tray, where there is one, and what it shows.
#[derive(Default)]
pub(crate) struct Tray {
    /// Whether the system shows it; nothing while that is not known yet.
    available: watch::Sender<Option<bool>>,
    inner: Mutex<Inner>,
    /// Lives as long as the program, because on X11 copied text lives with whoever copied it.
    clipboard: Mutex<Option<Clipboard>>,
}

#[derive(Default)]
struct Inner {
    panel: Option<Panel>,
    view: Option<View>,
}

impl Tray {
    /// Whether the user can find the window again when it is hidden.
    pub(crate) fn is_available(&self) -> bool {
        *self.available.borrow() == Some(true)
    }

    /// Waits for the tray. Whether it came.
    pub(crate) async fn appears(&self, longest: Duration) -> bool {
        tokio::time::timeout(longest, self.stands()).await.is_ok()
    }

    /// Resolves when there is a tray.
    pub(crate) async fn stands(&self) {
        let mut available = self.available.subscribe();
        // The sender lives as long as this.
        let _ = available.wait_for(|available| *available == Some(true)).await;
    }

    /// What it shows, for the page.
    pub(crate) fn report(&self) -> Value {
        let inner = self.held();
        let view = inner.view.as_ref();
        json!({
            "available": self.is_available(),
            "shape": view.map(|view| view.shape),
            "status": view.map(|view| &view.status.label),
            "items": view.map(|view| view.lines().collect::<Vec<_>>()).unwrap_or_default(),
        })
    }

    fn held(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the tray up where the system has a place for it, and takes it down when that place goes.
pub(crate) async fn settle(app: AppHandle) {
    let tell = |there: bool| {
        let handle = app.clone();
        let asked = app.run_on_main_thread(move || stand(&handle, there));
        if let Err(error) = asked {
            tracing::warn!(%error, "the tray cannot be reached");
        }
    };
    #[cfg(target_os = "linux")]
    watcher::follow(tell).await;
    #[cfg(not(target_os = "linux"))]
    tell(true);
}

/// Runs in the main thread, as everything of a panel must.
fn stand(app: &AppHandle, there: bool) {
    let tray = app.state::<Tray>();
    let mut inner = tray.held();
    let stands = match &inner.panel {
        Some(panel) => panel.set_visible(there).map(|()| there).map_err(Into::into),
        None if there => {
            let words = Words::of(app.state::<Choices>().now().language);
            let view =
                inner.view.clone().unwrap_or_else(|| View::of(&House::Opening, words, &TimeZone::system()));
            Panel::put(app, view, spawn_act).map(|panel| {
                inner.panel = Some(panel);
                true
            })
        }
        None => Ok(false),
    };
    drop(inner);
    let stands = stands.unwrap_or_else(|error| {
        tracing::warn!(error = format!("{error:#}"), "there is no tray");
        false
    });
    let stood = tray.available.send_replace(Some(stands)) == Some(true);
    if stood && !stands {
        // A panel that is started anew comes back by itself.
        tauri::async_runtime::spawn(window::show_unless_tray(app.clone()));
    }
}

/// Shows the state of the house for as long as the program runs.
pub(crate) async fn follow(app: AppHandle) {
    let mut fronts = app.state::<Keeper>().watch();
    let mut choices = app.state::<Choices>().watch();
    loop {
        let front = fronts.borrow_and_update().clone();
        match front {
            Front::Open(inside) => {
                follow_open(&app, &inside, &mut fronts).await;
                continue;
            }
            Front::Opening => show(&app, &House::Opening),
            Front::Failed => show(&app, &House::Failed),
            Front::Closed => return,
        }
        tokio::select! {
            _ = fronts.changed() => {}
            _ = choices.changed() => {}
        }
    }
}

/// Until the house is closed.
async fn follow_open(app: &AppHandle, inside: &Inside, fronts: &mut watch::Receiver<Front>) {
    let mut choices = app.state::<Choices>().watch();
    let (mut server, mut accounts) = (inside.desk.server_changes(), inside.desk.account_changes());
    let mut recording = inside.desk.recording_changes();
    let mut requests = inside.requests.subscribe();
    loop {
        choices.mark_unchanged();
        server.mark_unchanged();
        accounts.mark_unchanged();
        recording.mark_unchanged();
        // What happened until now is in what is read next.
        requests = requests.resubscribe();
        show(app, &look(inside).await);
        tokio::select! {
            () = tokio::time::sleep(CALM) => {}
            _ = server.changed() => continue,
            _ = recording.changed() => continue,
            _ = choices.changed() => continue,
            _ = fronts.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(STALE) => {}
            _ = server.changed() => {}
            _ = recording.changed() => {}
            _ = choices.changed() => {}
            _ = accounts.changed() => {}
            _ = requests.recv() => {}
            _ = fronts.changed() => return,
        }
    }
}

async fn look(inside: &Inside) -> House {
    let midnight = Zoned::now().start_of_day().map_or(0, |midnight| midnight.timestamp().as_second());
    let today = match inside.requests.counts(midnight).await {
        Ok(counts) => Today { requests: counts.requests, failed: counts.failed },
        Err(error) => {
            tracing::warn!(%error, "today's requests cannot be counted");
            Today { requests: 0, failed: 0 }
        }
    };
    let recording = inside.desk.recording().await;
    let private = (recording.enabled && recording.failed.is_none()).then_some(recording.private);
    House::Open { server: inside.desk.server(), accounts: inside.desk.accounts(), today, private }
}

fn show(app: &AppHandle, house: &House) {
    let words = Words::of(app.state::<Choices>().now().language);
    let view = View::of(house, words, &TimeZone::system());
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        let tray = handle.state::<Tray>();
        let mut inner = tray.held();
        inner.view = Some(view.clone());
        if let Some(panel) = &mut inner.panel
            && let Err(error) = panel.show(&handle, view)
        {
            tracing::warn!(%error, "the tray shows something old");
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "the tray cannot be reached");
    }
}

fn spawn_act(app: &AppHandle, action: Action) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = act(&app, action).await {
            tracing::warn!(%error, ?action, "the tray could not do what was asked of it");
        }
    });
}

/// Does what a line of the menu says.
pub(crate) async fn act(app: &AppHandle, action: Action) -> Result<(), String> {
    match action {
        Action::Open => window::show(app, None),
        Action::Account(row) => window::show(app, Some(&page_of(app, row))),
        Action::Quit => quit::quit(app),
        Action::StartStop => start_stop(app).await?,
        Action::Private => turn_private(app),
        Action::CopyUrl => copy(app, &running(app)?.0)?,
        Action::OpenConsole => {
            let server = running(app)?.1;
            let invitation =
                app.state::<Keeper>().invitation().await.map_err(|error| format!("{error:#}"))?;
            let console = format!("{server}/console/{invitation}");
            app.opener().open_url(console, None::<&str>).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Where the page shows the account of a row.
fn page_of(app: &AppHandle, row: usize) -> String {
    let tray = app.state::<Tray>();
    let inner = tray.held();
    let owner = inner.view.as_ref().and_then(|view| view.owners.get(row));
    owner.map_or_else(|| "/accounts".to_owned(), |name| account_page(name))
}

/// Where the page shows this account.
pub(crate) fn account_page(name: &str) -> String {
    let search: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("id", name).finish();
    format!("/accounts?{search}")
}

async fn start_stop(app: &AppHandle) -> Result<(), String> {
    let front = app.state::<Keeper>().watch().borrow().clone();
    let inside = match front {
        Front::Open(inside) => inside,
        Front::Failed => {
            house::open(app).await?;
            // What the page shows is about the failure.
            window::reload(app);
            return Ok(());
        }
        Front::Opening | Front::Closed => return Ok(()),
    };
    let desk = &inside.desk;
    let done = match desk.server().state {
        ServerState::Running { .. } => desk.stop().await,
        ServerState::Stopped | ServerState::Failed(_) => desk.start().await,
        ServerState::Starting | ServerState::Stopping => return Ok(()),
    };
    done.map(drop).map_err(|trouble| trouble.to_string())
}

/// Begins a time in which nothing is recorded, or ends it.
fn turn_private(app: &AppHandle) {
    if let Front::Open(inside) = &*app.state::<Keeper>().watch().borrow() {
        let view = app.state::<Tray>().held().view.clone();
        inside.desk.set_private(!view.is_some_and(|view| view.is_private));
    }
}

/// The base URL for clients, and the server's own.
fn running(app: &AppHandle) -> Result<(String, String), String> {
    if let Front::Open(inside) = &*app.state::<Keeper>().watch().borrow()
        && let ServerState::Running { base_url, .. } = inside.desk.server().state
    {
        let server = base_url.trim_end_matches("/v1").to_owned();
        return Ok((base_url, server));
    }
    Err("the server does not run".to_owned())
}

fn copy(app: &AppHandle, text: &str) -> Result<(), String> {
    let tray = app.state::<Tray>();
    let mut clipboard = tray.clipboard.lock().unwrap_or_else(PoisonError::into_inner);
    let clipboard = match &mut *clipboard {
        Some(clipboard) => clipboard,
        none => none.insert(Clipboard::new().map_err(|error| error.to_string())?),
    };
    clipboard.set_text(text).map_err(|error| error.to_string())
}
