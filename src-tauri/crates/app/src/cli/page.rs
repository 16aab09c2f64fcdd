//! `postern doctor aistudio`: AI Studio's page, control by control. A running server looks with its own browser;
//! without one this process starts the account's.

use std::process::ExitCode;

use anyhow::{Result, bail};
use postern_app::{AccountName, Accounts, DataLock, LockError, Paths, open_studio};
use postern_protocol::page::{Control, Group, Need, PackStatus, PageReport, Sight};
use postern_settings::{Flags, Settings};
use serde::Serialize;

use super::Output;
use super::running::Running;

/// The page of an account.
#[derive(Serialize)]
struct Looked {
    account: AccountName,
    report: Option<PageReport>,
    /// What kept it from being looked at.
    trouble: Option<String>,
}

pub(super) async fn run(paths: &Paths, account: Option<AccountName>, output: Output) -> Result<ExitCode> {
    let accounts = Accounts::new(paths);
    let names = match account {
        Some(name) if !accounts.has(&name) => {
            bail!("there is no account {name}; see: postern account list")
        }
        Some(name) => vec![name],
        None => accounts.list()?,
    };
    if names.is_empty() {
        bail!("there is no account yet; sign in with: postern account add");
    }
    let settings = paths.settings(Flags::default())?;
    paths.create()?;
    let eye = match DataLock::take(paths) {
        Ok(lock) => Eye::Own(lock),
        Err(LockError::InUse { .. }) => Eye::Running(Box::new(Running::enter(paths).await?)),
        Err(error) => return Err(error.into()),
    };
    let mut looked = Vec::new();
    for account in names {
        output.explain(&format!("Looking at {account}; a page that has changed takes a minute or two …"));
        let report = tokio::select! {
            report = eye.look(&settings, paths, &account) => report,
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        };
        let trouble = report.as_ref().err().map(|error| format!("{error:#}"));
        looked.push(Looked { account, report: report.ok(), trouble });
    }
    if let Eye::Running(running) = eye {
        running.leave().await;
    }
    output.show(&looked, || looked.iter().map(describe).collect::<Vec<_>>().join("\n\n"))?;
    let serves = looked.iter().all(|looked| looked.report.as_ref().is_some_and(PageReport::serves));
    Ok(if serves { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Who looks.
enum Eye {
    /// This process, for which nobody else may use the data folder.
    Own(#[expect(dead_code, reason = "it is held")] DataLock),
    /// The server that uses it.
    Running(Box<Running>),
}

impl Eye {
    async fn look(&self, settings: &Settings, paths: &Paths, account: &AccountName) -> Result<PageReport> {
        match self {
            Self::Own(_) => {
                let studio = open_studio(settings, paths, account);
                let report = studio.self_test().await;
                studio.close().await;
                Ok(report?)
            }
            Self::Running(running) => running.check_page(account).await,
        }
    }
}

fn describe(looked: &Looked) -> String {
    let Looked { account, report, trouble } = looked;
    let Some(report) = report else {
        return format!("{account}: {}", trouble.as_deref().unwrap_or("not looked at"));
    };
    let mut lines = vec![format!("{account}: {}", summary(report))];
    lines.extend(report.trouble.iter().map(|trouble| format!("  {trouble}.")));
    lines.extend(report.model.iter().map(|model| format!("  open with {model}")));
    lines.push(format!("  selectors: {}", pack(&report.pack)));
    let mut group: Option<Group> = None;
    for control in &report.controls {
        if group != Some(control.group) {
            group = Some(control.group);
            lines.push(format!("\n  {}", control.group.name()));
        }
        lines.push(line(control));
    }
    lines.join("\n")
}

/// How the page is as a whole.
pub(super) fn summary(report: &PageReport) -> String {
    let (required, optional) =
        (report.missing(Need::Required).count(), report.missing(Need::Optional).count());
    let found = |control: &&Control| matches!(control.sight, Sight::Found { .. });
    let found = report.controls.iter().filter(found).count();
    let rest = match (required, optional) {
        (0, 0) => "none missing".to_owned(),
        (0, optional) => format!("{optional} optional ones missing"),
        (required, 0) => format!("{required} required ones missing"),
        (required, optional) => format!("{required} required and {optional} optional ones missing"),
    };
    format!("{found} controls of the page found, {rest}")
}

fn pack(pack: &PackStatus) -> String {
    match &pack.file {
        None => format!("built in, version {}", pack.version),
        Some(file) => file.words(pack.version),
    }
}

fn line(control: &Control) -> String {
    let (mark, text) = match &control.sight {
        Sight::Found { selector, rank: 0 } => ("ok", selector.clone()),
        Sight::Found { selector, rank } => ("ok", format!("{selector} (fallback {rank})")),
        Sight::Missing { tried } => {
            let tried = format!("{:32}tried: {}", "", tried.join(" | "));
            match control.need {
                Need::Required => ("BAD", format!("required. {}\n{tried}", control.loss.words())),
                Need::Optional => ("note", format!("optional. {}\n{tried}", control.loss.words())),
            }
        }
        Sight::NotLookedFor { why } => ("-", why.words().to_owned()),
    };
    format!("    {mark:<4}  {:<20}  {text}", control.purpose)
}

/// Says in few words what is missing.
pub(super) fn missing(report: &PageReport) -> Vec<String> {
    let names =
        |need| report.missing(need).map(|control| control.purpose.as_str()).collect::<Vec<_>>().join(", ");
    [("required, missing", names(Need::Required)), ("optional, missing", names(Need::Optional))]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {names}"))
        .collect()
}
