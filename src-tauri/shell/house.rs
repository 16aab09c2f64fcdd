//! The house behind the window: opened beside it, so that neither waits for the other.

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result};
use http::{Request, Response, StatusCode};
use postern_app::log::{self, Logs};
use postern_app::{Browsers, House, KeyPlaces, Opening, Paths, WhenStopped};
use postern_console::{Desk, Visitor};
use postern_settings::{Flags, Settings};
use postern_store::Requests;
use serde_json::json;
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;
use tower::ServiceExt as _;
use tower::service_fn;

use super::bridge::{Answer, Bridge, Console, console_of, whole};
use super::choices::Choices;
use super::launcher::FromShell;

/// Why there is no console when the program ends.
const ENDS: &str = "Postern ends";

/// Owns the house while the program runs.
pub(crate) struct Keeper {
    paths: Paths,
    front: watch::Sender<Front>,
    held: tokio::sync::Mutex<Option<House>>,
    browsers: Mutex<Option<Browsers>>,
    /// Opened once, however often the house is tried again.
    logs: OnceLock<Logs>,
}

/// What the rest of the shell sees of the house.
#[derive(Clone)]
pub(crate) enum Front {
    /// It is being opened.
    Opening,
    /// It is open.
    Open(Inside),
    /// It could not be opened; the page is told why.
    Failed,
    /// The program ends.
    Closed,
}

/// What can be seen and done in an open house.
#[derive(Clone)]
pub(crate) struct Inside {
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) requests: Requests,
}

impl Keeper {
    /// Of the house whose things are at `paths`.
    pub(crate) fn new(paths: Paths) -> Self {
        Self {
            paths,
            front: watch::Sender::new(Front::Opening),
            held: tokio::sync::Mutex::default(),
            browsers: Mutex::default(),
            logs: OnceLock::new(),
        }
    }

    /// The folder of everything that the house keeps.
    pub(crate) fn data_folder(&self) -> &Path {
        self.paths.data()
    }

    /// Hears of every change of what is seen of the house.
    pub(crate) fn watch(&self) -> watch::Receiver<Front> {
        self.front.subscribe()
    }

    /// Ends the server, its answers and its browsers.
    pub(crate) async fn close(&self, bridge: &Bridge) {
        let mut held = self.held.lock().await;
        // Whoever holds a part of the house lets go of it.
        self.front.send_replace(Front::Closed);
        bridge.lead_to(nobody());
        if let Some(house) = held.take() {
            house.close().await;
        }
    }

    async fn furnish(&self, app: &AppHandle) -> Result<House> {
        self.paths.create()?;
        let logs = match self.logs.get() {
            Some(logs) => logs,
            None => {
                let logs = log::to_stderr_and_file(&self.paths.logs()).context("cannot log")?;
                self.logs.get_or_init(|| logs)
            }
        };
        let opening = Opening {
            paths: &self.paths,
            flags: Flags::default(),
            logs: logs.clone(),
            // The window starts it again, so nothing needs to keep the port.
            when_stopped: WhenStopped::Nothing,
            launcher: Arc::new(FromShell(app.clone())),
            keys: KeyPlaces::of_this_user(),
        };
        House::open(opening).await
    }

    /// What follows the address of the console in a browser: a link that lets its owner in once, until a password is
    /// set there.
    pub(crate) async fn invitation(&self) -> Result<String> {
        match &*self.held.lock().await {
            Some(house) if !house.has_console_password().await? => {
                Ok(format!("#link={}", house.console_link().await?.expose()))
            }
            Some(_) | None => Ok(String::new()),
        }
    }

    /// Kills the browsers, when there is no time left.
    pub(crate) fn kill_browsers(&self) {
        let browsers = self.browsers.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(browsers) = browsers {
            browsers.kill();
        }
    }
}

/// Opens the house and starts its server, unless that is done. Also tries again what failed; if it fails again,
/// the reason comes back.
pub(crate) async fn open(app: &AppHandle) -> Result<(), String> {
    let keeper = app.state::<Keeper>();
    let mut held = keeper.held.lock().await;
    if held.is_some() {
        return Ok(());
    }
    if matches!(*keeper.front.borrow(), Front::Closed) {
        return Err(ENDS.to_owned());
    }
    keeper.front.send_replace(Front::Opening);
    match keeper.furnish(app).await {
        Ok(house) => {
            *held = Some(move_in(app, &keeper, house).await);
            Ok(())
        }
        Err(error) => {
            let why = format!("{error:#}");
            tracing::error!(why, "the house cannot be opened");
            app.state::<Bridge>().lead_to(closed_door(app));
            keeper.front.send_replace(Front::Failed);
            Err(why)
        }
    }
}

/// Shows the house to the rest of the shell, then starts the server: the page can be used meanwhile.
async fn move_in(app: &AppHandle, keeper: &Keeper, house: House) -> House {
    let browsers = house.browsers();
    *keeper.browsers.lock().unwrap_or_else(PoisonError::into_inner) = Some(browsers);
    // Whoever sits before the window needs no login.
    let console = house.console().map_request(|mut request: Request<String>| {
        request.extensions_mut().insert(Visitor::Window);
        request
    });
    app.state::<Bridge>().lead_to(console_of(console));
    tauri::async_runtime::spawn(follow_settings(app.clone(), house.settings()));
    keeper.front.send_replace(Front::Open(Inside { desk: house.desk(), requests: house.requests() }));
    match house.start().await {
        Ok(_) => house.warm_up(),
        // The server's state says so too, which is what window and tray show.
        Err(error) => tracing::error!(%error, "the server did not start"),
    }
    house
}

/// Stands where the console would be: tries to open the house for whoever asks, so that the page's "Try again"
/// is one, and says why that cannot be done.
fn closed_door(app: &AppHandle) -> Console {
    let app = app.clone();
    console_of(service_fn(move |request: Request<String>| {
        let app = app.clone();
        async move {
            Ok::<_, Infallible>(match open(&app).await {
                Ok(()) => app.state::<Bridge>().pass_on(request).await,
                Err(why) => turned_away(&why),
            })
        }
    }))
}

/// Stands where the console was.
fn nobody() -> Console {
    console_of(service_fn(|_| async { Ok::<_, Infallible>(turned_away(ENDS)) }))
}

fn turned_away(why: &str) -> Response<Answer> {
    let body = json!({ "error": { "code": "house_failed", "message": why } });
    whole(StatusCode::SERVICE_UNAVAILABLE, &body)
}

/// Lets the shell know what the user chooses, for as long as the house is open.
async fn follow_settings(app: AppHandle, mut settings: watch::Receiver<Arc<Settings>>) {
    loop {
        let now = Arc::clone(&settings.borrow_and_update());
        app.state::<Choices>().set(&now);
        if settings.changed().await.is_err() {
            return;
        }
    }
}
