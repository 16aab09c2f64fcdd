//! The row that each request leaves.

use postern_gateway::Config;
use postern_protocol::chat::{Event, Failure, FailureKind, Step, Usage};
use postern_store::{MarkName, Outcome, PageQuery, RequestDetail, Retention, Source};
use serde_json::json;

use crate::support::{Answer, House, echo, play, post_text, streamed};

fn marks(detail: &RequestDetail) -> Vec<MarkName> {
    detail.timeline.marks.iter().map(|mark| mark.name).collect()
}

#[tokio::test]
async fn an_answer_is_written_down_from_beginning_to_end() {
    let (house, mut turns) = House::staged(Config::default()).await;
    house.requests.keep(Retention { keep_days: 30, max_rows: 100, replay_bytes: 1 << 20 });
    for body in [play("words"), streamed(play("words"))] {
        let asked = house.spawn(&body);
        let turn = turns.next().await;
        for step in
            [Step::Account { name: "ada".to_owned() }, Step::Browser, Step::Page, Step::Form, Step::Sent]
        {
            turn.event(Event::Step(step));
        }
        turn.started().text("a");
        turn.event(Event::Usage(Usage { prompt: 7, completion: 5, cached: 0, reasoning: 2 }));
        turn.finish();
        let answer = asked.await.expect("answered");
        assert_eq!(answer.status, 200);
        let detail = house.journal().await.pop().expect("a row");
        let row = &detail.row;
        assert_eq!(row.id.as_str(), answer.header("x-request-id"));
        assert_eq!((row.method.as_str(), row.path.as_str()), ("POST", "/v1/chat/completions"));
        assert_eq!((row.status, row.outcome, row.source), (Some(200), Outcome::Ok, Source::Client));
        assert_eq!((row.model.as_deref(), row.upstream.as_deref()), (Some("play"), Some("stage")));
        assert_eq!((row.upstream_model.as_deref(), row.account.as_deref()), (Some("play"), Some("ada")));
        assert_eq!((row.stream, row.key, row.code.as_ref()), (body["stream"] == true, None, None));
        let tokens = (row.prompt_tokens, row.completion_tokens, row.reasoning_tokens);
        assert_eq!(tokens, (Some(7), Some(5), Some(2)));
        assert!(row.first_ms.is_some() && row.first_ms <= row.total_ms);
        use MarkName::{Account, Admitted, Browser, End, FirstByte, Form, Page, Received, Sent};
        let expected = [Received, Admitted, Account, Browser, Page, Form, Sent, FirstByte, End];
        assert_eq!(marks(&detail), expected);
        assert_eq!(detail.body, Some(body.to_string()), "to be asked again");
    }
}

#[tokio::test]
async fn what_is_refused_is_written_down_too() {
    let house = House::with(Config::default(), &["sk-a-needed-key"], Vec::new()).await;
    let key = house.keys.recognise("sk-a-needed-key").ok().map(|grant| grant.id);
    let with_key = |request: reqwest::RequestBuilder| request.bearer_auth("sk-a-needed-key");
    house.post(&echo("x")).await;
    Answer::of(with_key(house.chat(&json!({})))).await;
    Answer::of(with_key(
        house.chat(&json!({ "model": "none", "messages": [{ "role": "user", "content": "x" }] })),
    ))
    .await;
    Answer::of(with_key(house.request("GET", "/v1/none"))).await;
    Answer::of(house.request("GET", "/v1/models").header("host", "evil.example")).await;
    let rows = house.journal().await;
    let told: Vec<_> = rows
        .iter()
        .map(|detail| {
            (detail.row.status, detail.row.code.as_deref(), detail.row.model.as_deref(), detail.row.key)
        })
        .collect();
    let expected = [
        (Some(401), Some("invalid_api_key"), None, None),
        (Some(400), Some("bad_request"), None, key),
        (Some(404), Some("model_not_found"), Some("none"), key),
        (Some(404), Some("unknown_url"), None, key),
        (Some(403), Some("host_not_allowed"), None, None),
    ];
    assert_eq!(told, expected);
    assert!(rows.iter().all(|detail| detail.row.outcome == Outcome::Failed));
    assert!(rows.iter().all(|detail| detail.row.error.as_ref().is_some_and(|text| !text.is_empty())));
    assert!(!format!("{rows:?}").contains("sk-a-needed-key"));
}

#[tokio::test]
async fn what_is_no_business_of_clients_is_not_written_down() {
    let house = House::open().await;
    for path in ["/health", "/api/info", "/", "/nothing", "/console", "/api/keys"] {
        house.get(path).await;
    }
    let preflight = house.request("OPTIONS", "/v1/models").header("access-control-request-method", "GET");
    Answer::of(preflight.header("origin", "http://localhost:1")).await;
    assert!(house.journal().await.is_empty());
    house.get("/v1/models").await;
    assert_eq!(house.journal().await.len(), 1);
}

#[tokio::test]
async fn who_goes_away_is_written_down_as_gone() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let raw = house.raw(&post_text(&play("x"))).await;
    let turn = turns.next().await;
    drop(raw);
    turn.dropped().await;
    let mut raw = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    turn.started().text("so far");
    raw.until("so far").await;
    drop(raw);
    turn.dropped().await;
    let rows = house.journal().await;
    let outcomes: Vec<Outcome> = rows.iter().map(|detail| detail.row.outcome).collect();
    assert_eq!(outcomes, [Outcome::ClientGone, Outcome::ClientGone]);
    assert_eq!(rows[0].row.first_ms, None);
    assert!(rows[1].row.first_ms.is_some());
}

#[tokio::test]
async fn failures_on_the_way_are_written_down() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = house.spawn(&streamed(play("x")));
    let turn = turns.next().await;
    turn.started().text("so far").fail(Failure::new(FailureKind::Interrupted, "It broke off."));
    asked.await.expect("answered");
    let asked = house.spawn(&play("x"));
    turns.next().await.fail(Failure::new(FailureKind::Quota, "Used up."));
    asked.await.expect("answered").assert_error(429, "rate_limit_exceeded");
    let asked = house.spawn(&play("x"));
    let turn = turns.next().await;
    assert!(house.gateway.cancel(&turn.id));
    asked.await.expect("answered").assert_error(499, "cancelled");
    let rows = house.journal().await;
    let told: Vec<_> = rows
        .iter()
        .map(|detail| (detail.row.outcome, detail.row.code.as_deref(), detail.row.status))
        .collect();
    let expected = [
        (Outcome::Failed, Some("interrupted"), Some(502)),
        (Outcome::Failed, Some("rate_limit_exceeded"), Some(429)),
        (Outcome::Cancelled, Some("cancelled"), Some(499)),
    ];
    assert_eq!(told, expected);
    assert_eq!(rows[0].row.error.as_deref(), Some("It broke off."));
}

#[tokio::test]
async fn who_waits_is_seen_waiting() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let first = house.spawn(&play("first"));
    let turn = turns.next().await;
    let second = house.spawn(&play("second"));
    let mut changes = house.gateway.queue_changes();
    crate::support::soon(changes.wait_for(|_| house.gateway.queue_view().len() == 2)).await.expect("open");
    let running = house.requests.page(PageQuery::default()).await.expect("a page").rows;
    assert_eq!(running.len(), 2);
    assert!(running.iter().all(|row| row.outcome == Outcome::Running && row.status.is_none()));
    turn.answer();
    turns.next().await.answer();
    first.await.expect("answered");
    let waited = second.await.expect("answered");
    let rows = house.journal().await;
    let second = rows.iter().find(|detail| detail.row.id.as_str() == waited.header("x-request-id"));
    use MarkName::{Admitted, End, FirstByte, Queued, Received};
    assert_eq!(marks(second.expect("a row")), [Received, Queued, Admitted, FirstByte, End]);
}
