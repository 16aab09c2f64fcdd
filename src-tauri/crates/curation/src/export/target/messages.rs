//! Rows of OpenAI's messages, in the variants of those who load them.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::super::fault::{Code, Fault};
use super::super::sample::{Call, MediaKind, Message, Piece, Sample, Speaker, json};
use super::super::spec::Preset;
use super::super::tools;
use super::merge::merged;
use super::{Item, Needs, misplaced};

/// OpenAI's limit of pictures in one row.
const MOST_IMAGES: usize = 10;

/// How a variant differs.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Style {
    /// Arguments are an object, as templates want them; else JSON text, as the service does.
    objects: bool,
    /// Functions are a JSON text, so that a column of them has one type; else a list.
    tools_as_text: bool,
    /// Thoughts have a field of their own; else there is no place for them.
    thoughts: bool,
    /// The name of the field by which a turn is not learned.
    mask: Mask,
    images: Images,
    /// Messages of the user and the model take turns.
    alternate: bool,
    /// Ids have nine letters and digits.
    nine: bool,
    /// A result says the name of its function.
    named_results: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mask {
    No,
    /// `train`, true or false.
    Train,
    /// `weight`, 1 or 0.
    Weight,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Images {
    No,
    /// In a column of their own, which belongs to the first message of the user.
    Column,
    /// As parts with a path.
    Path,
    /// As `image_url` parts: an address, or the bytes within one.
    Address,
    /// The same, and the bytes always.
    Bytes,
}

const SERVICE: Style = Style {
    objects: false,
    tools_as_text: false,
    thoughts: false,
    mask: Mask::Weight,
    images: Images::Address,
    alternate: false,
    nine: false,
    named_results: false,
};

const TRL: Style = Style {
    objects: true,
    tools_as_text: true,
    thoughts: true,
    mask: Mask::No,
    images: Images::Column,
    named_results: true,
    ..SERVICE
};

fn style(preset: Preset) -> Style {
    match preset {
        Preset::Trl | Preset::TrlDpo | Preset::TrlKto => TRL,
        Preset::Axolotl => Style { objects: false, mask: Mask::Train, images: Images::Path, ..TRL },
        Preset::Together => Style { images: Images::No, ..SERVICE },
        Preset::Fireworks => Style { images: Images::Bytes, ..SERVICE },
        Preset::Mistral => Style { alternate: true, nine: true, ..SERVICE },
        _ => SERVICE,
    }
}

pub(super) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    let style = style(needs.preset);
    match item {
        Item::Turns(sample) => turns(sample, style, needs),
        Item::Labelled(sample, good) => labelled(sample, good, style, needs),
        Item::Pair { prompt, chosen, rejected } if needs.preset == Preset::OpenaiDpo => {
            preference(prompt, &chosen, &rejected, needs)
        }
        Item::Pair { prompt, chosen, rejected } => pair(prompt, &chosen, &rejected, style, needs),
        Item::Ranking(_) => Err(misplaced()),
    }
}

fn turns(sample: Sample, style: Style, needs: &Needs<'_>) -> Result<Value, Fault> {
    let sample =
        if style.alternate { Sample { messages: merged(sample.messages), ..sample } } else { sample };
    ends_with_answer(&sample.messages)?;
    orderly(&sample.messages, style)?;
    let mut row = Map::new();
    row.insert("messages".to_owned(), Value::Array(messages(&sample, style, needs)?));
    offer(&sample, style, &mut row);
    if needs.preset == Preset::Openai && !sample.tools.is_empty() {
        row.insert("parallel_tool_calls".to_owned(), json!(true));
    }
    images(&sample, style, needs, &mut row)?;
    Ok(Value::Object(row))
}

fn labelled(mut sample: Sample, good: bool, style: Style, needs: &Needs<'_>) -> Result<Value, Fault> {
    ends_with_answer(&sample.messages)?;
    let Some(last) = sample.messages.pop() else { return Err(misplaced()) };
    let mut row = Map::new();
    asked(&sample)?;
    row.insert("prompt".to_owned(), Value::Array(messages(&sample, style, needs)?));
    row.insert("completion".to_owned(), json!([message(&last, style, needs)?]));
    row.insert("label".to_owned(), json!(good));
    offer(&sample, style, &mut row);
    images(&sample, style, needs, &mut row)?;
    Ok(Value::Object(row))
}

fn pair(
    prompt: Sample,
    chosen: &Message,
    rejected: &Message,
    style: Style,
    needs: &Needs<'_>,
) -> Result<Value, Fault> {
    asked(&prompt)?;
    let mut row = Map::new();
    row.insert("prompt".to_owned(), Value::Array(messages(&prompt, style, needs)?));
    row.insert("chosen".to_owned(), json!([message(chosen, style, needs)?]));
    row.insert("rejected".to_owned(), json!([message(rejected, style, needs)?]));
    offer(&prompt, style, &mut row);
    images(&prompt, style, needs, &mut row)?;
    Ok(Value::Object(row))
}

/// OpenAI's preference rows are of text only.
fn preference(
    prompt: Sample,
    chosen: &Message,
    rejected: &Message,
    needs: &Needs<'_>,
) -> Result<Value, Fault> {
    asked(&prompt)?;
    if prompt.media().next().is_some() {
        return Err(Fault::new(Code::Media, "better and worse answers are of text only"));
    }
    let style = Style { mask: Mask::No, ..SERVICE };
    let mut input = Map::new();
    input.insert("messages".to_owned(), Value::Array(messages(&prompt, style, needs)?));
    offer(&prompt, style, &mut input);
    if !prompt.tools.is_empty() {
        input.insert("parallel_tool_calls".to_owned(), json!(true));
    }
    Ok(json!({
        "input": input,
        "preferred_output": [message(chosen, style, needs)?],
        "non_preferred_output": [message(rejected, style, needs)?],
    }))
}

/// The functions, as a column of one type or as the service takes them.
fn offer(sample: &Sample, style: Style, row: &mut Map<String, Value>) {
    let tools: Vec<Value> = sample.tools.iter().map(tools::openai).collect();
    if style.tools_as_text {
        row.insert("tools".to_owned(), json!(json(&tools)));
    } else if !tools.is_empty() {
        row.insert("tools".to_owned(), Value::Array(tools));
    }
}

fn messages(sample: &Sample, style: Style, needs: &Needs<'_>) -> Result<Vec<Value>, Fault> {
    let system = sample.system.iter().map(|text| Ok(json!({ "role": "system", "content": text })));
    let parts = style.images == Images::Path && sample.media().next().is_some();
    let said = sample.messages.iter().map(|said| {
        let mut value = message(said, style, needs)?;
        // Templates for pictures want parts in every message, or in none.
        if parts && let Some(content) = value.get_mut("content").filter(|content| content.is_string()) {
            *content = json!([{ "type": "text", "text": content }]);
        }
        Ok(value)
    });
    system.chain(said).collect()
}

fn message(message: &Message, style: Style, needs: &Needs<'_>) -> Result<Value, Fault> {
    let mut out = Map::new();
    out.insert("role".to_owned(), json!(message.speaker.word()));
    out.insert("content".to_owned(), content(message, style, needs)?);
    if style.thoughts && !message.reasoning.is_empty() {
        out.insert("reasoning_content".to_owned(), json!(message.reasoning));
    }
    if !message.calls.is_empty() {
        let calls = message.calls.iter().map(|called| call(called, style)).collect::<Result<_, _>>()?;
        out.insert("tool_calls".to_owned(), calls);
    }
    if message.speaker == Speaker::Tool {
        out.insert("tool_call_id".to_owned(), json!(id(&message.call_id, style)));
        if let Some(name) = message.name.as_ref().filter(|_| style.named_results) {
            out.insert("name".to_owned(), json!(name));
        }
    }
    if let (Speaker::Assistant, Some(train)) = (message.speaker, message.train) {
        match style.mask {
            Mask::No => {}
            Mask::Train => drop(out.insert("train".to_owned(), json!(train))),
            Mask::Weight => drop(out.insert("weight".to_owned(), json!(u8::from(train)))),
        }
    }
    Ok(Value::Object(out))
}

fn call(call: &Call, style: Style) -> Result<Value, Fault> {
    let sound = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if call.name.len() > 64 || !call.name.chars().all(sound) {
        return Err(Fault::new(Code::Schema, format!("{} is no name of a function", call.name)));
    }
    let arguments = if style.objects { json!(call.arguments) } else { json!(json(&call.arguments)) };
    Ok(json!({
        "id": id(&call.id, style),
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    }))
}

/// The id, or nine letters and digits made of it.
fn id(id: &str, style: Style) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    if !style.nine || (id.len() == 9 && id.chars().all(|c| c.is_ascii_alphanumeric())) {
        return id.to_owned();
    }
    let hash = Sha256::digest(id.as_bytes());
    hash.iter().take(9).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

fn content(message: &Message, style: Style, needs: &Needs<'_>) -> Result<Value, Fault> {
    let text = message.text();
    let silent_call = !message.calls.is_empty() && text.is_empty();
    if message.media().next().is_none() {
        let null = silent_call && matches!(needs.preset, Preset::Openai | Preset::OpenaiDpo);
        return Ok(if null { Value::Null } else { json!(text) });
    }
    if message.speaker != Speaker::User {
        return Err(Fault::new(
            Code::Media,
            format!("a picture or recording of the {}", message.speaker.word()),
        ));
    }
    if message.media().any(|media| media.kind != MediaKind::Image) {
        return Err(Fault::new(Code::Media, "this form takes pictures and no recordings"));
    }
    if style.images == Images::Column {
        return Ok(json!(text));
    }
    message.pieces.iter().map(|piece| part(piece, style, needs)).collect()
}

fn part(piece: &Piece, style: Style, needs: &Needs<'_>) -> Result<Value, Fault> {
    let media = match piece {
        Piece::Text(text) => return Ok(json!({ "type": "text", "text": text })),
        Piece::Media(media) => media,
    };
    match style.images {
        Images::No | Images::Column => Err(Fault::new(Code::Media, "this form takes no pictures")),
        Images::Path => Ok(json!({ "type": "image", "path": needs.file(media)? })),
        Images::Address | Images::Bytes => {
            let address = needs.address(media)?;
            if style.images == Images::Bytes && !address.starts_with("data:image/") {
                return Err(Fault::new(Code::Media, "this form takes the bytes of a picture and no address"));
            }
            Ok(json!({ "type": "image_url", "image_url": { "url": address } }))
        }
    }
}

/// The column of pictures, which belongs to the first message of the user; and how many there may be.
fn images(
    sample: &Sample,
    style: Style,
    needs: &Needs<'_>,
    row: &mut Map<String, Value>,
) -> Result<(), Fault> {
    let count = sample.media().count();
    if count > MOST_IMAGES && matches!(style.images, Images::Address | Images::Bytes) {
        return Err(Fault::new(Code::Media, format!("{count} pictures, {MOST_IMAGES} allowed")));
    }
    if count == 0 || style.images != Images::Column {
        return Ok(());
    }
    let first = sample.messages.iter().find(|message| message.speaker == Speaker::User);
    let in_first = first.map_or(0, |message| {
        message.pieces.iter().take_while(|piece| matches!(piece, Piece::Media(_))).count()
    });
    if in_first != count {
        return Err(Fault::new(
            Code::Media,
            "pictures stand before the first text of the user, or have no place",
        ));
    }
    let files = sample.media().map(|media| needs.file(media)).collect::<Result<Vec<_>, _>>()?;
    row.insert("images".to_owned(), json!(files));
    Ok(())
}

fn ends_with_answer(messages: &[Message]) -> Result<(), Fault> {
    match messages.last() {
        Some(message) if message.speaker == Speaker::Assistant => Ok(()),
        _ => Err(Fault::new(Code::Alternation, "the last message is no answer")),
    }
}

/// What stands before an answer is a question or a result.
fn asked(prompt: &Sample) -> Result<(), Fault> {
    match prompt.messages.last().map(|message| message.speaker) {
        Some(Speaker::User | Speaker::Tool) => Ok(()),
        _ => Err(Fault::new(Code::Alternation, "no question and no result stands before the answer")),
    }
}

/// The first message is a user's, and where the trainer wants it, user and model take turns.
fn orderly(messages: &[Message], style: Style) -> Result<(), Fault> {
    if !messages.iter().any(|message| message.speaker == Speaker::User) {
        return Err(Fault::new(Code::Alternation, "nobody asks"));
    }
    let all_masked = messages
        .iter()
        .filter(|said| said.speaker == Speaker::Assistant)
        .all(|said| said.train == Some(false));
    if all_masked && style.mask != Mask::No {
        return Err(Fault::new(Code::Empty, "no turn of it is to be learned"));
    }
    if !style.alternate {
        return Ok(());
    }
    let mut before = Speaker::System;
    for (at, message) in messages.iter().enumerate() {
        let fine = match message.speaker {
            Speaker::System => false,
            Speaker::User => matches!(before, Speaker::System | Speaker::Assistant),
            Speaker::Assistant => matches!(before, Speaker::User | Speaker::Tool),
            Speaker::Tool => matches!(before, Speaker::Assistant | Speaker::Tool),
        };
        if !fine {
            let detail =
                format!("message {} of the {} follows the {}", at + 1, message.speaker.word(), before.word());
            return Err(Fault::new(Code::Alternation, detail));
        }
        before = message.speaker;
    }
    Ok(())
}
