//! `postern account … --upstream NAME`: keys of providers.

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use postern_app::{CheckedKey, KeyBook, NewKey, OwnWay, Paths, Provided, check_keys, keyed_config};
use postern_protocol::Secret;
use postern_protocol::account::State;
use postern_settings::{Settings, Upstream};
use postern_store::{Store, UpstreamKey};
use postern_upstream::describe_key;
use serde::Serialize;

use super::output::table;
use super::{Output, pool};

/// What is done with the keys of an upstream.
pub(super) enum Deed {
    /// Keep one, called so, by this way.
    Add(Option<String>, Option<String>),
    /// Say how it is used.
    Set(pool::Set),
    /// Show them, masked.
    List,
    /// Ask the provider whether it takes this one, or all.
    Check(Option<String>),
    /// Forget this one.
    Remove(String),
}

/// A key as it is shown.
#[derive(Serialize)]
struct Shown {
    upstream: String,
    name: String,
    masked: String,
    host: String,
    enabled: bool,
    proxy: Option<String>,
    #[serde(flatten)]
    state: State,
}

pub(super) async fn run(
    paths: &Paths,
    settings: &Settings,
    upstream: &str,
    deed: Deed,
    output: Output,
) -> Result<ExitCode> {
    let written = settings.upstreams.get(upstream).with_context(|| unknown(settings, upstream))?;
    paths.create()?;
    let store = Store::open(&paths.database())?;
    let book = KeyBook::of(paths, &store);
    let done = act(settings, &book, (upstream, written), deed, output).await;
    store.close();
    done
}

async fn act(
    settings: &Settings,
    book: &KeyBook,
    (upstream, written): (&str, &Upstream),
    deed: Deed,
    output: Output,
) -> Result<ExitCode> {
    match deed {
        Deed::Add(name, proxy) => {
            let way = read_way(proxy.as_deref().unwrap_or_default())?;
            let config = keyed_config(upstream, written);
            let host = config
                .vendor
                .host(&config.base_url)
                .with_context(|| format!("{upstream} has no usable address"))?;
            let value = read(upstream, &host, output)?;
            let new = NewKey { name: name.as_deref(), value: value.expose(), way: way.as_ref() };
            let key = book.add(upstream, &host, new).await?;
            let shown = shown(&key, State::NotChecked);
            output.show(&shown, || {
                format!(
                    "Kept the key {} ({}) of {upstream}, sealed, for {host}. A running server takes it within a second. See \
                     whether it works with: postern account check --upstream {upstream} {}",
                    key.name, key.masked, key.name
                )
            })?;
        }
        Deed::List => {
            let memories = book.memories().await?;
            let keys = book.of_upstream(upstream).await?;
            let state = |key: &UpstreamKey| match memories.get(&format!("{upstream}/{}", key.name)) {
                _ if !key.enabled => State::Off,
                Some(memory) => memory.last.clone().unwrap_or(State::NotChecked),
                None => State::NotChecked,
            };
            let keys: Vec<Shown> = keys.iter().map(|key| shown(key, state(key))).collect();
            output.show(&keys, || listed(upstream, &keys))?;
        }
        Deed::Check(name) => {
            let checked = check_keys(settings, book, upstream, written, name.as_deref()).await?;
            if checked.is_empty() {
                bail!("{upstream} has no such key; see: postern account list --upstream {upstream}");
            }
            output.show(&checked, || {
                checked.iter().map(|key| described(upstream, key)).collect::<Vec<_>>().join("\n")
            })?;
            let fine = checked.iter().all(|key| key.trouble.is_none() && key.state == State::Ready);
            return Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Deed::Set(set) => change(book, upstream, set, output).await?,
        Deed::Remove(name) => {
            let key = book.find(upstream, &name).await?;
            book.remove(&key).await?;
            output.show(&shown(&key, State::Off), || {
                format!("Removed the key {name} ({}) of {upstream}.", key.masked)
            })?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Switches a key on or off, or changes how it is chosen and by which way it goes out.
async fn change(book: &KeyBook, upstream: &str, set: pool::Set, output: Output) -> Result<()> {
    set.says_something()?;
    let mut key = book.find(upstream, set.name.as_str()).await?;
    if let Some(text) = &set.proxy {
        let text = if text == "-" { from_input("The way out", output)? } else { Secret::new(text) };
        key = book.lead(&key, read_way(text.expose())?.as_ref()).await?;
    }
    let wanted = Provided { enabled: set.enabled(), weight: set.weight, priority: set.priority };
    let key = book.set(&key, wanted).await?;
    let state = if key.enabled { State::NotChecked } else { State::Off };
    output.show(&shown(&key, state), || {
        let used = if key.enabled { "on" } else { "off" };
        let way = key.proxy.as_ref().map_or_else(String::new, |way| format!(", by way of {way}"));
        format!("{}: {used}, weight {}, priority {}{way}", key.name, key.weight, key.priority)
    })
}

/// Not from the command line, where every user of the computer could see it.
fn read(upstream: &str, host: &str, output: Output) -> Result<Secret> {
    from_input(&format!("The key of {upstream} (it will be shown to {host} only)"), output)
}

fn from_input(what: &str, output: Output) -> Result<Secret> {
    let mut text = String::new();
    let mut stdin = std::io::stdin();
    let read = if stdin.is_terminal() {
        output.explain(&format!("{what}:"));
        stdin.read_line(&mut text)
    } else {
        stdin.read_to_string(&mut text)
    };
    read.context("cannot read standard input")?;
    Ok(Secret::new(text))
}

fn read_way(text: &str) -> Result<Option<OwnWay>> {
    OwnWay::read(text).context("this is no way out")
}

fn unknown(settings: &Settings, upstream: &str) -> String {
    let names: Vec<&str> = settings.upstreams.keys().map(String::as_str).collect();
    let known = match names.as_slice() {
        [] => "config.toml names none".to_owned(),
        names => format!("there are {}", names.join(", ")),
    };
    format!(
        "there is no upstream {upstream}; {known}. Add it in the window, or as [upstreams.{upstream}] in config.toml"
    )
}

fn shown(key: &UpstreamKey, state: State) -> Shown {
    Shown {
        upstream: key.upstream.clone(),
        name: key.name.clone(),
        masked: key.masked.clone(),
        host: key.host.clone(),
        enabled: key.enabled,
        proxy: key.proxy.clone(),
        state,
    }
}

fn listed(upstream: &str, keys: &[Shown]) -> String {
    if keys.is_empty() {
        return format!(
            "{upstream} has no pasted key. Add one with: postern account add --upstream {upstream}"
        );
    }
    let row = |key: &Shown| {
        vec![key.name.clone(), key.masked.clone(), key.host.clone(), describe_key(upstream, &key.state)]
    };
    table(&["NAME", "KEY", "FOR", "STATE"], &keys.iter().map(row).collect::<Vec<_>>())
}

fn described(upstream: &str, key: &CheckedKey) -> String {
    match &key.trouble {
        Some(trouble) => format!("{}: could not be checked: {trouble}", key.name),
        None => format!("{}: {}", key.name, describe_key(upstream, &key.state)),
    }
}
