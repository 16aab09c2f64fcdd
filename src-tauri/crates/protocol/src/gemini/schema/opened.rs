use serde_json::{Map, Value, json};

use super::super::words::snake;

/// Google's own schema as a JSON schema: types in small letters, null as a type, counts as numbers.
pub(in crate::gemini) fn opened(schema: Value) -> Value {
    let Value::Object(mut keys) = schema else { return schema };
    spell(&mut keys);
    if let Some(Value::String(word)) = keys.get("type") {
        let word = word.to_ascii_lowercase();
        if word == "type_unspecified" {
            keys.shift_remove("type");
        } else {
            keys.insert("type".to_owned(), Value::String(word));
        }
    }
    if keys.shift_remove("nullable") == Some(Value::Bool(true)) {
        allow_null(&mut keys);
    }
    if keys.get("format").is_some_and(|format| format == "enum") {
        keys.shift_remove("format");
    }
    for (key, value) in &mut keys {
        *value = match (key.as_str(), value.take()) {
            ("items" | "additionalProperties", inner) => opened(inner),
            ("anyOf" | "prefixItems", Value::Array(branches)) => branches.into_iter().map(opened).collect(),
            ("properties" | "$defs" | "defs", Value::Object(all)) => {
                Value::Object(all.into_iter().map(|(name, schema)| (name, opened(schema))).collect())
            }
            (
                "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties",
                Value::String(count),
            ) => count.parse::<u64>().map_or(Value::String(count), Value::from),
            (_, other) => other,
        };
    }
    Value::Object(keys)
}

/// Keywords with underscores become what they are.
fn spell(keys: &mut Map<String, Value>) {
    const CAMEL: [&str; 10] = [
        "anyOf",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "minProperties",
        "maxProperties",
        "propertyOrdering",
        "additionalProperties",
        "prefixItems",
    ];
    for camel in CAMEL {
        if let Some(value) = keys.shift_remove(&snake(camel)) {
            keys.insert(camel.to_owned(), value);
        }
    }
}

fn allow_null(keys: &mut Map<String, Value>) {
    if let Some(word) = keys.get("type").and_then(Value::as_str) {
        keys.insert("type".to_owned(), json!([word, "null"]));
    } else if let Some(Value::Array(branches)) = keys.get_mut("anyOf") {
        branches.push(json!({ "type": "null" }));
    }
    if let Some(Value::Array(values)) = keys.get_mut("enum") {
        values.push(Value::Null);
    }
}
