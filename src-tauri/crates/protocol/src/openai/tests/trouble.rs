//! What providers say when they refuse.

use std::time::Duration;

use crate::chat::FailureKind;
use crate::openai::read_error;

#[test]
fn every_refusal_has_its_kind() {
    use FailureKind::{
        BadRequest, Quota, Refused, SignInExpired, Timeout, Unavailable, UnknownModel, UpstreamError,
    };
    let cases = [
        (401, r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#, SignInExpired),
        (
            400,
            r#"[{"error":{"message":"API key not valid","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
            SignInExpired,
        ),
        (403, r#"{"error":{"message":"Country not supported"}}"#, Refused),
        (403, r#"{"error":{"message":"Pay","code":"insufficient_quota"}}"#, Quota),
        (402, r#"{"error":{"message":"Insufficient Balance"}}"#, Quota),
        (404, r#"{"error":{"message":"No such model","code":"model_not_found"}}"#, UnknownModel),
        (404, "404 page not found", UpstreamError),
        (400, r#"{"error":{"message":"Too long","code":"context_length_exceeded"}}"#, BadRequest),
        (422, r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, BadRequest),
        (413, "<html><head><title>413 Too large</title></head></html>", BadRequest),
        (408, "", Timeout),
        (409, "", Unavailable),
        (429, r#"{"error":{"message":"Slow"}}"#, Quota),
        (500, "oops", UpstreamError),
        (503, r#"{"object":"error","message":"Overloaded"}"#, Unavailable),
        (504, "", Timeout),
    ];
    for (status, body, kind) in cases {
        assert_eq!(read_error(status, None, body.as_bytes()).kind, kind, "{status} {body}");
    }
}

#[test]
fn the_words_are_handed_on() {
    let cases = [
        (r#"{"error":{"message":"No.","param":"messages"}}"#, "No."),
        (r#"{"error":"No."}"#, "No."),
        (r#"[{"error":{"message":"No."}}]"#, "No."),
        (r#"{"message":"No."}"#, "No."),
        (r#"{"detail":"No."}"#, "No."),
        (r#"{"detail":[{"msg":"No."}]}"#, "No."),
        (r#"{"errors":[{"message":"No."}]}"#, "No."),
        (r#""No.""#, "No."),
        ("No.", "No."),
        ("<HTML><TITLE>No.</TITLE>", "No."),
        ("<html>", "HTTP status 400"),
        ("", "HTTP status 400"),
    ];
    for (body, words) in cases {
        let failure = read_error(400, None, body.as_bytes());
        assert!(failure.message.contains(words), "{body}: {}", failure.message);
    }
    assert_eq!(read_error(400, None, cases[0].0.as_bytes()).param.as_deref(), Some("messages"));
    assert!(read_error(500, None, "é".repeat(10_000).as_bytes()).message.len() < 2000);
}

#[test]
fn when_to_try_again_is_read_wherever_it_is_said() {
    let said = |message: &str| {
        let body = serde_json::json!({ "error": { "message": message } }).to_string();
        read_error(429, None, body.as_bytes()).retry_after.map(|after| after.as_millis())
    };
    assert_eq!(said("Limit reached. Please try again in 20s. Visit"), Some(20_000));
    assert_eq!(said("Please try again in 6m0.5s."), Some(360_500));
    assert_eq!(said("Please try again in 350ms."), Some(350));
    assert_eq!(said("Retry after 20 seconds"), Some(20_000));
    assert_eq!(said("Try again in a while"), None);
    let google = br#"[{"error":{"code":429,"message":"x","details":[{"@type":"t"},{"retryDelay":"38s"}]}}]"#;
    assert_eq!(read_error(429, None, google).retry_after, Some(Duration::from_secs(38)));
    let header = Some(Duration::from_secs(5));
    assert_eq!(read_error(429, header, google).retry_after, header, "the header is exact");
}

#[test]
fn a_quota_that_is_used_up_says_so_and_names_no_time() {
    let body = br#"{"error":{"message":"You exceeded your current quota, try again in 1s","type":"insufficient_quota"}}"#;
    let failure = read_error(429, None, body);
    assert_eq!((failure.kind, failure.retry_after), (FailureKind::Quota, None));
    assert!(failure.message.contains("used up"), "{}", failure.message);
}
