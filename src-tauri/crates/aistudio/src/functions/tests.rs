use std::collections::HashSet;

use postern_protocol::chat::{ProviderTools, Request, Tool, ToolCall, ToolChoice, ToolMode};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// The keys that the site's editor takes.
const KEYS: [&str; 18] = [
    "type",
    "format",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "items",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "propertyOrdering",
];

/// Why the editor would refuse a schema.
fn fault(schema: &Value) -> Option<String> {
    let Value::Object(node) = schema else { return Some(format!("no object: {schema}")) };
    if let Some(key) = node.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Some(format!("unknown key {key}"));
    }
    let word = node.get("type").and_then(Value::as_str).unwrap_or_default();
    if !["object", "array", "string", "integer", "number", "boolean"].contains(&word) {
        return Some(format!("type {:?}", node.get("type")));
    }
    if let Some(values) = node.get("enum") {
        let values = values.as_array()?;
        let texts = values.iter().all(|value| value.as_str().is_some_and(|text| !text.is_empty()));
        let distinct: HashSet<String> = values.iter().map(Value::to_string).collect();
        if word != "string" || !texts || values.is_empty() || distinct.len() < values.len() {
            return Some(format!("enum {values:?} of {word}"));
        }
    }
    for key in ["maxItems", "minItems", "minLength", "maxLength", "minProperties", "maxProperties"] {
        if node.get(key).is_some_and(|count| !count.is_u64()) {
            return Some(format!("{key} is no count"));
        }
    }
    for key in ["minimum", "maximum"] {
        if node.get(key).is_some_and(|bound| !bound.is_number()) {
            return Some(format!("{key} is no number"));
        }
    }
    for key in ["format", "description", "pattern"] {
        if node.get(key).is_some_and(|text| !text.is_string()) {
            return Some(format!("{key} is no text"));
        }
    }
    inner_fault(node, word)
}

fn inner_fault(node: &Map<String, Value>, word: &str) -> Option<String> {
    match word {
        "array" => node.get("items").map_or(Some("no items".to_owned()), fault),
        "object" => {
            let properties = node.get("properties").and_then(Value::as_object)?;
            let letters = |name: &String| {
                (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            };
            if let Some(name) = properties.keys().find(|name| !letters(name)) {
                return Some(format!("the name {name:?}"));
            }
            let required = node.get("required").and_then(Value::as_array).into_iter().flatten();
            if let Some(name) =
                required.filter_map(Value::as_str).find(|name| !properties.contains_key(*name))
            {
                return Some(format!("{name:?} is required and not there"));
            }
            properties.values().find_map(fault)
        }
        _ => None,
    }
}

fn clean(schema: Value) -> Cleaned {
    let cleaned = clean_schema(&schema);
    assert_eq!(fault(&cleaned.schema), None, "{}", cleaned.schema);
    cleaned
}

const WORDS: [&str; 9] =
    ["object", "array", "string", "integer", "number", "boolean", "null", "STRING", "foo"];
const REFERENCES: [&str; 5] = ["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "x.json"];

/// JSON that looks like a schema as often as not.
fn any_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        prop::sample::select(WORDS.to_vec()).prop_map(|word| json!(word)),
        prop::sample::select(REFERENCES.to_vec()).prop_map(|reference| json!({ "$ref": reference })),
        ".{0,6}".prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let keys = [
            "type",
            "properties",
            "items",
            "anyOf",
            "oneOf",
            "allOf",
            "enum",
            "const",
            "required",
            "$defs",
            "a",
            "b",
            "additionalProperties",
            "patternProperties",
            "prefixItems",
            "minItems",
            "maxLength",
            "minimum",
            "format",
            "description",
            "nullable",
            "not",
            "default",
            "pattern",
            "title",
            "名前",
            "a b",
            "$ref",
        ];
        let key = prop::sample::select(keys.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key, inner.clone()), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            prop::collection::hash_map(".{0,70}", inner.clone(), 0..3)
                .prop_map(|map| json!({ "type": "object", "properties": map })),
            inner.prop_map(
                |schema| json!({ "type": "object", "properties": { "a": schema }, "required": ["a", "z"] })
            ),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_schema_comes_the_editor_takes_it(schema in any_schema()) {
        let cleaned = clean_schema(&schema);
        prop_assert_eq!(fault(&cleaned.schema), None, "{}", cleaned.schema);
    }

    #[test]
    fn whatever_arguments_come_they_come_back(schema in any_schema(), arguments in any_schema()) {
        let _ = clean_schema(&schema).shape.restore(arguments);
    }

    #[test]
    fn plain_arguments_come_back_as_they_are(texts in prop::collection::hash_map("[a-z_]{1,20}", ".*", 0..6)) {
        let properties: Map<String, Value> =
            texts.keys().map(|name| (name.clone(), json!({ "type": "string" }))).collect();
        let cleaned = clean_schema(&json!({ "type": "object", "properties": properties.clone() }));
        let arguments = json!(texts);
        prop_assert_eq!(cleaned.shape.restore(arguments.clone()), arguments);
    }

    #[test]
    fn names_are_unique_and_fit(all in prop::collection::hash_set(".{0,80}", 1..12)) {
        let properties: Map<String, Value> = all.iter().map(|name| (name.clone(), json!({ "type": "string" }))).collect();
        let cleaned = clean_schema(&json!({ "type": "object", "properties": properties }));
        prop_assert_eq!(fault(&cleaned.schema), None);
        let site = cleaned.schema["properties"].as_object().unwrap();
        prop_assert_eq!(site.len(), all.len());
        // Each leads back to its own.
        let said: Map<String, Value> = site.keys().map(|name| (name.clone(), json!(name))).collect();
        let restored = cleaned.shape.restore(Value::Object(said));
        let back: HashSet<String> = restored.as_object().unwrap().keys().cloned().collect();
        prop_assert_eq!(back, all);
    }
}

#[test]
fn what_the_editor_takes_stays() {
    let schema = json!({
        "type": "object",
        "description": "Where",
        "properties": {
            "title": { "type": "string", "minLength": 1, "pattern": "^a", "format": "date-time" },
            "default": { "type": "integer", "minimum": 1, "maximum": 9 },
            "type": { "type": "string", "enum": ["a", "b"] },
        },
        "required": ["title", "type"],
    });
    assert_eq!(clean(schema.clone()).schema, schema, "names that are keywords are names");
}

#[test]
fn references_are_followed_and_recursive_ones_end() {
    let cleaned = clean(json!({
        "$defs": {
            "Node": { "type": "object", "properties": {
                "name": { "type": "string" }, "next": { "$ref": "#/$defs/Node" },
            } },
            "A B": { "type": "integer", "description": "there" },
        },
        "type": "object",
        "properties": {
            "tree": { "$ref": "#/$defs/Node", "description": "here" },
            "age": { "$ref": "#/$defs/A%20B" },
            "gone": { "$ref": "#/$defs/Nobody" },
        },
    }));
    let properties = &cleaned.schema["properties"];
    assert_eq!(properties["tree"]["description"], "here");
    assert_eq!(properties["age"], json!({ "type": "integer", "description": "there" }));
    let second = &properties["tree"]["properties"]["next"];
    assert_eq!(second["properties"]["name"]["type"], "string");
    assert_eq!(second["properties"]["next"]["type"], "string", "cut: written as JSON text");
    let arguments = json!({ "tree": { "name": "a", "next": { "name": "b", "next": "{\"name\":\"c\"}" } }, "gone": "[1]" });
    let restored = cleaned.shape.restore(arguments);
    assert_eq!(restored["tree"]["next"]["next"], json!({ "name": "c" }));
    assert_eq!(restored["gone"], json!([1]));
}

#[test]
fn a_schema_that_explodes_ends() {
    let defs: Map<String, Value> = (0..30)
        .map(|n| {
            let next = json!({ "$ref": format!("#/$defs/d{}", n + 1) });
            (format!("d{n}"), json!({ "type": "object", "properties": { "l": next, "r": next } }))
        })
        .collect();
    clean(json!({ "type": "object", "properties": { "x": { "$ref": "#/$defs/d0" } }, "$defs": defs }));
    let chain: Map<String, Value> =
        (0..5000).map(|n| (format!("d{n}"), json!({ "$ref": format!("#/$defs/d{}", n + 1) }))).collect();
    clean(json!({ "type": "object", "properties": { "x": { "$ref": "#/$defs/d0" } }, "$defs": chain }));
}

#[test]
fn alternatives_become_one() {
    let property = |schema: Value| {
        let cleaned = clean(json!({ "type": "object", "properties": { "x": schema } }));
        cleaned.schema["properties"]["x"].clone()
    };
    assert_eq!(
        property(json!({ "anyOf": [{ "type": "string" }, { "type": "null" }], "default": null })),
        json!({ "type": "string", "nullable": true, "description": "default: null" })
    );
    assert_eq!(
        property(json!({ "type": ["integer", "null"] })),
        json!({ "type": "integer", "nullable": true })
    );
    assert_eq!(property(json!({ "const": "a" })), json!({ "type": "string", "enum": ["a"] }));
    let choice = property(json!({ "oneOf": [{ "const": "a" }, { "enum": ["b", "c"] }] }));
    assert_eq!(choice, json!({ "type": "string", "enum": ["a", "b", "c"] }));
    let shapes = property(json!({ "anyOf": [
        { "type": "object", "properties": { "kind": { "const": "circle" }, "r": { "type": "number" } },
          "required": ["kind", "r"] },
        { "type": "object", "properties": { "kind": { "const": "square" }, "a": { "type": "number" } },
          "required": ["kind", "a"] },
    ] }));
    assert_eq!(shapes["properties"]["kind"]["enum"], json!(["circle", "square"]));
    assert_eq!(shapes["required"], json!(["kind"]));
    assert!(shapes["properties"]["r"].is_object() && shapes["properties"]["a"].is_object());
    let merged = property(json!({ "allOf": [
        { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
        { "properties": { "b": { "type": "boolean" } }, "required": ["b"] },
    ] }));
    assert_eq!(merged["required"], json!(["a", "b"]));
    let mixed = property(
        json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }),
    );
    assert_eq!(mixed, json!({ "type": "string", "description": "may also be: array" }));
}

#[test]
fn choices_that_are_no_texts_keep_their_type() {
    let cleaned = clean(json!({ "type": "object", "properties": {
        "n": { "type": "integer", "enum": [1, 2] },
        "mixed": { "enum": ["auto", 5, true, null] },
        "empty": { "type": "string", "enum": ["", "a"] },
    } }));
    let properties = &cleaned.schema["properties"];
    assert_eq!(properties["n"], json!({ "type": "integer", "description": "allowed values: 1, 2" }));
    assert_eq!(
        properties["mixed"],
        json!({ "type": "string", "enum": ["auto", "5", "true"], "nullable": true })
    );
    assert_eq!(properties["empty"]["type"], "string");
    assert!(properties["empty"].get("enum").is_none());
    let restored = cleaned.shape.restore(json!({ "n": 2.0, "mixed": "5" }));
    assert_eq!(restored.to_string(), r#"{"n":2,"mixed":5}"#);
}

#[test]
fn objects_of_free_keys_come_back_as_objects() {
    let cleaned = clean(json!({ "type": "object", "properties": {
        "env": { "type": "object", "additionalProperties": { "type": "integer" } },
        "free": { "type": "object" },
        "any": {},
        "list": { "type": "array" },
    } }));
    assert_eq!(cleaned.schema["properties"]["env"]["type"], "array");
    let said = json!({
        "env": [{ "key": "A", "value": 1.0 }, { "key": "B", "value": 2 }],
        "free": "{\"x\": [true]}",
        "any": "plain words",
        "list": ["1", "\"1\""],
    });
    let restored = cleaned.shape.restore(said);
    assert_eq!(
        restored,
        json!({ "env": { "A": 1, "B": 2 }, "free": { "x": [true] }, "any": "plain words", "list": [1, "1"] })
    );
    // A model that writes the object all the same is understood.
    assert_eq!(cleaned.shape.restore(json!({ "env": { "A": 1 } })), json!({ "env": { "A": 1 } }));
}

fn tool(name: &str, parameters: Option<Value>) -> Tool {
    Tool { name: name.into(), description: Some("Does it".into()), parameters, ..Tool::default() }
}

fn weather() -> Tool {
    tool("weather", Some(json!({ "type": "object", "properties": { "max-days": { "type": "integer" } } })))
}

fn call(name: &str, arguments: Value) -> ToolCall {
    ToolCall { id: "c".into(), name: name.into(), arguments: arguments.to_string() }
}

#[test]
fn names_lead_there_and_back() {
    let long = "a".repeat(70);
    let names = ["天气", "get weather", "get_weather", long.as_str(), "fs.read:all-1"];
    let tools: Vec<Tool> = names.iter().map(|name| tool(name, None)).collect();
    let declared = Declared::of(&tools).unwrap();
    let site: Vec<Value> = serde_json::from_str(declared.json()).unwrap();
    let site: Vec<&str> = site.iter().map(|function| function["name"].as_str().unwrap()).collect();
    assert_eq!((site[2], site[4]), ("get_weather", "fs.read:all-1"), "what fits keeps its name");
    assert_eq!(site.iter().collect::<HashSet<_>>().len(), 5);
    for (name, site) in names.iter().zip(site) {
        let mut call = call(site, json!({}));
        declared.restore(&mut call);
        assert_eq!(call.name, *name);
    }
}

#[test]
fn calls_come_back_as_they_were_declared() {
    let declared = Declared::of(&[weather()]).unwrap();
    let restored = |name: &str, arguments: Value| {
        let mut call = call(name, arguments);
        declared.restore(&mut call);
        (call.name, call.arguments)
    };
    let whole = ("weather".to_owned(), r#"{"max-days":3}"#.to_owned());
    assert_eq!(restored("weather", json!({ "max_days": 3.0 })), whole);
    assert_eq!(restored("default_api.weather", json!({ "max_days": 3 })), whole);
    assert_eq!(restored("Weather", json!({ "max_days": 3 })), whole);
    assert_eq!(restored("other", json!({ "max_days": 3 })).0, "other", "nobody declared it");
}

/// What the editor gets of a function with these parameters.
fn declared(parameters: Value) -> (Declared, Value) {
    let declared = Declared::of(&[tool("f", Some(parameters))]).unwrap();
    let site: Vec<Value> = serde_json::from_str(declared.json()).unwrap();
    let parameters = site[0].get("parameters").cloned().unwrap_or_default();
    if !parameters.is_null() {
        assert_eq!(fault(&parameters), None, "{parameters}");
    }
    (declared, parameters)
}

#[test]
fn a_function_of_any_keys_takes_them_in_one_property() {
    let restored = |declared: &Declared, arguments: Value| {
        let mut call = call("f", arguments);
        declared.restore(&mut call);
        serde_json::from_str::<Value>(&call.arguments).unwrap()
    };
    let (texts, schema) =
        declared(json!({ "type": "object", "additionalProperties": { "type": "integer" } }));
    assert_eq!(schema["properties"]["arguments"]["type"], "array", "{schema}");
    let said = json!({ "arguments": [{ "key": "A", "value": 1.0 }] });
    assert_eq!(restored(&texts, said), json!({ "A": 1 }));
    for open in [
        json!({ "type": "object" }),
        json!({ "type": "object", "additionalProperties": true }),
        json!({ "type": "object", "properties": {}, "additionalProperties": true }),
        json!({ "type": "object", "additionalProperties": {} }),
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object" } } }),
    ] {
        let (any, schema) = declared(open);
        assert_eq!(schema["properties"]["arguments"]["type"], "string", "{schema}");
        assert_eq!(restored(&any, json!({ "arguments": "{\"a\": [1]}" })), json!({ "a": [1] }));
        // What a model writes another way is still an object.
        assert_eq!(restored(&any, json!({ "arguments": { "a": 1 } })), json!({ "a": 1 }));
        assert_eq!(restored(&any, json!({ "a": 1 })), json!({ "a": 1 }));
        assert_eq!(restored(&any, json!({ "arguments": "words" })), json!({ "arguments": "words" }));
        assert_eq!(restored(&any, json!({})), json!({}));
    }
    for closed in [
        json!({}),
        json!({ "type": "object", "properties": {} }),
        json!({ "type": "object", "additionalProperties": false }),
        json!({ "type": "object", "properties": {}, "additionalProperties": false }),
    ] {
        assert_eq!(declared(closed).1, Value::Null, "it takes nothing");
    }
}

#[test]
fn keys_beside_the_named_ones_are_told() {
    let about = |others: Value| {
        let named = json!({ "a": { "type": "string" } });
        let schema = json!({ "type": "object", "properties": named, "additionalProperties": others });
        clean(schema).schema["description"].as_str().map(str::to_owned)
    };
    assert_eq!(about(json!(true)).as_deref(), Some("may have other keys too"));
    assert!(about(json!({ "type": "integer" })).unwrap().ends_with("{\"type\":\"integer\"}"));
    assert_eq!(about(json!(false)), None);
}

#[test]
fn functions_that_cannot_be_are_refused() {
    let param = |tools: &[Tool]| Declared::of(tools).unwrap_err().param.unwrap();
    assert_eq!(param(&[weather(), weather()]), "tools[1].function.name");
    assert_eq!(param(&[tool("f", Some(json!({ "type": "string" })))]), "tools[0].function.parameters");
    assert!(Declared::of(&[tool("f", Some(json!({})))]).is_ok());
}

fn request(choice: ToolChoice) -> Request {
    Request { tools: vec![weather()], tool_choice: choice, ..Request::default() }
}

#[test]
fn an_offer_says_how_and_what_is_owed() {
    let auto = |choice| Offer::of(&request(choice), ToolSetting::Auto).unwrap();
    let mut offer = auto(ToolChoice::Auto);
    assert_eq!((offer.mode(), offer.system("S")), (Some(ToolMode::Native), "S".to_owned()));
    assert!(offer.declarations().is_some() && !offer.owes_a_call() && offer.complaint(&[], true).is_none());
    assert!(offer.emulate() && !offer.emulate());
    assert!(offer.declarations().is_none());
    let system = offer.system("S");
    assert!(system.starts_with("S\n\n") && system.contains("\"max-days\"") && system.contains("<tool_call>"));

    let none = auto(ToolChoice::None);
    assert_eq!((none.mode(), none.system("S").as_str()), (None, "S"));
    let other = [call("other", json!({}))];
    assert!(none.complaint(&other, false).is_some() && none.complaint(&other, true).is_none());
    assert!(none.withholds() && none.complaint(&[], false).is_none());
    assert_eq!(none.unmet().param.as_deref(), Some("tool_choice"));
    let toolless = Offer::of(&Request::default(), ToolSetting::Auto).unwrap();
    assert!(!toolless.withholds() && toolless.unmet().param.as_deref() == Some("tools"));
    let required = auto(ToolChoice::Required);
    assert!(required.owes_a_call() && required.complaint(&[], true).is_some());
    assert!(required.complaint(&[call("weather", json!({}))], false).is_none());
    let named = auto(ToolChoice::Named("weather".into()));
    assert!(named.complaint(&other, false).is_some() && named.system("").contains("weather"));
    assert!(named.unmet().message.contains("'weather'"));

    let mut native = Offer::of(&request(ToolChoice::Auto), ToolSetting::Native).unwrap();
    assert!(!native.emulate(), "only the one way is wanted");
    let searching = Request {
        provider_tools: ProviderTools { search: Some(true), ..ProviderTools::default() },
        ..request(ToolChoice::Auto)
    };
    let offer = Offer::of(&searching, ToolSetting::Auto).unwrap();
    assert_eq!(offer.mode(), Some(ToolMode::Emulated), "the page's editor is closed to them");
}

#[test]
fn a_choice_needs_its_function() {
    let refused = |request: &Request| Offer::of(request, ToolSetting::Auto).unwrap_err().param;
    assert_eq!(refused(&request(ToolChoice::Named("other".into()))).as_deref(), Some("tool_choice"));
    let without = Request { tool_choice: ToolChoice::Required, ..Request::default() };
    assert_eq!(refused(&without).as_deref(), Some("tool_choice"));
}
