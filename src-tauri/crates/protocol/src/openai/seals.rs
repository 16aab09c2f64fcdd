//! Seals on what a model said, in the fields of those who have some: Google's at calls and texts (`extra_content`),
//! everybody's at thoughts (`thinking_blocks`, `reasoning_details`). A seal that stands in the place of another maker
//! says whose it is.

use serde::Serialize;

use super::field::{Field, Object, Read};
use crate::chat::Part;
use crate::dialect::{Dialect, Signature};

/// The seal of a call or a text, as Google's own endpoint of this dialect has it.
#[derive(Serialize)]
pub(super) struct ExtraContent {
    google: Google,
}

#[derive(Serialize)]
struct Google {
    thought_signature: String,
}

impl ExtraContent {
    pub(super) fn of(seal: &Signature) -> Self {
        Self { google: Google { thought_signature: seal.for_client(Dialect::Gemini) } }
    }
}

/// A thought with its seal, or one that is nothing but a seal. `index` is for chunks.
#[derive(Serialize)]
pub(super) struct ThinkingBlock<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    #[serde(flatten)]
    kind: Thinking<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Thinking<'a> {
    Thinking { thinking: &'a str, signature: String },
    RedactedThinking { data: String },
}

impl<'a> ThinkingBlock<'a> {
    pub(super) fn sealed(thought: &'a str, seal: &Signature) -> Self {
        let signature = seal.for_client(Dialect::Messages);
        Self { index: None, kind: Thinking::Thinking { thinking: thought, signature } }
    }

    pub(super) fn redacted(seal: &Signature) -> Self {
        Self { index: None, kind: Thinking::RedactedThinking { data: seal.for_client(Dialect::Messages) } }
    }
}

/// The seals of an answer by the places they go to.
#[derive(Default)]
pub(super) struct Seals<'a> {
    pub(super) thoughts: Vec<ThinkingBlock<'a>>,
    /// One for each call, in order.
    pub(super) calls: Vec<Option<ExtraContent>>,
    /// That of the text, the first if it has several: streams have room for one.
    pub(super) text: Option<ExtraContent>,
}

impl<'a> Seals<'a> {
    pub(super) fn of(parts: &'a [Part]) -> Self {
        let mut seals = Self::default();
        let mut before: Option<&Part> = None;
        for part in parts {
            match (part, before) {
                (Part::Signature(seal), Some(Part::Reasoning { text })) => {
                    seals.thoughts.push(ThinkingBlock::sealed(text, seal));
                }
                (Part::Signature(seal), Some(Part::ToolCall(_))) => {
                    if let Some(call) = seals.calls.last_mut() {
                        *call = Some(ExtraContent::of(seal));
                    }
                }
                (Part::Signature(seal), _) => {
                    seals.text.get_or_insert_with(|| ExtraContent::of(seal));
                }
                (Part::Sealed(seal), _) => seals.thoughts.push(ThinkingBlock::redacted(seal)),
                (Part::ToolCall(_), _) => seals.calls.push(None),
                _ => {}
            }
            before = Some(part);
        }
        seals
    }
}

/// Takes the seal beside a call or a text.
pub(super) fn extra_content(object: &mut Object) -> Read<Option<Part>> {
    let Some(field) = object.take("extra_content") else { return Ok(None) };
    let Some(google) = field.object()?.take("google") else { return Ok(None) };
    let seal = google.object()?.take("thought_signature").map(Field::string).transpose()?;
    let seal = seal.filter(|text| !text.is_empty());
    Ok(seal.map(|text| Part::Signature(Signature::from_client(Dialect::Gemini, &text))))
}

/// Takes the thoughts of a message, in all the fields that servers have for them.
pub(super) fn thoughts(object: &mut Object) -> Read<Vec<Part>> {
    let mut sealed = Vec::new();
    let blocks = object.take("thinking_blocks");
    let details = object.take("reasoning_details");
    // Two fields for the same thoughts: one is enough.
    match (blocks, details) {
        (Some(blocks), _) => {
            for block in blocks.array()? {
                thinking_block(block.object()?, &mut sealed)?;
            }
        }
        (None, Some(details)) => {
            for detail in details.array()? {
                reasoning_detail(detail.object()?, &mut sealed)?;
            }
        }
        (None, None) => {}
    }
    let newer = object.take("reasoning");
    let plain = object.take("reasoning_content").map(Field::string).transpose()?;
    let plain = match (plain, newer) {
        (Some(text), _) => text,
        (None, Some(field)) => field.string()?,
        (None, None) => String::new(),
    };
    Ok(together(&plain, sealed))
}

fn thinking_block(mut block: Object, parts: &mut Vec<Part>) -> Read<()> {
    let mut text = |key| Ok(block.take(key).map(Field::string).transpose()?.unwrap_or_default());
    let (thinking, signature, data): (String, String, String) =
        (text("thinking")?, text("signature")?, text("data")?);
    told(thinking, parts);
    seal(Dialect::Messages, &signature, parts);
    if !data.is_empty() {
        parts.push(Part::Sealed(Signature::from_client(Dialect::Messages, &data)));
    }
    Ok(())
}

/// An entry of `reasoning_details`. The server that sent it stands before the maker of the seal, so it is the server's.
fn reasoning_detail(mut detail: Object, parts: &mut Vec<Part>) -> Read<()> {
    let mut text = |key| Ok(detail.take(key).map(Field::string).transpose()?.unwrap_or_default());
    let (thought, summary): (String, String) = (text("text")?, text("summary")?);
    let (signature, data): (String, String) = (text("signature")?, text("data")?);
    told(thought + &summary, parts);
    seal(Dialect::Chat, &signature, parts);
    if !data.is_empty() {
        parts.push(Part::Sealed(Signature::from_client(Dialect::Chat, &data)));
    }
    Ok(())
}

/// The seal of a thought. One that is not told is empty, so that the seal is no other's.
fn seal(by: Dialect, signature: &str, parts: &mut Vec<Part>) {
    if signature.is_empty() {
        return;
    }
    if !matches!(parts.last(), Some(Part::Reasoning { .. })) {
        parts.push(Part::Reasoning { text: String::new() });
    }
    parts.push(Part::Signature(Signature::from_client(by, signature)));
}

fn told(thought: String, parts: &mut Vec<Part>) {
    match parts.last_mut() {
        _ if thought.is_empty() => {}
        Some(Part::Reasoning { text }) => text.push_str(&thought),
        _ => parts.push(Part::Reasoning { text: thought }),
    }
}

/// The plain text of all thoughts, with the seals where they belong. What the sealed thoughts say is not said twice.
fn together(plain: &str, sealed: Vec<Part>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = plain;
    let mut agree = true;
    for part in sealed {
        if let Part::Reasoning { text } = &part
            && !text.is_empty()
        {
            let found = rest.split_once(text.as_str());
            agree &= found.is_some();
            if let Some((before, after)) = found {
                told(before.to_owned(), &mut parts);
                rest = after;
            }
        }
        parts.push(part);
    }
    // Where the fields tell different things, those with seals hold.
    if agree {
        told(rest.to_owned(), &mut parts);
    }
    parts
}
