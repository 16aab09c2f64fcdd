//! Reads exchanges: bytes of any dialect become a [`Conversation`].
//!
//! Whatever came in pieces is put together first, to the answer as it had come in one; then one reader for each dialect
//! reads both, and the turns of the request in the same way. So an answer is the same however it came, and the same when
//! a client sends it back.

mod arts;
mod body;
mod chat;
mod chat_stream;
mod coding;
mod completions;
mod detect;
mod ending;
mod gemini;
mod interactions;
mod messages;
mod ollama;
mod page;
mod responses;
mod responses_stream;
mod scribe;
mod sharegpt;
mod sharegpt_files;
mod value;
mod vectors;

use postern_store::{Ended, Exchange, Standing};
use serde::{Deserialize, Serialize};

use body::{Answer, Form, Request};
pub use coding::decoded;
pub use page::Counted;
use page::Page;
pub use scribe::Media;
use scribe::Scribe;

use crate::{Conversation, Kind};

/// The words in which an exchange was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// OpenAI's Chat Completions.
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// OpenAI's older Completions.
    Completions,
    /// Anthropic's Messages.
    Messages,
    /// Google's generateContent.
    Gemini,
    /// Google's Interactions.
    Interactions,
    /// Ollama's chat.
    OllamaChat,
    /// Ollama's generate.
    OllamaGenerate,
    /// Texts to vectors, in any dialect.
    Embeddings,
    /// Documents put in order.
    Rerank,
    /// Pictures, made or changed.
    Images,
    /// Speech for a text.
    Speech,
    /// The text of a recording.
    Transcription,
    /// A row of a file that was imported.
    Sharegpt,
}

impl Dialect {
    /// Its name, as it is stored and filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Completions => "completions",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
            Self::Interactions => "interactions",
            Self::OllamaChat => "ollama_chat",
            Self::OllamaGenerate => "ollama_generate",
            Self::Embeddings => "embeddings",
            Self::Rerank => "rerank",
            Self::Images => "images",
            Self::Speech => "speech",
            Self::Transcription => "transcription",
            Self::Sharegpt => "sharegpt",
        }
    }

    /// What kind of exchange is held in it.
    pub fn kind(self) -> Kind {
        match self {
            Self::Chat
            | Self::Responses
            | Self::Completions
            | Self::Messages
            | Self::Gemini
            | Self::Interactions
            | Self::OllamaChat
            | Self::OllamaGenerate
            | Self::Sharegpt => Kind::Chat,
            Self::Embeddings => Kind::Embedding,
            Self::Rerank => Kind::Rerank,
            Self::Images => Kind::Image,
            Self::Speech | Self::Transcription => Kind::Audio,
        }
    }
}

/// What one exchange says.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The words it was held in.
    pub dialect: Dialect,
    /// What was said.
    pub conversation: Conversation,
    /// How many of the turns were sent; the rest is the answer.
    pub asked: usize,
    /// The provider's id of the answer, by which a later request may continue it.
    pub answer_id: Option<String>,
    /// The provider's id of what this one continues. The turns before are not in it.
    pub continues: Option<String>,
    /// The provider's id of the conversation in which it was said. The turns before are not in it either.
    pub kept_in: Option<String>,
    /// Tokens, as far as the provider counted them.
    pub counted: Counted,
    /// Whether something was there that could not be read.
    pub unreadable: bool,
}

/// Reads an exchange; `None` for one that is no conversation, such as a list of models. Files in it go to `media`.
pub fn read(exchange: &Exchange, media: &mut dyn Media) -> Option<Read> {
    let request = Request::of(exchange);
    let answer = Answer::of(exchange);
    let dialect = detect::dialect(&exchange.method, &exchange.path, &request, &answer)?;
    let mut scribe = Scribe::new(media);
    let mut page = page_of(dialect, exchange, &request, &answer, &mut scribe);
    let mut unreadable = scribe.damaged || !request.whole;
    if exchange.status >= 400 {
        let plain = if let Form::Bytes(bytes) = &answer.form { bytes.as_slice() } else { &[] };
        ending::of_status(&mut page, answer.first(), plain);
    } else {
        let foreign = matches!(&answer.form, Form::Bytes(_)) && dialect.speaks_json();
        // What was cut on the way is no riddle.
        unreadable |= foreign || !answer.whole && exchange.ended == Ended::Whole;
    }
    ending::settle(&mut page, exchange, matches!(answer.form, Form::Pieces(_)));
    // An answer that says nothing is one, and none at all is a riddle.
    let silent = page.asked == page.conversation.turns.len() && page.conversation.standing == Standing::Ok;
    unreadable |= silent;
    page.conversation.kind = dialect.kind();
    if page.conversation.model.is_empty() {
        exchange.server.model.clone_into(&mut page.conversation.model);
    }
    Some(Read {
        dialect,
        conversation: page.conversation,
        asked: page.asked,
        answer_id: page.answer_id,
        continues: page.continues,
        kept_in: page.kept_in,
        counted: page.counted,
        unreadable,
    })
}

impl Dialect {
    /// Whether its answers are JSON, whole or in pieces.
    fn speaks_json(self) -> bool {
        !matches!(self, Self::Speech | Self::Transcription | Self::Images)
    }
}

fn page_of(
    dialect: Dialect,
    exchange: &Exchange,
    request: &Request<'_>,
    answer: &Answer,
    scribe: &mut Scribe<'_>,
) -> Page {
    match dialect {
        Dialect::Chat => chat::read(request, answer, scribe),
        Dialect::Responses => responses::read(request, answer, scribe),
        Dialect::Messages => messages::read(request, answer, scribe),
        Dialect::Gemini => gemini::read(&exchange.path, request, answer, scribe),
        Dialect::Completions => completions::read(request, answer, scribe),
        Dialect::Interactions => interactions::read(request, answer, scribe),
        Dialect::OllamaChat => ollama::chat(request, answer, scribe),
        Dialect::OllamaGenerate => ollama::generate(request, answer, scribe),
        Dialect::Embeddings => vectors::embeddings(&exchange.path, request, answer, scribe),
        Dialect::Rerank => vectors::rerank(request, answer, scribe),
        Dialect::Images => arts::images(request, answer, scribe),
        Dialect::Speech => arts::speech(request, answer, scribe),
        Dialect::Transcription => arts::transcription(request, answer, scribe),
        Dialect::Sharegpt => sharegpt::read(request, scribe),
    }
}

#[cfg(test)]
pub(crate) mod tests;
