//! A look ahead: the same as an export, and nothing is written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Error;
use super::fault::{Code, Dropped};
use super::maker::Made;
use super::origin::Origin;
use super::run::{Sink, Tally, Watch, run};
use super::spec::Spec;

/// How many rows are shown.
const ROWS: usize = 5;
/// How many are shown of what is left out, for each code.
const EXAMPLES: usize = 3;

/// What an export would write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// How many rows in all.
    pub would_write: u64,
    /// How many in each part, and how many are left out.
    pub tally: Tally,
    /// Some of what is left out, by codes.
    pub examples: BTreeMap<Code, Vec<Dropped>>,
    /// The first rows.
    #[schema(value_type = Vec<Object>)]
    pub first: Vec<Value>,
}

/// What an export would write.
///
/// # Errors
///
/// When the specification cannot be followed, the store fails, or it is called off.
pub fn preview(spec: &Spec, origin: &mut dyn Origin, watch: &dyn Watch) -> Result<Preview, Error> {
    let mut preview = Preview::default();
    preview.tally = run(spec, origin, watch, &mut preview)?;
    preview.would_write = preview.tally.total();
    Ok(preview)
}

impl Sink for Preview {
    fn row(&mut self, made: Made, _origin: &dyn Origin) -> Result<(), Error> {
        if self.first.len() < ROWS {
            self.first.push(made.row);
        }
        Ok(())
    }

    fn dropped(&mut self, dropped: Dropped) -> Result<(), Error> {
        let examples = self.examples.entry(dropped.code).or_default();
        if examples.len() < EXAMPLES {
            examples.push(dropped);
        }
        Ok(())
    }
}
