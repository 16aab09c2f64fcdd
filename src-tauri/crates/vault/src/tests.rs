//! The vault over keyrings that work, refuse, and say nothing.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Config, Error, Given, KeyId, MasterKey, Safe, SafeError, Source, Vault, Warning};

/// A keyring in memory, shared by those who open it.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<BTreeMap<KeyId, MasterKey>>>);

impl Safe for Memory {
    fn get(&self, id: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        Ok(self.0.lock().expect("whole").get(id).cloned())
    }

    fn put(&self, key: &MasterKey) -> Result<(), SafeError> {
        self.0.lock().expect("whole").insert(key.id(), key.clone());
        Ok(())
    }

    fn remove(&self, id: &KeyId) -> Result<(), SafeError> {
        self.0.lock().expect("whole").remove(id);
        Ok(())
    }
}

/// A keyring that somebody locked.
struct Locked;

impl Safe for Locked {
    fn get(&self, _: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        Err(SafeError::Refused("locked".to_owned()))
    }

    fn put(&self, _: &MasterKey) -> Result<(), SafeError> {
        Err(SafeError::Refused("locked".to_owned()))
    }

    fn remove(&self, _: &KeyId) -> Result<(), SafeError> {
        Err(SafeError::Refused("locked".to_owned()))
    }
}

/// A keyring that answers nothing until its other end is dropped.
struct Hanging(Mutex<Receiver<()>>);

impl Hanging {
    fn new() -> (Self, Sender<()>) {
        let (end, wait) = channel();
        (Self(Mutex::new(wait)), end)
    }

    fn hang(&self) -> SafeError {
        // It ends when the test does.
        let _ = self.0.lock().expect("whole").recv();
        SafeError::Refused("late".to_owned())
    }
}

impl Safe for Hanging {
    fn get(&self, _: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        Err(self.hang())
    }

    fn put(&self, _: &MasterKey) -> Result<(), SafeError> {
        Err(self.hang())
    }

    fn remove(&self, _: &KeyId) -> Result<(), SafeError> {
        Err(self.hang())
    }
}

/// A keyring that takes everything and keeps nothing.
struct Sieve;

impl Safe for Sieve {
    fn get(&self, _: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        Ok(None)
    }

    fn put(&self, _: &MasterKey) -> Result<(), SafeError> {
        Ok(())
    }

    fn remove(&self, _: &KeyId) -> Result<(), SafeError> {
        Ok(())
    }
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn config(&self, safe: impl Safe) -> Config {
        Config {
            given: Given::default(),
            safe: Some(Box::new(safe)),
            patience: Duration::from_secs(60),
            file: self.0.path().join("master.key"),
        }
    }

    fn open(&self, safe: impl Safe, known: &[KeyId], in_use: Option<&KeyId>) -> Vault {
        Vault::open(self.config(safe), known, in_use).expect("opens")
    }
}

fn new_key() -> MasterKey {
    MasterKey::generate().expect("random")
}

/// A vault that seals with a key of its own making.
fn settled(place: &Place, safe: impl Safe) -> (Vault, MasterKey) {
    let mut vault = place.open(safe, &[], None);
    assert!(vault.leading().is_none() && vault.recovery_key().is_none());
    assert!(matches!(vault.seal("kind", "id", b"secret"), Err(Error::NoKey)));
    let key = new_key();
    vault.keep(&key).expect("kept");
    vault.lead(&key.id());
    (vault, key)
}

#[test]
fn a_key_in_the_keyring_is_found_again_by_its_name() {
    let (place, keyring) = (Place::new(), Memory::default());
    let (vault, key) = settled(&place, keyring.clone());
    assert_eq!((vault.source(), vault.warning()), (Some(Source::Keyring), None));
    let sealed = vault.seal("kind", "id", b"secret").expect("sealed");
    let again = place.open(keyring.clone(), &[key.id()], Some(&key.id()));
    assert_eq!(again.open_sealed("kind", "id", &sealed).expect("opens")[..], *b"secret");
    assert!(!place.0.path().join("master.key").exists());
    // Another data folder of the same user has keys of its own.
    let other = place.open(keyring, &[], None);
    assert!(matches!(other.open_sealed("kind", "id", &sealed), Err(Error::OtherKey(id)) if id == key.id()));
}

#[test]
fn without_a_keyring_the_key_lies_in_a_file_and_that_is_said() {
    let place = Place::new();
    let (vault, key) = settled(&place, Locked);
    assert_eq!(vault.source(), Some(Source::File));
    let locked = SafeError::Refused("locked".to_owned());
    assert_eq!(vault.warning(), Some(Warning::InFile(Some(locked))));
    let sealed = vault.seal("kind", "id", b"secret").expect("sealed");
    // A keyring that works later changes nothing by itself: a service may know the file alone.
    let again = place.open(Memory::default(), &[key.id()], Some(&key.id()));
    assert_eq!((again.source(), again.warning()), (Some(Source::File), Some(Warning::InFile(None))));
    assert_eq!(again.open_sealed("kind", "id", &sealed).expect("opens")[..], *b"secret");
}

#[test]
fn a_keyring_that_keeps_nothing_is_not_trusted() {
    let place = Place::new();
    let (vault, _) = settled(&place, Sieve);
    assert_eq!(vault.source(), Some(Source::File));
}

#[test]
fn a_keyring_that_says_nothing_is_asked_once() {
    let place = Place::new();
    let (hanging, _end) = Hanging::new();
    let mut config = place.config(hanging);
    config.patience = Duration::from_millis(20);
    let known = [new_key().id(), new_key().id()];
    let mut vault = Vault::open(config, &known, Some(&known[0])).expect("opens");
    assert!(vault.keyring_away());
    assert_eq!(vault.warning(), Some(Warning::KeyringAway(SafeError::Silent)));
    // With the patience of a saint nobody waits any more: it is known to hang.
    let key = new_key();
    assert_eq!(vault.keep(&key).expect("kept"), Source::File);
    vault.lead(&key.id());
    assert_eq!(vault.source(), Some(Source::File));
    assert!(vault.keyring_away(), "what the keyring holds may come back");
    assert!(matches!(vault.forget(&known[0]), Err(Error::Keyring(SafeError::Silent))));
}

#[test]
fn a_keyring_that_answers_late_is_asked_again() {
    let place = Place::new();
    let (hanging, end) = Hanging::new();
    let mut config = place.config(hanging);
    config.patience = Duration::from_millis(20);
    let known = new_key().id();
    let mut vault = Vault::open(config, std::slice::from_ref(&known), None).expect("opens");
    drop(end);
    let start = Instant::now();
    loop {
        match vault.forget(&known) {
            Err(Error::Keyring(SafeError::Refused(why))) if why == "late" => break,
            other => assert!(matches!(other, Err(Error::Keyring(SafeError::Silent))), "{other:?}"),
        }
        assert!(start.elapsed() < Duration::from_secs(60), "it is never asked again");
        std::thread::yield_now();
    }
}

#[test]
fn a_given_key_leads_and_others_still_open_what_they_sealed() {
    let (place, keyring) = (Place::new(), Memory::default());
    let (vault, old) = settled(&place, keyring.clone());
    let sealed = vault.seal("kind", "id", b"secret").expect("sealed");
    let given = new_key();
    let config = Config { given: Given::key(given.clone()), ..place.config(keyring) };
    let mut vault = Vault::open(config, &[old.id()], Some(&old.id())).expect("opens");
    assert_eq!((vault.leading(), vault.source()), (Some(&given.id()), Some(Source::Environment)));
    let again = vault.reseal(&given.id(), "kind", "id", &sealed).expect("sealed again");
    assert_eq!(again.key, given.id());
    vault.lead(&old.id());
    assert_eq!(vault.leading(), Some(&given.id()), "whoever gives a key decides");
    vault.forget(&given.id()).expect("nothing to do");
    assert!(vault.holds(&given.id()));
}

#[test]
fn a_given_key_asks_no_keyring() {
    let place = Place::new();
    let (hanging, _end) = Hanging::new();
    let given = new_key();
    let config = Config { given: Given::key(given.clone()), ..place.config(hanging) };
    let vault = Vault::open(config, &[given.id()], Some(&given.id())).expect("opens");
    assert_eq!(vault.warning(), None);
}

#[test]
fn what_was_given_and_cannot_be_used_is_said() {
    let (place, keyring) = (Place::new(), Memory::default());
    let given = Given::find(|name| (name == "POSTERN_MASTER_KEY").then(|| "nonsense".to_owned()));
    let config = Config { given, ..place.config(keyring) };
    let vault = Vault::open(config, &[], None).expect("opens");
    assert!(matches!(vault.warning(), Some(Warning::GivenUnusable(_))), "{:?}", vault.warning());
}

#[test]
fn a_key_that_was_exchanged_is_forgotten_everywhere() {
    let (place, keyring) = (Place::new(), Memory::default());
    let (mut vault, old) = settled(&place, keyring.clone());
    let sealed = vault.seal("kind", "id", b"secret").expect("sealed");
    let new = new_key();
    vault.keep(&new).expect("kept");
    let again = vault.reseal(&new.id(), "kind", "id", &sealed).expect("sealed again");
    vault.forget(&old.id()).expect("nothing to do");
    assert!(vault.holds(&old.id()), "what leads is not forgotten");
    vault.lead(&new.id());
    vault.forget(&old.id()).expect("forgotten");
    assert_eq!(keyring.0.lock().expect("whole").keys().collect::<Vec<_>>(), [&new.id()]);
    assert!(matches!(vault.open_sealed("kind", "id", &sealed), Err(Error::OtherKey(_))));
    assert_eq!(vault.open_sealed("kind", "id", &again).expect("opens")[..], *b"secret");
    assert_eq!(vault.recovery_key(), Some(new.recovery()));
}
