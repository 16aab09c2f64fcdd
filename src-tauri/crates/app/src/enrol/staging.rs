//! Where accounts come to be: `accounts/.enrolling/ID/` holds `enrolment.toml`, a lock, and the account's folder as it
//! will be. An account is taken into service by one rename of that folder, when all of it is on the disk.
//!
//! What a killed Postern leaves there is found at the next start. A rename that was decided is carried out to its end;
//! everything else waits for the person, who goes on with it or throws it away.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use postern_console::api::accounts::AccountSource;
use postern_console::api::enrolments::EnrolmentKind;
use serde::{Deserialize, Serialize};

use crate::accounts::{Kept, Share};
use crate::paths::private_folder;
use crate::{AccountName, Accounts, Paths, WrittenWay};

/// A name with a leading dot is no account's.
const FOLDER: &str = ".enrolling";
const NOTE: &str = "enrolment.toml";
const LOCK: &str = "lock";
/// The new account's folder, and that of the account that it replaces.
const NEW: &str = "account";
const OLD: &str = "replaced";

/// What `enrolment.toml` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// How the session comes to be.
    pub(super) kind: EnrolmentKind,
    /// The name that the account has or will have.
    pub(super) name: String,
    /// Where the session comes from.
    pub(super) source: AccountSource,
    /// When it began, in seconds of Unix time.
    pub(super) started_at: u64,
    /// Whether there can be a session in the profile: its browser was started, or a file was put into it.
    #[serde(default)]
    pub(super) filled: bool,
    /// Whether the person has closed that browser again. Whatever is on the profile since then is not theirs.
    #[serde(default)]
    pub(super) left: bool,
    /// The program that the person signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) browser: Option<PathBuf>,
    /// The file that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// The address, once the site showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    /// What its owner had decided about it elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) share: Option<Share>,
    /// Its own way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<WrittenWay>,
    /// What is being done with the whole account, so that it can be carried to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) saving: Option<Saving>,
}

/// How an account goes into service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Saving {
    /// Under a name that nobody has.
    New,
    /// In the place of the account of that name.
    Replace,
}

/// The folder of enrolments.
#[derive(Clone, Debug)]
pub(super) struct Staging {
    root: PathBuf,
    accounts: Accounts,
}

/// One enrolment's place there, held by this process alone until dropped.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    _lock: File,
}

impl Staging {
    pub(super) fn new(paths: &Paths) -> Self {
        Self { root: paths.accounts().join(FOLDER), accounts: Accounts::new(paths) }
    }

    /// Makes a place and writes down what it is for, before anything is done there.
    pub(super) fn begin(&self, note: &Note) -> io::Result<Place> {
        private_folder(&self.root)?;
        // Such a folder is its owner's alone from the beginning.
        let dir = tempfile::Builder::new().prefix("").rand_bytes(10).tempdir_in(&self.root)?.keep();
        let place = Place::take(dir)?;
        place.write(note)?;
        Ok(place)
    }

    /// Carries out what was decided before Postern was killed, and returns what waits for the person. What another
    /// process works on is left alone.
    pub(super) fn recover(&self) -> Vec<(Place, Note)> {
        let entries = match std::fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "broken off enrolments cannot be looked for");
                return Vec::new();
            }
        };
        let folders = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
        folders.filter_map(|dir| self.recover_one(dir)).collect()
    }

    fn recover_one(&self, dir: PathBuf) -> Option<(Place, Note)> {
        let place = Place::take(dir).ok()?;
        let Some(note) = place.read() else {
            // Nothing is done in a place before its note is there.
            if !place.new_account().exists() {
                place.sweep();
            }
            return None;
        };
        match self.finish(&place, &note) {
            Ok(true) => {
                tracing::info!(account = note.name, "an account that was being saved is in service");
                place.sweep();
                None
            }
            Ok(false) => Some((place, note)),
            Err(error) => {
                tracing::error!(account = note.name, %error, "an account could not be put into service");
                Some((place, note))
            }
        }
    }

    /// Whether the account is in service, after what was begun is done.
    fn finish(&self, place: &Place, note: &Note) -> io::Result<bool> {
        let Ok(name) = note.name.parse::<AccountName>() else { return Ok(false) };
        let whole = place.new_account().exists();
        match note.saving {
            Some(Saving::New) if !whole => Ok(self.accounts.has(&name)),
            // The old one was put aside, so the new one was decided on.
            Some(Saving::Replace) if place.dir.join(OLD).exists() => {
                if whole {
                    self.rename(&place.new_account(), &name)?;
                }
                Ok(true)
            }
            Some(_) | None => Ok(false),
        }
    }

    /// Takes the whole account into service under a name that nobody has.
    pub(super) fn save(&self, place: &Place, note: &mut Note, kept: &Kept) -> io::Result<()> {
        place.keep(kept)?;
        note.saving = Some(Saving::New);
        place.write(note)?;
        self.rename(&place.new_account(), &parsed(&note.name)?)
    }

    /// Puts the whole account in the place of another, of which nobody may use the profile.
    pub(super) fn replace(
        &self,
        place: &Place,
        note: &mut Note,
        old: &AccountName,
        kept: &Kept,
    ) -> io::Result<()> {
        place.keep(kept)?;
        note.name = old.to_string();
        note.saving = Some(Saving::Replace);
        place.write(note)?;
        std::fs::rename(self.accounts.folder(old), place.dir.join(OLD))?;
        self.rename(&place.new_account(), old)
    }

    fn rename(&self, from: &Path, name: &AccountName) -> io::Result<()> {
        let to = self.accounts.folder(name);
        std::fs::rename(from, &to)?;
        sync_folder(to.parent().unwrap_or(&to))
    }
}

impl Place {
    fn take(dir: PathBuf) -> io::Result<Self> {
        let lock = File::options().create(true).write(true).truncate(false).open(dir.join(LOCK))?;
        lock.try_lock()?;
        Ok(Self { dir, _lock: lock })
    }

    /// Names the enrolment.
    pub(super) fn id(&self) -> String {
        self.dir.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn new_account(&self) -> PathBuf {
        self.dir.join(NEW)
    }

    /// The profile that is filled here.
    pub(super) fn profile(&self) -> PathBuf {
        self.new_account().join("profile")
    }

    /// Makes the folder of the profile.
    pub(super) fn make_profile(&self) -> io::Result<()> {
        private_folder(&self.profile())
    }

    /// Makes it anew, empty.
    pub(super) fn empty_profile(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(self.profile()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => self.make_profile(),
        }
    }

    /// What went wrong with the page is kept until the enrolment ends.
    pub(super) fn snapshots(&self) -> PathBuf {
        self.dir.join("snapshots")
    }

    pub(super) fn write(&self, note: &Note) -> io::Result<()> {
        let text = toml::to_string(note).map_err(io::Error::other)?;
        crate::file::replace(&self.dir.join(NOTE), &text)?;
        sync_folder(&self.dir)
    }

    fn read(&self) -> Option<Note> {
        let text = std::fs::read_to_string(self.dir.join(NOTE)).ok()?;
        toml::from_str(&text).inspect_err(|error| tracing::warn!(%error, "an enrolment cannot be read")).ok()
    }

    fn keep(&self, kept: &Kept) -> io::Result<()> {
        let text = toml::to_string(kept).map_err(io::Error::other)?;
        crate::file::replace(&self.new_account().join("account.toml"), &text)?;
        sync_folder(&self.new_account())
    }

    /// Removes everything here.
    pub(super) fn remove(self) -> io::Result<()> {
        // The note goes last, so that what cannot be removed at once is still known afterwards.
        for folder in [NEW, OLD] {
            match std::fs::remove_dir_all(self.dir.join(folder)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        std::fs::remove_dir_all(&self.dir)
    }

    pub(super) fn sweep(self) {
        let dir = self.dir.clone();
        if let Err(error) = self.remove() {
            tracing::warn!(%error, folder = %dir.display(), "what an enrolment left could not be removed");
        }
    }
}

fn parsed(name: &str) -> io::Result<AccountName> {
    name.parse().map_err(|error: crate::BadName| io::Error::other(error))
}

/// Makes sure that what was renamed in the folder stays so when the power fails.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has nothing of the kind for folders.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
