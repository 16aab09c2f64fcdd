//! Conversations that say the same, as they are listed for those who keep only one of each.

use rusqlite::Connection;

use super::narrow::Entry;
use super::rows::Settled;
use super::{Alike, Conversations, Likeness, ThreadId};
use crate::Error;

impl Likeness {
    /// Reads the index of what makes them alike, behind a group and a conversation. Nothing else of them is read.
    fn groups(self) -> &'static str {
        match self {
            Self::Exact => {
                "SELECT text_hash, id FROM threads INDEXED BY threads_text
                 WHERE text_hash != 0 AND (text_hash, id) > (?1, ?2) ORDER BY text_hash, id"
            }
            Self::Near => {
                "SELECT cluster, id FROM threads INDEXED BY threads_cluster
                 WHERE cluster IS NOT NULL AND (cluster, id) > (?1, ?2) ORDER BY cluster, id"
            }
        }
    }
}

impl Conversations {
    /// The next conversations that match and are not the only one of their group: with `after` the last one of the call
    /// before. A group stands together, the oldest first. At least so many, unless there are no more; of a group only a
    /// single one may match.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn next_alike(
        &self,
        of: &Settled,
        by: Likeness,
        after: Option<Alike>,
        limit: usize,
    ) -> Result<Vec<Alike>, Error> {
        let of = of.clone();
        self.long.read(move |connection| next_alike(connection, &of, by, (after, limit))).await
    }
}

/// The conversation that was looked at last.
struct Last {
    group: i64,
    id: i64,
    /// Whether it is known to be not the only one.
    shared: bool,
}

fn next_alike(
    connection: &Connection,
    of: &Settled,
    by: Likeness,
    (after, limit): (Option<Alike>, usize),
) -> Result<Vec<Alike>, Error> {
    let moment = connection.unchecked_transaction()?;
    let narrowed = of.now(&moment)?;
    let mut find = moment.prepare_cached(
        "SELECT t.id, t.class, t.last_ms, t.tokens, c.rating FROM threads t JOIN classes c ON c.id = t.class
         WHERE t.id = ?1",
    )?;
    let mut alike = Vec::new();
    let mut take = |group: i64, id: i64, alike: &mut Vec<Alike>| -> Result<(), Error> {
        let (entry, rating) = find.query_row([id], |row| Ok((Entry::read(row)?, row.get(4)?)))?;
        if narrowed.admits(&moment, entry)? {
            alike.push(Alike { id: ThreadId(id), group, rating: Some(rating).filter(|rating| *rating != 0) });
        }
        Ok(())
    };
    let mut last = after.map(|after| Last { group: after.group, id: after.id.0, shared: true });
    let behind = last.as_ref().map_or((i64::MIN, i64::MIN), |last| (last.group, last.id));
    let mut groups = moment.prepare_cached(by.groups())?;
    let mut rows = groups.query([behind.0, behind.1])?;
    while alike.len() < limit
        && let Some(row) = rows.next()?
    {
        let (group, id) = (row.get(0)?, row.get(1)?);
        let first = last.replace(Last { group, id, shared: false }).filter(|first| first.group == group);
        let Some(first) = first else { continue };
        if !first.shared {
            take(group, first.id, &mut alike)?;
        }
        take(group, id, &mut alike)?;
        last = Some(Last { group, id, shared: true });
    }
    Ok(alike)
}
