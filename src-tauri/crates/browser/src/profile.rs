//! Profile folders: the `--user-data-dir` (of Firefox: `--profile`) of one account, held by one process at a time.
//!
//! The folder itself is the browser's own and may come from elsewhere (an adopted profile); the lock is the
//! file `NAME.lock` beside it. The lock is the system's, so it ends with its process, however that ends; the
//! file stays.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::{BrowserError, process};

/// What a browser leaves behind when it is killed, and what keeps the next one from starting or leads its driver to a
/// port where nobody listens any more.
const LEFTOVERS: [&str; 6] = [
    "SingletonLock",
    "SingletonSocket",
    "SingletonCookie",
    "DevToolsActivePort",
    "MarionetteActivePort",
    "WebDriverBiDiServer.json",
];

/// A browser profile folder, held by this process alone until dropped.
#[derive(Debug)]
pub struct Profile {
    dir: PathBuf,
    _lock: File,
}

impl Profile {
    /// Creates the folder if needed (for this user alone), locks it, and ends browsers and drivers that a
    /// crashed run left on it. Blocks for as long as those need to end. A browser that a person uses there stays, and
    /// the profile is in use.
    pub fn open(dir: &Path) -> Result<Self, BrowserError> {
        let dir = std::path::absolute(dir).map_err(BrowserError::Profile)?;
        create_private(&dir).map_err(BrowserError::Profile)?;
        let lock = lock(&dir)?;
        if process::is_with_person(&dir) {
            return Err(BrowserError::ProfileInUse);
        }
        // Two browsers on one profile would damage it.
        if !process::end_all(&dir) {
            return Err(BrowserError::ProfileInUse);
        }
        for name in LEFTOVERS {
            remove(&dir.join(name)).map_err(BrowserError::Profile)?;
        }
        Ok(Self { dir, _lock: lock })
    }

    /// Ends driver and browser that a crashed run left on the folder. A browser that a person uses there, and one whose
    /// profile is held, stay. Blocks for as long as they need to end.
    pub fn tidy(dir: &Path) {
        let Ok(dir) = std::path::absolute(dir) else { return };
        if process::is_driven(&dir)
            && let Err(error) = Self::open(&dir)
        {
            tracing::debug!(%error, profile = %dir.display(), "a browser on the profile stays");
        }
    }

    /// The folder, absolute.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

fn lock(dir: &Path) -> Result<File, BrowserError> {
    let name = dir.file_name().ok_or_else(|| BrowserError::Profile(io::ErrorKind::InvalidFilename.into()))?;
    let mut name = name.to_owned();
    name.push(".lock");
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(dir.with_file_name(name))
        .map_err(BrowserError::Profile)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BrowserError::ProfileInUse),
        Err(TryLockError::Error(error)) => Err(BrowserError::Profile(error)),
    }
}

fn create_private(dir: &Path) -> io::Result<()> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        other => other,
    }
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::is_in_use;
    use crate::process::{BROWSER_MARK, DRIVER_MARK};

    /// A process that says so on its command line.
    fn on(dir: &Path, mark: &str) -> Child {
        let mark = format!("{mark}{}", dir.display());
        let child = Command::new("sleep").arg0(mark).arg("60").spawn().expect("a process");
        // The mark is on the command line once the program has taken the place of the test's own.
        let until = Instant::now() + Duration::from_secs(30);
        while !is_in_use(dir) && Instant::now() < until {}
        child
    }

    #[test]
    fn what_a_crash_left_is_ended_and_a_persons_browser_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("profile");
        let mut person = on(&dir, BROWSER_MARK);
        Profile::tidy(&dir);
        assert!(person.try_wait().expect("a look").is_none(), "a person's browser was ended");
        assert!(matches!(Profile::open(&dir), Err(BrowserError::ProfileInUse)));
        assert!(person.try_wait().expect("a look").is_none(), "a person's browser was ended for another one");
        person.kill().and_then(|()| person.wait()).expect("ended");
        let mut steered = on(&dir, &format!("x --remote-debugging-port=0 {BROWSER_MARK}"));
        drop(Profile::open(&dir).expect("free once what a crash left has ended"));
        assert!(steered.wait().expect("ended").code().is_none(), "it was killed");
        let mut driver = on(&dir, DRIVER_MARK);
        let held = lock(&dir).expect("locked");
        Profile::tidy(&dir);
        assert!(driver.try_wait().expect("a look").is_none(), "one whose profile is held was ended");
        drop(held);
        Profile::tidy(&dir);
        assert!(driver.wait().expect("ended").code().is_none(), "it was killed");
    }
}
