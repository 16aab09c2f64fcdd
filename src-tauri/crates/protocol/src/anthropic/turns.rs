//! The conversation as a provider wants it: user and assistant take turns, the user begins, and results of calls come first
//! in the turn after them.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::blocks::input;
use super::names::{Ids, Names};
use crate::chat::{Message, Part, Request, Role, Source};
use crate::dialect::Dialect;

/// What a user says before an assistant that began the conversation: something has to be there.
const OPENING: &str = ".";

/// `system` and `messages`.
#[derive(Default)]
pub(super) struct Turns {
    pub(super) system: Vec<Value>,
    turns: Vec<Turn>,
    results: HashSet<String>,
    ids: Ids,
    warnings: Vec<String>,
}

struct Turn {
    role: &'static str,
    /// Results of calls, which come first.
    results: Vec<Value>,
    said: Vec<Value>,
}

impl Turns {
    /// Brings a conversation into turns, telling of what has no place in them.
    pub(super) fn of(request: &Request, names: &mut Names, warnings: &mut Vec<String>) -> Self {
        let mut turns = Self::default();
        for message in &request.messages {
            match message.role {
                Role::System => turns.instruct(message),
                Role::User => turns.user(message),
                Role::Tool => turns.results(message),
                Role::Assistant => turns.assistant(message, names),
            }
        }
        turns.attach(request);
        turns.settle();
        warnings.append(&mut turns.warnings);
        turns
    }

    /// `messages`.
    pub(super) fn messages(self) -> Value {
        let wire = |turn: Turn| {
            let content: Vec<Value> = turn.results.into_iter().chain(turn.said).collect();
            json!({ "role": turn.role, "content": content })
        };
        self.turns.into_iter().map(wire).collect()
    }

    /// Whether the last turn gives back results of calls that the assistant made without the thoughts before them.
    pub(super) fn calls_lack_thoughts(&self) -> bool {
        let [.., assistant, user] = &self.turns[..] else { return false };
        let thought = |block: &Value| block["type"] == "thinking" || block["type"] == "redacted_thinking";
        !user.results.is_empty() && !assistant.said.first().is_some_and(thought)
    }

    fn instruct(&mut self, message: &Message) {
        let late = !self.turns.is_empty();
        let texts: Vec<Value> = message.parts.iter().filter_map(|part| text(part_text(part)?)).collect();
        if late && !texts.is_empty() {
            self.warn("Instructions in the middle of the conversation were put at its beginning.");
        }
        self.system.extend(texts);
    }

    fn user(&mut self, message: &Message) {
        let blocks = message.parts.iter().filter_map(|part| self.user_block(part)).collect();
        self.turn("user").said.extend::<Vec<Value>>(blocks);
    }

    fn user_block(&mut self, part: &Part) -> Option<Value> {
        match part {
            Part::Image { source, .. } => self.image(source),
            Part::File { source, name } => self.file(source, name.as_deref()),
            Part::Audio { .. } | Part::Video { .. } => {
                self.warn("The provider takes no sound and no moving pictures; they were left out.");
                None
            }
            part => text(part_text(part)?),
        }
    }

    /// The results of a message; media after a result is part of it.
    fn results(&mut self, message: &Message) {
        let mut parts = message.parts.iter().peekable();
        while let Some(part) = parts.next() {
            let Part::ToolResult { call_id, text: said, failed } = part else {
                let block = self.user_block(part);
                self.turn("user").said.extend(block);
                continue;
            };
            let mut media = Vec::new();
            while let Some(part) = parts.next_if(|part| !matches!(part, Part::ToolResult { .. })) {
                media.extend(self.user_block(part));
            }
            let id = self.ids.result(call_id);
            if !self.results.insert(id.clone()) {
                self.warn("A second result of the same call was left out.");
                continue;
            }
            let content = if media.is_empty() {
                Value::from(said.as_str())
            } else {
                text(said).into_iter().chain(media).collect()
            };
            let mut result = json!({ "type": "tool_result", "tool_use_id": id, "content": content });
            if *failed {
                result["is_error"] = true.into();
            }
            self.turn("user").results.push(result);
        }
    }

    fn assistant(&mut self, message: &Message, names: &mut Names) {
        let mut blocks = Vec::new();
        // A thought goes back only with its seal.
        let mut thought: Option<&str> = None;
        for part in &message.parts {
            let before = thought.take();
            match part {
                Part::Reasoning { text } => thought = Some(text),
                Part::Signature(seal) => {
                    if let Some(signature) = seal.meant_for(Dialect::Messages) {
                        let thinking = before.unwrap_or_default();
                        let block =
                            json!({ "type": "thinking", "thinking": thinking, "signature": signature });
                        blocks.push(block);
                    }
                }
                Part::Sealed(seal) => {
                    let data = seal.meant_for(Dialect::Messages);
                    blocks.extend(data.map(|data| json!({ "type": "redacted_thinking", "data": data })));
                }
                Part::ToolCall(call) => blocks.push(json!({
                    "type": "tool_use",
                    "id": self.ids.call(&call.id),
                    "name": names.sent(&call.name),
                    "input": input(&call.arguments),
                })),
                Part::Image { .. } | Part::Audio { .. } | Part::Video { .. } | Part::File { .. } => {
                    self.warn(
                        "Pictures, sound and files of the assistant were left out of the conversation.",
                    );
                }
                part => blocks.extend(part_text(part).and_then(text)),
            }
        }
        self.turn("assistant").said.extend(blocks);
    }

    /// Files beside the messages belong to the last turn of the user.
    fn attach(&mut self, request: &Request) {
        for attachment in &request.attachments {
            let block = self.file(&attachment.source, attachment.name.as_deref());
            let last = self.turns.iter_mut().rev().find(|turn| turn.role == "user");
            match (last, block) {
                (Some(turn), Some(block)) => turn.said.push(block),
                (None, Some(block)) => self.turn("user").said.push(block),
                (_, None) => {}
            }
        }
    }

    /// The turn of this role that is going on.
    fn turn(&mut self, role: &'static str) -> &mut Turn {
        if self.turns.last().is_none_or(|turn| turn.role != role) {
            self.turns.push(Turn { role, results: Vec::new(), said: Vec::new() });
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    /// Leaves out turns in which nothing is said, and lets the user begin.
    fn settle(&mut self) {
        let turns = std::mem::take(&mut self.turns);
        for turn in turns {
            if turn.results.is_empty() && turn.said.is_empty() {
                continue;
            }
            let going_on = self.turn(turn.role);
            going_on.results.extend(turn.results);
            going_on.said.extend(turn.said);
        }
        match self.turns.first() {
            Some(first) if first.role == "user" => {}
            Some(_) => {
                self.warn(
                    "The conversation began with the assistant; the provider was told that the user did.",
                );
                let said = text(OPENING).into_iter().collect();
                self.turns.insert(0, Turn { role: "user", results: Vec::new(), said });
            }
            // Nothing at all: that is for the provider to refuse.
            None if self.system.is_empty() => {}
            // Nothing but instructions: the model shall answer those.
            None => {
                let said = std::mem::take(&mut self.system);
                self.turn("user").said = said;
            }
        }
        // An answer that was begun may not end in blanks.
        if let Some(last) = self.turns.last_mut().filter(|turn| turn.role == "assistant")
            && let Some(block) = last.said.last_mut()
            && let Some(said) = block["text"].as_str().map(|said| said.trim_end().to_owned())
        {
            block["text"] = said.into();
        }
    }

    fn image(&mut self, source: &Source) -> Option<Value> {
        let source = match source {
            Source::Data { mime, base64 } => {
                let mime = mime.as_deref().unwrap_or_else(|| picture_type(base64));
                json!({ "type": "base64", "media_type": mime, "data": base64 })
            }
            Source::Url(_) | Source::FileId(_) => self.elsewhere(source)?,
        };
        Some(json!({ "type": "image", "source": source }))
    }

    /// A file as a document, or as what else it is.
    fn file(&mut self, source: &Source, name: Option<&str>) -> Option<Value> {
        let content = match source {
            Source::Data { mime, base64 } => {
                let mime = mime.as_deref().unwrap_or_else(|| document_type(base64));
                if mime.starts_with("image/") {
                    return self.image(source);
                }
                let Some(content) = document(mime, base64) else {
                    self.warn("The provider takes PDF, pictures and text; another file was left out.");
                    return None;
                };
                content
            }
            Source::Url(_) | Source::FileId(_) => self.elsewhere(source)?,
        };
        let mut block = json!({ "type": "document", "source": content });
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            block["title"] = name.into();
        }
        Some(block)
    }

    fn elsewhere(&mut self, source: &Source) -> Option<Value> {
        match source {
            Source::Url(url) if url.starts_with("https:") || url.starts_with("http:") => {
                Some(json!({ "type": "url", "url": url }))
            }
            Source::FileId(id) => Some(json!({ "type": "file", "file_id": id })),
            Source::Url(_) | Source::Data { .. } => {
                self.warn("The provider cannot reach a file of this computer; it was left out.");
                None
            }
        }
    }

    fn warn(&mut self, warning: &str) {
        if !self.warnings.iter().any(|other| other == warning) {
            self.warnings.push(warning.to_owned());
        }
    }
}

fn part_text(part: &Part) -> Option<&str> {
    match part {
        Part::Text { text } | Part::Refusal { text } => Some(text),
        _ => None,
    }
}

/// A block of text; the provider refuses blank ones.
fn text(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }))
}

fn document(mime: &str, base64: &str) -> Option<Value> {
    let bare = mime.split(';').next().unwrap_or_default().trim();
    if bare == "application/pdf" {
        return Some(json!({ "type": "base64", "media_type": bare, "data": base64 }));
    }
    // Whatever is text can be read as such.
    let text = STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
    Some(json!({ "type": "text", "media_type": "text/plain", "data": text }))
}

/// The media type of a picture by its first bytes.
fn picture_type(base64: &str) -> &'static str {
    let kinds = [("/9j/", "image/jpeg"), ("R0lG", "image/gif"), ("UklG", "image/webp")];
    kinds.iter().find(|(start, _)| base64.starts_with(start)).map_or("image/png", |(_, kind)| kind)
}

/// The media type of a file by its first bytes; text, where they say nothing.
fn document_type(base64: &str) -> &'static str {
    let kinds = [("JVBERi", "application/pdf"), ("iVBORw", "image/png"), ("/9j/", "image/jpeg")];
    kinds.iter().find(|(start, _)| base64.starts_with(start)).map_or("text/plain", |(_, kind)| kind)
}
