//! LLaMA-Factory's Alpaca rows: an instruction and its output, with what was said before.

use serde_json::{Map, Value, json};

use super::super::fault::{Code, Fault};
use super::super::sample::Speaker;
use super::llama_factory::{Lists, counted, mark};
use super::merge::merged;
use super::{Item, Needs, misplaced, with_thoughts};

pub(super) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    let Item::Turns(sample) = item else { return Err(misplaced()) };
    let mut media = Lists::default();
    let mut texts = Vec::new();
    for (at, message) in merged(sample.messages).into_iter().enumerate() {
        if message.speaker == Speaker::Tool || !message.calls.is_empty() {
            return Err(Fault::new(Code::Schema, "calls have no place in this form"));
        }
        let wanted = if at % 2 == 0 { Speaker::User } else { Speaker::Assistant };
        if message.speaker != wanted {
            return Err(Fault::new(
                Code::Alternation,
                format!("turn {} is of the {}", at + 1, message.speaker.word()),
            ));
        }
        if wanted == Speaker::Assistant && message.media().next().is_some() {
            return Err(Fault::new(Code::Media, "the model answers with a picture or recording"));
        }
        media.take(&message, needs)?;
        let text = message.written(mark);
        texts.push(with_thoughts(&message, text));
    }
    let [history @ .., instruction, output] = texts.as_slice() else {
        return Err(Fault::new(Code::Empty, "there is no answer"));
    };
    if history.len() % 2 != 0 {
        return Err(Fault::new(Code::Alternation, "the last turn is no answer"));
    }
    let mut row = Map::new();
    row.insert("instruction".to_owned(), json!(instruction));
    row.insert("input".to_owned(), json!(""));
    row.insert("output".to_owned(), json!(output));
    row.insert("system".to_owned(), json!(sample.system.unwrap_or_default()));
    row.insert("history".to_owned(), history.chunks(2).map(|pair| json!(pair)).collect());
    media.into_row(&mut row);
    counted(&row, texts.iter().map(String::as_str))?;
    Ok(Value::Object(row))
}
