//! How many conversations match, and how often each value occurs among them.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::class::{self, Class};
use super::narrow::{Condition, Narrowed};
use super::sizes::Sizes;
use super::{Conversations, Facet, FacetValue, Filter};
use crate::{Error, clock};

/// So many values of a field are told.
const VALUES: usize = 200;

impl Conversations {
    /// How many conversations match.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn count(&self, filter: Filter) -> Result<u64, Error> {
        let sizes = self.sizes;
        self.long.read(move |connection| count(connection, &filter, sizes)).await
    }

    /// How often each value of `states`, `standings`, `models`, `hosts`, `upstreams`, `keys`, `dialects`, `kinds`,
    /// `languages`, `flags` and `tags` occurs among the conversations that match.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn facets(&self, filter: Filter) -> Result<Vec<Facet>, Error> {
        let sizes = self.sizes;
        self.long.read(move |connection| facets(connection, &filter, sizes)).await
    }
}

fn count(connection: &Connection, filter: &Filter, sizes: Sizes) -> Result<u64, Error> {
    let moment = connection.unchecked_transaction()?;
    let mut narrowed = Narrowed::new(&moment, filter, sizes)?;
    if narrowed.by_class_only() {
        let all = where_all(&narrowed);
        let sql = format!("SELECT coalesce(sum(threads), 0) FROM classes WHERE {all}");
        return Ok(clock::unsigned(moment.prepare_cached(&sql)?.query_row([], |row| row.get(0))?));
    }
    if narrowed.by_set_only() && filter.ids.is_empty() {
        narrowed.gather(&moment)?;
        return Ok(narrowed.within.map_or(0, |within| within.len() as u64));
    }
    if narrowed.by_index_only() {
        return narrowed.count(&moment);
    }
    let mut count = 0;
    narrowed.visit(&moment, |_| count += 1)?;
    Ok(count)
}

fn where_all(narrowed: &Narrowed) -> String {
    let all: Vec<&str> = narrowed.conditions.iter().map(|condition| condition.sql.as_str()).collect();
    if all.is_empty() { "TRUE".to_owned() } else { all.join(" AND ") }
}

fn facets(connection: &Connection, filter: &Filter, sizes: Sizes) -> Result<Vec<Facet>, Error> {
    let moment = connection.unchecked_transaction()?;
    let mut narrowed = Narrowed::new(&moment, filter, sizes)?;
    // The classes are asked about one by one below, so that each field can leave itself out.
    let matching = narrowed.classes.take();
    let within = match narrowed.by_class_only() {
        true => None,
        false => Some(by_class(&moment, &mut narrowed)?),
    };
    let mut tally = Tally::default();
    tally.classes(&moment, &narrowed, within.as_ref())?;
    let mut facets = tally.named(&moment)?;
    narrowed.classes = matching;
    facets.push(Facet { field: "tags".to_owned(), values: tags(&moment, &narrowed)? });
    Ok(facets)
}

fn by_class(connection: &Connection, narrowed: &mut Narrowed) -> Result<HashMap<i64, u64>, Error> {
    if narrowed.by_index_only() && narrowed.moments() == (i64::MIN..i64::MAX) {
        return narrowed.count_by_class(connection);
    }
    let mut counts = HashMap::new();
    narrowed.visit(connection, |entry| *counts.entry(entry.class).or_default() += 1)?;
    Ok(counts)
}

/// Counts by the number of a value.
type Counts = HashMap<i64, u64>;

/// The fields whose values are numbers of words, in the order of [`Tally::words`].
const WORDS: [&str; 6] = ["models", "hosts", "upstreams", "dialects", "kinds", "languages"];

#[derive(Default)]
struct Tally {
    states: Counts,
    standings: Counts,
    keys: Counts,
    flags: Counts,
    words: [Counts; 6],
}

impl Tally {
    /// Takes in every class: for a field in which it alone fails the filter, or for all fields.
    fn classes(
        &mut self,
        connection: &Connection,
        narrowed: &Narrowed,
        within: Option<&HashMap<i64, u64>>,
    ) -> Result<(), Error> {
        let holds: String =
            narrowed.conditions.iter().map(|condition| format!(", {}", condition.sql)).collect();
        let select = format!("SELECT {}, id, threads{holds} FROM classes", class::COLUMNS);
        match within {
            // Each of a few is found sooner than all are gone through.
            Some(counts) if counts.len() <= narrowed.sizes.classes => {
                let mut one = connection.prepare_cached(&format!("{select} WHERE id = ?1"))?;
                for (class, count) in counts {
                    if let Some(row) = one.query([class])?.next()? {
                        self.class(row, *count, &narrowed.conditions)?;
                    }
                }
            }
            _ => {
                let mut all = connection.prepare_cached(&format!("{select} WHERE threads > 0"))?;
                let mut rows = all.query([])?;
                while let Some(row) = rows.next()? {
                    let count = match within {
                        Some(counts) => counts.get(&row.get(12)?).copied().unwrap_or_default(),
                        None => clock::unsigned(row.get(13)?),
                    };
                    self.class(row, count, &narrowed.conditions)?;
                }
            }
        }
        Ok(())
    }

    /// Takes in one of them, with so many conversations that count. Whether it meets each condition stands at the end of
    /// its row.
    fn class(&mut self, row: &Row<'_>, count: u64, conditions: &[Condition]) -> Result<(), Error> {
        if count == 0 {
            return Ok(());
        }
        let mut failing = Vec::new();
        for (at, condition) in conditions.iter().enumerate() {
            if !row.get::<_, bool>(14 + at)? {
                failing.push(condition.field);
            }
        }
        if failing.len() <= 1 {
            self.add(&Class::read(row, 0)?, count, failing.first().copied());
        }
        Ok(())
    }

    fn add(&mut self, class: &Class, count: u64, only: Option<&str>) {
        let counts = |field: &str| only.is_none_or(|only| only == field);
        let add = |field: &str, tally: &mut Counts, value: i64| {
            if counts(field) {
                *tally.entry(value).or_default() += count;
            }
        };
        add("states", &mut self.states, class::code(class.state));
        add("standings", &mut self.standings, class::standing_code(class.standing));
        if class.key != 0 {
            add("keys", &mut self.keys, class.key);
        }
        for bit in (0..64).filter(|bit| class.flags & (1 << bit) != 0) {
            add("flags", &mut self.flags, bit);
        }
        let words = [class.model, class.host, class.upstream, class.dialect, class.kind, class.language];
        for ((field, tally), word) in WORDS.iter().zip(&mut self.words).zip(words) {
            // What has no value cannot be chosen.
            if word != 0 {
                add(field, tally, word);
            }
        }
    }

    fn named(self, connection: &Connection) -> Result<Vec<Facet>, Error> {
        let mut word = connection.prepare_cached("SELECT word FROM words WHERE id = ?1")?;
        let mut facets = vec![
            facet("states", self.states, |code| Ok(name(&class::state(code))))?,
            facet("standings", self.standings, |code| Ok(name(&class::standing(code))))?,
            facet("keys", self.keys, |key| Ok(key.to_string()))?,
            facet("flags", self.flags, |bit| Ok(bit.to_string()))?,
        ];
        for (field, counts) in WORDS.iter().zip(self.words) {
            facets.push(facet(field, counts, |id| Ok(word.query_row([id], |row| row.get(0))?))?);
        }
        Ok(facets)
    }
}

/// The word by which a state or standing is known outside.
fn name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        // Both are enums of plain words.
        _ => String::new(),
    }
}

fn facet(
    field: &str,
    counts: Counts,
    mut name: impl FnMut(i64) -> Result<String, Error>,
) -> Result<Facet, Error> {
    let mut counts: Vec<(i64, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
    counts.truncate(VALUES);
    let values = counts.into_iter().map(|(value, count)| Ok(FacetValue { value: name(value)?, count }));
    Ok(Facet { field: field.to_owned(), values: values.collect::<Result<_, Error>>()? })
}

fn tags(connection: &Connection, narrowed: &Narrowed) -> Result<Vec<FacetValue>, Error> {
    let all = narrowed.classes.is_none() && narrowed.by_class_only();
    let mut counts: HashMap<String, u64> = HashMap::new();
    if all {
        let mut find = connection.prepare_cached("SELECT tag, count(*) FROM tags GROUP BY tag")?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            counts.insert(row.get(0)?, clock::unsigned(row.get(1)?));
        }
    } else {
        let mut find = connection.prepare_cached(
            "SELECT id, class, last_ms, tokens, tag FROM tags CROSS JOIN threads ON threads.id = tags.thread",
        )?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            if narrowed.admits(connection, super::narrow::Entry::read(row)?)? {
                *counts.entry(row.get(4)?).or_default() += 1;
            }
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    counts.truncate(VALUES);
    Ok(counts.into_iter().map(|(value, count)| FacetValue { value, count }).collect())
}
