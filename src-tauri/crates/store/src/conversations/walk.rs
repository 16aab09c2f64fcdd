//! Ways through the conversations that match.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};

use super::narrow::{Entry, Narrowed};
use crate::{Error, clock};

/// So many conversations are gone through in an index while one is looked up by its id.
const PART: usize = 16;

/// What is read of an index, with these names in this order.
pub(crate) const ENTRY: &str = "id, class, last_ms, tokens";

impl Entry {
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, class: row.get(1)?, last_ms: row.get(2)?, tokens: row.get(3)? })
    }
}

impl Narrowed {
    /// Calls `visit` for everything that matches, in no order.
    pub(crate) fn visit(&mut self, connection: &Connection, visit: impl FnMut(Entry)) -> Result<(), Error> {
        self.gather(connection)?;
        if let Some(within) = &self.within
            && is_small_part(connection, within)?
        {
            return self.visit_each(connection, within, visit);
        }
        match &self.classes {
            Some(classes) => self.visit_classes(connection, classes, visit),
            None => self.visit_all(connection, visit),
        }
    }

    /// The ids of everything that matches, in order.
    pub(crate) fn ids(&mut self, connection: &Connection) -> Result<Vec<i64>, Error> {
        let mut ids = Vec::new();
        self.visit(connection, |entry| ids.push(entry.id))?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// How many match. Only where nothing but classes, moments and tokens decides: these SQLite counts by itself.
    pub(crate) fn count(&self, connection: &Connection) -> Result<u64, Error> {
        let bounds = self.bounds();
        let Some(classes) = &self.classes else {
            let mut all = connection.prepare_cached(&format!(
                "SELECT count(*) FROM threads INDEXED BY threads_last WHERE {bounds}"
            ))?;
            return Ok(clock::unsigned(all.query_row([], |row| row.get(0))?));
        };
        let mut of_class = connection.prepare_cached(&format!(
            "SELECT count(*) FROM threads INDEXED BY threads_class WHERE class = ?1 AND {bounds}"
        ))?;
        let mut count = 0;
        for class in classes.keys() {
            count += clock::unsigned(of_class.query_row([class], |row| row.get(0))?);
        }
        Ok(count)
    }

    /// What must be true of moments and tokens. What bounds nothing is not asked of every row.
    fn bounds(&self) -> String {
        let (moments, (least, most)) = (self.moments(), self.tokens());
        let all = [
            (moments.start != i64::MIN, "last_ms >=", moments.start),
            (moments.end != i64::MAX, "last_ms <", moments.end),
            (least != i64::MIN, "tokens >=", least),
            (most != i64::MAX, "tokens <=", most),
        ];
        let all = all.into_iter().filter(|(bounds, _, _)| *bounds);
        let all: Vec<String> = all.map(|(_, what, value)| format!("{what} {value}")).collect();
        if all.is_empty() { "TRUE".to_owned() } else { all.join(" AND ") }
    }

    /// How many there are of each class by their tokens alone, whichever classes match.
    pub(crate) fn count_by_class(&self, connection: &Connection) -> Result<HashMap<i64, u64>, Error> {
        let mut all = connection.prepare_cached(
            "SELECT class, count(*) FROM threads INDEXED BY threads_class WHERE tokens BETWEEN ?1 AND ?2
             GROUP BY class",
        )?;
        let counts = all.query_map([self.tokens().0, self.tokens().1], |row| {
            Ok((row.get(0)?, clock::unsigned(row.get(1)?)))
        })?;
        Ok(counts.collect::<Result<_, _>>()?)
    }

    /// The next ids behind `after`, at most so many, in order. What lies between is looked at, and nothing behind.
    pub(crate) fn next_ids(
        &self,
        connection: &Connection,
        after: i64,
        limit: usize,
    ) -> Result<Vec<i64>, Error> {
        let mut ids = Vec::new();
        if let Some(within) = &self.within {
            let from = within.partition_point(|id| *id <= after);
            let mut find = entry_of(connection)?;
            for id in &within[from..] {
                let found = find.query_map([id], Entry::read)?.next().transpose()?;
                if let Some(entry) = found
                    && self.admits(connection, entry)?
                {
                    ids.push(entry.id);
                }
                if ids.len() == limit {
                    break;
                }
            }
            return Ok(ids);
        }
        let mut all =
            connection.prepare_cached(&format!("SELECT {ENTRY} FROM threads WHERE id > ?1 ORDER BY id"))?;
        let mut rows = all.query([after])?;
        while ids.len() < limit
            && let Some(row) = rows.next()?
        {
            let entry = Entry::read(row)?;
            if self.admits(connection, entry)? {
                ids.push(entry.id);
            }
        }
        Ok(ids)
    }

    fn visit_each(
        &self,
        connection: &Connection,
        ids: &[i64],
        mut visit: impl FnMut(Entry),
    ) -> Result<(), Error> {
        let mut find = entry_of(connection)?;
        for id in ids {
            let found = find.query_map([id], Entry::read)?.next().transpose()?;
            if let Some(entry) = found
                && self.fits(entry)
            {
                visit(entry);
            }
        }
        Ok(())
    }

    fn visit_classes(
        &self,
        connection: &Connection,
        classes: &HashMap<i64, u8>,
        mut visit: impl FnMut(Entry),
    ) -> Result<(), Error> {
        let moments = self.moments();
        let mut of_class = connection.prepare_cached(&format!(
            "SELECT {ENTRY} FROM threads INDEXED BY threads_class
             WHERE class = ?1 AND last_ms >= ?2 AND last_ms < ?3"
        ))?;
        for class in classes.keys() {
            let mut rows = of_class.query(params![class, moments.start, moments.end])?;
            while let Some(row) = rows.next()? {
                let entry = Entry::read(row)?;
                if self.fits_in_class(entry) {
                    visit(entry);
                }
            }
        }
        Ok(())
    }

    fn visit_all(&self, connection: &Connection, mut visit: impl FnMut(Entry)) -> Result<(), Error> {
        let moments = self.moments();
        let mut all = connection.prepare_cached(&format!(
            "SELECT {ENTRY} FROM threads INDEXED BY threads_last WHERE last_ms >= ?1 AND last_ms < ?2"
        ))?;
        let mut rows = all.query([moments.start, moments.end])?;
        while let Some(row) = rows.next()? {
            let entry = Entry::read(row)?;
            if self.fits_in_class(entry) {
                visit(entry);
            }
        }
        Ok(())
    }
}

/// Whether looking each of them up takes less time than going through all there are.
fn is_small_part(connection: &Connection, within: &[i64]) -> Result<bool, Error> {
    let last: Option<i64> =
        connection.prepare_cached("SELECT max(id) FROM threads")?.query_row([], |row| row.get(0))?;
    let all = usize::try_from(last.unwrap_or_default()).unwrap_or(usize::MAX);
    Ok(within.len() <= all / PART)
}

/// Finds one conversation by its id.
fn entry_of(connection: &Connection) -> Result<rusqlite::CachedStatement<'_>, Error> {
    Ok(connection.prepare_cached(&format!("SELECT {ENTRY} FROM threads WHERE id = ?1"))?)
}
