//! Arguments of calls, as they were said, to objects.
//!
//! A ladder: each step is tried only when the one before did not give an object, and none invents anything.

use serde_json::{Map, Value};

use super::fault::{Code, Fault};
use crate::conversation::Tool;

/// Arguments as an object that follows the function's schema, where there is one.
pub(crate) fn arguments(name: &str, said: &str, tool: Option<&Tool>) -> Result<Map<String, Value>, Fault> {
    let schema = tool.and_then(|tool| tool.parameters.as_ref());
    let mut object = object(name, said, schema)
        .ok_or_else(|| Fault::new(Code::ArgsJson, format!("the arguments of {name} are no JSON object")))?;
    let Some(schema) = schema else { return Ok(object) };
    coerce(&mut object, schema);
    follows(&object, schema)
        .map_err(|why| Fault::new(Code::Schema, format!("the arguments of {name}: {why}")))?;
    Ok(object)
}

/// The object that `said` means.
fn object(name: &str, said: &str, schema: Option<&Value>) -> Option<Map<String, Value>> {
    if said.trim().is_empty() {
        return Some(Map::new());
    }
    let value = serde_json::from_str(said).ok().or_else(|| serde_json::from_str(&mended(said)).ok())?;
    match unwrapped(value) {
        Value::Null => Some(Map::new()),
        Value::Object(object) => Some(inner(name, object, schema)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// What a JSON text within a JSON text says.
fn unwrapped(mut value: Value) -> Value {
    while let Value::String(text) = &value {
        match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::String(_))) if inner != value => value = inner,
            _ => break,
        }
    }
    value
}

/// The arguments within a whole call, when a whole call stands where its arguments should.
fn inner(name: &str, object: Map<String, Value>, schema: Option<&Value>) -> Map<String, Value> {
    let declared = |key: &str| schema.and_then(|schema| schema.get("properties")?.get(key)).is_some();
    let call = match object.get("function") {
        Some(Value::Object(function)) if !declared("function") => function,
        _ => &object,
    };
    if call.get("name").and_then(Value::as_str) != Some(name) || declared("arguments") {
        return object;
    }
    match call.get("arguments").cloned().map(unwrapped) {
        Some(Value::Object(arguments)) => arguments,
        _ => object,
    }
}

/// The text with commas before a closing bracket taken away and single quotes made double, outside of strings.
fn mended(said: &str) -> String {
    let mut out = String::with_capacity(said.len());
    let mut within: Option<char> = None;
    let mut escaped = false;
    for c in said.chars() {
        match within {
            Some(_) if escaped => {
                // JSON knows no escaped single quote.
                if c == '\'' {
                    out.pop();
                }
                out.push(c);
                escaped = false;
            }
            Some(_) if c == '\\' => {
                out.push(c);
                escaped = true;
            }
            Some(quote) if c == quote => {
                out.push('"');
                within = None;
            }
            Some('\'') if c == '"' => out.push_str("\\\""),
            Some(_) => out.push(c),
            None if c == '"' || c == '\'' => {
                out.push('"');
                within = Some(c);
            }
            None => {
                if (c == '}' || c == ']') && out.trim_end().ends_with(',') {
                    out.truncate(out.trim_end().len() - 1);
                }
                out.push(c);
            }
        }
    }
    out
}

/// Makes numbers and truth values of texts where the schema wants them and nothing else.
fn coerce(object: &mut Map<String, Value>, schema: &Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (key, value) in object {
        let Some(schema) = properties.get(key) else { continue };
        let wanted = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        let parsed = value.as_str().and_then(|text| serde_json::from_str::<Value>(text.trim()).ok());
        match (wanted, parsed) {
            ("integer", Some(number)) if number.is_i64() || number.is_u64() => *value = number,
            ("number", Some(number)) if number.is_number() => *value = number,
            ("boolean", Some(truth)) if truth.is_boolean() => *value = truth,
            ("array", Some(list)) if list.is_array() => *value = list,
            ("object", Some(inner)) if inner.is_object() => *value = inner,
            _ => {}
        }
        if let Value::Object(inner) = value {
            coerce(inner, schema);
        }
    }
}

/// Whether the object follows the schema. One that is no schema, or points elsewhere, is not held against it.
fn follows(object: &Map<String, Value>, schema: &Value) -> Result<(), String> {
    let Ok(validator) = jsonschema::validator_for(schema) else { return Ok(()) };
    let value = Value::Object(object.clone());
    match validator.iter_errors(&value).next() {
        Some(error) => Err(error.to_string().chars().take(200).collect()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(parameters: Value) -> Tool {
        Tool { name: "f".to_owned(), description: None, parameters: Some(parameters) }
    }

    fn repaired(said: &str) -> Option<Value> {
        arguments("f", said, None).ok().map(Value::Object)
    }

    #[test]
    fn a_call_without_arguments_gets_an_empty_object() {
        assert_eq!(repaired(""), Some(json!({})));
        assert_eq!(repaired("null"), Some(json!({})));
    }

    #[test]
    fn trailing_commas_and_single_quotes_are_mended_outside_of_strings() {
        assert_eq!(repaired(r#"{"a": [1, 2, ], }"#), Some(json!({ "a": [1, 2] })));
        assert_eq!(repaired(r#"{'a': 'it\'s "so"'}"#), Some(json!({ "a": "it's \"so\"" })));
        assert_eq!(repaired(r#"{"a": "x, }", }"#), Some(json!({ "a": "x, }" })));
    }

    #[test]
    fn json_within_json_is_unwrapped() {
        assert_eq!(repaired(r#""{\"a\":1}""#), Some(json!({ "a": 1 })));
        assert_eq!(repaired(r#""\"{\\\"a\\\":1}\"""#), Some(json!({ "a": 1 })));
    }

    #[test]
    fn a_whole_call_in_place_of_its_arguments_is_opened() {
        assert_eq!(repaired(r#"{"name":"f","arguments":{"a":1}}"#), Some(json!({ "a": 1 })));
        let nested = r#"{"id":"1","function":{"name":"f","arguments":"{\"a\":1}"}}"#;
        assert_eq!(repaired(nested), Some(json!({ "a": 1 })));
    }

    #[test]
    fn arguments_that_only_look_like_a_call_stay() {
        let other = r#"{"name":"somebody","arguments":{"a":1}}"#;
        assert_eq!(repaired(other), serde_json::from_str(other).ok());
        let declared = tool(json!({ "type": "object", "properties": { "name": {}, "arguments": {} } }));
        let said = r#"{"name":"f","arguments":{"a":1}}"#;
        let kept = arguments("f", said, Some(&declared)).map(Value::Object);
        assert_eq!(kept.ok(), serde_json::from_str(said).ok());
    }

    #[test]
    fn a_text_becomes_a_number_only_where_the_schema_wants_one() {
        let tool = tool(json!({ "type": "object", "properties": {
            "n": { "type": "integer" }, "s": { "type": "string" }, "b": { "type": "boolean" } } }));
        let made = arguments("f", r#"{"n":"1","s":"1","b":"true"}"#, Some(&tool)).unwrap();
        assert_eq!(Value::Object(made), json!({ "n": 1, "s": "1", "b": true }));
    }

    #[test]
    fn what_follows_no_schema_is_no_row() {
        let tool = tool(
            json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] }),
        );
        assert_eq!(arguments("f", "{}", Some(&tool)).unwrap_err().code, Code::Schema);
        assert_eq!(arguments("f", r#"{"n":"one"}"#, Some(&tool)).unwrap_err().code, Code::Schema);
        assert_eq!(arguments("f", "call it", None).unwrap_err().code, Code::ArgsJson);
        assert_eq!(arguments("f", "[1]", None).unwrap_err().code, Code::ArgsJson);
        assert_eq!(arguments("f", r#"{"a": "#, None).unwrap_err().code, Code::ArgsJson);
    }
}
