//! `postern key …`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use postern_app::Paths;
use postern_protocol::Secret;
use postern_store::{ImportReport, KeyChange, KeyInfo, Keys, NewKey, Store};
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
        #[command(flatten)]
        rules: Rules,
    },
    /// Show the keys there are, masked.
    List,
    /// Remove a key. A running server refuses it within a second.
    Remove {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
    },
    /// Switch a key off, without forgetting it. A running server refuses it within a second.
    Disable {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
    },
    /// Switch a key on again.
    Enable {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
    },
    /// Record what is asked with a key, or stop recording it. A running server does so within a second.
    Record {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
        /// Whether to.
        #[arg(value_parser = PossibleValuesParser::new(["on", "off"]).map(|text| text == "on"))]
        record: bool,
    },
    /// Give a key a new secret and show it, this once.
    Rotate {
        /// Its name, its id, or its beginning as `list` shows it.
        key: String,
        /// How long the old secret still works, such as 30m, 12h, 7d.
        #[arg(long, default_value = "1d", value_parser = span, value_name = "TIME")]
        grace: Duration,
    },
    /// Take keys from a text file: one a line, blank lines and lines with # at the start are skipped.
    Import {
        /// The file; - reads standard input.
        file: PathBuf,
    },
}

/// What a new key may do.
#[derive(Debug, Args)]
struct Rules {
    /// The models it may use, as names or patterns with *; all unless given.
    #[arg(long, value_delimiter = ',', value_name = "MODEL,…")]
    models: Vec<String>,
    /// After how much time it opens nothing, such as 12h, 30d; never unless given.
    #[arg(long, value_parser = span, value_name = "TIME")]
    expires: Option<Duration>,
    /// Most requests in any minute.
    #[arg(long, value_name = "NUMBER")]
    per_minute: Option<u32>,
    /// Most requests in a day.
    #[arg(long, value_name = "NUMBER")]
    per_day: Option<u32>,
    /// Never record what is asked with it.
    #[arg(long)]
    no_record: bool,
}

/// A time such as `30m`, `12h` or `7d`.
fn span(text: &str) -> Result<Duration, String> {
    let expected = || format!("expected a number with m, h or d behind it, such as 12h, found \"{text}\"");
    let seconds = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(expected()),
    };
    let number: u32 = text[..text.len() - 1].parse().map_err(|_| expected())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
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
        Command::Add { name, rules } => add(keys, name, rules, output).await,
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
        Command::Disable { key } => switch(keys, &key, false, output).await,
        Command::Enable { key } => switch(keys, &key, true, output).await,
        Command::Record { key, record } => {
            let change = KeyChange { record: Some(record), ..KeyChange::default() };
            let info = keys.change(keys.find(&key).await?.id, change).await?;
            let done = if record { "is recorded" } else { "is not recorded" };
            output.show(&info, || format!("What is asked with {} ({}) {done}.", info.name, info.masked))
        }
        Command::Rotate { key, grace } => {
            let (info, secret) = keys.rotate(keys.find(&key).await?.id, grace).await?;
            show_once(&info, &secret, output)
        }
        Command::Import { file } => {
            let report = keys.import(&read(&file)?).await?;
            output.show(&report, || imported(&report))
        }
    }
}

async fn add(keys: &Keys, name: Option<String>, rules: Rules, output: Output) -> Result<()> {
    let Rules { models, expires, per_minute, per_day, no_record } = rules;
    let end = |after| OffsetDateTime::now_utc().checked_add(time::Duration::try_from(after).ok()?);
    let expires_at = match expires {
        Some(after) => Some(end(after).context("that is too far away")?.unix_timestamp()),
        None => None,
    };
    let record = !no_record;
    let (info, secret) = keys.add(NewKey { name, expires_at, models, per_minute, per_day, record }).await?;
    show_once(&info, &secret, output)
}

fn show_once(info: &KeyInfo, secret: &Secret, output: Output) -> Result<()> {
    output.explain(&format!(
        "The key \"{}\". Keep it now: it is stored as a hash and never shown again.",
        info.name
    ));
    output.show(&MadeKey { info, key: secret.expose() }, || secret.expose().to_owned())
}

async fn switch(keys: &Keys, key: &str, enabled: bool, output: Output) -> Result<()> {
    let change = KeyChange { enabled: Some(enabled), ..KeyChange::default() };
    let info = keys.change(keys.find(key).await?.id, change).await?;
    let done = if enabled { "on" } else { "off" };
    output.show(&info, || format!("Switched the key {} ({}) {done}.", info.name, info.masked))
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
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let state = |key: &KeyInfo| match key.expires_at {
        _ if !key.enabled => "off".to_owned(),
        Some(end) if end <= now => "expired".to_owned(),
        Some(end) => format!("until {}", day(end)),
        None => "on".to_owned(),
    };
    let recorded = |key: &KeyInfo| if key.record { "yes" } else { "no" }.to_owned();
    let row = |key: &KeyInfo| {
        let added = day(key.created_at);
        vec![key.id.to_string(), key.name.clone(), key.masked.clone(), added, state(key), recorded(key)]
    };
    table(&["ID", "NAME", "KEY", "ADDED", "STATE", "RECORDED"], &keys.iter().map(row).collect::<Vec<_>>())
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
