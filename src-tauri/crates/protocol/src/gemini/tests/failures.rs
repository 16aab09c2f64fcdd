//! Failures in Google's words.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chat::{Failure, FailureKind};
use crate::gemini::{encode_error, encode_refusal, read_error, status};

fn error(code: u16, status: &str, details: &Value) -> Vec<u8> {
    json!({ "error": { "code": code, "message": "m", "status": status, "details": details } })
        .to_string()
        .into_bytes()
}

#[test]
fn every_refusal_is_of_its_kind() {
    let invalid = json!([{ "@type": "x/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" }]);
    let table: [(u16, &str, Value, FailureKind); 14] = [
        (400, "INVALID_ARGUMENT", invalid, FailureKind::SignInExpired),
        (400, "INVALID_ARGUMENT", json!([]), FailureKind::BadRequest),
        (400, "FAILED_PRECONDITION", json!([]), FailureKind::BadRequest),
        (400, "OUT_OF_RANGE", json!([]), FailureKind::BadRequest),
        (401, "UNAUTHENTICATED", json!([]), FailureKind::SignInExpired),
        (403, "PERMISSION_DENIED", json!([]), FailureKind::Refused),
        (404, "NOT_FOUND", json!([]), FailureKind::UnknownModel),
        (429, "RESOURCE_EXHAUSTED", json!([]), FailureKind::Quota),
        (499, "CANCELLED", json!([]), FailureKind::UpstreamError),
        (500, "INTERNAL", json!([]), FailureKind::UpstreamError),
        (503, "UNAVAILABLE", json!([]), FailureKind::Unavailable),
        (504, "DEADLINE_EXCEEDED", json!([]), FailureKind::Timeout),
        (429, "A_NEW_WORD", json!([]), FailureKind::Quota),
        (418, "A_NEW_WORD", json!([]), FailureKind::BadRequest),
    ];
    for (code, word, details, kind) in table {
        let body = error(code, word, &details);
        assert_eq!(read_error(code, None, &body).kind, kind, "{word}");
        let wrapped = [b"[", body.as_slice(), b"]"].concat();
        assert_eq!(read_error(code, None, &wrapped).kind, kind, "{word} in an array");
    }
    assert_eq!(read_error(503, None, b"<html>").kind, FailureKind::Unavailable);
    assert_eq!(read_error(403, None, b"").kind, FailureKind::Refused);
    assert_eq!(read_error(401, None, b"").kind, FailureKind::SignInExpired);
}

#[test]
fn when_to_try_again_is_read() {
    let delay = json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "38.5s" });
    let quota = |id: &str| json!({ "@type": "x/google.rpc.QuotaFailure", "violations": [{ "quotaId": id }] });
    let header = Some(Duration::from_secs(7));
    let after = |details: Value, header| {
        read_error(429, header, &error(429, "RESOURCE_EXHAUSTED", &details)).retry_after
    };
    assert_eq!(after(json!([delay]), None), Some(Duration::from_millis(38_500)));
    assert_eq!(after(json!([delay]), header), Some(Duration::from_millis(38_500)));
    assert_eq!(after(json!([]), header), header);
    let minute = quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier");
    assert_eq!(after(json!([minute, delay]), None), Some(Duration::from_millis(38_500)));
    let day = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
    assert_eq!(after(json!([day, delay]), header), None, "a day is not over in half a minute");
    let told = read_error(429, None, &error(429, "RESOURCE_EXHAUSTED", &json!([day])));
    assert!(told.message.starts_with("The quota of the day"), "{told}");
    assert_eq!(read_error(503, header, b"<html>").retry_after, header);
}

#[test]
fn no_key_gets_into_a_message() {
    let message = "Permission denied: Consumer 'api_key:AIzaSyA-b_c' has been suspended, not AIzaSyXYZ or AQ.Ab1 either.";
    let body = json!({ "error": { "code": 403, "message": message, "status": "PERMISSION_DENIED" } });
    let told = read_error(403, None, body.to_string().as_bytes()).message;
    assert_eq!(
        told,
        "The provider says: Permission denied: Consumer '…' has been suspended, not … or … either."
    );
}

#[test]
fn the_field_at_fault_is_read() {
    let details =
        json!([{ "@type": "x/google.rpc.BadRequest", "fieldViolations": [{ "field": "contents[0]" }] }]);
    let failure = read_error(400, None, &error(400, "INVALID_ARGUMENT", &details));
    assert_eq!(failure.param.as_deref(), Some("contents[0]"));
}

#[test]
fn a_failure_is_written_as_google_writes_it() {
    let failure = Failure::new(FailureKind::Quota, "Wait.").retry_after(Duration::from_millis(1500));
    let error: Value = serde_json::from_slice(&encode_error(&failure)).unwrap();
    let retry = json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s" });
    let expected = json!({ "error": {
        "code": 429, "message": "Wait.", "status": "RESOURCE_EXHAUSTED", "details": [retry],
    } });
    assert_eq!(error, expected);
    let failure = Failure::new(FailureKind::BadRequest, "No.").param("contents");
    let error: Value = serde_json::from_slice(&encode_error(&failure)).unwrap();
    assert_eq!(error["error"]["status"], "INVALID_ARGUMENT");
    assert_eq!(error["error"]["details"][0]["fieldViolations"][0]["field"], "contents");
    let refusal: Value = serde_json::from_slice(&encode_refusal(401, "Which key?")).unwrap();
    assert_eq!(refusal["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(refusal["error"]["details"][0]["reason"], "API_KEY_INVALID");
}

#[test]
fn what_is_written_is_read_as_the_same_kind() {
    let kinds = [
        FailureKind::BadRequest,
        FailureKind::UnknownModel,
        FailureKind::Quota,
        FailureKind::Refused,
        FailureKind::UpstreamError,
        FailureKind::Timeout,
    ];
    for kind in kinds {
        let failure = Failure::new(kind, "m").retry_after(Duration::from_secs(3));
        let read = read_error(status(kind), None, &encode_error(&failure));
        assert_eq!((read.kind, read.retry_after), (kind, failure.retry_after));
    }
}
