//! Looks at everything that must be there and says in plain words what is missing and what to do.
//!
//! `postern doctor` and the console show the same findings. Nothing here talks to the network beyond this
//! computer.

use std::net::SocketAddr;

use postern_aistudio::selectors::Pack;
use postern_browser::find::{self, FindError, Role};
use postern_console::api::system::{Finding, Health};
use postern_protocol::page::PackStatus;
use postern_settings::{Flags, Settings};
use postern_store::{ConversationStore, Conversations, Store};
use tokio::net::TcpListener;

use super::{mcp, size, storage, vault};
use crate::{Accounts, DataLock, LockError, Paths, Secrets, browser_options, port};

/// Below this a browser soon stops working.
const TOO_FULL: u64 = 300_000_000;
/// Below this profiles and logs may fill the disk within days.
const NEARLY_FULL: u64 = 2_000_000_000;

/// Whether a server uses the data folder.
#[derive(Clone, Copy, Debug)]
pub enum Serving {
    /// Find out.
    Unknown,
    /// The one that asks, listening here or not at all.
    Here(Option<SocketAddr>),
}

/// What a running house can say of itself.
#[derive(Clone, Copy)]
pub struct InForce<'a> {
    /// The settings it obeys.
    pub settings: &'a Settings,
    /// Its secrets.
    pub secrets: &'a Secrets,
    /// What was recorded, or why that cannot be had.
    pub conversations: &'a Result<Conversations, String>,
    /// The selectors it goes by.
    pub pack: &'a PackStatus,
}

/// Everything that was looked at, in the order in which one depends on the other. Of settings that cannot be
/// read the defaults are taken; `in_force` is what a running house says.
pub async fn examine(paths: &Paths, in_force: Option<InForce<'_>>, serving: Serving) -> Vec<Finding> {
    let mut findings = vec![data_folder(paths), disk(paths)];
    let read = paths.settings(Flags::default());
    findings.push(match &read {
        Ok(_) => good("settings", configuration(paths)),
        Err(error) => problem(
            "settings",
            format!("{error:#}"),
            "Correct the file; postern config default shows every key.",
        ),
    });
    let settings = in_force.map(|house| house.settings.clone()).or(read.ok()).unwrap_or_default();
    findings.extend(plain_proxy(&settings));
    findings.push(database(paths).await);
    findings.push(conversations(paths, in_force.map(|house| house.conversations)).await);
    findings.push(vault::look(paths, in_force.map(|house| house.secrets)).await);
    findings.push(server(paths, &settings, serving).await);
    findings.extend(browser(paths, &settings).await);
    let pack = in_force.map(|house| house.pack.clone());
    findings.extend(selectors(&pack.unwrap_or_else(|| Pack::new(Some(paths.selectors())).status())));
    findings.extend(mcp::look(&settings, |name| std::env::var(name).ok()));
    findings.push(accounts(paths));
    findings.push(proxies(|name| std::env::var(name).ok()));
    findings
}

fn good(subject: &str, message: impl Into<String>) -> Finding {
    Finding { subject: subject.to_owned(), health: Health::Good, message: message.into(), remedy: None }
}

fn warning(subject: &str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { health: Health::Warning, remedy: Some(remedy.into()), ..good(subject, message) }
}

fn problem(subject: &str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { health: Health::Problem, remedy: Some(remedy.into()), ..good(subject, message) }
}

fn data_folder(paths: &Paths) -> Finding {
    const SUBJECT: &str = "data folder";
    let folder = paths.data().display();
    let written = paths.create().map_err(|error| format!("{error:#}")).and_then(|()| {
        let probe = paths.data().join(".doctor");
        let wrote = std::fs::write(&probe, "").and_then(|()| std::fs::remove_file(&probe));
        wrote.map_err(|error| format!("cannot write in {folder}: {error}"))
    });
    if let Err(why) = written {
        return problem(
            SUBJECT,
            why,
            "Choose another folder with --data-dir, or give this one to this user.",
        );
    }
    #[cfg(unix)]
    if open_to_others(paths) {
        let remedy = format!("Keep it to yourself: chmod 700 '{folder}'");
        return warning(SUBJECT, format!("{folder} can be read by other users of this computer"), remedy);
    }
    good(SUBJECT, folder.to_string())
}

#[cfg(unix)]
fn open_to_others(paths: &Paths) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(paths.data()).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

fn disk(paths: &Paths) -> Finding {
    const SUBJECT: &str = "disk";
    let free = match fs4::available_space(paths.data()) {
        Ok(free) => free,
        Err(error) => {
            let remedy = "Make sure that the data folder lies on a disk of this computer.";
            return warning(SUBJECT, format!("its free space is not known: {error}"), remedy);
        }
    };
    let message = format!("{} free", size::in_words(free));
    let remedy = "Free some space, or move the data folder to another disk with --data-dir.";
    match free {
        ..TOO_FULL => problem(SUBJECT, message, remedy),
        TOO_FULL..NEARLY_FULL => warning(SUBJECT, message, remedy),
        NEARLY_FULL.. => good(SUBJECT, message),
    }
}

fn configuration(paths: &Paths) -> String {
    let file = paths.config().display();
    if paths.config().exists() {
        file.to_string()
    } else {
        format!("{file} does not exist; the defaults are used")
    }
}

/// A password that stands in the file for everybody who reads it.
fn plain_proxy(settings: &Settings) -> Option<Finding> {
    let proxy = Some(&settings.network.proxy).filter(|proxy| proxy.shows_login())?;
    let message =
        format!("network.proxy shows a name or a password for {} in plain text", proxy.without_password());
    Some(warning(
        "proxy password",
        message,
        "Save the proxy once more on the settings page, and they are sealed.",
    ))
}

async fn database(paths: &Paths) -> Finding {
    const SUBJECT: &str = "database";
    let path = paths.database();
    // A check makes none.
    if !path.exists() {
        return good(SUBJECT, "none yet; the first start makes it");
    }
    let trouble = |error: postern_store::Error| {
        let remedy =
            format!("Stop every Postern and set {} aside; keys and requests begin anew.", path.display());
        problem(SUBJECT, error.to_string(), remedy)
    };
    let store = match Store::open(&path) {
        Ok(store) => store,
        Err(error) => return trouble(error),
    };
    let keys = store.keys().list().await;
    store.close();
    match keys {
        Err(error) => trouble(error),
        Ok(keys) => {
            let bytes = size::in_words(storage::database_bytes(&path));
            let keys = match keys.len() {
                0 => "no key, so every program on this computer may use the server".to_owned(),
                1 => "1 key".to_owned(),
                count => format!("{count} keys"),
            };
            good(SUBJECT, format!("{}, {bytes}, {keys}", path.display()))
        }
    }
}

/// `kept` is what a running house has of them.
async fn conversations(paths: &Paths, kept: Option<&Result<Conversations, String>>) -> Finding {
    const SUBJECT: &str = "conversations";
    let path = paths.conversations();
    let trouble = |why: String| {
        let remedy = format!(
            "Everything else goes on. Stop every Postern and set {} aside to record anew.",
            path.display()
        );
        warning(SUBJECT, format!("they are not recorded: {why}"), remedy)
    };
    // A check makes none.
    if kept.is_none() && !path.exists() {
        return good(SUBJECT, "none yet; the first start makes their database");
    }
    let opened = match kept {
        Some(_) => None,
        None => match ConversationStore::open(paths.data()) {
            Ok(store) => Some(store),
            Err(error) => return trouble(error.to_string()),
        },
    };
    let usage = match (kept, &opened) {
        (Some(Err(why)), _) => return trouble(why.clone()),
        (Some(Ok(kept)), _) => kept.usage().await,
        (None, Some(store)) => store.conversations().usage().await,
        (None, None) => return good(SUBJECT, path.display().to_string()),
    };
    if let Some(store) = opened {
        store.close();
    }
    match usage {
        Err(error) => trouble(error.to_string()),
        Ok(usage) => match usage.trouble {
            Some(now) => {
                warning(SUBJECT, now.detail, "See whether the disk is full; what is said waits meanwhile.")
            }
            None => {
                let bytes = size::in_words(storage::conversation_bytes(paths));
                good(SUBJECT, format!("{}, {bytes}, {} exchanges", path.display(), usage.exchanges))
            }
        },
    }
}

async fn server(paths: &Paths, settings: &Settings, serving: Serving) -> Finding {
    const SUBJECT: &str = "server";
    match serving {
        Serving::Here(Some(address)) => return good(SUBJECT, format!("listening on {address}")),
        Serving::Here(None) => {}
        Serving::Unknown => match DataLock::take(paths) {
            Err(LockError::InUse { .. }) => return good(SUBJECT, "running on this data folder"),
            Err(error @ LockError::Io { .. }) => {
                return problem(SUBJECT, error.to_string(), "Check who may write in the data folder.");
            }
            Ok(_free) => {}
        },
    }
    let address = SocketAddr::new(settings.server.host.0, settings.server.port);
    match TcpListener::bind(address).await {
        Ok(_) => good(SUBJECT, format!("not running; {address} is free")),
        Err(error) => {
            let explained = tokio::task::spawn_blocking(move || port::explain(address, &error)).await;
            let (why, free) = match explained {
                Ok(failure) => (failure.why, failure.free_port),
                Err(error) => (error.to_string(), None),
            };
            let remedy = free.map(|port| format!("Port {port} is free."));
            Finding { health: Health::Problem, remedy, ..good(SUBJECT, why) }
        }
    }
}

async fn browser(paths: &Paths, settings: &Settings) -> Vec<Finding> {
    if let Some(url) = &settings.browser.webdriver_url {
        return vec![good(
            "browser",
            format!("driven by {}, which is not looked at from here", url.without_password()),
        )];
    }
    let options = browser_options(settings, paths);
    let looked = tokio::task::spawn_blocking(move || match find::find(&options) {
        Ok(found) => Ok(found),
        Err(error) => Err((error, find::candidates(&options))),
    });
    match looked.await {
        Ok(Ok(found)) => vec![
            good("browser", format!("{} {}, {}", found.kind, found.version, found.path.display())),
            good("driver", format!("{}, {}", found.driver_version, found.driver.display())),
        ],
        Ok(Err((error, candidates))) => without_browser(&error, &candidates),
        Err(error) => vec![problem("browser", error.to_string(), "Try again.")],
    }
}

/// Tells a missing browser from a missing or unfit driver.
fn without_browser(error: &FindError, candidates: &[find::Candidate]) -> Vec<Finding> {
    let usable =
        |candidate: &&find::Candidate| candidate.role == Role::Browser && candidate.problem.is_none();
    let mut findings: Vec<Finding> = candidates
        .iter()
        .find(usable)
        .map(|found| {
            let version = found.version.as_deref().unwrap_or("of unknown version");
            good("browser", format!("{} {version}, {}", found.kind, found.path.display()))
        })
        .into_iter()
        .collect();
    let subject = if findings.is_empty() { "browser" } else { "driver" };
    findings.push(match error {
        FindError::NotFound { remedy } => {
            problem(subject, format!("no {subject} that can be used"), remedy.clone())
        }
        FindError::VersionMismatch { browser, driver, remedy } => {
            let message = format!("version {driver} does not fit the browser's version {browser}");
            problem("driver", message, remedy.clone())
        }
    });
    findings
}

/// Looked at only when somebody wrote such a file.
fn selectors(pack: &PackStatus) -> Option<Finding> {
    const SUBJECT: &str = "selectors";
    let file = pack.file.as_ref()?;
    let message = file.words(pack.version);
    if file.fault.is_some() {
        return Some(problem(SUBJECT, message, format!("Correct {} or remove it.", file.path)));
    }
    if file.outdated {
        let remedy = format!(
            "See whether the entries are still needed: postern doctor aistudio. Then write version = {} into the file, \
             or remove it.",
            pack.version
        );
        return Some(warning(SUBJECT, message, remedy));
    }
    Some(good(SUBJECT, message))
}

fn accounts(paths: &Paths) -> Finding {
    const SUBJECT: &str = "accounts";
    match Accounts::new(paths).list() {
        Ok(names) if names.is_empty() => warning(SUBJECT, "none yet", "Sign in: postern account add"),
        Ok(names) => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            good(SUBJECT, format!("{}; look closer with: postern doctor aistudio", names.join(", ")))
        }
        Err(error) => problem(SUBJECT, error.to_string(), "Check who may read the data folder."),
    }
}

/// Programs that honour a proxy for loopback addresses never reach the server.
fn proxies(environment: impl Fn(&str) -> Option<String>) -> Finding {
    const SUBJECT: &str = "proxy";
    let either = |name: &str| {
        let set = |name: String| environment(&name).filter(|value| !value.trim().is_empty()).map(|_| name);
        set(name.to_owned()).or_else(|| set(name.to_lowercase()))
    };
    let Some(variable) = either("HTTP_PROXY").or_else(|| either("ALL_PROXY")) else {
        return good(SUBJECT, "no proxy stands between clients and the server");
    };
    let exempt = ["NO_PROXY", "no_proxy"].into_iter().filter_map(environment).any(|list| {
        list.split(',').map(str::trim).any(|host| matches!(host, "*" | "127.0.0.1" | "127.0.0.0/8"))
    });
    if exempt {
        return good(SUBJECT, format!("{variable} is set, and NO_PROXY leaves 127.0.0.1 out"));
    }
    warning(
        SUBJECT,
        format!("{variable} is set: clients started like this send requests for 127.0.0.1 to the proxy"),
        "Set NO_PROXY=127.0.0.1,localhost for them.",
    )
}

#[cfg(test)]
mod tests {
    use postern_settings::WayOut;

    use super::*;

    fn place() -> (tempfile::TempDir, Paths) {
        let place = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(place.path().join("data")), None).expect("paths");
        (place, paths)
    }

    #[test]
    fn a_proxy_is_noticed_only_when_it_would_be_in_the_way() {
        let table: [(&[(&str, &str)], Health); 7] = [
            (&[], Health::Good),
            (&[("HTTP_PROXY", "")], Health::Good),
            (&[("HTTPS_PROXY", "http://p")], Health::Good),
            (&[("http_proxy", "http://p")], Health::Warning),
            (&[("ALL_PROXY", "socks5://p"), ("NO_PROXY", "example.org")], Health::Warning),
            (&[("HTTP_PROXY", "http://p"), ("NO_PROXY", "localhost, 127.0.0.1")], Health::Good),
            (&[("HTTP_PROXY", "http://p"), ("no_proxy", "*")], Health::Good),
        ];
        for (variables, expected) in table {
            let look = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            let finding = proxies(look);
            assert_eq!(finding.health, expected, "{variables:?}: {finding:?}");
            assert_eq!(finding.remedy.is_some(), expected != Health::Good);
        }
    }

    #[test]
    fn a_password_in_the_file_is_noticed_and_not_shown() {
        let mut settings = Settings::default();
        for proxy in ["system", "http://proxy.lan:8080", "http://****@proxy.lan:8080"] {
            settings.network.proxy = WayOut(proxy.to_owned());
            assert_eq!(plain_proxy(&settings), None, "{proxy}");
        }
        settings.network.proxy = WayOut("http://me:secret@proxy.lan:8080".to_owned());
        let finding = plain_proxy(&settings).expect("a finding");
        assert_eq!(finding.health, Health::Warning);
        assert!(
            finding.message.contains("proxy.lan:8080") && !finding.message.contains("secret"),
            "{finding:?}"
        );
    }

    #[test]
    fn a_wrong_selectors_file_is_a_problem_and_a_missing_one_nothing() {
        let (_place, paths) = place();
        paths.create().expect("created");
        let pack = Pack::new(Some(paths.selectors()));
        assert_eq!(selectors(&pack.status()), None);
        std::fs::write(paths.selectors(), "[selectors]\n[selectors\n").expect("written");
        let finding = selectors(&pack.status()).expect("a finding");
        assert!(finding.health == Health::Problem && finding.message.contains("line 2"), "{finding:?}");
        std::fs::write(paths.selectors(), "[selectors]\nrun = [\"#go\"]\n").expect("written");
        let finding = selectors(&pack.status()).expect("a finding");
        assert!(finding.health == Health::Good && finding.message.contains("selectors.run"), "{finding:?}");
        let mut older = pack.status();
        older.version += 1;
        let file = older.file.as_mut().expect("a file");
        (file.version, file.outdated) = (Some(1), true);
        assert_eq!(selectors(&older).expect("a finding").health, Health::Warning);
    }

    #[tokio::test]
    async fn a_database_is_opened_but_not_made() {
        let (_place, paths) = place();
        paths.create().expect("created");
        assert_eq!(database(&paths).await.health, Health::Good);
        assert!(!paths.database().exists());
        std::fs::write(
            paths.database(),
            "this is no database, but long enough to be taken for one".repeat(20),
        )
        .expect("written");
        let finding = database(&paths).await;
        assert_eq!(finding.health, Health::Problem, "{finding:?}");
        std::fs::remove_file(paths.database()).expect("removed");
        Store::open(&paths.database()).expect("made").close();
        let finding = database(&paths).await;
        assert!(finding.health == Health::Good && finding.message.contains("no key"), "{finding:?}");
    }

    #[tokio::test]
    async fn a_taken_port_is_told_from_our_own() {
        let (_place, paths) = place();
        paths.create().expect("created");
        let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = taken.local_addr().expect("an address");
        let mut settings = Settings::default();
        settings.server.port = address.port();
        let ask = |serving| server(&paths, &settings, serving);
        assert_eq!(ask(Serving::Unknown).await.health, Health::Problem);
        assert_eq!(ask(Serving::Here(None)).await.health, Health::Problem);
        assert_eq!(ask(Serving::Here(Some(address))).await.health, Health::Good);
        drop(taken);
        let _lock = DataLock::take(&paths).expect("free");
        assert_eq!(ask(Serving::Unknown).await.message, "running on this data folder");
        assert_eq!(ask(Serving::Here(None)).await.health, Health::Good);
    }

    #[cfg(unix)]
    #[test]
    fn a_data_folder_open_to_others_is_noticed() {
        let (_place, paths) = place();
        assert_eq!(data_folder(&paths).health, Health::Good);
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(paths.data(), open).expect("set");
        let finding = data_folder(&paths);
        assert_eq!(finding.health, Health::Warning, "{finding:?}");
        assert!(finding.remedy.is_some_and(|remedy| remedy.contains("chmod 700")));
    }

    #[test]
    fn a_driver_that_does_not_fit_is_told_from_a_missing_browser() {
        let candidate = find::Candidate {
            kind: find::Kind::Chromium,
            role: Role::Browser,
            path: "/usr/bin/chromium".into(),
            version: Some("150.0".to_owned()),
            problem: None,
        };
        let missing = FindError::NotFound { remedy: "install it".to_owned() };
        let subjects = |findings: Vec<Finding>| {
            findings.into_iter().map(|finding| (finding.subject, finding.health)).collect::<Vec<_>>()
        };
        assert_eq!(subjects(without_browser(&missing, &[])), [("browser".to_owned(), Health::Problem)]);
        let expected = [("browser".to_owned(), Health::Good), ("driver".to_owned(), Health::Problem)];
        assert_eq!(subjects(without_browser(&missing, &[candidate])), expected);
    }
}
