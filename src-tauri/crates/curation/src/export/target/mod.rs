//! The forms: what is ready for a row becomes one, and the rules of whoever loads it are checked.

mod alpaca;
mod chatml;
mod columns;
mod llama_factory;
mod markdown;
mod merge;
mod messages;
mod rerank;
mod swift;
#[cfg(test)]
mod tests;

use postern_protocol::mime::{end_of, is_media, usual};
use serde_json::Value;

use super::fault::{Code, Fault};
use super::sample::{Media, Message, Sample};
use super::spec::{Preset, Results};
use crate::conversation::{Conversation, Source};

pub(crate) use columns::{Column, columns};

/// What a row is made of.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A conversation.
    Turns(Sample),
    /// A conversation without its end, and a better and a worse end.
    Pair { prompt: Sample, chosen: Message, rejected: Message },
    /// A conversation that is good or bad.
    Labelled(Sample, bool),
    /// A question with documents.
    Ranking(Conversation),
}

/// What rows need to know beside what is in them.
pub(crate) struct Needs<'a> {
    pub(crate) preset: Preset,
    pub(crate) results: Results,
    pub(crate) shelf: &'a dyn Shelf,
}

/// Where pictures and recordings are.
pub(crate) trait Shelf {
    /// Whether the store has it.
    fn has(&self, sha256: &str) -> bool;
    /// Its bytes.
    fn bytes(&self, sha256: &str) -> Option<Vec<u8>>;
}

impl Needs<'_> {
    /// The place of a picture or recording within the data set.
    fn file(&self, media: &Media) -> Result<String, Fault> {
        match &media.source {
            Source::Media { sha256, mime, .. } if self.shelf.has(sha256) => Ok(file_name(sha256, mime)),
            Source::Media { sha256, .. } => {
                Err(Fault::new(Code::Media, format!("the file {sha256} is no longer there")))
            }
            Source::Url(_) => {
                Err(Fault::new(Code::Media, "only an address of a picture or recording was recorded"))
            }
            Source::FileId(_) => {
                Err(Fault::new(Code::Media, "a picture or recording is only at the provider"))
            }
        }
    }

    /// The address of a picture: its bytes as a `data:` address, or where it is on the web.
    fn address(&self, media: &Media) -> Result<String, Fault> {
        match &media.source {
            Source::Url(address) => Ok(address.clone()),
            Source::Media { sha256, mime, .. } => {
                let bytes = self.shelf.bytes(sha256).ok_or_else(|| {
                    Fault::new(Code::Media, format!("the file {sha256} is no longer there"))
                })?;
                use base64::Engine as _;
                Ok(format!("data:{mime};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
            }
            Source::FileId(_) => {
                Err(Fault::new(Code::Media, "a picture or recording is only at the provider"))
            }
        }
    }
}

/// The name of a picture or recording in the data set.
pub(crate) fn file_name(sha256: &str, mime: &str) -> String {
    let mime = usual(mime);
    let extension = end_of(&mime).filter(|_| is_media(&mime)).unwrap_or("bin");
    format!("media/{sha256}.{extension}")
}

/// The row, by the rules of whoever loads it.
pub(crate) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    match needs.preset {
        Preset::LlamaFactory | Preset::LlamaFactoryDpo | Preset::LlamaFactoryKto => {
            llama_factory::row(item, needs)
        }
        Preset::LlamaFactoryAlpaca => alpaca::row(item, needs),
        Preset::MsSwift => swift::row(item, needs),
        Preset::MsSwiftReranker => rerank::row(item),
        Preset::Chatml => chatml::row(item),
        Preset::Markdown => markdown::row(item, needs),
        Preset::Trl
        | Preset::TrlDpo
        | Preset::TrlKto
        | Preset::Axolotl
        | Preset::Openai
        | Preset::OpenaiDpo
        | Preset::Together
        | Preset::Fireworks
        | Preset::Mistral => messages::row(item, needs),
        // An exchange is a row without being read.
        Preset::Raw => Err(misplaced()),
    }
}

/// What a preset does not take.
fn misplaced() -> Fault {
    Fault::new(Code::Schema, "this form has no place for it")
}

/// Thoughts before what is said, in the words of most templates.
fn with_thoughts(message: &Message, said: String) -> String {
    if message.reasoning.is_empty() {
        return said;
    }
    format!("<think>\n{}\n</think>\n\n{said}", message.reasoning)
}
