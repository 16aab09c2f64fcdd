//! A conversation made ready for a row: what every form has in common is settled here.

use std::collections::HashMap;

use postern_store::Standing;
use serde_json::{Map, Value};

use super::fault::{Code, Fault};
use super::spec::{Reasoning, Spec, System};
use super::{calls, tools};
use crate::conversation::{Conversation, Kind, Part, Role, Source, Tool, Turn};

/// A conversation made ready for a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample {
    /// The instructions at the beginning.
    pub(crate) system: Option<String>,
    /// The functions, each with a schema.
    pub(crate) tools: Vec<Tool>,
    pub(crate) messages: Vec<Message>,
}

/// One message: a result of a call has one of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) speaker: Speaker,
    pub(crate) name: Option<String>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) reasoning: String,
    pub(crate) calls: Vec<Call>,
    /// The id of the call this is the result of. Only messages of tools have one.
    pub(crate) call_id: String,
    pub(crate) train: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    System,
    User,
    Assistant,
    Tool,
}

impl Speaker {
    /// OpenAI's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Media(Media),
}

/// A picture or recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    pub(crate) kind: MediaKind,
    pub(crate) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaKind {
    Image,
    Audio,
    Video,
}

/// A call whose arguments were understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: Map<String, Value>,
}

impl Message {
    pub(crate) fn new(speaker: Speaker) -> Self {
        Self {
            speaker,
            name: None,
            pieces: Vec::new(),
            reasoning: String::new(),
            calls: Vec::new(),
            call_id: String::new(),
            train: None,
        }
    }

    /// Its texts, put together. An answer that came in pieces is one text; what others sent as several is several.
    pub(crate) fn text(&self) -> String {
        self.written(|_| None)
    }

    /// Its texts, put together, each picture and recording as `mark` writes it.
    pub(crate) fn written(&self, mark: impl Fn(MediaKind) -> Option<&'static str>) -> String {
        let between = if self.speaker == Speaker::Assistant { "" } else { "\n" };
        let mut out = String::new();
        let mut after_text = false;
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => {
                    if after_text {
                        out.push_str(between);
                    }
                    out.push_str(text);
                    after_text = true;
                }
                Piece::Media(media) => {
                    out.push_str(mark(media.kind).unwrap_or_default());
                    after_text = false;
                }
            }
        }
        out
    }

    pub(crate) fn media(&self) -> impl Iterator<Item = &Media> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Media(media) => Some(media),
            Piece::Text(_) => None,
        })
    }

    pub(crate) fn says_something(&self) -> bool {
        let spoken = |piece: &Piece| match piece {
            Piece::Text(text) => !text.trim().is_empty(),
            Piece::Media(_) => true,
        };
        !self.calls.is_empty() || self.pieces.iter().any(spoken)
    }
}

impl Sample {
    /// Makes a conversation ready.
    pub(crate) fn of(conversation: &Conversation, spec: &Spec) -> Result<Self, Fault> {
        usable(conversation, spec)?;
        let (system, turns) = instructions(&conversation.turns, &spec.system);
        let turns = last_turns(turns, spec.last_turns);
        let mut said = Vec::new();
        for turn in turns {
            messages(turn, &mut said)?;
        }
        if spec.trim {
            trim(&mut said);
        }
        let called = said.iter().map(|said| (&said.message, said.raw_calls.as_slice()));
        let offered = tools::of(&conversation.tools, called, spec.tools);
        let mut messages = calls::understood(said, &conversation.tools)?;
        calls::in_order(&mut messages)?;
        reasoning(&mut messages, spec.reasoning);
        if let Some(most) = spec.result_chars {
            cut_results(&mut messages, most);
        }
        let sample = Self { system, tools: offered, messages };
        sample.speaks()?;
        sample.short(spec.max_tokens)?;
        Ok(sample)
    }

    /// The messages with pictures and recordings, in order.
    pub(crate) fn media(&self) -> impl Iterator<Item = &Media> {
        self.messages.iter().flat_map(Message::media)
    }

    /// Somebody answers, and nobody says nothing.
    fn speaks(&self) -> Result<(), Fault> {
        if !self.messages.iter().any(|message| message.speaker == Speaker::Assistant) {
            return Err(Fault::new(Code::Empty, "there is no answer"));
        }
        let silent = |message: &Message| message.speaker != Speaker::Tool && !message.says_something();
        match self.messages.iter().position(silent) {
            Some(at) => Err(Fault::new(Code::Empty, format!("message {} says nothing", at + 1))),
            None => Ok(()),
        }
    }

    fn short(&self, most: Option<u64>) -> Result<(), Fault> {
        let Some(most) = most else { return Ok(()) };
        let long = self.tokens();
        let detail = || format!("about {long} tokens, {most} allowed");
        if long > most { Err(Fault::new(Code::TooLong, detail())) } else { Ok(()) }
    }

    /// How many tokens it has, estimated.
    pub(crate) fn tokens(&self) -> u64 {
        let of = |message: &Message| {
            let calls = message.calls.iter().map(|call| tokens(&call.name) + tokens(&json(&call.arguments)));
            4 + tokens(&message.text()) + tokens(&message.reasoning) + calls.sum::<u64>()
        };
        let tools =
            self.tools.iter().filter_map(|tool| tool.parameters.as_ref()).map(|schema| tokens(&json(schema)));
        let system = self.system.as_deref().map_or(0, tokens);
        system + tools.sum::<u64>() + self.messages.iter().map(of).sum::<u64>()
    }
}

/// JSON as trainers' own tools write it.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// About how many tokens a text has: four letters of an alphabet, or one sign of a script that has one for each word.
fn tokens(text: &str) -> u64 {
    let wide = text.chars().filter(|c| u32::from(*c) >= 0x2E80).count();
    let rest = text.chars().count() - wide;
    (wide + rest.div_ceil(4)) as u64
}

/// Whether anything can be made of it.
fn usable(conversation: &Conversation, spec: &Spec) -> Result<(), Fault> {
    if conversation.kind != Kind::Chat {
        return Err(Fault::new(Code::Schema, "it is no conversation"));
    }
    match conversation.standing {
        Standing::Ok => Ok(()),
        Standing::Blocked => Err(Fault::new(Code::Blocked, "the answer was withheld")),
        Standing::Truncated if spec.cut_off => Ok(()),
        Standing::ClientAbort | Standing::UpstreamError if spec.cut_off => Ok(()),
        Standing::Truncated => Err(Fault::new(Code::Truncated, "a limit of length cut the answer")),
        Standing::ClientAbort => Err(Fault::new(Code::Truncated, "the client went away before the end")),
        Standing::UpstreamError => Err(Fault::new(Code::Truncated, "the upstream failed before the end")),
    }
}

/// The instructions at the beginning, put together, and the turns after them.
fn instructions<'a>(turns: &'a [Turn], wish: &System) -> (Option<String>, &'a [Turn]) {
    let is_system = |turn: &&Turn| matches!(turn.role, Role::System | Role::Developer);
    let first = turns.iter().take_while(is_system).count();
    let (system, rest) = turns.split_at(first);
    let texts = system.iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
        Part::Text { text } if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    });
    let kept = texts.collect::<Vec<_>>().join("\n");
    let system = match wish {
        System::Keep => Some(kept),
        System::Strip => None,
        System::Replace(text) => Some(text.clone()),
    };
    (system.filter(|text| !text.is_empty()), rest)
}

/// Not more than so many turns from the end, from a user's on.
fn last_turns(turns: &[Turn], most: Option<usize>) -> &[Turn] {
    let Some(most) = most.filter(|most| *most < turns.len()) else { return turns };
    let tail = &turns[turns.len() - most..];
    let asks = |turn: &Turn| {
        turn.role == Role::User && !turn.parts.iter().any(|part| matches!(part, Part::ToolResult { .. }))
    };
    tail.iter().position(asks).map_or(&[], |first| &tail[first..])
}

/// A message whose calls are not yet understood.
pub(crate) struct Said {
    pub(crate) message: Message,
    pub(crate) raw_calls: Vec<RawCall>,
    /// The function's name that a result says.
    pub(crate) result_of: Option<String>,
}

pub(crate) struct RawCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
}

/// The messages of a turn. Results come before what else was said in it, as the calls they answer come before.
fn messages(turn: &Turn, out: &mut Vec<Said>) -> Result<(), Fault> {
    let speaker = match turn.role {
        Role::System | Role::Developer => Speaker::System,
        Role::User => Speaker::User,
        Role::Assistant => Speaker::Assistant,
        Role::Tool => Speaker::Tool,
    };
    let mut said = Said {
        message: Message { name: turn.name.clone(), train: turn.train, ..Message::new(speaker) },
        raw_calls: Vec::new(),
        result_of: None,
    };
    let mut results = false;
    for part in &turn.parts {
        if let Part::ToolResult { call_id, name, parts, .. } = part {
            out.push(result(call_id, name.clone(), parts)?);
            results = true;
        } else {
            take(part, &mut said)?;
        }
    }
    if speaker == Speaker::Tool && said.message.says_something() {
        return Err(Fault::new(Code::OrphanResult, "a result says of no call that it is its"));
    }
    let nothing =
        said.message.pieces.is_empty() && said.raw_calls.is_empty() && said.message.reasoning.is_empty();
    if !(nothing && (results || speaker == Speaker::Tool)) {
        out.push(said);
    }
    Ok(())
}

fn take(part: &Part, said: &mut Said) -> Result<(), Fault> {
    let message = &mut said.message;
    match part {
        Part::Reasoning { text, .. } if !text.is_empty() => {
            if !message.reasoning.is_empty() {
                message.reasoning.push('\n');
            }
            message.reasoning.push_str(text);
        }
        // A sealed thought cannot be learned, and where an answer found something is not part of it.
        Part::Reasoning { .. } | Part::Citation { .. } => {}
        Part::ToolCall { id, name, arguments } => {
            said.raw_calls.push(RawCall { id: id.clone(), name: name.clone(), arguments: arguments.clone() })
        }
        part => message.pieces.push(piece(part)?),
    }
    Ok(())
}

fn piece(part: &Part) -> Result<Piece, Fault> {
    let media = |kind, source: &Source| Piece::Media(Media { kind, source: source.clone() });
    match part {
        Part::Text { text } | Part::Refusal { text } => Ok(Piece::Text(text.clone())),
        Part::Image { source } => Ok(media(MediaKind::Image, source)),
        Part::Audio { source, .. } => Ok(media(MediaKind::Audio, source)),
        Part::Video { source } => Ok(media(MediaKind::Video, source)),
        Part::File { .. } => Err(Fault::new(Code::Media, "a file has no place in a row")),
        _ => Err(Fault::new(Code::Schema, "a part of the provider's own has no place in a row")),
    }
}

fn result(call_id: &str, name: Option<String>, parts: &[Part]) -> Result<Said, Fault> {
    let mut message = Message { call_id: call_id.to_owned(), ..Message::new(Speaker::Tool) };
    for part in parts {
        message.pieces.push(piece(part)?);
    }
    Ok(Said { message, raw_calls: Vec::new(), result_of: name })
}

/// Leaves out what comes before the first question and after the last answer.
fn trim(said: &mut Vec<Said>) {
    let asks = |said: &Said| matches!(said.message.speaker, Speaker::User | Speaker::System);
    let first = said.iter().position(asks).unwrap_or(said.len());
    said.drain(..first);
    let last = said.iter().rposition(|said| said.message.speaker == Speaker::Assistant);
    said.truncate(last.map_or(0, |last| last + 1));
}

fn reasoning(messages: &mut [Message], wish: Reasoning) {
    let last = messages.iter().rposition(|message| message.speaker == Speaker::Assistant);
    for (at, message) in messages.iter_mut().enumerate() {
        match wish {
            Reasoning::Keep => {}
            Reasoning::LastOnly if Some(at) == last => {}
            Reasoning::LastOnly | Reasoning::Strip => message.reasoning.clear(),
        }
    }
}

fn cut_results(messages: &mut [Message], most: usize) {
    for message in messages.iter_mut().filter(|message| message.speaker == Speaker::Tool) {
        for piece in &mut message.pieces {
            let Piece::Text(text) = piece else { continue };
            if let Some((at, _)) = text.char_indices().nth(most) {
                text.truncate(at);
                text.push_str("\n[cut]");
            }
        }
    }
}

/// The tools by their names.
pub(crate) fn by_name(tools: &[Tool]) -> HashMap<&str, &Tool> {
    tools.iter().map(|tool| (tool.name.as_str(), tool)).collect()
}
