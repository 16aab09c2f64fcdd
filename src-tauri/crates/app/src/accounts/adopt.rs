//! Making an account of a copy of a browser's profile.

use std::io;
use std::path::{Path, PathBuf};

use postern_browser::find::Family;

use super::{AccountName, Accounts};
use crate::paths::private_folder;

/// What a browser can make again or must not share: caches, crash reports, locks of a running copy. Those of Chromium's
/// family first, then Firefox's.
pub(crate) const LEFT_BEHIND: &[&str] = &[
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
    ".parentlock",
    "MarionetteActivePort",
    "WebDriverBiDiServer.json",
    "cache2",
    "crashes",
    "datareporting",
    "minidumps",
    "parent.lock",
    "safebrowsing",
    "saved-telemetry-pings",
    "shader-cache",
    "startupCache",
];

/// Why a browser profile cannot become an account.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The account exists.
    #[error("the account {0} exists already; choose another name or remove it first")]
    Exists(AccountName),
    /// Not what a browser keeps.
    #[error(
        "{} is not a browser's user data folder (it has no \"Local State\" file) nor a Firefox profile (it has no \
         \"compatibility.ini\"){}",
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

impl Accounts {
    /// Makes an account of a copy of a browser's user data folder, or of a Firefox profile. When the copy fails
    /// half-way, nothing
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
    if Family::of_profile(from).is_none() {
        let inside = from.join("Preferences").is_file();
        return Err(AdoptError::NotAProfile { folder: from.to_owned(), inside });
    }
    match running_browser(from) {
        Some(process) => Err(AdoptError::InUse { folder: from.to_owned(), process }),
        None => Ok(()),
    }
}

/// The process that the profile's lock names, if it is alive. The lock is a link to `HOST-PROCESS`, of Firefox to
/// `ADDRESS:+PROCESS`, and outlives a crash.
#[cfg(target_os = "linux")]
fn running_browser(profile: &Path) -> Option<u32> {
    let lock =
        ["SingletonLock", "lock"].iter().find_map(|name| std::fs::read_link(profile.join(name)).ok())?;
    let process = lock.to_str()?.rsplit_once(['-', '+'])?.1.parse().ok()?;
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
    use super::super::tests::{accounts, name};
    use super::*;

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
    fn a_profile_of_firefox_is_adopted_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        let root = folder.path().join("x1.default");
        for file in ["compatibility.ini", "cookies.sqlite", "cache2/entries/0", ".parentlock"] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            std::fs::write(path, file).expect("written");
        }
        #[cfg(target_os = "linux")]
        {
            let lock = format!("127.0.1.1:+{}", std::process::id());
            std::os::unix::fs::symlink(lock, root.join("lock")).expect("linked");
            let error = accounts.adopt(&name("main"), &root).expect_err("refused");
            assert!(matches!(error, AdoptError::InUse { .. }), "{error}");
            std::fs::remove_file(root.join("lock")).expect("removed");
        }
        accounts.adopt(&name("main"), &root).expect("adopted");
        let profile = accounts.profile(&name("main"));
        assert_eq!(Family::of_profile(&profile), Some(Family::Firefox));
        assert!(profile.join("cookies.sqlite").is_file());
        assert!(!profile.join("cache2").exists() && !profile.join(".parentlock").exists());
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
