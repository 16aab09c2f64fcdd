//! `postern serve`

use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use postern_app::{House, KeyPlaces, Opening, Paths, ServerState, Stop, WhenStopped, base_url, enrol, log};
use postern_settings::{Flags, Host};

use super::output::{explain, say};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The address to listen on [env: POSTERN_HOST] [default: 127.0.0.1].
    #[arg(long)]
    host: Option<Host>,
    /// The port to listen on; 0 picks a free one [env: POSTERN_PORT] [default: 2048].
    #[arg(long)]
    port: Option<u16>,
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    let flags = Flags { host: arguments.host, port: arguments.port };
    // What is wrong with the settings is said before there is a log.
    paths.settings(flags.clone())?;
    paths.create()?;
    let logs = log::to_stderr_and_file(&paths.logs())?;
    // Before anything runs that would have to be ended.
    let mut stop = Stop::listen().context("cannot listen for signals")?;
    let hangup = Hangup::listen().context("cannot listen for signals")?;
    let when_stopped = WhenStopped::Console;
    let launcher = Arc::new(enrol::Direct);
    let keys = KeyPlaces::of_this_user();
    let house = House::open(Opening { paths, flags, logs, when_stopped, launcher, keys }).await?;
    let address = match house.start().await {
        Ok(address) => address,
        Err(error) => {
            house.close().await;
            return Err(error.into());
        }
    };
    say(&format!("listening on http://{address}"))?;
    explain(&welcome(&house, address).await?);
    house.warm_up();

    let ended = tokio::select! {
        () = stop.asked() => Ok(()),
        why = broken(&house) => Err(why),
        never = reload(&house, hangup) => match never {},
    };
    tracing::info!("stopping");
    let browsers = house.browsers();
    tokio::select! {
        () = house.close() => {}
        () = stop.asked() => {
            tracing::warn!("told to stop again; leaving at once");
            browsers.kill();
        }
    }
    match ended {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(why) => bail!("the server broke off: {why}"),
    }
}

/// Resolves when nothing listens any more and nobody could change that, because the console is gone too.
async fn broken(house: &House) -> String {
    let mut states = house.watch_server();
    loop {
        let failed = states.wait_for(|state| matches!(state, ServerState::Failed(_))).await;
        let why = match failed.as_deref() {
            Ok(ServerState::Failed(failure)) => failure.why.clone(),
            Ok(_) | Err(_) => "its state is unknown".to_owned(),
        };
        drop(failed);
        if !house.server().answers().await || states.changed().await.is_err() {
            return why;
        }
    }
}

/// The signal that tells a program to read its settings anew, where there is one.
struct Hangup {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Hangup {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { signal: signal(SignalKind::hangup())? })
    }

    #[cfg(not(unix))]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn heard(&mut self) {
        if self.signal.recv().await.is_none() {
            std::future::pending().await
        }
    }

    #[cfg(not(unix))]
    async fn heard(&mut self) {
        std::future::pending().await
    }
}

/// Reads the settings anew each time the program is told to.
async fn reload(house: &House, mut hangup: Hangup) -> Infallible {
    loop {
        hangup.heard().await;
        match house.reload_settings().await {
            Ok(()) => tracing::info!("read the settings anew"),
            Err(error) => tracing::warn!("the settings stay as they were: {error:#}"),
        }
    }
}

/// What a person needs to know to use the server that has just started.
async fn welcome(house: &House, address: SocketAddr) -> Result<String> {
    let url = base_url(address);
    let key = if house.keys().is_empty() {
        "none needed: every program on this computer may use it. To change that: postern key add"
    } else {
        "needed; make another with: postern key add"
    };
    let accounts = house.accounts();
    let accounts = if accounts.is_empty() {
        "none yet; sign in with: postern account add".to_owned()
    } else {
        accounts.into_iter().map(|account| account.name).collect::<Vec<_>>().join(", ")
    };
    let lines = [
        format!("Postern {}", env!("CARGO_PKG_VERSION")),
        format!("  Base URL  {url}/v1"),
        format!("  Key       {key}"),
        format!("  Accounts  {accounts}"),
        format!("  Console   {}", console(house, address, &url).await?),
        "  Test      the model postern/echo answers without any account".to_owned(),
        "  Stop      Ctrl+C".to_owned(),
    ];
    Ok(lines.join("\n"))
}

/// How to get to the console. The link is for one use and is not in the log's files; whoever reads what the program
/// writes to its terminal, or what a service manager keeps of it, may use it for a quarter of an hour.
async fn console(house: &House, address: SocketAddr, url: &str) -> Result<String> {
    let remote = house.settings().borrow().console.remote;
    if !address.ip().to_canonical().is_loopback() && !remote {
        return Ok("off at this address; to change that: `remote = true` under [console]".to_owned());
    }
    if house.has_console_password().await? {
        return Ok(format!("{url}/console/"));
    }
    let link = house.console_link().await?;
    Ok(format!(
        "{url}/console/#link={} (lets you in once, within 15 minutes, to set a password; another with: \
         postern console link)",
        link.expose()
    ))
}
