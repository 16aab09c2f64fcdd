//! The same by bare SQL.

use std::path::Path;
use std::time::Instant;

use postern_store::{Derived, Filter, Sort};
use rusqlite::{Connection, params};

use super::rate;

/// A connection to the store's own file.
pub(crate) struct Bare {
    pub(crate) connection: Connection,
}

/// So many conversations are written by one transaction.
const TOGETHER: usize = 200;

/// What a list shows of a conversation.
const SHOWN: &str = "t.id, t.began_ms, t.last_ms, t.turns, t.chars, t.tokens_in, t.tokens_out, t.title, t.preview, t.note,
    (SELECT word FROM words WHERE id = c.model), (SELECT word FROM words WHERE id = c.upstream), c.state, c.flags,
    (SELECT group_concat(tag) FROM tags WHERE thread = t.id)";

impl Bare {
    /// A page, as somebody writes it who knows the tables.
    pub(crate) fn page(
        &self,
        filter: &Filter,
        sort: Sort,
        after: Option<(i64, i64)>,
    ) -> anyhow::Result<Vec<i64>> {
        let order = if sort == Sort::Longest { "t.chars" } else { "t.last_ms" };
        let (last, id) = after.unwrap_or((i64::MAX, i64::MAX));
        let sql = format!(
            "SELECT {SHOWN} FROM threads t JOIN classes c ON c.id = t.class
             WHERE ({order}, t.id) < ({last}, {id}) AND {} ORDER BY {order} DESC, t.id DESC LIMIT 50",
            conditions(filter)
        );
        let mut page = self.connection.prepare_cached(&sql)?;
        let mut rows = page.query([])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            let _: (String, String, Option<String>) = (row.get(7)?, row.get(8)?, row.get(14)?);
            ids.push(row.get(0)?);
        }
        Ok(ids)
    }

    /// How many match.
    pub(crate) fn count(&self, filter: &Filter) -> anyhow::Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM threads t JOIN classes c ON c.id = t.class WHERE {}",
            conditions(filter)
        );
        let count: i64 = self.connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
        Ok(u64::try_from(count)?)
    }

    /// Counts of four fields.
    pub(crate) fn facets(&self, filter: &Filter) -> anyhow::Result<usize> {
        let mut values = 0;
        for field in ["c.state", "c.model", "c.upstream", "c.language"] {
            let sql = format!(
                "SELECT {field}, count(*) FROM threads t JOIN classes c ON c.id = t.class WHERE {} GROUP BY 1",
                conditions(filter)
            );
            values +=
                self.connection.prepare_cached(&sql)?.query_map([], |row| row.get::<_, i64>(1))?.count();
        }
        Ok(values)
    }

    /// Reads every row and hands its body over, in order; says how many.
    pub(crate) fn each(&self, mut take: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<usize> {
        let sql = format!(
            "SELECT {SHOWN}, b.body FROM threads t JOIN classes c ON c.id = t.class JOIN bodies b ON b.thread = t.id
             ORDER BY t.id"
        );
        let mut all = self.connection.prepare_cached(&sql)?;
        let mut rows = all.query([])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let _: (String, String) = (row.get(7)?, row.get(8)?);
            take(row.get_ref(15)?.as_blob()?)?;
            count += 1;
        }
        Ok(count)
    }

    /// Brings the write-ahead log into the database: whoever writes next need not do it for others.
    pub(crate) fn clear_log(&self) -> anyhow::Result<()> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Conversations with their classes.
    pub(crate) fn classes(&self, ids: &[i64]) -> anyhow::Result<Vec<(i64, i64)>> {
        let mut class = self.connection.prepare("SELECT id, class FROM threads WHERE id = ?1")?;
        ids.iter().map(|id| Ok(class.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)).collect()
    }

    /// Gives conversations another class and leaves a row for each in a table.
    pub(crate) fn bulk(&self, ids: &[i64]) -> anyhow::Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        let mut audit = transaction.prepare_cached(
            "INSERT INTO audit (batch, thread, state_before, state_after) VALUES (-1, ?1, 0, 1)",
        )?;
        let mut class = transaction
            .prepare_cached("UPDATE threads SET class = (SELECT max(id) FROM classes) WHERE id = ?1")?;
        for id in ids {
            audit.execute([id])?;
            class.execute([id])?;
        }
        drop((audit, class));
        Ok(transaction.commit()?)
    }

    /// Takes that back, with the classes that were before.
    pub(crate) fn take_back(&self, classes: &[(i64, i64)]) -> anyhow::Result<()> {
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute("DELETE FROM audit WHERE batch = -1", [])?;
        let mut class = transaction.prepare_cached("UPDATE threads SET class = ?2 WHERE id = ?1")?;
        for was in classes {
            class.execute(*was)?;
        }
        drop(class);
        Ok(transaction.commit()?)
    }
}

fn conditions(filter: &Filter) -> String {
    let mut all = vec!["TRUE".to_owned()];
    if !filter.states.is_empty() {
        all.push("c.state = 0".to_owned());
    }
    for (column, words) in [("model", &filter.models), ("language", &filter.languages)] {
        if let Some(word) = words.first() {
            all.push(format!("c.{column} = (SELECT id FROM words WHERE word = '{word}')"));
        }
    }
    if filter.flags != 0 {
        all.push(format!("c.flags & {0} = {0}", filter.flags));
    }
    if let Some(tokens) = filter.tokens_from {
        all.push(format!("t.tokens >= {tokens}"));
    }
    let words: Vec<&str> = if filter.text.starts_with('"') {
        vec![filter.text.trim_matches('"')]
    } else {
        filter.text.split_whitespace().collect()
    };
    for word in words {
        let phrase = pairs(word, false);
        all.push(format!("t.id IN (SELECT rowid >> 20 FROM texts WHERE texts MATCH '\"{phrase}\"')"));
    }
    all.join(" AND ")
}

/// Chinese in pairs, as the store's index has it.
fn pairs(text: &str, ends: bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() * 2);
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).filter(|next| **next > '\u{3400}' && **next < '\u{A000}');
        match next {
            Some(next) if *letter > '\u{3400}' && *letter < '\u{A000}' => out.extend([*letter, *next, ' ']),
            _ if *letter > '\u{3400}' && !ends => {}
            _ if *letter > '\u{3400}' => out.extend([*letter, ' ']),
            _ => out.push(*letter),
        }
    }
    out
}

/// A new database with the tables of another.
pub(crate) fn same_layout(of: &Path, new: &Path) -> anyhow::Result<Connection> {
    let layout = Connection::open(of)?;
    let other = Connection::open(new)?;
    other.pragma_update(None, "journal_mode", "wal")?;
    other.pragma_update(None, "synchronous", "normal")?;
    let wanted = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'texts_%'
        AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', type = 'index'";
    let statements: Vec<String> =
        layout.prepare(wanted)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for statement in statements {
        other.execute_batch(&statement)?;
    }
    other.execute("INSERT INTO totals VALUES (1, 0, 0)", [])?;
    Ok(other)
}

impl Bare {
    /// Adds the same rows once more, in transactions as large as the store's are; says how many conversations per second.
    pub(crate) fn write(&self, derived: &[Derived]) -> anyhow::Result<f64> {
        self.connection.pragma_update(None, "synchronous", "normal")?;
        let last: i64 = self.connection.query_row("SELECT max(id) FROM threads", [], |row| row.get(0))?;
        let begun = Instant::now();
        for (piece, rows) in derived.chunks(TOGETHER).enumerate() {
            let transaction = self.connection.unchecked_transaction()?;
            for (at, derived) in rows.iter().enumerate() {
                row(&transaction, last + i64::try_from(piece * TOGETHER + at + 1)?, derived)?;
            }
            transaction.commit()?;
        }
        Ok(rate(derived.len(), begun))
    }
}

fn row(connection: &Connection, id: i64, derived: &Derived) -> anyhow::Result<()> {
    let facts = &derived.facts;
    let numbers = params![
        id,
        1_700_000_000_000 + id,
        derived.prefixes.last().copied().unwrap_or_default(),
        facts.turns,
        i64::try_from(facts.chars)?,
        i64::try_from(facts.tokens_in)?,
        facts.title,
        facts.preview
    ];
    connection
        .prepare_cached(
            "INSERT INTO threads (id, class, began_ms, last_ms, leaf, tip, tip_asked, tip_failed, instructions, linked,
                 total_ms, turns, chars, tokens_in, tokens_out, tokens, text_hash, title, preview)
             VALUES (?1, 1, ?2, ?2, ?1, ?3, ?3, 0, 0, 1, 9, ?4, ?5, ?6, ?6, ?6, ?1, ?7, ?8)",
        )?
        .execute(numbers)?;
    connection
        .prepare_cached("INSERT INTO bodies (thread, version, texts, instructions, bands, body) VALUES (?1, 1, 2, 0, zeroblob(128), ?2)")?
        .execute(params![id, derived.body])?;
    for hash in derived.prefixes.iter().rev().take(2) {
        connection
            .prepare_cached("INSERT INTO links (hash, thread, turns, version) VALUES (?1, ?2, 1, 1)")?
            .execute(params![hash, id])?;
    }
    for band in &facts.bands {
        connection
            .prepare_cached("INSERT OR IGNORE INTO bands (band, thread) VALUES (?1, ?2)")?
            .execute(params![band.cast_signed(), id])?;
    }
    for (turn, text) in (0_i64..).zip(&derived.texts) {
        connection
            .prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?
            .execute(params![(id << 20) + turn, pairs(text, true)])?;
    }
    Ok(())
}
