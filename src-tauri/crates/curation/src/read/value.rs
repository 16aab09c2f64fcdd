//! Small words for looking into JSON that may be anything.

use serde_json::{Map, Value};

/// What is in this field; `None` where there is no such field, or null in it.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| !value.is_null())
}

/// A field of Google's, which is written in one of two ways: `camelCase` as given here, or `snake_case`.
pub(super) fn either<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    field(value, name).or_else(|| field(value, &snake(name)))
}

/// The other way to write a name of Google's.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A text; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A text of one of these fields, the first that is not empty.
pub(super) fn text_of<'a>(value: &'a Value, names: &[&str]) -> &'a str {
    names.iter().map(|name| text(value, name)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The items of a list; none where there is no list.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number that counts something.
pub(super) fn count(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

/// Whether there is nothing in it: null, an empty text, list or object.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// JSON text of what may be JSON text already.
pub(super) fn as_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// One field as an object of its own, for what has no word here.
pub(super) fn single(name: &str, value: &Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value.clone())]))
}

/// Adds a piece of text behind the text in this field.
pub(super) fn append(object: &mut Map<String, Value>, name: &str, piece: &str) {
    match object.get_mut(name) {
        Some(Value::String(text)) => text.push_str(piece),
        _ => {
            object.insert(name.to_owned(), Value::String(piece.to_owned()));
        }
    }
}

/// Adds items to the list in this field.
pub(super) fn extend(object: &mut Map<String, Value>, name: &str, items: &[Value]) {
    match object.get_mut(name) {
        Some(Value::Array(known)) => known.extend_from_slice(items),
        _ => {
            object.insert(name.to_owned(), Value::Array(items.to_vec()));
        }
    }
}

/// Takes over a field of unknown meaning from a piece of a stream: texts and lists go on, the rest replaces.
pub(super) fn merge(object: &mut Map<String, Value>, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => append(object, name, text),
        Value::Array(items) => extend(object, name, items),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            object.insert(name.to_owned(), value.clone());
        }
    }
}
