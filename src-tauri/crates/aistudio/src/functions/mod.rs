//! Functions that the model may call: how they are offered, and how calls come back as the caller declared them.
//!
//! In come the functions of a request with their JSON schemas; out come declarations that the site's editor takes
//! ([`Declared`], [`clean_schema`]) or a description in words ([`described`]), and a way back for the names and
//! arguments of calls. What is asked of an answer, and whether it does it, is in [`Offer`].

mod declared;
mod described;
mod flat;
mod offer;
mod reader;
mod schema;
mod shape;

pub(crate) use declared::Declared;
pub(crate) use offer::Offer;
pub use offer::ToolSetting;
pub(crate) use reader::{Piece, Reader};
pub(crate) use schema::{Cleaned, clean_schema};
pub(crate) use shape::Shape;

/// The element in which calls are written where the model has no other way to make them.
pub(crate) const CALL_TAG: &str = "tool_call";

#[cfg(test)]
mod tests;
