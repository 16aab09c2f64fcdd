//! Recordings that are to be written down: the forms of `POST /v1/audio/transcriptions` and `…/translations` become a
//! conversation with a model that hears.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::error::ErrorBody;
use super::to_json;
use crate::chat::{self, Completion, Event, Failure, Message, Part, Role, Sampling, Source, Usage};
use crate::dialect::{AnswerForm, AnswerWriter, Asked, Dialect, Stamp};
use crate::field::{Read, invalid};
use crate::form::{FormField, fields};

/// What is to be done with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// It is written down in its own language.
    Transcribe,
    /// It is written down in English.
    Translate,
}

/// A decoded form.
#[derive(Clone, Debug, PartialEq)]
pub struct TranscriptCall {
    /// What is asked, as a conversation.
    pub request: chat::Request,
    /// Whether the text comes in pieces.
    pub stream: bool,
    /// Whether the answer is the bare text, not JSON.
    pub plain: bool,
}

impl From<TranscriptCall> for Asked {
    fn from(call: TranscriptCall) -> Self {
        let form = TranscriptForm { plain: call.plain };
        Self { request: call.request, stream: call.stream, form: Box::new(form) }
    }
}

/// Reads a form. What has to do with the moments at which words are said is refused: no model here tells them.
///
/// # Errors
///
/// A [`crate::chat::FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_transcript(
    hearing: Hearing,
    content_type: &str,
    body: &[u8],
) -> Result<TranscriptCall, Failure> {
    let form = fields(content_type, body)
        .ok_or_else(|| invalid("file", "The body must be a form with a file (multipart/form-data)."))?;
    let text = |name: &str| {
        let found = form.iter().find(|field| field.name == name).map(|field| field.bytes);
        found.map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned()).filter(|text| !text.is_empty())
    };
    let file = form.iter().find(|field| field.name == "file").ok_or_else(|| missing("file"))?;
    let model = text("model").ok_or_else(|| missing("model"))?;
    let plain = match text("response_format").as_deref() {
        None | Some("json") => false,
        Some("text") => true,
        Some(other) => return Err(untold(other)),
    };
    if form.iter().any(|field| field.name.starts_with("timestamp_granularities")) {
        return Err(invalid(
            "timestamp_granularities",
            "No model here tells at which moment words are said.",
        ));
    }
    let temperature = text("temperature").map(|text| temperature(&text)).transpose()?;
    let parts = vec![
        Part::Text { text: instruction(hearing, text("language"), text("prompt")) },
        Part::Audio { source: recording(file)? },
    ];
    let request = chat::Request {
        model,
        messages: vec![Message { role: Role::User, name: None, parts }],
        sampling: Sampling { temperature, ..Sampling::default() },
        ..chat::Request::default()
    };
    Ok(TranscriptCall { request, stream: text("stream").is_some_and(|text| text == "true"), plain })
}

/// The model that a form asks for; `None` when the body is no form, or names none.
pub fn form_model(content_type: &str, body: &[u8]) -> Option<String> {
    let form = fields(content_type, body)?;
    let model = form.iter().find(|field| field.name == "model")?;
    let model = String::from_utf8_lossy(model.bytes).trim().to_owned();
    (!model.is_empty()).then_some(model)
}

fn missing(name: &str) -> Failure {
    invalid(name, format!("The form has no field '{name}'."))
}

fn untold(format: &str) -> Failure {
    let shown: String = format.chars().take(40).collect();
    let message = format!("'response_format' must be 'json' or 'text' for this model, but is '{shown}'.");
    invalid("response_format", message)
}

fn temperature(text: &str) -> Read<f64> {
    let number = text.parse().ok().filter(|number| (0.0..=2.0).contains(number));
    number.ok_or_else(|| invalid("temperature", "'temperature' must be a number from 0 to 2."))
}

fn instruction(hearing: Hearing, language: Option<String>, prompt: Option<String>) -> String {
    let mut text = match hearing {
        Hearing::Transcribe => {
            "Write down what is said in this recording, word for word, in the language in which it is \
                                said. Answer with these words only."
                .to_owned()
        }
        Hearing::Translate => {
            "Write down in English what is said in this recording. Answer with the translation only."
                .to_owned()
        }
    };
    if let Some(language) = language {
        text += &format!(" The language of the recording is: {language}.");
    }
    if let Some(prompt) = prompt {
        text += &format!(" This came before it, or tells how words in it are spelled: {prompt}");
    }
    text
}

fn recording(file: &FormField<'_>) -> Read<Source> {
    if file.bytes.is_empty() {
        return Err(invalid("file", "The file is empty."));
    }
    let said = file.mime.as_deref().filter(|mime| mime.starts_with("audio/") || mime.starts_with("video/"));
    let ending =
        file.file_name.as_deref().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let mime = match (said, ending.to_ascii_lowercase().as_str()) {
        (Some(said), _) => said,
        (None, "mp3" | "mpga" | "mpeg") => "audio/mpeg",
        (None, "m4a" | "mp4") => "audio/mp4",
        (None, "ogg" | "oga" | "opus") => "audio/ogg",
        (None, "flac") => "audio/flac",
        (None, "webm") => "audio/webm",
        (None, _) => "audio/wav",
    };
    Ok(Source::Data { mime: Some(mime.to_owned()), base64: STANDARD.encode(file.bytes) })
}

/// How the text is wanted.
struct TranscriptForm {
    plain: bool,
}

impl AnswerForm for TranscriptForm {
    fn dialect(&self) -> Dialect {
        Dialect::Chat
    }

    fn writer(&self, _stamp: Stamp) -> Box<dyn AnswerWriter> {
        Box::new(TranscriptWriter::default())
    }

    fn whole_type(&self) -> &'static str {
        if self.plain { "text/plain; charset=utf-8" } else { "application/json" }
    }

    fn whole(&self, _stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        let text = completion.text();
        let text = text.trim();
        if self.plain {
            return format!("{text}\n").into_bytes();
        }
        to_json(&Transcript { text, usage: completion.usage.map(TokenUsage::of) }).into_bytes()
    }
}

#[derive(Serialize)]
struct Transcript<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<TokenUsage>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "tokens")]
struct TokenUsage {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
}

impl TokenUsage {
    fn of(usage: Usage) -> Self {
        let Usage { prompt, completion, .. } = usage;
        Self { input_tokens: prompt, output_tokens: completion, total_tokens: usage.total() }
    }
}

/// The events `transcript.text.delta` and `transcript.text.done`.
#[derive(Default)]
struct TranscriptWriter {
    said: String,
    usage: Option<Usage>,
    ended: bool,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Frame<'a> {
    #[serde(rename = "transcript.text.delta")]
    Delta { delta: &'a str },
    #[serde(rename = "transcript.text.done")]
    Done {
        #[serde(flatten)]
        whole: Transcript<'a>,
    },
    #[serde(rename = "error")]
    Error { error: &'a ErrorBody },
}

fn frame(frame: &Frame<'_>) -> String {
    format!("data: {}\n\n", to_json(frame))
}

impl AnswerWriter for TranscriptWriter {
    fn event(&mut self, event: &Event) -> String {
        match event {
            _ if self.ended => String::new(),
            Event::Text { text } if !text.is_empty() => {
                self.said += text;
                frame(&Frame::Delta { delta: text })
            }
            Event::Usage(usage) => {
                self.usage = Some(*usage);
                String::new()
            }
            Event::Finished(_) => {
                self.ended = true;
                let whole = Transcript { text: &self.said, usage: self.usage.map(TokenUsage::of) };
                frame(&Frame::Done { whole })
            }
            _ => String::new(),
        }
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if std::mem::replace(&mut self.ended, true) {
            return String::new();
        }
        frame(&Frame::Error { error: &ErrorBody::from(failure) })
    }

    fn keep_alive(&mut self) -> String {
        if self.ended { String::new() } else { ": keep-alive\n\n".to_owned() }
    }
}
