//! Google's dialect, `generateContent`, both ways: request bytes become a [`chat::Request`] and events the bytes that the
//! official API would send; a [`chat::Request`] becomes the body for a provider, and the provider's bytes become events.
//!
//! Pure and synchronous. The wire is that of <https://ai.google.dev/api/generate-content>, as of `v1beta`.
//!
//! [`chat::Request`]: crate::chat::Request

mod ask;
mod back;
mod contents;
mod counts;
mod decode;
mod embeddings;
mod failure;
mod finish;
mod grounding;
mod models;
mod read;
mod route;
mod schema;
mod speak;
#[cfg(test)]
mod tests;
mod thinking;
mod toolbox;
mod values;
pub(crate) mod words;
mod write;

pub use ask::{Facts, ask, ask_count, fetches};
pub use back::Back;
pub use counts::{encode_count, read_count};
pub use decode::{GenerateCall, decode, decode_count};
pub use embeddings::{
    ask_embeddings, decode_batch_embed, decode_embed, encode_batch_embed, encode_embed, read_embeddings,
};
pub use failure::{encode_error, encode_refusal, read_error, status, word};
pub use models::{Model, ModelPage, encode_model, encode_models, read_models};
pub use read::{Reader, Reading, read_whole};
pub use route::Method;
pub use schema::{Acceptor, clean};
pub use write::StreamShape;
