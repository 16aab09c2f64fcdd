//! Requests that a provider gets as they came: what a client of the provider's own dialect asks is handed on byte for
//! byte, and so is the answer.

use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, StatusCode};
use postern_protocol::RequestId;
use postern_protocol::chat::{Failure, FailureKind};

use crate::Principal;

/// What a client asks for, as far as it decides who can be asked by bytes and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// OpenAI's `POST /chat/completions`.
    Chat,
    /// OpenAI's `POST /responses`.
    Responses,
    /// OpenAI's `POST /completions`.
    Completions,
    /// OpenAI's `POST /embeddings`.
    Embeddings,
    /// `POST /rerank`, as several servers of OpenAI's dialect have it.
    Rerank,
    /// OpenAI's `POST /moderations`.
    Moderations,
    /// OpenAI's `POST /audio/speech`.
    Speech,
    /// OpenAI's `POST /audio/transcriptions`, a form with a file.
    Transcriptions,
    /// OpenAI's `POST /audio/translations`, a form with a file.
    Translations,
    /// OpenAI's `POST /images/generations`.
    Images,
    /// OpenAI's `POST /images/edits`, a form with files.
    ImageEdits,
    /// OpenAI's `POST /images/variations`, a form with a file.
    ImageVariations,
    /// Anthropic's `POST /v1/messages`.
    Messages,
    /// Anthropic's `POST /v1/messages/count_tokens`.
    CountTokens,
    /// Gemini's `POST …:generateContent` and `…:streamGenerateContent`.
    Generate {
        /// Whether the answer comes in pieces.
        stream: bool,
        /// Whether the pieces are server-sent events (`alt=sse`) and not one JSON array.
        sse: bool,
    },
    /// Gemini's `POST …:countTokens`.
    CountGemini,
    /// Gemini's `POST …:embedContent` and `…:batchEmbedContents`.
    EmbedGemini {
        /// Whether several contents are asked for at once.
        batch: bool,
    },
}

impl Operation {
    /// Whether the model is named in the body, and not in the address.
    pub(crate) fn names_its_model(self) -> bool {
        !matches!(self, Self::Generate { .. } | Self::CountGemini | Self::EmbedGemini { .. })
    }

    /// Whether a model answers a conversation.
    pub fn is_conversation(self) -> bool {
        matches!(
            self,
            Self::Chat | Self::Responses | Self::Completions | Self::Messages | Self::Generate { .. }
        )
    }
}

/// A request on its way to a provider, as it came.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Names the request in logs.
    pub id: RequestId,
    /// Who asks.
    pub principal: Principal,
    /// What is asked for.
    pub operation: Operation,
    /// The upstream's own id of the model. Where the body names another one, an alias or `upstream/id`, the upstream
    /// puts this one in its place and changes no other byte.
    pub model: String,
    /// The client's headers, all of them: the upstream picks those that the provider is to see, and no credential is
    /// ever among them.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// The bytes of an answer as they come. Dropping it before its end stops the work at the provider.
pub type ByteStream = BoxStream<'static, Result<Bytes, Failure>>;

/// What a provider answered.
pub struct Passage {
    /// Its status. Also one of refusal: what another key or a later try would not change is handed on as it was said.
    pub status: StatusCode,
    /// Its headers, without those that concern one connection only.
    pub headers: HeaderMap,
    /// The name of the account that was asked.
    pub account: String,
    /// Its body. A failure in it says that the answer broke off.
    pub body: ByteStream,
}

/// What an upstream says that hands nothing on.
pub(crate) fn not_passed(upstream: &str) -> Failure {
    let message = format!("{upstream} takes no requests in their own bytes.");
    Failure::new(FailureKind::BadRequest, message)
}
