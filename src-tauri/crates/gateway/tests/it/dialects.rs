//! What is said, and where keys are shown, in each dialect.

use postern_gateway::Config;
use serde_json::json;

use crate::support::{Answer, House, echo};

const KEY: &str = "sk-the-right-key";

async fn locked() -> House {
    House::with(Config::default(), &[KEY], Vec::new()).await
}

/// Checks an error of Messages.
#[track_caller]
fn assert_messages(answer: &Answer, status: u16, kind: &str) {
    assert_eq!(
        (answer.status, answer.json["error"]["type"].as_str()),
        (status, Some(kind)),
        "{}",
        answer.text
    );
    assert_eq!(answer.json["type"], "error");
    assert_eq!(answer.json["request_id"], answer.header("request-id"));
    assert_eq!(answer.header("request-id"), answer.header("x-request-id"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
}

/// Checks an error of Gemini.
#[track_caller]
fn assert_gemini(answer: &Answer, status: u16, name: &str) {
    let error = &answer.json["error"];
    assert_eq!((answer.status, error["status"].as_str()), (status, Some(name)), "{}", answer.text);
    assert_eq!(error["code"], status);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
}

#[tokio::test]
async fn a_refusal_speaks_the_callers_dialect() {
    let house = locked().await;
    let body = echo("x");
    let messages = Answer::of(house.request("POST", "/v1/messages").json(&body)).await;
    assert_messages(&messages, 401, "authentication_error");
    let gemini = Answer::of(house.request("POST", "/v1beta/models/echo:generateContent").json(&body)).await;
    assert_gemini(&gemini, 401, "UNAUTHENTICATED");
    assert_eq!(gemini.json["error"]["details"][0]["reason"], "API_KEY_INVALID");
    let short = house.request("POST", "/v1/models/echo:streamGenerateContent").json(&body);
    assert_gemini(&Answer::of(short).await, 401, "UNAUTHENTICATED");
    let responses = Answer::of(house.request("POST", "/v1/responses").json(&body)).await;
    responses.assert_error(401, "invalid_api_key");
    let method = Answer::of(house.request("GET", "/v1beta/nothing").header("x-api-key", KEY)).await;
    assert_gemini(&method, 404, "NOT_FOUND");
    let unknown = house.request("GET", "/v1/organizations").header("anthropic-version", "2023-06-01");
    assert_messages(&Answer::of(unknown.header("x-api-key", KEY)).await, 404, "not_found_error");
    let host = house.request("POST", "/v1/messages").header("host", "evil.example").json(&body);
    assert_messages(&Answer::of(host).await, 403, "permission_error");
}

#[tokio::test]
async fn a_key_is_found_where_each_dialect_has_its_own() {
    let house = locked().await;
    let ask = |path: &str| house.request("POST", path).json(&json!({}));
    let call = "/v1beta/models/none:generateContent";
    for admitted in [
        ask("/v1/messages").header("x-api-key", KEY),
        ask("/v1/messages").bearer_auth(KEY),
        ask(call).header("x-goog-api-key", KEY),
        ask(&format!("{call}?alt=sse&key={KEY}")),
        ask("/v1/chat/completions").header("x-goog-api-key", KEY),
    ] {
        let answer = Answer::of(admitted).await;
        assert_ne!(answer.status, 401, "{}", answer.text);
    }
    for refused in [
        ask(&format!("{call}?key=sk-a-wrong-key")),
        ask(&format!("{call}?monkey={KEY}")),
        ask(&format!("/v1/chat/completions?key={KEY}")),
        ask(&format!("/v1/messages?key={KEY}")),
    ] {
        assert_eq!(Answer::of(refused).await.status, 401);
    }
    for row in house.journal().await {
        assert!(!format!("{row:?}").contains(KEY), "{row:?}");
    }
}

#[tokio::test]
async fn pages_may_send_the_headers_of_each_dialect() {
    let house = locked().await;
    for path in ["/v1/messages", "/v1beta/models/echo:generateContent"] {
        let asked = house
            .request("OPTIONS", path)
            .header("origin", "https://chat.example")
            .header("access-control-request-method", "POST");
        let asked = Answer::of(asked).await;
        assert_eq!(
            (asked.status, asked.header("access-control-allow-origin")),
            (204, "https://chat.example")
        );
        for header in ["anthropic-version", "anthropic-dangerous-direct-browser-access", "x-goog-api-key"] {
            assert!(asked.header("access-control-allow-headers").contains(header), "{header}");
        }
    }
}
