//! The OpenAI dialect: request bytes of Chat Completions, and of the routes for speech and pictures, become a
//! [`chat::Request`]; events and whole completions become the bytes the official API would send, failures
//! become its error object.
//!
//! Pure and synchronous. Answers follow the official OpenAPI document; what it has no place for goes
//! into fields that clients of compatible servers know (`reasoning_content`, `images`).
//!
//! [`chat::Request`]: crate::chat::Request

mod answer;
mod ask;
mod completions;
mod content;
mod decode;
mod embeddings;
mod encode;
mod error;
mod message;
mod models;
mod picture;
mod provider;
mod read;
mod rerank;
mod responses;
mod seals;
mod sound;
mod speech;
mod stream;
#[cfg(test)]
mod tests;
mod tools;
mod transcript;
mod trouble;
mod wishes;

use crate::{field, media};

pub use ask::{Habits, ask};
pub use completions::{CompletionsCall, decode_completions};
pub use decode::{ChatCall, decode};
pub use embeddings::{
    EmbeddingsCall, VectorForm, ask_embeddings, decode_embeddings, encode_embeddings, read_embeddings,
};
pub use encode::encode_completion;
pub use error::{ErrorBody, ErrorType, encode_error};
pub use models::{Model, encode_model, encode_models};
pub use picture::{ImageCall, decode_images, encode_images};
pub use read::{ChatReader, read_models, read_whole};
pub use rerank::{ask_rerank, decode_rerank, encode_rerank, read_rerank};
pub use responses::{ResponsesCall, decode_responses};
pub use sound::{Sound, UnknownSound};
pub use speech::{SpeechCall, decode_speech};
pub use stream::StreamEncoder;
pub use transcript::{Hearing, TranscriptCall, decode_transcript, form_model};
pub use trouble::read_error;
pub use wishes::SoundForm;

pub(crate) use picture::{aspect_ratio, image_size};

use serde::Serialize;

pub use crate::dialect::Stamp;

impl Stamp {
    fn completion_id(&self) -> String {
        format!("chatcmpl-{}", self.id)
    }

    fn audio_id(&self) -> String {
        format!("audio-{}", self.id)
    }
}

/// The value as JSON text. Everything this dialect sends is made of structs and of values that were JSON
/// before, for which serialising has no way to fail.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
