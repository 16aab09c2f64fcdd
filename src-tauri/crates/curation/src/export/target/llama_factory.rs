//! LLaMA-Factory's ShareGPT rows: for one answer, for a better and a worse one, for good and bad ones.
//!
//! The rules are those of its `SharegptDatasetConverter`, `FunctionFormatter`, `ToolFormatter` and
//! `BasePlugin._validate_messages`. Arguments of calls are objects: a text would be encoded twice. Text beside a call is
//! kept in front of `<tool_call>`, the one way in which its formatter keeps it.

use serde_json::{Map, Value, json};

use super::super::fault::{Code, Fault};
use super::super::sample::{MediaKind, Message, Sample, Speaker, json};
use super::super::spec::Results;
use super::super::tools;
use super::merge::merged;
use super::{Item, Needs, misplaced, with_thoughts};

/// Stands between results of one turn, as the templates of Qwen and Hermes have it.
const BETWEEN: &str = "\n</tool_response>\n<tool_response>\n";
const OPEN: &str = "<tool_call>";
const CLOSE: &str = "</tool_call>";

pub(super) fn row(item: Item, needs: &Needs<'_>) -> Result<Value, Fault> {
    match item {
        Item::Turns(sample) => whole(sample, needs).map(Value::Object),
        Item::Labelled(sample, good) => {
            let mut row = whole(sample, needs)?;
            row.insert("kto_tag".to_owned(), json!(good));
            Ok(Value::Object(row))
        }
        Item::Pair { prompt, chosen, rejected } => pair(prompt, &chosen, &rejected, needs),
        Item::Ranking(_) => Err(misplaced()),
    }
}

fn whole(sample: Sample, needs: &Needs<'_>) -> Result<Map<String, Value>, Fault> {
    let (row, turns) = built(sample, needs)?;
    alternate(&turns)?;
    if turns.len() % 2 != 0 {
        return Err(Fault::new(Code::Alternation, "the last turn is no answer"));
    }
    counted(&row, values(&turns))?;
    Ok(row)
}

fn pair(prompt: Sample, chosen: &Message, rejected: &Message, needs: &Needs<'_>) -> Result<Value, Fault> {
    let (mut row, turns) = built(prompt, needs)?;
    alternate(&turns)?;
    if turns.len() % 2 == 0 {
        return Err(Fault::new(Code::Alternation, "the turn before the two answers is an answer"));
    }
    counted(&row, values(&turns))?;
    for (name, message) in [("chosen", chosen), ("rejected", rejected)] {
        let turn = answer(message)?;
        counted(&Map::new(), std::iter::once(turn.value.as_str()))?;
        row.insert(name.to_owned(), turn.json());
    }
    Ok(Value::Object(row))
}

struct Turn {
    from: &'static str,
    value: String,
}

impl Turn {
    fn json(&self) -> Value {
        json!({ "from": self.from, "value": self.value })
    }
}

fn values(turns: &[Turn]) -> impl Iterator<Item = &str> + Clone {
    turns.iter().map(|turn| turn.value.as_str())
}

/// The row, and its turns for the rules.
fn built(sample: Sample, needs: &Needs<'_>) -> Result<(Map<String, Value>, Vec<Turn>), Fault> {
    let mut media = Lists::default();
    let mut turns = Vec::new();
    let tools: Vec<Value> = sample.tools.iter().map(tools::bare).collect();
    let messages = merged(sample.messages);
    let mut rest = messages.as_slice();
    while let Some((message, after)) = rest.split_first() {
        media.take(message, needs)?;
        match message.speaker {
            Speaker::System => {
                return Err(Fault::new(Code::Alternation, "there are instructions in the middle"));
            }
            Speaker::User => turns.push(Turn { from: "human", value: message.written(mark) }),
            Speaker::Assistant => turns.push(answer(message)?),
            Speaker::Tool => {
                let more = after.iter().take_while(|message| message.speaker == Speaker::Tool).count();
                let results = &rest[..=more];
                for result in &after[..more] {
                    media.take(result, needs)?;
                }
                let (value, used) = observation(results, &after[more..], needs.results);
                if let Some(aside) = used {
                    media.take(aside, needs)?;
                }
                turns.push(Turn { from: "observation", value });
                rest = &after[more + usize::from(used.is_some())..];
                continue;
            }
        }
        rest = after;
    }
    let list: Vec<Value> = turns.iter().map(Turn::json).collect();
    let mut row = Map::new();
    row.insert("conversations".to_owned(), Value::Array(list));
    row.insert("system".to_owned(), json!(sample.system.unwrap_or_default()));
    row.insert("tools".to_owned(), json!(if tools.is_empty() { String::new() } else { json(&tools) }));
    media.into_row(&mut row);
    Ok((row, turns))
}

/// Results as one turn, with what the user said together with them: two turns of that side would break the order.
fn observation<'a>(
    results: &[Message],
    after: &'a [Message],
    wish: Results,
) -> (String, Option<&'a Message>) {
    let texts: Vec<String> = results.iter().map(|message| message.written(mark)).collect();
    let mut value = match (texts.as_slice(), wish) {
        ([one], _) => one.clone(),
        (several, Results::Tags) => several.join(BETWEEN),
        (several, Results::List) => json(&several),
    };
    let aside = after.first().filter(|message| message.speaker == Speaker::User);
    if let Some(aside) = aside {
        value.push_str("\n\n");
        value.push_str(&aside.written(mark));
    }
    (value, aside)
}

/// An answer, checked by the formatter's way of finding the calls in it.
fn answer(message: &Message) -> Result<Turn, Fault> {
    if message.speaker != Speaker::Assistant {
        return Err(misplaced());
    }
    if message.media().next().is_some() {
        return Err(Fault::new(Code::Media, "the model answers with a picture or recording"));
    }
    let text = message.text();
    if message.calls.is_empty() {
        return Ok(Turn { from: "gpt", value: with_thoughts(message, text) });
    }
    let calls: Vec<Value> =
        message.calls.iter().map(|call| json!({ "name": call.name, "arguments": call.arguments })).collect();
    let calls = if let [one] = calls.as_slice() { json(one) } else { json(&calls) };
    let said = if text.trim().is_empty() { calls.clone() } else { format!("{text}{OPEN}{calls}{CLOSE}") };
    let value = with_thoughts(message, said);
    if found(&value) != Some(calls.as_str()) {
        return Err(Fault::new(Code::Schema, "the tags of calls stand in a text or in arguments"));
    }
    Ok(Turn { from: "function_call", value })
}

/// The text in which LLaMA-Factory looks for calls.
fn found(value: &str) -> Option<&str> {
    if let Some((_, rest)) = value.split_once(OPEN)
        && let Some((calls, _)) = rest.split_once(CLOSE)
    {
        return Some(calls);
    }
    match value.split_once("<think>\n") {
        // The first thought is taken out, and the rest has to be JSON.
        Some(("", rest)) => rest.split_once("\n</think>\n\n").map(|(_, calls)| calls),
        Some(_) => None,
        None => Some(value),
    }
}

/// Questions and results at odd places, answers and calls at even ones.
fn alternate(turns: &[Turn]) -> Result<(), Fault> {
    for (at, turn) in turns.iter().enumerate() {
        let odd = matches!(turn.from, "human" | "observation");
        if odd != (at % 2 == 0) {
            return Err(Fault::new(Code::Alternation, format!("turn {} is of {}", at + 1, turn.from)));
        }
    }
    Ok(())
}

/// As many marks as there are pictures and recordings.
pub(super) fn counted<'a>(
    row: &Map<String, Value>,
    texts: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Fault> {
    for (kind, column) in KINDS {
        let Some(mark) = mark(kind) else { continue };
        let marks: usize = texts.clone().map(|text| text.matches(mark).count()).sum();
        let files = row.get(column).and_then(Value::as_array).map_or(0, Vec::len);
        if marks != files {
            return Err(Fault::new(Code::Media, format!("{mark} stands {marks} times for {files} files")));
        }
    }
    Ok(())
}

pub(super) const KINDS: [(MediaKind, &str); 3] =
    [(MediaKind::Image, "images"), (MediaKind::Video, "videos"), (MediaKind::Audio, "audios")];

/// What stands for a picture or recording in a text.
pub(super) fn mark(kind: MediaKind) -> Option<&'static str> {
    Some(match kind {
        MediaKind::Image => "<image>",
        MediaKind::Audio => "<audio>",
        MediaKind::Video => "<video>",
    })
}

/// The files of a row, by their kinds.
#[derive(Default)]
pub(super) struct Lists([Vec<String>; 3]);

impl Lists {
    pub(super) fn take(&mut self, message: &Message, needs: &Needs<'_>) -> Result<(), Fault> {
        for media in message.media() {
            let file = needs.file(media)?;
            for (list, (kind, _)) in self.0.iter_mut().zip(KINDS) {
                if kind == media.kind {
                    list.push(file.clone());
                }
            }
        }
        Ok(())
    }

    pub(super) fn into_row(self, row: &mut Map<String, Value>) {
        for (list, (_, column)) in self.0.into_iter().zip(KINDS) {
            if !list.is_empty() {
                row.insert(column.to_owned(), json!(list));
            }
        }
    }
}
