//! Reading JSON with the way to every value at hand, so that whatever is wrong is named as the caller
//! wrote it: `messages[2].content[0].type`.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::chat::{Failure, FailureKind};

pub(crate) type Read<T> = Result<T, Failure>;

/// A value and where it is. Reading it consumes it; nothing is copied.
pub(crate) struct Field {
    pub(crate) path: String,
    pub(crate) value: Value,
}

/// A JSON object whose members are taken out one by one. `null` counts as absent.
pub(crate) struct Object {
    pub(crate) path: String,
    members: Map<String, Value>,
}

pub(crate) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::BadRequest, message).param(param)
}

/// The members of a body, which must be one JSON object.
pub(crate) fn parse(body: &[u8]) -> Read<Map<String, Value>> {
    let bad = |message: String| Failure::new(FailureKind::BadRequest, message);
    let text = std::str::from_utf8(body)
        .map_err(|error| bad(format!("The body is not valid UTF-8 after byte {}.", error.valid_up_to())))?;
    if text.trim().is_empty() {
        return Err(bad("The body is empty; send a JSON object.".to_owned()));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(bad(format!("The body must be a JSON object, but is {}.", describe(&other)))),
        // The error says line and column.
        Err(error) => Err(bad(format!("The body is not valid JSON: {error}."))),
    }
}

impl Field {
    /// "it must be this, but is that".
    pub(crate) fn wrong(&self, expected: &str) -> Failure {
        let is = match &self.value {
            // Where a word or a number belongs, showing the wrong one helps; elsewhere it may be what was said.
            Value::String(text) if !text.is_empty() && !is_a_choice(expected) => "a string".to_owned(),
            value => describe(value),
        };
        invalid(&self.path, format!("'{}' must be {expected}, but is {is}.", self.path))
    }

    pub(crate) fn string(self) -> Read<String> {
        match self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong("a string")),
        }
    }

    pub(crate) fn non_empty(self) -> Read<String> {
        match self.value {
            Value::String(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.wrong("a string that is not empty")),
        }
    }

    pub(crate) fn boolean(self) -> Read<bool> {
        self.value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    pub(crate) fn number(self, range: RangeInclusive<f64>) -> Read<f64> {
        let number = self.value.as_f64().filter(|number| range.contains(number));
        number.ok_or_else(|| self.wrong(&format!("a number from {} to {}", range.start(), range.end())))
    }

    /// A whole number; `40.0` is one too.
    pub(crate) fn integer(self, range: RangeInclusive<i64>) -> Read<i64> {
        let number = whole(&self.value).filter(|number| range.contains(number));
        number.ok_or_else(|| self.wrong(&format!("a whole number from {} to {}", range.start(), range.end())))
    }

    /// A whole number of at least one.
    pub(crate) fn count(self) -> Read<u32> {
        let count =
            whole(&self.value).and_then(|number| u32::try_from(number).ok()).filter(|count| *count > 0);
        count.ok_or_else(|| self.wrong(&format!("a whole number from 1 to {}", u32::MAX)))
    }

    pub(crate) fn object(self) -> Read<Object> {
        match self.value {
            Value::Object(members) => Ok(Object { path: self.path, members }),
            _ => Err(self.wrong("an object")),
        }
    }

    /// The elements of an array, each with its own path.
    pub(crate) fn array(self) -> Read<impl Iterator<Item = Field>> {
        match self.value {
            Value::Array(values) => Ok(values
                .into_iter()
                .enumerate()
                .map(move |(index, value)| Field { path: format!("{}[{index}]", self.path), value })),
            _ => Err(self.wrong("an array")),
        }
    }
}

impl Object {
    /// The members of the body itself, whose paths have no prefix.
    pub(crate) fn root(members: Map<String, Value>) -> Self {
        Self { path: String::new(), members }
    }

    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Field> {
        // `shift_remove`: what stays behind keeps the caller's order.
        let value = self.members.shift_remove(key).filter(|value| !value.is_null())?;
        Some(Field { path: self.path_of(key), value })
    }

    pub(crate) fn need(&mut self, key: &str) -> Read<Field> {
        self.take(key).ok_or_else(|| {
            let path = self.path_of(key);
            let message = format!("Missing required field '{path}'.");
            invalid(path, message)
        })
    }

    /// Takes the first of several spellings.
    pub(crate) fn take_any(&mut self, keys: &[&str]) -> Option<Field> {
        keys.iter().find_map(|key| self.take(key))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.members.get(key).filter(|value| !value.is_null())
    }

    /// Whether something has not been taken.
    pub(crate) fn has_more(&self) -> bool {
        self.members.values().any(|value| !value.is_null())
    }

    /// Keeps a value under a key.
    pub(crate) fn put_back(&mut self, key: &str, value: Value) {
        self.members.insert(key.to_owned(), value);
    }

    /// What has not been taken.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.members
    }

    /// The object as it was, for what is kept as it came.
    pub(crate) fn into_field(self) -> Field {
        Field { path: self.path, value: Value::Object(self.members) }
    }
}

/// The value as a whole number, also when it is written `40.0`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let from_float = || {
        let number = value.as_f64()?;
        // Beyond 2^53 a float no longer says which whole number it means.
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    };
    value.as_i64().or_else(from_float)
}

/// Whether what is expected is one of a few words, or a number.
fn is_a_choice(expected: &str) -> bool {
    ["one of ", "'", "a number", "a whole number", "true or false"]
        .iter()
        .any(|start| expected.starts_with(start))
}

/// What a value is, for error messages. Numbers and short words are shown, longer texts are not: they
/// may be anything.
pub(crate) fn describe(value: &Value) -> String {
    const LONGEST_SHOWN: usize = 40;
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "an empty string".to_owned(),
        Value::String(text) if text.chars().count() <= LONGEST_SHOWN => format!("the string {value}"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
