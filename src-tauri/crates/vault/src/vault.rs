//! The vault itself: the keys that were found, and which of them seals.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use postern_protocol::Secret;
use zeroize::Zeroizing;

use crate::safe::Guarded;
use crate::shelf::Shelf;
use crate::{Error, Given, KeyId, MasterKey, Safe, SafeError, Sealed, sealed};

/// How long the keyring may take for one answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a vault looks for keys.
pub struct Config {
    /// What the environment gives; it comes first.
    pub given: Given,
    /// The system's keyring; `None` leaves it alone.
    pub safe: Option<Box<dyn Safe>>,
    /// How long the keyring may take for one answer.
    pub patience: Duration,
    /// The file for keys where there is no keyring.
    pub file: PathBuf,
}

impl Config {
    /// As it is for whoever starts the program: the key that is given, the system's keyring, else this file.
    pub fn new(given: Given, file: PathBuf) -> Self {
        Self { given, safe: Some(Box::new(crate::SystemKeyring)), patience: PATIENCE, file }
    }
}

/// Where a key lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the environment variable `POSTERN_MASTER_KEY`.
    Environment,
    /// In the file that `POSTERN_MASTER_KEY_FILE` names.
    GivenFile,
    /// In a credential of the systemd service.
    Credential,
    /// In the system's keyring.
    Keyring,
    /// In a file beside the database.
    File,
}

impl Source {
    /// Whether somebody else keeps the key, so that it cannot be changed from here.
    pub fn given(self) -> bool {
        match self {
            Self::Environment | Self::GivenFile | Self::Credential => true,
            Self::Keyring | Self::File => false,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "the environment variable POSTERN_MASTER_KEY",
            Self::GivenFile => "the file that POSTERN_MASTER_KEY_FILE names",
            Self::Credential => "the credential postern-master-key of the systemd service",
            Self::Keyring => "the system's keyring",
            Self::File => "the file master.key in the data folder",
        })
    }
}

/// What the owner should know about the key, as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// What was given cannot be used; another key is used instead.
    GivenUnusable(String),
    /// The key lies in a file beside what it seals, and why it is not in the keyring, if that is known.
    InFile(Option<SafeError>),
    /// The key lies in the keyring, which cannot be reached. Another one is used until it can.
    KeyringAway(SafeError),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GivenUnusable(why) => {
                write!(f, "{why}; another master key is used until that is corrected")
            }
            Self::InFile(why) => {
                f.write_str("the master key lies in a file beside what it seals, so whoever copies the data folder has both")?;
                why.as_ref().map_or(Ok(()), |why| write!(f, " ({why})"))
            }
            Self::KeyringAway(why) => write!(
                f,
                "the master key is in the system's keyring, which cannot be reached ({why}); what it sealed stays \
                 closed, and a key in a file seals what is new, until a start that reaches it"
            ),
        }
    }
}

/// Keys, and which of them seals. Its calls may wait for the keyring, some seconds at most.
pub struct Vault {
    given: Option<KeyId>,
    safe: Option<Guarded>,
    shelf: Shelf,
    held: Vec<Held>,
    leading: Option<KeyId>,
    trouble: Option<String>,
    keyring_trouble: Option<SafeError>,
    /// Whether the key that should lead may be in the keyring, which does not answer.
    away: bool,
}

struct Held {
    key: MasterKey,
    source: Source,
}

impl Vault {
    /// Looks for keys: the one that is given, those of these names, and what is in the file. The given one leads;
    /// else the one that is in use, if it is found. Where none leads, [`Vault::keep`] and [`Vault::lead`] a new one.
    pub fn open(config: Config, known: &[KeyId], in_use: Option<&KeyId>) -> Result<Self, Error> {
        let Config { given, safe, patience, file } = config;
        let mut vault = Self {
            given: given.key.as_ref().map(|(key, _)| key.id()),
            safe: safe.map(|safe| Guarded::new(safe, patience)),
            shelf: Shelf { path: file },
            held: given.key.into_iter().map(|(key, source)| Held { key, source }).collect(),
            leading: None,
            trouble: given.trouble,
            keyring_trouble: None,
            away: false,
        };
        for key in vault.shelf.keys().map_err(|source| vault.shelf_failed(source))? {
            vault.hold(key, Source::File);
        }
        vault.look_in_keyring(known);
        let missing = |id: &&KeyId| !vault.holds(id);
        vault.away =
            vault.given.is_none() && vault.keyring_trouble.is_some() && in_use.filter(missing).is_some();
        let choice = vault.given.clone();
        let choice = choice.or_else(|| in_use.filter(|id| vault.holds(id)).cloned());
        // Whatever is found opens at least what it sealed; while the keyring is away the file serves.
        let choice = choice.or_else(|| vault.held.first().map(|held| held.key.id()));
        vault.leading = choice;
        Ok(vault)
    }

    /// The key that seals; `None` where none was found.
    pub fn leading(&self) -> Option<&KeyId> {
        self.leading.as_ref()
    }

    /// Where the key that seals lies.
    pub fn source(&self) -> Option<Source> {
        self.leader().map(|held| held.source)
    }

    /// What the owner should know about it.
    pub fn warning(&self) -> Option<Warning> {
        if let Some(trouble) = &self.trouble {
            return Some(Warning::GivenUnusable(trouble.clone()));
        }
        let in_file = self.source() == Some(Source::File);
        match &self.keyring_trouble {
            Some(trouble) if self.away => Some(Warning::KeyringAway(trouble.clone())),
            trouble => in_file.then(|| Warning::InFile(trouble.clone())),
        }
    }

    /// Whether a key that is missing may only be out of reach, in a keyring that does not answer.
    pub fn keyring_away(&self) -> bool {
        self.away
    }

    /// Whether the vault has this key.
    pub fn holds(&self, id: &KeyId) -> bool {
        self.find(id).is_some()
    }

    /// The form in which people keep the key that seals.
    pub fn recovery_key(&self) -> Option<Secret> {
        self.leader().map(|held| held.key.recovery())
    }

    /// Keeps the key: in the keyring, or in the file where there is none. From now on it opens what it sealed.
    pub fn keep(&mut self, key: &MasterKey) -> Result<Source, Error> {
        let refused = match &self.safe {
            Some(safe) => safe.put(key).err(),
            None => Some(SafeError::Missing("it is switched off".to_owned())),
        };
        let source = match &refused {
            None => Source::Keyring,
            Some(refused) => {
                let (keyring, path) = (refused.to_string(), self.shelf.path.clone());
                self.shelf.put(key).map_err(|source| Error::NoPlace { keyring, path, source })?;
                Source::File
            }
        };
        self.keyring_trouble = refused.filter(|_| self.safe.is_some());
        self.hold(key.clone(), source);
        Ok(source)
    }

    /// Takes a key that is kept elsewhere. It opens what it sealed.
    pub fn take(&mut self, key: MasterKey, source: Source) {
        self.hold(key, source);
    }

    /// Seals with this key from now on, if the vault has it and none is given.
    pub fn lead(&mut self, id: &KeyId) {
        if self.given.is_none() && self.holds(id) {
            self.leading = Some(id.clone());
        }
    }

    /// Forgets the key everywhere. Fails while the keyring does not answer; ask again at another time.
    pub fn forget(&mut self, id: &KeyId) -> Result<(), Error> {
        if self.given.as_ref() == Some(id) || self.leading.as_ref() == Some(id) {
            return Ok(());
        }
        self.held.retain(|held| held.key.id() != *id);
        self.shelf.remove(id).map_err(|source| self.shelf_failed(source))?;
        match &self.safe {
            // A machine without a keyring has no key in it.
            Some(safe) => match safe.remove(id) {
                Ok(()) | Err(SafeError::Missing(_)) => Ok(()),
                Err(trouble @ (SafeError::Refused(_) | SafeError::Silent)) => Err(trouble.into()),
            },
            None => Ok(()),
        }
    }

    /// Seals for this place with the key that leads.
    pub fn seal(&self, kind: &str, id: &str, secret: &[u8]) -> Result<Sealed, Error> {
        let leader = self.leader().ok_or(Error::NoKey)?;
        sealed::seal(&leader.key, kind, id, secret)
    }

    /// Opens what was sealed for this place, with whichever key sealed it.
    pub fn open_sealed(&self, kind: &str, id: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, Error> {
        let held = self.find(&sealed.key).ok_or_else(|| Error::OtherKey(sealed.key.clone()))?;
        sealed::open(&held.key, kind, id, &sealed.bytes)
    }

    /// Seals with this key what another one sealed.
    pub fn reseal(&self, with: &KeyId, kind: &str, id: &str, sealed: &Sealed) -> Result<Sealed, Error> {
        let secret = self.open_sealed(kind, id, sealed)?;
        let held = self.find(with).ok_or_else(|| Error::OtherKey(with.clone()))?;
        sealed::seal(&held.key, kind, id, &secret)
    }

    fn look_in_keyring(&mut self, known: &[KeyId]) {
        let wanted: Vec<&KeyId> = known.iter().filter(|id| !self.holds(id)).collect();
        let mut found = Vec::new();
        for id in wanted {
            match self.safe.as_ref().map(|safe| safe.get(id)) {
                Some(Ok(key)) => found.extend(key),
                Some(Err(trouble)) => {
                    self.keyring_trouble = Some(trouble);
                    break;
                }
                None => break,
            }
        }
        for key in found {
            self.hold(key, Source::Keyring);
        }
    }

    fn hold(&mut self, key: MasterKey, source: Source) {
        if !self.holds(&key.id()) {
            self.held.push(Held { key, source });
        }
    }

    fn leader(&self) -> Option<&Held> {
        self.find(self.leading.as_ref()?)
    }

    fn find(&self, id: &KeyId) -> Option<&Held> {
        self.held.iter().find(|held| held.key.id() == *id)
    }

    fn shelf_failed(&self, source: std::io::Error) -> Error {
        Error::File { path: self.shelf.path.clone(), source }
    }
}
