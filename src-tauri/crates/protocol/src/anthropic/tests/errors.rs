//! Errors, both ways, and lists of models and counts as providers write them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::RequestId;
use crate::anthropic::{Listed, encode_error, read_count, read_error, read_models};
use crate::chat::{Failure, FailureKind};

#[test]
fn every_failure_has_its_status_and_type() {
    let table = [
        (FailureKind::BadRequest, 400, "invalid_request_error"),
        (FailureKind::UnknownModel, 404, "not_found_error"),
        (FailureKind::Quota, 429, "rate_limit_error"),
        (FailureKind::Refused, 403, "permission_error"),
        (FailureKind::NotAllowed, 403, "permission_error"),
        (FailureKind::SignInExpired, 503, "api_error"),
        (FailureKind::NeedsVerification, 503, "api_error"),
        (FailureKind::Unavailable, 503, "overloaded_error"),
        (FailureKind::UpstreamError, 502, "api_error"),
        (FailureKind::Interrupted, 502, "api_error"),
        (FailureKind::PageChanged, 502, "api_error"),
        (FailureKind::Timeout, 504, "timeout_error"),
        (FailureKind::Cancelled, 499, "api_error"),
        (FailureKind::Internal, 500, "api_error"),
    ];
    for (kind, code, word) in table {
        let body: Value = serde_json::from_slice(&encode_error(&Failure::new(kind, "m"), None)).unwrap();
        let expected =
            json!({ "type": "error", "error": { "type": word, "message": "m" }, "request_id": null });
        assert_eq!((kind.status(), body), (code, expected), "{kind:?}");
    }
    let named = encode_error(&Failure::new(FailureKind::Internal, "m"), Some(&RequestId::new("abc")));
    assert!(String::from_utf8(named).unwrap().ends_with("\"request_id\":\"req_abc\"}"));
}

#[test]
fn every_refusal_of_a_provider_has_its_kind() {
    let error =
        |kind: &str, message: &str| json!({ "type": "error", "error": { "type": kind, "message": message } });
    let table = [
        (400, error("invalid_request_error", "bad"), FailureKind::BadRequest),
        (400, error("invalid_request_error", "Your credit balance is too low"), FailureKind::Quota),
        (400, error("invalid_request_error", "This organization has been disabled."), FailureKind::Refused),
        (401, error("authentication_error", "no"), FailureKind::SignInExpired),
        (402, error("billing_error", "no"), FailureKind::Quota),
        (403, error("permission_error", "no"), FailureKind::Refused),
        (404, error("not_found_error", "no"), FailureKind::UnknownModel),
        (413, error("request_too_large", "no"), FailureKind::BadRequest),
        (429, error("rate_limit_error", "no"), FailureKind::Quota),
        (500, error("api_error", "no"), FailureKind::UpstreamError),
        (504, error("timeout_error", "no"), FailureKind::Timeout),
        (529, error("overloaded_error", "no"), FailureKind::Unavailable),
        (408, error("timeout_error", "no"), FailureKind::Timeout),
        (400, json!({}), FailureKind::BadRequest),
        (401, json!("?"), FailureKind::SignInExpired),
        (403, json!({}), FailureKind::Refused),
        (404, json!({}), FailureKind::UnknownModel),
        (408, json!({}), FailureKind::Timeout),
        (429, json!({}), FailureKind::Quota),
        (502, json!({}), FailureKind::UpstreamError),
        (503, error("new_error", "no"), FailureKind::Unavailable),
        (529, json!({}), FailureKind::Unavailable),
    ];
    for (code, body, kind) in table {
        let failure = read_error(code, None, body.to_string().as_bytes());
        assert_eq!(failure.kind, kind, "{code} {body}");
        assert!(!failure.message.is_empty(), "{code} {body}");
    }
    let waits = read_error(
        429,
        Some(Duration::from_secs(7)),
        error("rate_limit_error", "slow down").to_string().as_bytes(),
    );
    assert_eq!(
        (waits.retry_after, waits.message.as_str()),
        (Some(Duration::from_secs(7)), "The provider says: slow down")
    );
    assert!(read_error(502, None, b"<html>").message.contains("502"));
    let denied = read_error(403, None, error("permission_error", "not this model").to_string().as_bytes());
    assert_eq!(denied.param.as_deref(), Some("model"), "the key may do other things");
    assert_eq!(read_error(403, None, b"{}").param, None);
    let long =
        read_error(400, None, error("invalid_request_error", &"x".repeat(5000)).to_string().as_bytes());
    assert!(long.message.chars().count() < 700);
}

#[test]
fn a_providers_models_are_read_page_by_page() {
    let page = json!({ "data": [
        { "type": "model", "id": "claude-x", "display_name": "X", "created_at": "2025-02-20T00:00:00Z",
          "max_input_tokens": 200_000, "max_tokens": 64_000 },
        { "type": "model", "id": "claude-y" },
        { "type": "model" },
    ], "has_more": true, "first_id": "claude-x", "last_id": "claude-y" });
    let listing = read_models(page.to_string().as_bytes()).unwrap();
    let x = Listed {
        id: "claude-x".into(),
        name: Some("X".into()),
        created: Some(1_740_009_600),
        most_input: Some(200_000),
        most_output: Some(64_000),
    };
    let y = Listed { id: "claude-y".into(), name: None, created: None, most_input: None, most_output: None };
    assert_eq!((listing.models, listing.next.as_deref()), (vec![x, y], Some("claude-y")));
    let last = read_models(br#"{"data":[],"has_more":false,"last_id":"z"}"#).unwrap();
    assert_eq!(last.next, None);
    assert_eq!(read_models(b"[]").unwrap_err().kind, FailureKind::UpstreamError);
}

#[test]
fn a_providers_count_is_read() {
    assert_eq!(read_count(br#"{"input_tokens":14}"#), Ok(14));
    assert_eq!(read_count(b"{}").unwrap_err().kind, FailureKind::UpstreamError);
}
