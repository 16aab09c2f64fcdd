//! The official document, and validators for its components.

use std::env;
use std::fs;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub(crate) struct Spec {
    pub(crate) document: Value,
}

impl Spec {
    /// The document, or `None` (said on stderr) where it is not at hand and need not be.
    pub(crate) fn load() -> Option<Self> {
        let Some(path) = env::var_os("POSTERN_OPENAI_SPEC") else {
            assert!(
                env::var_os("POSTERN_TEST_STRICT").is_none(),
                "POSTERN_OPENAI_SPEC is not set; run `cargo xtask test`, which fetches the document"
            );
            eprintln!("SKIPPED: POSTERN_OPENAI_SPEC is not set; `cargo xtask test` fetches the document");
            return None;
        };
        let text = fs::read(&path).expect("POSTERN_OPENAI_SPEC names a readable file");
        let mut document = serde_json::from_slice(&text).expect("the document is JSON");
        spell_out_nullable(&mut document);
        Some(Self { document })
    }

    pub(crate) fn component(&self, name: &str) -> Component {
        assert!(self.schema(name).is_object(), "the document has no component {name}");
        self.compile(name, json!({ "$ref": format!("#/components/schemas/{name}") }))
    }

    pub(crate) fn compile(&self, name: &str, mut schema: Value) -> Component {
        schema["components"] = self.document["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
        Component { name: name.to_owned(), validator }
    }

    pub(crate) fn schema(&self, name: &str) -> &Value {
        &self.document["components"]["schemas"][name]
    }

    /// The properties of a component, those of its `allOf` parts included.
    pub(crate) fn properties(&self, name: &str) -> Map<String, Value> {
        let mut found = Map::new();
        self.collect(self.schema(name), &mut found);
        found
    }

    fn collect(&self, schema: &Value, found: &mut Map<String, Value>) {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            self.collect(self.schema(name), found);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, found);
        }
        found.extend(schema["properties"].as_object().cloned().unwrap_or_default());
    }
}

pub(crate) struct Component {
    name: String,
    validator: Validator,
}

impl Component {
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }

    pub(crate) fn check(&self, value: &Value) {
        let errors: Vec<String> = self
            .validator
            .iter_errors(value)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "not a {}: {errors:#?}\n{value:#}", self.name);
    }
}

/// The document says it is OpenAPI 3.1, yet writes `nullable: true` in places, which is 3.0 and means
/// nothing to a JSON Schema validator. Those become `anyOf: [.., null]`.
fn spell_out_nullable(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(spell_out_nullable),
        Value::Object(members) => {
            members.values_mut().for_each(spell_out_nullable);
            if members.shift_remove("nullable") == Some(Value::Bool(true)) {
                let schema = Value::Object(std::mem::take(members));
                members.insert("anyOf".to_owned(), json!([schema, { "type": "null" }]));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
