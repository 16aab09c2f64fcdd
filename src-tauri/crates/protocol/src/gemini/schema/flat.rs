//! A schema without references and `allOf`, with one word as its type, null beside it, and at most one `anyOf`.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

/// Most references inside each other.
const DEEPEST: usize = 32;
/// Longest text of a keyword that is told in the description.
pub(super) const LONGEST_NOTE: usize = 160;

/// The references on the way to a schema.
pub(super) type Trail = Vec<String>;

/// A schema whose own keys say everything.
#[derive(Debug, Default)]
pub(super) struct Flat {
    pub(super) keys: Map<String, Value>,
    /// Whether null is allowed beside what the keys say.
    pub(super) nullable: bool,
    /// What else is to be known of it, in words.
    pub(super) notes: Vec<String>,
    pub(super) trail: Trail,
}

/// Flattens the schemas of one document.
pub(super) struct Flattener<'a> {
    pub(super) root: &'a Value,
    /// How many more schemas are looked at; what comes after is declared as any value.
    pub(super) left: usize,
}

impl Flattener<'_> {
    /// The schema in one piece.
    pub(super) fn flatten(&mut self, schema: &Value, trail: &Trail) -> Flat {
        let mut flat = Flat { trail: trail.clone(), ..Flat::default() };
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return flat;
        }
        match schema {
            Value::Object(keys) => flat.keys = keys.clone(),
            Value::Bool(false) => flat.notes.push("no value is allowed here".to_owned()),
            _ => return flat,
        }
        // Some write it beside the property that it is about; that is for the parent to read.
        if flat.keys.get("required").is_some_and(|required| !required.is_array()) {
            flat.keys.shift_remove("required");
        }
        if let Some(Value::String(reference)) = flat.keys.shift_remove("$ref") {
            let target = self.follow(&reference, trail);
            flat.take_in(target);
        }
        if let Some(only) = flat.keys.shift_remove("const") {
            flat.keys.entry("enum").or_insert_with(|| json!([only]));
        }
        if let Some(Value::Array(all)) = flat.keys.shift_remove("allOf") {
            for part in all {
                let part = self.flatten(&part, &flat.trail.clone());
                flat.take_in(part);
            }
        }
        self.settle_branches(&mut flat);
        flat.settle_nullable();
        flat.settle_types();
        flat
    }

    /// Where a reference leads. One that leads back to itself ends with an object.
    fn follow(&mut self, reference: &str, trail: &Trail) -> Flat {
        let mut trail = trail.clone();
        let known = trail.iter().any(|one| one == reference);
        if known || trail.len() >= DEEPEST {
            let name = reference.rsplit('/').next().unwrap_or_default();
            return Flat {
                keys: Map::from_iter([("type".to_owned(), json!("object"))]),
                notes: vec![format!("once more {name}")],
                trail,
                ..Flat::default()
            };
        }
        let path = reference.strip_prefix('#').map(|path| percent_decode_str(path).decode_utf8_lossy());
        let target = path.and_then(|path| self.root.pointer(&path)).cloned();
        trail.push(reference.to_owned());
        self.flatten(&target.unwrap_or(Value::Bool(true)), &trail)
    }

    /// `oneOf` as `anyOf`. Null is no branch, a single branch is none either, and one that only constrains its parent is
    /// told in words.
    fn settle_branches(&mut self, flat: &mut Flat) {
        let one = flat.keys.shift_remove("oneOf");
        let any = flat.keys.shift_remove("anyOf");
        if let (Some(_), Some(one)) = (&any, &one) {
            flat.note("oneOf", one);
        }
        let Some(Value::Array(branches)) = any.or(one) else { return };
        let all = branches.len();
        let mut kept: Vec<Value> = branches.into_iter().filter(|branch| !is_null(branch)).collect();
        flat.nullable |= kept.len() < all;
        if kept.iter().any(only_constrains) {
            let constraints: Vec<Value> =
                kept.iter().filter(|branch| only_constrains(branch)).cloned().collect();
            flat.note("anyOf", &Value::Array(constraints));
            kept.retain(|branch| !only_constrains(branch));
        }
        if kept.len() > 1 {
            flat.keys.insert("anyOf".to_owned(), Value::Array(kept));
        } else if let Some(only) = kept.pop() {
            let only = self.flatten(&only, &flat.trail.clone());
            flat.take_in(only);
        }
    }
}

impl Flat {
    /// Makes this schema say what another one says as well. Where both say something, this one is right.
    pub(super) fn take_in(&mut self, other: Self) {
        self.nullable |= other.nullable;
        self.notes.extend(other.notes);
        for reference in other.trail {
            if !self.trail.contains(&reference) {
                self.trail.push(reference);
            }
        }
        for (key, theirs) in other.keys {
            match (key.as_str(), self.keys.get_mut(&key), theirs) {
                ("properties", Some(Value::Object(own)), Value::Object(theirs)) => {
                    for (name, schema) in theirs {
                        own.entry(name).or_insert(schema);
                    }
                }
                ("required", Some(Value::Array(own)), Value::Array(theirs)) => own.extend(theirs),
                (_, None, theirs) => drop(self.keys.insert(key, theirs)),
                _ => {}
            }
        }
    }

    /// Tells a keyword in words, unless that would be too long.
    pub(super) fn note(&mut self, key: &str, value: &Value) {
        let text = value.to_string();
        if text.len() <= LONGEST_NOTE {
            self.notes.push(format!("{key}: {text}"));
        }
    }

    /// Null beside the choices, and as Google's own flag.
    fn settle_nullable(&mut self) {
        if self.keys.shift_remove("nullable") == Some(Value::Bool(true)) {
            self.nullable = true;
        }
        if let Some(Value::Array(values)) = self.keys.get_mut("enum") {
            let all = values.len();
            values.retain(|value| !value.is_null());
            self.nullable |= values.len() < all;
            if values.is_empty() {
                self.keys.shift_remove("enum");
                if all > 0 {
                    self.keys.entry("type").or_insert_with(|| json!("null"));
                }
            }
        }
    }

    /// One lower-case word as the type; several become branches, unless the choices say which.
    fn settle_types(&mut self) {
        let mut words: Vec<&'static str> = match self.keys.shift_remove("type") {
            Some(Value::String(word)) => word_of(&word).into_iter().collect(),
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).filter_map(word_of).collect(),
            _ => Vec::new(),
        };
        if words.len() > 1 {
            let all = words.len();
            words.retain(|word| *word != "null");
            self.nullable |= words.len() < all;
        }
        words.sort_unstable();
        words.dedup();
        if words.contains(&"number") {
            words.retain(|word| *word != "integer");
        }
        if let Some(values) = self.keys.get("enum").and_then(Value::as_array)
            && words.len() > 1
        {
            words = kind_of_all(values).into_iter().collect();
        }
        match words.as_slice() {
            [] => {}
            [word] => drop(self.keys.insert("type".to_owned(), json!(word))),
            // The branches that are there say more than the words.
            _ if self.keys.contains_key("anyOf") => {}
            several => {
                let branches: Vec<Value> = several.iter().map(|word| self.branch(word)).collect();
                self.keys.retain(|key, _| owner_of(key).is_none());
                self.keys.insert("anyOf".to_owned(), Value::Array(branches));
            }
        }
    }

    /// What the keys say of values of one type.
    fn branch(&self, word: &str) -> Value {
        let own =
            self.keys.iter().filter(|(key, _)| owner_of(key).is_some_and(|owners| owners.contains(&word)));
        let own = own.map(|(key, value)| (key.clone(), value.clone()));
        Value::Object(std::iter::once(("type".to_owned(), json!(word))).chain(own).collect())
    }

    /// What it is, said or shown.
    pub(super) fn kind(&self) -> Option<&'static str> {
        if let Some(word) = self.keys.get("type").and_then(Value::as_str) {
            return word_of(word);
        }
        if self.keys.contains_key("anyOf") {
            return None;
        }
        let chosen = self.keys.get("enum").and_then(Value::as_array).and_then(|values| kind_of_all(values));
        let shown =
            || self.keys.keys().find_map(|key| owner_of(key)).and_then(|owners| owners.last().copied());
        chosen.or_else(shown)
    }
}

/// The types that a keyword says something of.
fn owner_of(key: &str) -> Option<&'static [&'static str]> {
    match key {
        "properties"
        | "required"
        | "additionalProperties"
        | "patternProperties"
        | "minProperties"
        | "maxProperties"
        | "propertyNames"
        | "propertyOrdering" => Some(&["object"]),
        "items" | "prefixItems" | "minItems" | "maxItems" | "uniqueItems" | "contains" => Some(&["array"]),
        "pattern" | "minLength" | "maxLength" => Some(&["string"]),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            Some(&["integer", "number"])
        }
        _ => None,
    }
}

const WORDS: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];

/// Some write the words in capitals.
fn word_of(word: &str) -> Option<&'static str> {
    WORDS.into_iter().find(|known| known.eq_ignore_ascii_case(word))
}

/// The type of all of them, if they have one.
fn kind_of_all(values: &[Value]) -> Option<&'static str> {
    let all = |fits: fn(&Value) -> bool| values.iter().all(fits);
    match () {
        () if values.is_empty() => None,
        () if all(Value::is_string) => Some("string"),
        () if all(|value| value.is_i64() || value.is_u64()) => Some("integer"),
        () if all(Value::is_number) => Some("number"),
        () if all(Value::is_boolean) => Some("boolean"),
        () => None,
    }
}

fn is_null(branch: &Value) -> bool {
    let only =
        |value: &Value| value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_null));
    let word = branch["type"].as_str().and_then(word_of);
    word == Some("null") || branch.get("enum").is_some_and(only) || branch.get("const") == Some(&Value::Null)
}

/// Whether a branch says nothing of a value but what its parent's properties must be.
fn only_constrains(branch: &Value) -> bool {
    const CONSTRAINTS: [&str; 6] = ["required", "not", "if", "then", "else", "dependentRequired"];
    let Some(keys) = branch.as_object() else { return false };
    let constrains = |key: &String| CONSTRAINTS.contains(&key.as_str());
    keys.keys().any(constrains) && keys.keys().all(|key| constrains(key) || key == "description")
}
