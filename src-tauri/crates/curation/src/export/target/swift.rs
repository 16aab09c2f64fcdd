//! ms-swift's rows of messages: each call and each result is a message.

use serde_json::{Map, Value, json};

use super::super::fault::{Code, Fault};
use super::super::sample::{Message, Speaker, json};
use super::super::tools;
use super::llama_factory::{Lists, counted, mark};
use super::{Item, Needs, misplaced, with_thoughts};

pub(super) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    let Item::Turns(sample) = item else { return Err(misplaced()) };
    let mut media = Lists::default();
    let mut messages = Vec::new();
    if let Some(system) = &sample.system {
        messages.push(said("system", system.clone(), None));
    }
    for message in &sample.messages {
        media.take(message, needs)?;
        take(message, &mut messages)?;
    }
    let last = sample.messages.last().map(|message| message.speaker);
    if last != Some(Speaker::Assistant) {
        return Err(Fault::new(Code::Alternation, "the last message is no answer"));
    }
    let mut row = Map::new();
    if !sample.tools.is_empty() {
        let tools: Vec<Value> = sample.tools.iter().map(tools::openai).collect();
        row.insert("tools".to_owned(), json!(json(&tools)));
    }
    media.into_row(&mut row);
    counted(&row, messages.iter().filter_map(|message| message["content"].as_str()))?;
    row.insert("messages".to_owned(), Value::Array(messages));
    Ok(Value::Object(row))
}

fn take(message: &Message, out: &mut Vec<Value>) -> Result<(), Fault> {
    match message.speaker {
        Speaker::System => return Err(Fault::new(Code::Alternation, "there are instructions in the middle")),
        Speaker::User => out.push(said("user", message.written(mark), None)),
        Speaker::Tool => out.push(said("tool_response", message.written(mark), None)),
        Speaker::Assistant => {
            if message.media().next().is_some() {
                return Err(Fault::new(Code::Media, "the model answers with a picture or recording"));
            }
            let text = with_thoughts(message, message.text());
            if !text.is_empty() {
                out.push(said("assistant", text, message.train));
            }
            for call in &message.calls {
                let content = json!({ "name": call.name, "arguments": call.arguments });
                out.push(said("tool_call", json(&content), message.train));
            }
        }
    }
    Ok(())
}

fn said(role: &str, content: String, train: Option<bool>) -> Value {
    let mut message = json!({ "role": role, "content": content });
    if let Some(train) = train {
        message["loss"] = json!(train);
    }
    message
}
