//! `postern key …`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use postern_app::Paths;
use postern_store::{ImportReport, KeyInfo, Keys, NewKey, Store};
use serde::Serialize;
use time::OffsetDateTime;

use super::Output;
use super::output::table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key and show it, this once. A running server takes it within a second.
    Add {
        /// What to call it.
        name: Option<String>,
    },
    /// Show the keys there are, masked.
    List,
    /// Remove a key. A running server refuses it within a second.
    Remove {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
    },
    /// Take keys from a text file: one a line, blank lines and lines with # at the start are skipped.
    Import {
        /// The file; - reads standard input.
        file: PathBuf,
    },
}

/// A new key, shown once.
#[derive(Serialize)]
struct MadeKey<'a> {
    #[serde(flatten)]
    info: &'a KeyInfo,
    key: &'a str,
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    paths.create()?;
    let store = Store::open(&paths.database())?;
    let done = command(&store.keys(), arguments.command, arguments.output).await;
    store.close();
    done.map(|()| ExitCode::SUCCESS)
}

async fn command(keys: &Keys, command: Command, output: Output) -> Result<()> {
    match command {
        Command::Add { name } => add(keys, name, output).await,
        Command::List => {
            let list = keys.list().await?;
            output.show(&list, || listed(&list))
        }
        Command::Remove { key } => {
            let removed = keys.remove(keys.find(&key).await?.id).await?;
            output.show(&removed, || format!("Removed the key {} ({}).", removed.name, removed.masked))?;
            if keys.is_empty() {
                output.explain("No key is left: on this computer the server is now open to every program.");
            }
            Ok(())
        }
        Command::Import { file } => {
            let report = keys.import(&read(&file)?).await?;
            output.show(&report, || imported(&report))
        }
    }
}

async fn add(keys: &Keys, name: Option<String>, output: Output) -> Result<()> {
    let (info, secret) = keys.add(NewKey { name, ..NewKey::default() }).await?;
    output.explain(&format!(
        "The key \"{}\". Keep it now: it is stored as a hash and never shown again.",
        info.name
    ));
    output.show(&MadeKey { info: &info, key: secret.expose() }, || secret.expose().to_owned())
}

fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text)
}

fn listed(keys: &[KeyInfo]) -> String {
    if keys.is_empty() {
        return "No key yet. Make one with: postern key add".to_owned();
    }
    let day = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds)
            .map(|moment| moment.date().to_string())
            .unwrap_or_default()
    };
    let row =
        |key: &KeyInfo| vec![key.id.0.to_string(), key.name.clone(), key.masked.clone(), day(key.created_at)];
    table(&["ID", "NAME", "KEY", "ADDED"], &keys.iter().map(row).collect::<Vec<_>>())
}

fn imported(report: &ImportReport) -> String {
    let mut lines = vec![format!("Added {}, {} known already.", report.added.len(), report.already_there)];
    lines.extend(report.added.iter().map(|key| format!("  {} ({})", key.name, key.masked)));
    for (what, refused) in [
        ("Too short to be a key (under 8 characters)", &report.too_short),
        ("No client can send this as a key (visible ASCII only)", &report.unsendable),
    ] {
        let numbers: Vec<String> = refused.iter().map(usize::to_string).collect();
        if !numbers.is_empty() {
            lines.push(format!("{what}: line {}.", numbers.join(", ")));
        }
    }
    lines.join("\n")
}
