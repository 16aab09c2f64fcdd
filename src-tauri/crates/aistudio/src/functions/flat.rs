//! A schema without references and combinations: `$ref`, `allOf`, `anyOf` and `oneOf` become one plain object.
//!
//! What none of the site's keys can say is left to the description, as a note. A reference to itself is followed so
//! often only, and a schema in all has so many nodes only, so that every schema comes to an end.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// How often a reference may lead to itself.
const ROUNDS: u8 = 2;
/// Most references and combinations inside each other, without a property or an item between them.
const DEEPEST: usize = 40;

/// The references on the way to a schema, and how often each was followed.
pub(super) type Trail = BTreeMap<String, u8>;

/// A schema whose own keys say everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat {
    pub(super) keys: Map<String, Value>,
    /// Whether null is allowed beside what the keys say.
    pub(super) nullable: bool,
    /// What else is to be known of it, in words.
    pub(super) notes: Vec<String>,
    pub(super) trail: Trail,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    Null,
    /// Anything, or one of several.
    Any,
}

/// Flattens the schemas of one document.
#[derive(Debug)]
pub(super) struct Flattener<'a> {
    root: &'a Value,
    /// How many more schemas are looked at.
    pub(super) left: usize,
    depth: usize,
}

impl<'a> Flattener<'a> {
    pub(super) fn new(root: &'a Value, left: usize) -> Self {
        Self { root, left, depth: 0 }
    }

    /// The schema in one piece; `None` where it goes on and on.
    pub(super) fn flatten(&mut self, schema: &Value, trail: &Trail) -> Option<Flat> {
        self.left = self.left.checked_sub(1)?;
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let flat = self.combine(schema, trail);
        self.depth -= 1;
        flat
    }

    fn combine(&mut self, schema: &Value, trail: &Trail) -> Option<Flat> {
        let keys = schema.as_object().cloned().unwrap_or_default();
        let mut flat = Flat { keys, trail: trail.clone(), ..Flat::default() };
        if let Some(Value::String(reference)) = flat.keys.remove("$ref") {
            let (target, trail) = self.follow(&reference, trail)?;
            let target = self.flatten(&target, &trail)?;
            flat.take_in(target);
        }
        if let Some(Value::Array(all)) = flat.keys.remove("allOf") {
            for part in all {
                let part = self.flatten(&part, &flat.trail.clone())?;
                flat.take_in(part);
            }
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = flat.keys.remove(key) {
                let one = self.one_of(&branches, &flat.trail.clone())?;
                flat.take_in(one);
            }
        }
        flat.settle_type();
        Some(flat)
    }

    /// Where a reference leads, unless it has led there often enough. One that leads nowhere allows anything.
    fn follow(&self, reference: &str, trail: &Trail) -> Option<(Value, Trail)> {
        let mut trail = trail.clone();
        let rounds = trail.entry(reference.to_owned()).or_default();
        *rounds += 1;
        if *rounds > ROUNDS {
            return None;
        }
        let path = reference.strip_prefix('#').map(|path| percent_decode_str(path).decode_utf8_lossy());
        let target = path.and_then(|path| self.root.pointer(&path)).cloned();
        Some((target.unwrap_or(Value::Bool(true)), trail))
    }

    /// One schema for all that several allow.
    fn one_of(&mut self, branches: &[Value], trail: &Trail) -> Option<Flat> {
        let mut options = Vec::new();
        let mut nullable = false;
        for branch in branches {
            let flat = self.flatten(branch, trail)?;
            nullable |= flat.nullable || flat.kind() == Kind::Null;
            if flat.kind() != Kind::Null {
                options.push(flat);
            }
        }
        let mut one = union(options);
        one.nullable |= nullable;
        Some(one)
    }
}

impl Flat {
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.keys.get(key)?.as_str()
    }

    pub(super) fn object(&self, key: &str) -> Option<&Map<String, Value>> {
        self.keys.get(key)?.as_object()
    }

    pub(super) fn list(&self, key: &str) -> Option<&Vec<Value>> {
        self.keys.get(key)?.as_array()
    }

    /// What it is, said or shown.
    pub(super) fn kind(&self) -> Kind {
        if let Some(word) = self.text("type") {
            return kind_of_word(word);
        }
        let has = |keys: &[&str]| keys.iter().any(|key| self.keys.contains_key(*key));
        if let Some(values) = self.list("enum") {
            let kinds: Vec<Kind> = values.iter().map(kind_of).collect();
            return kinds
                .first()
                .copied()
                .filter(|kind| kinds.iter().all(|other| other == kind))
                .unwrap_or(Kind::Any);
        }
        match () {
            () if has(&["properties", "required", "additionalProperties", "patternProperties"]) => {
                Kind::Object
            }
            () if has(&["items", "prefixItems", "minItems", "maxItems"]) => Kind::Array,
            () if has(&["pattern", "minLength", "maxLength", "contentEncoding"]) => Kind::String,
            () if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) => {
                Kind::Number
            }
            () => Kind::Any,
        }
    }

    /// Makes this schema say what another one says as well. Where both say something, this one is right.
    fn take_in(&mut self, other: Self) {
        self.nullable |= other.nullable;
        self.notes.extend(other.notes);
        for (reference, rounds) in other.trail {
            let own = self.trail.entry(reference).or_default();
            *own = rounds.max(*own);
        }
        for (key, theirs) in other.keys {
            match self.keys.get_mut(&key) {
                None => drop(self.keys.insert(key, theirs)),
                Some(own) => both(&key, own, theirs),
            }
        }
    }

    /// One word as the type, null beside it, and `const` as the only choice.
    fn settle_type(&mut self) {
        if let Some(only) = self.keys.remove("const") {
            self.keys.entry("enum").or_insert_with(|| json!([only]));
        }
        if let Some(Value::Bool(true)) = self.keys.remove("nullable") {
            self.nullable = true;
        }
        if let Some(Value::Array(words)) = self.keys.get("type").cloned() {
            self.settle_types(words.iter().filter_map(Value::as_str).collect());
        }
        // Several kinds of values may be told apart by their texts; null is not one of them.
        if let Some(Value::Array(values)) = self.keys.get_mut("enum")
            && values.iter().any(|value| !value.is_null())
        {
            let all = values.len();
            values.retain(|value| !value.is_null());
            self.nullable |= values.len() < all;
        }
    }

    fn settle_types(&mut self, mut words: Vec<&str>) {
        let all = words.len();
        words.retain(|word| *word != "null");
        self.nullable |= words.len() < all;
        words.dedup();
        let numbers = ["integer", "number"];
        let word = match words.as_slice() {
            [] if all > 0 => Some("null"),
            [] => None,
            [one] => Some(*one),
            several if several.iter().all(|word| numbers.contains(word)) => Some("number"),
            [first, others @ ..] => {
                self.notes.push(format!("may also be: {}", others.join(", ")));
                Some(*first)
            }
        };
        match word {
            Some(word) => drop(self.keys.insert("type".to_owned(), json!(word))),
            None => drop(self.keys.remove("type")),
        }
    }
}

/// Two schemas that both must hold, key by key.
fn both(key: &str, own: &mut Value, theirs: Value) {
    match (key, own, theirs) {
        ("properties" | "$defs" | "definitions", Value::Object(own), Value::Object(theirs)) => {
            for (name, schema) in theirs {
                let merged = match own.remove(&name) {
                    Some(known) if known != schema => json!({ "allOf": [known, schema] }),
                    Some(known) => known,
                    None => schema,
                };
                own.insert(name, merged);
            }
        }
        ("required", Value::Array(own), Value::Array(theirs)) => {
            own.extend(theirs);
        }
        ("enum", Value::Array(own), Value::Array(theirs)) => {
            let common: Vec<Value> = own.iter().filter(|value| theirs.contains(value)).cloned().collect();
            if !common.is_empty() {
                *own = common;
            }
        }
        _ => {}
    }
}

/// One schema that allows what any of these does, or the first of them where there is none.
fn union(mut options: Vec<Flat>) -> Flat {
    options.retain(|option| !option.keys.is_empty());
    if options.len() <= 1 {
        return options.pop().unwrap_or_default();
    }
    let kinds: Vec<Kind> = options.iter().map(Flat::kind).collect();
    let all = |wanted: &[Kind]| kinds.iter().all(|kind| wanted.contains(kind));
    if all(&[Kind::Object]) || (all(&[Kind::Any, Kind::Object]) && options.iter().all(only_constrains)) {
        return union_of_objects(options);
    }
    if all(&[Kind::String]) && options.iter().all(|option| option.list("enum").is_some()) {
        let values: Vec<Value> =
            options.iter().filter_map(|option| option.list("enum")).flatten().cloned().collect();
        return with_keys(options, [("type", json!("string")), ("enum", Value::Array(values))]);
    }
    if all(&[Kind::Integer, Kind::Number]) && !all(&[Kind::Integer]) {
        return with_keys(options, [("type", json!("number"))]);
    }
    if all(&[Kind::Array]) {
        let items: Vec<Value> =
            options.iter().map(|option| option.keys.get("items").cloned().unwrap_or(json!({}))).collect();
        return with_keys(options, [("type", json!("array")), ("items", json!({ "anyOf": items }))]);
    }
    for kind in [Kind::String, Kind::Integer, Kind::Boolean] {
        if all(&[kind]) {
            return with_keys(options, [("type", json!(kind.word()))]);
        }
    }
    let others: Vec<String> = options[1..].iter().map(|option| option.name()).collect();
    let mut first = options.swap_remove(0);
    first.notes.push(format!("may also be: {}", others.join(", ")));
    first
}

/// Whether it says nothing of a value but which properties it has.
fn only_constrains(option: &Flat) -> bool {
    option.keys.contains_key("properties") || option.keys.contains_key("required")
}

fn union_of_objects(options: Vec<Flat>) -> Flat {
    let mut properties = Map::new();
    let mut forms = Vec::new();
    for option in &options {
        let own = option.object("properties");
        for (name, schema) in own.into_iter().flatten() {
            let merged = match properties.remove(name) {
                Some(known) if known != *schema => json!({ "anyOf": [known, schema] }),
                _ => schema.clone(),
            };
            properties.insert(name.clone(), merged);
        }
        let names: Vec<&str> = own.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        forms.push(names.join(", "));
    }
    let required =
        |option: &Flat, name: &str| option.list("required").into_iter().flatten().any(|known| known == name);
    let shared: Vec<&String> =
        properties.keys().filter(|name| options.iter().all(|option| required(option, name))).collect();
    let mut keys = vec![("type", json!("object")), ("required", json!(shared))];
    if !properties.is_empty() {
        keys.push(("properties", Value::Object(properties.clone())));
    }
    let mut one = with_keys(options, keys);
    forms.retain(|form| !form.is_empty());
    if forms.len() > 1 {
        one.notes.push(format!("has one of these sets of properties: {}", forms.join("; ")));
    }
    one
}

/// These keys, and what the options say beside them.
fn with_keys<'k>(options: Vec<Flat>, keys: impl IntoIterator<Item = (&'k str, Value)>) -> Flat {
    let mut one = Flat::default();
    for option in options {
        let about = option.keys.into_iter().filter(|(key, _)| key == "description").collect();
        one.take_in(Flat {
            keys: about,
            nullable: option.nullable,
            notes: option.notes,
            trail: option.trail,
        });
    }
    one.keys.extend(keys.into_iter().map(|(key, value)| (key.to_owned(), value)));
    one
}

impl Flat {
    /// What it is, for people.
    fn name(&self) -> String {
        let title = self.text("title").map(str::to_owned);
        title.unwrap_or_else(|| self.kind().word().to_owned())
    }
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::Any => "any value",
        }
    }
}

/// Some write the words in capitals.
fn kind_of_word(word: &str) -> Kind {
    let kinds =
        [Kind::Object, Kind::Array, Kind::String, Kind::Integer, Kind::Number, Kind::Boolean, Kind::Null];
    kinds.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(word)).unwrap_or(Kind::Any)
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(number) if number.is_f64() => Kind::Number,
        Value::Number(_) => Kind::Integer,
        Value::String(_) => Kind::String,
        Value::Array(_) => Kind::Array,
        Value::Object(_) => Kind::Object,
    }
}
