//! Everything opened once, in order, and closed again.

mod change;
mod functions;
mod hot;
mod import;
pub(crate) mod outward;
mod proxy;
mod published;
mod recording;
pub(crate) mod rooms;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use postern_console::{Console, Desk, Router};
use postern_curation::Deriving;
use postern_curation::export::Jobs;
use postern_gateway::Gateway;
use postern_net::Network;
use postern_protocol::Secret;
use postern_protocol::account::{State, Status};
use postern_settings::{Flags, Settings};
use postern_store::{ConversationStore, Keys, Requests, Store};
use postern_upstream::{Echo, GeminiGuests, KeyedMeans, Mcp, McpConfig, Registry, Upstream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clients::Clients;
use crate::desk::HouseDesk;
use crate::enrol::{Launcher, Recovered};
use crate::log::Logs;
use crate::providers::{Among, KeyBook, Providers};
use crate::roster::Roster;
use crate::secrets::{KeyPlaces, Secrets};
use crate::server::WhenStopped;
use crate::signal::Signal;
use crate::{DataLock, Paths, Server, ServerState, StartError, describe};
pub(crate) use functions::{LostToken, lost_tokens};
use hot::Hot;
pub(crate) use hot::Sources;
pub use published::{Published, PublishedState};
pub(crate) use recording::Kept;
pub use recording::Recording;
use rooms::{Rooms, console_config, gateway_config};

/// How long the gateway may take to let go of running answers when the house closes or the server is stopped.
pub(crate) const CUT_OFF: Duration = Duration::from_millis(1300);
/// How long everything may take to end in good order. Browsers that are still there then are killed, so that
/// the whole stays below three seconds.
const IN_ORDER: Duration = Duration::from_millis(2500);
/// How long is waited for the conversation that is being read.
const DERIVING_ENDS: Duration = Duration::from_millis(200);

/// What a house is opened with.
pub struct Opening<'a> {
    /// Where things are.
    pub paths: &'a Paths,
    /// What the command line says.
    pub flags: Flags,
    /// Where log lines go.
    pub logs: Logs,
    /// What is left when clients are not served.
    pub when_stopped: WhenStopped,
    /// What starts the browser that a person signs in with.
    pub launcher: Arc<dyn Launcher>,
    /// Where master keys are looked for and kept.
    pub keys: KeyPlaces,
}

/// The opened house. One per data folder.
pub struct House {
    rooms: Arc<Rooms>,
    console: Console,
    store: Store,
    /// Unless they could not be opened.
    conversations: Option<ConversationStore>,
    deriving: Option<Deriving>,
    tasks: Mutex<JoinSet<()>>,
    _lock: DataLock,
}

impl House {
    /// Opens everything except the port and the browsers.
    pub async fn open(opening: Opening<'_>) -> Result<Self> {
        let paths = opening.paths;
        let hot = Hot::read(paths, opening.flags.clone())?;
        paths.create()?;
        let lock = DataLock::take(paths)?;
        let store = Store::open(&paths.database())?;
        import::key_file(paths, &store.keys()).await?;
        let conversations = recording::open(paths);
        let kept = conversations.as_ref().map(ConversationStore::conversations).map_err(Clone::clone);
        let rooms = Arc::new(furnish(opening, hot, &store, kept)?);
        let conversations = conversations.ok();
        if let Some(conversations) = &conversations {
            rooms.gateway.record(conversations.recorder());
        }
        let deriving = rooms.conversations.as_ref().ok().cloned().map(Deriving::start);
        if let Some(deriving) = &deriving {
            rooms.deriving.get_or_init(|| deriving.progress());
        }
        rooms.obey(&rooms.settings()).await;
        rooms.keep_sessions().await;
        rooms.roster.remember(&store.requests()).await;
        rooms.roster.recall().await?;
        let answered = store.flags().all().await?.first_answer_at.is_some();
        // From here on nothing fails: the console, its desk and the rooms hold each other until the house closes.
        let desk = Arc::new(HouseDesk::new(Arc::clone(&rooms)));
        let config = console_config(&rooms.settings());
        let console = Console::new(desk, &store, rooms.registry.clone(), config);
        rooms.gateway.open_side_door(console.router());
        *rooms.console.lock().unwrap_or_else(PoisonError::into_inner) = Some(console.clone());
        let tasks = Mutex::new(attend(&rooms, &console, answered));
        Ok(Self { rooms, console, store, conversations, deriving, tasks, _lock: lock })
    }

    /// Starts the server at the address of the settings.
    pub async fn start(&self) -> Result<SocketAddr, StartError> {
        let started = self.rooms.server.start(self.rooms.wanted_address()).await;
        // Whoever is told where it listens may ask for its status at once.
        self.rooms.publish();
        started
    }

    /// Stops the server; what runs has a moment to end.
    pub async fn stop(&self) {
        self.rooms.server.stop(CUT_OFF).await;
    }

    /// Brings the first account that can serve into service in the background, so that its browser runs
    /// and its models are known when somebody asks.
    pub fn warm_up(&self) {
        if !self.rooms.roster.statuses().is_empty() {
            self.tasks().spawn(warm_up(self.rooms.roster.clone()));
        }
    }

    /// The console for a window in this process. Its requests carry [`postern_console::Visitor::Window`].
    pub fn console(&self) -> Router {
        self.console.router()
    }

    /// What the console stands on, for a tray in this process.
    pub fn desk(&self) -> Arc<dyn Desk> {
        Arc::new(HouseDesk::new(Arc::clone(&self.rooms)))
    }

    /// The token of a link that lets its holder into the console once.
    pub async fn console_link(&self) -> Result<Secret> {
        Ok(self.console.link().await?)
    }

    /// Whether the console has a password, so that nobody needs a link.
    pub async fn has_console_password(&self) -> Result<bool> {
        Ok(self.console.has_password().await?)
    }

    /// The server and its state.
    pub fn server(&self) -> &Server {
        &self.rooms.server
    }

    /// Hears of every change of the server's state.
    pub fn watch_server(&self) -> watch::Receiver<ServerState> {
        self.rooms.server.watch()
    }

    /// The settings in force, and every change of them.
    pub fn settings(&self) -> watch::Receiver<Arc<Settings>> {
        self.rooms.hot.watch()
    }

    /// Reads the configuration file again and puts in force what it says.
    pub async fn reload_settings(&self) -> Result<()> {
        Ok(self.rooms.reload_settings().await?)
    }

    /// The client keys.
    pub fn keys(&self) -> Keys {
        self.store.keys()
    }

    /// The journal of requests.
    pub fn requests(&self) -> Requests {
        self.store.requests()
    }

    /// The accounts and their states.
    pub fn accounts(&self) -> Vec<Status> {
        self.rooms.roster.statuses()
    }

    /// Hears when there is something new about an account.
    pub fn account_changes(&self) -> watch::Receiver<u64> {
        self.rooms.roster.changes()
    }

    /// The browsers, for a program that has to leave at once.
    pub fn browsers(&self) -> Browsers {
        let enrolling = self.rooms.enrolments.profiles();
        Browsers(self.rooms.roster.profiles().into_iter().chain(enrolling).collect())
    }

    /// Ends running answers and browsers and closes the database, within three seconds.
    pub async fn close(self) {
        if tokio::time::timeout(IN_ORDER, self.end_in_order()).await.is_err() {
            tracing::warn!("not everything ended in good order; what is left of the browsers is killed");
            let browsers = self.browsers();
            // It has said itself what went wrong.
            let _ = tokio::task::spawn_blocking(move || browsers.kill()).await;
        }
        let mut tasks = std::mem::take(&mut *self.tasks());
        tasks.shutdown().await;
        // Console, desk and rooms hold each other until here.
        self.rooms.gateway.open_side_door(Router::new());
        *self.rooms.console.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let file = self.rooms.paths.server_file();
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::debug!(%error, "no {} to remove", file.display());
        }
        if let Some(deriving) = self.deriving {
            // What it is at is begun again the next time.
            let _ = tokio::time::timeout(DERIVING_ENDS, deriving.stop()).await;
        }
        if let Some(conversations) = self.conversations {
            // By now nobody records any more; what was recorded comes to rest.
            conversations.close();
        }
        self.store.close();
    }

    async fn end_in_order(&self) {
        // A person's browser needs the longest to end.
        tokio::join!(self.rooms.enrolments.close(), async {
            self.rooms.server.close(CUT_OFF).await;
            if let Some(exports) = &self.rooms.exports {
                exports.stop().await;
            }
            self.rooms.roster.close().await;
        });
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn furnish(opening: Opening<'_>, hot: Hot, store: &Store, conversations: Kept) -> Result<Rooms> {
    let Opening { paths, flags: _, logs, when_stopped, launcher, keys } = opening;
    let settings = hot.settings();
    // Before the accounts are listed: it may bring back one of them.
    let recovered = Recovered::at(paths);
    let network = Network::default();
    let roster = Roster::open(paths, &settings, store.accounts(), network.clone())
        .context("cannot list the accounts")?;
    let aistudio: Arc<dyn Upstream> = Arc::new(roster.aistudio().clone());
    let mcp = Mcp::new(McpConfig::default(), network.clone());
    let (first, last) = (mcp.over(aistudio), mcp.over(Arc::new(Echo)));
    let registry = Registry::new(vec![Arc::clone(&first), Arc::clone(&last)]);
    let secrets = Secrets::new(paths, store.sealed(), keys);
    let means = KeyedMeans::new(network.clone(), Some(roster.media().clone()));
    let providers = Providers::new(Among {
        book: KeyBook::new(store, secrets.clone()),
        means: means.clone(),
        mcp: mcp.clone(),
        registry: registry.clone(),
        first,
        last,
    });
    let enrolments = recovered.open(paths, hot.watch(), roster.clone(), launcher);
    let config = gateway_config(&settings);
    let gateway = Gateway::new(config, store.keys(), registry.clone(), store.requests());
    gateway.open_way_out(&network, providers.clone());
    gateway.welcome(Arc::new(GeminiGuests::at("", means)));
    Ok(Rooms {
        paths: paths.clone(),
        hot,
        keys: store.keys(),
        requests: store.requests(),
        exports: conversations.as_ref().ok().cloned().map(Jobs::new),
        flags: store.flags(),
        conversations,
        deriving: OnceLock::new(),
        secrets,
        providers,
        registry,
        mcp,
        network,
        plain_proxy: Once::new(),
        roster,
        enrolments,
        server: Server::new(gateway.clone(), when_stopped),
        gateway,
        logs,
        clients: Clients::of_this_user(),
        server_changed: Signal::default(),
        settings_changed: Signal::default(),
        recording_changed: Signal::default(),
        publishing: Mutex::default(),
        console: Mutex::default(),
    })
}

/// What goes on beside all requests for as long as the house is open.
fn attend(rooms: &Arc<Rooms>, console: &Console, answered: bool) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let states = rooms.server.watch();
    tasks.spawn(published::publish(Arc::clone(rooms)));
    tasks.spawn(rooms.server_changed.clone().repeat(states));
    tasks.spawn(rooms.roster.clone().follow());
    tasks.spawn(rooms.roster.clone().attend());
    tasks.spawn(rooms.roster.aistudio().clone().tend());
    tasks.spawn(rooms.secrets.clone().settle());
    tasks.spawn(rooms.providers.clone().attend());
    let rows = rooms.requests.ends();
    tasks.spawn(Rooms::learn(rooms.roster.clone(), rooms.flags.clone(), rows, answered));
    tasks.spawn(rooms.recording_changed.clone().repeat(rooms.gateway.private_changes()));
    tasks.spawn(rooms.recording_changed.clone().repeat(rooms.hot.watch()));
    // Whether a key exists is a part of the server's state.
    tasks.spawn(rooms.server_changed.clone().repeat(rooms.keys.changes()));
    tasks.spawn(follow_models(rooms.roster.changes(), rooms.roster.clone(), console.clone()));
    tasks
}

/// Which models there are depends on which accounts can serve.
async fn follow_models(mut accounts: watch::Receiver<u64>, roster: Roster, console: Console) {
    let serving = |roster: &Roster| {
        let accounts = roster.aistudio().accounts();
        let serving = |studio: &postern_aistudio::Studio| {
            (studio.state().usable(), studio.models_read_at(), studio.name().to_owned())
        };
        accounts.iter().map(serving).collect::<Vec<_>>()
    };
    let mut known = serving(&roster);
    while accounts.changed().await.is_ok() {
        let now = serving(&roster);
        if now != known {
            known = now;
            console.models_changed();
        }
    }
}

async fn warm_up(roster: Roster) {
    match roster.aistudio().models().await {
        Ok(models) => tracing::info!(models = models.len(), "AI Studio is ready"),
        Err(failure) => tracing::warn!(%failure, "AI Studio cannot answer yet"),
    }
    for Status { name, state } in roster.statuses() {
        if state != State::NotChecked {
            tracing::info!("account {name}: {}", describe(&name, &state));
        }
    }
}

/// Where the browsers of a house run.
#[derive(Clone, Debug)]
pub struct Browsers(Vec<PathBuf>);

impl Browsers {
    /// Kills whatever runs on the accounts' profiles. Blocks for a moment.
    pub fn kill(&self) {
        for profile in &self.0 {
            if !postern_browser::end_processes(profile) {
                tracing::warn!(profile = %profile.display(), "a browser is left that could not be ended");
            }
        }
    }
}

#[cfg(test)]
mod tests;
