//! Schemas of functions and of structured output, as they go over the wire and as JSON.

use serde_json::{Map, Value, json};

use crate::wire::{at, items};

/// What each place of a schema on the wire holds; the empty ones are not the editor's.
const PLACES: [&str; 23] = [
    "type",
    "format",
    "description",
    "nullable",
    "enum",
    "items",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "",
    "",
    "",
    "",
    "",
    "maxItems",
    "minItems",
    "propertyOrdering",
];

const TYPES: [&str; 7] = ["", "string", "number", "integer", "boolean", "array", "object"];

/// The JSON schema, types in lower case, that an array of the wire stands for.
pub(crate) fn schema(value: &Value) -> Value {
    let named = PLACES.iter().zip(items(value)).filter(|(key, place)| !key.is_empty() && !place.is_null());
    let entry = |(key, place): (&&str, &Value)| ((*key).to_owned(), keyword(key, place));
    Value::Object(named.map(entry).collect())
}

fn keyword(key: &str, place: &Value) -> Value {
    match key {
        "type" => {
            let number = place.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
            json!(TYPES.get(number).copied().unwrap_or_default())
        }
        "items" => schema(place),
        "properties" => {
            let property = |pair: &Value| Some((at(pair, &[0]).as_str()?.to_owned(), schema(at(pair, &[1]))));
            Value::Object(items(place).iter().filter_map(property).collect::<Map<_, _>>())
        }
        _ => place.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_read_by_its_places() {
        let city = json!([1, null, "where", null, ["Oslo"]]);
        let days =
            json!([5, null, null, null, null, [3, null, null, null, null, null, null, null, null, null, 1]]);
        let wire = json!([6, null, null, null, null, null, [["city", city], ["days", days]], ["city"]]);
        let expected = json!({
            "type": "object",
            "properties": {
                "city": { "type": "string", "description": "where", "enum": ["Oslo"] },
                "days": { "type": "array", "items": { "type": "integer", "minimum": 1 } },
            },
            "required": ["city"],
        });
        assert_eq!(schema(&wire), expected);
    }
}
