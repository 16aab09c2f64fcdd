//! A conversation in the provider's words.

use serde_json::{Map, Value, json};

use super::ask::Facts;
use super::back::Sent;
use super::thinking::checks_seals;
use crate::chat::{Message, Part, Request, Role, Source};
use crate::dialect::Dialect;
use crate::media::attached_part;

/// What stands for the seal on a call that another model made, or that got lost
/// (<https://ai.google.dev/gemini-api/docs/thought-signatures>).
const PLACEHOLDER: &str = "skip_thought_signature_validator";

/// A conversation.
pub(super) struct Spoken {
    /// The parts of the instructions; none when there are none.
    pub(super) instructions: Vec<Value>,
    pub(super) contents: Vec<Value>,
}

/// Puts a conversation into words.
pub(super) fn speak(request: &Request, facts: &Facts<'_>, sent: &Sent, warnings: &mut Vec<String>) -> Spoken {
    let mut speaker = Speaker { facts, sent, warnings, turns: Vec::new(), calls: Vec::new() };
    let instructions = speaker.instructions(&request.messages);
    let last_user = request.messages.iter().rposition(|message| message.role == Role::User);
    for (place, message) in request.messages.iter().enumerate() {
        let current = last_user.is_none_or(|last| place > last);
        match message.role {
            Role::System => {}
            Role::User => {
                let parts = speaker.parts(message);
                let attached = request.attachments.iter().filter(|_| Some(place) == last_user).cloned();
                let attached: Vec<Value> =
                    attached.filter_map(|file| speaker.part(&attached_part(file))).collect();
                speaker.turn(Kind::User, current, [parts, attached].concat());
            }
            Role::Assistant => {
                let parts = speaker.parts(message);
                speaker.turn(Kind::Model, current, parts);
            }
            Role::Tool => speaker.result(message),
        }
    }
    speaker.finish(instructions)
}

struct Speaker<'a, 'w> {
    facts: &'a Facts<'a>,
    sent: &'a Sent,
    warnings: &'w mut Vec<String>,
    turns: Vec<Turn>,
    /// Every call so far: its id and the name that is sent.
    calls: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User,
    Model,
    /// The results of calls, which stand by themselves.
    Results,
}

struct Turn {
    kind: Kind,
    /// Whether it belongs to the turn that goes on, whose seals are checked.
    current: bool,
    parts: Vec<Value>,
    /// For results: which call each group of parts belongs to.
    results: Vec<(usize, Vec<Value>)>,
}

impl Speaker<'_, '_> {
    /// All instructions, wherever they stand.
    fn instructions(&mut self, messages: &[Message]) -> Vec<Value> {
        let is_system = |message: &&Message| message.role == Role::System;
        let spoken =
            messages.iter().position(|message| message.role != Role::System).unwrap_or(messages.len());
        if messages[spoken..].iter().any(|message| is_system(&message)) {
            let note = "Instructions in the middle of the conversation were put at its beginning.";
            self.warnings.push(note.to_owned());
        }
        let parts = messages.iter().filter(is_system).flat_map(|message| &message.parts);
        let mut instructions = Vec::new();
        for part in parts {
            match part {
                Part::Text { text } if text.is_empty() => {}
                Part::Text { text } => instructions.push(json!({ "text": text })),
                _ => self
                    .warnings
                    .push("Instructions are text; what else was in them was left out.".to_owned()),
            }
        }
        instructions
    }

    /// Adds to the conversation. Turns of the same speaker are one.
    fn turn(&mut self, kind: Kind, current: bool, parts: Vec<Value>) {
        if parts.is_empty() {
            return;
        }
        match self.turns.last_mut().filter(|last| last.kind == kind) {
            Some(last) => {
                last.parts.extend(parts);
                last.current |= current;
            }
            None => self.turns.push(Turn { kind, current, parts, results: Vec::new() }),
        }
    }

    fn parts(&mut self, message: &Message) -> Vec<Value> {
        let mut spoken: Vec<Value> = Vec::new();
        // Whether the last of them is the one that a seal would be for.
        let mut fresh = false;
        let mut parts = message.parts.iter().peekable();
        while let Some(part) = parts.next() {
            let seal = |part: &Part| match part {
                Part::Signature(seal) => seal.meant_for(Dialect::Gemini).map(str::to_owned),
                _ => None,
            };
            if let Part::Signature(_) = part {
                let Some(text) = seal(part) else { continue };
                match spoken.last_mut().filter(|_| fresh) {
                    Some(last) => last["thoughtSignature"] = json!(text),
                    None => spoken.push(json!({ "text": "", "thoughtSignature": text })),
                }
                fresh = false;
                continue;
            }
            // A thought without the seal of this provider is none of its own.
            let foreign =
                matches!(part, Part::Reasoning { .. }) && parts.peek().and_then(|next| seal(next)).is_none();
            let next = if foreign { None } else { self.part(part) };
            fresh = next.is_some();
            spoken.extend(next);
        }
        spoken
    }

    fn part(&mut self, part: &Part) -> Option<Value> {
        match part {
            Part::Text { text } | Part::Refusal { text } => {
                (!text.is_empty()).then(|| json!({ "text": text }))
            }
            Part::Reasoning { text } => Some(json!({ "text": text, "thought": true })),
            Part::Sealed(seal) => {
                let text = seal.meant_for(Dialect::Gemini)?;
                Some(json!({ "text": "", "thought": true, "thoughtSignature": text }))
            }
            Part::Image { source, .. } => Some(media(source, "image/png")),
            Part::Audio { source } => Some(media(source, "audio/wav")),
            Part::Video { source } => Some(media(source, "video/mp4")),
            Part::File { source, .. } => Some(media(source, "text/plain")),
            Part::ToolCall(call) => {
                let name = self.sent.name(&call.name);
                self.calls.push((call.id.clone(), name.clone()));
                let arguments = self.arguments(&call.name, &call.arguments);
                Some(json!({ "functionCall": { "id": call.id, "name": name, "args": arguments } }))
            }
            // A result outside of its message has no place.
            Part::ToolResult { .. } | Part::Signature(_) => None,
        }
    }

    fn arguments(&mut self, name: &str, text: &str) -> Value {
        match serde_json::from_str(text) {
            Ok(arguments @ Value::Object(_)) => arguments,
            _ if text.trim().is_empty() => json!({}),
            _ => {
                self.warnings.push(format!(
                    "The arguments of a call of {name} are no JSON object; they were left out."
                ));
                json!({})
            }
        }
    }

    /// The results of a step stand in one content, in the order of its calls.
    fn result(&mut self, message: &Message) {
        let mut groups: Vec<(usize, Vec<Value>)> = Vec::new();
        for part in &message.parts {
            match part {
                Part::ToolResult { call_id, text, failed } => {
                    let place = self.calls.iter().rposition(|(id, _)| id == call_id);
                    let name = match place.and_then(|place| self.calls.get(place)) {
                        Some((_, name)) => name.clone(),
                        None => self.sent.name(message.name.as_deref().unwrap_or(call_id)),
                    };
                    let response = response(text, *failed);
                    let result = json!({ "id": call_id, "name": name, "response": response });
                    groups.push((place.unwrap_or(usize::MAX), vec![json!({ "functionResponse": result })]));
                }
                part => {
                    let Some(medium) = self.part(part) else { continue };
                    match groups.last_mut() {
                        Some((_, group)) => self.beside(group, medium),
                        None => groups.push((usize::MAX, vec![medium])),
                    }
                }
            }
        }
        if groups.is_empty() {
            return;
        }
        match self.turns.last_mut().filter(|last| last.kind == Kind::Results) {
            Some(last) => last.results.extend(groups),
            None => self.turns.push(Turn {
                kind: Kind::Results,
                current: false,
                parts: Vec::new(),
                results: groups,
            }),
        }
    }

    /// Media of a result: in it where the model takes that, else after it.
    fn beside(&self, group: &mut Vec<Value>, medium: Value) {
        let mime = medium["inlineData"]["mimeType"].as_str().unwrap_or_default();
        let taken = mime.starts_with("image/") || matches!(mime, "application/pdf" | "text/plain");
        if !(taken && checks_seals(self.facts.model)) {
            group.push(medium);
            return;
        }
        let result = &mut group[0]["functionResponse"];
        match result.get_mut("parts").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(medium),
            None => result["parts"] = json!([medium]),
        }
    }

    fn finish(self, instructions: Vec<Value>) -> Spoken {
        let contents: Vec<Value> = self.turns.iter().map(|turn| self.content(turn)).collect();
        if contents.is_empty() {
            // Instructions alone are something to say.
            return Spoken { instructions: Vec::new(), contents: vec![content("user", instructions)] };
        }
        Spoken { instructions, contents }
    }

    fn content(&self, turn: &Turn) -> Value {
        match turn.kind {
            Kind::User => content("user", turn.parts.clone()),
            Kind::Model => content("model", self.sealed(turn)),
            Kind::Results => {
                let mut results = turn.results.clone();
                results.sort_by_key(|(place, _)| *place);
                content("user", results.into_iter().flat_map(|(_, group)| group).collect())
            }
        }
    }

    /// The parts of a step of the model with the seals that were kept for it. The first call of a step must have one.
    fn sealed(&self, turn: &Turn) -> Vec<Value> {
        let mut first = true;
        let seal = |part: &Value| {
            let mut part = part.clone();
            let Some(id) = part["functionCall"]["id"].as_str() else { return part };
            let missing = part.get("thoughtSignature").is_none();
            let kept = Some(id).filter(|_| missing).and_then(|id| (self.facts.seal_of)(id));
            let placeholder = missing && first && turn.current && checks_seals(self.facts.model);
            first = false;
            if let Some(seal) = kept.or_else(|| placeholder.then(|| PLACEHOLDER.to_owned())) {
                part["thoughtSignature"] = json!(seal);
            }
            part
        };
        turn.parts.iter().map(seal).collect()
    }
}

fn content(role: &str, parts: Vec<Value>) -> Value {
    json!({ "role": role, "parts": parts })
}

/// A result must be an object; what is none is wrapped.
fn response(text: &str, failed: bool) -> Value {
    let key = if failed { "error" } else { "result" };
    match serde_json::from_str::<Value>(text) {
        Ok(object @ Value::Object(_)) if !failed => object,
        Ok(value @ (Value::Object(_) | Value::Array(_))) => Map::from_iter([(key.to_owned(), value)]).into(),
        _ => Map::from_iter([(key.to_owned(), json!(text))]).into(),
    }
}

/// Bytes, or where Google finds them. `kind` is the media type of bytes of which nothing is known.
fn media(source: &Source, kind: &str) -> Value {
    match source {
        Source::Data { mime, base64 } => {
            let mime = mime.as_deref().or_else(|| shown(base64)).unwrap_or(kind);
            json!({ "inlineData": { "mimeType": mime, "data": base64 } })
        }
        Source::Url(url) => json!({ "fileData": { "fileUri": url } }),
        Source::FileId(id) if id.contains("://") => json!({ "fileData": { "fileUri": id } }),
        Source::FileId(id) => {
            let id = id.strip_prefix("files/").unwrap_or(id);
            let uri = format!("https://generativelanguage.googleapis.com/v1beta/files/{id}");
            json!({ "fileData": { "fileUri": uri } })
        }
    }
}

/// What the first bytes show, as base64.
fn shown(base64: &str) -> Option<&'static str> {
    const STARTS: [(&str, &str); 5] = [
        ("iVBORw0KGgo", "image/png"),
        ("/9j/", "image/jpeg"),
        ("R0lGOD", "image/gif"),
        ("JVBERi", "application/pdf"),
        ("SUQz", "audio/mpeg"),
    ];
    STARTS.iter().find(|(start, _)| base64.starts_with(start)).map(|(_, mime)| *mime)
}
