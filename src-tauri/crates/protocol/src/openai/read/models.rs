//! Lists of models, in the forms of the servers that speak this dialect.

use serde_json::Value;

use crate::chat::{Failure, FailureKind};
use crate::openai::Model;
use crate::openai::trouble::of_object;

/// Reads the answer of `GET /models`: the official list, Google's `models`, and bare arrays.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] for what is no list.
pub fn read_models(body: &[u8]) -> Result<Vec<Model>, Failure> {
    let list: Value = serde_json::from_slice(body).unwrap_or_default();
    if !list["error"].is_null() {
        return Err(of_object(&list));
    }
    let entries = [&list["data"], &list["models"], &list].into_iter().find_map(Value::as_array);
    let strange = || Failure::new(FailureKind::UpstreamError, "The provider sent no list of models.");
    Ok(entries.ok_or_else(strange)?.iter().filter_map(model).collect())
}

fn model(entry: &Value) -> Option<Model> {
    let raw = [&entry["id"], &entry["name"], entry].into_iter().find_map(Value::as_str)?;
    let id = raw.strip_prefix("models/").unwrap_or(raw);
    let text = |keys: &[&str]| {
        let found = keys.iter().find_map(|key| entry[*key].as_str().filter(|text| !text.is_empty()))?;
        (found != raw && found != id).then(|| found.to_owned())
    };
    let count = |keys: &[&str]| keys.iter().find_map(|key| entry[*key].as_u64()).filter(|count| *count > 0);
    let usual = &entry["default_parameters"];
    Some(Model {
        id: id.to_owned(),
        created: count(&["created", "created_at"]).unwrap_or_default(),
        owned_by: text(&["owned_by", "organization"]).unwrap_or_default(),
        display_name: text(&["display_name", "displayName", "name"]),
        description: text(&["description"]),
        raw_model_path: (raw != id).then(|| raw.to_owned()),
        context_length: count(&["context_length", "context_window", "max_model_len", "max_context_length"]),
        supported_max_output_tokens: count(&["max_completion_tokens", "max_output_tokens"])
            .or_else(|| entry["top_provider"]["max_completion_tokens"].as_u64()),
        default_max_output_tokens: None,
        default_temperature: usual["temperature"].as_f64(),
        default_top_p: usual["top_p"].as_f64(),
        default_top_k: usual["top_k"].as_u64().and_then(|count| u32::try_from(count).ok()),
        thinking: list_has(&entry["supported_parameters"], "reasoning"),
    })
}

/// Whether a list holds a word; `None` where there is no list.
fn list_has(list: &Value, word: &str) -> Option<bool> {
    Some(list.as_array()?.iter().any(|entry| entry == word))
}
