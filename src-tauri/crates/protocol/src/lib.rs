//! The words of the house: the canonical chat types, the dialect codecs that turn bytes into them and
//! back, account states, what a look at the site's page found, ids and [`Secret`].
//!
//! In come bytes of a dialect, out come [`chat::Request`] and, the other way, [`chat::Event`]s become
//! bytes again. Everything here is pure: no I/O, no clock, no randomness, no async runtime.

pub mod account;
pub mod anthropic;
pub mod blocks;
pub mod chat;
pub mod dialect;
pub mod embedding;
mod field;
pub mod form;
pub mod gemini;
mod id;
mod media;
pub mod mime;
pub mod names;
pub mod openai;
pub mod page;
pub mod rerank;
mod secret;
pub mod sources;
pub mod sse;

pub use id::RequestId;
pub use secret::Secret;
