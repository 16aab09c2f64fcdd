//! What becomes of a conversation whose exchanges go elsewhere when the rules change.

use rusqlite::{Connection, OptionalExtension, params};

use super::class::Class;
use super::{ReviewState, change, class, delete};
use crate::Error;

/// An exchange has left a conversation, for another or for none. If it was the last that was shown, the one before is
/// to be derived once more; if it was the only one, the conversation ends and the other inherits what people decided.
pub(crate) fn left(connection: &Connection, old: i64, heir: Option<i64>, seq: i64) -> Result<(), Error> {
    let leaf: Option<i64> = connection
        .prepare_cached("SELECT leaf FROM threads WHERE id = ?1")?
        .query_row([old], |row| row.get(0))
        .optional()?;
    let Some(leaf) = leaf else { return Ok(()) };
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(seq) FROM exchanges WHERE thread = ?1")?
        .query_row([old], |row| row.get(0))?;
    match last {
        Some(last) if leaf == seq => {
            connection.prepare_cached("UPDATE threads SET leaf = ?2 WHERE id = ?1")?.execute([old, last])?;
            connection.prepare_cached("UPDATE exchanges SET derived = 0 WHERE seq = ?1")?.execute([last])?;
        }
        Some(_) => {}
        None => {
            if let Some(heir) = heir {
                inherit(connection, old, heir)?;
            }
            delete::forget(connection, old)?;
        }
    }
    Ok(())
}

/// The heir takes over whatever nobody has said of itself.
fn inherit(connection: &Connection, old: i64, heir: i64) -> Result<(), Error> {
    let of = class_of(connection, old)?;
    change::choose(connection, &[heir])?;
    change::move_classes(connection, |own| Class {
        state: if own.state == ReviewState::New { of.state } else { own.state },
        rating: if own.rating == 0 { of.rating } else { own.rating },
        edited: own.edited || of.edited,
        ..own
    })?;
    change::follow_moves(connection)?;
    for statement in [
        "UPDATE threads SET note = (SELECT note FROM threads WHERE id = ?1) WHERE id = ?2 AND note = ''",
        "UPDATE bodies SET edited = coalesce(edited, (SELECT edited FROM bodies WHERE thread = ?1)) WHERE thread = ?2",
        "INSERT OR IGNORE INTO tags (tag, thread) SELECT tag, ?2 FROM tags WHERE thread = ?1",
        "UPDATE pairs SET thread = ?2 WHERE thread = ?1",
        "UPDATE audit_pairs SET thread = ?2 WHERE thread = ?1",
        "INSERT OR IGNORE INTO audit_tags (batch, thread, tag, added)
         SELECT batch, ?2, tag, added FROM audit_tags
         WHERE (batch, thread) IN (SELECT batch, thread FROM audit WHERE thread = ?1)",
        "INSERT OR IGNORE INTO audit (batch, thread, state_before, state_after, rating_before, rating_after,
             note_before, note_after, edit_before, edit_after)
         SELECT batch, ?2, state_before, state_after, rating_before, rating_after, note_before, note_after,
             edit_before, edit_after
         FROM audit WHERE thread = ?1",
        "UPDATE threads SET parent = ?2 WHERE parent = ?1 AND id != ?2",
    ] {
        connection.prepare_cached(statement)?.execute(params![old, heir])?;
    }
    Ok(())
}

fn class_of(connection: &Connection, thread: i64) -> Result<Class, Error> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT {} FROM threads t JOIN classes c ON c.id = t.class WHERE t.id = ?1",
        class::COLUMNS
    ))?;
    Ok(find.query_row([thread], |row| Class::read(row, 0))?)
}
