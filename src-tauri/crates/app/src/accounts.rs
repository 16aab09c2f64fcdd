//! The accounts on disk: one folder each, with the browser profile that is the account.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Paths;
use crate::paths::private_folder;

const LONGEST_NAME: usize = 64;

/// What a browser can make again or must not share: caches, crash reports, locks of a running copy.
const LEFT_BEHIND: &[&str] = &[
    "BrowserMetrics",
    "Cache",
    "CacheStorage",
    "Code Cache",
    "Crash Reports",
    "Crashpad",
    "DawnGraphiteCache",
    "DawnWebGPUCache",
    "DevToolsActivePort",
    "GPUCache",
    "GrShaderCache",
    "GraphiteDawnCache",
    "ShaderCache",
    "SingletonCookie",
    "SingletonLock",
    "SingletonSocket",
    "lockfile",
];

/// A name that is also a folder's name on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountName(String);

/// A text that cannot name an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" cannot be an account's name: use 1 to 64 letters, digits, and . _ - @ + after the first")]
pub struct BadName(String);

impl FromStr for AccountName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let first = |c: char| c.is_ascii_alphanumeric();
        let usable = text.len() <= LONGEST_NAME
            && text.starts_with(first)
            && !text.ends_with('.')
            && !is_a_device(text)
            && text.chars().all(|c| first(c) || matches!(c, '.' | '_' | '-' | '@' | '+'));
        if usable { Ok(Self(text.to_owned())) } else { Err(BadName(text.to_owned())) }
    }
}

/// Whether Windows takes the name, with or without an ending, for a device instead of a file.
fn is_a_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

impl AccountName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a browser profile cannot become an account.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The account exists.
    #[error("the account {0} exists already; choose another name or remove it first")]
    Exists(AccountName),
    /// Not what a browser keeps.
    #[error(
        "{} is not a browser's user data folder (it has no \"Local State\" file){}",
        folder.display(),
        if *inside { "; it looks like one profile in such a folder: give the folder that contains it" } else { "" }
    )]
    NotAProfile {
        /// The given folder.
        folder: PathBuf,
        /// Whether it is a part of one.
        inside: bool,
    },
    /// A browser is writing to it.
    #[error("a browser (process {process}) is using {}; close it first", folder.display())]
    InUse {
        /// The given folder.
        folder: PathBuf,
        /// The browser.
        process: u32,
    },
    /// A file could not be copied.
    #[error("cannot copy {}: {source}", path.display())]
    Copy {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What the owner of an account decided about it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    enabled: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// The folder of account folders.
#[derive(Clone, Debug)]
pub struct Accounts {
    folder: PathBuf,
}

impl Accounts {
    /// The accounts of a data folder.
    pub fn new(paths: &Paths) -> Self {
        Self { folder: paths.accounts() }
    }

    /// Every account, by name.
    pub fn list(&self) -> io::Result<Vec<AccountName>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if let Some(name) = name.filter(|_| entry.path().is_dir()) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Whether the account exists.
    pub fn has(&self, name: &AccountName) -> bool {
        self.folder(name).is_dir()
    }

    /// Everything kept of the account.
    pub fn folder(&self, name: &AccountName) -> PathBuf {
        self.folder.join(&name.0)
    }

    /// The browser profile.
    pub fn profile(&self, name: &AccountName) -> PathBuf {
        self.folder(name).join("profile")
    }

    /// What was kept of failures.
    pub fn snapshots(&self, name: &AccountName) -> PathBuf {
        self.folder(name).join("snapshots")
    }

    /// The first free `account-N`.
    pub fn free_name(&self) -> AccountName {
        let free =
            (1_u32..).map(|number| AccountName(format!("account-{number}"))).find(|name| !self.has(name));
        free.unwrap_or_else(|| AccountName("account".to_owned()))
    }

    /// Makes the account's folders if they are missing.
    pub fn create(&self, name: &AccountName) -> io::Result<()> {
        private_folder(&self.profile(name))
    }

    /// Whether its owner wants the account used. What cannot be read switches nothing off.
    pub fn is_enabled(&self, name: &AccountName) -> bool {
        let choices = std::fs::read_to_string(self.choices(name)).unwrap_or_default();
        match toml::from_str::<Choices>(&choices) {
            Ok(choices) => choices.enabled,
            Err(error) => {
                tracing::warn!(account = %name, %error, "account.toml cannot be used");
                true
            }
        }
    }

    /// Keeps whether its owner wants the account used. It is kept in the account's folder, so that it goes
    /// where the account goes.
    pub fn set_enabled(&self, name: &AccountName, enabled: bool) -> io::Result<()> {
        let text = toml::to_string(&Choices { enabled }).map_err(io::Error::other)?;
        crate::file::replace(&self.choices(name), &text)
    }

    fn choices(&self, name: &AccountName) -> PathBuf {
        self.folder(name).join("account.toml")
    }

    /// Gives the account another name. Nobody may use it meanwhile.
    pub fn rename(&self, name: &AccountName, new: &AccountName) -> io::Result<()> {
        std::fs::rename(self.folder(name), self.folder(new))
    }

    /// Removes the account with its profile.
    pub fn remove(&self, name: &AccountName) -> io::Result<()> {
        std::fs::remove_dir_all(self.folder(name))
    }

    /// Makes an account of a copy of a browser's user data folder. When the copy fails half-way, nothing
    /// of it is left.
    pub fn adopt(&self, name: &AccountName, from: &Path) -> Result<(), AdoptError> {
        if self.has(name) {
            return Err(AdoptError::Exists(name.clone()));
        }
        check_source(from)?;
        let copied = copy_folder(from, &self.profile(name));
        if copied.is_err() {
            // What went wrong is what the caller must hear; a leftover shows up in the list of accounts.
            let _ = self.remove(name);
        }
        copied
    }
}

fn check_source(from: &Path) -> Result<(), AdoptError> {
    if !from.join("Local State").is_file() {
        let inside = from.join("Preferences").is_file();
        return Err(AdoptError::NotAProfile { folder: from.to_owned(), inside });
    }
    match running_browser(from) {
        Some(process) => Err(AdoptError::InUse { folder: from.to_owned(), process }),
        None => Ok(()),
    }
}

/// The process that the profile's lock names, if it is alive. The lock is a link to `HOST-PROCESS` and
/// outlives a crash.
#[cfg(target_os = "linux")]
fn running_browser(profile: &Path) -> Option<u32> {
    let lock = std::fs::read_link(profile.join("SingletonLock")).ok()?;
    let process = lock.to_str()?.rsplit_once('-')?.1.parse().ok()?;
    Path::new("/proc").join(u32::to_string(&process)).exists().then_some(process)
}

/// Elsewhere a browser keeps its files locked, so that copying them fails by itself.
#[cfg(not(target_os = "linux"))]
fn running_browser(_profile: &Path) -> Option<u32> {
    None
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), AdoptError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| AdoptError::Copy { path, source }
    };
    private_folder(to).map_err(failed(to))?;
    for entry in std::fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let path = entry.path();
        let name = entry.file_name();
        if LEFT_BEHIND.iter().any(|left| name == *left) {
            continue;
        }
        let kind = entry.file_type().map_err(failed(&path))?;
        if kind.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else if kind.is_file() {
            std::fs::copy(&path, to.join(name)).map_err(failed(&path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(folder: &tempfile::TempDir) -> Accounts {
        Accounts { folder: folder.path().join("accounts") }
    }

    fn name(text: &str) -> AccountName {
        text.parse().expect("a name")
    }

    /// A user data folder such as a browser leaves behind.
    fn user_data(folder: &tempfile::TempDir) -> PathBuf {
        let root = folder.path().join("browser");
        for file in [
            "Local State",
            "Default/Preferences",
            "Default/Network/Cookies",
            "Default/Cache/0",
            "SingletonCookie",
        ] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, file).expect("written");
        }
        root
    }

    #[test]
    fn names_cannot_leave_the_folder() {
        for good in ["main", "a", "me@example.org", "a.b-c_d+e", "0"] {
            assert!(good.parse::<AccountName>().is_ok(), "{good}");
        }
        for bad in [
            "CON",
            "nul.txt",
            "com1",
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "-x",
            ".x",
            "x.",
            "a b",
            "ä",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<AccountName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn accounts_come_and_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        assert_eq!(accounts.list().expect("a list"), []);
        assert_eq!(accounts.free_name(), name("account-1"));
        accounts.create(&name("work")).expect("created");
        accounts.create(&name("account-1")).expect("created");
        std::fs::write(folder.path().join("accounts").join("a-file"), "").expect("written");
        assert_eq!(accounts.list().expect("a list"), [name("account-1"), name("work")]);
        assert_eq!(accounts.free_name(), name("account-2"));
        accounts.remove(&name("work")).expect("removed");
        assert!(!accounts.has(&name("work")));
    }

    #[test]
    fn what_its_owner_decided_goes_with_the_account() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.create(&name("work")).expect("created");
        assert!(accounts.is_enabled(&name("work")));
        accounts.set_enabled(&name("work"), false).expect("kept");
        accounts.rename(&name("work"), &name("home")).expect("renamed");
        assert!(!accounts.is_enabled(&name("home")) && !accounts.has(&name("work")));
        accounts.set_enabled(&name("home"), true).expect("kept");
        assert!(accounts.is_enabled(&name("home")));
    }

    #[test]
    fn a_profile_is_adopted_without_its_caches_and_locks() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.adopt(&name("main"), &user_data(&folder)).expect("adopted");
        let profile = accounts.profile(&name("main"));
        for kept in ["Local State", "Default/Preferences", "Default/Network/Cookies"] {
            assert_eq!(std::fs::read_to_string(profile.join(kept)).expect(kept), kept);
        }
        for left in ["Default/Cache", "SingletonCookie"] {
            assert!(!profile.join(left).exists(), "{left}");
        }
        let again = accounts.adopt(&name("main"), &user_data(&folder));
        assert!(matches!(again, Err(AdoptError::Exists(_))), "{again:?}");
    }

    #[test]
    fn what_is_no_user_data_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        let inner = user_data(&folder).join("Default");
        let error = accounts.adopt(&name("main"), &inner).expect_err("refused");
        assert!(matches!(error, AdoptError::NotAProfile { inside: true, .. }), "{error}");
        let error = accounts.adopt(&name("main"), folder.path()).expect_err("refused");
        assert!(matches!(error, AdoptError::NotAProfile { inside: false, .. }), "{error}");
        assert!(!accounts.has(&name("main")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_profile_in_use_is_refused_and_a_stale_lock_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        let source = user_data(&folder);
        let lock = source.join("SingletonLock");
        let held_by = |process: u32| {
            let _ = std::fs::remove_file(&lock);
            std::os::unix::fs::symlink(format!("some-host-{process}"), &lock).expect("linked");
        };
        held_by(std::process::id());
        let error = accounts.adopt(&name("main"), &source).expect_err("refused");
        assert!(matches!(error, AdoptError::InUse { .. }), "{error}");
        held_by(u32::MAX);
        accounts.adopt(&name("main"), &source).expect("adopted");
    }
}
