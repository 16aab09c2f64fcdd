//! Which conversation an exchange belongs to.

use rusqlite::{Connection, Row, params};

use super::derived::{Derived, Prefix, Standing};
use crate::{Error, clock};

/// So many conversations that begin alike are looked at, the latest first.
const CANDIDATES: i64 = 32;

/// Where an exchange belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It continues this conversation, whose turns are the first `known` of its own.
    Grows { thread: i64, known: usize },
    /// This conversation says all of it already.
    Known { thread: i64 },
    /// It parts from this conversation after so many turns.
    Parts { from: i64, at: usize },
    /// It begins a conversation.
    Begins,
}

/// What an exchange is linked by.
pub(crate) struct Beginning<'a> {
    pub(crate) prefixes: &'a [Prefix],
    pub(crate) asked: usize,
    pub(crate) instructions: i64,
}

/// A conversation that begins like the exchange.
struct Candidate {
    thread: i64,
    tip: Vec<u8>,
    tip_asked: Vec<u8>,
    tip_failed: bool,
    instructions: i64,
}

impl<'a> Beginning<'a> {
    pub(crate) fn of(derived: &'a Derived) -> Self {
        let prefixes = derived.prefixes.as_slice();
        let asked = derived.asked.min(prefixes.len());
        Self { prefixes, asked, instructions: derived.instructions.cast_signed() }
    }

    /// The hash of all that was said; all zeros when nothing was.
    pub(crate) fn tip(&self) -> Prefix {
        self.prefixes.last().copied().unwrap_or_default()
    }

    /// The hash of what was asked.
    pub(crate) fn tip_asked(&self) -> Prefix {
        self.asked.checked_sub(1).and_then(|last| self.prefixes.get(last)).copied().unwrap_or_default()
    }

    /// Finds the longest beginning that is known by the rules of this version.
    pub(crate) fn place(&self, connection: &Connection, version: u32) -> Result<Place, Error> {
        let mut find = connection.prepare_cached(
            "SELECT t.id, t.tip, t.tip_asked, t.tip_failed, t.instructions
             FROM links l JOIN threads t ON t.id = l.thread
             WHERE l.hash = ?1 AND l.version = ?2 ORDER BY l.thread DESC LIMIT ?3",
        )?;
        for known in (1..=self.prefixes.len()).rev() {
            let hash = self.prefixes[known - 1];
            // Instructions behind it say nothing more; before the first word there is nothing to know.
            let repeated = self.prefixes.get(known) == Some(&hash);
            if repeated || hash == Prefix::default() {
                continue;
            }
            let candidates: Vec<Candidate> = find
                .query_map(params![hash, version, CANDIDATES], Candidate::read)?
                .collect::<Result<_, _>>()?;
            let places = candidates.iter().filter_map(|candidate| self.with(candidate, known));
            if let Some((_, place)) = places.min_by_key(|(rank, _)| *rank) {
                return Ok(place);
            }
        }
        Ok(Place::Begins)
    }

    /// What the exchange is to a conversation that has its first `known` turns too, and how well that fits: 0 is best.
    fn with(&self, candidate: &Candidate, known: usize) -> Option<(u8, Place)> {
        let hash = self.prefixes[known - 1];
        let thread = candidate.thread;
        let at_tip = candidate.tip == hash;
        let same = candidate.instructions == self.instructions;
        let all = known == self.prefixes.len();
        let grows = Place::Grows { thread, known };
        // What failed is tried again, however much of an answer there was.
        if candidate.tip_failed && candidate.tip_asked == hash && hash == self.tip_asked() {
            return Some((if same { 0 } else { 3 }, grows));
        }
        if same {
            return Some(match (all, at_tip) {
                (true, _) => (0, Place::Known { thread }),
                (false, true) => (1, grows),
                (false, false) => (2, Place::Parts { from: thread, at: known }),
            });
        }
        // The same question under other instructions is another conversation; one that has an answer goes on.
        (!all && self.said(known) > 1).then_some(match at_tip {
            true => (4, grows),
            false => (5, Place::Parts { from: thread, at: known }),
        })
    }

    /// How many of the first turns are no instructions.
    fn said(&self, known: usize) -> usize {
        let mut last = Prefix::default();
        let mut said = 0;
        for hash in &self.prefixes[..known] {
            said += usize::from(*hash != last);
            last = *hash;
        }
        said
    }
}

impl Candidate {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            thread: row.get(0)?,
            tip: row.get(1)?,
            tip_asked: row.get(2)?,
            tip_failed: row.get(3)?,
            instructions: row.get(4)?,
        })
    }
}

/// Whether an end means that the answer is to be had by asking again.
pub(crate) fn failed(standing: Standing) -> bool {
    match standing {
        Standing::ClientAbort | Standing::UpstreamError | Standing::Blocked => true,
        Standing::Ok | Standing::Truncated => false,
    }
}

/// Leaves word of how far the conversation is now.
pub(crate) fn leave_links(
    connection: &Connection,
    thread: i64,
    beginning: &Beginning<'_>,
    version: u32,
) -> Result<(), Error> {
    let mut add = connection.prepare_cached(
        "INSERT INTO links (hash, thread, turns, version) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET turns = excluded.turns, version = excluded.version",
    )?;
    let ends = [(beginning.tip_asked(), beginning.asked), (beginning.tip(), beginning.prefixes.len())];
    for (hash, turns) in ends.into_iter().filter(|(hash, _)| *hash != Prefix::default()) {
        add.execute(params![hash, thread, count(turns), version])?;
    }
    Ok(())
}

/// A number of turns, as the tables have it.
pub(crate) fn count(turns: usize) -> i64 {
    clock::signed(turns as u64)
}
