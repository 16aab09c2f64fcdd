//! How much and how long.

use std::time::Duration;

use postern_gateway::ProxyConfig;
use postern_store::Outcome;

use super::{Far, config, get, house_with};
use crate::support::{Answer, House};

const MOMENT: Duration = Duration::from_millis(80);

async fn small(far: &Far) -> House {
    house_with(ProxyConfig { body_bytes: 10, ..config(far) }, &[]).await
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_sent() {
    let far = Far::open().await;
    let house = small(&far).await;
    let post =
        |body: &'static str| house.request("POST", &format!("/{}/v1/messages", far.address)).body(body);
    let answer = Answer::of(post("12345678901")).await;
    assert_eq!((answer.status, &*answer.json["error"]["type"].to_string()), (413, "\"request_too_large\""));
    assert!(answer.text.contains("body_bytes") && far.is_quiet(), "{}", answer.text);
    let asked = tokio::spawn(Answer::of(post("1234567890")));
    let mut line = far.accept().await;
    assert_eq!(line.request().await.body, b"1234567890");
    line.answer("ok").await;
    assert_eq!(asked.await.expect("answered").status, 200);
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_stopped() {
    let far = Far::open().await;
    let house = small(&far).await;
    let mut client = house
        .raw(&format!(
            "POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
            far.address
        ))
        .await;
    let mut line = far.accept().await;
    line.until(b"12345\r\n").await;
    client.write("6\r\n678901\r\n").await;
    let told = client.until("\r\n\r\n").await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    assert!(!line.gone().await.ends_with(b"0\r\n\r\n"), "it must not look whole");
}

#[tokio::test]
async fn a_server_that_does_not_begin_is_given_up() {
    let far = Far::open().await;
    let house = house_with(ProxyConfig { first_byte_timeout: MOMENT, ..config(&far) }, &[]).await;
    let mut client = get(&house, &format!("/{}/v1/x", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    let told = client.until("\r\n\r\n").await;
    assert!(told.starts_with("HTTP/1.1 504") && told.contains("x-postern-error: upstream_timeout"), "{told}");
    line.gone().await;
}

#[tokio::test]
async fn an_answer_that_stops_coming_is_given_up() {
    let far = Far::open().await;
    let house = house_with(ProxyConfig { silence_timeout: MOMENT, ..config(&far) }, &[]).await;
    let mut client = get(&house, &format!("/{}/v1/x", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    client.until("abc").await;
    assert!(!client.rest().await.contains("0\r\n\r\n"));
    line.gone().await;
    let row = &house.journal().await[0].row;
    assert_eq!((row.outcome, row.code.as_deref()), (Outcome::Failed, Some("upstream_timeout")));
}

#[tokio::test]
async fn a_client_that_stops_sending_is_told_so() {
    let far = Far::open().await;
    let house = house_with(ProxyConfig { silence_timeout: MOMENT, ..config(&far) }, &[]).await;
    let head =
        format!("POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf", far.address);
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.until(b"half").await;
    assert!(client.until("\r\n\r\n").await.starts_with("HTTP/1.1 408"));
    line.gone().await;
}

/// What takes longer than the limits allow, but goes on, is no reason to give up.
#[tokio::test]
async fn a_request_that_goes_on_has_its_time() {
    let far = Far::open().await;
    let patience = Duration::from_secs(2);
    let limits = ProxyConfig { silence_timeout: patience, first_byte_timeout: patience, ..config(&far) };
    let house = house_with(limits, &[]).await;
    let head = format!("POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n", far.address);
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.until(b"\r\n\r\n").await;
    let begun = std::time::Instant::now();
    for piece in ["1", "2", "3", "4", "5"] {
        tokio::time::sleep(patience / 4).await;
        client.write(piece).await;
        line.exactly(1).await;
    }
    assert!(begun.elapsed() > patience);
    line.answer("ok").await;
    client.until("ok").await;
}

/// It is the silence since its last piece that counts.
#[tokio::test]
async fn an_answer_that_goes_on_has_its_time_until_it_stops() {
    let far = Far::open().await;
    let patience = Duration::from_secs(2);
    let house = house_with(ProxyConfig { silence_timeout: patience, ..config(&far) }, &[]).await;
    let mut client = get(&house, &format!("/{}/v1/x", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
    let begun = std::time::Instant::now();
    for piece in ["piece-1", "piece-2", "piece-3", "piece-4", "piece-5"] {
        line.write(&format!("7\r\n{piece}\r\n")).await;
        client.until(piece).await;
        tokio::time::sleep(patience / 4).await;
    }
    assert!(begun.elapsed() > patience);
    assert!(!client.rest().await.contains("0\r\n\r\n"));
    line.gone().await;
    let row = &house.journal().await[0].row;
    assert_eq!((row.outcome, row.code.as_deref()), (Outcome::Failed, Some("upstream_timeout")));
}
