//! What conversations are told apart by, where few values occur: one row for each combination.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Facts, ReviewState, Standing};
use crate::{Error, KeyId, clock};

/// Set when a decided conversation goes on.
pub(crate) const GROWN: u64 = 1 << 23;

/// One combination. Words are numbers of the table `words`; a key of 0 and a rating of 0 are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    pub(crate) state: ReviewState,
    pub(crate) standing: Standing,
    pub(crate) model: i64,
    pub(crate) host: i64,
    pub(crate) upstream: i64,
    pub(crate) key: i64,
    pub(crate) dialect: i64,
    pub(crate) kind: i64,
    pub(crate) language: i64,
    pub(crate) flags: u64,
    pub(crate) rating: u8,
    pub(crate) edited: bool,
}

/// The columns of [`Class`], in its order.
pub(crate) const COLUMNS: &str =
    "state, standing, model, host, upstream, key, dialect, kind, language, flags, rating, edited";

impl Class {
    /// The combination of a conversation that nobody has reviewed.
    pub(crate) fn of(
        connection: &Connection,
        facts: &Facts,
        host: Option<&str>,
        upstream: &str,
        key: Option<KeyId>,
    ) -> Result<Self, Error> {
        Ok(Self {
            state: ReviewState::New,
            standing: facts.standing,
            model: word(connection, &facts.model)?,
            host: word(connection, host.unwrap_or_default())?,
            upstream: word(connection, upstream)?,
            key: key.map_or(0, |key| key.0),
            dialect: word(connection, &facts.dialect)?,
            kind: word(connection, &facts.kind)?,
            language: word(connection, &facts.language)?,
            flags: facts.flags,
            rating: 0,
            edited: false,
        })
    }

    /// What the row says, whose columns from `at` on are [`COLUMNS`].
    pub(crate) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            state: state(row.get(at)?),
            standing: standing(row.get(at + 1)?),
            model: row.get(at + 2)?,
            host: row.get(at + 3)?,
            upstream: row.get(at + 4)?,
            key: row.get(at + 5)?,
            dialect: row.get(at + 6)?,
            kind: row.get(at + 7)?,
            language: row.get(at + 8)?,
            flags: clock::unsigned(row.get(at + 9)?),
            rating: row.get(at + 10)?,
            edited: row.get(at + 11)?,
        })
    }

    /// The combination with this number.
    pub(crate) fn get(connection: &Connection, id: i64) -> Result<Self, Error> {
        let mut find = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM classes WHERE id = ?1"))?;
        Ok(find.query_row([id], |row| Self::read(row, 0))?)
    }

    /// Its number; it gets one when it has none yet.
    pub(crate) fn number(&self, connection: &Connection) -> Result<i64, Error> {
        let values = params![
            code(self.state),
            standing_code(self.standing),
            self.model,
            self.host,
            self.upstream,
            self.key,
            self.dialect,
            self.kind,
            self.language,
            clock::signed(self.flags),
            self.rating,
            self.edited,
        ];
        let mut find = connection.prepare_cached(&format!(
            "SELECT id FROM classes WHERE ({COLUMNS}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?;
        if let Some(known) = find.query_row(values, |row| row.get(0)).optional()? {
            return Ok(known);
        }
        let mut add = connection.prepare_cached(&format!(
            "INSERT INTO classes ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        ))?;
        Ok(add.insert(values)?)
    }
}

/// The number of a word; it gets one when it has none yet.
pub(crate) fn word(connection: &Connection, word: &str) -> Result<i64, Error> {
    if let Some(known) = known_word(connection, word)? {
        return Ok(known);
    }
    Ok(connection.prepare_cached("INSERT INTO words (word) VALUES (?1)")?.insert([word])?)
}

/// The number of a word, if it ever occurred.
pub(crate) fn known_word(connection: &Connection, word: &str) -> Result<Option<i64>, Error> {
    let mut find = connection.prepare_cached("SELECT id FROM words WHERE word = ?1")?;
    Ok(find.query_row([word], |row| row.get(0)).optional()?)
}

/// The number by which a state is kept.
pub(crate) fn code(state: ReviewState) -> i64 {
    match state {
        ReviewState::New => 0,
        ReviewState::Approved => 1,
        ReviewState::Rejected => 2,
        ReviewState::Later => 3,
    }
}

/// The state of a number.
pub(crate) fn state(code: i64) -> ReviewState {
    match code {
        1 => ReviewState::Approved,
        2 => ReviewState::Rejected,
        3 => ReviewState::Later,
        _ => ReviewState::New,
    }
}

/// The number by which an end is kept.
pub(crate) fn standing_code(standing: Standing) -> i64 {
    match standing {
        Standing::Ok => 0,
        Standing::Truncated => 1,
        Standing::ClientAbort => 2,
        Standing::UpstreamError => 3,
        Standing::Blocked => 4,
    }
}

/// The end of a number.
pub(crate) fn standing(code: i64) -> Standing {
    match code {
        1 => Standing::Truncated,
        2 => Standing::ClientAbort,
        3 => Standing::UpstreamError,
        4 => Standing::Blocked,
        _ => Standing::Ok,
    }
}
