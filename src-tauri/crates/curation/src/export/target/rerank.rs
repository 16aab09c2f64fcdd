//! ms-swift's rows for rerankers: a question, documents that answer it and documents that do not.

use serde_json::{Value, json};

use super::super::fault::{Code, Fault};
use super::{Item, misplaced};
use crate::conversation::{Conversation, Kind, Part, Role};

/// From this score on a document answers the question: services give scores from 0 to 1.
const RELEVANT: f64 = 0.5;

pub(super) fn row(item: Item) -> Result<Value, Fault> {
    let Item::Ranking(conversation) = item else { return Err(misplaced()) };
    if conversation.kind != Kind::Rerank {
        return Err(Fault::new(Code::Schema, "no documents are put in order here"));
    }
    let (query, documents) = asked(&conversation)?;
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (index, score) in scores(&conversation) {
        let Some(text) = documents.get(index) else {
            return Err(Fault::new(Code::Schema, format!("document {index} has a score and was not sent")));
        };
        let document = json!([{ "role": "assistant", "content": text }]);
        if score >= RELEVANT { good.push(document) } else { bad.push(document) }
    }
    if good.is_empty() || bad.is_empty() {
        let which = if good.is_empty() { "no document answers" } else { "every document answers" };
        return Err(Fault::new(Code::Empty, format!("{which} the question")));
    }
    Ok(json!({
        "messages": [{ "role": "user", "content": query }],
        "positive_messages": good,
        "negative_messages": bad,
    }))
}

/// The question, and the documents in the order they were sent.
fn asked(conversation: &Conversation) -> Result<(&str, Vec<&str>), Fault> {
    let question = conversation.turns.iter().find(|turn| turn.role == Role::User);
    let mut texts = question.into_iter().flat_map(|turn| &turn.parts).map(|part| match part {
        Part::Text { text } => Ok(text.as_str()),
        _ => Err(Fault::new(Code::Media, "a document is no text")),
    });
    let query = texts.next().unwrap_or(Ok(""))?;
    if query.is_empty() {
        return Err(Fault::new(Code::Empty, "there is no question"));
    }
    Ok((query, texts.collect::<Result<_, _>>()?))
}

/// Each document's number and score, as the services say them, best first.
fn scores(conversation: &Conversation) -> Vec<(usize, f64)> {
    let answers = conversation.turns.iter().filter(|turn| turn.role == Role::Assistant);
    let mut found = Vec::new();
    for part in answers.flat_map(|turn| &turn.parts) {
        match part {
            Part::Other { raw } => scored(raw, &mut found),
            Part::Text { text } => {
                if let Ok(raw) = serde_json::from_str(text) {
                    scored(&raw, &mut found);
                }
            }
            _ => {}
        }
    }
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    found
}

fn scored(raw: &Value, found: &mut Vec<(usize, f64)>) {
    let list = raw.as_array().or_else(|| ["results", "data"].iter().find_map(|key| raw.get(key)?.as_array()));
    for one in list.map_or(std::slice::from_ref(raw), Vec::as_slice) {
        let index = one.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let score = one.get("relevance_score").or_else(|| one.get("score")).and_then(Value::as_f64);
        if let (Some(index), Some(score)) = (index, score) {
            found.push((index, score));
        }
    }
}
