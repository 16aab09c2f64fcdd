//! What is kept of an account beside its profile: what its owner decided, and what was learned. It lies in the
//! account's folder, so that it goes where the account goes.

use std::io;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use postern_console::api::accounts::AccountSource;
use serde::{Deserialize, Serialize};
use toml_edit::DocumentMut;

use super::{AccountName, Accounts};
use crate::WrittenWay;

/// The shares an account can have.
pub const WEIGHTS: RangeInclusive<u32> = 1..=100;
/// The priorities an account can have.
pub const PRIORITIES: RangeInclusive<i32> = -100..=100;

/// Held while a file is read, changed and written.
static TURN: Mutex<()> = Mutex::new(());

/// What `account.toml` says. What it does not say is as in [`Kept::default`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whether its owner wants the account used.
    pub enabled: bool,
    /// Its share where several could answer.
    pub weight: u32,
    /// Accounts of a higher priority are asked first.
    pub priority: i32,
    /// The e-mail address the site showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where its profile came from.
    pub source: AccountSource,
    /// The browser it was last served with, and its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The program that its profile was made with, and that serves it unless the settings name one: what one browser
    /// keeps in a profile another cannot be trusted to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<PathBuf>,
    /// The way out of its browser; that of all without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<WrittenWay>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            enabled: true,
            weight: 1,
            priority: 0,
            email: None,
            source: AccountSource::default(),
            browser: None,
            program: None,
            proxy: None,
        }
    }
}

/// How often and how early an account is asked among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Share {
    weight: u32,
    priority: i32,
}

impl Kept {
    /// What was decided about it in comparison with others.
    pub(crate) fn share(&self) -> Share {
        Share { weight: self.weight, priority: self.priority }
    }

    /// A new account of this share, as near to it as can be: a file may say anything.
    pub(crate) fn with_share(share: Option<Share>) -> Self {
        let Some(Share { weight, priority }) = share else { return Self::default() };
        Self {
            weight: weight.clamp(*WEIGHTS.start(), *WEIGHTS.end()),
            priority: priority.clamp(*PRIORITIES.start(), *PRIORITIES.end()),
            ..Self::default()
        }
    }
}

/// A decision about an account that cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// A weight outside [`WEIGHTS`].
    #[error("a weight is a number from {} to {}, not {_0}", WEIGHTS.start(), WEIGHTS.end())]
    Weight(u32),
    /// A priority outside [`PRIORITIES`].
    #[error("a priority is a number from {} to {}, not {_0}", PRIORITIES.start(), PRIORITIES.end())]
    Priority(i32),
    /// The file could not be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl Kept {
    /// Whether its numbers are such as can be kept.
    pub fn check(&self) -> Result<(), KeptError> {
        if !WEIGHTS.contains(&self.weight) {
            return Err(KeptError::Weight(self.weight));
        }
        if !PRIORITIES.contains(&self.priority) {
            return Err(KeptError::Priority(self.priority));
        }
        Ok(())
    }

    /// The nearest that can be kept, for numbers somebody wrote into the file.
    fn within_bounds(mut self) -> Self {
        self.weight = self.weight.clamp(*WEIGHTS.start(), *WEIGHTS.end());
        self.priority = self.priority.clamp(*PRIORITIES.start(), *PRIORITIES.end());
        self
    }
}

impl Accounts {
    /// What is kept of the account. A file that cannot be used switches nothing off.
    pub fn read(&self, name: &AccountName) -> Kept {
        let text = std::fs::read_to_string(self.kept_file(name)).unwrap_or_default();
        match toml::from_str::<Kept>(&text) {
            Ok(kept) => kept.within_bounds(),
            Err(error) => {
                tracing::warn!(account = %name, %error, "account.toml cannot be used");
                Kept::default()
            }
        }
    }

    /// Keeps this of the account. What else the file says stays as it is.
    pub fn write(&self, name: &AccountName, kept: &Kept) -> Result<(), KeptError> {
        kept.check()?;
        let file = self.kept_file(name);
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        crate::file::replace(&file, &edited(&text, kept)?)?;
        Ok(())
    }

    /// Reads what is kept, changes it and keeps it, with nobody of this process in between. The file is left
    /// alone when nothing changed.
    pub fn change(&self, name: &AccountName, change: impl FnOnce(&mut Kept)) -> Result<Kept, KeptError> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.read(name);
        let mut kept = before.clone();
        change(&mut kept);
        if kept != before {
            self.write(name, &kept)?;
        }
        Ok(kept)
    }

    fn kept_file(&self, name: &AccountName) -> PathBuf {
        self.folder(name).join("account.toml")
    }
}

/// The text of the file with this in it. A text that is no TOML is begun anew.
fn edited(text: &str, kept: &Kept) -> io::Result<String> {
    let mut document: DocumentMut = text.parse().unwrap_or_default();
    let new: DocumentMut =
        toml::to_string(kept).map_err(io::Error::other)?.parse().map_err(io::Error::other)?;
    for optional in ["email", "browser", "program", "proxy"] {
        if !new.contains_key(optional) {
            document.remove(optional);
        }
    }
    for (key, item) in new.iter() {
        // Comments above a key belong to the key, which stays.
        document[key] = item.clone();
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{accounts, name};
    use super::*;

    #[test]
    fn what_is_kept_goes_with_the_account() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.create(&name("work")).expect("created");
        assert_eq!(accounts.read(&name("work")), Kept::default());
        let kept = Kept {
            enabled: false,
            weight: 3,
            priority: -2,
            email: Some("me@example.org".to_owned()),
            source: AccountSource::Cookies,
            browser: Some("Chromium 1".to_owned()),
            program: Some("/usr/bin/chromium".into()),
            proxy: Some("socks5://127.0.0.1:1080".to_owned().try_into().expect("a way")),
        };
        accounts.write(&name("work"), &kept).expect("kept");
        accounts.rename(&name("work"), &name("home")).expect("renamed");
        assert_eq!(accounts.read(&name("home")), kept);
        assert!(!accounts.has(&name("work")));
        let changed = accounts.change(&name("home"), |kept| kept.email = None).expect("kept");
        assert_eq!((changed.email, changed.weight), (None, 3));
        assert_eq!(accounts.read(&name("home")), Kept { email: None, ..kept });
    }

    #[test]
    fn what_others_wrote_into_the_file_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.create(&name("a")).expect("created");
        let file = accounts.folder(&name("a")).join("account.toml");
        std::fs::write(&file, "# mine\nweight = 500\nfuture = \"kept\"\n[more]\nx = 1\n").expect("written");
        assert_eq!(accounts.read(&name("a")).weight, 100);
        accounts.change(&name("a"), |kept| kept.priority = 7).expect("kept");
        let text = std::fs::read_to_string(&file).expect("read");
        for part in ["# mine", "future = \"kept\"", "[more]\nx = 1", "priority = 7"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(accounts.read(&name("a")).priority, 7);
    }

    #[test]
    fn a_file_that_cannot_be_used_switches_nothing_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.create(&name("a")).expect("created");
        std::fs::write(accounts.folder(&name("a")).join("account.toml"), "enabled = maybe").expect("written");
        assert_eq!(accounts.read(&name("a")), Kept::default());
        accounts.change(&name("a"), |kept| kept.enabled = false).expect("kept");
        assert!(!accounts.read(&name("a")).enabled);
    }

    #[test]
    fn numbers_out_of_bounds_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let accounts = accounts(&folder);
        accounts.create(&name("a")).expect("created");
        for change in [|kept: &mut Kept| kept.weight = 0, |kept: &mut Kept| kept.weight = 101] {
            assert!(matches!(accounts.change(&name("a"), change), Err(KeptError::Weight(_))));
        }
        let error = accounts.change(&name("a"), |kept| kept.priority = -101).expect_err("refused");
        assert_eq!(error.to_string(), "a priority is a number from -100 to 100, not -101");
        assert_eq!(accounts.read(&name("a")), Kept::default());
    }
}
