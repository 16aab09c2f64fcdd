//! The one form in which readers of all dialects and writers of all formats meet.

use postern_store::Standing;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What was said, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Conversation {
    /// What kind of exchange it was.
    pub kind: Kind,
    /// The model that answered, or that was asked where none did.
    pub model: String,
    /// Functions the model was offered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// The turns, oldest first; the answer is the last of them, if there was one.
    pub turns: Vec<Turn>,
    /// Further answers to the same turns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// How the answer was to be sampled and formed, in the words of the request (`temperature`, `response_format`, …).
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// How the answer ended.
    pub standing: Standing,
    /// Why, in the provider's own word; empty where it said none.
    pub finish: String,
    /// What went wrong, in the words of whoever said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What kind of exchange it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A conversation.
    #[default]
    Chat,
    /// Texts to vectors.
    Embedding,
    /// Documents put in order: one user turn with the query and one part for each document, one answer with the scores.
    Rerank,
    /// A picture for a text.
    Image,
    /// Speech for a text, or a text for speech.
    Audio,
    /// Anything else; it is kept, and not read.
    Other,
}

/// Who speaks, by the word that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions.
    System,
    /// Instructions of the program that asks.
    Developer,
    /// The human or the program that asks.
    User,
    /// The model; `model` in Google's words.
    Assistant,
    /// The result of a call.
    Tool,
}

/// Something that was said by one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// Who.
    pub role: Role,
    /// The speaker's name, where several share a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What. Empty for an answer that says nothing.
    pub parts: Vec<Part>,
    /// Whether a trainer learns this turn, if somebody decided that; else models learn the assistant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<bool>,
}

/// A piece of a turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = ConversationPart)]
pub enum Part {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// What the model thought.
    Reasoning {
        /// The thought; empty when it is sealed.
        text: String,
        /// The provider's seal on it, or the whole of it when it is sealed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seal: Option<String>,
    },
    /// The model declined.
    Refusal {
        /// Its words.
        text: String,
    },
    /// A picture.
    Image {
        /// Where it is.
        source: Source,
    },
    /// A recording.
    Audio {
        /// Where it is.
        source: Source,
        /// What is said in it, as far as somebody wrote that down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
    },
    /// A moving picture.
    Video {
        /// Where it is.
        source: Source,
    },
    /// Any other file.
    File {
        /// Where it is.
        source: Source,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// A call the model made.
    ToolCall {
        /// Its id; empty where the dialect has none.
        #[serde(default)]
        id: String,
        /// The function's name.
        name: String,
        /// The arguments as they were said: JSON text, as a rule.
        arguments: String,
    },
    /// What a call gave back.
    ToolResult {
        /// The call's id; empty where the dialect has none.
        #[serde(default)]
        call_id: String,
        /// The function's name, where it is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What came.
        #[schema(no_recursion)]
        parts: Vec<Part>,
        /// Whether the call failed, where the dialect has a word for that.
        #[serde(default)]
        failed: bool,
    },
    /// A source of the answer, in the provider's own form.
    Citation {
        /// As it came.
        #[schema(value_type = Object)]
        raw: Value,
    },
    /// Something that has no word here, in the provider's own form.
    Other {
        /// As it came.
        #[schema(value_type = Object)]
        raw: Value,
    },
}

/// Where the bytes of a picture, recording or file are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MediaSource)]
pub enum Source {
    /// In the store's media, by the hash of the bytes.
    Media {
        /// SHA-256, in hexadecimal.
        sha256: String,
        /// The media type; empty when nobody said.
        mime: String,
        /// How many bytes.
        bytes: u64,
    },
    /// At an address.
    Url(String),
    /// At the provider, by its id.
    FileId(String),
}

/// A function the model may call, in one shape for all dialects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON schema of its arguments; `None` for a tool of the provider's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<Value>,
}

/// Another answer to the turns before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alternative {
    /// How many turns it answers.
    pub at: usize,
    /// The answer.
    pub turn: Turn,
    /// Why it ended, in the provider's own word.
    #[serde(default)]
    pub finish: String,
}
