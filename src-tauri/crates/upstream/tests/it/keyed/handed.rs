//! Requests that are handed on as they came.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use postern_tests::provider::{End, Replay};
use postern_upstream::{Errand, Operation, Passage};

use super::*;

fn errand(operation: Operation, body: &str) -> Errand {
    let headers = [
        ("content-type", "application/json"),
        ("authorization", "Bearer the-clients-own"),
        ("openai-beta", "assistants=v2"),
        ("openai-organization", "org-client"),
        ("anthropic-beta", "prompt-caching"),
        ("cookie", "a=b"),
        ("host", "127.0.0.1:2048"),
    ];
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        all.insert(name, HeaderValue::from_static(value));
    }
    Errand {
        id: RequestId::new("r1"),
        principal: Principal::Anonymous,
        operation,
        model: MODEL.to_owned(),
        headers: all,
        body: Bytes::from(body.to_owned()),
    }
}

async fn body(passage: Passage) -> Vec<u8> {
    let mut all = Vec::new();
    let mut pieces = passage.body;
    while let Some(piece) = pieces.next().await {
        all.extend_from_slice(&piece.expect("it goes on"));
    }
    all
}

#[tokio::test]
async fn bytes_are_handed_on_and_back_untouched_but_for_the_name_of_the_model() {
    let (provider, keyed) = openai(&["one"]).await;
    let odd = "{ \"temperature\" : 0.10, \"model\" :\"provider/gpt-5.2\", \"x\":1e3,\"messages\":[ ] }";
    let said: &[u8] = b"data: {\"odd\" :  1}\r\n\r\n: hm\n\ndata: [DONE]\n\n";
    let replay = Replay::new(StatusCode::OK, "text/event-stream", said)
        .header("x-request-id", "abc")
        .header("set-cookie", "a=b");
    provider.next(Turn::replay(replay));
    let passage = keyed.pass(errand(Operation::Chat, odd)).await.expect("an answer");
    assert_eq!((passage.status, passage.account.as_str()), (StatusCode::OK, "one"));
    assert_eq!(passage.headers["x-request-id"], "abc");
    assert!(!passage.headers.contains_key("set-cookie"));
    assert_eq!(body(passage).await, said);
    let got = provider.last().expect("a question");
    assert_eq!(got.body, odd.replace("provider/gpt-5.2", MODEL));
    assert_eq!(got.header("authorization"), Some("Bearer sk-standin-one-secret"));
    assert_eq!(got.header("openai-beta"), Some("assistants=v2"));
    for dropped in ["openai-organization", "anthropic-beta", "cookie"] {
        assert_eq!(got.header(dropped), None, "{dropped}");
    }
    assert_ne!(got.header("host"), Some("127.0.0.1:2048"));
}

#[tokio::test]
async fn the_next_key_is_tried_before_anything_was_told() {
    let (provider, keyed) = openai(&["one", "two"]).await;
    provider.next(Turn::refuse(Refusal::Rate(Some(5))));
    let question = "{\"model\":\"gpt-5.2\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    let passage = keyed.pass(errand(Operation::Chat, question)).await.expect("an answer");
    assert_eq!((passage.status, passage.account.as_str()), (StatusCode::OK, "two"));
    assert_eq!(asked(&provider.received()), ["one", "two"]);
    let rests = keyed.standing("one").cooldowns;
    assert_eq!(rests[0].model.as_deref(), Some(MODEL));
}

#[tokio::test]
async fn a_refusal_that_another_key_would_not_change_is_handed_on_in_the_providers_words() {
    let (provider, keyed) = openai(&["one", "two"]).await;
    provider.next(Turn::refuse(Refusal::Wrong("nonsense".into())));
    let passage = keyed.pass(errand(Operation::Chat, "{\"model\":\"gpt-5.2\"}")).await.expect("an answer");
    assert_eq!(passage.status, StatusCode::BAD_REQUEST);
    assert!(String::from_utf8(body(passage).await).expect("text").contains("nonsense"));
    assert_eq!(asked(&provider.received()), ["one"]);
}

#[tokio::test]
async fn a_refusal_that_goes_on_and_on_is_told_in_words_of_ours() {
    let (provider, keyed) = openai(&["one"]).await;
    let long = Replay::new(StatusCode::BAD_REQUEST, "application/json", vec![b'x'; 300 * 1024]);
    provider.next(Turn::replay(long));
    let passed = keyed.pass(errand(Operation::Chat, "{\"model\":\"gpt-5.2\"}")).await;
    let failure = passed.err().expect("not all of it is read");
    assert_eq!(failure.kind, postern_protocol::chat::FailureKind::BadRequest);
    assert!(failure.message.len() < 1000, "{failure}");
}

#[tokio::test]
async fn when_every_key_is_refused_no_key_of_ours_is_blamed_on_the_client() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::refuse(Refusal::Key));
    let passed = keyed.pass(errand(Operation::Chat, "{\"model\":\"gpt-5.2\"}")).await;
    let failure = passed.err().expect("a failure, so that the next upstream can be asked");
    assert_eq!(failure.kind, postern_protocol::chat::FailureKind::SignInExpired);
    assert!(!failure.to_string().contains("secret"));
}

#[tokio::test]
async fn whoever_goes_away_stops_the_provider() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::choices([Said::new().text("a long answer that never ends")]).held_after(1));
    let question =
        "{\"model\":\"gpt-5.2\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    let mut passage = keyed.pass(errand(Operation::Chat, question)).await.expect("an answer");
    passage.body.next().await.expect("a piece").expect("a piece");
    drop(passage);
    provider.wait_for(|all| all.iter().any(|one| one.end == End::HungUp)).await.expect("it is told");
}

#[tokio::test]
async fn anthropics_messages_are_handed_on_with_its_headers_and_key() {
    let provider = Provider::start(Played::Anthropic).await.expect("a stand-in");
    let keyed = keyed_with(config(provider.base_url(), Vendor::Anthropic), &["one"]);
    assert!(keyed.passes(Operation::Messages) && !keyed.passes(Operation::Chat));
    let question =
        "{\"model\":\"gpt-5.2\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    let passage = keyed.pass(errand(Operation::Messages, question)).await.expect("an answer");
    assert!(!body(passage).await.is_empty());
    let got = provider.last().expect("a question");
    assert_eq!(got.path(), "/v1/messages");
    assert_eq!(got.body, question);
    assert_eq!(got.header("x-api-key"), Some("sk-standin-one-secret"));
    assert_eq!(got.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(got.header("anthropic-beta"), Some("prompt-caching"));
    assert_eq!(got.header("authorization"), None);
}
