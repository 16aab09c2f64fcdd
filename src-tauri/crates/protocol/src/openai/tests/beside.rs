//! Vectors and orders of documents.

use serde_json::{Value, json};

use crate::chat::{Failure, FailureKind};
use crate::embedding::{Input, Vectors};
use crate::openai::{
    VectorForm, ask_embeddings, ask_rerank, decode_embeddings, decode_rerank, encode_embeddings,
    encode_rerank, read_embeddings, read_rerank,
};
use crate::rerank::Ranked;

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn param<T>(read: Result<T, Failure>) -> String {
    let failure = read.err().expect("it is refused");
    assert_eq!(failure.kind, FailureKind::BadRequest);
    failure.param.unwrap_or_default()
}

#[test]
fn texts_and_tokens_can_be_embedded() {
    let cases = [
        (json!("a"), Input::Texts(vec!["a".to_owned()])),
        (json!(["a", "b"]), Input::Texts(vec!["a".to_owned(), "b".to_owned()])),
        (json!([1, 2]), Input::Tokens(vec![vec![1, 2]])),
        (json!([[1], [2]]), Input::Tokens(vec![vec![1], vec![2]])),
    ];
    for (input, expected) in cases {
        let body = json!({ "model": "m", "input": input, "dimensions": 3, "user": "ada", "task": "x" });
        let call = decode_embeddings(&bytes(&body)).unwrap();
        assert_eq!((&call.request.input, call.form), (&expected, VectorForm::Float));
        let again = decode_embeddings(&bytes(&ask_embeddings(&call.request))).unwrap();
        assert_eq!(again.request, call.request);
    }
    for (fields, name) in [
        (json!({ "model": "m" }), "input"),
        (json!({ "model": "m", "input": [] }), "input"),
        (json!({ "model": "m", "input": ["a", 1] }), "input[1]"),
        (json!({ "model": "m", "input": [1, "a"] }), "input[1]"),
        (json!({ "model": "m", "input": "a", "encoding_format": "hex" }), "encoding_format"),
        (json!({ "model": "m", "input": "a", "dimensions": 0 }), "dimensions"),
    ] {
        assert_eq!(param(decode_embeddings(&bytes(&fields))), name);
    }
}

#[test]
fn vectors_come_back_as_they_went_in_both_forms() {
    let vectors = Vectors { vectors: vec![vec![0.25, -1.5, 0.1], vec![3.0, 0.0, 1e-8]], tokens: Some(4) };
    for form in [VectorForm::Float, VectorForm::Base64] {
        assert_eq!(read_embeddings(&encode_embeddings("m", &vectors, form)), Ok(vectors.clone()), "{form:?}");
    }
    let written: Value =
        serde_json::from_slice(&encode_embeddings("m", &vectors, VectorForm::Base64)).unwrap();
    assert_eq!(written["data"][1]["index"], 1);
    assert_eq!(written["data"][0]["embedding"], "AACAPgAAwL/NzMw9");
    assert_eq!(written["usage"], json!({ "prompt_tokens": 4, "total_tokens": 4 }));
}

#[test]
fn vectors_out_of_order_are_put_in_order_and_what_is_none_is_refused() {
    let body = json!({ "data": [{ "index": 1, "embedding": [2] }, { "index": 0, "embedding": [1] }] });
    assert_eq!(read_embeddings(&bytes(&body)).unwrap().vectors, [[1.0], [2.0]]);
    let kind = |body: &str| read_embeddings(body.as_bytes()).unwrap_err().kind;
    assert_eq!(kind("{}"), FailureKind::UpstreamError);
    assert_eq!(kind(r#"{"data":[{"embedding":"!"}]}"#), FailureKind::UpstreamError);
    assert_eq!(kind(r#"{"error":{"code":"insufficient_quota"}}"#), FailureKind::Quota);
}

#[test]
fn documents_are_ordered_and_told_again_on_request() {
    let body = json!({ "model": "m", "query": "q", "documents": ["a", { "text": "b", "x": 1 }, "c"], "top_n": 2,
        "return_documents": true });
    let request = decode_rerank(&bytes(&body)).unwrap();
    let asked = ask_rerank(&request);
    assert_eq!((&asked["documents"], &asked["top_n"]), (&body["documents"], &json!(2)));
    let answer = json!({ "results": [
        { "index": 0, "relevance_score": 0.1 }, { "index": 1, "relevance_score": 0.9 }, { "index": 2, "score": 0.5 },
    ], "usage": { "total_tokens": 7 } });
    let ranking = read_rerank(&bytes(&answer)).unwrap();
    assert_eq!(ranking.results[0], Ranked { index: 1, score: 0.9 });
    let written: Value = serde_json::from_slice(&encode_rerank(&request, &ranking)).unwrap();
    let expected = json!([
        { "index": 1, "relevance_score": 0.9, "document": { "text": "b", "x": 1 } },
        { "index": 2, "relevance_score": 0.5, "document": { "text": "c" } },
    ]);
    assert_eq!((&written["results"], &written["usage"]["total_tokens"]), (&expected, &json!(7)));
}

#[test]
fn wrong_orders_are_refused() {
    for (body, name) in [
        (json!({ "model": "m", "query": "q" }), "documents"),
        (json!({ "model": "m", "query": "q", "documents": [] }), "documents"),
        (json!({ "model": "m", "query": "q", "documents": [1] }), "documents[0]"),
        (json!({ "model": "m", "query": "", "documents": ["a"] }), "query"),
    ] {
        assert_eq!(param(decode_rerank(&bytes(&body))), name);
    }
    assert_eq!(read_rerank(b"{\"detail\":\"rate_limit\"}").unwrap_err().kind, FailureKind::UpstreamError);
    assert_eq!(read_rerank(b"<html>").unwrap_err().kind, FailureKind::UpstreamError);
}
