//! `postern doctor aistudio`: AI Studio's page, control by control. A running server looks with its own browser;
//! without one this process starts the account's.

use std::pin::pin;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
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
    let names = chosen(&accounts, account)?;
    let settings = paths.settings(Flags::default())?;
    paths.create()?;
    let eye = match DataLock::take(paths) {
        Ok(lock) => Eye::Own(lock),
        Err(LockError::InUse { .. }) => Eye::Running(Box::new(Running::enter(paths).await?)),
        Err(error) => return Err(error.into()),
    };
    let place = Place { settings: &settings, paths };
    let looked = look_at(eye, place, names, output, tokio::signal::ctrl_c()).await?;
    output.show(&looked, || looked.iter().map(describe).collect::<Vec<_>>().join("\n\n"))?;
    let serves = looked.iter().all(|looked| looked.report.as_ref().is_some_and(PageReport::serves));
    Ok(if serves { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The accounts to look with: the one that was asked for, or all that are in use.
fn chosen(accounts: &Accounts, asked: Option<AccountName>) -> Result<Vec<AccountName>> {
    let used = |name: &AccountName| accounts.read(name).enabled;
    if let Some(name) = asked {
        if !accounts.has(&name) {
            bail!("there is no account {name}; see: postern account list");
        }
        if !used(&name) {
            bail!("the account {name} is switched off; switch it on first: postern account set {name} --on");
        }
        return Ok(vec![name]);
    }
    let mut names = accounts.list()?;
    if names.is_empty() {
        bail!("there is no account yet; sign in with: postern account add");
    }
    names.retain(used);
    if names.is_empty() {
        bail!("every account is switched off; switch one on first: postern account set NAME --on");
    }
    Ok(names)
}

/// Looks with one account after the other. Whatever ends it, what was opened for it is closed.
async fn look_at<T>(
    eye: Eye,
    place: Place<'_>,
    names: Vec<AccountName>,
    output: Output,
    interrupted: impl Future<Output = T>,
) -> Result<Vec<Looked>> {
    let mut interrupted = pin!(interrupted);
    let (mut names, mut looked) = (names.into_iter(), Vec::new());
    let looked = loop {
        let Some(account) = names.next() else { break Ok(looked) };
        output.explain(&format!("Looking at {account}; a page that has changed takes a minute or two …"));
        let Some(report) = eye.look(place, &account, interrupted.as_mut()).await else {
            break Err(anyhow!("interrupted"));
        };
        let trouble = report.as_ref().err().map(|error| format!("{error:#}"));
        looked.push(Looked { account, report: report.ok(), trouble });
    };
    if let Eye::Running(running) = eye {
        running.leave().await;
    }
    looked
}

/// Where accounts are, and how they are opened.
#[derive(Clone, Copy)]
struct Place<'a> {
    settings: &'a Settings,
    paths: &'a Paths,
}

/// Who looks.
enum Eye {
    /// This process, for which nobody else may use the data folder.
    Own(#[expect(dead_code, reason = "it is held")] DataLock),
    /// The server that uses it.
    Running(Box<Running>),
}

impl Eye {
    /// The page of an account; `None` when it was interrupted.
    async fn look<T>(
        &self,
        place: Place<'_>,
        account: &AccountName,
        interrupted: impl Future<Output = T>,
    ) -> Option<Result<PageReport>> {
        match self {
            Self::Own(_) => {
                let studio = open_studio(place.settings, place.paths, account);
                let report = unless(interrupted, studio.self_test()).await;
                studio.close().await;
                Some(report?.map_err(Into::into))
            }
            Self::Running(running) => unless(interrupted, running.check_page(account)).await,
        }
    }
}

/// What comes of the work, unless it is interrupted.
async fn unless<T, U>(interrupted: impl Future<Output = T>, work: impl Future<Output = U>) -> Option<U> {
    tokio::select! {
        done = work => Some(done),
        _ = interrupted => None,
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

#[cfg(test)]
mod tests {
    use postern_protocol::Secret;

    use super::*;
    use crate::cli::running::tests::console;

    fn name(name: &str) -> AccountName {
        name.parse().expect("a name")
    }

    #[test]
    fn accounts_that_are_switched_off_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = Accounts::new(&Paths::new(Some(folder.path().to_owned()), None).expect("paths"));
        let refused = |asked| chosen(&accounts, asked).expect_err("refused").to_string();
        assert!(refused(None).contains("postern account add"));
        for account in ["off", "on"] {
            std::fs::create_dir_all(accounts.folder(&name(account))).expect("created");
        }
        accounts.change(&name("off"), |kept| kept.enabled = false).expect("kept");
        assert_eq!(chosen(&accounts, None).expect("one"), [name("on")]);
        assert_eq!(chosen(&accounts, Some(name("on"))).expect("one"), [name("on")]);
        assert!(refused(Some(name("off"))).contains("postern account set off --on"));
        assert!(refused(Some(name("nobody"))).contains("there is no account nobody"));
        accounts.change(&name("on"), |kept| kept.enabled = false).expect("kept");
        assert!(refused(None).contains("every account is switched off"));
    }

    #[tokio::test]
    async fn an_interrupted_look_leaves_no_session_behind() {
        let answer = |asked: &str| (!asked.contains("/api/page/")).then_some((200, "{}"));
        let (address, mut asked) = console(answer).await;
        let running = Running::sign_in(address, &Secret::new("link")).await.expect("signed in");
        assert_eq!(asked.recv().await.as_deref(), Some("POST /api/session"));
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
        let settings = Settings::default();
        let interrupted = async {
            assert_eq!(asked.recv().await.as_deref(), Some("POST /api/page/a/check"));
        };
        let place = Place { settings: &settings, paths: &paths };
        let output = Output::default();
        let looked = look_at(Eye::Running(Box::new(running)), place, vec![name("a")], output, interrupted);
        assert_eq!(looked.await.err().expect("it was not done").to_string(), "interrupted");
        assert_eq!(asked.recv().await.as_deref(), Some("DELETE /api/session"));
    }
}
