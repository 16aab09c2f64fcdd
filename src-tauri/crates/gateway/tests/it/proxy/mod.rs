//! What goes to another server and comes back, byte by byte on real sockets.

mod keys;
mod limits;
mod refusals;
mod streams;
mod through;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use postern_gateway::{AllowedDomain, AuthType, Config, ProxyConfig, StoredKeys};
use postern_net::{Lookup, Means, Network, NetworkConfig, ProxyRule};
use postern_protocol::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{House, Raw, soon};

/// Another server, in the test's own hands.
pub(crate) struct Far {
    pub(crate) address: SocketAddr,
    listener: TcpListener,
}

impl Far {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self { address: listener.local_addr().expect("bound"), listener }
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> Line {
        let (socket, _) = soon(self.listener.accept()).await.expect("a connection");
        Line { socket, unread: Vec::new() }
    }

    /// Whether nobody has connected that the test has not taken.
    pub(crate) fn is_quiet(&self) -> bool {
        self.listener.accept().now_or_never().is_none()
    }
}

/// A connection to the other server.
pub(crate) struct Line {
    pub(crate) socket: TcpStream,
    pub(crate) unread: Vec<u8>,
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl Line {
    /// The head of the next request, and what came of its body with a `Content-Length`.
    pub(crate) async fn request(&mut self) -> Seen {
        let head = String::from_utf8(self.until(b"\r\n\r\n").await).expect("a head of text");
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().expect("a request line").to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").expect("a header");
            (name.to_owned(), value.to_owned())
        };
        let mut seen = Seen { line, headers: lines.map(header).collect(), body: Vec::new() };
        let length = seen.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        seen.body = self.exactly(length).await;
        seen
    }

    /// Everything up to and with `end`.
    pub(crate) async fn until(&mut self, end: &[u8]) -> Vec<u8> {
        loop {
            if let Some(at) = self.unread.windows(end.len()).position(|window| window == end) {
                let rest = self.unread.split_off(at + end.len());
                return std::mem::replace(&mut self.unread, rest);
            }
            self.more().await;
        }
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            self.more().await;
        }
        let rest = self.unread.split_off(length);
        std::mem::replace(&mut self.unread, rest)
    }

    async fn more(&mut self) {
        let more = soon(self.socket.read_buf(&mut self.unread)).await.expect("reads");
        assert!(more > 0, "it ended with {:?}", String::from_utf8_lossy(&self.unread));
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.socket.write_all(bytes.as_ref())).await.expect("writes");
    }

    /// The same in pieces of one byte.
    pub(crate) async fn drip(&mut self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref() {
            self.write([*byte]).await;
            soon(self.socket.flush()).await.expect("writes");
            tokio::task::yield_now().await;
        }
    }

    /// Answers with 200 and this body.
    pub(crate) async fn answer(&mut self, body: &str) {
        self.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
    }

    /// Reads until the other side is gone.
    pub(crate) async fn gone(mut self) -> Vec<u8> {
        let _ = soon(self.socket.read_to_end(&mut self.unread)).await;
        self.unread
    }
}

/// Names with their addresses, as a test wants them.
pub(crate) struct Played(pub(crate) Vec<(&'static str, IpAddr)>);

impl Lookup for Played {
    fn addresses(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found: Vec<IpAddr> =
            self.0.iter().filter(|(name, _)| *name == host).map(|(_, address)| *address).collect();
        async { if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) } }.boxed()
    }
}

/// A key that is stored for an upstream wherever it is, and one for an upstream that is at one place.
pub(crate) struct Stored {
    known: String,
}

impl StoredKeys for Stored {
    fn key_for(&self, place: &str, upstream: &str) -> Option<Secret> {
        match upstream {
            "home" => Some(Secret::new("sk-of-home")),
            "known" if place == self.known => Some(Secret::new("sk-of-known")),
            _ => None,
        }
    }
}

pub(crate) fn network(names: Vec<(&'static str, IpAddr)>) -> Network {
    let config = NetworkConfig { rule: ProxyRule::Direct, ..NetworkConfig::default() };
    Network::with_means(config, Means { lookup: Arc::new(Played(names)), ..Means::default() })
}

pub(crate) fn plain(domain: String, auth: AuthType) -> AllowedDomain {
    AllowedDomain { domain, auth, https: false, key: None, record: true }
}

/// What may be reached of `far`: its address, and names that mean it.
pub(crate) fn config(far: &Far) -> ProxyConfig {
    let port = far.address.port();
    let named = |name: &str, auth| plain(format!("{name}.far.example:{port}"), auth);
    let with_key = |upstream: &str, domain| AllowedDomain { key: Some(upstream.to_owned()), ..domain };
    // The upstream it names is somewhere else.
    let astray = with_key("known", named("astray", AuthType::Auto));
    ProxyConfig {
        allowed: vec![
            plain(far.address.to_string(), AuthType::Off),
            named("openai", AuthType::OpenAi),
            named("anthropic", AuthType::Anthropic),
            named("google", AuthType::Google),
            with_key("known", named("known", AuthType::Auto)),
            astray,
            named("auto", AuthType::Auto),
            plain(format!("localhost:{port}"), AuthType::Auto),
            with_key("home", named("bound", AuthType::OpenAi)),
            AllowedDomain { https: true, ..plain("public.example".to_owned(), AuthType::Auto) },
        ],
        ..ProxyConfig::default()
    }
}

/// A house with a way to `far`.
pub(crate) async fn house(far: &Far) -> House {
    house_with(config(far), &[]).await
}

pub(crate) async fn house_with(proxy: ProxyConfig, keys: &[&str]) -> House {
    let known = proxy.allowed.iter().find(|one| one.domain.starts_with("known.far"));
    let stored = Stored { known: known.map(|one| format!("http://{}", one.domain)).unwrap_or_default() };
    let house = House::with(Config { proxy, ..Config::default() }, keys, Vec::new()).await;
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut names = ["openai", "anthropic", "google", "known", "astray", "auto", "bound"]
        .map(|name| (&*format!("{name}.far.example").leak(), here))
        .to_vec();
    names.push(("localhost", here));
    house.gateway.open_way_out(&network(names), stored);
    house
}

/// A whole request without a body, on a connection of its own.
pub(crate) async fn get(house: &House, path: &str) -> Raw {
    house.raw(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await
}
