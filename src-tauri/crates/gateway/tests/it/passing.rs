//! Requests that a provider gets as they came, and names that stand for several models.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures::channel::{mpsc, oneshot};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use http::{HeaderMap, StatusCode};
use postern_gateway::Config;
use postern_protocol::account;
use postern_protocol::chat::{Event, Failure, FailureKind, Request};
use postern_store::Outcome;
use postern_upstream::{Call, Errand, EventStream, ModelCard, Operation, Passage, Upstream};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{Answer, House, Stage, Turns, play, soon, streamed};

const MOMENT: Duration = Duration::from_millis(20);

/// An upstream `relay` with one model `play` that takes Chat Completions, prompts for pictures, and texts for vectors in
/// Google's words, as they come.
struct Relay {
    deliveries: mpsc::UnboundedSender<Delivery>,
    /// Whether it may have something to do by itself for any conversation.
    meddles: bool,
}

/// What the relay was handed, and how it answers.
struct Delivery {
    errand: Errand,
    head: oneshot::Sender<Result<Passage, Failure>>,
    dropped: CancellationToken,
}

/// The body of an answer that the relay gives.
type Pipe = mpsc::UnboundedSender<Result<Bytes, Failure>>;

impl Relay {
    fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<Delivery>) {
        let (deliveries, taken) = mpsc::unbounded();
        (Arc::new(Self { deliveries, meddles: false }), taken)
    }
}

impl Upstream for Relay {
    fn name(&self) -> &str {
        "relay"
    }

    fn lanes(&self) -> Option<usize> {
        Some(1)
    }

    fn accounts(&self) -> Vec<account::Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = ModelCard { id: "play".to_owned(), ..ModelCard::default() };
        async { Ok(vec![card]) }.boxed()
    }

    fn ignores(&self, _request: &Request) -> Vec<&'static str> {
        Vec::new()
    }

    fn chat(&self, _call: Call) -> EventStream {
        let failure = Failure::new(FailureKind::UpstreamError, "the relay was asked in words");
        futures::stream::once(async { Err(failure) }).boxed()
    }

    fn passes(&self, operation: Operation) -> bool {
        matches!(operation, Operation::Chat | Operation::Images | Operation::EmbedGemini { batch: true })
    }

    fn intervenes(&self, request: &Request) -> bool {
        request.tools.iter().any(|tool| tool.name == "ours")
    }

    fn may_intervene(&self) -> bool {
        self.meddles
    }

    fn pass(&self, errand: Errand) -> BoxFuture<'static, Result<Passage, Failure>> {
        let (head, answered) = oneshot::channel();
        let dropped = CancellationToken::new();
        let guard = dropped.clone().drop_guard();
        self.deliveries.unbounded_send(Delivery { errand, head, dropped }).expect("the test is over");
        async move {
            let mut passage = answered.await.expect("the test answers")?;
            passage.body = passage
                .body
                .inspect(move |_| {
                    let _held = &guard;
                })
                .boxed();
            Ok(passage)
        }
        .boxed()
    }
}

impl Delivery {
    fn answer(self, status: u16, headers: &[(&'static str, &str)]) -> (Pipe, CancellationToken) {
        let (pipe, body) = mpsc::unbounded();
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().expect("a value")))
            .collect();
        let status = StatusCode::from_u16(status).expect("a status");
        let passage = Passage { status, headers, account: "key one".to_owned(), body: body.boxed() };
        assert!(self.head.send(Ok(passage)).is_ok(), "nobody waits");
        (pipe, self.dropped)
    }

    fn fail(self, kind: FailureKind) {
        let failure = Failure::new(kind, "no key is left").retry_after(Duration::from_secs(7));
        assert!(self.head.send(Err(failure)).is_ok(), "nobody waits");
    }
}

fn say(pipe: &Pipe, text: &'static str) {
    pipe.unbounded_send(Ok(Bytes::from_static(text.as_bytes()))).expect("somebody listens");
}

async fn next(deliveries: &mut mpsc::UnboundedReceiver<Delivery>) -> Delivery {
    soon(deliveries.next()).await.expect("the relay is gone")
}

async fn relayed(config: Config) -> (House, mpsc::UnboundedReceiver<Delivery>) {
    let (relay, deliveries) = Relay::new();
    (House::with(config, &[], vec![relay]).await, deliveries)
}

/// A relay, a stage behind it, and `both` that stands for the two.
async fn both(targets: [&str; 2]) -> (House, mpsc::UnboundedReceiver<Delivery>, Turns) {
    let (relay, deliveries) = Relay::new();
    let (stage, turns) = Stage::new(1);
    let house = House::with(Config::default(), &[], vec![relay, stage]).await;
    let targets = targets.map(str::to_owned).to_vec();
    house.registry.set_fallbacks(BTreeMap::from([("both".to_owned(), targets)])).expect("fallbacks");
    (house, deliveries, turns)
}

fn ask_both() -> Value {
    json!({ "model": "both", "messages": [{ "role": "user", "content": "x" }] })
}

#[tokio::test]
async fn bytes_go_untouched_both_ways() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let body = "{ \"messages\":[{\"role\":\"user\",\"content\":\"Gr\\u00fc\u{df}e\"}],\n\t\"model\" : \"play\", \"unheard_of\": 1e0}";
    let request = house.request("POST", "/v1/chat/completions").header("x-of-mine", "yes").body(body);
    let asked = tokio::spawn(Answer::of(request));
    let delivery = next(&mut deliveries).await;
    assert_eq!((delivery.errand.body.as_ref(), delivery.errand.model.as_str()), (body.as_bytes(), "play"));
    assert_eq!(
        (delivery.errand.headers["x-of-mine"].as_bytes(), delivery.errand.operation),
        (&b"yes"[..], Operation::Chat)
    );
    let headers = [("content-type", "application/json"), ("x-ratelimit-remaining-requests", "7")];
    let (pipe, _) = delivery.answer(200, &headers);
    let pieces = [
        "{\"choices\": [{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]",
        ", \"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2} }\n",
    ];
    for piece in pieces {
        say(&pipe, piece);
    }
    drop(pipe);
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, answer.text), (200, pieces.concat()));
    assert_eq!(answer.headers["x-ratelimit-remaining-requests"], "7");
    assert_eq!(answer.headers["x-postern-upstream"], "relay");
    let row = &house.journal().await[0].row;
    assert_eq!((row.prompt_tokens, row.completion_tokens), (Some(5), Some(2)));
    assert_eq!((row.outcome, row.status, row.model.as_deref()), (Outcome::Ok, Some(200), Some("play")));
    assert_eq!((row.upstream.as_deref(), row.account.as_deref()), (Some("relay"), Some("key one")));
    assert!(row.first_ms.is_some());
}

#[tokio::test]
async fn what_a_stream_cost_is_read_along() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let asked = house.spawn(&streamed(play("x")));
    let (pipe, _) =
        next(&mut deliveries).await.answer(200, &[("content-type", "text/event-stream; charset=utf-8")]);
    say(&pipe, "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\nda");
    say(
        &pipe,
        "ta: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n",
    );
    drop(pipe);
    assert!(asked.await.expect("answered").text.ends_with("[DONE]\n\n"));
    let row = &house.journal().await[0].row;
    assert_eq!((row.outcome, row.prompt_tokens, row.completion_tokens), (Outcome::Ok, Some(7), Some(1)));
}

#[tokio::test]
async fn pieces_are_handed_on_as_they_come_and_a_client_that_goes_ends_the_work() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let text = crate::support::post_text(&streamed(play("x")));
    let mut raw = house.raw(&text).await;
    let (pipe, dropped) = next(&mut deliveries).await.answer(200, &[("content-type", "text/event-stream")]);
    say(&pipe, "data: {\"a\":");
    let head = raw.until("data: {\"a\":").await;
    assert!(head.contains("text/event-stream"), "{head}");
    say(&pipe, "1}\n\n");
    raw.until("1}\n\n").await;
    drop(raw);
    soon(dropped.cancelled()).await;
    let row = &house.journal().await[0].row;
    assert_eq!(row.outcome, Outcome::ClientGone);
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_handed_on_as_it_was_said() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let asked = house.spawn(&play("x"));
    let (pipe, _) =
        next(&mut deliveries).await.answer(422, &[("retry-after", "9"), ("x-request-id", "theirs")]);
    say(&pipe, "{\"error\":\"teapot\"}");
    drop(pipe);
    let answer = asked.await.expect("answered");
    assert_eq!(
        (answer.status, answer.text.as_str(), answer.header("retry-after")),
        (422, "{\"error\":\"teapot\"}", "9")
    );
    let row = &house.journal().await[0].row;
    assert_eq!((row.status, row.code.as_deref()), (Some(422), Some("provider_refused")));
    assert_eq!(answer.header("x-request-id"), "theirs");
    assert_eq!(answer.header("x-postern-request-id"), row.id.as_str());
}

#[tokio::test]
async fn what_fails_before_the_head_is_told_in_words() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let asked = house.spawn(&play("x"));
    next(&mut deliveries).await.fail(FailureKind::Quota);
    let answer = asked.await.expect("answered");
    answer.assert_error(429, "rate_limit_exceeded");
    assert_eq!(answer.header("retry-after"), "7");
}

#[tokio::test]
async fn an_answer_that_breaks_off_breaks_off() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let mut raw = house.raw(&crate::support::post_text(&play("x"))).await;
    let (pipe, _) = next(&mut deliveries).await.answer(200, &[]);
    say(&pipe, "half");
    raw.until("half").await;
    pipe.unbounded_send(Err(Failure::new(FailureKind::Interrupted, "gone"))).expect("somebody listens");
    let rest = raw.rest().await;
    assert!(!rest.contains("0\r\n\r\n"), "{rest:?}");
    let row = &house.journal().await[0].row;
    assert_eq!(row.code.as_deref(), Some("interrupted"));
}

#[tokio::test]
async fn what_came_right_before_the_break_reaches_the_client() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let raw = house.raw(&crate::support::post_text(&play("x"))).await;
    let (pipe, _) = next(&mut deliveries).await.answer(200, &[]);
    // Both are there when the server looks for more.
    say(&pipe, "all that came");
    pipe.unbounded_send(Err(Failure::new(FailureKind::Interrupted, "gone"))).expect("somebody listens");
    let rest = raw.rest().await;
    assert!(rest.contains("all that came") && !rest.contains("0\r\n\r\n"), "{rest:?}");
}

#[tokio::test]
async fn the_limits_of_time_count_and_a_place_in_the_queue_can_be_cancelled() {
    let (house, mut deliveries) = relayed(Config { first_byte_timeout: MOMENT, ..Config::default() }).await;
    let asked = house.spawn(&play("x"));
    let late = next(&mut deliveries).await;
    asked.await.expect("answered").assert_error(504, "timeout");
    soon(late.dropped.cancelled()).await;

    let (house, mut deliveries) = relayed(Config::default()).await;
    let first = house.spawn(&play("first"));
    let running = next(&mut deliveries).await;
    let second = house.spawn(&play("second"));
    soon(async {
        while house.gateway.queue_view().len() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for entry in house.gateway.queue_view().iter().rev() {
        assert!(house.gateway.cancel(entry.id.as_str()));
    }
    first.await.expect("answered").assert_error(499, "cancelled");
    second.await.expect("answered").assert_error(499, "cancelled");
    soon(running.dropped.cancelled()).await;
}

#[tokio::test]
async fn what_only_the_house_does_is_not_handed_on() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let mut with_server = play("x");
    with_server["mcp_endpoint"] = json!("http://127.0.0.1:9/mcp");
    let mut with_file = play("x");
    with_file["attachments"] = json!(["file:///tmp/a.txt"]);
    let mut with_function = play("x");
    with_function["tools"] = json!([{ "type": "function", "function": { "name": "ours" } }]);
    for body in [with_server, with_file, with_function] {
        house.post(&body).await.assert_error(502, "upstream_error");
    }
    // A body that is not understood here may be understood there.
    let strange = json!({ "model": "play", "messages": [{ "role": "oracle", "content": "x" }] });
    let asked = house.spawn(&strange);
    drop(next(&mut deliveries).await.answer(200, &[]));
    assert_eq!(asked.await.expect("answered").status, 200);
    let nobody = json!({ "model": "none", "messages": [{ "role": "oracle", "content": "x" }] });
    assert_eq!(house.post(&nobody).await.status, 400);
}

#[tokio::test]
async fn what_is_not_understood_is_not_handed_on_past_what_the_house_may_have_to_do() {
    let (deliveries, mut taken) = mpsc::unbounded();
    let relay = Arc::new(Relay { deliveries, meddles: true });
    let house = House::with(Config::default(), &[], vec![relay]).await;
    let strange = json!({ "model": "play", "messages": [{ "role": "oracle", "content": "x" }] });
    assert_eq!(house.post(&strange).await.status, 400);
    assert!(taken.next().now_or_never().is_none());
    let asked = house.spawn(&play("x"));
    drop(next(&mut taken).await.answer(200, &[]));
    assert_eq!(asked.await.expect("answered").status, 200, "what is understood is");
}

#[tokio::test]
async fn who_failed_to_draw_a_picture_is_not_asked_again_for_it() {
    let (house, mut deliveries, mut turns) = both(["relay/play", "stage/play"]).await;
    let body = json!({ "model": "both", "prompt": "A cat", "n": 2 });
    let asked = tokio::spawn(Answer::of(house.request("POST", "/v1/images/generations").json(&body)));
    next(&mut deliveries).await.fail(FailureKind::Timeout);
    for _ in 0..2 {
        let picture = Event::Image { mime: "image/png".to_owned(), base64: "AQI=".to_owned() };
        turns.next().await.started().event(picture).finish();
    }
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, answer.json["data"].as_array().map(Vec::len)), (200, Some(2)));
    let warned = answer.header("x-postern-warnings");
    assert_eq!(warned.matches("relay/play did not answer").count(), 1, "{warned}");
}

#[tokio::test]
async fn the_next_one_is_asked_in_its_own_way_while_nothing_was_told() {
    let (house, mut deliveries, mut turns) = both(["relay/play", "stage/play"]).await;
    for kind in [FailureKind::Quota, FailureKind::UpstreamError, FailureKind::Timeout] {
        let asked = house.spawn(&ask_both());
        next(&mut deliveries).await.fail(kind);
        turns.next().await.answer();
        let answer = asked.await.expect("answered");
        assert_eq!(
            (answer.status, answer.content(), answer.header("x-postern-upstream")),
            (200, "x", "stage")
        );
        assert!(answer.header("x-postern-warnings").contains("relay/play did not answer"));
    }
    let asked = house.spawn(&ask_both());
    next(&mut deliveries).await.fail(FailureKind::BadRequest);
    assert_eq!(asked.await.expect("answered").status, 400);
    assert!(turns.none());
    let rows = house.journal().await;
    assert_eq!(
        (rows[0].row.upstream.as_deref(), rows[3].row.upstream.as_deref()),
        (Some("stage"), Some("relay"))
    );
}

#[tokio::test]
async fn after_the_first_piece_nobody_else_is_asked() {
    let (house, _deliveries, mut turns) = both(["stage/play", "relay/play"]).await;
    let asked = house.spawn(&ask_both());
    turns.next().await.started().fail(Failure::new(FailureKind::Unavailable, "busy"));
    // The relay is asked in words, because the one before it was.
    let answer = asked.await.expect("answered");
    answer.assert_error(502, "upstream_error");
    assert!(answer.header("x-postern-warnings").contains("busy"));
    let asked = house.spawn(&streamed(ask_both()));
    turns.next().await.started().text("so far").fail(Failure::new(FailureKind::Unavailable, "busy"));
    let answer = asked.await.expect("answered");
    assert!(answer.text.contains("so far") && answer.text.contains("unavailable"), "{}", answer.text);
}

#[tokio::test]
async fn embeddings_are_asked_for_in_the_providers_own_words() {
    let (house, mut deliveries) = relayed(Config::default()).await;
    let ask = |body: Value| house.request("POST", "/v1/embeddings").json(&body);
    let asked =
        tokio::spawn(Answer::of(ask(json!({ "model": "relay/play", "input": ["a", "b"], "dimensions": 2 }))));
    let delivery = next(&mut deliveries).await;
    let sent: Value = serde_json::from_slice(&delivery.errand.body).expect("JSON");
    assert_eq!(sent["requests"][1]["model"], "models/play");
    assert_eq!(sent["requests"][1]["content"]["parts"][0]["text"], "b");
    let (pipe, _) = delivery.answer(200, &[("content-type", "application/json")]);
    say(&pipe, "{\"embeddings\":[{\"values\":[0.5,1]},");
    say(&pipe, "{\"values\":[2,3]}],\"usageMetadata\":{\"promptTokenCount\":4}}");
    drop(pipe);
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, &answer.json["model"]), (200, &json!("relay/play")), "{}", answer.text);
    assert_eq!(answer.json["data"][1], json!({ "object": "embedding", "index": 1, "embedding": [2.0, 3.0] }));
    let row = &house.journal().await[0].row;
    assert_eq!((row.prompt_tokens, row.upstream_model.as_deref()), (Some(4), Some("play")));

    let asked = tokio::spawn(Answer::of(ask(json!({ "model": "play", "input": "a" }))));
    let (pipe, _) = next(&mut deliveries).await.answer(429, &[]);
    say(&pipe, "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"used up\"}}");
    drop(pipe);
    asked.await.expect("answered").assert_error(429, "rate_limit_exceeded");

    let body = json!({ "content": { "parts": [{ "text": "a" }] } });
    let one = house.request("POST", "/v1beta/models/play:embedContent").json(&body);
    let asked = tokio::spawn(Answer::of(one));
    let (pipe, _) = next(&mut deliveries).await.answer(200, &[]);
    say(&pipe, "{\"embeddings\":[{\"values\":[7]}]}");
    drop(pipe);
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, &answer.json["embedding"]["values"]), (200, &json!([7.0])), "{}", answer.text);
}
