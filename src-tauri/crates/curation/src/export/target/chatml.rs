//! Plain text in the words of ChatML, with calls in the tags of Qwen and Hermes.

use serde_json::{Value, json};

use super::super::fault::{Code, Fault};
use super::super::sample::{Message, Sample, Speaker, json};
use super::super::tools;
use super::{Item, misplaced, with_thoughts};

const START: &str = "<|im_start|>";
const END: &str = "<|im_end|>";

pub(super) fn row(item: Item) -> Result<Value, Fault> {
    let Item::Turns(sample) = item else { return Err(misplaced()) };
    if sample.media().next().is_some() {
        return Err(Fault::new(Code::Media, "plain text has no place for pictures and recordings"));
    }
    let mut out = String::new();
    if let Some(system) = system(&sample) {
        say(&mut out, "system", &system)?;
    }
    let mut rest = sample.messages.as_slice();
    while let Some((message, after)) = rest.split_first() {
        match message.speaker {
            Speaker::System => say(&mut out, "system", &message.text())?,
            Speaker::User => say(&mut out, "user", &message.text())?,
            Speaker::Assistant => say(&mut out, "assistant", &answer(message))?,
            Speaker::Tool => {
                let results = rest.iter().take_while(|message| message.speaker == Speaker::Tool);
                let texts: Vec<String> = results
                    .map(|message| format!("<tool_response>\n{}\n</tool_response>", message.text()))
                    .collect();
                say(&mut out, "user", &texts.join("\n"))?;
                rest = &rest[texts.len()..];
                continue;
            }
        }
        rest = after;
    }
    Ok(json!({ "text": out }))
}

fn system(sample: &Sample) -> Option<String> {
    if sample.tools.is_empty() {
        return sample.system.clone();
    }
    let tools: Vec<String> = sample.tools.iter().map(|tool| json(&tools::openai(tool))).collect();
    let tools = format!("<tools>\n{}\n</tools>", tools.join("\n"));
    Some(sample.system.as_ref().map_or_else(|| tools.clone(), |system| format!("{system}\n\n{tools}")))
}

fn answer(message: &Message) -> String {
    let mut parts: Vec<String> = Some(message.text()).filter(|text| !text.is_empty()).into_iter().collect();
    for call in &message.calls {
        let call = json!({ "name": call.name, "arguments": call.arguments });
        parts.push(format!("<tool_call>\n{}\n</tool_call>", json(&call)));
    }
    with_thoughts(message, parts.join("\n"))
}

/// A text with the words of the form in it would end its turn, or begin another.
fn say(out: &mut String, role: &str, text: &str) -> Result<(), Fault> {
    if text.contains(START) || text.contains(END) {
        return Err(Fault::new(Code::Schema, "a word of ChatML stands in a text"));
    }
    out.push_str(&format!("{START}{role}\n{text}{END}\n"));
    Ok(())
}
