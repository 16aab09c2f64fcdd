//! What is remembered of accounts: for which models they rest, what they did on which day, and how their state
//! changed. Whoever writes does not wait for the disk, except where a person waits for the outcome.

mod cooldowns;
mod history;
mod uses;

use std::collections::BTreeMap;
use std::sync::Arc;

use postern_protocol::account::{Cooldown, State};
use rusqlite::{Connection, params};
use tokio::sync::watch;

use crate::worker::Worker;
use crate::{Error, clock};

pub use history::Turn;
pub use uses::{Day, Uses};

pub(crate) const CREATE_TABLES: &str = "
    CREATE TABLE account_cooldowns (
        account TEXT    NOT NULL,
        model   TEXT    NOT NULL,
        until   INTEGER NOT NULL,
        reason  TEXT    NOT NULL,
        PRIMARY KEY (account, model)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_uses (
        account   TEXT    NOT NULL,
        day       TEXT    NOT NULL,
        model     TEXT    NOT NULL,
        answers   INTEGER NOT NULL,
        failures  INTEGER NOT NULL,
        exhausted INTEGER,
        PRIMARY KEY (account, day, model)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE account_history (
        id      INTEGER PRIMARY KEY,
        account TEXT    NOT NULL,
        at      INTEGER NOT NULL,
        state   TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX account_history_of ON account_history (account, id);
    CREATE TABLE account_news (
        id    INTEGER PRIMARY KEY CHECK (id = 1),
        count INTEGER NOT NULL
    ) STRICT;
";

/// Every table that has a row for an account.
const TABLES: [&str; 3] = ["account_cooldowns", "account_uses", "account_history"];

/// What is remembered of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// For which models it rests. Ended ones are left out.
    pub cooldowns: Vec<Cooldown>,
    /// What it did on the day that was asked for, most used model first.
    pub uses: Vec<Uses>,
    /// How many answers a model had given when it was last used up, for models of which that is known.
    pub limits: BTreeMap<String, u64>,
    /// Its last state that was written down.
    pub last: Option<State>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It was answered.
    Answer,
    /// It failed.
    Failure,
}

/// What is remembered of accounts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AccountRecords {
    worker: Worker,
    changes: Arc<watch::Sender<u64>>,
}

impl AccountRecords {
    pub(crate) fn new(worker: Worker, changes: Arc<watch::Sender<u64>>) -> Self {
        Self { worker, changes }
    }

    /// Hears when another process has written into the database. The number itself means nothing.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Lets other processes hear that something about accounts is different, in the database or in their
    /// folders.
    pub async fn announce(&self) -> Result<(), Error> {
        self.worker
            .run(|connection| {
                connection.execute(
                    "INSERT INTO account_news VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1",
                    [],
                )?;
                Ok(())
            })
            .await
    }

    /// Everything that is remembered, by account; of uses those of `day`.
    pub async fn all(&self, day: Day) -> Result<BTreeMap<String, Memory>, Error> {
        self.worker
            .run(move |connection| {
                let mut all: BTreeMap<String, Memory> = BTreeMap::new();
                for (account, cooldown) in cooldowns::all(connection, clock::now())? {
                    all.entry(account).or_default().cooldowns.push(cooldown);
                }
                for (account, uses) in uses::of_day(connection, &day)? {
                    all.entry(account).or_default().uses.push(uses);
                }
                for (account, model, limit) in uses::limits(connection)? {
                    all.entry(account).or_default().limits.insert(model, limit);
                }
                for (account, state) in history::last(connection)? {
                    all.entry(account).or_default().last = Some(state);
                }
                Ok(all)
            })
            .await
    }

    /// The account rests.
    pub fn rests(&self, account: &str, cooldown: &Cooldown) {
        let (account, cooldown) = (account.to_owned(), cooldown.clone());
        self.post(move |connection| cooldowns::put(connection, &account, &cooldown));
    }

    /// The account rests no longer: for this model, or for any. Whether it did.
    pub async fn end_cooldowns(&self, account: &str, model: Option<&str>) -> Result<bool, Error> {
        let (account, model) = (account.to_owned(), model.map(str::to_owned));
        self.worker.run(move |connection| cooldowns::end(connection, &account, model.as_deref())).await
    }

    /// The account was used.
    pub fn used(&self, account: &str, day: Day, model: &str, what: Use) {
        let (account, model) = (account.to_owned(), model.to_owned());
        self.post(move |connection| uses::add(connection, &account, &day, &model, what));
    }

    /// The account's quota of this model was used up, after so many answers of that day.
    pub fn used_up(&self, account: &str, day: Day, model: &str, answers: u64) {
        let (account, model) = (account.to_owned(), model.to_owned());
        self.post(move |connection| uses::used_up(connection, &account, &day, &model, answers));
    }

    /// The account is in this state from now on. The state it was in already is not written again.
    pub fn became(&self, account: &str, state: &State) {
        let (account, state) = (account.to_owned(), state.clone());
        let at = clock::now();
        self.post(move |connection| history::add(connection, &account, &state, at));
    }

    /// How the account's state changed, newest first.
    pub async fn history(&self, account: &str) -> Result<Vec<Turn>, Error> {
        let account = account.to_owned();
        self.worker.run(move |connection| history::of(connection, &account)).await
    }

    /// The account has another name. What is remembered under that name is forgotten.
    pub async fn renamed(&self, account: &str, new: &str) -> Result<(), Error> {
        let (account, new) = (account.to_owned(), new.to_owned());
        self.worker
            .write(move |transaction| {
                for table in TABLES {
                    transaction.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [&new])?;
                    let rename = format!("UPDATE {table} SET account = ?2 WHERE account = ?1");
                    transaction.execute(&rename, params![account, new])?;
                }
                Ok(())
            })
            .await
    }

    /// Forgets the account.
    pub async fn forget(&self, account: &str) -> Result<(), Error> {
        let account = account.to_owned();
        self.worker
            .write(move |transaction| {
                for table in TABLES {
                    transaction.execute(&format!("DELETE FROM {table} WHERE account = ?1"), [&account])?;
                }
                Ok(())
            })
            .await
    }

    fn post(&self, job: impl FnOnce(&mut Connection) -> Result<(), Error> + Send + 'static) {
        self.worker.post(move |connection| {
            if let Err(error) = job(connection) {
                tracing::warn!(%error, "what an account did is not remembered");
            }
        });
    }
}
