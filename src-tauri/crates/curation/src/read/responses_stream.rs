//! The events of a Responses answer as the whole answer they make.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::body::Piece;
use super::value::{append, count, field, list, text};

/// The answer as it had come in one: the response of the last event that has one, with the items that were told beside
/// it, for those who leave them out there.
pub(super) fn whole(pieces: &[Piece]) -> Value {
    let mut response = Map::new();
    let mut items: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for Piece { event, data } in pieces {
        let kind = match text(data, "type") {
            "" => event.as_deref().unwrap_or_default(),
            kind => kind,
        };
        if let Some(Value::Object(told)) = field(data, "response") {
            response.clone_from(told);
        } else if text(data, "object") == "response" {
            response = data.as_object().cloned().unwrap_or_default();
        } else if kind == "error" || field(data, "error").is_some() {
            response.insert("error".to_owned(), field(data, "error").unwrap_or(data).clone());
        } else if kind.starts_with("response.") {
            take(&mut items, kind, data);
        }
    }
    if list(&Value::Object(response.clone()), "output").is_empty() && !items.is_empty() {
        let items = items.into_values().map(Value::Object).collect();
        response.insert("output".to_owned(), Value::Array(items));
    }
    Value::Object(response)
}

fn take(items: &mut BTreeMap<u64, Map<String, Value>>, kind: &str, data: &Value) {
    let Some(at) = count(data, "output_index") else { return };
    let item = items.entry(at).or_default();
    match kind {
        "response.output_item.added" | "response.output_item.done" => {
            if let Some(Value::Object(told)) = field(data, "item") {
                item.clone_from(told);
            }
        }
        "response.content_part.added" | "response.content_part.done" => put(item, "content", data),
        "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done" => {
            put(item, "summary", data);
        }
        "response.output_text.delta" => go_on(item, ("content", "output_text", "text"), data),
        "response.refusal.delta" => go_on(item, ("content", "refusal", "refusal"), data),
        "response.reasoning_text.delta" => go_on(item, ("content", "reasoning_text", "text"), data),
        "response.reasoning_summary_text.delta" => go_on(item, ("summary", "summary_text", "text"), data),
        "response.function_call_arguments.delta" => append(item, "arguments", text(data, "delta")),
        "response.custom_tool_call_input.delta" => append(item, "input", text(data, "delta")),
        "response.output_text.annotation.added" => {
            if let (Some(Value::Object(part)), Some(raw)) =
                (slot(item, "content", data), data.get("annotation"))
            {
                super::value::extend(part, "annotations", std::slice::from_ref(raw));
            }
        }
        _ => {}
    }
}

/// The place of a part in one of an item's lists, made if need be.
fn slot<'a>(item: &'a mut Map<String, Value>, name: &str, data: &Value) -> Option<&'a mut Value> {
    /// No answer has more; a larger number is a mistake that must not take memory.
    const MOST: u64 = 10_000;
    let index = count(data, "content_index").or_else(|| count(data, "summary_index")).unwrap_or_default();
    let at = usize::try_from(index.min(MOST)).ok()?;
    let parts = item.entry(name).or_insert_with(|| json!([])).as_array_mut()?;
    if parts.len() <= at {
        parts.resize(at + 1, json!({}));
    }
    parts.get_mut(at)
}

fn put(item: &mut Map<String, Value>, name: &str, data: &Value) {
    if let (Some(slot), Some(part)) = (slot(item, name, data), field(data, "part")) {
        slot.clone_from(part);
    }
}

fn go_on(item: &mut Map<String, Value>, (name, kind, words): (&str, &str, &str), data: &Value) {
    if let Some(Value::Object(part)) = slot(item, name, data) {
        part.entry("type").or_insert_with(|| kind.into());
        append(part, words, text(data, "delta"));
    }
}
