use futures::StreamExt;
use futures::future::BoxFuture;
use postern_gateway::Config;
use postern_protocol::account::Status;
use postern_protocol::chat::{Event, Failure, Finish, Request};
use postern_store::Store;
use postern_upstream::{Call, EventStream, ModelCard, Registry, Upstream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// Answers with a word, and with another when it is let.
#[derive(Clone, Default)]
struct Slow(Arc<Notify>);

impl Upstream for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn lanes(&self) -> Option<usize> {
        None
    }

    fn accounts(&self) -> Vec<Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = ModelCard { id: "m".into(), ..ModelCard::default() };
        Box::pin(async { Ok(vec![card]) })
    }

    fn ignores(&self, _request: &Request) -> Vec<&'static str> {
        Vec::new()
    }

    fn chat(&self, _call: Call) -> EventStream {
        let go_on = Arc::clone(&self.0);
        let started = Event::Started { model: "m".into(), warnings: Vec::new() };
        let text = |text: &str| Event::Text { text: text.into() };
        let begin = futures::stream::iter([Ok(started), Ok(text("first"))]);
        let second = text("second");
        let rest = futures::stream::once(async move {
            go_on.notified().await;
            futures::stream::iter([Ok(second), Ok(Event::Finished(Finish::Stop))])
        });
        begin.chain(rest.flatten()).boxed()
    }
}

struct Place {
    server: Arc<Server>,
    slow: Slow,
    _store: Store,
}

fn place(when_stopped: WhenStopped) -> Place {
    let store = Store::in_memory().expect("a store");
    let slow = Slow::default();
    let registry = Registry::new(vec![Arc::new(slow.clone())]);
    let gateway = Gateway::new(Config::default(), store.keys(), registry, store.requests());
    let console = postern_console::Router::new().fallback(async || "the console");
    gateway.open_side_door(console);
    Place { server: Arc::new(Server::new(gateway, when_stopped)), slow, _store: store }
}

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

async fn connect(address: SocketAddr, path: &str, body: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.expect("connects");
    let method = if body.is_empty() { "GET" } else { "POST" };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket
}

async fn rest(mut socket: TcpStream) -> String {
    let mut answer = String::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_string(&mut answer)).await;
    read.expect("in time").expect("an answer");
    answer
}

async fn get(address: SocketAddr, path: &str) -> String {
    rest(connect(address, path, "").await).await
}

/// A streamed chat whose first word has come.
async fn streaming(address: SocketAddr) -> TcpStream {
    let body = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#;
    let mut socket = connect(address, "/v1/chat/completions", body).await;
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while !seen.contains("first") {
        let count = socket.read(&mut buffer).await.expect("readable");
        assert_ne!(count, 0, "{seen}");
        seen += &String::from_utf8_lossy(&buffer[..count]);
    }
    socket
}

async fn can_connect(address: SocketAddr) -> bool {
    TcpStream::connect(address).await.is_ok()
}

#[tokio::test]
async fn a_port_that_another_has_is_told_with_a_way_out() {
    let other = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let taken = other.local_addr().expect("an address");
    let place = place(WhenStopped::Nothing);
    let error = place.server.start(taken).await.expect_err("taken");
    let StartError::Refused(failure) = error else { panic!("{error}") };
    assert_eq!(failure.kind, FailureKind::PortTaken);
    assert_eq!(place.server.state(), ServerState::Failed(failure.clone()));
    // Another port does, and so does this one once it is free.
    let address = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    assert!(get(address, "/health").await.starts_with("HTTP/1.1 200"));
    place.server.close(PATIENCE).await;
    drop(other);
    assert_eq!(place.server.start(taken).await, Ok(taken));
    assert_eq!(place.server.start(taken).await, Err(StartError::Running));
}

#[tokio::test]
async fn an_answer_that_runs_finishes_while_the_server_moves() {
    let place = place(WhenStopped::Nothing);
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let stream = streaming(old).await;
    let spare = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let new = spare.local_addr().expect("an address");
    drop(spare);
    place.server.rebind(new).await.expect("moves");
    assert!(matches!(place.server.state(), ServerState::Running { address, .. } if address == new));
    assert!(get(new, "/health").await.starts_with("HTTP/1.1 200"));
    place.slow.0.notify_one();
    let answer = rest(stream).await;
    assert!(answer.contains("second") && answer.contains("[DONE]"), "{answer}");
    assert!(!can_connect(old).await);
}

#[tokio::test]
async fn a_stop_after_a_move_ends_the_old_answers_too() {
    let place = place(WhenStopped::Nothing);
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let stream = streaming(old).await;
    let spare = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let new = spare.local_addr().expect("an address");
    drop(spare);
    place.server.rebind(new).await.expect("moves");
    // The gateway gives answers ten seconds here; the server itself gives none.
    place.server.stop(Duration::ZERO).await;
    assert_eq!(place.server.state(), ServerState::Stopped);
    assert!(!can_connect(new).await);
    drop(stream);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_same_port_of_another_address_can_be_moved_to() {
    let place = place(WhenStopped::Nothing);
    let old = place.server.start(at("0.0.0.0:0")).await;
    // Without a key it is not opened to the network.
    assert!(matches!(old, Err(StartError::Refused(failure)) if failure.kind == FailureKind::OpenDoor));
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let stream = streaming(old).await;
    // The address that means all of IPv6's includes IPv4's here, so the port is in its own way.
    let same = SocketAddr::new("127.0.0.2".parse().expect("an address"), old.port());
    place.server.rebind(same).await.expect("moves");
    assert!(get(same, "/health").await.starts_with("HTTP/1.1 200"));
    assert!(!can_connect(old).await);
    place.slow.0.notify_one();
    assert!(rest(stream).await.contains("second"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn its_own_port_on_all_addresses_is_not_in_its_way() {
    let place = place(WhenStopped::Nothing);
    place._store.keys().add(postern_store::NewKey::default()).await.expect("a key");
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let all = SocketAddr::new("0.0.0.0".parse().expect("an address"), old.port());
    place.server.rebind(all).await.expect("moves");
    assert!(matches!(place.server.state(), ServerState::Running { address, .. } if address == all));
    assert!(get(old, "/health").await.starts_with("HTTP/1.1 200"));
    place.server.rebind(old).await.expect("moves back");
    assert!(get(old, "/health").await.starts_with("HTTP/1.1 200"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn when_its_own_port_cannot_be_had_elsewhere_it_goes_back() {
    let place = place(WhenStopped::Nothing);
    place._store.keys().add(postern_store::NewKey::default()).await.expect("a key");
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    // Somebody else has the port on another address, so that all addresses are not to be had.
    let other = TcpListener::bind(("127.0.0.2", old.port())).await.expect("free");
    let all = SocketAddr::new("0.0.0.0".parse().expect("an address"), old.port());
    let failure = place.server.rebind(all).await.expect_err("taken");
    assert_eq!(failure.kind, FailureKind::PortTaken);
    assert!(get(old, "/health").await.starts_with("HTTP/1.1 200"));
    assert!(matches!(place.server.state(), ServerState::Running { address, .. } if address == old));
    drop(other);
}

#[tokio::test]
async fn a_move_that_fails_changes_nothing() {
    let place = place(WhenStopped::Nothing);
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let before = place.server.state();
    let other = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let taken = other.local_addr().expect("an address");
    let failure = place.server.rebind(taken).await.expect_err("taken");
    assert_eq!(failure.kind, FailureKind::PortTaken);
    assert_ne!(failure.free_port, Some(taken.port()));
    let open = place.server.rebind(at("0.0.0.0:0")).await.expect_err("no key");
    assert_eq!(open.kind, FailureKind::OpenDoor);
    assert_eq!(place.server.state(), before);
    assert!(get(old, "/health").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn it_starts_again_at_the_same_address() {
    let place = place(WhenStopped::Nothing);
    let address = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    let mut states = place.server.watch();
    assert_eq!(place.server.restart(address, PATIENCE).await, Ok(address));
    assert!(states.has_changed().expect("alive"));
    assert!(matches!(*states.borrow_and_update(), ServerState::Running { .. }));
    assert!(get(address, "/health").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn the_console_stays_and_clients_are_told() {
    let place = place(WhenStopped::Console);
    let address = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    place.server.stop(PATIENCE).await;
    assert_eq!(place.server.state(), ServerState::Stopped);
    assert!(place.server.answers().await);
    assert!(get(address, "/console/").await.ends_with("the console"));
    let health = get(address, "/health").await;
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("\"stopped\""), "{health}");
    assert!(get(address, "/v1/models").await.starts_with("HTTP/1.1 503"));

    assert_eq!(place.server.start(address).await, Ok(address));
    assert!(get(address, "/v1/models").await.starts_with("HTTP/1.1 200"));
    place.server.close(PATIENCE).await;
    assert!(!place.server.answers().await);
    assert!(!can_connect(address).await);
}

#[tokio::test]
async fn without_a_console_the_port_is_free_after_a_stop() {
    let place = place(WhenStopped::Nothing);
    let address = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    place.server.stop(PATIENCE).await;
    assert!(!place.server.answers().await);
    assert_eq!(place.server.listens(), None);
    TcpListener::bind(address).await.expect("free");
}

#[tokio::test]
async fn a_stopped_server_takes_its_console_along() {
    let place = place(WhenStopped::Console);
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    place.server.stop(PATIENCE).await;
    let spare = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let new = spare.local_addr().expect("an address");
    drop(spare);
    place.server.rebind(new).await.expect("moves");
    assert_eq!(place.server.state(), ServerState::Stopped);
    assert_eq!(place.server.listens(), Some(new));
    assert!(get(new, "/console/").await.ends_with("the console"));
    assert_eq!(place.server.start(new).await, Ok(new));
    assert!(!can_connect(old).await);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn its_own_console_is_not_in_the_way_of_a_start() {
    let place = place(WhenStopped::Console);
    let keys = place._store.keys();
    let (key, _) = keys.add(postern_store::NewKey::default()).await.expect("a key");
    let all = place.server.start(at("0.0.0.0:0")).await.expect("starts");
    place.server.stop(PATIENCE).await;
    keys.remove(key.id).await.expect("removed");
    let refused = place.server.start(all).await;
    assert!(matches!(refused, Err(StartError::Refused(failure)) if failure.kind == FailureKind::OpenDoor));
    // What is said then is to listen on this computer only.
    let own = SocketAddr::new("127.0.0.1".parse().expect("an address"), all.port());
    assert_eq!(place.server.start(own).await, Ok(own));
    assert_eq!(place.server.listens(), Some(own));
    assert!(get(own, "/health").await.starts_with("HTTP/1.1 200"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn its_console_stays_when_a_start_elsewhere_fails() {
    let place = place(WhenStopped::Console);
    place._store.keys().add(postern_store::NewKey::default()).await.expect("a key");
    let old = place.server.start(at("127.0.0.1:0")).await.expect("starts");
    place.server.stop(PATIENCE).await;
    let other = TcpListener::bind(("127.0.0.2", old.port())).await.expect("free");
    let all = SocketAddr::new("0.0.0.0".parse().expect("an address"), old.port());
    assert!(place.server.start(all).await.is_err());
    assert!(get(old, "/console/").await.ends_with("the console"));
    assert_eq!(place.server.listens(), Some(old));
    drop(other);
}
