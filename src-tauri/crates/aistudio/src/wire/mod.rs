//! The site's wire formats: bytes of an answer become canonical events, bytes of the model list become
//! [`Model`]s, errors become failures. Pure, and indifferent to where a network chunk ends.

mod answer;
mod code;
mod error;
mod frames;
mod grounding;
mod loose;
mod models;
mod sent;

pub use answer::Answer;
pub use error::{Status, failure_of};
pub use frames::Splitter;
pub use models::{Capabilities, Capability, Model, parse_models};
pub use sent::Sent;
