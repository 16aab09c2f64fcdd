//! The house behind the window.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use postern_app::log::{self, LogFile};
use postern_app::{House, Paths, ServerState};
use tauri::{AppHandle, Emitter as _, Manager as _, State};
use tokio::sync::Mutex;
use tokio::sync::watch::Receiver;

/// The event that tells the page a new [`ServerState`].
const CHANGED: &str = "house-state";

/// Owns the house while the program runs.
#[derive(Default)]
pub(crate) struct Keeper {
    held: Mutex<Held>,
}

#[derive(Default)]
enum Held {
    #[default]
    NotYet,
    Open {
        house: Box<House>,
        _log: LogFile,
    },
    Failed {
        why: String,
    },
    Closed,
}

impl Held {
    fn state(&self) -> ServerState {
        match self {
            Self::NotYet => ServerState::Starting,
            Self::Open { house, .. } => house.server().state(),
            Self::Failed { why } => ServerState::Failed { why: why.clone() },
            Self::Closed => ServerState::Stopped,
        }
    }
}

impl Keeper {
    /// Ends the server, its answers and its browsers.
    pub(crate) async fn close(&self) {
        let held = std::mem::replace(&mut *self.held.lock().await, Held::Closed);
        if let Held::Open { house, .. } = held {
            house.close().await;
        }
    }
}

/// Opens the house and starts its server; the page hears how that goes.
pub(crate) fn open(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let states = {
            let keeper = app.state::<Keeper>();
            let mut held = keeper.held.lock().await;
            if matches!(*held, Held::Closed) {
                return;
            }
            *held = furnish().await.unwrap_or_else(|error| Held::Failed { why: format!("{error:#}") });
            tell(&app, &held.state());
            match &*held {
                Held::Open { house, .. } => house.server().watch(),
                Held::NotYet | Held::Failed { .. } | Held::Closed => return,
            }
        };
        relay(&app, states).await;
    });
}

/// Tells the page every change until the server is gone.
async fn relay(app: &AppHandle, mut states: Receiver<ServerState>) {
    while states.changed().await.is_ok() {
        let state = states.borrow_and_update().clone();
        tell(app, &state);
    }
}

fn tell(app: &AppHandle, state: &ServerState) {
    if let Err(error) = app.emit(CHANGED, state) {
        tracing::warn!(%error, "the window does not hear of the server's state");
    }
}

async fn furnish() -> Result<Held> {
    let place = |variable| std::env::var_os(variable).map(PathBuf::from);
    let paths = Paths::new(place("POSTERN_DATA_DIR"), place("POSTERN_CONFIG"))?;
    let settings = paths.settings(Default::default())?;
    paths.create()?;
    let log = log::to_stderr_and_file(&paths.logs()).context("cannot log")?;
    let mut house = Box::new(House::open(&paths, settings).await?);
    match house.start().await {
        Ok(_) => house.warm_up(),
        // The server's state says so too, which is what the page shows.
        Err(error) => tracing::error!(%error, "the server did not start"),
    }
    Ok(Held::Open { house, _log: log })
}

/// The state of the server.
#[tauri::command]
pub(crate) async fn house_state(keeper: State<'_, Keeper>) -> Result<ServerState, String> {
    Ok(keeper.held.lock().await.state())
}
