use std::collections::BTreeMap;

use postern_store::Store;
use postern_vault::{SafeError, Source, Warning};

use super::*;

const STATE: SecretKind = SecretKind::AccountState;

/// A keyring in memory that can be locked.
#[derive(Clone, Default)]
struct Keyring(Arc<Mutex<(BTreeMap<KeyId, MasterKey>, bool)>>);

impl Keyring {
    fn lock(&self, locked: bool) {
        self.0.lock().expect("whole").1 = locked;
    }

    fn clear(&self) {
        self.0.lock().expect("whole").0.clear();
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().expect("whole").0.keys().map(ToString::to_string).collect()
    }

    fn with<T>(&self, job: impl FnOnce(&mut BTreeMap<KeyId, MasterKey>) -> T) -> Result<T, SafeError> {
        let mut kept = self.0.lock().expect("whole");
        if kept.1 { Err(SafeError::Refused("locked".to_owned())) } else { Ok(job(&mut kept.0)) }
    }
}

impl Safe for Keyring {
    fn get(&self, id: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        self.with(|keys| keys.get(id).cloned())
    }

    fn put(&self, key: &MasterKey) -> Result<(), SafeError> {
        self.with(|keys| drop(keys.insert(key.id(), key.clone())))
    }

    fn remove(&self, id: &KeyId) -> Result<(), SafeError> {
        self.with(|keys| drop(keys.remove(id)))
    }
}

/// A data folder with a keyring, opened as often as one likes.
struct Place {
    folder: tempfile::TempDir,
    paths: Paths,
    store: Store,
    keyring: Keyring,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
        Self { folder, paths, store: Store::in_memory().expect("opens"), keyring: Keyring::default() }
    }

    fn places(&self) -> KeyPlaces {
        let keyring = self.keyring.clone();
        KeyPlaces { given: Given::default(), keyring: Some(Arc::new(move || Box::new(keyring.clone()))) }
    }

    /// As another start of the program sees it.
    fn open(&self) -> Secrets {
        Secrets::new(&self.paths, self.store.sealed(), self.places())
    }

    fn open_given(&self, key: &MasterKey) -> Secrets {
        let places = KeyPlaces { given: Given::key(key.clone()), ..self.places() };
        Secrets::new(&self.paths, self.store.sealed(), places)
    }

    async fn names(&self) -> Vec<String> {
        self.store.sealed().keys().await.expect("keys").into_iter().map(|key| key.key).collect()
    }
}

async fn text(secrets: &Secrets, id: &str) -> Option<String> {
    let secret = secrets.get(STATE, id).await.expect("opens")?;
    Some(String::from_utf8(secret.to_vec()).expect("text"))
}

#[tokio::test]
async fn a_secret_is_there_at_the_next_start_and_its_last_generations_too() {
    let place = Place::new();
    let secrets = place.open();
    assert_eq!(text(&secrets, "ada").await, None);
    for number in 1..=4 {
        secrets.put(STATE, "ada", format!("state {number}").as_bytes()).await.expect("put");
    }
    let again = place.open();
    assert_eq!(text(&again, "ada").await.as_deref(), Some("state 4"));
    let kept = again.generations(STATE, "ada").await.expect("generations");
    assert_eq!(kept.iter().map(|one| one.number).collect::<Vec<_>>(), [4, 3, 2]);
    assert!(kept.iter().all(|one| one.secret.is_some()));
    again.rename(STATE, "ada", "eve").await.expect("renamed");
    assert_eq!(text(&again, "ada").await, None);
    assert_eq!(text(&again, "eve").await.as_deref(), Some("state 4"));
    again.forget(STATE, "eve").await.expect("forgotten");
    assert_eq!(text(&again, "eve").await, None);
    let status = again.status().await.expect("a status");
    assert_eq!((status.source, status.warning, status.rows), (Some(Source::Keyring), None, 0));
}

#[tokio::test]
async fn a_glance_makes_nothing() {
    let place = Place::new();
    let status = place.open().glance().await.expect("a status");
    assert_eq!((status.source, status.since), (None, None));
    assert!(place.keyring.names().is_empty() && place.names().await.is_empty());
    assert_eq!(std::fs::read_dir(place.folder.path()).expect("a folder").count(), 0);
}

#[tokio::test]
async fn a_lost_key_closes_what_it_sealed_and_nothing_else() {
    let place = Place::new();
    let secrets = place.open();
    secrets.put(STATE, "ada", b"before").await.expect("put");
    let kept = secrets.recovery_key().await.expect("shown");
    assert!(matches!(secrets.recovery_key().await, Err(SecretsError::Shown)));
    place.keyring.clear();

    let later = place.open();
    assert!(matches!(later.get(STATE, "ada").await, Err(SecretsError::Unreadable)));
    later.put(STATE, "bob", b"after").await.expect("put");
    assert_eq!(text(&later, "bob").await.as_deref(), Some("after"));
    let status = later.status().await.expect("a status");
    assert_eq!((status.rows, status.unreadable, status.shown_at), (2, 1, None));

    let other = MasterKey::generate().expect("random").recovery();
    assert!(matches!(later.recover(other.expose()).await, Err(SecretsError::NotThisKey)));
    let typo = kept.expose().replacen(['0', '1', '2'], "9", 1);
    assert!(matches!(later.recover(&typo).await, Err(SecretsError::Vault(_))));
    assert_eq!(later.recover(kept.expose()).await.expect("recovered"), 1);
    assert!(matches!(later.recover(kept.expose()).await, Err(SecretsError::NothingToRecover)));
    for secrets in [later, place.open()] {
        assert_eq!(text(&secrets, "ada").await.as_deref(), Some("before"));
        assert_eq!(text(&secrets, "bob").await.as_deref(), Some("after"));
        let status = secrets.status().await.expect("a status");
        assert!(status.unreadable == 0 && status.shown_at.is_some(), "the kept key is the one in use");
    }
    assert_eq!(place.keyring.names(), place.names().await, "one key is left, and it is known by name");
}

#[tokio::test]
async fn another_key_seals_everything_and_the_old_one_is_gone() {
    let place = Place::new();
    let secrets = place.open();
    secrets.put(STATE, "ada", b"secret").await.expect("put");
    let old = secrets.recovery_key().await.expect("shown");
    let before = place.keyring.names();
    let new = secrets.rekey().await.expect("exchanged");
    assert_ne!(new, old);
    assert!(matches!(secrets.recovery_key().await, Err(SecretsError::Shown)));
    assert_ne!(place.keyring.names(), before);
    assert_eq!(place.keyring.names().len(), 1);
    for secrets in [secrets, place.open()] {
        assert_eq!(text(&secrets, "ada").await.as_deref(), Some("secret"));
        assert!(matches!(secrets.recover(old.expose()).await, Err(SecretsError::NotThisKey)));
    }
    place.keyring.clear();
    let lost = place.open();
    assert_eq!(lost.recover(new.expose()).await.expect("recovered"), 1);
}

#[tokio::test]
async fn an_exchange_that_was_cut_short_loses_nothing_wherever_it_was() {
    let place = Place::new();
    let secrets = place.open();
    secrets.put(STATE, "ada", b"secret").await.expect("put");
    let rows = place.store.sealed();
    let check = async |names: usize| {
        let later = place.open();
        assert_eq!(text(&later, "ada").await.as_deref(), Some("secret"));
        assert_eq!(place.names().await.len(), names);
        assert_eq!(place.keyring.names(), place.names().await, "no key is left over");
    };
    // The name was written down, and no more.
    let key = MasterKey::generate().expect("random");
    rows.add_key(key.id().as_str()).await.expect("named");
    check(1).await;
    // The key was kept too.
    let keys = rows.keys().await.expect("keys");
    let vault = secrets.look(&keys).await.expect("a vault");
    let vault = secrets.keep(vault, key.clone()).await.expect("kept");
    assert_eq!(place.keyring.names().len(), 2);
    check(1).await;
    // The rows were exchanged too, and the old key was not forgotten yet.
    let keys = rows.keys().await.expect("keys");
    let vault = secrets.keep(vault, key.clone()).await.expect("kept");
    assert!(secrets.bring_under(&vault, &key.id(), in_use(&keys)).await.expect("exchanged"));
    check(1).await;
    assert_eq!(place.names().await, [key.id().to_string()]);
}

#[tokio::test]
async fn who_still_has_the_old_key_seals_with_the_new_one() {
    let place = Place::new();
    let (one, other) = (place.open(), place.open());
    one.put(STATE, "ada", b"one").await.expect("put");
    other.put(STATE, "bob", b"other").await.expect("put");
    one.rekey().await.expect("exchanged");
    other.put(STATE, "eve", b"later").await.expect("put");
    for id in ["ada", "bob", "eve"] {
        assert!(text(&one, id).await.is_some(), "{id}");
    }
    assert_eq!(place.names().await.len(), 1);
}

#[tokio::test]
async fn those_who_start_at_once_agree_on_a_key() {
    let place = Place::new();
    let all: Vec<Secrets> = (0..6).map(|_| place.open()).collect();
    let puts = all.iter().enumerate().map(|(number, secrets)| async move {
        secrets.put(STATE, &format!("account-{number}"), b"secret").await
    });
    for done in futures::future::join_all(puts).await {
        done.expect("put");
    }
    let last = place.open();
    assert_eq!(last.status().await.expect("a status").unreadable, 0);
    assert_eq!(place.names().await.len(), 1);
    assert_eq!(place.keyring.names(), place.names().await);
}

#[tokio::test]
async fn while_the_keyring_is_locked_a_file_serves_and_then_everything_comes_together() {
    let place = Place::new();
    place.open().put(STATE, "ada", b"in the keyring").await.expect("put");
    place.keyring.lock(true);
    let meanwhile = place.open();
    assert!(matches!(meanwhile.get(STATE, "ada").await, Err(SecretsError::Unreadable)));
    meanwhile.put(STATE, "bob", b"in the file").await.expect("put");
    let status = meanwhile.status().await.expect("a status");
    assert!(matches!(status.warning, Some(Warning::KeyringAway(_))), "{status:?}");
    assert!(place.paths.master_key().exists());
    // Once more, with the same file.
    assert_eq!(text(&place.open(), "bob").await.as_deref(), Some("in the file"));

    place.keyring.lock(false);
    let later = place.open();
    assert_eq!(text(&later, "ada").await.as_deref(), Some("in the keyring"));
    assert_eq!(text(&later, "bob").await.as_deref(), Some("in the file"));
    let status = later.status().await.expect("a status");
    assert_eq!((status.source, status.warning, status.unreadable), (Some(Source::Keyring), None, 0));
    assert!(!place.paths.master_key().exists(), "the file is of no use any more");
}

#[tokio::test]
async fn what_a_process_without_the_keyring_puts_away_is_read_by_one_that_has_it() {
    let place = Place::new();
    let server = place.open();
    server.put(STATE, "ada", b"of the server").await.expect("put");
    place.keyring.lock(true);
    place.open().put(STATE, "bob", b"of a terminal").await.expect("put");
    place.keyring.lock(false);
    assert_eq!(text(&server, "bob").await.as_deref(), Some("of a terminal"));
    assert_eq!(text(&server, "ada").await.as_deref(), Some("of the server"));
}

#[tokio::test]
async fn a_given_key_takes_over_and_is_not_ours_to_change() {
    let place = Place::new();
    place.open().put(STATE, "ada", b"secret").await.expect("put");
    let given = MasterKey::generate().expect("random");
    let secrets = place.open_given(&given);
    assert_eq!(text(&secrets, "ada").await.as_deref(), Some("secret"));
    assert!(place.keyring.names().is_empty(), "nothing is left to open with the old key");
    assert!(matches!(secrets.rekey().await, Err(SecretsError::Given(_))));
    assert!(matches!(secrets.recovery_key().await, Err(SecretsError::Given(_))));
    // Another one is given: what the old one sealed waits for it.
    let next = MasterKey::generate().expect("random");
    let secrets = place.open_given(&next);
    assert!(matches!(secrets.get(STATE, "ada").await, Err(SecretsError::Unreadable)));
    assert_eq!(secrets.recover(given.recovery().expose()).await.expect("recovered"), 1);
    assert_eq!(text(&secrets, "ada").await.as_deref(), Some("secret"));
    assert!(place.keyring.names().is_empty() && !place.paths.master_key().exists());
    assert_eq!(place.names().await, [next.id().to_string()]);
}

#[tokio::test]
async fn a_damaged_generation_gives_way_to_the_one_before() {
    let place = Place::new();
    let secrets = place.open();
    secrets.put(STATE, "ada", b"good").await.expect("put");
    secrets.put(STATE, "ada", b"bad").await.expect("put");
    let rows = place.store.sealed();
    let newest = rows.generations("account_state", "ada").await.expect("rows").remove(0);
    let damaged = postern_store::Resealed {
        name: newest.name,
        from: newest.key.clone(),
        key: newest.key.clone(),
        bytes: newest.bytes[..newest.bytes.len() - 1].to_vec(),
    };
    let in_use = Some(newest.key.clone());
    assert!(rows.exchange(vec![damaged], &newest.key, in_use).await.expect("damaged"));
    assert_eq!(text(&secrets, "ada").await.as_deref(), Some("good"));
    assert_eq!(secrets.status().await.expect("a status").unreadable, 1);
}
