//! `postern serve`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use postern_app::{House, Paths, ServerState, log};
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
    let settings = paths.settings(Flags { host: arguments.host, port: arguments.port })?;
    paths.create()?;
    let _log = log::to_stderr_and_file(&paths.logs())?;
    // Before anything runs that would have to be ended.
    let mut stop = Stop::listen().context("cannot listen for signals")?;
    let mut house = House::open(paths, settings).await?;
    let address = match house.start().await {
        Ok(address) => address,
        Err(error) => {
            house.close().await;
            return Err(error.into());
        }
    };
    say(&format!("listening on http://{address}"))?;
    explain(&welcome(&house, address));
    house.warm_up();

    let ended = tokio::select! {
        () = stop.asked() => Ok(()),
        why = broken(&house) => Err(why),
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

/// Resolves when the listener ends without having been told to.
async fn broken(house: &House) -> String {
    let mut states = house.server().watch();
    let failed = states.wait_for(|state| matches!(state, ServerState::Failed { .. })).await;
    match failed.as_deref() {
        Ok(ServerState::Failed { why }) => why.clone(),
        Ok(_) | Err(_) => "its state is unknown".to_owned(),
    }
}

/// What a person needs to know to use the server that has just started.
fn welcome(house: &House, address: SocketAddr) -> String {
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
    [
        format!("Postern {}", env!("CARGO_PKG_VERSION")),
        format!("  Base URL  {url}/v1"),
        format!("  Key       {key}"),
        format!("  Accounts  {accounts}"),
        "  Test      the model postern/echo answers without any account".to_owned(),
        "  Stop      Ctrl+C".to_owned(),
    ]
    .join("\n")
}

/// The address as a client on this computer writes it.
fn base_url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// The signals that tell a program to stop.
struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    ctrl_c: tokio::signal::windows::CtrlC,
    #[cfg(windows)]
    ctrl_break: tokio::signal::windows::CtrlBreak,
    #[cfg(windows)]
    ctrl_close: tokio::signal::windows::CtrlClose,
    #[cfg(windows)]
    ctrl_shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self {
            ctrl_c: ctrl_c()?,
            ctrl_break: ctrl_break()?,
            ctrl_close: ctrl_close()?,
            ctrl_shutdown: ctrl_shutdown()?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.ctrl_break.recv() => {}
            _ = self.ctrl_close.recv() => {}
            _ = self.ctrl_shutdown.recv() => {}
        }
    }
}
