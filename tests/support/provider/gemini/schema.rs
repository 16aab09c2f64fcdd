//! Which schemas Google takes: of the two kinds, the older one is no JSON Schema.

use serde_json::Value;

use super::super::refusal::Refused;
use super::checks::{fields, invalid, wrong};

const SCHEMA: &[&str] = &[
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
    "propertyOrdering",
    "default",
    "items",
    "minimum",
    "maximum",
];

/// A `Schema`, with everything below it.
pub(super) fn check(schema: &Value, at: &str) -> Result<(), Refused> {
    if schema.is_null() {
        return Ok(());
    }
    fields(schema, at, SCHEMA)?;
    if schema["type"].is_array() {
        return Err(invalid(
            at,
            format!("Unknown name \"type\" at '{at}': Proto field is not repeating, cannot start list."),
        ));
    }
    let named = schema["type"].as_str().map(str::to_uppercase);
    if let Some(named) = &named
        && !["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"].contains(&named.as_str())
    {
        return Err(invalid(
            at,
            format!(
                "Invalid value at '{at}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), {}",
                schema["type"]
            ),
        ));
    }
    let values = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(index) = values.iter().position(|value| !value.is_string()) {
        return Err(invalid(
            at,
            format!("Invalid value at '{at}.enum[{index}]' (TYPE_STRING), {}", values[index]),
        ));
    }
    if !values.is_empty() && named.as_deref() != Some("STRING") {
        return Err(wrong(format!("* GenerateContentRequest.{at}.enum: only allowed for STRING type")));
    }
    if named.as_deref() == Some("ARRAY") && schema["items"].is_null() {
        return Err(wrong(format!("* GenerateContentRequest.{at}.items: missing field.")));
    }
    if schema["required"].is_boolean() {
        return Err(invalid(
            at,
            format!("Invalid value at '{at}.required' (TYPE_STRING), {}", schema["required"]),
        ));
    }
    let missing = |name: &&Value| schema["properties"].get(name.as_str().unwrap_or_default()).is_none();
    if let Some(index) =
        schema["required"].as_array().and_then(|names| names.iter().position(|name| missing(&name)))
    {
        return Err(wrong(format!(
            "* GenerateContentRequest.{at}.required[{index}]: property is not defined"
        )));
    }
    below(schema, at)
}

fn below(schema: &Value, at: &str) -> Result<(), Refused> {
    check(&schema["items"], &format!("{at}.items"))?;
    for (index, one) in schema["anyOf"].as_array().into_iter().flatten().enumerate() {
        check(one, &format!("{at}.any_of[{index}]"))?;
    }
    for (index, property) in
        schema["properties"].as_object().into_iter().flat_map(serde_json::Map::values).enumerate()
    {
        check(property, &format!("{at}.properties[{index}].value"))?;
    }
    Ok(())
}

/// A JSON Schema: a reference stands alone, and it leads somewhere.
pub(super) fn check_json(schema: &Value, at: &str) -> Result<(), Refused> {
    json(schema, schema, at)
}

fn json(root: &Value, schema: &Value, at: &str) -> Result<(), Refused> {
    match schema {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                if fields.keys().any(|name| !name.starts_with('$')) {
                    return Err(wrong(format!(
                        "* GenerateContentRequest.{at}: a schema with $ref may only have siblings that begin with $"
                    )));
                }
                let pointer = target.strip_prefix('#').unwrap_or("/nowhere");
                if root.pointer(pointer).is_none() {
                    return Err(wrong(format!(
                        "* GenerateContentRequest.{at}: reference to undefined schema {target}"
                    )));
                }
            }
            fields.values().try_for_each(|value| json(root, value, at))
        }
        Value::Array(items) => items.iter().try_for_each(|value| json(root, value, at)),
        _ => Ok(()),
    }
}
