//! JSON schemas as the site's editor takes them: a fixed set of keys, every node with a type, names of plain letters.
//!
//! What the editor cannot say goes into the description, so that the model reads of it. What it cannot say at all,
//! such as any value or an object of free keys, is declared as something it can say, and [`Shape`] leads back.

use std::collections::HashMap;

use postern_protocol::names::{Names, Of};
use serde_json::{Map, Number, Value, json};

use super::flat::{Flat, Flattener, Kind, Trail};
use super::shape::{ENTRY, Shape, WHOLE};

/// Most schemas that are looked at in one document; what comes after is declared as any value.
const NODES: usize = 3000;
/// Most properties and items inside each other.
const DEEPEST: usize = 12;
/// Longest text of a key that is told in the description.
const LONGEST_NOTE: usize = 160;
/// Keys that the editor does not take and that a model should know of.
const TOLD: [&str; 16] = [
    "default",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "uniqueItems",
    "examples",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "dependentRequired",
    "contentEncoding",
    "contentMediaType",
    "format",
];

/// A schema that the editor takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cleaned {
    /// The schema.
    pub(crate) schema: Value,
    /// The way back for values that follow it.
    pub(crate) shape: Shape,
}

/// Cleans a whole schema document.
pub(crate) fn clean_schema(schema: &Value) -> Cleaned {
    let mut cleaner = Cleaner { flattener: Flattener::new(schema, NODES) };
    let (schema, shape) = cleaner.node(schema, &Trail::new(), 0);
    Cleaned { schema: Value::Object(schema), shape }
}

/// Cleans what a function takes; `None` where that is nothing. The editor takes an object for one of the properties that
/// are named, so that one of any keys becomes a property of its own.
pub(super) fn clean_parameters(schema: &Value) -> Option<Cleaned> {
    let cleaned = clean_schema(schema);
    let named = cleaned.schema.get("properties").and_then(Value::as_object);
    if named.is_some_and(|properties| !properties.is_empty()) {
        return Some(cleaned);
    }
    let mut cleaner = Cleaner { flattener: Flattener::new(schema, NODES) };
    if !cleaner.flattener.flatten(schema, &Trail::new()).is_some_and(|flat| is_open(&flat)) {
        return None;
    }
    let (node, shape) = cleaner.node(schema, &Trail::new(), 1);
    let schema = json!({ "type": "object", "properties": { WHOLE: node } });
    Some(Cleaned { schema, shape: Shape::Inside(Box::new(shape)) })
}

/// Whether it is an object that may have keys which are not named. Many write an empty list of properties for a function
/// that takes nothing, and say no more.
fn is_open(flat: &Flat) -> bool {
    let patterns = flat.object("patternProperties").is_some_and(|patterns| !patterns.is_empty());
    let others = match flat.keys.get("additionalProperties") {
        Some(others) => *others != Value::Bool(false),
        None => !flat.keys.contains_key("properties"),
    };
    flat.kind() == Kind::Object && (patterns || others)
}

/// What the whole document is of; `None` where it does not say so.
pub(super) fn kind_of_document(schema: &Value) -> Option<Kind> {
    let flat = Flattener::new(schema, NODES).flatten(schema, &Trail::new())?;
    Some(flat.kind())
}

type Node = (Map<String, Value>, Shape);

struct Cleaner<'a> {
    flattener: Flattener<'a>,
}

impl Cleaner<'_> {
    fn node(&mut self, schema: &Value, trail: &Trail, depth: usize) -> Node {
        let flat = Some(schema)
            .filter(|_| depth <= DEEPEST)
            .and_then(|schema| self.flattener.flatten(schema, trail));
        let Some(mut flat) = flat else {
            return as_text(&Flat::default(), "Any JSON value, written as JSON text");
        };
        let (mut node, shape) = match flat.kind() {
            Kind::Object => self.object(&mut flat, depth),
            Kind::Array => self.array(&mut flat, depth),
            Kind::String => string(&mut flat),
            Kind::Integer => (number(&mut flat, "integer", &["int32", "int64"]), Shape::Whole),
            Kind::Number => (number(&mut flat, "number", &["float", "double"]), Shape::Same),
            Kind::Boolean => {
                allowed_values(&mut flat);
                (typed("boolean"), Shape::Same)
            }
            Kind::Null => {
                flat.nullable = true;
                flat.notes.push("always null".to_owned());
                (typed("string"), Shape::Same)
            }
            Kind::Any => any(&mut flat),
        };
        describe(&flat, &mut node);
        (node, shape)
    }

    fn object(&mut self, flat: &mut Flat, depth: usize) -> Node {
        let Some(properties) = flat.object("properties").filter(|all| !all.is_empty()).cloned() else {
            return self.free_object(flat, depth);
        };
        match flat.keys.get("additionalProperties") {
            Some(Value::Bool(true)) => flat.notes.push("may have other keys too".to_owned()),
            Some(Value::Object(of)) => {
                let note = format!(
                    "may have other keys too, with values of this schema: {}",
                    Value::Object(of.clone())
                );
                flat.notes.extend((note.len() <= LONGEST_NOTE).then_some(note));
            }
            _ => {}
        }
        let mut names = Names::new(Of::Property, properties.keys().map(String::as_str));
        let mut required: Vec<String> = flat
            .list("required")
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let (mut cleaned, mut members, mut given) = (Map::new(), HashMap::new(), HashMap::new());
        for (declared, schema) in &properties {
            let name = names.give(declared);
            let (mut node, shape) = self.node(schema, &flat.trail, depth + 1);
            if name != *declared {
                add_note(&mut node, &format!("named {declared:?}"));
            }
            // Some write it beside the property that it is about.
            if schema.get("required") == Some(&Value::Bool(true)) {
                required.push(declared.clone());
            }
            cleaned.insert(name.clone(), Value::Object(node));
            given.insert(declared.clone(), name.clone());
            members.insert(name, (declared.clone(), shape));
        }
        let mut node = typed("object");
        node.insert("properties".to_owned(), Value::Object(cleaned));
        let mut known: Vec<&String> = Vec::new();
        for name in required.iter().filter_map(|name| given.get(name)) {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        if !known.is_empty() {
            node.insert("required".to_owned(), json!(known));
        }
        keep_counts(flat, &mut node, ["minProperties", "maxProperties"]);
        (node, Shape::Object(members))
    }

    /// An object whose keys are not said.
    fn free_object(&mut self, flat: &mut Flat, depth: usize) -> Node {
        let values = match flat.keys.get("additionalProperties") {
            Some(Value::Object(values)) if !values.is_empty() => Some(Value::Object(values.clone())),
            _ => flat.object("patternProperties").and_then(|patterns| patterns.values().next()).cloned(),
        };
        if let Some(values) = values {
            let (value, shape) = self.node(&values, &flat.trail, depth + 1);
            flat.notes.push("an object, written as a list of its keys and values".to_owned());
            let entry = json!({
                "type": "object",
                "properties": { ENTRY[0]: { "type": "string" }, ENTRY[1]: value },
                "required": ENTRY,
            });
            let mut node = typed("array");
            node.insert("items".to_owned(), entry);
            return (node, Shape::Keyed(Box::new(shape)));
        }
        let empty = flat.keys.get("additionalProperties") == Some(&Value::Bool(false));
        if depth > 0 && !empty {
            return (typed("string"), told_as_text(flat, "A JSON object, written as JSON text"));
        }
        let mut node = typed("object");
        node.insert("properties".to_owned(), json!({}));
        (node, Shape::Same)
    }

    fn array(&mut self, flat: &mut Flat, depth: usize) -> Node {
        let tuple =
            flat.list("prefixItems").or_else(|| flat.list("items")).filter(|all| !all.is_empty()).cloned();
        let items = match &tuple {
            Some(places) if places.len() == 1 => places[0].clone(),
            Some(places) => json!({ "anyOf": places }),
            None => flat.keys.get("items").cloned().unwrap_or(Value::Bool(true)),
        };
        let (item, shape) = self.node(&items, &flat.trail, depth + 1);
        let mut node = typed("array");
        node.insert("items".to_owned(), Value::Object(item));
        keep_counts(flat, &mut node, ["minItems", "maxItems"]);
        (node, Shape::List(Box::new(shape)))
    }
}

fn string(flat: &mut Flat) -> Node {
    let mut node = typed("string");
    if let Some(values) = flat.list("enum").cloned() {
        if values.iter().all(|value| value.as_str().is_some_and(|text| !text.is_empty()))
            && !values.is_empty()
        {
            node.insert("enum".to_owned(), json!(distinct(values)));
        } else {
            allowed_values(flat);
        }
    }
    keep_counts(flat, &mut node, ["minLength", "maxLength"]);
    keep_format(flat, &mut node, &["date-time"]);
    if let Some(pattern) = flat.text("pattern") {
        node.insert("pattern".to_owned(), json!(pattern));
    }
    (node, Shape::Same)
}

fn number(flat: &mut Flat, word: &str, formats: &[&str]) -> Map<String, Value> {
    allowed_values(flat);
    let mut node = typed(word);
    keep_format(flat, &mut node, formats);
    for key in ["minimum", "maximum"] {
        if let Some(bound @ Value::Number(_)) = flat.keys.get(key) {
            node.insert(key.to_owned(), bound.clone());
        }
    }
    node
}

/// Any value: one of a few by their texts, or JSON as text.
fn any(flat: &mut Flat) -> Node {
    let plain = |value: &Value| !value.is_array() && !value.is_object() && value.as_str() != Some("");
    let Some(values) = flat.list("enum").filter(|all| !all.is_empty() && all.iter().all(plain)).cloned()
    else {
        allowed_values(flat);
        return (typed("string"), told_as_text(flat, "Any JSON value, written as JSON text"));
    };
    let texts = values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let mut node = typed("string");
    node.insert("enum".to_owned(), json!(distinct(texts.map(Value::String).collect())));
    (node, Shape::Words(values))
}

fn as_text(flat: &Flat, what: &str) -> Node {
    let mut flat = flat.clone();
    let shape = told_as_text(&mut flat, what);
    let mut node = typed("string");
    describe(&flat, &mut node);
    (node, shape)
}

fn told_as_text(flat: &mut Flat, what: &str) -> Shape {
    flat.notes.insert(0, what.to_owned());
    Shape::Json
}

fn typed(word: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), json!(word))])
}

fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for value in values {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}

/// Tells the choices in words, where the editor takes none for the type.
fn allowed_values(flat: &mut Flat) {
    if let Some(values) = flat.list("enum").filter(|values| !values.is_empty()) {
        let texts: Vec<String> = values.iter().map(Value::to_string).collect();
        flat.notes.push(format!("allowed values: {}", texts.join(", ")));
    }
}

fn keep_counts(flat: &Flat, node: &mut Map<String, Value>, keys: [&str; 2]) {
    for key in keys {
        let count = flat.keys.get(key).and_then(Value::as_number).and_then(count_of);
        if let Some(count) = count {
            node.insert(key.to_owned(), json!(count));
        }
    }
}

/// Some write whole numbers with a fraction.
fn count_of(number: &Number) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is whole and not negative"
    )]
    let whole = |float: f64| (float.fract() == 0.0 && (0.0..1e15).contains(&float)).then_some(float as u64);
    number.as_u64().or_else(|| number.as_f64().and_then(whole))
}

/// Leaves a format that the editor takes in the schema, and any other to the description.
fn keep_format(flat: &mut Flat, node: &mut Map<String, Value>, known: &[&str]) {
    if let Some(format) = flat.text("format").filter(|format| known.contains(format)).map(str::to_owned) {
        flat.keys.remove("format");
        node.insert("format".to_owned(), json!(format));
    }
}

/// Writes the description: the caller's own, and what else is to be known.
fn describe(flat: &Flat, node: &mut Map<String, Value>) {
    if flat.nullable {
        node.insert("nullable".to_owned(), Value::Bool(true));
    }
    if let Some(own) = flat.text("description").filter(|own| !own.trim().is_empty()) {
        node.insert("description".to_owned(), json!(own));
    }
    for note in &flat.notes {
        add_note(node, note);
    }
    for key in TOLD {
        let Some(value) = flat.keys.get(key) else { continue };
        let text = value.to_string();
        if text.len() <= LONGEST_NOTE {
            add_note(node, &format!("{key}: {text}"));
        }
    }
}

fn add_note(node: &mut Map<String, Value>, note: &str) {
    let text = match node.get("description").and_then(Value::as_str) {
        Some(own) => format!("{own} ({note})"),
        None => note.to_owned(),
    };
    node.insert("description".to_owned(), Value::String(text));
}
