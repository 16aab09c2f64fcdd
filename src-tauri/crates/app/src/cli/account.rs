//! `postern account …`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use postern_aistudio::Studio;
use postern_app::{AccountName, Accounts, DataLock, Paths, describe, open_studio};
use postern_protocol::account::{State, Status};
use postern_protocol::page::PageReport;
use postern_settings::{Flags, Settings};
use serde::Serialize;

use super::provider::{self, Deed};
use super::{Output, carry, output, page, pool, sign_in};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign in with your own browser: a new account, or again with one whose sign-in has expired.
    ///
    /// A sign-in to this account that was broken off goes on where it was.
    Add {
        /// `google`, the one kind of accounts there is, and what to call the account; account-1, account-2, … unless
        /// given.
        #[arg(value_name = "[google] NAME", num_args = 0..=2)]
        words: Vec<String>,
        /// The browser to sign in with; the first that can be used unless given.
        #[arg(long, value_name = "PROGRAM")]
        browser: Option<PathBuf>,
        /// Keep a key of this upstream instead; reads it from standard input. A running server takes it within a second.
        #[arg(long, value_name = "UPSTREAM", conflicts_with = "browser")]
        upstream: Option<String>,
        /// The way out of the new account's browser, or for what is asked with the key: `system`, `direct` or a proxy such
        /// as socks5h://HOST:PORT. A proxy's name and password are better said with `set --proxy -`.
        #[arg(long, value_name = "WAY")]
        proxy: Option<String>,
    },
    /// Show the accounts there are: state, address, answers of today, and until when they rest.
    List {
        /// Show the keys of this upstream instead, masked.
        #[arg(long, value_name = "UPSTREAM")]
        upstream: Option<String>,
    },
    /// Say how much an account is used. A running server does so within a second.
    Set(pool::Set),
    /// Ask an account again whose quota was used up. A running server does so within a second.
    ResetCooldowns(pool::Reset),
    /// Open the site with an account and look: state, models, and whether the page has what it should.
    Check {
        /// The account; all of them unless given.
        name: Option<AccountName>,
        /// Ask this upstream instead whether it takes its keys, or the one that is named.
        #[arg(long, value_name = "UPSTREAM")]
        upstream: Option<String>,
    },
    /// Take accounts over from other programs and machines: files of sessions, sealed profiles, browser profiles.
    Import(carry::Import),
    /// Write an account into a file, to carry it elsewhere.
    Export(carry::Export),
    /// Remove an account with its browser profile.
    Remove {
        /// The account.
        name: AccountName,
        /// Remove the key of this name of this upstream instead. A running server forgets it within a second.
        #[arg(long, value_name = "UPSTREAM")]
        upstream: Option<String>,
    },
}

/// An account that was taken over.
#[derive(Serialize)]
struct Imported {
    name: AccountName,
    folder: PathBuf,
}

/// What a look at the site showed.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    status: Status,
    /// The ids of the models it can use.
    models: Vec<String>,
    /// The controls of the page, found or not.
    page: Option<PageReport>,
    /// What kept it from looking closer.
    trouble: Option<String>,
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    let settings = paths.settings(Flags::default())?;
    let accounts = Accounts::new(paths);
    let output = arguments.output;
    if let Some((upstream, deed)) = of_keys(&arguments.command)? {
        return provider::run(paths, &settings, &upstream, deed, output).await;
    }
    match arguments.command {
        Command::Add { words, browser, proxy, .. } => {
            let name = account_name(&words)?;
            let lock = lock_for(paths, &accounts, name.as_ref())?;
            let wanted = sign_in::Wanted { name, browser, proxy };
            let done = sign_in::run(&settings, paths, wanted, output).await;
            note_server(paths, lock.as_ref()).await?;
            done
        }
        Command::List { .. } => pool::list(paths, &accounts, output).await,
        Command::Set(set) => {
            existing(&accounts, set.name.clone())?;
            pool::set(paths, &accounts, set, output).await
        }
        Command::ResetCooldowns(reset) => {
            existing(&accounts, reset.name.clone())?;
            pool::reset(paths, reset, output).await
        }
        Command::Check { name, .. } => {
            let names = match name {
                Some(name) => vec![existing(&accounts, name)?],
                None => accounts.list()?,
            };
            paths.create()?;
            let _lock = DataLock::take(paths)?;
            check(&settings, paths, names, output).await
        }
        Command::Import(carry::Import { profile: Some(profile), name, files, .. }) => {
            let name = name.map_or_else(|| profile_name(&accounts, &files), Ok)?;
            let lock = lock_for(paths, &accounts, Some(&name))?;
            import(&accounts, &name, &profile, output).await?;
            note_server(paths, lock.as_ref()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Import(files) => {
            // What is imported is new, so that it can come beside a server.
            let lock = lock_for(paths, &accounts, None)?;
            let done = carry::import(&settings, paths, files, lock.as_ref(), output).await;
            note_server(paths, lock.as_ref()).await?;
            done
        }
        Command::Export(asked) => {
            existing(&accounts, asked.name.clone())?;
            let _lock = DataLock::take(paths)?;
            carry::export(&settings, paths, asked, output).await
        }
        Command::Remove { name, .. } => remove(paths, &accounts, name, output),
    }
}

fn remove(paths: &Paths, accounts: &Accounts, name: AccountName, output: Output) -> Result<ExitCode> {
    let name = existing(accounts, name)?;
    let _lock = DataLock::take(paths)?;
    accounts.remove(&name).with_context(|| format!("cannot remove the account {name}"))?;
    output.show(&name, || format!("Removed the account {name} and its browser profile."))?;
    Ok(ExitCode::SUCCESS)
}

/// What is to be done with the keys of which upstream, if it is about keys.
fn of_keys(command: &Command) -> Result<Option<(String, Deed)>> {
    let (upstream, deed) = match command {
        Command::Add { words, upstream: Some(upstream), proxy, .. } => match words.as_slice() {
            [] => (upstream, Deed::Add(None, proxy.clone())),
            [name] => (upstream, Deed::Add(Some(name.clone()), proxy.clone())),
            _ => bail!("with --upstream there is one name, that of the key"),
        },
        Command::List { upstream: Some(upstream) } => (upstream, Deed::List),
        Command::Check { name, upstream: Some(upstream) } => {
            (upstream, Deed::Check(name.as_ref().map(ToString::to_string)))
        }
        Command::Set(set @ pool::Set { upstream: Some(upstream), .. }) => (upstream, Deed::Set(set.clone())),
        Command::Remove { name, upstream: Some(upstream) } => (upstream, Deed::Remove(name.to_string())),
        _ => return Ok(None),
    };
    Ok(Some((upstream.clone(), deed)))
}

/// The name out of `[google] [NAME]`.
fn account_name(words: &[String]) -> Result<Option<AccountName>> {
    let name = match words {
        [first, name] if first == "google" => Some(name),
        [first, _] => bail!("there are no accounts of {first}; there are those of google"),
        [only] if only == "google" => None,
        [only] => Some(only),
        _ => None,
    };
    Ok(name.map(|name| name.parse()).transpose()?)
}

/// The name that follows `--profile DIR`.
fn profile_name(accounts: &Accounts, given: &[PathBuf]) -> Result<AccountName> {
    match given {
        [] => Ok(accounts.free_name()),
        [name] => Ok(name.to_string_lossy().parse()?),
        _ => bail!("with --profile there is one name and no file"),
    }
}

fn existing(accounts: &Accounts, name: AccountName) -> Result<AccountName> {
    if !accounts.has(&name) {
        bail!("there is no account {name}; see: postern account list");
    }
    Ok(name)
}

/// An account that a running server uses is not touched; a new one may be added beside it (`None`).
fn lock_for(paths: &Paths, accounts: &Accounts, name: Option<&AccountName>) -> Result<Option<DataLock>> {
    paths.create()?;
    match DataLock::take(paths) {
        Ok(lock) => Ok(Some(lock)),
        Err(_) if name.is_none_or(|name| !accounts.has(name)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Lets a server that runs beside this command take the account into service.
async fn note_server(paths: &Paths, lock: Option<&DataLock>) -> Result<()> {
    if lock.is_none() {
        pool::announce(paths).await?;
        output::explain("A server is running: it takes the account into service now.");
    }
    Ok(())
}

async fn import(accounts: &Accounts, name: &AccountName, profile: &Path, output: Output) -> Result<()> {
    let copy = {
        let (accounts, name, profile) = (accounts.clone(), name.clone(), profile.to_owned());
        move || accounts.adopt(&name, &profile)
    };
    tokio::task::spawn_blocking(copy).await??;
    output.show(&Imported { name: name.clone(), folder: accounts.folder(name) }, || {
        format!(
            "Copied the profile to the account {name}. Whether its sign-in came along depends on where the \
             browser keeps its keys; look with: postern account check {name}"
        )
    })
}

/// Looks at the accounts one after the other and fails unless each is ready.
async fn check(
    settings: &Settings,
    paths: &Paths,
    names: Vec<AccountName>,
    output: Output,
) -> Result<ExitCode> {
    if names.is_empty() {
        bail!("there is no account yet; sign in with: postern account add");
    }
    let mut reports = Vec::new();
    for name in &names {
        output.explain(&format!("Looking at {name} …"));
        let studio = open_studio(settings, paths, name);
        let looked = tokio::select! {
            report = look(&studio) => Ok(report),
            _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        };
        studio.close().await;
        reports.push(looked?);
    }
    output.show(&reports, || reports.iter().map(describe_report).collect::<Vec<_>>().join("\n"))?;
    let ready = reports.iter().all(|report| report.status.state == State::Ready && report.trouble.is_none());
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(studio: &Studio) -> Report {
    let status = Status { name: studio.name().to_owned(), state: studio.check().await };
    let mut report = Report { status, models: Vec::new(), page: None, trouble: None };
    if report.status.state.usable() {
        match studio.models().await {
            Ok(models) => report.models = models.into_iter().map(|model| model.id).collect(),
            Err(failure) => report.trouble = Some(failure.to_string()),
        }
        match studio.self_test().await {
            Ok(page) => report.page = Some(page),
            Err(failure) => report.trouble = Some(failure.to_string()),
        }
    } else if report.status.state == State::NotChecked {
        // The state does not say why.
        report.trouble = studio.models().await.err().map(|failure| failure.to_string());
    }
    report
}

fn describe_report(report: &Report) -> String {
    let Status { name, state } = &report.status;
    let mut lines = vec![format!("{name}: {}", describe(name, state))];
    if !report.models.is_empty() {
        lines.push(format!("  models  {}", report.models.len()));
    }
    if let Some(report) = &report.page {
        lines.push(format!("  page    {}", page::summary(report)));
        lines.extend(page::missing(report).into_iter().map(|missing| format!("          {missing}")));
        lines.push(format!("          more with: postern doctor aistudio --account {name}"));
    }
    lines.extend(report.trouble.iter().map(|trouble| format!("  trouble {trouble}")));
    lines.join("\n")
}
