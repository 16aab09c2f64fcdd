//! Pages of the list.
//!
//! A page is looked for where it is found soonest. Where few conversations can match, they are looked up and put in
//! order. Else the list's own order is followed; if after some thousands of rows the page is still not full, what
//! matches is rare or lies far away: then common words are gathered, and the classes are asked one by one.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use rusqlite::{Connection, params};

use super::moment::Moment;
use super::narrow::{Entry, Narrowed};
use super::rows::Rows;
use super::sizes::Sizes;
use super::walk::ENTRY;
use super::{Conversations, PageOf, Sort, ThreadPage};
use crate::Error;

/// With more classes than this, asking each takes longer than going through the whole list.
const CLASSES: usize = 20_000;

/// The best rating.
const BEST: u8 = 5;

/// A place in the list: the value it is in the order of, and the conversation's id.
type Place = (i64, i64);

impl Conversations {
    /// A page of the list.
    ///
    /// # Errors
    ///
    /// [`Error::BadPlace`] when `after` is none that this order gave; when the database fails.
    pub async fn page(&self, of: PageOf) -> Result<ThreadPage, Error> {
        let sizes = self.sizes;
        self.reader.read(move |connection| page(connection, &of, sizes)).await
    }
}

fn page(connection: &Connection, of: &PageOf, sizes: Sizes) -> Result<ThreadPage, Error> {
    let limit = usize::try_from(of.limit.clamp(1, 500)).unwrap_or(500);
    let moment = Moment::of(connection)?;
    let narrowed = Narrowed::new(&moment, &of.filter, sizes)?;
    let mut list =
        List { connection: &moment, narrowed, order: Order::of(of.sort), limit, found: Vec::new() };
    let after = of.after.as_deref().map(|after| Cursor::parse(after, of.sort)).transpose()?;
    let last = match of.sort {
        Sort::Rating => list.by_rating(after)?,
        Sort::Newest | Sort::Oldest | Sort::Longest => {
            list.fill(after.map(|after| after.place))?;
            0
        }
    };
    let next = list.found.last().filter(|_| list.found.len() == limit);
    let next = next.map(|place| Cursor { rating: last, place: *place }.text(of.sort));
    let ids: Vec<i64> = list.found.iter().map(|(_, id)| *id).collect();
    Ok(ThreadPage { rows: Rows::new(&moment)?.all(&ids)?, next })
}

/// Where a page ended.
#[derive(Clone, Copy)]
struct Cursor {
    rating: u8,
    place: Place,
}

impl Cursor {
    fn text(self, sort: Sort) -> String {
        let (value, id) = self.place;
        format!("{}.{}.{value:x}.{id:x}", mark(sort), self.rating)
    }

    fn parse(text: &str, sort: Sort) -> Result<Self, Error> {
        let bad = || Error::BadPlace(text.to_owned());
        let fields: Vec<&str> = text.split('.').collect();
        let [of, rating, value, id] = fields[..] else { return Err(bad()) };
        if of != mark(sort) {
            return Err(bad());
        }
        let number = |field| u64::from_str_radix(field, 16).map(u64::cast_signed).map_err(|_| bad());
        Ok(Self { rating: rating.parse().map_err(|_| bad())?, place: (number(value)?, number(id)?) })
    }
}

fn mark(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "n",
        Sort::Oldest => "o",
        Sort::Longest => "l",
        Sort::Rating => "r",
    }
}

/// What the list is in the order of.
#[derive(Clone, Copy)]
struct Order {
    column: &'static str,
    index: &'static str,
    down: bool,
}

impl Order {
    fn of(sort: Sort) -> Self {
        match sort {
            Sort::Newest | Sort::Rating => Self { column: "last_ms", index: "threads_last", down: true },
            Sort::Oldest => Self { column: "last_ms", index: "threads_last", down: false },
            Sort::Longest => Self { column: "chars", index: "threads_longest", down: true },
        }
    }

    /// The place before all others.
    fn start(self) -> Place {
        if self.down { (i64::MAX, i64::MAX) } else { (i64::MIN, i64::MIN) }
    }

    fn before(self, a: Place, b: Place) -> bool {
        if self.down { a > b } else { a < b }
    }

    /// The end of a statement that goes on behind the place of `?1` and `?2`.
    fn behind(self) -> String {
        let Self { column, down, .. } = self;
        let (sign, way) = if down { ("<", "DESC") } else { (">", "ASC") };
        format!("({column}, id) {sign} (?1, ?2) ORDER BY {column} {way}, id {way}")
    }
}

struct List<'a> {
    connection: &'a Connection,
    narrowed: Narrowed,
    order: Order,
    limit: usize,
    found: Vec<Place>,
}

impl List<'_> {
    /// One rating after the other, the best first. The rating of the last row.
    fn by_rating(&mut self, after: Option<Cursor>) -> Result<u8, Error> {
        let classes = match self.narrowed.classes.take() {
            Some(classes) => classes,
            None => all_classes(self.connection)?,
        };
        let from = after.map_or(BEST, |after| after.rating.min(BEST));
        for rating in (0..=from).rev() {
            let rated = classes.iter().filter(|(_, of)| **of == rating).map(|(id, of)| (*id, *of)).collect();
            self.narrowed.classes = Some(rated);
            let behind = after.filter(|after| after.rating == rating).map(|after| after.place);
            self.fill(behind)?;
            if self.found.len() == self.limit {
                return Ok(rating);
            }
        }
        Ok(0)
    }

    /// Fills the page from behind a place on.
    fn fill(&mut self, after: Option<Place>) -> Result<(), Error> {
        let after = after.unwrap_or(self.order.start());
        if self.narrowed.within.as_ref().is_some_and(|within| within.len() <= self.narrowed.sizes.few) {
            return self.look_up(after);
        }
        let ways = self.narrowed.classes.as_ref().map_or(usize::MAX, HashMap::len);
        if ways == 0 {
            return Ok(());
        }
        let Some(left_at) = self.follow(after, self.narrowed.sizes.patience)? else { return Ok(()) };
        self.narrowed.gather(self.connection)?;
        if self.narrowed.within.as_ref().is_some_and(|within| within.len() <= self.narrowed.sizes.many) {
            return self.look_up(left_at);
        }
        if ways <= CLASSES {
            return self.ask_classes(left_at);
        }
        self.follow(left_at, usize::MAX).map(|_| ())
    }

    /// Looks every conversation up that can match.
    fn look_up(&mut self, after: Place) -> Result<(), Error> {
        let mut found = BTreeSet::new();
        let Order { column, .. } = self.order;
        let mut find = self
            .connection
            .prepare_cached(&format!("SELECT {ENTRY}, {column} FROM threads WHERE id = ?1"))?;
        for id in self.narrowed.within.as_deref().unwrap_or_default() {
            let mut rows = find.query([id])?;
            let Some(row) = rows.next()? else { continue };
            let (entry, value): (_, i64) = (Entry::read(row)?, row.get(4)?);
            if self.order.before(after, (value, *id)) && self.narrowed.admits(self.connection, entry)? {
                found.insert((value, *id));
            }
        }
        let found: Vec<Place> = found.into_iter().collect();
        let limit = self.limit - self.found.len();
        if self.order.down {
            self.found.extend(found.into_iter().rev().take(limit));
        } else {
            self.found.extend(found.into_iter().take(limit));
        }
        Ok(())
    }

    /// Goes through the list in its order. Gives the place at which patience ended, if it did: that with the rows, or
    /// that with asking for common words.
    fn follow(&mut self, after: Place, patience: usize) -> Result<Option<Place>, Error> {
        let Order { column, index, .. } = self.order;
        let mut sql =
            format!("SELECT {ENTRY}, {column} FROM threads INDEXED BY {index} WHERE {}", self.bounds());
        let _ = write!(sql, " {}", self.order.behind());
        let mut list = self.connection.prepare_cached(&sql)?;
        let mut rows = list.query([after.0, after.1])?;
        let (mut seen, mut asked) = (0, 0);
        while self.found.len() < self.limit
            && let Some(row) = rows.next()?
        {
            let entry = Entry::read(row)?;
            let place = (row.get(4)?, entry.id);
            if self.narrowed.fits(entry) {
                asked += usize::from(self.narrowed.asks_each());
                if self.narrowed.says(self.connection, entry.id)? {
                    self.found.push(place);
                }
            }
            seen += 1;
            if seen == patience || asked == self.narrowed.sizes.asked {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// Takes the first of each class and keeps the best of all.
    fn ask_classes(&mut self, after: Place) -> Result<(), Error> {
        let classes = self.narrowed.classes.as_ref();
        let limit = self.limit - self.found.len();
        let order = self.order;
        let sql = format!(
            "SELECT {ENTRY}, {} FROM threads INDEXED BY {} WHERE class = ?3 AND {} {}",
            order.column,
            self.index_of_class(),
            self.bounds(),
            order.behind()
        );
        let mut of_class = self.connection.prepare_cached(&sql)?;
        let mut best: Vec<Place> = Vec::new();
        for class in classes.into_iter().flat_map(HashMap::keys) {
            let mut rows = of_class.query(params![after.0, after.1, class])?;
            while let Some(row) = rows.next()? {
                let entry = Entry::read(row)?;
                let place = (row.get(4)?, entry.id);
                if best.len() == limit && !best.last().is_some_and(|last| order.before(place, *last)) {
                    break;
                }
                if self.narrowed.fits_in_class(entry) {
                    let at = best.partition_point(|known| order.before(*known, place));
                    best.insert(at, place);
                    best.truncate(limit);
                }
            }
        }
        self.found.extend(best);
        Ok(())
    }

    /// The index in which the conversations of one class are in the list's order.
    fn index_of_class(&self) -> &'static str {
        match self.order.column {
            "chars" => "threads_class_longest",
            _ => "threads_class",
        }
    }

    /// What is outside of the moments need not be gone through.
    fn bounds(&self) -> String {
        let moments = self.narrowed.moments();
        let mut bounds = String::new();
        if moments.start != i64::MIN {
            let _ = write!(bounds, "last_ms >= {} AND ", moments.start);
        }
        if moments.end != i64::MAX {
            let _ = write!(bounds, "last_ms < {} AND ", moments.end);
        }
        bounds
    }
}

fn all_classes(connection: &Connection) -> Result<HashMap<i64, u8>, Error> {
    let mut find = connection.prepare_cached("SELECT id, rating FROM classes WHERE threads > 0")?;
    let found = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
