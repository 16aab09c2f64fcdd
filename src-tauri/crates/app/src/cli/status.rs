//! `postern status`

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use postern_app::{DataLock, LockError, Paths, Published, PublishedState, Recording, base_url};
use serde::Serialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Output;

/// How long a server that runs may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
}

/// What is known of the server of a data folder.
#[derive(Debug, Default, Serialize)]
struct Status {
    /// Whether a process has the data folder.
    open: bool,
    /// That process.
    process: Option<u32>,
    /// What its server does; `None` while it does not say.
    state: Option<PublishedState>,
    /// Where clients reach it.
    base_url: Option<String>,
    /// Whether conversations are recorded.
    recording: Option<Recording>,
    /// Why it failed.
    why: Option<String>,
    /// What it says about itself.
    health: Option<Value>,
    /// Why it says nothing.
    silent: Option<String>,
}

pub(crate) async fn run(paths: &Paths, arguments: &Arguments) -> Result<ExitCode> {
    let status = look(paths).await?;
    arguments.output.show(&status, || describe(&status))?;
    let well = status.health.is_some() && status.state == Some(PublishedState::Running);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(paths: &Paths) -> Result<Status> {
    if !paths.data().exists() {
        return Ok(Status::default());
    }
    let process = match DataLock::take(paths) {
        Ok(_free) => return Ok(Status::default()),
        Err(LockError::InUse { process, .. }) => process.and_then(|process| process.parse().ok()),
        Err(error @ LockError::Io { .. }) => return Err(error.into()),
    };
    let mut status = Status { open: true, process, ..Status::default() };
    let Some(said) = Published::read(paths) else { return Ok(status) };
    status.process = Some(said.process);
    status.state = Some(said.state);
    status.why = said.why;
    status.recording = Some(said.recording);
    if let Some(address) = said.address.filter(|_| said.state == PublishedState::Running) {
        status.base_url = Some(format!("{}/v1", base_url(address)));
        match tokio::time::timeout(PATIENCE, health(address)).await {
            Ok(Ok(health)) => status.health = Some(health),
            Ok(Err(error)) => status.silent = Some(format!("{error:#}")),
            Err(_) => status.silent = Some("no answer in time".to_owned()),
        }
    }
    Ok(status)
}

/// What the server says about itself.
async fn health(address: SocketAddr) -> Result<Value> {
    let authority = base_url(address).trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&authority).await?;
    let request = format!("GET /health HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").context("not an answer of HTTP")?;
    serde_json::from_str(body).context("not an answer of Postern")
}

fn recorded(recording: Recording) -> &'static str {
    match recording {
        Recording::On => "Conversations are recorded on this computer.",
        Recording::Off => "Conversations are not recorded.",
        Recording::Private => "Private mode: nothing is recorded for the time being.",
        Recording::Unavailable => "Conversations cannot be recorded; postern doctor says why.",
    }
}

fn describe(status: &Status) -> String {
    let process = status.process.map(|process| format!(" (process {process})")).unwrap_or_default();
    if !status.open {
        return "not running; start it with: postern serve".to_owned();
    }
    let Some(state) = status.state else { return format!("the data folder is in use{process}") };
    match state {
        PublishedState::Stopped => format!("stopped{process}; start it from the console or the tray"),
        PublishedState::Starting => format!("starting{process}"),
        PublishedState::Stopping => format!("stopping{process}"),
        PublishedState::Failed => {
            format!("failed: {}{process}", status.why.as_deref().unwrap_or("for an unknown reason"))
        }
        PublishedState::Running => {
            let url = status.base_url.as_deref().unwrap_or_default();
            let health = match (&status.health, &status.silent) {
                (Some(health), _) => health["message"].as_str().map(str::to_owned),
                (None, silent) => silent.as_ref().map(|why| format!("It does not answer: {why}")),
            };
            let lines = [health, status.recording.map(|recording| recorded(recording).to_owned())];
            let lines: Vec<String> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
            format!("running at {url}{process}\n{}", lines.join("\n"))
        }
    }
}
