//! Conversations to files that trainers load.
//!
//! [`Spec`] says what and how. A conversation is made ready for a row ([`sample`]): calls understood and paired with
//! their results, thoughts and instructions as wished. A form ([`target`]) makes the row and checks it by the rules of
//! whoever loads it. What fails is left out with a [`Code`] and a word on where, never bent until it fits.

mod calls;
mod columnar;
mod error;
mod fault;
#[cfg(test)]
mod golden;
mod items;
mod jobs;
mod maker;
mod origin;
mod preview;
mod redaction;
mod repair;
mod run;
mod sample;
mod spec;
mod stored;
mod target;
#[cfg(test)]
mod tests;
mod tools;
mod write;

pub use error::Error;
pub use fault::{Code, Dropped};
pub use jobs::{Job, JobState, Jobs};
pub use origin::{Origin, Preference, RawExchange, Record};
pub use preview::{Preview, preview};
pub use run::{Tally, Watch};
pub use spec::{
    Duplicates, FileFormat, Part, Preset, Reasoning, Results, Spec, Split, System, Tools, VERSION,
};
pub use stored::Stored;
pub use write::{Summary, Written, export};

/// A moment as RFC 3339 writes it; empty for one that has no such form.
fn moment(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|moment| moment.to_string()).unwrap_or_default()
}
