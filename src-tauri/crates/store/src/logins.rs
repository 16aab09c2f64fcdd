//! Who may use the console from a browser: the password, the sessions and the links that let somebody in
//! once. Tokens are kept as hashes only.

use std::time::Duration;

use postern_protocol::Secret;
use rand::RngExt;
use rand::distr::Alphanumeric;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::worker::Worker;
use crate::{Error, clock};

pub(crate) const CREATE_TABLES: &str = "
    CREATE TABLE console_password (
        only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
        hash       TEXT    NOT NULL,
        changed_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE console_sessions (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        token      BLOB    NOT NULL UNIQUE,
        agent      TEXT    NOT NULL,
        peer       TEXT    NOT NULL,
        by_link    INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        seen_at    INTEGER NOT NULL,
        ends_at    INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE console_links (
        token   BLOB    PRIMARY KEY,
        ends_at INTEGER NOT NULL,
        used_at INTEGER
    ) STRICT, WITHOUT ROWID;
";

/// Random characters in a token.
const TOKEN_CHARS: usize = 48;
/// A user agent is a label here; nobody reads more of it.
const LONGEST_LABEL: usize = 200;

/// Names a session; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct SessionId(pub i64);

/// A browser that is signed in. Moments are seconds of Unix time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the browser calls itself.
    pub agent: String,
    /// The address it signed in from.
    pub peer: String,
    /// Whether a link let it in, and not the password.
    pub by_link: bool,
    /// When it signed in.
    pub created_at: i64,
    /// When it was last seen.
    pub seen_at: i64,
    /// When it ends, however much it is used.
    pub ends_at: i64,
}

/// A session to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// What the browser calls itself.
    pub agent: String,
    /// The address it signs in from.
    pub peer: String,
    /// Whether a link lets it in, and not the password.
    pub by_link: bool,
    /// How long it may last, however much it is used.
    pub lasts: Duration,
}

/// The password, sessions and links of the console. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Logins {
    worker: Worker,
}

impl Logins {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }

    /// The hash of the password, as [`Logins::set_password`] got it.
    pub async fn password(&self) -> Result<Option<String>, Error> {
        self.worker
            .run(|connection| {
                let hash = connection.query_row("SELECT hash FROM console_password", [], |row| row.get(0));
                Ok(hash.optional()?)
            })
            .await
    }

    /// Keeps the hash of a new password, and ends every session but `stays`, which from now on counts as one
    /// that the password let in. Links made before let nobody in any more.
    pub async fn set_password(&self, hash: String, stays: Option<SessionId>) -> Result<(), Error> {
        self.worker
            .write(move |connection| {
                connection.execute(
                    "INSERT INTO console_password (only_row, hash, changed_at) VALUES (1, ?1, ?2)
                 ON CONFLICT (only_row) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at",
                    params![hash, clock::now()],
                )?;
                end_others(connection, stays)?;
                connection.execute("UPDATE console_sessions SET by_link = 0", [])?;
                connection.execute("DELETE FROM console_links", [])?;
                Ok(())
            })
            .await
    }

    /// Begins a session. Its token is returned here and nowhere else.
    pub async fn begin(&self, new: NewSession) -> Result<(Session, Secret), Error> {
        let token = generate();
        let hash = hash(token.expose());
        let session = self
            .worker
            .write(move |connection| {
                let now = clock::now();
                let label = |text: &str| text.chars().take(LONGEST_LABEL).collect::<String>();
                Ok(connection.query_row(
                    "INSERT INTO console_sessions (token, agent, peer, by_link, created_at, seen_at, ends_at)
                     VALUES (?1, ?2, ?3, ?6, ?4, ?4, ?5)
                     RETURNING id, agent, peer, by_link, created_at, seen_at, ends_at",
                    params![hash, label(&new.agent), label(&new.peer), now, end(now, new.lasts), new.by_link],
                    session,
                )?)
            })
            .await?;
        Ok((session, token))
    }

    /// The session of this token, unless it has ended or was not seen for longer than `idle`.
    pub async fn session(&self, token: &str, idle: Duration) -> Result<Option<Session>, Error> {
        let hash = hash(token);
        self.worker
            .run(move |connection| {
                let now = clock::now();
                let mut one = connection.prepare_cached(
                    "SELECT id, agent, peer, by_link, created_at, seen_at, ends_at FROM console_sessions
                     WHERE token = ?1 AND ends_at > ?2 AND seen_at >= ?3",
                )?;
                Ok(one.query_row(params![hash, now, before(now, idle)], session).optional()?)
            })
            .await
    }

    /// Every session, the one seen last first; also those that [`Logins::prune`] would remove.
    pub async fn sessions(&self) -> Result<Vec<Session>, Error> {
        self.worker
            .run(|connection| {
                let mut all = connection.prepare_cached(
                    "SELECT id, agent, peer, by_link, created_at, seen_at, ends_at FROM console_sessions
                     ORDER BY seen_at DESC, id DESC",
                )?;
                let rows = all.query_map([], session)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Notes that the session was seen now.
    pub async fn touch(&self, id: SessionId) -> Result<(), Error> {
        self.worker
            .write(move |connection| {
                let row = params![id.0, clock::now()];
                connection.execute("UPDATE console_sessions SET seen_at = ?2 WHERE id = ?1", row)?;
                Ok(())
            })
            .await
    }

    /// Ends the session. Whether there was one.
    pub async fn end(&self, id: SessionId) -> Result<bool, Error> {
        self.worker
            .write(move |connection| {
                Ok(connection.execute("DELETE FROM console_sessions WHERE id = ?1", [id.0])? > 0)
            })
            .await
    }

    /// Ends every session but `stays`. How many there were.
    pub async fn end_others(&self, stays: Option<SessionId>) -> Result<usize, Error> {
        self.worker.write(move |connection| end_others(connection, stays)).await
    }

    /// Makes a link that lets somebody in once within `lasts`. Its token is returned here and nowhere else.
    pub async fn add_link(&self, lasts: Duration) -> Result<Secret, Error> {
        let token = generate();
        let hash = hash(token.expose());
        self.worker
            .write(move |connection| {
                let row = params![hash, end(clock::now(), lasts)];
                connection.execute("INSERT INTO console_links (token, ends_at) VALUES (?1, ?2)", row)?;
                Ok(())
            })
            .await?;
        Ok(token)
    }

    /// Uses the link of this token up. Whether it let somebody in: of several who try, one succeeds.
    pub async fn use_link(&self, token: &str) -> Result<bool, Error> {
        let hash = hash(token);
        self.worker
            .write(move |connection| {
                let used = connection.execute(
                "UPDATE console_links SET used_at = ?2 WHERE token = ?1 AND used_at IS NULL AND ends_at > ?2",
                params![hash, clock::now()],
            )?;
                Ok(used == 1)
            })
            .await
    }

    /// Removes sessions that have ended or were not seen for longer than `idle`, and links that let nobody
    /// in any more.
    pub async fn prune(&self, idle: Duration) -> Result<(), Error> {
        self.worker
            .write(move |connection| {
                let now = clock::now();
                connection.execute(
                    "DELETE FROM console_sessions WHERE ends_at <= ?1 OR seen_at < ?2",
                    params![now, before(now, idle)],
                )?;
                connection
                    .execute("DELETE FROM console_links WHERE ends_at <= ?1 OR used_at IS NOT NULL", [now])?;
                Ok(())
            })
            .await
    }
}

fn generate() -> Secret {
    let random = rand::rng().sample_iter(Alphanumeric).take(TOKEN_CHARS);
    Secret::new(random.map(char::from).collect::<String>())
}

/// No salt and no slow hash: the tokens are random and long, so nobody guesses one.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn end(now: i64, lasts: Duration) -> i64 {
    now.saturating_add(clock::signed(lasts.as_secs()))
}

fn before(now: i64, idle: Duration) -> i64 {
    now.saturating_sub(clock::signed(idle.as_secs()))
}

fn end_others(connection: &Connection, stays: Option<SessionId>) -> Result<usize, Error> {
    let stays = stays.map(|id| id.0);
    Ok(connection.execute("DELETE FROM console_sessions WHERE id IS NOT ?1", [stays])?)
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: SessionId(row.get(0)?),
        agent: row.get(1)?,
        peer: row.get(2)?,
        by_link: row.get(3)?,
        created_at: row.get(4)?,
        seen_at: row.get(5)?,
        ends_at: row.get(6)?,
    })
}
