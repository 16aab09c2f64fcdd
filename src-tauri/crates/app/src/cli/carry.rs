//! `postern account import` and `postern account export`: accounts out of files and into files.

use std::collections::HashSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use postern_app::carry::{self, ExportError, File, Given, is_sealed};
use postern_app::enrol::Machine;
use postern_app::{AccountName, Accounts, DataLock, Paths, browser_options, open_studio};
use postern_console::api::enrolments::{
    EnrolmentPhase, EnrolmentProblem, EnrolmentStep, EnrolmentView, ProblemKind, StepState,
};
use postern_protocol::Secret;
use postern_settings::Settings;
use serde::Serialize;

use super::{Output, sign_in};

/// Where a passphrase may be given.
const PASSPHRASE: &str = "POSTERN_PASSPHRASE";
/// No session and no profile is larger.
const MOST_BYTES: u64 = 2 << 30;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Files of sessions: storage_state JSON, cookies as browser extensions export them (JSON or cookies.txt), zip
    /// archives of such, and sealed profiles. Each account is named after its address or its file. With --profile, the
    /// name of the account.
    #[arg(value_name = "FILE", required_unless_present = "profile")]
    pub(super) files: Vec<PathBuf>,
    /// Instead take over a copy of a browser's user data folder that is signed in already.
    #[arg(long, value_name = "DIR")]
    pub(super) profile: Option<PathBuf>,
    /// What to call the account, where it is only one.
    #[arg(long)]
    pub(super) name: Option<AccountName>,
    /// A file whose first line is the passphrase of sealed profiles; else it is asked for, or taken from
    /// POSTERN_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Where an account of the same address is there already, put the imported session in its place.
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The account.
    pub(super) name: AccountName,
    /// As what.
    #[arg(long, value_enum)]
    form: Form,
    /// The file to write; only you can read it.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// A file whose first line is the passphrase that seals the profile; else it is asked for, or taken from
    /// POSTERN_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// In what form an account leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[value(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
enum Form {
    /// Playwright's storage_state JSON: cookies and local storage, in clear.
    StorageState,
    /// The whole profile, sealed with a passphrase.
    SealedProfile,
}

/// What became of one file.
#[derive(Debug, Serialize)]
struct Imported {
    file: Option<String>,
    account: Option<String>,
    email: Option<String>,
    problem: Option<EnrolmentProblem>,
}

/// Imports the files. `lock` is the data folder's, where no server holds it.
pub(crate) async fn import(
    settings: &Settings,
    paths: &Paths,
    given: Import,
    lock: Option<&DataLock>,
    output: Output,
) -> Result<ExitCode> {
    if given.replace && lock.is_none() {
        bail!(
            "an account of a running server cannot be replaced from here; use its console, or stop it first"
        );
    }
    let files = given.files.iter().map(|path| read(path)).collect::<Result<Vec<File>>>()?;
    let sealed = files.iter().any(|file| is_sealed(&file.bytes));
    let passphrase = if sealed { Some(passphrase(given.passphrase_file.as_deref(), false)?) } else { None };
    let machine = Machine::alone(paths, settings.clone());
    let name = given.name.map(|name| name.to_string());
    let options = browser_options(settings, paths);
    let begun = carry::import(&machine, &Accounts::new(paths), &options, Given { files, name, passphrase });
    let begun =
        begun.map_err(|trouble| anyhow!("{}", in_words(&trouble.message, trouble.action.as_deref())))?;
    let followed = tokio::select! {
        imported = follow(&machine, &begun, given.replace, output) => imported,
        _ = tokio::signal::ctrl_c() => Err(anyhow!("interrupted")),
    };
    if followed.is_err() {
        for view in &begun {
            // The error is what counts; one that has ended leaves nothing either.
            let _ = machine.cancel(&view.id).await;
        }
    }
    machine.close().await;
    let imported = followed?;
    output.show(&imported, || imported.iter().map(described).collect::<Vec<_>>().join("\n"))?;
    let all = imported.iter().all(|one| one.problem.is_none());
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tells how the enrolments go on until each has ended, and leaves nothing of those that fail.
async fn follow(
    machine: &Machine,
    begun: &[EnrolmentView],
    replace: bool,
    output: Output,
) -> Result<Vec<Imported>> {
    let mut changes = machine.changes();
    let mut told: HashSet<(String, EnrolmentStep)> = HashSet::new();
    let mut ended = Vec::new();
    while ended.len() < begun.len() {
        changes.mark_unchanged();
        for view in machine.views().into_iter().filter(|view| begun.iter().any(|one| one.id == view.id)) {
            tell_steps(&view, &mut told, output);
            let problem = match &view.phase {
                EnrolmentPhase::Working | EnrolmentPhase::AwaitingPerson => continue,
                EnrolmentPhase::Done { .. } => None,
                EnrolmentPhase::Duplicate { .. } if replace => {
                    machine.replace(&view.id).map_err(|trouble| anyhow!("{}", trouble.message))?;
                    continue;
                }
                EnrolmentPhase::Duplicate { account } => Some(duplicate(account)),
                EnrolmentPhase::Stuck | EnrolmentPhase::Interrupted | EnrolmentPhase::Cancelled => {
                    Some(why(&view))
                }
            };
            let account = match &view.phase {
                EnrolmentPhase::Done { account } => Some(account.clone()),
                _ => None,
            };
            ended.push(Imported { file: view.file, account, email: view.email, problem });
            // Takes it off the list; of one that failed nothing is left.
            machine.cancel(&view.id).await.map_err(|trouble| anyhow!("{}", trouble.message))?;
        }
        if ended.len() < begun.len() {
            changes.changed().await?;
        }
    }
    ended.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(ended)
}

fn tell_steps(view: &EnrolmentView, told: &mut HashSet<(String, EnrolmentStep)>, output: Output) {
    let file = view.file.as_deref().unwrap_or(&view.name);
    for step in &view.steps {
        let StepState::Done { note } = &step.state else { continue };
        if told.insert((view.id.clone(), step.step)) {
            let note = note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
            output.explain(&format!("{file}: {}{note}", sign_in::words(step.step)));
        }
    }
}

fn why(view: &EnrolmentView) -> EnrolmentProblem {
    sign_in::problem(view).cloned().unwrap_or_else(|| EnrolmentProblem {
        kind: ProblemKind::Other,
        message: "It was cut short.".to_owned(),
        action: "Import the file once more.".to_owned(),
    })
}

fn duplicate(account: &str) -> EnrolmentProblem {
    EnrolmentProblem {
        kind: ProblemKind::OtherAccount,
        message: format!("The account {account} has this address already."),
        action: "Remove that one first, or import with --replace to put this session in its place."
            .to_owned(),
    }
}

fn described(one: &Imported) -> String {
    let file = one.file.as_deref().unwrap_or("the file");
    match (&one.problem, &one.account) {
        (Some(problem), _) => format!("{file}: {}", in_words(&problem.message, Some(&problem.action))),
        (None, Some(account)) => {
            let email = one.email.as_deref().map(|email| format!(" ({email})")).unwrap_or_default();
            format!("{file}: the account {account}{email} is in service.")
        }
        (None, None) => format!("{file}: done."),
    }
}

fn in_words(message: &str, action: Option<&str>) -> String {
    action.map_or_else(|| message.to_owned(), |action| format!("{message} {action}"))
}

fn read(path: &Path) -> Result<File> {
    let failed = || format!("cannot read {}", path.display());
    let bytes = std::fs::metadata(path).with_context(failed)?.len();
    if bytes > MOST_BYTES {
        bail!("{} is larger than 2 GB, which no session and no profile is", path.display());
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(File { name, bytes: std::fs::read(path).with_context(failed)? })
}

/// Writes the account, which nobody may use meanwhile, into a file.
pub(crate) async fn export(
    settings: &Settings,
    paths: &Paths,
    asked: Export,
    output: Output,
) -> Result<ExitCode> {
    let Export { name, form, output: file, passphrase_file } = asked;
    if file.exists() {
        bail!("{} is there already; choose another name", file.display());
    }
    let secret = match form {
        Form::StorageState => None,
        Form::SealedProfile => Some(passphrase(passphrase_file.as_deref(), true)?),
    };
    let accounts = Accounts::new(paths);
    let kept = accounts.read(&name);
    output.explain(&format!("Opening {name} …"));
    let studio = open_studio(settings, paths, &name);
    let session = carry::session(&studio, &kept).await;
    studio.close().await;
    let written = match (secret, session) {
        (None, session) => carry::storage_state(session?).expose().as_bytes().to_vec(),
        (Some(_), Err(error @ ExportError::OtherAccount { .. })) => return Err(error.into()),
        (Some(secret), session) => {
            if let Err(error) = &session {
                output.explain(&format!("Its session is not put beside the profile: {error}"));
            }
            let profile = accounts.profile(&name);
            let seal = move || {
                let mut out = Vec::new();
                carry::sealed_profile(&profile, &kept, session.ok().as_ref(), &secret, &mut out).map(|()| out)
            };
            tokio::task::spawn_blocking(seal).await??
        }
    };
    write(&file, &written).with_context(|| format!("cannot write {}", file.display()))?;
    #[derive(Serialize)]
    struct Exported<'a> {
        account: &'a AccountName,
        form: Form,
        file: &'a Path,
        bytes: usize,
    }
    let exported = Exported { account: &name, form, file: &file, bytes: written.len() };
    output.show(&exported, || match form {
        Form::StorageState => format!(
            "Wrote the session of {name} to {}. It is in clear: whoever has the file has the account.",
            file.display()
        ),
        Form::SealedProfile => format!(
            "Wrote the sealed profile of {name} to {}. It opens with its passphrase only: postern account import FILE",
            file.display()
        ),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the file whole or not at all, for its owner alone.
fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    let file = std::path::absolute(file)?;
    let folder = file.parent().context("it has no folder")?;
    // Such a file is its owner's alone from the beginning.
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist_noclobber(&file)?;
    Ok(())
}

/// The passphrase out of the file, the environment or from the person at the terminal; never from the command line,
/// which everybody on this computer can see.
fn passphrase(file: Option<&Path>, new: bool) -> Result<Secret> {
    if let Some(file) = file {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let line = text.lines().next().unwrap_or_default();
        return checked(Secret::new(line), new);
    }
    if let Ok(text) = std::env::var(PASSPHRASE) {
        return checked(Secret::new(text), new);
    }
    if !std::io::stdin().is_terminal() {
        bail!("a passphrase is needed: give it with --passphrase-file FILE or in {PASSPHRASE}");
    }
    let given = checked(Secret::new(rpassword::prompt_password("Passphrase: ")?), new)?;
    if new && Secret::new(rpassword::prompt_password("Once more: ")?) != given {
        bail!("these are two different passphrases");
    }
    Ok(given)
}

fn checked(passphrase: Secret, new: bool) -> Result<Secret> {
    if new {
        carry::check_passphrase(&passphrase)?;
    }
    Ok(passphrase)
}
