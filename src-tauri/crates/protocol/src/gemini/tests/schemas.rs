//! Schemas become what Google takes.

use serde_json::{Value, json};

use crate::gemini::schema::opened;
use crate::gemini::{Acceptor, clean};

fn own(schema: &Value) -> Value {
    clean(schema, Acceptor::Schema)
}

fn json_schema(schema: &Value) -> Value {
    clean(schema, Acceptor::JsonSchema)
}

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

/// What a property becomes, in either field.
fn property(schema: Value) -> (Value, Value) {
    let whole = object(json!({ "p": schema }));
    (own(&whole)["properties"]["p"].clone(), json_schema(&whole)["properties"]["p"].clone())
}

#[test]
fn references_are_resolved() {
    let schema = json!({
        "type": "object",
        "properties": { "a": { "$ref": "#/$defs/A", "description": "own" }, "b": { "$ref": "#/definitions/b~1c" } },
        "$defs": { "A": { "type": "object", "description": "A", "properties": { "x": { "$ref": "#/$defs/X" } } }, "X": { "type": "string" } },
        "definitions": { "b/c": { "type": "integer" } },
    });
    let a = json!({ "type": "object", "description": "own", "properties": { "x": { "type": "string" } } });
    let expected = object(json!({ "a": a, "b": { "type": "integer" } }));
    assert_eq!(own(&schema), expected);
    assert_eq!(json_schema(&schema), expected);
}

#[test]
fn a_schema_that_leads_back_to_itself_ends() {
    let schema = json!({
        "$ref": "#/$defs/Node",
        "$defs": { "Node": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Node" } } } },
    });
    let next = json!({ "type": "object", "properties": {}, "description": "once more Node" });
    assert_eq!(own(&schema), object(json!({ "next": next })));
    let wide = json!({
        "$ref": "#/$defs/N",
        "$defs": { "N": { "type": "object", "properties": { "a": { "$ref": "#/$defs/M" }, "b": { "$ref": "#/$defs/M" } } },
                   "M": { "anyOf": [{ "$ref": "#/$defs/N" }, { "$ref": "#/$defs/M" }] } },
    });
    assert_eq!(own(&wide)["type"], "object");
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn each_step_does_its_part() {
    let same = |value: Value| (value.clone(), value);
    let table: Vec<(&str, Value, (Value, Value))> = vec![
        ("const", json!({ "const": "a" }), same(json!({ "type": "string", "enum": ["a"] }))),
        (
            "allOf",
            json!({ "description": "own", "allOf": [
                { "description": "theirs", "type": "object", "properties": { "x": { "type": "string" } }, "required": ["x"] },
                { "properties": { "y": { "type": "string" } }, "required": ["y", "x"] },
            ] }),
            same(json!({
                "type": "object", "properties": { "x": { "type": "string" }, "y": { "type": "string" } },
                "required": ["x", "y"], "description": "own",
            })),
        ),
        (
            "type with null",
            json!({ "type": ["string", "null"] }),
            (json!({ "type": "string", "nullable": true }), json!({ "type": ["string", "null"] })),
        ),
        (
            "anyOf with null",
            json!({ "anyOf": [{ "type": "integer" }, { "type": "null" }] }),
            (json!({ "type": "integer", "nullable": true }), json!({ "type": ["integer", "null"] })),
        ),
        (
            "enum with null",
            json!({ "enum": ["a", null] }),
            (
                json!({ "type": "string", "enum": ["a"], "nullable": true }),
                json!({ "type": ["string", "null"], "enum": ["a"] }),
            ),
        ),
        (
            "oneOf",
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            same(json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })),
        ),
        (
            "several types",
            json!({ "type": ["string", "array"], "items": { "type": "string" }, "description": "d" }),
            same(json!({
                "anyOf": [{ "type": "array", "items": { "type": "string" } }, { "type": "string" }], "description": "d",
            })),
        ),
        (
            "numbers as choices",
            json!({ "type": "integer", "enum": [1, 2], "description": "d" }),
            (
                json!({ "type": "integer", "description": "d (allowed values: 1, 2)" }),
                json!({ "type": "integer", "enum": [1, 2], "description": "d" }),
            ),
        ),
        (
            "mixed choices",
            json!({ "type": "boolean", "enum": [true] }),
            same(json!({ "type": "boolean", "description": "allowed values: true" })),
        ),
        (
            "constraints that are told",
            json!({ "type": "number", "exclusiveMinimum": 0, "multipleOf": 2, "minimum": 1, "not": { "const": 4 } }),
            same(json!({
                "type": "number", "minimum": 1, "description": "exclusiveMinimum: 0; multipleOf: 2; not: {\"const\":4}",
            })),
        ),
        (
            "constraints of one field only",
            json!({ "type": "string", "minLength": 2, "pattern": "^a" }),
            (
                json!({ "type": "string", "minLength": 2, "pattern": "^a" }),
                json!({ "type": "string", "description": "minLength: 2; pattern: \"^a\"" }),
            ),
        ),
        (
            "what nobody needs",
            json!({ "type": "string", "$schema": "s", "$id": "i", "examples": ["e"], "discriminator": {}, "x-a": 1, "$comment": "c" }),
            same(json!({ "type": "string" })),
        ),
        (
            "formats",
            json!({ "type": "string", "format": "date" }),
            (
                json!({ "type": "string", "description": "format: \"date\"" }),
                json!({ "type": "string", "format": "date" }),
            ),
        ),
        (
            "a tuple",
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] }),
            same(json!({
                "type": "array", "minItems": 2, "maxItems": 2,
                "items": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
            })),
        ),
        (
            "an object of free keys",
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            (
                json!({ "type": "object", "properties": {}, "description": "additionalProperties: {\"type\":\"string\"}" }),
                json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            ),
        ),
        (
            "an object without properties",
            json!({ "type": "object" }),
            same(json!({ "type": "object", "properties": {} })),
        ),
        (
            "required",
            json!({ "properties": { "a": { "type": "string", "required": true }, "b": { "type": "string" } }, "required": ["b", "c"] }),
            same(json!({
                "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
                "required": ["b", "a"],
            })),
        ),
        (
            "branches that only constrain",
            json!({ "type": "object", "properties": { "a": {"type": "string" } }, "anyOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
            same(json!({
                "type": "object", "properties": { "a": { "type": "string" } },
                "description": "anyOf: [{\"required\":[\"a\"]},{\"required\":[\"b\"]}]",
            })),
        ),
        ("any value", json!({}), (json!({ "type": "string", "description": "any JSON value" }), json!({}))),
        ("types in capitals", json!({ "type": "STRING" }), same(json!({ "type": "string" }))),
        (
            "always null",
            json!({ "type": "null" }),
            (
                json!({ "type": "string", "nullable": true, "description": "always null" }),
                json!({ "type": "null" }),
            ),
        ),
    ];
    for (what, schema, expected) in table {
        assert_eq!(property(schema), expected, "{what}");
    }
}

#[test]
fn properties_that_are_called_like_keywords_survive() {
    let names =
        ["title", "format", "default", "type", "required", "enum", "$ref", "properties", "anyOf", "const"];
    let properties: Value =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    let mut schema = object(properties);
    schema["required"] = json!(names);
    assert_eq!(own(&schema), schema);
    assert_eq!(json_schema(&schema), schema);
}

#[test]
fn googles_own_schemas_open_up() {
    let google = json!({
        "type": "OBJECT",
        "properties": {
            "type": { "type": "STRING", "format": "enum", "enum": ["A"], "nullable": true },
            "list": { "type": "ARRAY", "items": { "type": "NUMBER" }, "min_items": "2" },
            "any": { "any_of": [{ "type": "INTEGER" }], "nullable": true },
        },
        "propertyOrdering": ["type"],
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "type": { "type": ["string", "null"], "enum": ["A", null] },
            "list": { "type": "array", "items": { "type": "number" }, "minItems": 2 },
            "any": { "anyOf": [{ "type": "integer" }, { "type": "null" }] },
        },
        "propertyOrdering": ["type"],
    });
    assert_eq!(opened(google), expected);
}
