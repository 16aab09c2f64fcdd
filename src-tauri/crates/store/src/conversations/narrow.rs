//! From a filter to the conversations that match.
//!
//! Most of a filter says something about classes, of which there are few: it becomes the list of the classes that match.
//! Tags, near duplicates and words give sets of conversations. A word that stands in very many is first asked for in one
//! conversation after the other, because a page is soon full then; only if it is not, or everything is wanted, are they all
//! gathered. Moments and tokens stand in every index that is gone through.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension};

use super::class::{self, known_word};
use super::search::{Search, Term};
use super::sizes::Sizes;
use super::{Filter, ThreadId};
use crate::{Error, clock};

/// A condition on classes, by the field of the filter it comes from. Only numbers stand in it.
pub(crate) struct Condition {
    /// The field, as the facets call it.
    pub(crate) field: &'static str,
    /// What must be true of a row of `classes`.
    pub(crate) sql: String,
}

/// A filter, resolved.
pub(crate) struct Narrowed {
    /// What classes must fulfil.
    pub(crate) conditions: Vec<Condition>,
    /// The rating of each class that matches; `None` when all do.
    pub(crate) classes: Option<HashMap<i64, u8>>,
    /// Up to this one all classes were looked at, with conversations in them or without; before it is settled only the
    /// others were.
    last_class: i64,
    /// When the last exchange came.
    last_ms: Range<i64>,
    /// How many tokens.
    tokens: (i64, i64),
    /// The only conversations that can match, in order.
    pub(crate) within: Option<Vec<i64>>,
    /// Terms that stand in very many texts, and must all be in each.
    common: Vec<Term>,
    pub(crate) sizes: Sizes,
}

/// What the indexes say of a conversation.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) class: i64,
    pub(crate) last_ms: i64,
    pub(crate) tokens: i64,
}

impl Narrowed {
    pub(crate) fn new(connection: &Connection, filter: &Filter, sizes: Sizes) -> Result<Self, Error> {
        let conditions = conditions(connection, filter)?;
        let classes = match conditions.is_empty() {
            true => None,
            false => Some(classes(connection, &conditions, "threads > ?1", 0)?),
        };
        let last_ms = filter.from_ms.unwrap_or(i64::MIN)..filter.until_ms.unwrap_or(i64::MAX);
        let tokens = (
            filter.tokens_from.map_or(i64::MIN, clock::signed),
            filter.tokens_until.map_or(i64::MAX, clock::signed),
        );
        let mut narrowed = Self {
            conditions,
            classes,
            last_class: 0,
            last_ms,
            tokens,
            within: None,
            common: Vec::new(),
            sizes,
        };
        if !filter.ids.is_empty() {
            let mut ids: Vec<i64> = filter.ids.iter().map(|id| id.0).collect();
            ids.sort_unstable();
            narrowed.keep_within(ids);
        }
        for tag in &filter.tags {
            narrowed.keep_within(tagged(connection, tag)?);
        }
        if let Some(like) = filter.like {
            narrowed.keep_within(alike(connection, like)?);
        }
        narrowed.seek(connection, &filter.text)?;
        Ok(narrowed)
    }

    /// The same for those who go through everything while it changes.
    pub(crate) fn settled(connection: &Connection, filter: &Filter, sizes: Sizes) -> Result<Self, Error> {
        let mut narrowed = Self::new(connection, filter, sizes)?;
        narrowed.gather(connection)?;
        narrowed.catch_up(connection)?;
        Ok(narrowed)
    }

    /// Takes in the classes that came since it was settled.
    pub(crate) fn catch_up(&mut self, connection: &Connection) -> Result<(), Error> {
        let Some(known) = &mut self.classes else { return Ok(()) };
        let last: i64 = connection
            .prepare_cached("SELECT coalesce(max(id), 0) FROM classes")?
            .query_row([], |row| row.get(0))?;
        if last > self.last_class {
            known.extend(classes(connection, &self.conditions, "id > ?1", self.last_class)?);
            self.last_class = last;
        }
        Ok(())
    }

    /// Whether the classes alone decide.
    pub(crate) fn by_class_only(&self) -> bool {
        self.within.is_none() && self.common.is_empty() && self.whenever()
    }

    /// Whether words and other sets alone decide.
    pub(crate) fn by_set_only(&self) -> bool {
        self.classes.is_none() && self.whenever()
    }

    /// Whether what stands in an index alone decides.
    pub(crate) fn by_index_only(&self) -> bool {
        self.within.is_none() && self.common.is_empty()
    }

    fn whenever(&self) -> bool {
        self.last_ms == (i64::MIN..i64::MAX) && self.tokens == (i64::MIN, i64::MAX)
    }

    /// The moments between which all that matches lies; the first belongs to them.
    pub(crate) fn moments(&self) -> Range<i64> {
        self.last_ms.clone()
    }

    /// How many tokens all that matches has, from the first to the last.
    pub(crate) fn tokens(&self) -> (i64, i64) {
        self.tokens
    }

    /// Whether a conversation matches.
    pub(crate) fn admits(&self, connection: &Connection, entry: Entry) -> Result<bool, Error> {
        Ok(self.fits(entry) && self.says(connection, entry.id)?)
    }

    /// Whether it matches as far as that can be seen without looking it up.
    pub(crate) fn fits(&self, entry: Entry) -> bool {
        let classes = self.classes.as_ref();
        classes.is_none_or(|classes| classes.contains_key(&entry.class)) && self.fits_in_class(entry)
    }

    /// The same for one whose class does.
    pub(crate) fn fits_in_class(&self, entry: Entry) -> bool {
        self.last_ms.contains(&entry.last_ms)
            && (self.tokens.0..=self.tokens.1).contains(&entry.tokens)
            && self.within.as_ref().is_none_or(|within| within.binary_search(&entry.id).is_ok())
    }

    /// Whether the common words stand in it.
    pub(crate) fn says(&self, connection: &Connection, thread: i64) -> Result<bool, Error> {
        for term in &self.common {
            if !term.stands_in(connection, thread)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether there are words that are asked for in one conversation after the other.
    pub(crate) fn asks_each(&self) -> bool {
        !self.common.is_empty()
    }

    /// Looks the common words up after all. That takes longer the more often they stand somewhere.
    pub(crate) fn gather(&mut self, connection: &Connection) -> Result<(), Error> {
        for term in std::mem::take(&mut self.common) {
            self.keep_within(term.threads(connection, usize::MAX)?.unwrap_or_default());
        }
        Ok(())
    }

    /// Both sets are in order.
    fn keep_within(&mut self, ids: Vec<i64>) {
        self.within = Some(match self.within.take() {
            None => ids,
            Some(mut known) => {
                let mut ids = ids.into_iter().peekable();
                known.retain(|id| {
                    while ids.next_if(|other| other < id).is_some() {}
                    ids.peek() == Some(id)
                });
                known
            }
        });
    }

    /// Words that are rare enough are looked up at once.
    fn seek(&mut self, connection: &Connection, text: &str) -> Result<(), Error> {
        for mut term in Search::new(text).terms {
            let Sizes { common, .. } = self.sizes;
            term.settle(connection, common)?;
            let limit = if term.is_prefix() { usize::MAX } else { common };
            match term.threads(connection, limit)? {
                Some(ids) => self.keep_within(ids),
                None => self.common.push(term),
            }
        }
        Ok(())
    }
}

fn classes(
    connection: &Connection,
    conditions: &[Condition],
    which: &str,
    than: i64,
) -> Result<HashMap<i64, u8>, Error> {
    let all: Vec<&str> = conditions.iter().map(|condition| condition.sql.as_str()).collect();
    let sql = format!("SELECT id, rating FROM classes WHERE {which} AND {}", all.join(" AND "));
    let mut find = connection.prepare_cached(&sql)?;
    let found = find.query_map([than], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn conditions(connection: &Connection, filter: &Filter) -> Result<Vec<Condition>, Error> {
    let mut all = Vec::new();
    let mut one_of = |field: &'static str, column: &str, codes: Vec<i64>| {
        if !codes.is_empty() {
            let codes: Vec<String> = codes.iter().map(i64::to_string).collect();
            all.push(Condition { field, sql: format!("{column} IN ({})", codes.join(", ")) });
        }
    };
    one_of("states", "state", filter.states.iter().copied().map(class::code).collect());
    one_of("standings", "standing", filter.standings.iter().copied().map(class::standing_code).collect());
    one_of("models", "model", codes(connection, &filter.models)?);
    one_of("hosts", "host", codes(connection, &filter.hosts)?);
    one_of("upstreams", "upstream", codes(connection, &filter.upstreams)?);
    one_of("keys", "key", filter.keys.iter().map(|key| key.0).collect());
    one_of("dialects", "dialect", codes(connection, &filter.dialects)?);
    one_of("kinds", "kind", codes(connection, &filter.kinds)?);
    one_of("languages", "language", codes(connection, &filter.languages)?);
    if filter.flags != 0 || filter.without_flags != 0 {
        let (with, without) = (clock::signed(filter.flags), clock::signed(filter.without_flags));
        let sql = format!("(flags & {with} = {with} AND flags & {without} = 0)");
        all.push(Condition { field: "flags", sql });
    }
    if let Some(least) = filter.rating_from {
        all.push(Condition { field: "rating_from", sql: format!("rating >= {least}") });
    }
    if let Some(edited) = filter.edited {
        all.push(Condition { field: "edited", sql: format!("edited = {}", i64::from(edited)) });
    }
    Ok(all)
}

/// The numbers of words. One that never occurred matches nothing.
fn codes(connection: &Connection, words: &[String]) -> Result<Vec<i64>, Error> {
    words.iter().map(|word| Ok(known_word(connection, word)?.unwrap_or(-1))).collect()
}

fn tagged(connection: &Connection, tag: &str) -> Result<Vec<i64>, Error> {
    let mut find = connection.prepare_cached("SELECT thread FROM tags WHERE tag = ?1 ORDER BY thread")?;
    let found = find.query_map([tag], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn alike(connection: &Connection, like: ThreadId) -> Result<Vec<i64>, Error> {
    let cluster: Option<i64> = connection
        .query_row("SELECT cluster FROM threads WHERE id = ?1", [like.0], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(cluster) = cluster else { return Ok(vec![like.0]) };
    let mut find = connection.prepare_cached("SELECT id FROM threads WHERE cluster = ?1 ORDER BY id")?;
    let found = find.query_map([cluster], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}
