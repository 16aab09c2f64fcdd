//! What somebody asks for, as the index is asked.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::TURNS;
use super::script::{asked, is_dense};
use crate::Error;

/// A question: every one of its terms must stand in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) terms: Vec<Term>,
}

/// A word, or several that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// As it was written.
    pub(crate) text: String,
    /// Whether its last word may be the beginning of a longer one.
    pub(crate) prefix: bool,
}

impl Search {
    /// Reads a question. Spaces part terms, quotes hold words together; everything else is text. The last word is the
    /// beginning of one, since whoever asks may still be writing it.
    pub(crate) fn new(text: &str) -> Self {
        let mut terms = Vec::new();
        for (at, piece) in text.split('"').enumerate() {
            if at % 2 == 1 {
                terms.extend(Term::new(piece, false));
            } else {
                terms.extend(piece.split_whitespace().filter_map(|word| Term::new(word, false)));
            }
        }
        let writing = text.chars().last().is_some_and(char::is_alphanumeric);
        if let Some(last) = terms.last_mut().filter(|_| writing) {
            last.prefix |= last.text.chars().last().is_some_and(|end| !is_dense(end));
        }
        Self { terms }
    }
}

impl Term {
    /// `None` when there is nothing in it that could be found.
    fn new(text: &str, prefix: bool) -> Option<Self> {
        let text = text.trim();
        if !text.chars().any(char::is_alphanumeric) {
            return None;
        }
        Some(Self { text: text.to_owned(), prefix: prefix || ends_in_one_dense(text) })
    }

    /// One that may be the beginning of a longer word, but stands itself in more texts than `limit`, is taken for the whole
    /// word: everything that begins like it could only be merged, and whoever means something longer goes on writing. A
    /// single character of a dense script is no word by itself.
    pub(crate) fn settle(&mut self, connection: &Connection, limit: usize) -> Result<(), Error> {
        if self.prefix && !ends_in_one_dense(&self.text) {
            let whole = Self { text: self.text.clone(), prefix: false };
            self.prefix = whole.threads(connection, limit)?.is_some();
        }
        Ok(())
    }

    /// Whether more than one word of the index may stand for its last.
    pub(crate) fn is_prefix(&self) -> bool {
        self.prefix
    }

    /// As the index is asked: one phrase, in which nothing is an operator.
    fn phrase(&self) -> String {
        let text: String =
            self.text.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
        format!("\"{}\"{}", asked(&text), if self.prefix { " *" } else { "" })
    }

    /// The conversations it stands in, in the order of their ids; `None` when it stands in more texts than `limit`.
    pub(crate) fn threads(&self, connection: &Connection, limit: usize) -> Result<Option<Vec<i64>>, Error> {
        let mut find = connection.prepare_cached("SELECT rowid FROM texts WHERE texts MATCH ?1")?;
        let mut rows = find.query([self.phrase()])?;
        let mut threads = Vec::new();
        let mut hits = 0;
        while let Some(row) = rows.next()? {
            let thread = row.get::<_, i64>(0)? / TURNS;
            if threads.last() != Some(&thread) {
                threads.push(thread);
            }
            hits += 1;
            if hits > limit {
                return Ok(None);
            }
        }
        Ok(Some(threads))
    }

    /// Whether it stands in this conversation.
    pub(crate) fn stands_in(&self, connection: &Connection, thread: i64) -> Result<bool, Error> {
        Ok(self.first_in(connection, thread)?.is_some())
    }

    /// The first turns in which it stands, of these conversations that have one.
    pub(crate) fn first_in_each(
        &self,
        connection: &Connection,
        threads: &[i64],
    ) -> Result<Vec<(i64, u32)>, Error> {
        let mut found = Vec::new();
        if !self.prefix {
            for thread in threads {
                found.extend(self.first_in(connection, *thread)?.map(|turn| (*thread, turn)));
            }
            return Ok(found);
        }
        // What begins alike is merged anew for every question, so one has to do.
        let mut wanted: HashSet<i64> = threads.iter().copied().collect();
        let (Some(first), Some(last)) = (threads.iter().min(), threads.iter().max()) else {
            return Ok(found);
        };
        let mut find = connection.prepare_cached(
            "SELECT rowid FROM texts WHERE texts MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid",
        )?;
        let mut rows = find.query(params![self.phrase(), first * TURNS, last * TURNS + TURNS - 1])?;
        while let Some(row) = rows.next()? {
            let row: i64 = row.get(0)?;
            if wanted.remove(&(row / TURNS)) {
                found.extend(u32::try_from(row % TURNS).ok().map(|turn| (row / TURNS, turn)));
            }
        }
        Ok(found)
    }

    /// The first turn of this conversation in which it stands.
    fn first_in(&self, connection: &Connection, thread: i64) -> Result<Option<u32>, Error> {
        let mut find = connection.prepare_cached(
            "SELECT rowid FROM texts WHERE texts MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid LIMIT 1",
        )?;
        let (first, last) = (thread * TURNS, thread * TURNS + TURNS - 1);
        let found: Option<i64> =
            find.query_row(params![self.phrase(), first, last], |row| row.get(0)).optional()?;
        Ok(found.and_then(|row| u32::try_from(row % TURNS).ok()))
    }
}

fn ends_in_one_dense(text: &str) -> bool {
    let mut from_the_end = text.chars().rev();
    from_the_end.next().is_some_and(is_dense) && !from_the_end.next().is_some_and(is_dense)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(text: &str) -> Vec<String> {
        Search::new(text).terms.iter().map(Term::phrase).collect()
    }

    #[test]
    fn words_are_terms_and_quotes_hold_them_together() {
        assert_eq!(phrases("one two"), ["\"one\"", "\"two\" *"]);
        assert_eq!(phrases("one "), ["\"one\""], "a word that is finished");
        assert_eq!(phrases("\"one two\" three "), ["\"one two\"", "\"three\""]);
        assert_eq!(phrases("\"one two"), ["\"one two\" *"], "quotes that are still open");
        assert_eq!(phrases(" ** - \" "), Vec::<String>::new());
    }

    #[test]
    fn operators_are_text() {
        assert_eq!(phrases("a* OR NEAR(b) "), ["\"a*\"", "\"OR\"", "\"NEAR(b)\""]);
    }

    #[test]
    fn one_chinese_character_is_the_beginning_of_a_pair() {
        assert_eq!(phrases("好").len(), 1);
        assert!(Search::new("好").terms[0].prefix);
        assert!(!Search::new("你好").terms[0].prefix, "a pair is whole");
        assert!(Search::new("rust语").terms[0].prefix);
    }
}
