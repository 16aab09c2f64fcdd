//! What is known of an account beside its state. What takes long to find out is found out in the background
//! while somebody asks, and told when it is known.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::AccountName;
use crate::signal::Signal;
use crate::tools::size;

/// How old the memory of a browser may be before it is looked at anew.
const MEMORY: Duration = Duration::from_secs(5);
/// How old the size of a profile may be.
const SIZE: Duration = Duration::from_secs(60);

/// What is known of one account. Moments are seconds of Unix time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) created_at: Option<u64>,
    pub(super) profile_bytes: Option<u64>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) last_used_at: Option<u64>,
    pub(super) checked_at: Option<u64>,
}

#[derive(Default)]
struct Entry {
    known: Known,
    measured: Option<Instant>,
    sized: Option<Instant>,
    /// Somebody is finding out.
    looking: bool,
}

/// What is known of all accounts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Facts {
    entries: Arc<Mutex<HashMap<AccountName, Entry>>>,
    changed: Signal,
}

impl Facts {
    pub(super) fn new(changed: Signal) -> Self {
        Self { entries: Arc::default(), changed }
    }

    /// What is known now. What is missing or old is looked for, and then the signal is given. Must be called
    /// within a tokio runtime.
    pub(super) fn of(&self, name: &AccountName, profile: &Path) -> Known {
        let mut entries = self.lock();
        let entry = entries.entry(name.clone()).or_default();
        if entry.known.created_at.is_none() {
            entry.known.created_at = created(profile);
        }
        let old = |since: Option<Instant>, age: Duration| since.is_none_or(|since| since.elapsed() > age);
        let size = old(entry.sized, SIZE);
        if !entry.looking && (size || old(entry.measured, MEMORY)) {
            entry.looking = true;
            let (facts, name, profile) = (self.clone(), name.clone(), profile.to_owned());
            tokio::task::spawn_blocking(move || facts.look(&name, profile, size));
        }
        entry.known.clone()
    }

    fn look(&self, name: &AccountName, profile: PathBuf, size: bool) {
        let memory = postern_browser::memory(&profile);
        let bytes = size.then(|| size::folder(&profile));
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(name) else { return };
        let before = entry.known.clone();
        entry.looking = false;
        entry.measured = Some(Instant::now());
        entry.known.memory_bytes = memory;
        if bytes.is_some() {
            entry.sized = Some(Instant::now());
            entry.known.profile_bytes = bytes;
        }
        let new = entry.known != before;
        drop(entries);
        if new {
            self.changed.give();
        }
    }

    /// The account has answered a request that came at this moment, in milliseconds, and took so many.
    pub(super) fn answered(&self, name: &AccountName, at_ms: i64, took_ms: u64) {
        let Ok(at) = u64::try_from(at_ms) else { return };
        let at = at.saturating_add(took_ms) / 1000;
        let mut entries = self.lock();
        let known = &mut entries.entry(name.clone()).or_default().known;
        known.last_used_at = known.last_used_at.max(Some(at));
        drop(entries);
        self.changed.give();
    }

    /// The account was looked at just now.
    pub(super) fn checked(&self, name: &AccountName) {
        let mut entries = self.lock();
        let entry = entries.entry(name.clone()).or_default();
        entry.known.checked_at = seconds(SystemTime::now());
        // A browser that was just started or closed is worth a fresh look.
        entry.measured = None;
        drop(entries);
        self.changed.give();
    }

    /// The account has another name.
    pub(super) fn renamed(&self, name: &AccountName, new: &AccountName) {
        let mut entries = self.lock();
        if let Some(entry) = entries.remove(name) {
            entries.insert(new.clone(), Entry { looking: false, ..entry });
        }
    }

    /// The account is gone.
    pub(super) fn forget(&self, name: &AccountName) {
        self.lock().remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountName, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the profile was made, or, where the file system does not know, last changed.
fn created(profile: &Path) -> Option<u64> {
    let about = profile.metadata().ok()?;
    seconds(about.created().or_else(|_| about.modified()).ok()?)
}

fn seconds(moment: SystemTime) -> Option<u64> {
    moment.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}
