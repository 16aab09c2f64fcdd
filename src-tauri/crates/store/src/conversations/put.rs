//! What was derived of exchanges becomes conversations.
//!
//! Exchanges come in their order. When the rules have changed all come again: each finds its place among what the new
//! rules have linked so far, and a conversation keeps its name as long as one of its exchanges does. It is shown as it
//! was until its last exchange has come, so that nobody sees it short of what was said later.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::derived::Derived;
use super::link::{Beginning, Place, count, failed, leave_links};
use super::show::{Shown, create, show};
use super::{Conversations, Seq, alike, heirs};
use crate::{Error, KeyId};

/// One transaction takes about so long at most: whoever records waits for it.
const TURN: Duration = Duration::from_millis(100);

/// The exchange could not be read in full.
const UNREADABLE: u64 = 1 << 22;

/// What is known of an exchange beside what was derived of it.
pub(crate) struct Origin {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
    pub(crate) host: Option<String>,
    pub(crate) key: Option<KeyId>,
    pub(crate) upstream: String,
    pub(crate) total_ms: i64,
    /// The conversation it belonged to by older rules; 0 when it is kept only because another is read with it.
    pub(crate) thread: Option<i64>,
}

impl Conversations {
    /// Takes in what was derived of exchanges by the rules of this version, in the order of the exchanges. What nothing
    /// could be read of has no prefixes; then what was read before stays.
    ///
    /// # Errors
    ///
    /// When the database fails; what was taken in by then is.
    pub async fn put(&self, version: u32, derived: Vec<(Seq, Derived)>) -> Result<(), Error> {
        let mut rest = derived;
        while !rest.is_empty() {
            rest = self
                .writer
                .write(move |transaction| {
                    let begun = Instant::now();
                    let mut rest = rest.into_iter();
                    for (seq, derived) in rest.by_ref() {
                        put(transaction, version, seq, &derived)?;
                        if begun.elapsed() >= TURN {
                            break;
                        }
                    }
                    Ok(rest.collect())
                })
                .await?;
            self.changed();
        }
        Ok(())
    }

    /// These exchanges are no conversations by the rules of this version.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pass(&self, version: u32, seqs: Vec<Seq>) -> Result<(), Error> {
        if seqs.is_empty() {
            return Ok(());
        }
        self.writer
            .write(move |transaction| {
                for seq in &seqs {
                    let Some(origin) = origin(transaction, *seq)? else { continue };
                    let thread = origin.thread.filter(|thread| *thread == 0);
                    place(transaction, version, origin.seq, thread)?;
                    if let Some(old) = origin.thread.filter(|old| *old != 0) {
                        heirs::left(transaction, old, None, origin.seq)?;
                    }
                }
                Ok(())
            })
            .await?;
        self.changed();
        Ok(())
    }
}

fn put(transaction: &Transaction<'_>, version: u32, seq: Seq, derived: &Derived) -> Result<(), Error> {
    // It may have been deleted meanwhile.
    let Some(origin) = origin(transaction, seq)? else { return Ok(()) };
    let thread = match origin.thread {
        Some(0) => 0,
        Some(old) if derived.prefixes.is_empty() => {
            alike::flag(transaction, old, |flags| flags | UNREADABLE)?;
            old
        }
        _ => settle(transaction, version, &origin, derived)?,
    };
    place(transaction, version, origin.seq, Some(thread))?;
    answers(transaction, thread, &origin, derived)?;
    match origin.thread.filter(|old| *old != 0 && *old != thread) {
        Some(old) => heirs::left(transaction, old, Some(thread), origin.seq),
        None => Ok(()),
    }
}

/// Finds the conversation for an exchange, and lets it say what the exchange says.
fn settle(
    transaction: &Transaction<'_>,
    version: u32,
    origin: &Origin,
    derived: &Derived,
) -> Result<i64, Error> {
    let beginning = Beginning::of(derived);
    let place = beginning.place(transaction, version)?;
    let mut shown = Shown { version, origin, derived, extends: None };
    let thread = match place {
        Place::Known { thread } => {
            // Shown by older rules, and this is its last exchange.
            if is_behind(transaction, thread, version)? && is_last(transaction, thread, origin.seq)? {
                show(transaction, thread, &shown)?;
            }
            return Ok(thread);
        }
        Place::Grows { thread, known } => {
            shown.extends = Some(known);
            thread
        }
        Place::Parts { .. } | Place::Begins => match origin.thread {
            Some(old) if is_unlinked(transaction, old, version)? => old,
            _ => {
                let thread = create(transaction, &shown)?;
                part(transaction, thread, place)?;
                leave_links(transaction, thread, &beginning, version)?;
                return Ok(thread);
            }
        },
    };
    if !matches!(place, Place::Grows { .. }) {
        part(transaction, thread, place)?;
    }
    let behind = is_behind(transaction, thread, version)?;
    let last = is_last(transaction, thread, origin.seq)?;
    link(transaction, thread, &beginning, &shown)?;
    leave_links(transaction, thread, &beginning, version)?;
    if last || !behind {
        show(transaction, thread, &shown)?;
    }
    Ok(thread)
}

/// Says where the conversation can go on.
fn link(
    connection: &Connection,
    thread: i64,
    beginning: &Beginning<'_>,
    shown: &Shown<'_>,
) -> Result<(), Error> {
    connection
        .prepare_cached(
            "UPDATE threads SET tip = ?2, tip_asked = ?3, tip_failed = ?4, instructions = ?5, linked = ?6,
                 instructed_anew = iif(?7, instructed_anew OR instructions != ?5, 0)
             WHERE id = ?1",
        )?
        .execute(params![
            thread,
            beginning.tip(),
            beginning.tip_asked(),
            failed(shown.derived.facts.standing),
            beginning.instructions,
            shown.version,
            shown.extends.is_some()
        ])?;
    Ok(())
}

/// Says from where a conversation parted.
fn part(connection: &Connection, thread: i64, place: Place) -> Result<(), Error> {
    let (from, at) = match place {
        Place::Parts { from, at } if from != thread => (Some(from), Some(count(at))),
        _ => (None, None),
    };
    connection
        .prepare_cached("UPDATE threads SET parent = ?2, fork_at = ?3 WHERE id = ?1")?
        .execute(params![thread, from, at])?;
    Ok(())
}

/// Whether a conversation is shown by older rules.
fn is_behind(connection: &Connection, thread: i64, version: u32) -> Result<bool, Error> {
    let shown: u32 = connection
        .prepare_cached("SELECT version FROM bodies WHERE thread = ?1")?
        .query_row([thread], |row| row.get(0))?;
    Ok(shown < version)
}

/// Whether a conversation is there that nothing was linked to yet by these rules.
fn is_unlinked(connection: &Connection, thread: i64, version: u32) -> Result<bool, Error> {
    let linked: Option<u32> = connection
        .prepare_cached("SELECT linked FROM threads WHERE id = ?1")?
        .query_row([thread], |row| row.get(0))
        .optional()?;
    Ok(linked.is_some_and(|linked| linked < version))
}

/// Whether nothing that the conversation shows came later.
fn is_last(connection: &Connection, thread: i64, seq: i64) -> Result<bool, Error> {
    let leaf: i64 = connection
        .prepare_cached("SELECT leaf FROM threads WHERE id = ?1")?
        .query_row([thread], |row| row.get(0))?;
    Ok(seq >= leaf)
}

fn answers(connection: &Connection, thread: i64, origin: &Origin, derived: &Derived) -> Result<(), Error> {
    if let Some(answer) = &derived.answer_id {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO answers (answer, thread, seq, turns) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![answer, thread, origin.seq, count(derived.prefixes.len())])?;
    }
    if let Some(continues) = &derived.continues {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO joined (seq, earlier) SELECT ?1, seq FROM answers WHERE answer = ?2",
            )?
            .execute(params![origin.seq, continues])?;
    } else if let Some(kept_in) = &derived.kept_in {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO joined (seq, earlier) SELECT ?1, seq FROM answers
                 WHERE answer > ?2 AND answer < ?3 ORDER BY answer DESC LIMIT 1",
            )?
            .execute(params![origin.seq, place_in(kept_in, 0), place_in(kept_in, origin.seq)])?;
    }
    // What failed is not a part of it.
    if let Some(kept_in) = derived.kept_in.as_ref().filter(|_| !failed(derived.facts.standing)) {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO answers (answer, thread, seq, turns) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                place_in(kept_in, origin.seq),
                thread,
                origin.seq,
                count(derived.prefixes.len())
            ])?;
    }
    Ok(())
}

/// The name of an answer by its place in a conversation that the provider keeps. Names of one conversation are in the
/// order of its exchanges.
pub(crate) fn place_in(conversation: &str, seq: i64) -> String {
    format!("{conversation}\u{1f}{seq:020}")
}

fn place(connection: &Connection, version: u32, seq: i64, thread: Option<i64>) -> Result<(), Error> {
    connection
        .prepare_cached("UPDATE exchanges SET thread = ?2, derived = ?3 WHERE seq = ?1")?
        .execute(params![seq, thread, version])?;
    Ok(())
}

fn origin(connection: &Connection, seq: Seq) -> Result<Option<Origin>, Error> {
    let mut find = connection.prepare_cached(
        "SELECT seq, at_ms, host, key, upstream, total_ms, thread FROM exchanges WHERE seq = ?1",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Origin {
            seq: row.get(0)?,
            at_ms: row.get(1)?,
            host: row.get(2)?,
            key: row.get::<_, Option<i64>>(3)?.map(KeyId),
            upstream: row.get(4)?,
            total_ms: row.get(5)?,
            thread: row.get(6)?,
        })
    };
    Ok(find.query_row([seq.0], read).optional()?)
}
