//! Encrypted connections.

use bytes::Bytes;
use futures::future::join_all;
use http::{Request, Version};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use postern_net::NetError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Asking, Identity, Names, Server, get, listing, network};

struct Bench {
    server: Server,
    client: Asking,
}

impl Bench {
    async fn new(believed: bool) -> Self {
        let (names, identity) = (Names::default(), Identity::of("api.example.org"));
        let server = Server::secure(&identity).await;
        let target = |name: &str| format!("{name}:{}", server.port());
        for name in ["api.example.org", "other.example.org"] {
            names.tell(name, &["127.0.0.1"]);
        }
        let roots = if believed { vec![identity.certificate.clone()] } else { Vec::new() };
        let listed = [target("api.example.org"), target("other.example.org")];
        let client = network(&names, &roots).client(listing(&[&listed[0], &listed[1]]));
        Self { server, client }
    }

    fn address(&self, name: &str, path: &str) -> String {
        format!("https://{name}:{}{path}", self.server.port())
    }
}

#[tokio::test]
async fn many_requests_share_one_connection_where_the_server_speaks_http_2() {
    let bench = Bench::new(true).await;
    let first = get(&bench.client, &bench.address("api.example.org", "/0")).await.unwrap();
    assert_eq!(first, (200, Version::HTTP_2, "/0".into()));
    let asked = (1..20).map(|number| {
        let address = bench.address("api.example.org", &format!("/{number}"));
        let client = bench.client.clone();
        async move { get(&client, &address).await.unwrap().2 }
    });
    let told = join_all(asked).await;
    assert_eq!(told, (1..20).map(|number| format!("/{number}")).collect::<Vec<_>>());
    assert_eq!(bench.server.connections(), 1);
}

#[tokio::test]
async fn readers_that_do_not_read_hold_up_nobody_beside_them() {
    let bench = Bench::new(true).await;
    let endless = bench.address("api.example.org", "/endless");
    let ask = || bench.client.send(Request::get(&endless).body(Full::default()).unwrap());
    let all = async {
        get(&bench.client, &bench.address("api.example.org", "/0")).await.unwrap();
        // More than four times what a connection lets through by itself.
        let stalled = join_all((0..24).map(|_| ask())).await;
        bench.server.sent_at_least(24 * 1024 * 1024).await;
        let mut read = ask().await.unwrap().into_body();
        let mut bytes = 0;
        while bytes < 8 * 1024 * 1024 {
            bytes += read.frame().await.unwrap().unwrap().into_data().unwrap().len();
        }
        assert!(stalled.iter().all(Result::is_ok));
    };
    let limit = std::time::Duration::from_secs(30);
    tokio::time::timeout(limit, all).await.expect("an answer is held up by those that nobody reads");
    assert_eq!(bench.server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_is_to_become_something_else_speaks_http_1() {
    let bench = Bench::new(true).await;
    let request = Request::get(bench.address("api.example.org", "/socket"))
        .header("connection", "upgrade")
        .header("upgrade", "echo")
        .body(Full::<Bytes>::default())
        .unwrap();
    let answer = bench.client.send(request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (101, Version::HTTP_11));
    let mut both = TokioIo::new(hyper::upgrade::on(answer).await.unwrap());
    both.write_u8(41).await.unwrap();
    both.flush().await.unwrap();
    assert_eq!(both.read_u8().await.unwrap(), 42);
    assert_eq!(bench.server.heard(), ["HTTP/1.1 /socket"]);
}

#[tokio::test]
async fn a_server_has_to_prove_its_name() {
    let bench = Bench::new(false).await;
    let error = get(&bench.client, &bench.address("api.example.org", "/")).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }) && !error.was_sent(), "{error:?}");
    let bench = Bench::new(true).await;
    let error = get(&bench.client, &bench.address("other.example.org", "/")).await.unwrap_err();
    assert!(matches!(&error, NetError::Tls { why, .. } if why.contains("not valid for name")), "{error:?}");
    assert!(bench.server.heard().is_empty());
}
