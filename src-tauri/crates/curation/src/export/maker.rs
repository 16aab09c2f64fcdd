//! One conversation after the other becomes rows, or is left out. Writing and looking ahead do the same.

use std::collections::{BTreeMap, HashSet};

use postern_store::{Alike, Likeness, ThreadId, ThreadRow};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Error;
use super::fault::{Code, Dropped, Fault};
use super::items::items;
use super::origin::{Origin, Pictures, Record};
use super::redaction::{Redaction, word};
use super::sample::{Media, json};
use super::spec::{Duplicates, Part, Spec, Task};
use super::target::{self, Item, Needs};
use crate::conversation::{Part as Piece, Role, Source};

/// The longest a sample in `invalid.jsonl` gets, in characters.
const SAMPLE_CHARS: usize = 4000;

/// A row, ready to be written.
pub(crate) struct Made {
    pub(crate) part: Part,
    pub(crate) row: Value,
    /// The same as JSON, where it was needed to tell rows apart.
    pub(crate) line: Option<String>,
    /// Facts of the conversation, for forms that have columns for them; else nothing.
    pub(crate) about: Value,
    /// Pictures and recordings it names, by hash and media type.
    pub(crate) media: Vec<(String, String)>,
}

/// What became of a conversation.
pub(crate) enum Outcome {
    Row(Box<Made>),
    Dropped(Dropped),
    /// It was not meant.
    PassedOver,
}

/// Makes rows.
pub(crate) struct Maker<'a> {
    spec: &'a Spec,
    redaction: Option<Redaction>,
    /// What was made unreadable, by kinds.
    pub(crate) redactions: BTreeMap<String, u64>,
    /// Conversations of which a better one says the same, in order.
    doubles: Vec<ThreadId>,
    /// Rows that were made, by hash. Of a million rows two that differ have the same one once in 30 million exports.
    made: HashSet<u64>,
}

/// All conversations of which a better one says the same, in order.
fn doubles(by: Likeness, origin: &mut dyn Origin) -> Result<Vec<ThreadId>, Error> {
    let mut doubles = Vec::new();
    let mut best = None;
    let mut after = None;
    loop {
        let piece = origin.alike(by, after)?;
        after = piece.last().copied();
        if after.is_none() {
            doubles.sort_unstable();
            return Ok(doubles);
        }
        doubles.extend(piece.into_iter().filter_map(|one| worse(one, &mut best)));
    }
}

impl<'a> Maker<'a> {
    /// Looks through the conversations for what says the same, when that is wished. At most so many rows are expected.
    pub(crate) fn new(spec: &'a Spec, origin: &mut dyn Origin, rows: u64) -> Result<Self, Error> {
        let doubles = match spec.duplicates {
            Duplicates::Keep => Vec::new(),
            Duplicates::Exact => doubles(Likeness::Exact, origin)?,
            Duplicates::Near => doubles(Likeness::Near, origin)?,
        };
        let redaction = spec.redaction.clone().map(Redaction::new);
        let mut maker = Self { spec, redaction, redactions: BTreeMap::new(), doubles, made: HashSet::new() };
        if maker.tells_rows_apart() {
            // All of it at once: a table that grows is there twice meanwhile.
            maker.made.reserve(usize::try_from(rows).unwrap_or_default());
        }
        Ok(maker)
    }

    /// Whether rows that are the same are left out. An exchange as it was is never another's.
    fn tells_rows_apart(&self) -> bool {
        self.spec.duplicates != Duplicates::Keep && self.spec.preset.task() != Task::Whole
    }

    /// What becomes of one.
    pub(crate) fn take(
        &mut self,
        mut record: Record,
        origin: &mut dyn Origin,
    ) -> Result<Vec<Outcome>, Error> {
        if let Some(redaction) = &self.redaction {
            let (clean, found) = redaction.clean(&mut record);
            if let Err(fault) = clean {
                // What was to stay in the house is not written beside the rows either.
                return Ok(vec![left_out(&record, fault, String::new())]);
            }
            for kind in found {
                *self.redactions.entry(word(kind)).or_default() += 1;
            }
        }
        self.make(&record, origin)
    }

    fn make(&mut self, record: &Record, origin: &mut dyn Origin) -> Result<Vec<Outcome>, Error> {
        if self.spec.calls_only && !ends_with_call(record) {
            return Ok(vec![Outcome::PassedOver]);
        }
        if self.doubles.binary_search(&record.row.id).is_ok() {
            let fault = Fault::new(Code::Dup, "a better rated or older conversation says the same");
            return Ok(vec![dropped(record, fault)]);
        }
        if self.spec.preset.task() == Task::Whole {
            return self.raw(record, origin);
        }
        let made = items(record, self.spec);
        if made.is_empty() {
            return Ok(vec![Outcome::PassedOver]);
        }
        let outcome = |made: Result<Item, Fault>| {
            let row = made.and_then(|item| self.row(item, record, origin));
            row.unwrap_or_else(|fault| dropped(record, fault))
        };
        Ok(made.into_iter().map(outcome).collect())
    }

    fn row(&mut self, item: Item, record: &Record, origin: &dyn Origin) -> Result<Outcome, Fault> {
        let media = if let Item::Turns(sample)
        | Item::Labelled(sample, _)
        | Item::Pair { prompt: sample, .. } = &item
        {
            sample.media().filter_map(stored).collect()
        } else {
            Vec::new()
        };
        let shelf = Pictures(origin);
        let needs = Needs { preset: self.spec.preset, results: self.spec.results, shelf: &shelf };
        let row = target::row(item, &needs)?;
        let line = self.tells_rows_apart().then(|| json(&row));
        if line.as_ref().is_some_and(|line| !self.made.insert(u64::from_le_bytes(hash(&[line.as_bytes()])))) {
            return Err(Fault::new(Code::Dup, "another row is the same"));
        }
        let part = part_of(self.spec, &record.row);
        let about = if self.spec.tells_about() { about(&record.row) } else { Value::Null };
        Ok(Outcome::Row(Box::new(Made { part, row, line, about, media })))
    }

    fn raw(&mut self, record: &Record, origin: &mut dyn Origin) -> Result<Vec<Outcome>, Error> {
        let Some(raw) = origin.raw(record.row.leaf)? else {
            return Ok(vec![dropped(record, Fault::new(Code::Empty, "its exchange is no longer there"))]);
        };
        let body = |bytes: &[u8]| {
            serde_json::from_slice(bytes)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
        };
        let row = json!({
            "id": record.row.id.0.to_string(),
            "host": raw.host,
            "path": raw.path,
            "status": raw.status,
            "request": body(&raw.request),
            "response": body(&raw.response),
        });
        let part = part_of(self.spec, &record.row);
        Ok(vec![Outcome::Row(Box::new(Made {
            part,
            row,
            line: None,
            about: Value::Null,
            media: Vec::new(),
        }))])
    }
}

/// Which of two that say the same is left out: the worse rated, then the later one. The best of the group is kept in mind.
fn worse(one: Alike, best: &mut Option<Alike>) -> Option<ThreadId> {
    match best {
        Some(known) if known.group == one.group && known.rating >= one.rating => Some(one.id),
        Some(known) if known.group == one.group => Some(std::mem::replace(known, one).id),
        _ => {
            *best = Some(one);
            None
        }
    }
}

fn ends_with_call(record: &Record) -> bool {
    let last = record.conversation.turns.iter().rfind(|turn| turn.role == Role::Assistant);
    let is_last = record.conversation.turns.last().map(|turn| turn.role) == Some(Role::Assistant);
    is_last && last.is_some_and(|turn| turn.parts.iter().any(|part| matches!(part, Piece::ToolCall { .. })))
}

fn stored(media: &Media) -> Option<(String, String)> {
    match &media.source {
        Source::Media { sha256, mime, .. } => Some((sha256.clone(), mime.clone())),
        Source::Url(_) | Source::FileId(_) => None,
    }
}

fn dropped(record: &Record, fault: Fault) -> Outcome {
    let sample = json(&record.conversation).chars().take(SAMPLE_CHARS).collect();
    left_out(record, fault, sample)
}

fn left_out(record: &Record, fault: Fault, sample: String) -> Outcome {
    let id = record.row.id.0.to_string();
    Outcome::Dropped(Dropped { id, code: fault.code, detail: fault.detail, sample })
}

/// The part a conversation belongs to. What parted from another belongs where that does: they begin alike.
fn part_of(spec: &Spec, row: &ThreadRow) -> Part {
    let root = row.parent.unwrap_or(row.id);
    let hash = hash(&[&spec.split.seed.to_le_bytes(), &root.0.to_le_bytes()]);
    let place = u16::from_le_bytes([hash[0], hash[1]]) % 100;
    let test = u16::from(spec.split.test);
    match place {
        place if place < test => Part::Test,
        place if place < test + u16::from(spec.split.validation) => Part::Validation,
        _ => Part::Train,
    }
}

/// The first 64 bits of SHA-256.
fn hash(parts: &[&[u8]]) -> [u8; 8] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let whole = hash.finalize();
    std::array::from_fn(|at| whole[at])
}

fn about(row: &ThreadRow) -> Value {
    json!({
        "id": row.id.0.to_string(),
        "meta": {
            "model": row.facts.model,
            "host": row.host,
            "created_at": super::moment(row.began_ms),
            "tokens_in": row.facts.tokens_in,
            "tokens_out": row.facts.tokens_out,
            "rating": row.rating,
            "tags": row.tags,
        },
    })
}
