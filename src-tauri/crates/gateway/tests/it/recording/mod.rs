//! What is recorded is what went over the connection.

mod ends;
mod off;

use axum::body::Body;
use http_body_util::BodyExt;
use postern_gateway::Config;
use postern_store::{ConversationStore, Ended, Exchange, Seq, Via};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tower::ServiceExt;

use crate::proxy::{Far, house};
use crate::support::{House, echo, play, soon, streamed};

/// Where a house's exchanges are recorded.
pub(crate) struct Archive {
    folder: TempDir,
    store: ConversationStore,
}

impl Archive {
    /// Records what `house` is asked from now on.
    pub(crate) fn of(house: &House) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = ConversationStore::open(folder.path()).expect("opens");
        house.gateway.record(store.recorder());
        Self { folder, store }
    }

    /// The exchanges in the order in which they ended, once there are so many.
    pub(crate) async fn exchanges(&self, count: u64) -> Vec<Exchange> {
        let kept = self.store.conversations();
        let mut arrivals = kept.arrivals();
        soon(arrivals.wait_for(|last| *last >= count)).await.expect("the archive is open");
        let mut exchanges = Vec::new();
        for seq in 1..=i64::try_from(count).expect("few") {
            exchanges.push(kept.exchange(Seq(seq)).await.expect("readable").expect("there"));
        }
        exchanges
    }

    pub(crate) async fn only(&self) -> Exchange {
        self.exchanges(1).await.remove(0)
    }
}

/// What each dialect is asked and answered with by the echo model, whole and in pieces.
fn dialects() -> Vec<(&'static str, Value)> {
    let messages = json!([{ "role": "user", "content": "Grüße, 世界" }]);
    let contents = json!([{ "role": "user", "parts": [{ "text": "Grüße, 世界" }] }]);
    let responses = json!({ "model": "postern/echo", "input": "Grüße, 世界" });
    let completions = json!({ "model": "postern/echo", "prompt": "Grüße, 世界" });
    let claude = json!({ "model": "postern/echo", "max_tokens": 9, "messages": messages });
    vec![
        ("/v1/chat/completions", echo("Grüße, 世界")),
        ("/v1/chat/completions", streamed(echo("Grüße, 世界"))),
        ("/v1/responses", responses.clone()),
        ("/v1/responses", streamed(responses)),
        ("/v1/completions", completions.clone()),
        ("/v1/completions", streamed(completions)),
        ("/v1/messages", claude.clone()),
        ("/v1/messages", streamed(claude)),
        ("/v1beta/models/echo:generateContent", json!({ "contents": contents })),
        ("/v1beta/models/echo:streamGenerateContent?alt=sse", json!({ "contents": contents })),
    ]
}

#[tokio::test]
async fn every_dialect_is_recorded_as_it_was_sent_and_answered() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    for (number, (path, body)) in (1..).zip(dialects()) {
        // No parser would write it again like this.
        let sent = format!("{{ \n{}", &body.to_string()[1..]);
        let response =
            house.request("POST", path).header("content-type", "application/json").body(sent.clone());
        let response = soon(response.send()).await.expect("a response");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let got = soon(response.bytes()).await.expect("a whole body");
        assert_eq!(status, 200, "{path}");
        let record = archive.exchanges(number).await.remove(usize::try_from(number).expect("few") - 1);
        assert_eq!((record.request, record.response), (sent.into(), got), "{path}");
        assert_eq!((record.method.as_str(), record.path.as_str(), record.host), ("POST", path, None));
        assert_eq!((record.status, record.ended, record.via), (200, Ended::Whole, Via::Api), "{path}");
        assert_eq!((&*record.server.upstream, &*record.server.model), ("postern", "echo"));
        assert_eq!(record.id, headers["x-request-id"].to_str().expect("text"));
        let kinds = record.response_headers.iter().filter(|(name, _)| name == "content-type");
        let kinds: Vec<&str> = kinds.map(|(_, value)| value.as_str()).collect();
        assert_eq!(kinds, [headers["content-type"].to_str().expect("text")]);
    }
}

#[tokio::test]
async fn in_pieces_of_one_byte_it_is_the_same() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let archive = Archive::of(&house);
    let body = streamed(play("x")).to_string();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut client = house.raw(&head).await;
    for byte in body.bytes() {
        client.socket.write_all(&[byte]).await.expect("writes");
        tokio::task::yield_now().await;
    }
    let turn = turns.next().await;
    turn.started();
    for piece in ["one ", "two ", "three"] {
        turn.text(piece);
        client.until(piece).await;
    }
    turn.finish();
    client.until("data: [DONE]").await;
    let record = archive.only().await;
    assert_eq!(record.request, body);
    let said = String::from_utf8(record.response.to_vec()).expect("text");
    assert!(["one ", "two ", "three"].iter().all(|piece| said.matches(piece).count() == 1), "{said}");
    assert!(said.ends_with("data: [DONE]\n\n") && record.ended == Ended::Whole, "{said}");
}

#[tokio::test]
async fn the_playground_is_recorded_as_the_owners() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    let request = http::Request::post("/v1/chat/completions").body(Body::from(echo("me").to_string()));
    let response = house.gateway.inside().oneshot(request.expect("a request")).await.expect("never fails");
    let got = response.into_body().collect().await.expect("a body").to_bytes();
    let record = archive.only().await;
    assert_eq!((record.via, record.response, record.ended), (Via::Console, got, Ended::Whole));
}

#[tokio::test]
async fn only_what_asks_for_an_answer_is_recorded() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    for path in ["/v1/models", "/health", "/v1/queue", "/v1beta/models", "/api/info"] {
        assert_eq!(house.get(path).await.status, 200, "{path}");
    }
    let count = json!({ "contents": [{ "parts": [{ "text": "x" }] }] });
    let count = house.request("POST", "/v1beta/models/echo:countTokens").json(&count);
    soon(count.send()).await.expect("a response");
    house.post(&echo("the only one")).await;
    assert!(String::from_utf8_lossy(&archive.only().await.request).contains("the only one"));
}

#[tokio::test]
async fn what_another_server_packed_is_handed_on_packed_and_recorded_unpacked() {
    let far = Far::open().await;
    let house = house(&far).await;
    let archive = Archive::of(&house);
    let said = r#"{"id":"chatcmpl-1","choices":[]}"#;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, said.as_bytes()).expect("packed");
    let packed = packed.finish().expect("packed");
    let asked = house.request("POST", &format!("/{}/v1/chat/completions?a=b%2Fc", far.address));
    let asked = tokio::spawn(asked.header("accept-encoding", "gzip").body("{\"model\" :\"m\"}").send());
    let mut line = far.accept().await;
    assert_eq!(line.request().await.body, b"{\"model\" :\"m\"}");
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", packed.len());
    line.write(head).await;
    line.drip(&packed).await;
    let response = soon(asked).await.expect("no panic").expect("a response");
    assert_eq!(soon(response.bytes()).await.expect("a body"), packed);
    let record = archive.only().await;
    assert_eq!((record.request, record.response), ("{\"model\" :\"m\"}".into(), said.into()));
    assert_eq!(
        (record.host, record.path.as_str()),
        (Some(far.address.to_string()), "/v1/chat/completions?a=b%2Fc")
    );
    assert_eq!(
        (record.via, record.ended, record.server.upstream),
        (Via::Proxy, Ended::Whole, far.address.to_string())
    );
}

#[tokio::test]
async fn a_disk_that_refuses_costs_no_answer() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    let spool = archive.folder.path().join("spool");
    let _ = std::fs::remove_dir_all(&spool);
    std::fs::write(&spool, "in the way").expect("written");
    for _ in 0..20 {
        house.assert_well().await;
    }
}
