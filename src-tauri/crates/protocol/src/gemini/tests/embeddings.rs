//! Vectors, asked for and handed over.

use serde_json::{Value, json};

use crate::chat::FailureKind;
use crate::embedding::{Input, Vectors};
use crate::gemini::{
    ask_embeddings, decode_batch_embed, decode_embed, encode_batch_embed, encode_embed, read_embeddings,
};

fn one(text: &str) -> Value {
    json!({ "model": "models/e", "content": { "parts": [{ "text": text }] }, "taskType": "CLUSTERING", "outputDimensionality": 3 })
}

#[test]
fn what_is_asked_for_one_text_and_for_several_is_read_and_asked_again() {
    let single = decode_embed("models/e", one("a").to_string().as_bytes()).unwrap();
    assert_eq!((single.model.as_str(), single.dimensions), ("e", Some(3)));
    assert_eq!(single.input, Input::Texts(vec!["a".into()]));
    let batch = json!({ "requests": [one("a"), one("b")] });
    let several = decode_batch_embed("e", batch.to_string().as_bytes()).unwrap();
    assert_eq!(several.input, Input::Texts(vec!["a".into(), "b".into()]));
    assert_eq!(ask_embeddings(&several, "e").unwrap(), batch);
    let snake = json!({ "content": { "parts": [{ "text": "a" }, { "text": "b" }] }, "output_dimensionality": 3, "task_type": "X" });
    let snake = decode_embed("e", snake.to_string().as_bytes()).unwrap();
    assert_eq!((snake.dimensions, &snake.extra["taskType"]), (Some(3), &json!("X")));
    assert_eq!(snake.input, Input::Texts(vec!["ab".into()]));
}

#[test]
fn what_is_wrong_is_named() {
    let refused = |body: Value| decode_batch_embed("e", body.to_string().as_bytes()).unwrap_err().param;
    assert_eq!(refused(json!({ "requests": [] })).as_deref(), Some("requests"));
    assert_eq!(refused(json!({ "requests": [{}] })).as_deref(), Some("requests[0].content"));
    let mut other = one("b");
    other["taskType"] = json!("X");
    assert_eq!(refused(json!({ "requests": [one("a"), other] })).as_deref(), Some("requests[1]"));
    let mut tokens = decode_embed("e", one("a").to_string().as_bytes()).unwrap();
    tokens.input = Input::Tokens(vec![vec![1]]);
    assert_eq!(ask_embeddings(&tokens, "e").unwrap_err().kind, FailureKind::BadRequest);
}

#[test]
fn vectors_come_back_as_they_were() {
    let vectors = Vectors { vectors: vec![vec![0.1, -2.0], vec![1e-7, 3.5]], tokens: None };
    assert_eq!(read_embeddings(&encode_batch_embed(&vectors)).unwrap(), vectors);
    assert_eq!(encode_embed(&vectors), br#"{"embedding":{"values":[0.1,-2.0]}}"#);
    assert_eq!(read_embeddings(&encode_embed(&vectors)).unwrap().vectors, vectors.vectors[..1]);
    let counted = json!({ "embeddings": [{ "values": [1] }], "usageMetadata": { "promptTokenCount": 4 } });
    assert_eq!(read_embeddings(counted.to_string().as_bytes()).unwrap().tokens, Some(4));
    assert!(read_embeddings(b"{}").is_err());
    let error = json!({ "error": { "code": 429, "message": "m", "status": "RESOURCE_EXHAUSTED" } });
    assert_eq!(read_embeddings(error.to_string().as_bytes()).unwrap_err().kind, FailureKind::Quota);
}
