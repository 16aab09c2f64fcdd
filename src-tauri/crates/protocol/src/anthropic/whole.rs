use std::iter::Peekable;
use std::slice::Iter;

use serde::Serialize;
use serde_json::Value;

use super::blocks::{Block, WireUsage, citation, input, stop_details, stop_reason};
use super::to_json;
use crate::chat::{Candidate, Completion, Finish, Part};
use crate::dialect::{Dialect, Stamp};

#[derive(Serialize)]
struct Message<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Block<'a>>,
    stop_reason: &'static str,
    stop_sequence: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_details: Option<Value>,
    usage: WireUsage,
}

/// The whole answer as JSON bytes: the first of several. `prompt` is how many tokens its prompt was guessed to have.
///
/// A completion without a finish is one that broke off; that is a failure to be told as such. Should one come here all the
/// same, it ends with `max_tokens`, the official word for an answer that is not all there.
pub(super) fn encode(stamp: &Stamp, completion: &Completion, prompt: u64) -> Vec<u8> {
    let nothing = Candidate::default();
    let told = completion.first().unwrap_or(&nothing);
    let finish = told.finish.unwrap_or(Finish::Length);
    let refusal = told.refusal();
    let mut content = content(told);
    if finish != Finish::ContentFilter && !refusal.is_empty() {
        content.push(Block::Text { text: &refusal, citations: Vec::new() });
    }
    cite(&mut content, &told.citations);
    let message = Message {
        id: format!("msg_{}", stamp.id),
        kind: "message",
        role: "assistant",
        model: &stamp.model,
        content,
        stop_reason: stop_reason(finish, told.tool_calls().next().is_some()),
        stop_sequence: (),
        stop_details: stop_details(finish, &refusal),
        usage: WireUsage::of(completion.usage, prompt),
    };
    to_json(&message).into_bytes()
}

fn content(told: &Candidate) -> Vec<Block<'_>> {
    let mut content = Vec::new();
    let mut parts = told.parts.iter().peekable();
    while let Some(part) = parts.next() {
        content.extend(block(part, &mut parts));
    }
    content
}

/// The block for a part. A thought takes the seal that follows it; every other seal is a thought without words.
fn block<'a>(part: &'a Part, rest: &mut Peekable<Iter<'a, Part>>) -> Option<Block<'a>> {
    match part {
        Part::Text { text } => Some(Block::Text { text, citations: Vec::new() }),
        Part::Reasoning { text } => {
            let mut signature = String::new();
            if let Some(Part::Signature(seal)) = rest.peek() {
                signature = seal.for_client(Dialect::Messages);
                rest.next();
            }
            Some(Block::Thinking { thinking: text, signature })
        }
        Part::Signature(seal) => {
            Some(Block::Thinking { thinking: "", signature: seal.for_client(Dialect::Messages) })
        }
        Part::Sealed(seal) => Some(Block::RedactedThinking { data: seal.for_client(Dialect::Messages) }),
        Part::ToolCall(call) => {
            Some(Block::ToolUse { id: &call.id, name: &call.name, input: input(&call.arguments) })
        }
        // Declined words are told at the end; what a model drew or said aloud has no place here.
        Part::Refusal { .. }
        | Part::Image { .. }
        | Part::Audio { .. }
        | Part::Video { .. }
        | Part::File { .. }
        | Part::ToolResult { .. } => None,
    }
}

/// Sources belong to a text; which one is not known any more, so it is the last.
fn cite(content: &mut [Block<'_>], raws: &[Value]) {
    let texts = content.iter_mut().rev();
    let last = texts
        .filter_map(|block| if let Block::Text { citations, .. } = block { Some(citations) } else { None });
    if let Some(citations) = last.take(1).next() {
        citations.extend(raws.iter().filter_map(citation));
    }
}
