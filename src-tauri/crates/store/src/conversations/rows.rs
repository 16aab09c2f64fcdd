//! Rows of conversations, as they are listed and exported.

use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use rusqlite::{CachedStatement, Connection, Row, params_from_iter};

use super::class::Class;
use super::narrow::Narrowed;
use super::{Conversations, Exported, Facts, Filter, Pair, Seq, ThreadDetail, ThreadId, ThreadRow};
use crate::{Error, KeyId, clock};

/// What a row is read from.
const ROW: &str = "
    t.id, t.began_ms, t.last_ms, t.leaf, t.parent, t.fork_at, t.total_ms, t.turns, t.chars, t.tokens_in,
           t.tokens_out, t.text_hash, t.title, t.preview, t.note,
           (SELECT threads FROM clusters WHERE id = t.cluster),
           (SELECT group_concat(tag, '\n') FROM tags WHERE thread = t.id),
           c.state, c.standing, c.model, c.host, c.upstream, c.key, c.dialect, c.kind, c.language, c.flags, c.rating,
           c.edited";

/// Reads the row of one conversation.
static FIND: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {ROW} FROM threads t JOIN classes c ON c.id = t.class WHERE t.id = ?1"));

/// Reads the rows of [`TOGETHER`] conversations, in their order.
static FIND_MANY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH wanted (id) AS (VALUES {}) SELECT {ROW} FROM wanted CROSS JOIN threads t ON t.id = wanted.id
         CROSS JOIN classes c ON c.id = t.class",
        ["(?)"; TOGETHER].join(", ")
    )
});

/// So many rows are read by one statement, which takes less than as many.
const TOGETHER: usize = 50;

/// How many forks are shown with a conversation.
const FORKS: i64 = 100;

impl Conversations {
    /// All of a conversation; `None` when there is none of this name.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn thread(&self, id: ThreadId) -> Result<Option<ThreadDetail>, Error> {
        self.reader.read(move |connection| detail(connection, id)).await
    }

    /// Settles what a filter means, for those who go through all of it. What is found by words, tags and likeness is found
    /// now; in everything else the conversations count as they are when they are read.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn settle(&self, filter: Filter) -> Result<Settled, Error> {
        let sizes = self.sizes;
        self.long
            .read(move |connection| {
                let moment = connection.unchecked_transaction()?;
                Ok(Settled(Arc::new(Mutex::new(Narrowed::settled(&moment, &filter, sizes)?))))
            })
            .await
    }

    /// The next conversations that match, in the order of their ids: with `after` the last one of the call before.
    /// Only so many are held in memory as are asked for; what changes meanwhile shows as far as it comes later.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn next_for_export(
        &self,
        of: &Settled,
        after: Option<ThreadId>,
        limit: u32,
    ) -> Result<Vec<Exported>, Error> {
        let of = of.clone();
        self.long.read(move |connection| next_for_export(connection, &of, after, limit)).await
    }
}

/// What a filter means, settled by [`Conversations::settle`].
#[derive(Clone)]
pub struct Settled(Arc<Mutex<Narrowed>>);

impl Settled {
    /// What it means at this moment.
    pub(crate) fn now(&self, connection: &Connection) -> Result<MutexGuard<'_, Narrowed>, Error> {
        // What a panic left behind is a filter still.
        let mut narrowed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        narrowed.catch_up(connection)?;
        Ok(narrowed)
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled").finish_non_exhaustive()
    }
}

/// Reads rows. Its statements are prepared once for all of them.
pub(crate) struct Rows<'a> {
    find: CachedStatement<'a>,
    find_many: CachedStatement<'a>,
    words: Words<'a>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Result<Self, Error> {
        let word = connection.prepare_cached("SELECT word FROM words WHERE id = ?1")?;
        let words = Words { find: word, known: Vec::new() };
        let find = connection.prepare_cached(&FIND)?;
        let find_many = connection.prepare_cached(&FIND_MANY)?;
        Ok(Self { find, find_many, words })
    }

    /// The row of one conversation; `None` when it is gone.
    pub(crate) fn get(&mut self, id: i64) -> Result<Option<ThreadRow>, Error> {
        let mut found = self.find.query([id])?;
        let row = found.next()?.map(|row| read(row, &mut self.words));
        Ok(row.transpose()?)
    }

    /// The rows of these conversations, in this order; those that are gone are left out.
    pub(crate) fn all(&mut self, ids: &[i64]) -> Result<Vec<ThreadRow>, Error> {
        let mut rows = Vec::with_capacity(ids.len());
        for piece in ids.chunks(TOGETHER) {
            let filled_up = piece.iter().map(|id| Some(*id)).chain(std::iter::repeat(None)).take(TOGETHER);
            let mut found = self.find_many.query(params_from_iter(filled_up))?;
            while let Some(row) = found.next()? {
                rows.push(read(row, &mut self.words)?);
            }
        }
        Ok(rows)
    }
}

/// Words by their numbers. The same few stand in all rows, so that going through them takes less than a table.
struct Words<'a> {
    find: CachedStatement<'a>,
    known: Vec<(i64, String)>,
}

impl Words<'_> {
    fn get(&mut self, id: i64) -> rusqlite::Result<String> {
        if let Some((_, word)) = self.known.iter().find(|(known, _)| *known == id) {
            return Ok(word.clone());
        }
        let word: String = self.find.query_row([id], |row| row.get(0))?;
        self.known.push((id, word.clone()));
        Ok(word)
    }
}

fn read(row: &Row<'_>, words: &mut Words<'_>) -> rusqlite::Result<ThreadRow> {
    let class = Class::read(row, 17)?;
    let host = words.get(class.host)?;
    let mut tags: Vec<String> = match row.get_ref(16)?.as_str_or_null()? {
        Some(tags) => tags.split('\n').map(str::to_owned).collect(),
        None => Vec::new(),
    };
    tags.sort_unstable();
    Ok(ThreadRow {
        id: ThreadId(row.get(0)?),
        began_ms: row.get(1)?,
        last_ms: row.get(2)?,
        leaf: Seq(row.get(3)?),
        parent: row.get::<_, Option<i64>>(4)?.map(ThreadId),
        fork_at: row.get(5)?,
        host: Some(host).filter(|host| !host.is_empty()),
        upstream: words.get(class.upstream)?,
        key: Some(class.key).filter(|key| *key != 0).map(KeyId),
        total_ms: row.get(6)?,
        facts: Facts {
            title: row.get(12)?,
            preview: row.get(13)?,
            kind: words.get(class.kind)?,
            dialect: words.get(class.dialect)?,
            model: words.get(class.model)?,
            language: words.get(class.language)?,
            standing: class.standing,
            turns: row.get(7)?,
            chars: clock::unsigned(row.get(8)?),
            tokens_in: clock::unsigned(row.get(9)?),
            tokens_out: clock::unsigned(row.get(10)?),
            flags: class.flags,
            text_hash: row.get::<_, i64>(11)?.cast_unsigned(),
            bands: Vec::new(),
        },
        state: class.state,
        rating: Some(class.rating).filter(|rating| *rating != 0),
        note: row.get(14)?,
        tags,
        edited: class.edited,
        cluster: row.get::<_, Option<u32>>(15)?.unwrap_or(1),
    })
}

fn detail(connection: &Connection, id: ThreadId) -> Result<Option<ThreadDetail>, Error> {
    // One moment for all that is read.
    let moment = connection.unchecked_transaction()?;
    let Some(row) = Rows::new(&moment)?.get(id.0)? else { return Ok(None) };
    let (body, edited) = moment
        .prepare_cached("SELECT body, edited FROM bodies WHERE thread = ?1")?
        .query_row([id.0], |found| Ok((found.get(0)?, found.get(1)?)))?;
    let exchanges = moment
        .prepare_cached("SELECT seq FROM exchanges WHERE thread = ?1 ORDER BY seq")?
        .query_map([id.0], |found| Ok(Seq(found.get(0)?)))?
        .collect::<Result<_, _>>()?;
    let forks = forks(&moment, &row)?;
    let pairs = pairs(&mut pairs_of(&moment)?, id.0)?;
    Ok(Some(ThreadDetail { row, body, edited, exchanges, forks, pairs }))
}

fn forks(connection: &Connection, of: &ThreadRow) -> Result<Vec<ThreadRow>, Error> {
    let mut find = connection.prepare_cached(
        "SELECT id FROM threads WHERE id = ?2
         UNION SELECT id FROM threads WHERE parent = ?2 AND id != ?1
         UNION SELECT id FROM threads WHERE parent = ?1 ORDER BY id LIMIT ?3",
    )?;
    let found = find.query_map((of.id.0, of.parent.map(|parent| parent.0), FORKS), |found| found.get(0))?;
    Rows::new(connection)?.all(&found.collect::<Result<Vec<_>, _>>()?)
}

/// Finds the pairs of one conversation.
fn pairs_of(connection: &Connection) -> Result<CachedStatement<'_>, Error> {
    Ok(connection.prepare_cached(
        "SELECT id, thread, at_turn, chosen, rejected, at_ms FROM pairs WHERE thread = ?1 ORDER BY id",
    )?)
}

fn pairs(of: &mut CachedStatement<'_>, thread: i64) -> Result<Vec<Pair>, Error> {
    let pairs = of.query_map([thread], |row| {
        Ok(Pair {
            id: row.get(0)?,
            thread: ThreadId(row.get(1)?),
            at_turn: row.get(2)?,
            chosen: row.get(3)?,
            rejected: row.get(4)?,
            at_ms: row.get(5)?,
        })
    })?;
    Ok(pairs.collect::<Result<_, _>>()?)
}

fn next_for_export(
    connection: &Connection,
    of: &Settled,
    after: Option<ThreadId>,
    limit: u32,
) -> Result<Vec<Exported>, Error> {
    let moment = connection.unchecked_transaction()?;
    let ids = next_ids(&moment, of, after, limit)?;
    let mut exported = Vec::with_capacity(ids.len());
    let mut rows = Rows::new(&moment)?;
    let mut pairs_of = pairs_of(&moment)?;
    let mut bodies = moment.prepare_cached("SELECT body, edited FROM bodies WHERE thread = ?1")?;
    for row in rows.all(&ids)? {
        let id = row.id.0;
        let (derived, edited): (_, Option<_>) =
            bodies.query_row([id], |found| Ok((found.get(0)?, found.get(1)?)))?;
        let (body, original) = match edited {
            Some(edited) => (edited, Some(derived)),
            None => (derived, None),
        };
        exported.push(Exported { row, body, original, pairs: pairs(&mut pairs_of, id)? });
    }
    Ok(exported)
}

fn next_ids(
    connection: &Connection,
    of: &Settled,
    after: Option<ThreadId>,
    limit: u32,
) -> Result<Vec<i64>, Error> {
    let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
    of.now(connection)?.next_ids(connection, after.map_or(0, |after| after.0), limit)
}
