//! What goes out and what comes back.

use bytes::Bytes;
use http::{Request, Version};
use http_body_util::Full;
use postern_net::{NetError, NetworkConfig, ProxyRule};

use crate::support::{Asking, Names, Server, closed, get, listing, network, send};

const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

fn client(names: &Names, server: &Server) -> Asking {
    names.tell("web.example.org", &["127.0.0.1"]);
    network(names, &[]).client(listing(&[&format!("web.example.org:{}", server.port())]))
}

fn address(server: &Server, path: &str) -> String {
    format!("http://web.example.org:{}{path}", server.port())
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_given() {
    let (names, server) = (Names::default(), Server::saying("127.0.0.1", TEXT, 1).await);
    let request = Request::post(address(&server, "/a%2Fb//c?x=%20&y"))
        .header("x-mine", "1")
        .body(Full::new(Bytes::from_static(b"body")))
        .unwrap();
    let told = send(&client(&names, &server), request).await.unwrap();
    assert_eq!(told, (200, Version::HTTP_11, "hi".into()));
    let sent = format!(
        "POST /a%2Fb//c?x=%20&y HTTP/1.1\r\nx-mine: 1\r\nhost: web.example.org:{}\r\ncontent-length: 4\r\n\r\n",
        server.port()
    );
    assert_eq!(server.heard(), [sent]);
}

#[tokio::test]
async fn what_is_packed_stays_packed_and_a_redirect_is_an_answer() {
    let names = Names::default();
    let packed = "HTTP/1.1 307 Go\r\nlocation: http://other.example.org/\r\ncontent-encoding: gzip\r\n\
                  content-length: 3\r\n\r\n???";
    let server = Server::saying("127.0.0.1", packed, 1).await;
    let told = get(&client(&names, &server), &address(&server, "/")).await.unwrap();
    assert_eq!(told, (307, Version::HTTP_11, "???".into()));
    assert_eq!(names.asked(), ["web.example.org"], "nobody went where it led");
}

#[tokio::test]
async fn a_connection_is_used_again_until_another_way_is_set() {
    let (names, server) = (Names::default(), Server::saying("127.0.0.1", TEXT, 9).await);
    names.tell("web.example.org", &["127.0.0.1"]);
    let network = network(&names, &[]);
    let client: Asking = network.client(listing(&[&format!("web.example.org:{}", server.port())]));
    for _ in 0..3 {
        get(&client.clone(), &address(&server, "/")).await.unwrap();
    }
    assert_eq!((server.connections(), names.asked().len()), (1, 1));
    network.configure(NetworkConfig { rule: ProxyRule::Direct, ..NetworkConfig::default() });
    get(&client, &address(&server, "/")).await.unwrap();
    assert_eq!(server.connections(), 1, "nothing changed");
    network.configure(NetworkConfig::default());
    get(&client, &address(&server, "/")).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_request_that_may_have_arrived_is_not_sent_again() {
    let (names, server) = (Names::default(), Server::silent().await);
    let broken = get(&client(&names, &server), &address(&server, "/")).await.unwrap_err();
    assert!(matches!(broken, NetError::Broken { sent: true, .. }) && broken.was_sent(), "{broken:?}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn who_does_not_listen_was_sent_nothing() {
    let (names, server) = (Names::default(), Server::silent().await);
    let client = client(&names, &server);
    let (_held, closed) = closed();
    names.tell("closed.example.org", &["127.0.0.1"]);
    let closed = format!("closed.example.org:{}", closed.port());
    let nobody: Asking = network(&names, &[]).client(listing(&[&closed]));
    let error = get(&nobody, &format!("http://{closed}/")).await.unwrap_err();
    assert!(matches!(error, NetError::Unreachable { .. }) && !error.was_sent(), "{error:?}");
    assert!(error.to_string().contains("nobody listens there"), "{error}");
    let error = get(&client, "http://unknown.example.org/").await.unwrap_err();
    assert!(matches!(error, NetError::NotFound { .. }) && !error.was_sent(), "{error:?}");
    for wrong in ["ftp://web.example.org/", "http://me:secret@web.example.org/"] {
        let error = get(&client, wrong).await.unwrap_err();
        assert!(matches!(error, NetError::Address { .. }) && !error.was_sent(), "{error:?}");
    }
}
