//! The accounts on disk: one folder each, with the browser profile that is the account and what is kept of it.

mod adopt;
mod kept;
mod names;

use std::io;
use std::path::PathBuf;

use crate::Paths;
use crate::paths::private_folder;

pub use adopt::AdoptError;
pub(crate) use adopt::LEFT_BEHIND;
pub(crate) use kept::Share;
pub use kept::{Kept, KeptError, PRIORITIES, WEIGHTS};
pub use names::{AccountName, BadName};

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
        self.folder.join(name.as_str())
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
        self.free_name_but(&[])
    }

    /// The first free `account-N` that is none of these either.
    pub(crate) fn free_name_but(&self, taken: &[String]) -> AccountName {
        let is_free =
            |name: &AccountName| !self.has(name) && !taken.iter().any(|taken| taken == name.as_str());
        let free = (1_u32..).map(|number| AccountName(format!("account-{number}"))).find(is_free);
        free.unwrap_or_else(|| AccountName("account".to_owned()))
    }

    /// Makes the account's folders if they are missing.
    pub fn create(&self, name: &AccountName) -> io::Result<()> {
        private_folder(&self.profile(name))
    }

    /// Gives the account another name. Nobody may use it meanwhile.
    pub fn rename(&self, name: &AccountName, new: &AccountName) -> io::Result<()> {
        std::fs::rename(self.folder(name), self.folder(new))
    }

    /// Removes the account with its profile.
    pub fn remove(&self, name: &AccountName) -> io::Result<()> {
        std::fs::remove_dir_all(self.folder(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn accounts(folder: &tempfile::TempDir) -> Accounts {
        Accounts { folder: folder.path().join("accounts") }
    }

    pub(super) fn name(text: &str) -> AccountName {
        text.parse().expect("a name")
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
}
