//! `postern vault …`

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use postern_app::{DataLock, KeyPlaces, Paths, Secrets, SecretsStatus};
use postern_console::api::vault::{Recovered, RecoveryKey, VaultView};
use postern_protocol::Secret;
use postern_store::Store;

use super::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Where the master key lies, and whether everything it sealed can be opened.
    Status,
    /// Show the recovery key, this once: with it the secrets can be opened when the master key is lost.
    Recovery,
    /// Bring a lost master key back; reads the recovery key from standard input. No server may run on the data
    /// folder.
    Recover,
    /// Exchange the master key for a new one and show its recovery key, this once. No server may run on the data
    /// folder.
    Rekey,
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    let Arguments { output, command } = arguments;
    paths.create()?;
    let _lock = match command {
        Command::Status | Command::Recovery => None,
        // A server that runs has the old key in its memory.
        Command::Recover | Command::Rekey => Some(DataLock::take(paths)?),
    };
    let store = Store::open(&paths.database())?;
    let secrets = Secrets::new(paths, store.sealed(), KeyPlaces::of_this_user());
    let done = act(&secrets, command, output).await;
    store.close();
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(secrets: &Secrets, command: Command, output: Output) -> Result<()> {
    match command {
        Command::Status => {
            let status = secrets.glance().await?;
            output.show(&VaultView::from(status.clone()), || described(&status))
        }
        Command::Recovery => show_once(&secrets.recovery_key().await?, output),
        Command::Recover => {
            let recovered = secrets.recover(read(output)?.expose()).await?;
            let vault = VaultView::from(secrets.status().await?);
            output.show(&Recovered { secrets: recovered, vault }, || {
                format!("Recovered: {recovered} stored secrets can be opened again.")
            })
        }
        Command::Rekey => {
            let key = secrets.rekey().await?;
            output
                .explain("The master key was exchanged. The recovery key of before opens nothing any more.");
            show_once(&key, output)
        }
    }
}

fn show_once(key: &Secret, output: Output) -> Result<()> {
    output.explain(
        "The recovery key. Keep it now, in a safe place outside this computer: it is shown once only.",
    );
    output.show(&RecoveryKey { key: key.expose().to_owned() }, || key.expose().to_owned())
}

/// Not from the command line, where every user of the computer could see it.
fn read(output: Output) -> Result<Secret> {
    let mut text = String::new();
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        output.explain("The recovery key:");
        stdin.read_line(&mut text).context("cannot read the recovery key")?;
    } else {
        stdin.read_to_string(&mut text).context("cannot read the recovery key")?;
    }
    Ok(Secret::new(text))
}

fn described(status: &SecretsStatus) -> String {
    let place = match status.source {
        Some(source) => format!("The master key is in {source}."),
        None => "There is no master key yet; the next start of the server makes one.".to_owned(),
    };
    let mut lines = vec![place];
    lines.extend(status.warning.iter().map(|warning| format!("Warning: {warning}.")));
    lines.push(match (status.rows, status.unreadable) {
        (0, _) => "No secret is stored.".to_owned(),
        (rows, 0) => format!("{rows} secrets are stored, and all can be opened."),
        (rows, closed) => format!(
            "{rows} secrets are stored, and {closed} cannot be opened. Bring the key back with: postern vault recover"
        ),
    });
    let kept = status.source.is_some_and(|source| !source.given()) && status.shown_at.is_none();
    if kept {
        lines.push(
            "Its recovery key was never shown. Keep it for the day the key is lost: postern vault recovery"
                .to_owned(),
        );
    }
    lines.join("\n")
}
