//! Anthropic's Messages, both ways: request bytes become a [`chat::Request`] and answers the bytes the official API would
//! send; a canonical request becomes a body for a provider of this dialect, and the provider's bytes become events.
//!
//! Pure and synchronous. The forms are those of `anthropic-version: 2023-06-01`, with what was added to it since.
//! Pictures and sound that a model made have no place in this dialect's answers and are left out of them.
//!
//! [`chat::Request`]: crate::chat::Request

mod ask;
mod blocks;
mod content;
mod count;
mod date;
mod decode;
mod error;
mod facts;
mod models;
mod names;
mod read;
mod stream;
#[cfg(test)]
mod tests;
mod thinking;
mod tools;
mod turns;
mod whole;

pub use ask::ask;
pub use count::{ask_count, decode_count, encode_count, estimate, read_count};
pub use decode::{MessagesCall, decode};
pub use error::{encode_error, read_error};
pub use facts::Facts;
pub use models::{Listed, Listing, encode_model, encode_models, read_models};
pub use names::Names;
pub use read::{Reader, read_whole};
pub use stream::Writer;

use serde::Serialize;

/// The value as JSON text. Everything this dialect sends is made of structs and of values that were JSON before, for
/// which serialising has no way to fail.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
