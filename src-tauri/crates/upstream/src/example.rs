//! Makes a value that fits a JSON schema, for the built-in model.

use serde_json::{Map, Value, json};

/// Schemas that refer to themselves end here.
const DEEPEST: usize = 16;

/// The least value that `schema` allows; texts in it are `text`.
///
/// It knows the parts of JSON Schema that function declarations use: types, `properties` with
/// `required`, `items`, `enum`, `const`, `default`, `anyOf` and its like, `$ref` within the schema, and
/// the simple bounds.
pub(crate) fn example(schema: &Value, text: &str) -> Value {
    Example { root: schema, text }.of(schema, 0)
}

struct Example<'a> {
    root: &'a Value,
    text: &'a str,
}

impl Example<'_> {
    fn of(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEEPEST {
            return Value::Null;
        }
        if let Some(fixed) = fixed(schema) {
            return fixed.clone();
        }
        if let Some(other) = self.elsewhere(schema) {
            return self.of(other, depth + 1);
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.array(schema, depth),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(0)),
            "boolean" => json!(false),
            "null" => Value::Null,
            _ => self.string(schema),
        }
    }

    /// The schema that stands for this one.
    fn elsewhere<'s>(&'s self, schema: &'s Value) -> Option<&'s Value> {
        if let Some(pointer) = schema.get("$ref").and_then(Value::as_str) {
            return self.root.pointer(pointer.strip_prefix('#')?);
        }
        let choices = ["anyOf", "oneOf", "allOf"].iter().find_map(|key| schema.get(key)?.as_array());
        choices?.first()
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let mut fields = Map::new();
        for name in required.filter_map(Value::as_str) {
            let property = schema.get("properties").and_then(|all| all.get(name)).unwrap_or(&Value::Null);
            fields.insert(name.to_owned(), self.of(property, depth + 1));
        }
        Value::Object(fields)
    }

    fn array(&self, schema: &Value, depth: usize) -> Value {
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0).min(100);
        let items = schema.get("items").unwrap_or(&Value::Null);
        (0..least).map(|_| self.of(items, depth + 1)).collect()
    }

    fn string(&self, schema: &Value) -> Value {
        let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Value::String(self.text.chars().take(most).collect())
    }
}

fn fixed(schema: &Value) -> Option<&Value> {
    let first_of_enum = || schema.get("enum")?.as_array()?.first();
    schema.get("const").or_else(first_of_enum).or_else(|| schema.get("default"))
}

/// The type of the value; of several, the first. A schema without a type but with properties means an
/// object, any other a text.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str).unwrap_or("string"),
        _ if schema.get("properties").is_some() => "object",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_what_is_required_and_nothing_else() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": { "type": "string" },
                "days": { "type": "integer", "minimum": 1 },
                "unit": { "enum": ["c", "f"] },
                "note": { "type": "string" },
                "near": { "$ref": "#/$defs/place" },
                "tags": { "type": "array", "items": { "type": ["string", "null"] }, "minItems": 1 },
                "wind": { "anyOf": [{ "type": "boolean" }, { "type": "null" }] }
            },
            "required": ["city", "days", "unit", "near", "tags", "wind"],
            "$defs": { "place": { "properties": { "code": { "type": "string", "maxLength": 2 } }, "required": ["code"] } }
        });
        let expected = json!({
            "city": "Oslo", "days": 1, "unit": "c", "near": { "code": "Os" }, "tags": ["Oslo"], "wind": false
        });
        assert_eq!(example(&schema, "Oslo"), expected);
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        let schema = json!({
            "type": "object", "properties": { "next": { "$ref": "#" } }, "required": ["next"]
        });
        assert!(example(&schema, "x").is_object());
    }

    #[test]
    fn a_schema_that_is_none_gives_text() {
        assert_eq!(example(&json!(true), "x"), json!("x"));
        assert_eq!(example(&json!({}), "x"), json!("x"));
    }
}
