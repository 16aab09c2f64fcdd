//! Models and counts.

use serde_json::{Value, json};

use crate::gemini::{
    Method, Model, ModelPage, encode_count, encode_model, encode_models, read_count, read_models,
};

fn listed() -> Value {
    json!({
        "name": "models/gemini-x", "baseModelId": "gemini-x", "version": "001", "displayName": "Gemini X",
        "description": "Fast.", "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens"], "temperature": 1.0, "topP": 0.95, "topK": 64,
        "thinking": true,
    })
}

#[test]
fn a_list_of_models_is_read_and_written_again() {
    let page = json!({ "models": [listed(), { "name": 3 }, { "name": "models/e" }], "nextPageToken": "n" });
    let read = read_models(page.to_string().as_bytes()).unwrap();
    assert_eq!(read.next.as_deref(), Some("n"));
    assert_eq!(read.models.len(), 2);
    let model = &read.models[0];
    assert_eq!((model.id.as_str(), model.input_token_limit), ("gemini-x", Some(1_048_576)));
    assert!(model.chats() && model.can(Method::CountTokens) && !model.can(Method::EmbedContent));
    let written: Value = serde_json::from_slice(&encode_model(model)).unwrap();
    assert_eq!(written, listed());
    let written: Value = serde_json::from_slice(&encode_models(&read)).unwrap();
    assert_eq!(written["models"][0], listed());
    assert_eq!(written["nextPageToken"], "n");
}

#[test]
fn what_is_not_known_of_a_model_is_left_out() {
    let model = Model { id: "m".into(), ..Model::default() };
    let written: Value = serde_json::from_slice(&encode_model(&model)).unwrap();
    assert_eq!(written, json!({ "name": "models/m", "baseModelId": "m", "supportedGenerationMethods": [] }));
}

#[test]
fn what_is_no_list_is_a_failure() {
    assert_eq!(read_models(b"{}").unwrap(), ModelPage::default());
    assert!(read_models(b"<html>").is_err());
    assert!(read_models(br#"{"data":[]}"#).is_err());
}

#[test]
fn counts_are_read_and_written() {
    assert_eq!(read_count(&encode_count(31)).unwrap(), 31);
    assert!(read_count(b"{}").is_err());
}
