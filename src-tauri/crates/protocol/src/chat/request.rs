use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::dialect::Signature;

/// One chat request, whatever dialect it came in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model as the caller named it: an id or `upstream/id`.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// How the answer is sampled.
    pub sampling: Sampling,
    /// How much the model should think; `None` leaves it to the model.
    pub effort: Option<Effort>,
    /// Functions that the model may call.
    pub tools: Vec<Tool>,
    /// Whether it must, may or must not call them.
    pub tool_choice: ToolChoice,
    /// Whether several calls may come in one answer.
    pub parallel_tool_calls: Option<bool>,
    /// The provider's own tools, which it runs itself.
    pub provider_tools: ProviderTools,
    /// How many alternative answers are wanted; `None` means one.
    pub candidates: Option<u32>,
    /// The form the answer must have.
    pub response_format: ResponseFormat,
    /// What else the answer shall be like.
    pub wishes: Wishes,
    /// Files for the last user turn, given outside the messages (`attachments`).
    pub attachments: Vec<Attachment>,
    /// An MCP server that may execute tool calls (`mcp_endpoint`).
    pub mcp_endpoint: Option<String>,
    /// Who the end user is, as the caller says (`user`).
    pub user: Option<String>,
    /// Every field that no other member of this type holds, as it came.
    pub extra: Map<String, Value>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions; the `developer` role of newer clients means the same.
    System,
    /// The human or the program that asks.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The speaker's name, where several share a role.
    pub name: Option<String>,
    /// What is said; empty for a message without content and calls.
    pub parts: Vec<Part>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// What the model thought before it answered.
    Reasoning {
        /// The text of the thought.
        text: String,
    },
    /// The model declined.
    Refusal {
        /// Its words.
        text: String,
    },
    /// The provider's seal on the part before it.
    Signature(Signature),
    /// A thought that only its provider can read, sealed as a whole.
    Sealed(Signature),
    /// A picture.
    Image {
        /// Where its bytes are.
        source: Source,
        /// `low`, `high` or `auto`.
        detail: Option<String>,
    },
    /// A recording.
    Audio {
        /// Where its bytes are.
        source: Source,
    },
    /// A moving picture.
    Video {
        /// Where its bytes are.
        source: Source,
    },
    /// Any other file.
    File {
        /// Where its bytes are.
        source: Source,
        /// Its name.
        name: Option<String>,
    },
    /// A call the model made.
    ToolCall(ToolCall),
    /// What a call gave back.
    ToolResult {
        /// The call's id.
        call_id: String,
        /// The result as text. Media of a result are parts of the same message, after it.
        text: String,
        /// Whether the call failed, as far as the dialect has a word for that.
        failed: bool,
    },
}

/// Where the bytes of a picture, recording or file are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In the request itself.
    Data {
        /// Media type, for example `image/png`; `None` when the caller did not say.
        mime: Option<String>,
        /// The bytes in base64.
        base64: String,
    },
    /// At an address: `https:`, `http:`, `file:` or a path.
    Url(String),
    /// At the provider, by its id.
    FileId(String),
}

/// A file given beside the messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where its bytes are.
    pub source: Source,
    /// Its name.
    pub name: Option<String>,
}

/// A call of a function by the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Identifies the call within the conversation.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments as JSON text, exactly as they were said.
    pub arguments: String,
}

/// A function that the model may call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// The JSON schema of its arguments; `None` for a function without any.
    pub parameters: Option<Value>,
    /// Whether the arguments must follow the schema to the letter.
    pub strict: Option<bool>,
    /// The MCP server that runs it (`x-mcp-endpoint`), where the caller says so.
    pub mcp_endpoint: Option<String>,
}

/// Whether the model calls tools.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolChoice {
    /// As it sees fit.
    #[default]
    Auto,
    /// Never.
    None,
    /// At least one.
    Required,
    /// This one.
    Named(String),
}

/// The form of the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Free text.
    #[default]
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON that follows a schema.
    JsonSchema {
        /// The schema's name.
        name: String,
        /// The schema.
        schema: Value,
        /// Whether it must be followed to the letter.
        strict: bool,
    },
}

/// How much the model should think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Not at all, or as little as the model allows.
    None,
    /// The least thinking level.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as the model likes.
    Unlimited,
    /// At most this many tokens.
    Budget(u32),
}

/// How the answer is sampled. `None` leaves a setting to the model's default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 to 2.
    pub temperature: Option<f64>,
    /// 0 to 1.
    pub top_p: Option<f64>,
    /// At least 1.
    pub top_k: Option<u32>,
    /// Most tokens to produce, thinking included. `max_tokens`, `max_completion_tokens` and
    /// `max_output_tokens` all mean this.
    pub max_tokens: Option<u32>,
    /// Texts at which the answer ends. Empty: none.
    pub stop: Vec<String>,
    /// Makes answers repeatable where the provider can.
    pub seed: Option<i64>,
    /// -2 to 2.
    pub presence_penalty: Option<f64>,
    /// -2 to 2.
    pub frequency_penalty: Option<f64>,
    /// Token id to bias, -100 to 100. Empty: none.
    pub logit_bias: Map<String, Value>,
    /// Whether the caller wants log probabilities.
    pub logprobs: Option<bool>,
    /// How many alternatives per token, 0 to 20.
    pub top_logprobs: Option<u8>,
}

impl Message {
    /// A message of one text part.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self { role, name: None, parts: vec![Part::Text { text: text.into() }] }
    }

    /// Its text parts, joined by line breaks. Reasoning, media and calls are left out.
    pub fn plain_text(&self) -> String {
        let texts: Vec<&str> = self
            .parts
            .iter()
            .filter_map(|part| if let Part::Text { text } = part { Some(text.as_str()) } else { None })
            .collect();
        texts.join("\n")
    }
}

/// Tools that the provider runs itself, as asked for. `None` leaves a tool to the owner's settings; `Some(false)` forbids it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTools {
    /// Search of the web.
    pub search: Option<bool>,
    /// Reading of the addresses in the prompt.
    pub url_context: Option<bool>,
    /// Running of code.
    pub code_execution: Option<bool>,
    /// Maps and places.
    pub maps: Option<bool>,
}

/// Wishes for an answer beyond how it is sampled. What is absent is left to the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Wishes {
    /// Whether the caller wants the model's thinking told; thinking itself is [`Request::effort`].
    pub include_thoughts: Option<bool>,
    /// How strictly harm is filtered, at most once per kind.
    pub safety: Vec<Safety>,
    /// How finely pictures and videos are looked at.
    pub media_resolution: Option<MediaResolution>,
    /// What the answer may consist of. Empty: text.
    pub modalities: Vec<Modality>,
    /// For pictures: sides, for example `16:9`.
    pub aspect_ratio: Option<String>,
    /// For pictures: size, for example `2K`.
    pub image_size: Option<String>,
    /// For speech: the voice's name.
    pub voice: Option<String>,
    /// The voice is one that clients of the dialect name by habit: where it is unknown, the model's own speaks.
    pub voice_by_habit: bool,
}

/// How strictly one kind of harm is filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safety {
    /// The kind.
    pub harm: Harm,
    /// From which probability on it is withheld.
    pub block: BlockFrom,
}

/// A kind of harm that providers filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// Harassment.
    Harassment,
    /// Hate speech.
    Hate,
    /// Sexual content.
    Sexual,
    /// Dangerous content.
    Dangerous,
}

/// From which probability of harm on an answer is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockFrom {
    /// Low and above: the strictest.
    Low,
    /// Medium and above.
    Medium,
    /// High only.
    High,
    /// Nothing is withheld, but it is still rated.
    None,
    /// The filter is off.
    Off,
}

/// How finely pictures and videos are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaResolution {
    /// Few tokens.
    Low,
    /// Some.
    Medium,
    /// Many.
    High,
}

/// What an answer may consist of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Text.
    Text,
    /// Pictures.
    Image,
    /// Speech.
    Audio,
}
