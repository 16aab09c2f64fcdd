//! The way back from arguments as the site's editor had them declared to the shape that the caller declared.

use std::collections::HashMap;

use serde_json::{Map, Number, Value, json};

/// How a value must be changed to be what the caller's schema says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Shape {
    /// Not at all.
    #[default]
    Same,
    /// A number without a fraction, which the site may write with one.
    Whole,
    /// Properties: by their name in the editor, their declared name and their own shape.
    Object(HashMap<String, (String, Shape)>),
    /// A list of such values.
    List(Box<Shape>),
    /// An object of free keys, declared as a list of keys with such values.
    Keyed(Box<Shape>),
    /// An object of any keys, declared as the one property of another.
    Inside(Box<Shape>),
    /// Any value, declared as JSON text.
    Json,
    /// One of these values, declared as their texts.
    Words(Vec<Value>),
}

/// The keys of an entry where an object of free keys is declared as a list.
pub(super) const ENTRY: [&str; 2] = ["key", "value"];

/// The property that stands for a whole object.
pub(super) const WHOLE: &str = "arguments";

impl Shape {
    /// The value as the caller declared it. What does not fit stays as it is.
    pub(crate) fn restore(&self, value: Value) -> Value {
        match (self, value) {
            (Self::Whole, Value::Number(number)) => Value::Number(whole(number)),
            (Self::Object(members), Value::Object(fields)) => {
                let restored = fields.into_iter().map(|(name, value)| match members.get(&name) {
                    Some((declared, shape)) => (declared.clone(), shape.restore(value)),
                    None => (name, value),
                });
                Value::Object(restored.collect())
            }
            (Self::List(shape), Value::Array(items)) => {
                Value::Array(items.into_iter().map(|item| shape.restore(item)).collect())
            }
            (Self::Keyed(shape), Value::Array(entries)) if entries.iter().all(is_entry) => {
                Value::Object(entries.into_iter().filter_map(|entry| keyed(entry, shape)).collect())
            }
            (Self::Keyed(shape), Value::Object(fields)) => {
                Value::Object(fields.into_iter().map(|(key, value)| (key, shape.restore(value))).collect())
            }
            (Self::Inside(shape), Value::Object(fields)) => inside(fields, shape),
            (Self::Json, Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            (Self::Words(words), Value::String(text)) => {
                let other = words.iter().find(|word| !word.is_string() && word.to_string() == text);
                match other.filter(|_| !words.contains(&json!(text))) {
                    Some(word) => word.clone(),
                    None => Value::String(text),
                }
            }
            (_, value) => value,
        }
    }
}

/// What the one property holds. Where it is not there, the model gave its keys without it.
fn inside(mut fields: Map<String, Value>, shape: &Shape) -> Value {
    let inner = take(&mut fields, WHOLE).map(|value| shape.restore(value));
    match inner {
        Some(inner @ Value::Object(_)) => inner,
        Some(inner) => {
            fields.insert(WHOLE.to_owned(), inner);
            Value::Object(fields)
        }
        None => Value::Object(fields),
    }
}

fn whole(number: Number) -> Number {
    /// Up to here every whole number has a floating one of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64().filter(|_| number.is_f64()) {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        Some(float) if float.fract() == 0.0 && float.abs() <= EXACT => Number::from(float as i64),
        _ => number,
    }
}

fn is_entry(entry: &Value) -> bool {
    entry.get(ENTRY[0]).is_some_and(Value::is_string)
}

fn keyed(entry: Value, shape: &Shape) -> Option<(String, Value)> {
    let Value::Object(mut fields) = entry else { return None };
    let key = take(&mut fields, ENTRY[0])?.as_str()?.to_owned();
    Some((key, shape.restore(take(&mut fields, ENTRY[1]).unwrap_or_default())))
}

fn take(fields: &mut Map<String, Value>, name: &str) -> Option<Value> {
    fields.get_mut(name).map(Value::take)
}
