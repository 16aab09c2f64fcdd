//! `postern account list`, `set` and `reset-cooldowns`: what is known of accounts, and what their owner decides. All
//! work beside a running server, which hears of it within a second.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use postern_app::{AccountName, Accounts, Kept, OwnWay, Paths, describe};
use postern_protocol::account::{Cooldown, State, Status};
use postern_store::{AccountRecords, Day, Memory, Store};
use postern_upstream::{limited_until, today};
use serde::Serialize;

use super::Output;
use super::output::table;

#[derive(Clone, Debug, Args)]
pub(crate) struct Set {
    /// The account.
    pub(super) name: AccountName,
    /// Its share where several could answer, 1 to 100: one of weight 2 gets twice as many requests as one of weight 1.
    #[arg(long)]
    pub(super) weight: Option<u32>,
    /// Accounts of a higher priority are asked first, -100 to 100.
    #[arg(long, allow_negative_numbers = true)]
    pub(super) priority: Option<i32>,
    /// The way out of its browser: `system`, `direct`, a proxy such as socks5h://HOST:PORT, or `none` for that of all. For a
    /// key, `-` reads it from standard input: so nobody sees its password.
    #[arg(long, value_name = "WAY")]
    pub(super) proxy: Option<String>,
    /// Set it for the key of this name of this upstream instead.
    #[arg(long, value_name = "UPSTREAM")]
    pub(super) upstream: Option<String>,
    /// Use the account.
    #[arg(long, conflicts_with = "off")]
    on: bool,
    /// Do not use it.
    #[arg(long)]
    off: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// The account.
    pub(super) name: AccountName,
    /// Only for this model; for every one unless given.
    #[arg(long)]
    model: Option<String>,
}

/// An account as `list` shows it.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    status: Status,
    email: Option<String>,
    enabled: bool,
    weight: u32,
    priority: i32,
    cooldowns: Vec<Cooldown>,
    uses_today: u64,
    folder: PathBuf,
}

impl Set {
    /// Refuses what changes nothing.
    pub(super) fn says_something(&self) -> Result<()> {
        let nothing = self.weight.is_none() && self.priority.is_none() && self.proxy.is_none();
        if nothing && !self.on && !self.off {
            bail!("say what to set: --weight, --priority, --proxy, --on or --off");
        }
        Ok(())
    }

    /// Whether it is to be used; `None` for as it was.
    pub(super) fn enabled(&self) -> Option<bool> {
        (self.on || self.off).then_some(self.on)
    }
}

pub(crate) async fn list(paths: &Paths, accounts: &Accounts, output: Output) -> Result<ExitCode> {
    let mut remembered = match store(paths)? {
        Some(store) => store.accounts().all(Day(today())).await?,
        None => Default::default(),
    };
    let listed = |name: AccountName| {
        let memory = remembered.remove(name.as_str()).unwrap_or_default();
        Listed::new(accounts.folder(&name), &name, accounts.read(&name), memory)
    };
    let list: Vec<Listed> = accounts.list()?.into_iter().map(listed).collect();
    output.show(&list, || {
        if list.is_empty() {
            return "No account yet. Sign in with: postern account add".to_owned();
        }
        table(&["NAME", "E-MAIL", "TODAY", "STATE"], &list.iter().map(Listed::row).collect::<Vec<_>>())
    })?;
    Ok(ExitCode::SUCCESS)
}

impl Listed {
    fn new(folder: PathBuf, name: &AccountName, kept: Kept, memory: Memory) -> Self {
        let Memory { cooldowns, uses, last, .. } = memory;
        let state = match last.unwrap_or(State::NotChecked) {
            _ if !kept.enabled => State::Off,
            // It was switched on since.
            State::Off => State::NotChecked,
            State::CoolingDown { .. } if cooldowns.is_empty() => State::Ready,
            state => state,
        };
        Self {
            status: Status { name: name.to_string(), state },
            email: kept.email,
            enabled: kept.enabled,
            weight: kept.weight,
            priority: kept.priority,
            cooldowns,
            uses_today: uses.iter().map(|uses| uses.answers).sum(),
            folder,
        }
    }

    fn row(&self) -> Vec<String> {
        let Status { name, state } = &self.status;
        let email = self.email.clone().unwrap_or_else(|| "-".to_owned());
        let mut words = describe(name, state);
        // What the state itself says is not said twice.
        if !matches!(state, State::CoolingDown { .. }) {
            for cooldown in &self.cooldowns {
                words += &format!("; {}", limited_until(cooldown.model.as_deref(), cooldown.until));
            }
        }
        vec![name.clone(), email, self.uses_today.to_string(), words]
    }
}

pub(crate) async fn set(paths: &Paths, accounts: &Accounts, set: Set, output: Output) -> Result<ExitCode> {
    set.says_something()?;
    let proxy = match set.proxy.as_deref().map(OwnWay::read).transpose().context("this is no way out")? {
        Some(way) => Some(way.map(OwnWay::for_account).transpose()?),
        None => None,
    };
    let kept = accounts.change(&set.name, |kept| {
        kept.weight = set.weight.unwrap_or(kept.weight);
        kept.priority = set.priority.unwrap_or(kept.priority);
        kept.enabled = set.enabled().unwrap_or(kept.enabled);
        kept.proxy = proxy.unwrap_or(kept.proxy.take());
    })?;
    announce(paths).await?;
    output.show(&kept, || {
        let used = if kept.enabled { "on" } else { "off" };
        let way =
            kept.proxy.clone().map_or_else(String::new, |way| format!(", by way of {}", String::from(way)));
        format!("{}: {used}, weight {}, priority {}{way}", set.name, kept.weight, kept.priority)
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn reset(paths: &Paths, reset: Reset, output: Output) -> Result<ExitCode> {
    let ended = match store(paths)? {
        Some(store) => store.accounts().end_cooldowns(reset.name.as_str(), reset.model.as_deref()).await?,
        None => false,
    };
    output.show(&ended, || {
        let what = if ended { "rests no longer" } else { "did not rest" };
        match &reset.model {
            Some(model) => format!("{} {what} for {model}.", reset.name),
            None => format!("{} {what}.", reset.name),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Lets a running server hear that something about accounts is different.
pub(super) async fn announce(paths: &Paths) -> Result<()> {
    if let Some(store) = store(paths)? {
        AccountRecords::announce(&store.accounts()).await?;
    }
    Ok(())
}

/// The database, if there is one yet.
fn store(paths: &Paths) -> Result<Option<Store>> {
    let file = paths.database();
    Ok(if file.exists() { Some(Store::open(&file)?) } else { None })
}
