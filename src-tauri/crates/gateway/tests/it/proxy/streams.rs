//! Streams, back-pressure, the end of it all, and connections that become another one.

use futures::FutureExt;
use postern_store::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Far, Line, get, house};
use crate::support::{House, Raw, soon};

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// A client that waits for a stream, and the other end of it.
async fn streaming(far: &Far, house: &House) -> (Raw, Line) {
    let client = get(house, &format!("/{}/v1/stream", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write(CHUNKED).await;
    (client, line)
}

#[tokio::test]
async fn each_piece_comes_when_it_was_said() {
    let far = Far::open().await;
    let house = house(&far).await;
    let (mut client, mut line) = streaming(&far, &house).await;
    client.until("\r\n\r\n").await;
    for piece in ["data: one", "data: two", "data: three"] {
        // The next one is not said before this one has come.
        line.write(format!("{:x}\r\n{piece}\r\n", piece.len())).await;
        client.until(piece).await;
    }
    let request = house.requests.page(postern_store::PageQuery::default()).await.expect("a page");
    assert_eq!((request.rows[0].outcome, request.rows[0].first_ms.is_some()), (Outcome::Running, true));
    line.write("0\r\n\r\n").await;
    client.until("0\r\n\r\n").await;
    assert_eq!(house.journal().await[0].row.outcome, Outcome::Ok);
}

/// Writes until the other side takes no more, and says how much it took.
async fn filled(socket: &mut tokio::net::TcpStream) -> usize {
    let (piece, mut written) = (vec![b'x'; 64 * 1024], 0);
    loop {
        // What takes nothing for so long takes nothing: nobody reads, so that no load of this machine makes it more.
        match tokio::time::timeout(std::time::Duration::from_millis(300), socket.write(&piece)).await {
            Ok(count) => written += count.expect("writes"),
            Err(_) => return written,
        }
        assert!(written < 64 * 1024 * 1024, "everything is taken although nobody reads");
    }
}

#[tokio::test]
async fn a_slow_reader_slows_the_other_server() {
    let far = Far::open().await;
    let house = house(&far).await;
    let head =
        format!("GET /{}/v1/big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", far.address);
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
    let written = filled(&mut line.socket).await;
    drop(line);
    client.until("\r\n\r\n").await;
    let mut rest = client.rest().await;
    // The body came without a length, so it is in chunks here.
    rest.retain(|c| c == 'x');
    assert_eq!(rest.len(), written);
}

#[tokio::test]
async fn a_slow_server_slows_the_client() {
    let far = Far::open().await;
    let house = house(&far).await;
    let length = 256 * 1024 * 1024;
    let head = format!(
        "PUT /{}/v1/big HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n",
        far.address
    );
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.until(b"\r\n\r\n").await;
    let written = filled(&mut client.socket).await;
    line.exactly(written).await;
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_request_with_it() {
    let far = Far::open().await;
    let house = house(&far).await;
    let (mut client, line) = streaming(&far, &house).await;
    client.until("\r\n\r\n").await;
    drop(client);
    line.gone().await;
    let client = get(&house, &format!("/{}/v1/slow", far.address)).await;
    let mut line = far.accept().await;
    line.request().await;
    drop(client);
    line.gone().await;
    let rows = house.journal().await;
    assert_eq!(rows.iter().map(|detail| detail.row.outcome).collect::<Vec<_>>(), [Outcome::ClientGone; 2]);
    // One that leaves in the middle of its own words, too.
    let head =
        format!("POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf", far.address);
    let client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.until(b"half").await;
    drop(client);
    line.gone().await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_breaks_off_for_the_client() {
    let far = Far::open().await;
    let house = house(&far).await;
    let (mut client, mut line) = streaming(&far, &house).await;
    line.write("3\r\nabc\r\n").await;
    client.until("abc").await;
    drop(line);
    assert!(!client.rest().await.contains("0\r\n\r\n"), "it must not look whole");
    let row = &house.journal().await[0].row;
    assert_eq!((row.outcome, row.code.as_deref()), (Outcome::Failed, Some("upstream_broke_off")));
}

#[tokio::test]
async fn running_answers_end_with_the_server_when_their_time_is_up() {
    let far = Far::open().await;
    let config = postern_gateway::Config {
        proxy: super::config(&far),
        shutdown_timeout: std::time::Duration::from_millis(50),
        ..postern_gateway::Config::default()
    };
    let mut house = House::with(config, &[], Vec::new()).await;
    house.gateway.open_way_out(&super::network(Vec::new()), ());
    let (mut client, line) = streaming(&far, &house).await;
    client.until("\r\n\r\n").await;
    let mut waiting = get(&house, &format!("/{}/v1/slow", far.address)).await;
    let mut other = far.accept().await;
    other.request().await;
    house.shutdown.cancel();
    assert!(waiting.until("\r\n\r\n").await.starts_with("HTTP/1.1 503"));
    soon(&mut house.server).await.expect("ends").expect("in good order");
    line.gone().await;
    assert!(!client.rest().await.contains("0\r\n\r\n"));
}

#[tokio::test]
async fn an_idle_connection_is_used_again_and_one_that_died_is_replaced() {
    let far = Far::open().await;
    let house = house(&far).await;
    let path = format!("/{}/v1/x", far.address);
    let mut line = {
        let mut client = get(&house, &path).await;
        let mut line = far.accept().await;
        line.request().await;
        line.answer("one").await;
        client.until("one").await;
        line
    };
    let mut client = get(&house, &path).await;
    line.request().await;
    line.answer("two").await;
    client.until("two").await;
    assert!(far.is_quiet(), "the connection was there");
    drop(line);
    let mut client = get(&house, &path).await;
    let mut line = far.accept().await;
    line.request().await;
    line.answer("three").await;
    client.until("three").await;
}

#[tokio::test]
async fn nothing_is_sent_twice() {
    let far = Far::open().await;
    let house = house(&far).await;
    // Once over a new connection, once over one that has served before.
    let head =
        format!("POST /{}/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody", far.address);
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.request().await;
    line.answer("one").await;
    client.until("one").await;
    let mut client = house.raw(&head).await;
    assert_eq!(line.request().await.body, b"body");
    drop(line);
    assert!(client.until("\r\n\r\n").await.starts_with("HTTP/1.1 502"));
    let mut client = house.raw(&head).await;
    far.accept().await.request().await;
    let told = client.until("\r\n\r\n").await;
    assert!(
        told.starts_with("HTTP/1.1 502") && told.contains("x-postern-error: upstream_broke_off"),
        "{told}"
    );
    assert!(far.is_quiet());
}

#[tokio::test]
async fn a_websocket_talks_both_ways_until_one_side_ends() {
    let far = Far::open().await;
    let house = house(&far).await;
    let head = format!(
        "GET /{}/v1/realtime?model=x HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: realtime\r\n\r\n",
        far.address
    );
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    let seen = line.request().await;
    assert_eq!(seen.line, "GET /v1/realtime?model=x HTTP/1.1");
    assert_eq!((seen.header("upgrade"), seen.header("connection")), (Some("websocket"), Some("upgrade")));
    assert_eq!(seen.header("sec-websocket-key"), Some("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_eq!(seen.header("sec-websocket-protocol"), Some("realtime"));
    line.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nfirst").await;
    let head = client.until("\r\n\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 101")
            && head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        "{head}"
    );
    client.until("first").await;
    for frame in [&b"\x81\x85\0\0\0\0hello"[..], &[0, 255, 128]] {
        client.socket.write_all(frame).await.expect("writes");
        assert_eq!(line.exactly(frame.len()).await, frame);
        line.write(frame).await;
        let mut echo = vec![0; frame.len()];
        soon(client.socket.read_exact(&mut echo)).await.expect("reads");
        assert_eq!(echo, frame);
    }
    assert!(
        house.requests.page(postern_store::PageQuery::default()).await.expect("a page").rows[0]
            .total_ms
            .is_none()
    );
    drop(client);
    line.gone().await;
    let row = &house.journal().await[0].row;
    assert_eq!((row.status, row.outcome), (Some(101), Outcome::Ok));
}

#[tokio::test]
async fn an_open_websocket_ends_with_the_server() {
    let far = Far::open().await;
    let mut house = house(&far).await;
    let head = format!(
        "GET /{}/v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        far.address
    );
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").await;
    client.until("\r\n\r\n").await;
    house.gateway.configure(postern_gateway::Config {
        shutdown_timeout: std::time::Duration::from_millis(50),
        ..postern_gateway::Config::default()
    });
    assert!(line.socket.read(&mut [0; 1]).now_or_never().is_none(), "it is open");
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("ends").expect("in good order");
    line.gone().await;
}

#[tokio::test]
async fn a_refused_websocket_is_an_ordinary_answer() {
    let far = Far::open().await;
    let house = house(&far).await;
    let head = format!(
        "GET /{}/v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        far.address
    );
    let mut client = house.raw(&head).await;
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno").await;
    assert!(client.until("\r\n\r\nno").await.starts_with("HTTP/1.1 401"));
}
