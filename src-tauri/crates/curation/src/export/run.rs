//! From the first conversation to the last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::Error;
use super::fault::{Code, Dropped};
use super::maker::{Made, Maker, Outcome};
use super::origin::Origin;
use super::spec::{Part, Spec};

/// How many became rows, and how many did not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// Conversations that were looked at.
    pub conversations: u64,
    /// Conversations that were not meant: without a call where only those with one were, or without two answers.
    pub passed_over: u64,
    /// Rows in each part.
    pub rows: BTreeMap<Part, u64>,
    /// What was left out, by codes.
    pub dropped: BTreeMap<Code, u64>,
    /// What was made unreadable, by kinds.
    pub redactions: BTreeMap<String, u64>,
    /// How many rows for training the service takes at least, where there are fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_rows: Option<u64>,
}

impl Tally {
    /// Rows in all parts together.
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// How far an export is, and whether it goes on.
pub trait Watch {
    /// So many conversations of all are done.
    fn reached(&self, done: u64, of: u64);
    /// Whether somebody called it off.
    fn called_off(&self) -> bool;
}

/// Nobody watches, and it can be called off.
impl Watch for CancellationToken {
    fn reached(&self, _done: u64, _of: u64) {}

    fn called_off(&self) -> bool {
        self.is_cancelled()
    }
}

/// Where rows go.
pub(crate) trait Sink {
    fn row(&mut self, made: Made, origin: &dyn Origin) -> Result<(), Error>;
    fn dropped(&mut self, dropped: Dropped) -> Result<(), Error>;
}

/// Hands every row to the sink.
pub(crate) fn run(
    spec: &Spec,
    origin: &mut dyn Origin,
    watch: &dyn Watch,
    sink: &mut dyn Sink,
) -> Result<Tally, Error> {
    if let Some(wrong) = spec.wrong() {
        return Err(Error::Spec(wrong));
    }
    let mut tally = Tally { rows: Part::ALL.map(|part| (part, 0)).into(), ..Tally::default() };
    let most = spec.max_records.unwrap_or(u64::MAX);
    let all = origin.count()?;
    let mut maker = Maker::new(spec, origin, all.min(most))?;
    let mut after = None;
    'all: loop {
        let records = origin.records(after)?;
        let Some(last) = records.last() else { break };
        after = Some(last.row.id);
        for record in records {
            if watch.called_off() {
                return Err(Error::Cancelled);
            }
            tally.conversations += 1;
            for outcome in maker.take(record, origin)? {
                match outcome {
                    Outcome::PassedOver => tally.passed_over += 1,
                    Outcome::Dropped(dropped) => {
                        *tally.dropped.entry(dropped.code).or_default() += 1;
                        sink.dropped(dropped)?;
                    }
                    Outcome::Row(made) => {
                        *tally.rows.entry(made.part).or_default() += 1;
                        sink.row(*made, origin)?;
                        if tally.total() >= most {
                            break 'all;
                        }
                    }
                }
            }
            watch.reached(tally.conversations, all);
        }
    }
    tally.redactions = maker.redactions;
    let training = tally.rows.get(&Part::Train).copied().unwrap_or_default();
    tally.least_rows = spec.preset.least_rows().filter(|least| training < *least);
    Ok(tally)
}
