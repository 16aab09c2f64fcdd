//! Everything opened once, in order, and closed again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::join_all;
use postern_aistudio::Studio;
use postern_gateway::{Config, Gateway};
use postern_protocol::account::{State, Status};
use postern_settings::Settings;
use postern_store::{ImportReport, Keys, Store};
use postern_upstream::{AiStudio, Echo, Registry, Upstream};
use tokio::task::JoinHandle;

use crate::{Accounts, DataLock, Paths, Server, StartError, describe, open_studio};

/// How long running answers may take to end when the house closes.
const LAST_WORDS: Duration = Duration::from_millis(1000);
/// How long the gateway may take to let go of them after that.
const CUT_OFF: Duration = Duration::from_millis(1300);
/// How long everything may take to end in good order. Browsers that are still there then are killed, so that
/// the whole stays below three seconds.
const IN_ORDER: Duration = Duration::from_millis(2500);

/// The opened house. One per data folder.
pub struct House {
    settings: Settings,
    store: Store,
    studios: Vec<Studio>,
    browsers: Browsers,
    aistudio: Arc<AiStudio>,
    gateway: Gateway,
    server: Server,
    warming: Option<JoinHandle<()>>,
    _lock: DataLock,
}

impl House {
    /// Opens everything except the port and the browsers.
    pub async fn open(paths: &Paths, settings: Settings) -> Result<Self> {
        paths.create()?;
        let lock = DataLock::take(paths)?;
        let store = Store::open(&paths.database())?;
        import_key_file(paths, &store.keys()).await?;
        let folder = Accounts::new(paths);
        let accounts = folder.list().context("cannot list the accounts")?;
        let browsers = Browsers(accounts.iter().map(|account| folder.profile(account)).collect());
        let studios: Vec<Studio> =
            accounts.iter().map(|account| open_studio(&settings, paths, account)).collect();
        let aistudio = Arc::new(AiStudio::new(studios.clone()));
        let upstreams: Vec<Arc<dyn Upstream>> = vec![Arc::<AiStudio>::clone(&aistudio), Arc::new(Echo)];
        let gateway = Gateway::new(gateway_config(&settings), store.keys(), Registry::new(upstreams));
        Ok(Self {
            settings,
            store,
            studios,
            browsers,
            aistudio,
            gateway,
            server: Server::default(),
            warming: None,
            _lock: lock,
        })
    }

    /// Starts the server at the address of the settings.
    pub async fn start(&self) -> Result<SocketAddr, StartError> {
        let server = &self.settings.server;
        self.server.start(&self.gateway, SocketAddr::new(server.host.0, server.port)).await
    }

    /// Brings the first account that can serve into service in the background, so that its browser runs
    /// and its models are known when somebody asks.
    pub fn warm_up(&mut self) {
        if self.warming.is_none() && !self.studios.is_empty() {
            self.warming = Some(tokio::spawn(warm_up(Arc::clone(&self.aistudio), self.studios.clone())));
        }
    }

    /// The server and its state.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The client keys.
    pub fn keys(&self) -> Keys {
        self.store.keys()
    }

    /// The accounts and their states.
    pub fn accounts(&self) -> Vec<Status> {
        self.studios.iter().map(status).collect()
    }

    /// The browsers, for a program that has to leave at once.
    pub fn browsers(&self) -> Browsers {
        self.browsers.clone()
    }

    /// Ends running answers and browsers and closes the database, within three seconds.
    pub async fn close(self) {
        if tokio::time::timeout(IN_ORDER, self.end_in_order()).await.is_err() {
            tracing::warn!("not everything ended in good order; what is left of the browsers is killed");
            let browsers = self.browsers();
            // It has said itself what went wrong.
            let _ = tokio::task::spawn_blocking(move || browsers.kill()).await;
        }
        self.store.close();
    }

    async fn end_in_order(&self) {
        self.server.stop(CUT_OFF).await;
        if let Some(warming) = &self.warming {
            warming.abort();
        }
        join_all(self.studios.iter().map(Studio::close)).await;
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

fn status(account: &Studio) -> Status {
    Status { name: account.name().to_owned(), state: account.state() }
}

async fn warm_up(aistudio: Arc<AiStudio>, studios: Vec<Studio>) {
    match aistudio.models().await {
        Ok(models) => tracing::info!(models = models.len(), "AI Studio is ready"),
        Err(failure) => tracing::warn!(%failure, "AI Studio cannot answer yet"),
    }
    for Status { name, state } in studios.iter().map(status) {
        if state != State::NotChecked {
            tracing::info!("account {name}: {}", describe(&name, &state));
        }
    }
}

/// The gateway's choices, from the settings.
fn gateway_config(settings: &Settings) -> Config {
    let limits = &settings.limits;
    Config {
        allowed_hosts: settings.server.allowed_hosts.iter().map(|name| name.0.clone()).collect(),
        allowed_origins: settings.server.allowed_origins.iter().map(|origin| origin.0.clone()).collect(),
        body_bytes: limits.body_bytes,
        queue_length: limits.queue_length,
        first_byte_timeout: limits.first_byte_timeout,
        silence_timeout: limits.silence_timeout,
        total_timeout: limits.total_timeout,
        keep_alive: limits.keep_alive,
        shutdown_timeout: LAST_WORDS,
        version: env!("CARGO_PKG_VERSION"),
        ..Config::default()
    }
}

/// Takes the keys from `key.txt` and sets the file aside, so that a key removed later does not come back
/// with the next start.
async fn import_key_file(paths: &Paths, keys: &Keys) -> Result<()> {
    let file = paths.key_file();
    let text = match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        text => text.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let report = keys.import(&text).await.with_context(|| format!("cannot import {}", file.display()))?;
    if report == ImportReport::default() {
        return Ok(());
    }
    let aside = file.with_extension("txt.imported");
    std::fs::rename(&file, &aside).with_context(|| format!("cannot rename {}", file.display()))?;
    #[cfg(unix)]
    std::fs::set_permissions(&aside, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    tracing::info!(
        added = report.added.len(),
        already_there = report.already_there,
        "imported {} and renamed it to {}; that file still shows the keys, so delete it when you have them \
         elsewhere",
        file.display(),
        aside.display()
    );
    if !report.unsendable.is_empty() {
        tracing::warn!(lines = ?report.unsendable, "some lines of key.txt hold what no client can send as a key");
    }
    if !report.too_short.is_empty() {
        tracing::warn!(lines = ?report.too_short, "some lines of key.txt are too short to be a key");
    }
    Ok(())
}
