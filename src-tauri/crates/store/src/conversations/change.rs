//! What people decide: in sets, with what was before, so that it can be taken back.
//!
//! What is to be changed is settled first, all at one moment. Then it is changed piece by piece, so that whoever records
//! need not wait; all pieces are one batch of the audit.

use std::time::SystemTime;

use rusqlite::{Connection, Transaction, params};

use super::class::{self, Class, GROWN};
use super::narrow::Narrowed;
use super::sizes::Sizes;
use super::{Change, Conversations, Deed, Done, Filter, Selection, ThreadId};
use crate::{Error, clock};

/// So many conversations are changed in one transaction.
pub(crate) const PIECE: usize = 5_000;

/// The longest tag.
const TAG: usize = 64;

impl Conversations {
    /// Changes what is selected, as it is selected at this moment. What was undone before cannot be done again then.
    ///
    /// # Errors
    ///
    /// When the database fails; what was changed by then is changed, and can be undone.
    pub async fn change(&self, what: Selection, change: Change) -> Result<Done, Error> {
        let change = tidy(change);
        if change == Change::default() {
            return Ok(Done { batch: 0, changed: 0 });
        }
        let ids = self.selected(what).await?;
        let deed = Deed::Changed { change: change.clone() };
        self.in_pieces(deed, ids, move |transaction, batch| apply(transaction, batch, &change)).await
    }

    /// Puts this in the place of what was derived, or takes such an edit back.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn edit(&self, thread: ThreadId, body: Option<Vec<u8>>) -> Result<Done, Error> {
        let deed = if body.is_some() { Deed::Edited } else { Deed::Restored };
        self.in_pieces(deed, vec![thread.0], move |transaction, batch| {
            edit(transaction, batch, body.as_deref())
        })
        .await
    }

    /// The ids of what is selected.
    pub(crate) async fn selected(&self, what: Selection) -> Result<Vec<i64>, Error> {
        match what {
            Selection::Ids(ids) => {
                let mut ids: Vec<i64> = ids.into_iter().map(|id| id.0).collect();
                ids.sort_unstable();
                ids.dedup();
                Ok(ids)
            }
            Selection::Matching(filter) => {
                let sizes = self.sizes;
                self.long.read(move |connection| matching(connection, &filter, sizes)).await
            }
        }
    }

    /// Does something to these conversations, some thousands at a time, as one batch. `work` finds them in the table
    /// `chosen` and leaves a row in the audit for each that it changes; a batch without any is none.
    async fn in_pieces(
        &self,
        deed: Deed,
        ids: Vec<i64>,
        work: impl Fn(&Transaction<'_>, i64) -> Result<(), Error> + Clone + Send + 'static,
    ) -> Result<Done, Error> {
        let what = serde_json::to_string(&deed)?;
        let mut batch = 0;
        let mut changed = 0;
        for piece in ids.chunks(PIECE) {
            let (piece, work, what) = (piece.to_vec(), work.clone(), what.clone());
            let of_piece = move |transaction: &Transaction<'_>| {
                choose(transaction, &piece)?;
                let batch = if batch == 0 { begin(transaction, &what, true)? } else { batch };
                work(transaction, batch)?;
                count(transaction, batch)
            };
            let done: Done = self.writer.write(of_piece).await?;
            if done.batch != 0 {
                (batch, changed) = (done.batch, done.changed);
            }
        }
        if batch != 0 {
            self.changed();
        }
        Ok(Done { batch, changed })
    }
}

fn matching(connection: &Connection, filter: &Filter, sizes: Sizes) -> Result<Vec<i64>, Error> {
    let moment = connection.unchecked_transaction()?;
    Narrowed::new(&moment, filter, sizes)?.ids(&moment)
}

/// Without empty and double tags.
fn tidy(change: Change) -> Change {
    let tags = |tags: Vec<String>| {
        let mut tags: Vec<String> = tags
            .iter()
            .map(|tag| tag.replace(char::is_control, " ").trim().chars().take(TAG).collect())
            .filter(|tag: &String| !tag.is_empty())
            .collect();
        tags.sort();
        tags.dedup();
        tags
    };
    let rating = change.rating.map(|rating| rating.min(5));
    Change { add_tags: tags(change.add_tags), remove_tags: tags(change.remove_tags), rating, ..change }
}

/// Puts these ids into the table `chosen`, and nothing else.
pub(crate) fn choose(connection: &Connection, ids: &[i64]) -> Result<(), Error> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS chosen (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS moves (old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
         DELETE FROM chosen",
    )?;
    let mut add = connection.prepare_cached("INSERT INTO chosen (id) VALUES (?1)")?;
    for id in ids {
        add.execute([id])?;
    }
    Ok(())
}

/// A new batch of the audit. If it is somebody's own, what was undone before it cannot be done again.
pub(crate) fn begin(connection: &Connection, what: &str, own: bool) -> Result<i64, Error> {
    let at_ms = clock::millis(SystemTime::now());
    let mut add = connection.prepare_cached("INSERT INTO batches (at_ms, what, own) VALUES (?1, ?2, ?3)")?;
    Ok(add.insert(params![at_ms, what, own])?)
}

/// Says in the batch how many conversations it changed so far; one that changed none is taken back.
pub(crate) fn count(connection: &Connection, batch: i64) -> Result<Done, Error> {
    let changed: i64 = connection
        .prepare_cached("SELECT count(*) FROM audit WHERE batch = ?1")?
        .query_row([batch], |row| row.get(0))?;
    if changed == 0 {
        connection.execute("DELETE FROM batches WHERE id = ?1", [batch])?;
        return Ok(Done { batch: 0, changed: 0 });
    }
    connection.execute("UPDATE batches SET threads = ?2 WHERE id = ?1", [batch, changed])?;
    connection.execute("UPDATE batches SET undone = 2 WHERE undone = 1 AND own = 1", [])?;
    Ok(Done { batch, changed: clock::unsigned(changed) })
}

fn apply(transaction: &Transaction<'_>, batch: i64, change: &Change) -> Result<(), Error> {
    if change.state.is_some() || change.rating.is_some() {
        decide(transaction, batch, change)?;
    }
    if let Some(note) = &change.note {
        transaction.prepare_cached(NOTE_AUDIT)?.execute(params![batch, note])?;
        transaction
            .prepare_cached(
                "UPDATE threads SET note = ?1 WHERE id IN (SELECT id FROM chosen) AND note != ?1",
            )?
            .execute([note])?;
    }
    for tag in &change.add_tags {
        tag_all(transaction, batch, tag, true)?;
    }
    for tag in &change.remove_tags {
        tag_all(transaction, batch, tag, false)?;
    }
    Ok(())
}

/// State and rating: the classes of what is chosen are moved, one statement for all that are in the same.
fn decide(transaction: &Transaction<'_>, batch: i64, change: &Change) -> Result<(), Error> {
    let decided = |class: Class| Class {
        state: change.state.unwrap_or(class.state),
        rating: change.rating.unwrap_or(class.rating),
        // Whoever decides has seen how it went on.
        flags: if change.state.is_some() { class.flags & !GROWN } else { class.flags },
        ..class
    };
    move_classes(transaction, decided)?;
    transaction.prepare_cached(CLASS_AUDIT)?.execute([batch])?;
    follow_moves(transaction)
}

// What is chosen is always looked up, which only CROSS JOIN promises: SQLite takes the table of all conversations for as
// small as the other, goes through it and asks of each whether it is chosen.

/// The classes of what is chosen.
const CLASSES: &str = "SELECT DISTINCT t.class FROM chosen CROSS JOIN threads t USING (id)";

/// What the table `moves` does to what is chosen. A state has 16 added to it while the conversation is marked as grown.
const CLASS_AUDIT: &str =
    "INSERT INTO audit (batch, thread, state_before, state_after, rating_before, rating_after)
     SELECT ?1, id, iif(before != after, before, NULL), iif(before != after, after, NULL),
            iif(rated != rates, rated, NULL), iif(rated != rates, rates, NULL)
     FROM (SELECT t.id, o.rating AS rated, n.rating AS rates, o.state + ((o.flags >> 23) & 1) * 16 AS before,
                  n.state + ((n.flags >> 23) & 1) * 16 AS after
           FROM chosen CROSS JOIN threads t USING (id) CROSS JOIN moves m ON m.old = t.class
           CROSS JOIN classes o ON o.id = m.old CROSS JOIN classes n ON n.id = m.new)";

/// The notes of what is chosen that another is to stand in place of.
const NOTE_AUDIT: &str = "INSERT INTO audit (batch, thread, note_before, note_after)
     SELECT ?1, t.id, t.note, ?2 FROM chosen CROSS JOIN threads t USING (id) WHERE t.note != ?2
     ON CONFLICT DO UPDATE SET note_before = excluded.note_before, note_after = excluded.note_after";

/// The edits of what is chosen that another is to stand in place of.
const EDIT_AUDIT: &str = "INSERT INTO audit (batch, thread, edit_before, edit_after)
     SELECT ?1, thread, coalesce(edited, x''), ?2 FROM chosen CROSS JOIN bodies ON thread = id
     WHERE coalesce(edited, x'') != ?2";

/// Says in the table `moves` which class becomes which; those that stay are not in it.
pub(crate) fn move_classes(connection: &Connection, to: impl Fn(Class) -> Class) -> Result<(), Error> {
    connection.execute("DELETE FROM moves", [])?;
    let old: Vec<i64> =
        connection.prepare_cached(CLASSES)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for old in old {
        let class = Class::get(connection, old)?;
        let moved = to(class);
        if moved != class {
            let new = moved.number(connection)?;
            connection.prepare_cached("INSERT INTO moves VALUES (?1, ?2)")?.execute([old, new])?;
        }
    }
    Ok(())
}

/// Does what is said in the table `moves` to what is chosen.
pub(crate) fn follow_moves(connection: &Connection) -> Result<(), Error> {
    connection
        .prepare_cached(
            "UPDATE threads SET class = (SELECT new FROM moves WHERE old = class)
             WHERE id IN (SELECT id FROM chosen) AND class IN (SELECT old FROM moves)",
        )?
        .execute([])?;
    Ok(())
}

fn tag_all(transaction: &Transaction<'_>, batch: i64, tag: &str, add: bool) -> Result<(), Error> {
    let has = "EXISTS (SELECT 1 FROM tags WHERE tag = ?2 AND thread = chosen.id)";
    let not = if add { "NOT" } else { "" };
    transaction
        .prepare_cached(&format!(
            "INSERT INTO audit_tags (batch, thread, tag, added)
             SELECT ?1, id, ?2, ?3 FROM chosen CROSS JOIN threads USING (id) WHERE {not} {has}"
        ))?
        .execute(params![batch, tag, add])?;
    let which =
        "(SELECT thread FROM audit_tags WHERE batch = ?1 AND tag = ?2 AND thread IN (SELECT id FROM chosen))";
    transaction
        .prepare_cached(&format!(
            "INSERT INTO audit (batch, thread) SELECT ?1, thread FROM {which} WHERE ?2 = ?2 ON CONFLICT DO NOTHING"
        ))?
        .execute(params![batch, tag])?;
    let act = match add {
        true => format!("INSERT INTO tags (tag, thread) SELECT ?2, thread FROM {which}"),
        false => format!("DELETE FROM tags WHERE tag = ?2 AND thread IN {which}"),
    };
    transaction.prepare_cached(&act)?.execute(params![batch, tag])?;
    Ok(())
}

fn edit(transaction: &Transaction<'_>, batch: i64, body: Option<&[u8]>) -> Result<(), Error> {
    // An empty text stands for no edit.
    let body = body.unwrap_or_default();
    transaction.prepare_cached(EDIT_AUDIT)?.execute(params![batch, body])?;
    set_edit(transaction, body)
}

/// Sets the edit of what is chosen; an empty one is none.
pub(crate) fn set_edit(connection: &Connection, body: &[u8]) -> Result<(), Error> {
    connection.execute(
        "UPDATE bodies SET edited = nullif(?1, x'') WHERE thread IN (SELECT id FROM chosen)",
        [body],
    )?;
    move_classes(connection, |class| Class { edited: !body.is_empty(), ..class })?;
    follow_moves(connection)
}

/// The state that a number in the audit means, and whether it was grown.
pub(crate) fn audited(class: Class, code: i64) -> Class {
    let flags = if code & 16 == 0 { class.flags & !GROWN } else { class.flags | GROWN };
    Class { state: class::state(code & 15), flags, ..class }
}

/// The number by which the audit keeps a state, and whether it was grown.
pub(crate) fn audit_code(class: Class) -> i64 {
    class::code(class.state) + if class.flags & GROWN == 0 { 0 } else { 16 }
}

#[cfg(test)]
mod tests;
