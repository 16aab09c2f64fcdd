//! The schemas of one document, from the outside in.

use serde_json::{Map, Value, json};

use super::Acceptor;
use super::flat::{Flat, Flattener, Trail};

/// Most schemas that are looked at in one document.
const NODES: usize = 4000;
/// Most properties and items inside each other.
const DEEPEST: usize = 24;
/// Keywords that the model should know of where the acceptor does not take them.
const TOLD: [&str; 26] = [
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "not",
    "if",
    "then",
    "else",
    "contentEncoding",
    "contentMediaType",
];
/// Keywords whose values are numbers, those that are counts, and those that are texts.
const NUMBERS: [&str; 2] = ["minimum", "maximum"];
const COUNTS: [&str; 6] =
    ["minItems", "maxItems", "minProperties", "maxProperties", "minLength", "maxLength"];
const TEXTS: [&str; 2] = ["title", "pattern"];

/// Most rounds until nothing changes any more.
const ROUNDS: usize = 4;

/// What one round brings to light, such as branches that turned out alike, the next one settles.
pub(super) fn clean(schema: &Value, acceptor: Acceptor) -> Value {
    let mut cleaned = round(schema, acceptor);
    for _ in 1..ROUNDS {
        let again = round(&cleaned, acceptor);
        if again == cleaned {
            break;
        }
        cleaned = again;
    }
    cleaned
}

fn round(schema: &Value, acceptor: Acceptor) -> Value {
    let flattener = Flattener { root: schema, left: NODES };
    let mut cleaner = Cleaner { flattener, acceptor };
    Value::Object(cleaner.node(schema, &Trail::new(), 0))
}

struct Cleaner<'a> {
    flattener: Flattener<'a>,
    acceptor: Acceptor,
}

impl Cleaner<'_> {
    fn node(&mut self, schema: &Value, trail: &Trail, depth: usize) -> Map<String, Value> {
        let cut = depth > DEEPEST;
        let mut flat = self.flattener.flatten(if cut { &Value::Bool(true) } else { schema }, trail);
        let mut node = Map::new();
        let kind = flat.kind();
        if let Some(word) = kind {
            node.insert("type".to_owned(), json!(word));
        }
        self.plain(&mut flat, &mut node);
        self.choices(&mut flat, &mut node);
        match kind {
            Some("object") => self.object(&mut flat, &mut node, depth),
            Some("array") => self.array(&flat, &mut node, depth),
            Some("null") if self.acceptor == Acceptor::Schema => {
                node.insert("type".to_owned(), json!("string"));
                flat.nullable = true;
                flat.notes.push("always null".to_owned());
            }
            Some(_) => {}
            None if !flat.keys.contains_key("anyOf") => self.anything(&mut flat, &mut node),
            None => {}
        }
        self.branches(&mut flat, &mut node, depth);
        self.nullable(&flat, &mut node);
        self.describe(&mut flat, &mut node);
        node
    }

    /// What is a number or a text, and the format.
    fn plain(&self, flat: &mut Flat, node: &mut Map<String, Value>) {
        for (key, value) in &flat.keys {
            let key_fits = self.takes(key);
            let fits = match key.as_str() {
                key if NUMBERS.contains(&key) => value.is_number(),
                key if COUNTS.contains(&key) => value.is_u64(),
                key if TEXTS.contains(&key) => value.is_string(),
                "default" | "example" => !value.is_null(),
                _ => false,
            };
            if key_fits && fits {
                node.insert(key.clone(), value.clone());
            }
        }
        let Some(Value::String(format)) = flat.keys.get("format").cloned() else { return };
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        if self.acceptor.formats(kind).contains(&format.as_str()) {
            node.insert("format".to_owned(), json!(format));
        } else {
            flat.note("format", &json!(format));
        }
    }

    /// The choices, where they are of a type that may have some; elsewhere they are told, and the type stays.
    fn choices(&self, flat: &mut Flat, node: &mut Map<String, Value>) {
        let Some(Value::Array(values)) = flat.keys.get("enum") else { return };
        let kind = node.get("type").and_then(Value::as_str);
        let fits = match self.acceptor {
            Acceptor::Schema => kind == Some("string") && values.iter().all(Value::is_string),
            Acceptor::JsonSchema => {
                kind == Some("string") && values.iter().all(Value::is_string)
                    || matches!(kind, Some("integer" | "number")) && values.iter().all(Value::is_number)
            }
        };
        if fits {
            let mut kept: Vec<Value> = Vec::new();
            for value in values {
                if value != "" && !kept.contains(value) {
                    kept.push(value.clone());
                }
            }
            if kept.len() < values.len() && values.iter().any(|value| value == "") {
                flat.notes.push("may be empty".to_owned());
            }
            if !kept.is_empty() {
                node.insert("enum".to_owned(), Value::Array(kept));
            }
            return;
        }
        let texts: Vec<String> = values.iter().map(Value::to_string).collect();
        if !texts.is_empty() {
            flat.notes.push(format!("allowed values: {}", texts.join(", ")));
        }
    }

    fn object(&mut self, flat: &mut Flat, node: &mut Map<String, Value>, depth: usize) {
        let properties = match flat.keys.shift_remove("properties") {
            Some(Value::Object(properties)) => properties,
            _ => Map::new(),
        };
        let mut required: Vec<String> = Vec::new();
        let listed = flat.keys.get("required").and_then(Value::as_array).into_iter().flatten();
        let promoted =
            properties.iter().filter(|(_, schema)| schema["required"] == true).map(|(name, _)| name);
        for name in listed.filter_map(Value::as_str).chain(promoted.map(String::as_str)) {
            if properties.contains_key(name) && !required.iter().any(|known| known == name) {
                required.push(name.to_owned());
            }
        }
        let others = self.other_keys(flat, depth);
        if !properties.is_empty() || others.is_none() {
            let cleaned = properties
                .iter()
                .map(|(name, schema)| (name.clone(), self.node(schema, &flat.trail, depth + 1).into()));
            let cleaned: Map<String, Value> = cleaned.collect();
            node.insert("properties".to_owned(), Value::Object(cleaned));
        }
        if let Some(others) = others {
            node.insert("additionalProperties".to_owned(), others);
        }
        if !required.is_empty() {
            node.insert("required".to_owned(), json!(required));
        }
        if let Some(Value::Array(order)) = flat.keys.get("propertyOrdering") {
            let known = |name: &&Value| name.as_str().is_some_and(|name| properties.contains_key(name));
            let order: Vec<&Value> = order.iter().filter(known).collect();
            if !order.is_empty() {
                node.insert("propertyOrdering".to_owned(), json!(order));
            }
        }
    }

    /// What may be beside the properties that are named, for the acceptor that takes it.
    fn other_keys(&mut self, flat: &mut Flat, depth: usize) -> Option<Value> {
        let others = flat.keys.get("additionalProperties")?.clone();
        if self.takes("additionalProperties") {
            return match others {
                Value::Bool(_) => Some(others),
                Value::Object(_) => Some(self.node(&others, &flat.trail, depth + 1).into()),
                _ => None,
            };
        }
        match &others {
            Value::Bool(true) => flat.notes.push("may have other keys too".to_owned()),
            Value::Object(_) => flat.note("additionalProperties", &others),
            _ => {}
        }
        None
    }

    /// A tuple becomes a list of whatever may be at any of its places.
    fn array(&mut self, flat: &Flat, node: &mut Map<String, Value>, depth: usize) {
        let places = [flat.keys.get("prefixItems"), flat.keys.get("items")];
        let places =
            places.into_iter().flatten().find_map(|places| places.as_array().filter(|all| !all.is_empty()));
        let items = match places {
            Some(places) => {
                for key in ["minItems", "maxItems"] {
                    node.entry(key).or_insert_with(|| json!(places.len()));
                }
                Some(json!({ "anyOf": places }))
            }
            None => flat.keys.get("items").filter(|items| !items.is_array()).cloned(),
        };
        let items = items.or_else(|| (self.acceptor == Acceptor::Schema).then_some(Value::Bool(true)));
        if let Some(items) = items {
            let items = self.node(&items, &flat.trail, depth + 1);
            node.insert("items".to_owned(), Value::Object(items));
        }
    }

    fn anything(&self, flat: &mut Flat, node: &mut Map<String, Value>) {
        if self.acceptor == Acceptor::Schema {
            node.insert("type".to_owned(), json!("string"));
            flat.notes.push("any JSON value".to_owned());
        }
    }

    /// One of several. A branch is of its parent's type unless it says otherwise.
    fn branches(&mut self, flat: &mut Flat, node: &mut Map<String, Value>, depth: usize) {
        let Some(Value::Array(branches)) = flat.keys.shift_remove("anyOf") else { return };
        let mut cleaned: Vec<Value> = Vec::new();
        for mut branch in branches {
            let silent = |keys: &&mut Map<String, Value>| {
                !["type", "$ref", "anyOf", "oneOf", "allOf"].iter().any(|key| keys.contains_key(*key))
            };
            if let Some(word) = node.get("type")
                && let Some(keys) = branch.as_object_mut().filter(silent)
            {
                keys.insert("type".to_owned(), word.clone());
            }
            let branch = Value::Object(self.node(&branch, &flat.trail, depth + 1));
            if !cleaned.contains(&branch) {
                cleaned.push(branch);
            }
        }
        if cleaned.len() > 1 {
            node.insert("anyOf".to_owned(), Value::Array(cleaned));
        } else if let Some(Value::Object(only)) = cleaned.pop() {
            for (key, value) in only {
                if key == "description" {
                    flat.keys.entry(key).or_insert(value);
                } else {
                    node.entry(key).or_insert(value);
                }
            }
        }
    }

    fn nullable(&self, flat: &Flat, node: &mut Map<String, Value>) {
        if !flat.nullable {
            return;
        }
        if self.acceptor == Acceptor::Schema {
            node.insert("nullable".to_owned(), Value::Bool(true));
        } else if let Some(Value::Array(branches)) = node.get_mut("anyOf") {
            branches.push(json!({ "type": "null" }));
        } else if let Some(word) = node.get("type").and_then(Value::as_str).filter(|word| *word != "null") {
            node.insert("type".to_owned(), json!([word, "null"]));
        }
    }

    /// Writes the description: the caller's own, and what else is to be known.
    fn describe(&self, flat: &mut Flat, node: &mut Map<String, Value>) {
        for key in TOLD {
            let Some(value) = flat.keys.get(key).cloned() else { continue };
            let says =
                !matches!(value, Value::Null | Value::Bool(false)) || key == "default" && !value.is_null();
            if says && !node.contains_key(key) {
                flat.note(key, &value);
            }
        }
        let own = flat.keys.get("description").and_then(Value::as_str).unwrap_or_default().trim_end();
        let notes = flat.notes.join("; ");
        let text = match (own.is_empty(), notes.is_empty()) {
            (_, true) => own.to_owned(),
            (true, false) => notes,
            (false, false) => format!("{own} ({notes})"),
        };
        if !text.is_empty() {
            node.insert("description".to_owned(), Value::String(text));
        }
    }

    fn takes(&self, key: &str) -> bool {
        self.acceptor.keywords().contains(&key)
    }
}
