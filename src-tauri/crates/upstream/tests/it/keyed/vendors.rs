//! What differs from vendor to vendor, on the wire.

use postern_protocol::chat::{FailureKind, Tool, ToolCall};
use postern_tests::provider::Word;
use serde_json::json;

use super::*;

async fn gemini(names: &[&str]) -> (Provider, Keyed) {
    let provider = Provider::start(Played::Gemini).await.expect("a stand-in");
    let keyed = keyed_with(config(provider.base_url(), Vendor::Gemini), names);
    (provider, keyed)
}

const THERE: &str = "gemini-3-flash-preview";

fn of_google() -> Request {
    Request { model: THERE.to_owned(), ..question() }
}

#[tokio::test]
async fn gemini_is_asked_in_its_own_words_with_its_own_header() {
    let (provider, keyed) = gemini(&["one"]).await;
    provider.next(Turn::choices([Said::new().text("Good day")]));
    let told = answered(&keyed, of_google()).await.expect("an answer");
    assert_eq!(text(&told), "Good day");
    let asked = provider.last().expect("a question");
    assert_eq!(asked.target, format!("/v1beta/models/{THERE}:streamGenerateContent?alt=sse"));
    assert_eq!(asked.header("x-goog-api-key"), Some("sk-standin-one-secret"));
    assert_eq!(asked.header("authorization"), None, "both at once would be refused");
}

#[tokio::test]
async fn gemini_says_400_of_a_key_and_the_next_one_is_asked() {
    let (provider, keyed) = gemini(&["one", "two"]).await;
    provider.next(Turn::refuse(Refusal::Key));
    assert!(answered(&keyed, of_google()).await.is_ok());
    assert_eq!(keyed.state_of("one"), Some(State::SignInExpired));
    assert_eq!(provider.received().len(), 2);
}

#[tokio::test]
async fn geminis_quota_of_a_day_rests_for_hours_and_that_of_a_minute_does_not() {
    for (refusal, longest) in [(Refusal::Rate(Some(20)), 20), (Refusal::Quota, u64::MAX)] {
        let (provider, keyed) = gemini(&["one"]).await;
        provider.next(Turn::refuse(refusal.clone()));
        let failure = answered(&keyed, of_google()).await.expect_err("used up");
        assert_eq!(failure.kind, FailureKind::Quota);
        let wait = failure.retry_after.expect("when").as_secs();
        assert!(wait <= longest && (longest == 20 || wait > 120), "{refusal:?}: {wait} s");
    }
}

/// Has Gemini call a function with a seal, and gives what a client says next that knows nothing of seals.
async fn called(provider: &Provider, keyed: &Keyed) -> Request {
    let signed = Word::Call {
        id: Some("call-7".into()),
        name: "weather".into(),
        arguments: json!({ "city": "Ulm" }),
        signature: Some("c2VhbA==".into()),
    };
    provider.next(Turn::choices([Said::new().word(signed)]));
    let tools = vec![Tool { name: "weather".into(), ..Tool::default() }];
    let request = Request { tools, ..of_google() };
    let told = answered(keyed, request.clone()).await.expect("a call");
    let parts = &told.candidates.first().expect("an answer").parts;
    let call = parts.iter().find_map(|part| match part {
        Part::ToolCall(call) => Some(call.clone()),
        _ => None,
    });
    let call: ToolCall = call.expect("a call");
    let mut again = request;
    let part = |role, part| Message { role, name: None, parts: vec![part] };
    again.messages.push(part(Role::Assistant, Part::ToolCall(call.clone())));
    let result = Part::ToolResult { call_id: call.id, text: "rain".into(), failed: false };
    again.messages.push(part(Role::Tool, result));
    again
}

#[tokio::test]
async fn a_seal_that_a_client_dropped_is_given_back_to_gemini() {
    let (provider, keyed) = gemini(&["one"]).await;
    let again = called(&provider, &keyed).await;
    answered(&keyed, again).await.expect("an answer");
    let body = provider.last().expect("a question").json().to_string();
    assert!(body.contains("\"thoughtSignature\":\"c2VhbA==\""), "{body}");
}

#[tokio::test]
async fn a_seal_is_shown_to_the_provider_that_put_it_on_only() {
    let means = KeyedMeans::new(Network::default(), None);
    let at = |provider: &Provider| {
        let keyed =
            Keyed::new(config(provider.base_url(), Vendor::Gemini), &means, None).expect("an address");
        keyed.set_keys(vec![key("one")]);
        keyed
    };
    let (one, other) = (Provider::start(Played::Gemini).await, Provider::start(Played::Gemini).await);
    let (one, other) = (one.expect("a stand-in"), other.expect("another"));
    let again = called(&one, &at(&one)).await;
    other.next(Turn::choices([Said::new().text("It rains")]));
    answered(&at(&other), again.clone()).await.expect("an answer");
    assert!(!other.last().expect("a question").json().to_string().contains("c2VhbA=="));
    answered(&at(&one), again).await.expect("an answer");
    assert!(
        one.last().expect("a question").json().to_string().contains("c2VhbA=="),
        "the same provider gets its own back"
    );
}

/// Seals are forgotten with the process; without one Gemini 3 refuses the call, and takes these words in its place.
#[tokio::test]
async fn a_conversation_with_a_call_goes_on_after_a_restart() {
    let (provider, keyed) = gemini(&["one"]).await;
    let again = called(&provider, &keyed).await;
    drop(keyed);
    let restarted = keyed_with(config(provider.base_url(), Vendor::Gemini), &["one"]);
    provider.next(Turn::choices([Said::new().text("It rains")]));
    let told = answered(&restarted, again).await.expect("an answer");
    assert_eq!(text(&told), "It rains");
    let body = provider.last().expect("a question").json().to_string();
    assert!(body.contains("\"thoughtSignature\":\"skip_thought_signature_validator\""), "{body}");
    assert!(!body.contains("c2VhbA=="), "{body}");
}

#[tokio::test]
async fn anthropic_is_asked_in_its_own_words() {
    let provider = Provider::start(Played::Anthropic).await.expect("a stand-in");
    let keyed = keyed_with(config(provider.base_url(), Vendor::Anthropic), &["one"]);
    provider.next(Turn::choices([Said::new().text("Good day")]));
    let request = Request { model: "claude-sonnet-4-6".to_owned(), ..question() };
    assert_eq!(text(&answered(&keyed, request).await.expect("an answer")), "Good day");
    let asked = provider.last().expect("a question");
    assert_eq!(asked.path(), "/v1/messages");
    assert_eq!(asked.header("x-api-key"), Some("sk-standin-one-secret"));
    assert_eq!(asked.json()["stream"], true);
    assert!(!keyed.models().await.expect("a list").is_empty());
}
