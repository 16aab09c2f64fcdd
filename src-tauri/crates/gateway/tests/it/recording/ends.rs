//! How exchanges end.

use postern_gateway::Config;
use postern_protocol::chat::{Failure, FailureKind};
use postern_store::Ended;

use super::Archive;
use crate::proxy::{Far, get, house};
use crate::support::{Answer, House, play, post_text, soon, streamed};

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_what_it_got() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let archive = Archive::of(&house);
    let mut client = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    turn.started().text("so far");
    client.until("so far").await;
    drop(client);
    turn.dropped().await;
    let record = archive.only().await;
    assert_eq!((record.ended, record.status), (Ended::Left, 200));
    assert!(String::from_utf8_lossy(&record.response).contains("so far"));
}

#[tokio::test]
async fn a_client_that_leaves_before_there_is_an_answer_is_recorded_with_what_it_asked() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let archive = Archive::of(&house);
    let client = house.raw(&post_text(&play("what for"))).await;
    let turn = turns.next().await;
    drop(client);
    turn.dropped().await;
    let record = archive.only().await;
    assert_eq!((record.ended, record.status, record.response.len()), (Ended::Left, 0, 0));
    assert_eq!((&*record.server.upstream, record.request), ("stage", play("what for").to_string().into()));
}

#[tokio::test]
async fn what_is_cancelled_counts_as_left() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let archive = Archive::of(&house);
    let asked = [house.spawn(&play("whole")), house.spawn(&streamed(play("in pieces")))];
    for _ in &asked {
        let turn = turns.next().await;
        if turn.prompt() == "in pieces" {
            turn.started().text("so far");
        }
        let cancelled = house.request("POST", &format!("/v1/cancel/{}", turn.id));
        assert_eq!(Answer::of(cancelled).await.status, 200);
    }
    for asked in asked {
        asked.await.expect("no panic");
    }
    assert!(archive.exchanges(2).await.iter().all(|record| record.ended == Ended::Left));
}

#[tokio::test]
async fn our_own_error_is_a_refusal_and_recorded_as_it_was_told() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    let mut unknown = streamed(play("x"));
    unknown["model"] = "nobody/knows".into();
    let told = house.post(&unknown).await;
    assert_eq!(told.status, 404, "{}", told.text);
    let record = archive.only().await;
    assert_eq!((record.ended, record.status), (Ended::Refused, 404));
    assert_eq!((record.response, record.request), (told.text.into(), unknown.to_string().into()));
}

#[tokio::test]
async fn an_upstream_that_fails_in_the_middle_breaks_the_answer_off() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let archive = Archive::of(&house);
    let asked = house.spawn(&streamed(play("x")));
    let turn = turns.next().await;
    turn.started().text("so far").fail(Failure::new(FailureKind::UpstreamError, "it broke"));
    let told = asked.await.expect("no panic").text;
    let record = archive.only().await;
    assert_eq!((record.ended, record.status, record.response), (Ended::Broken, 200, told.into()));
}

#[tokio::test]
async fn another_servers_refusal_of_a_stream_is_its_whole_answer() {
    let far = Far::open().await;
    let house = house(&far).await;
    let archive = Archive::of(&house);
    let asked = house.request("POST", &format!("/{}/v1/chat/completions", far.address));
    let asked = tokio::spawn(Answer::of(asked.body(r#"{"stream":true}"#)));
    let mut line = far.accept().await;
    line.request().await;
    line.write(
        "HTTP/1.1 401 Unauthorized\r\nx-ratelimit: 1\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n\
         {\"error\":{}}",
    )
    .await;
    let told = asked.await.expect("no panic");
    assert_eq!((told.status, told.header("x-ratelimit"), &*told.text), (401, "1", "{\"error\":{}}"));
    let record = archive.only().await;
    assert_eq!((record.status, record.ended, record.response), (401, Ended::Whole, told.text.into()));
    assert_eq!(record.response_headers.iter().filter(|(name, _)| name == "x-ratelimit").count(), 1);
}

#[tokio::test]
async fn another_server_that_breaks_off_leaves_what_came() {
    let far = Far::open().await;
    let house = house(&far).await;
    let archive = Archive::of(&house);
    let mut client = get(&house, &format!("/{}/v1/x", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    client.until("abc").await;
    drop(line);
    client.rest().await;
    let record = archive.only().await;
    assert_eq!((record.ended, record.status, &*record.response), (Ended::Broken, 200, &b"abc"[..]));
}

#[tokio::test]
async fn another_server_that_is_not_there_is_a_refusal() {
    let far = Far::open().await;
    let (house, address) = (house(&far).await, far.address);
    let archive = Archive::of(&house);
    drop(far);
    let told = Answer::of(house.request("POST", &format!("/{address}/v1/x")).body("asked")).await;
    assert_eq!(told.status, 502);
    let record = archive.only().await;
    assert_eq!((record.ended, record.status, record.response), (Ended::Refused, 502, told.text.into()));
}

#[tokio::test]
async fn an_answer_without_a_body_is_whole() {
    let far = Far::open().await;
    let house = house(&far).await;
    let archive = Archive::of(&house);
    let asked = house.request("HEAD", &format!("/{}/v1/x", far.address));
    let asked = tokio::spawn(asked.send());
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n").await;
    assert_eq!(soon(asked).await.expect("no panic").expect("a response").status(), 200);
    let record = archive.only().await;
    assert_eq!((record.ended, record.method.as_str(), record.response.len()), (Ended::Whole, "HEAD", 0));
}
