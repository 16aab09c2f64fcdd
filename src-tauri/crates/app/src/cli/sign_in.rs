//! Signing in: the same enrolment as in the window, shown as lines.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use postern_app::enrol::Machine;
use postern_app::{AccountName, Accounts, Paths};
use postern_console::Trouble;
use postern_console::api::enrolments::{
    EnrolmentKind, EnrolmentPhase, EnrolmentProblem, EnrolmentStep, EnrolmentView, SignInStart, StepState,
    StepView,
};
use postern_settings::Settings;
use tokio::sync::mpsc;

use super::Output;
use super::output::{explain, say};

/// What a person is told before anything begins.
const MEANING: &str = "\
Your own browser opens at AI Studio on a profile folder of its own. Sign in there as you always do. Postern never sees \
your password; the session stays in that folder, on this computer, and Postern uses AI Studio with it in your name. \
Google may limit an account that is used by programs: take one that you can do without.";

/// What is left where nobody can sign in.
const ELSEWHERE: &str = "\
Other ways to an account here:
  - sign in on a computer with a screen:
      postern account add google NAME
    there, seal its profile with a passphrase:
      postern account export NAME --form sealed_profile --output NAME.postern-profile
    carry the file here:
      postern account import NAME.postern-profile
  - import a session that you have as a file (storage_state, cookies.txt):
      postern account import FILE
  - adopt a copy of a browser's profile folder that is signed in:
      postern account import --profile DIR NAME";

/// What is said of the sign-in.
pub(crate) struct Wanted {
    /// What to call the account, or the one to sign in again.
    pub(crate) name: Option<AccountName>,
    /// The browser to sign in with.
    pub(crate) browser: Option<PathBuf>,
    /// The new account's own way out.
    pub(crate) proxy: Option<String>,
}

/// Takes an account into service, or signs in again with one that is there.
pub(crate) async fn run(
    settings: &Settings,
    paths: &Paths,
    wanted: Wanted,
    output: Output,
) -> Result<ExitCode> {
    let Wanted { name, browser, proxy } = wanted;
    let machine = Machine::alone(paths, settings.clone());
    let begun = match interrupted(&machine, name.as_ref()) {
        Some(view) => machine.retry(&view.id),
        None => {
            output.explain(MEANING);
            let again = name.as_ref().filter(|name| Accounts::new(paths).has(name));
            let start = SignInStart {
                account: again.map(ToString::to_string),
                name: name.as_ref().map(ToString::to_string),
                browser: browser.map(|path| path.display().to_string()),
                proxy,
                consent: true,
            };
            machine.sign_in(start).await
        }
    };
    let view = begun.map_err(|trouble| refused(&machine, trouble))?;
    let followed = follow(&machine, &view.id, output).await;
    // Nothing is left of an enrolment that did not come to its end.
    let _ = machine.cancel(&view.id).await;
    followed
}

/// A sign-in to this account that a killed Postern left.
fn interrupted(machine: &Machine, name: Option<&AccountName>) -> Option<EnrolmentView> {
    machine.views().into_iter().find(|view| {
        let person = matches!(view.kind, EnrolmentKind::SignIn | EnrolmentKind::SignInAgain);
        person
            && view.phase == EnrolmentPhase::Interrupted
            && name.is_some_and(|name| name.as_str() == view.name)
    })
}

fn refused(machine: &Machine, trouble: Trouble) -> anyhow::Error {
    let mut text = trouble.message;
    if let Some(action) = trouble.action {
        text = format!("{text}\n{action}");
    }
    if machine.nowhere_to_sign_in() {
        text = format!("{text}\n\n{ELSEWHERE}");
    }
    anyhow::anyhow!(text)
}

/// Shows each step until the account is in service or the person gives up.
async fn follow(machine: &Machine, id: &str, output: Output) -> Result<ExitCode> {
    let mut changes = machine.changes();
    let mut keys = Keys::listen();
    let mut shown: Option<EnrolmentView> = None;
    loop {
        changes.borrow_and_update();
        let Some(view) = machine.views().into_iter().find(|view| view.id == id) else {
            bail!("the enrolment is gone");
        };
        if shown.as_ref() != Some(&view) {
            show(shown.as_ref(), &view, output, keys.person)?;
            shown = Some(view.clone());
            if let Some(code) = ended(&view, keys.person)? {
                return Ok(code);
            }
        }
        tokio::select! {
            heard = changes.changed() => heard?,
            line = keys.line() => press(machine, &view, &line)?,
            _ = tokio::signal::ctrl_c() => bail!("given up; nothing is left of it"),
        }
    }
}

/// What the command ends with, if it does.
fn ended(view: &EnrolmentView, person: bool) -> Result<Option<ExitCode>> {
    match &view.phase {
        EnrolmentPhase::Done { .. } => Ok(Some(ExitCode::SUCCESS)),
        EnrolmentPhase::Cancelled => Ok(Some(ExitCode::FAILURE)),
        EnrolmentPhase::Stuck if !person => {
            let problem = problem(view).map(said).unwrap_or_default();
            bail!("{problem}\nNothing is left of it.");
        }
        EnrolmentPhase::Duplicate { account } if !person => bail!(
            "the account {account} is signed in with the same address; remove it first, or sign in again with: \
             postern account add {account}"
        ),
        EnrolmentPhase::Working
        | EnrolmentPhase::AwaitingPerson
        | EnrolmentPhase::Interrupted
        | EnrolmentPhase::Stuck
        | EnrolmentPhase::Duplicate { .. } => Ok(None),
    }
}

/// The person pressed Enter.
fn press(machine: &Machine, view: &EnrolmentView, line: &str) -> Result<()> {
    let done = match &view.phase {
        EnrolmentPhase::AwaitingPerson => machine.signed_in(&view.id),
        EnrolmentPhase::Stuck => machine.retry(&view.id),
        EnrolmentPhase::Duplicate { .. } if line.trim().eq_ignore_ascii_case("y") => {
            machine.replace(&view.id)
        }
        EnrolmentPhase::Duplicate { .. } => bail!("left as it was"),
        _ => return Ok(()),
    };
    // What it was said to may have changed in the same moment.
    done.map(drop).or(Ok(()))
}

fn show(before: Option<&EnrolmentView>, view: &EnrolmentView, output: Output, person: bool) -> Result<()> {
    if output.is_json() {
        return say(&serde_json::to_string(view)?);
    }
    for step in &view.steps {
        let known = before.is_some_and(|before| before.steps.contains(step));
        if let (false, Some(line)) = (known, line(step)) {
            say(&line)?;
        }
    }
    if before.map(|before| &before.phase) == Some(&view.phase) {
        return Ok(());
    }
    match &view.phase {
        EnrolmentPhase::AwaitingPerson => {
            let or = if person { ", or press Enter here" } else { "" };
            explain(&format!(
                "    Sign in to Google in the browser until AI Studio shows its prompt, then close it (on a Mac: quit \
                 it){or}."
            ));
        }
        EnrolmentPhase::Stuck if person => {
            explain("    Press Enter to try again, Ctrl+C to give up.");
        }
        EnrolmentPhase::Duplicate { account } if person => {
            explain(&format!("The account {account} has the same address. Put this one in its place? [y/N]"));
        }
        EnrolmentPhase::Done { account } => say(&format!("The account {account} is in service."))?,
        _ => {}
    }
    Ok(())
}

/// A step that is over.
fn line(StepView { step, state }: &StepView) -> Option<String> {
    let what = words(*step);
    match state {
        StepState::Waiting | StepState::Running => None,
        StepState::Done { note: Some(note) } => Some(format!("  ok  {what}: {note}")),
        StepState::Done { note: None } => Some(format!("  ok  {what}")),
        StepState::Failed { problem } => Some(format!("  no  {what}: {}", said(problem))),
    }
}

pub(super) fn words(step: EnrolmentStep) -> &'static str {
    match step {
        EnrolmentStep::File => "the file is read",
        EnrolmentStep::Network => "the site can be reached",
        EnrolmentStep::Browser => "the browser has started",
        EnrolmentStep::SignIn => "the sign-in is over",
        EnrolmentStep::Page => "AI Studio opens",
        EnrolmentStep::Identity => "whose account it is",
        EnrolmentStep::Models => "its models",
        EnrolmentStep::Question => "a test question is answered",
        EnrolmentStep::Save => "the account is saved",
    }
}

pub(super) fn problem(view: &EnrolmentView) -> Option<&EnrolmentProblem> {
    view.steps.iter().find_map(|step| match &step.state {
        StepState::Failed { problem } => Some(problem),
        StepState::Waiting | StepState::Running | StepState::Done { .. } => None,
    })
}

fn said(problem: &EnrolmentProblem) -> String {
    format!("{}\n      {}", problem.message, problem.action)
}

/// What a person types, where one sits before a terminal.
struct Keys {
    person: bool,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Keys {
    fn listen() -> Self {
        let person = std::io::stdin().is_terminal();
        let (typed, lines) = mpsc::unbounded_channel();
        if person {
            // Nobody can be woken who reads from a terminal, so this thread ends with the program.
            std::thread::spawn(move || {
                let lines = std::io::stdin().lines();
                lines.map_while(Result::ok).try_for_each(|line| typed.send(line).ok())
            });
        }
        Self { person, lines }
    }

    /// The next line; never one where nobody types.
    async fn line(&mut self) -> String {
        match self.lines.recv().await {
            Some(line) => line,
            None => std::future::pending().await,
        }
    }
}
