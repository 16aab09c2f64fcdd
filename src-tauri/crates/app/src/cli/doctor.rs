//! `postern doctor`

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use postern_app::{Accounts, DataLock, LockError, Paths, browser_options};
use postern_browser::find;
use postern_settings::{Flags, Settings};
use postern_store::Store;
use serde::Serialize;
use tokio::net::TcpListener;

use super::Output;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    Note,
    Bad,
}

/// What was found about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

impl Finding {
    fn new(what: &'static str, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { what, verdict, detail: detail.into() }
    }

    fn from(what: &'static str, result: Result<String, String>) -> Self {
        match result {
            Ok(detail) => Self::new(what, Verdict::Good, detail),
            Err(detail) => Self::new(what, Verdict::Bad, detail),
        }
    }
}

pub(crate) async fn run(paths: &Paths, arguments: &Arguments) -> Result<ExitCode> {
    let mut findings = vec![data_folder(paths)];
    let settings = match paths.settings(Flags::default()) {
        Ok(settings) => {
            findings.push(Finding::new("settings", Verdict::Good, paths.config().display().to_string()));
            settings
        }
        Err(error) => {
            findings.push(Finding::new("settings", Verdict::Bad, format!("{error:#}")));
            Settings::default()
        }
    };
    findings.push(keys(paths).await);
    findings.push(server(paths, &settings).await);
    findings.push(browser(paths, &settings).await);
    findings.push(accounts(paths));

    arguments.output.show(&findings, || report(&findings))?;
    let bad = findings.iter().any(|finding| finding.verdict == Verdict::Bad);
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn report(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let mark = match finding.verdict {
            Verdict::Good => "ok  ",
            Verdict::Note => "note",
            Verdict::Bad => "BAD ",
        };
        format!("{mark}  {:<12} {}", finding.what, finding.detail)
    };
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn data_folder(paths: &Paths) -> Finding {
    let written = paths.create().map_err(|error| format!("{error:#}")).and_then(|()| {
        let probe = paths.data().join(".doctor");
        let wrote = std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe));
        wrote.map_err(|error| format!("cannot write in {}: {error}", paths.data().display()))
    });
    Finding::from("data folder", written.map(|()| paths.data().display().to_string()))
}

async fn keys(paths: &Paths) -> Finding {
    let store = match open_store(&paths.database()) {
        Ok(Some(store)) => store,
        Ok(None) => {
            return Finding::new("keys", Verdict::Note, "none: the server will be open on this computer");
        }
        Err(error) => return Finding::new("keys", Verdict::Bad, error.to_string()),
    };
    let count = store.keys().list().await.map(|keys| keys.len());
    store.close();
    match count {
        Ok(0) => Finding::new("keys", Verdict::Note, "none: the server will be open on this computer"),
        Ok(count) => Finding::new("keys", Verdict::Good, format!("{count}")),
        Err(error) => Finding::new("keys", Verdict::Bad, error.to_string()),
    }
}

/// The store, if there is one; a check makes none.
fn open_store(database: &Path) -> Result<Option<Store>, postern_store::Error> {
    if database.exists() { Store::open(database).map(Some) } else { Ok(None) }
}

async fn server(paths: &Paths, settings: &Settings) -> Finding {
    let address = SocketAddr::new(settings.server.host.0, settings.server.port);
    match DataLock::take(paths) {
        Err(LockError::InUse { .. }) => {
            return Finding::new("server", Verdict::Good, "running on this data folder");
        }
        Err(error @ LockError::Io { .. }) => return Finding::new("server", Verdict::Bad, error.to_string()),
        Ok(_free) => {}
    }
    match TcpListener::bind(address).await {
        Ok(_) => Finding::new("server", Verdict::Good, format!("not running; {address} is free")),
        Err(error) => Finding::new(
            "server",
            Verdict::Bad,
            format!(
                "{address} cannot be used ({error}); choose another with --port or `port` under [server]"
            ),
        ),
    }
}

async fn browser(paths: &Paths, settings: &Settings) -> Finding {
    if let Some(url) = &settings.browser.webdriver_url {
        return Finding::new("browser", Verdict::Note, format!("at {}, not looked at from here", url.0));
    }
    let options = browser_options(settings, paths);
    let found = tokio::task::spawn_blocking(move || find::find(&options)).await;
    let found = match found {
        Ok(found) => found.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let describe = |found: find::Installed| {
        let (path, driver) = (found.path.display(), found.driver.display());
        format!("{path} {} with {driver} {}", found.version, found.driver_version)
    };
    Finding::from("browser", found.map(describe))
}

fn accounts(paths: &Paths) -> Finding {
    match Accounts::new(paths).list() {
        Ok(names) if names.is_empty() => {
            Finding::new("accounts", Verdict::Note, "none yet; sign in with: postern account add")
        }
        Ok(names) => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            Finding::new(
                "accounts",
                Verdict::Good,
                format!("{}; look closer with: postern account check", names.join(", ")),
            )
        }
        Err(error) => Finding::new("accounts", Verdict::Bad, error.to_string()),
    }
}
