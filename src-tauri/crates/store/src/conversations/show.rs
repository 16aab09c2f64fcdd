//! What a conversation shows: its row, its body and its texts.

use rusqlite::{Connection, params};

use super::class::{Class, GROWN};
use super::derived::Derived;
use super::link::{Beginning, count, failed};
use super::put::Origin;
use super::{Deed, ReviewState, alike, change, search};
use crate::{Error, clock};

/// The instructions changed while the conversation went on.
const SYSTEM_CHANGED: u64 = 1 << 17;

/// What is to be shown.
pub(crate) struct Shown<'a> {
    pub(crate) version: u32,
    pub(crate) origin: &'a Origin,
    pub(crate) derived: &'a Derived,
    /// How many of its turns the conversation had before, if it goes on.
    pub(crate) extends: Option<usize>,
}

/// What was shown before.
struct Before {
    class: Class,
    version: u32,
    texts: i64,
    instructions: i64,
    instructed_anew: bool,
}

/// A new conversation.
pub(crate) fn create(connection: &Connection, shown: &Shown<'_>) -> Result<i64, Error> {
    let Shown { version, origin, derived, .. } = shown;
    let facts = &derived.facts;
    let class = Class::of(connection, facts, origin.host.as_deref(), &origin.upstream, origin.key)?;
    let beginning = Beginning::of(derived);
    let mut add = connection.prepare_cached(
        "INSERT INTO threads (class, began_ms, last_ms, leaf, tip, tip_asked, tip_failed, instructions, linked,
             total_ms, turns, chars, tokens_in, tokens_out, tokens, text_hash, title, preview)
         VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?;
    let thread = add.insert(params![
        class.number(connection)?,
        origin.at_ms,
        origin.seq,
        beginning.tip(),
        beginning.tip_asked(),
        failed(facts.standing),
        beginning.instructions,
        version,
        origin.total_ms,
        facts.turns,
        clock::signed(facts.chars),
        clock::signed(facts.tokens_in),
        clock::signed(facts.tokens_out),
        clock::signed(facts.tokens_in.saturating_add(facts.tokens_out)),
        facts.text_hash.cast_signed(),
        facts.title,
        facts.preview,
    ])?;
    write_body(connection, thread, shown)?;
    search::index(connection, thread, 0, &derived.texts)?;
    alike::join(connection, thread, facts.text_hash.cast_signed(), &facts.bands)?;
    Ok(thread)
}

/// An exchange becomes what the conversation shows.
pub(crate) fn show(connection: &Connection, thread: i64, shown: &Shown<'_>) -> Result<(), Error> {
    let Shown { version, origin, derived, extends } = shown;
    let facts = &derived.facts;
    let before = before(connection, thread)?;
    alike::leave(connection, thread)?;
    let own = Class::of(connection, facts, origin.host.as_deref(), &origin.upstream, origin.key)?;
    // What came anew was not there to be decided upon.
    let anew = extends.is_some() && origin.thread != Some(thread);
    let grown = anew && before.class.state != ReviewState::New;
    let mut flags = own.flags | before.class.flags & GROWN;
    if grown {
        flags |= GROWN;
    }
    if before.instructed_anew {
        flags |= SYSTEM_CHANGED;
    }
    let class = Class {
        state: if grown { ReviewState::New } else { before.class.state },
        rating: before.class.rating,
        edited: before.class.edited,
        flags,
        ..own
    };
    update(connection, thread, shown, class.number(connection)?)?;
    if grown {
        say_grown(connection, thread, before.class)?;
    }
    // Where everything before is as it was, only what is new is indexed.
    let from = extends.filter(|known| {
        i64::try_from(*known) == Ok(before.texts)
            && before.version == *version
            && before.instructions == derived.instructions.cast_signed()
    });
    if from.is_none() {
        search::forget(connection, thread, 0, before.texts)?;
    }
    search::index(connection, thread, from.unwrap_or_default(), &derived.texts)?;
    write_body(connection, thread, shown)?;
    alike::join(connection, thread, facts.text_hash.cast_signed(), &facts.bands)
}

fn before(connection: &Connection, thread: i64) -> Result<Before, Error> {
    let mut find = connection.prepare_cached(
        "SELECT t.class, b.version, b.texts, b.instructions, t.instructed_anew
         FROM threads t JOIN bodies b ON b.thread = t.id WHERE t.id = ?1",
    )?;
    let mut rows = find.query([thread])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    Ok(Before {
        class: Class::get(connection, row.get(0)?)?,
        version: row.get(1)?,
        texts: row.get(2)?,
        instructions: row.get(3)?,
        instructed_anew: row.get(4)?,
    })
}

fn update(connection: &Connection, thread: i64, shown: &Shown<'_>, class: i64) -> Result<(), Error> {
    let Shown { origin, derived, .. } = shown;
    let facts = &derived.facts;
    connection
        .prepare_cached(
            "UPDATE threads SET class = ?2, began_ms = min(began_ms, ?3), last_ms = ?3, leaf = ?4, total_ms = ?5,
                 turns = ?6, chars = ?7, tokens_in = ?8, tokens_out = ?9, tokens = ?10, text_hash = ?11, title = ?12,
                 preview = ?13
             WHERE id = ?1",
        )?
        .execute(params![
            thread,
            class,
            origin.at_ms,
            origin.seq,
            origin.total_ms,
            facts.turns,
            clock::signed(facts.chars),
            clock::signed(facts.tokens_in),
            clock::signed(facts.tokens_out),
            clock::signed(facts.tokens_in.saturating_add(facts.tokens_out)),
            facts.text_hash.cast_signed(),
            facts.title,
            facts.preview,
        ])?;
    Ok(())
}

fn write_body(connection: &Connection, thread: i64, shown: &Shown<'_>) -> Result<(), Error> {
    let Shown { version, derived, .. } = shown;
    connection
        .prepare_cached(
            "INSERT INTO bodies (thread, version, texts, instructions, bands, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET version = excluded.version, texts = excluded.texts,
                 instructions = excluded.instructions, bands = excluded.bands, body = excluded.body",
        )?
        .execute(params![
            thread,
            version,
            count(derived.texts.len()),
            derived.instructions.cast_signed(),
            alike::packed(&derived.facts.bands),
            derived.body
        ])?;
    Ok(())
}

/// A decision is taken back because the conversation went on; the audit says so.
fn say_grown(connection: &Connection, thread: i64, before: Class) -> Result<(), Error> {
    let batch = change::begin(connection, &serde_json::to_string(&Deed::Grown)?, false)?;
    let grown = Class { state: ReviewState::New, flags: before.flags | GROWN, ..before };
    connection
        .prepare_cached(
            "INSERT INTO audit (batch, thread, state_before, state_after) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![batch, thread, change::audit_code(before), change::audit_code(grown)])?;
    connection.prepare_cached("UPDATE batches SET threads = 1 WHERE id = ?1")?.execute([batch])?;
    Ok(())
}
