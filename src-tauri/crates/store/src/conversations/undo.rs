//! Taking changes back and doing them again, and the list of what was done.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::change::{PIECE, audited, choose, follow_moves, move_classes, set_edit};
use super::class::Class;
use super::{AuditRow, Conversations, Done, ThreadId};
use crate::{Error, clock};

/// Which way a change is followed.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Back,
    Again,
}

impl Way {
    /// The end of the names of the columns that hold what is to be.
    fn side(self) -> &'static str {
        match self {
            Self::Back => "before",
            Self::Again => "after",
        }
    }
}

impl Conversations {
    /// Takes the last change back that holds; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn undo(&self) -> Result<Option<Done>, Error> {
        let last = "SELECT max(id) FROM batches WHERE undone = 0 AND own = 1";
        self.follow(last, Way::Back).await
    }

    /// Does the change again that was undone last; `None` when there is none, or when something else was changed since.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn redo(&self) -> Result<Option<Done>, Error> {
        let first = "SELECT min(id) FROM batches WHERE undone = 1 AND own = 1";
        self.follow(first, Way::Again).await
    }

    /// What was done, the latest first: to all conversations or to one, before the batch of that number.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn history(
        &self,
        thread: Option<ThreadId>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, Error> {
        self.reader.read(move |connection| history(connection, thread, before, limit)).await
    }

    async fn follow(&self, which: &'static str, way: Way) -> Result<Option<Done>, Error> {
        let found = self.writer.write(move |transaction| begin(transaction, which, way)).await?;
        let Some((batch, threads)) = found else { return Ok(None) };
        for piece in threads.chunks(PIECE) {
            let piece = piece.to_vec();
            self.writer.write(move |transaction| restore(transaction, batch, &piece, way)).await?;
        }
        self.changed();
        Ok(Some(Done { batch, changed: threads.len() as u64 }))
    }
}

/// Finds the change, says that it is followed, and gives what it was done to.
fn begin(transaction: &Transaction<'_>, which: &str, way: Way) -> Result<Option<(i64, Vec<i64>)>, Error> {
    let batch: Option<i64> = transaction.query_row(which, [], |row| row.get(0))?;
    let Some(batch) = batch else { return Ok(None) };
    transaction.execute("UPDATE batches SET undone = ?2 WHERE id = ?1", params![batch, way == Way::Back])?;
    pair(transaction, batch, way)?;
    let threads = transaction
        .prepare_cached("SELECT thread FROM audit WHERE batch = ?1 ORDER BY thread")?
        .query_map([batch], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Some((batch, threads)))
}

fn restore(transaction: &Transaction<'_>, batch: i64, piece: &[i64], way: Way) -> Result<(), Error> {
    let side = way.side();
    choose(transaction, piece)?;
    tags(transaction, batch, way)?;
    transaction
        .prepare_cached(&format!(
            "UPDATE threads SET note = a.note_{side} FROM audit a
             WHERE a.batch = ?1 AND a.thread = threads.id AND a.note_{side} IS NOT NULL
               AND threads.id IN (SELECT id FROM chosen)"
        ))?
        .execute([batch])?;
    let edit: Option<Vec<u8>> = transaction
        .prepare_cached(&format!(
            "SELECT edit_{side} FROM audit WHERE batch = ?1 AND edit_{side} IS NOT NULL LIMIT 1"
        ))?
        .query_row([batch], |row| row.get(0))
        .optional()?;
    if let Some(body) = edit {
        // An edit is the whole of its batch.
        return set_edit(transaction, &body);
    }
    let goals: Vec<(Option<i64>, Option<u8>)> = transaction
        .prepare_cached(&format!(
            "SELECT DISTINCT state_{side}, rating_{side} FROM audit
             WHERE batch = ?1 AND thread IN (SELECT id FROM chosen)
               AND (state_{side} IS NOT NULL OR rating_{side} IS NOT NULL)"
        ))?
        .query_map([batch], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (state, rating) in goals {
        let ids: Vec<i64> = transaction
            .prepare_cached(&format!(
                "SELECT thread FROM audit WHERE batch = ?1 AND thread BETWEEN ?4 AND ?5
                 AND state_{side} IS ?2 AND rating_{side} IS ?3"
            ))?
            .query_map(params![batch, state, rating, piece.first(), piece.last()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        choose(transaction, &ids)?;
        move_classes(transaction, |class| {
            let class = state.map_or(class, |code| audited(class, code));
            Class { rating: rating.unwrap_or(class.rating), ..class }
        })?;
        follow_moves(transaction)?;
    }
    Ok(())
}

fn tags(transaction: &Transaction<'_>, batch: i64, way: Way) -> Result<(), Error> {
    let of_batch = "FROM audit_tags WHERE batch = ?1 AND added = ?2 AND thread IN (SELECT id FROM chosen)";
    transaction
        .prepare_cached(&format!("DELETE FROM tags WHERE (tag, thread) IN (SELECT tag, thread {of_batch})"))?
        .execute(params![batch, way == Way::Back])?;
    transaction
        .prepare_cached(&format!("INSERT OR IGNORE INTO tags (tag, thread) SELECT tag, thread {of_batch}"))?
        .execute(params![batch, way == Way::Again])?;
    Ok(())
}

fn pair(transaction: &Transaction<'_>, batch: i64, way: Way) -> Result<(), Error> {
    transaction.execute(
        "DELETE FROM pairs WHERE id IN (SELECT pair FROM audit_pairs WHERE batch = ?1 AND added = ?2)",
        params![batch, way == Way::Back],
    )?;
    transaction.execute(
        "INSERT OR IGNORE INTO pairs (id, thread, at_turn, chosen, rejected, at_ms)
         SELECT pair, thread, at_turn, chosen, rejected, at_ms FROM audit_pairs WHERE batch = ?1 AND added = ?2",
        params![batch, way == Way::Again],
    )?;
    Ok(())
}

fn history(
    connection: &Connection,
    thread: Option<ThreadId>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditRow>, Error> {
    let of_thread = match thread {
        Some(_) => "AND id IN (SELECT batch FROM audit WHERE thread = ?3)",
        None => "AND ?3 IS NULL",
    };
    let mut find = connection.prepare_cached(&format!(
        "SELECT id, at_ms, what, threads, undone FROM batches WHERE id < ?1 {of_thread} ORDER BY id DESC LIMIT ?2"
    ))?;
    let mut rows = find.query(params![before.unwrap_or(i64::MAX), limit, thread.map(|thread| thread.0)])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push(AuditRow {
            batch: row.get(0)?,
            at_ms: row.get(1)?,
            what: serde_json::from_str(&row.get::<_, String>(2)?)?,
            threads: clock::unsigned(row.get(3)?),
            undone: row.get::<_, i64>(4)? != 0,
        });
    }
    Ok(history)
}
