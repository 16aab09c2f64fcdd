//! OpenCode's configuration: JSON in which comments and trailing commas are allowed.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::Value;

use super::edit::{Entry, Problem};

/// Postern's entry among the providers.
const PROVIDER: &str = "postern";
/// What OpenCode speaks the protocol with.
const PACKAGE: &str = "@ai-sdk/openai-compatible";
const SCHEMA: &str = "https://opencode.ai/config.json";

/// The configuration with Postern among its providers.
pub(super) fn set(text: &str, entry: &Entry) -> Result<String, Problem> {
    let root = parsed(text)?;
    let before = root.to_serde_value();
    let object = root.object_value_or_create().ok_or_else(|| unusual("it is not an object"))?;
    if before.is_none() {
        put(&object, "$schema", SCHEMA);
    }
    let provider = inside(&inside(&object, "provider")?, PROVIDER)?;
    put(&provider, "npm", PACKAGE);
    if provider.get("name").is_none() {
        put(&provider, "name", "Postern");
    }
    let options = inside(&provider, "options")?;
    put(&options, "baseURL", &entry.api);
    put(&options, "apiKey", &entry.key);
    let models = inside(&provider, "models")?;
    if models.get(&entry.model).is_none() {
        let name = [("name".to_owned(), CstInputValue::from(entry.model.clone()))];
        models.append(&entry.model, CstInputValue::Object(name.into()));
    }
    let mut after = root.to_string();
    if before.is_none() && !after.ends_with('\n') {
        after.push('\n');
    }
    let kept = others(before) == others(parsed(&after)?.to_serde_value());
    if kept && address(&after).as_ref() == Some(&entry.api) {
        Ok(after)
    } else {
        Err(unusual("it is built in an uncommon way"))
    }
}

/// The address of Postern's entry.
pub(super) fn address(text: &str) -> Option<String> {
    let all = parsed(text).ok()?.to_serde_value()?;
    all.pointer("/provider/postern/options/baseURL")?.as_str().map(str::to_owned)
}

fn parsed(text: &str) -> Result<CstRootNode, Problem> {
    // What OpenCode itself allows.
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    };
    CstRootNode::parse(text, &options).map_err(|error| Problem::Broken(error.to_string()))
}

/// The object of this name, made if it is missing.
fn inside(object: &CstObject, name: &str) -> Result<CstObject, Problem> {
    object.object_value_or_create(name).ok_or_else(|| unusual(&format!("its \"{name}\" is not an object")))
}

/// Sets a text, and leaves one alone that says the same.
fn put(object: &CstObject, name: &str, text: &str) {
    match object.get(name) {
        None => {
            object.append(name, CstInputValue::from(text.to_owned()));
        }
        Some(property) => {
            let same = property.value().and_then(|value| value.to_serde_value());
            if same.as_ref().and_then(Value::as_str) != Some(text) {
                property.set_value(CstInputValue::from(text.to_owned()));
            }
        }
    }
}

/// Everything that is not Postern's, to see that it stays.
fn others(all: Option<Value>) -> Option<Value> {
    let mut all = all.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let object = all.as_object_mut()?;
    if let Some(providers) = object.get_mut("provider").and_then(Value::as_object_mut) {
        providers.remove(PROVIDER);
        if providers.is_empty() {
            object.remove("provider");
        }
    }
    if object.get("$schema").and_then(Value::as_str) == Some(SCHEMA) {
        object.remove("$schema");
    }
    Some(all)
}

fn unusual(why: &str) -> Problem {
    Problem::Unusual(why.to_owned())
}
