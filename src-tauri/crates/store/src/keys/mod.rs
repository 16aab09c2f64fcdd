//! The client keys: what a client must show at the door, and what it may do with it.

mod door;
mod info;
mod meter;
mod table;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use postern_protocol::Secret;
use rusqlite::Connection;
use tokio::sync::watch;

pub use info::{Grant, ImportReport, KeyChange, KeyId, KeyInfo, KeyRefusal, NewKey, Per};

pub(crate) use door::Door;
pub(crate) use table::{ADD_RECORD, ADD_RULES, ADD_SPENT, CREATE_TABLE};

use crate::worker::{self, Worker};
use crate::{Error, Store, clock};

/// The client keys. Cheap to clone; [`Keys::admit`], [`Keys::recognise`] and [`Keys::is_empty`] never
/// wait.
#[derive(Clone, Debug)]
pub struct Keys {
    worker: Worker,
    door: Arc<Door>,
}

impl Keys {
    pub(crate) fn new(worker: Worker, door: Arc<Door>) -> Self {
        Self { worker, door }
    }

    /// Keys that live in memory only, for tests of what stands on them.
    pub fn in_memory(keys: &[&str]) -> Result<Self, Error> {
        let connection = crate::database::open_in_memory()?;
        for key in keys {
            table::insert(&connection, &NewKey::default(), key)?;
        }
        Ok(Store::start(connection)?.keys())
    }

    /// Whether no key exists, which is what makes a loopback server open. A key that is switched off or
    /// has expired exists.
    pub fn is_empty(&self) -> bool {
        self.door.is_empty()
    }

    /// Whose key `candidate` is, without counting it as a request. Takes the same time for a wrong key as
    /// for any right one.
    pub fn recognise(&self, candidate: &str) -> Result<Grant, KeyRefusal> {
        self.door.recognise(candidate, SystemTime::now())
    }

    /// Lets one request with this key in: [`Keys::recognise`], and then it counts towards the key's limits.
    pub fn admit(&self, candidate: &str) -> Result<Grant, KeyRefusal> {
        self.admit_at(candidate, SystemTime::now())
    }

    /// [`Keys::admit`] with the clock in the caller's hand.
    pub fn admit_at(&self, candidate: &str, now: SystemTime) -> Result<Grant, KeyRefusal> {
        self.door.admit(candidate, now)
    }

    /// The key that `candidate` is, also one that is switched off or has expired.
    pub fn whose(&self, candidate: &str) -> Option<KeyId> {
        self.door.whose(candidate, SystemTime::now())
    }

    /// Whether `candidate` is or was the secret of a key: also one that is switched off, has expired, was exchanged for
    /// another or removed. Of those that open nothing any more the last 64 are known.
    pub fn knows(&self, candidate: &str) -> bool {
        self.door.knows(candidate)
    }

    /// Hears when a key was added, changed or removed, here or by another process. What the number is
    /// means nothing.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.door.changes()
    }

    /// Makes a new key. The secret is returned here and nowhere else.
    pub async fn add(&self, new: NewKey) -> Result<(KeyInfo, Secret), Error> {
        let secret = table::generate();
        let info = self.bring(new, secret.clone()).await?;
        Ok((info, secret))
    }

    /// Takes a secret that its owner has already as a new key.
    pub async fn bring(&self, new: NewKey, secret: Secret) -> Result<KeyInfo, Error> {
        self.write(move |connection| table::bring(connection, &new, secret.expose())).await
    }

    /// Changes what the key may do, all of it or nothing.
    pub async fn change(&self, id: KeyId, change: KeyChange) -> Result<KeyInfo, Error> {
        self.write(move |connection| table::change(connection, id, &change)).await
    }

    /// Gives the key a new secret, returned here and nowhere else. The one it had opens for `grace` longer.
    pub async fn rotate(&self, id: KeyId, grace: Duration) -> Result<(KeyInfo, Secret), Error> {
        let secret = table::generate();
        let key = secret.clone();
        let until = clock::now().saturating_add(clock::signed(grace.as_secs()));
        let info = self.write(move |connection| table::rotate(connection, id, key.expose(), until)).await?;
        Ok((info, secret))
    }

    /// Ends the grace that a rotation left to older secrets.
    pub async fn end_grace(&self, id: KeyId) -> Result<KeyInfo, Error> {
        self.write(move |connection| table::end_grace(connection, id)).await
    }

    /// Takes keys from the text of a key file: one a line; blank lines and lines that start with `#`
    /// are skipped.
    pub async fn import(&self, text: &str) -> Result<ImportReport, Error> {
        let text = text.to_owned();
        self.write(move |connection| table::import(connection, &text)).await
    }

    /// Every key, oldest first.
    pub async fn list(&self) -> Result<Vec<KeyInfo>, Error> {
        self.read(table::list).await
    }

    /// The key with this name, id, or start of its masked form.
    pub async fn find(&self, which: &str) -> Result<KeyInfo, Error> {
        let which = which.to_owned();
        self.read(move |connection| table::choose(connection, &which)).await
    }

    /// Removes the key.
    pub async fn remove(&self, id: KeyId) -> Result<KeyInfo, Error> {
        self.write(move |connection| table::remove(connection, id)).await
    }

    /// Runs a job on tables that know every request so far.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let door = Arc::clone(&self.door);
        self.worker
            .run(move |connection| {
                door.save(connection)?;
                job(connection)
            })
            .await
    }

    /// Runs a job in one transaction, on tables that know every request so far. What it changes is at the
    /// door before the caller hears of it.
    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let door = Arc::clone(&self.door);
        self.worker
            .run(move |connection| {
                door.save(connection)?;
                let done = worker::write(connection, |transaction| job(transaction))?;
                door.reload(connection)?;
                Ok(done)
            })
            .await
    }
}
