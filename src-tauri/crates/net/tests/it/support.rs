//! Names, servers and proxies as the tests need them.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use http::Request;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use postern_net::{Client, Guard, Lookup, Means, NetError, Network, NetworkConfig, ProxyRule, Target};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

pub(crate) type Asking = Client<Full<Bytes>>;

/// Names and what they mean, one answer after the other; the last one stays. Others are not known.
#[derive(Clone, Default)]
pub(crate) struct Names {
    answers: Arc<Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Names {
    pub(crate) fn tell(&self, name: &str, answers: &[&str]) {
        let list = |answer: &&str| answer.split(' ').map(|ip| ip.parse().unwrap()).collect();
        self.answers.lock().unwrap().insert(name.to_owned(), answers.iter().map(list).collect());
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Lookup for Names {
    fn addresses(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.get_mut(&host).and_then(|answers| match answers.len() {
            1 => answers.front().cloned(),
            _ => answers.pop_front(),
        });
        self.asked.lock().unwrap().push(host);
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}

/// A network in which these names are known, and these certificates believed.
pub(crate) fn network(names: &Names, roots: &[CertificateDer<'static>]) -> Network {
    let config = NetworkConfig { rule: ProxyRule::Direct, ..NetworkConfig::default() };
    let patience = Duration::from_secs(20);
    Network::with_means(config, Means { lookup: Arc::new(names.clone()), roots: roots.to_vec(), patience })
}

/// The same, all of it through this proxy.
pub(crate) fn via(names: &Names, roots: &[CertificateDer<'static>], proxy: &str) -> Network {
    let network = network(names, roots);
    network.configure(NetworkConfig { rule: proxy.parse().unwrap(), ..NetworkConfig::default() });
    network
}

/// Lets through to these beside the internet.
pub(crate) fn listing(targets: &[&str]) -> Guard {
    Guard::allowing(targets.iter().map(|text| text.parse::<Target>().unwrap()))
}

/// An address at which nobody listens, and will not while it is held.
pub(crate) fn closed() -> (TcpSocket, SocketAddr) {
    let held = TcpSocket::new_v4().unwrap();
    held.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = held.local_addr().unwrap();
    (held, address)
}

/// What an answer was: its status, its version and its text.
pub(crate) type Told = (u16, http::Version, String);

pub(crate) async fn get(client: &Asking, address: &str) -> Result<Told, NetError> {
    send(client, Request::get(address).body(Full::default()).unwrap()).await
}

pub(crate) async fn send(client: &Asking, request: Request<Full<Bytes>>) -> Result<Told, NetError> {
    let answer = client.send(request).await?;
    let (status, version) = (answer.status().as_u16(), answer.version());
    let text = answer.into_body().collect().await.expect("a whole answer").to_bytes();
    Ok((status, version, String::from_utf8_lossy(&text).into_owned()))
}

/// A server that writes down what it hears.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    sent: Arc<watch::Sender<usize>>,
}

impl Server {
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests or questions that came, with all that stood in them.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Waits until endless answers have had so many bytes of their server, all of them together.
    pub(crate) async fn sent_at_least(&self, bytes: usize) {
        self.sent.subscribe().wait_for(|sent| *sent >= bytes).await.unwrap();
    }

    async fn bind(ip: &str) -> (Self, TcpListener) {
        let listener = TcpListener::bind((ip.parse::<IpAddr>().unwrap(), 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        (Self { address, heard: Arc::default(), connections: Arc::default(), sent: Arc::default() }, listener)
    }

    /// Does the same with each connection.
    async fn each<F>(
        ip: &str,
        talk: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let (server, listener) = Self::bind(ip).await;
        let (heard, connections) = (Arc::clone(&server.heard), Arc::clone(&server.connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(talk(stream, Arc::clone(&heard)));
            }
        });
        server
    }

    /// Answers each request of a connection with the same bytes, and closes after as many answers as given.
    pub(crate) async fn saying(ip: &str, answer: &str, times: usize) -> Self {
        let answer: Arc<str> = answer.into();
        Self::each(ip, move |mut stream, heard| {
            let answer = Arc::clone(&answer);
            async move {
                for _ in 0..times {
                    let head = head(&mut stream).await?;
                    heard.lock().unwrap().push(head);
                    stream.write_all(answer.as_bytes()).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// Reads a request and closes.
    pub(crate) async fn silent() -> Self {
        Self::each("127.0.0.1", |mut stream, heard| async move {
            let head = head(&mut stream).await?;
            heard.lock().unwrap().push(head);
            Ok(())
        })
        .await
    }

    /// HTTP/1.1 and HTTP/2 over TLS: each answer is the request's path, one that is to be upgraded is, to an echo, and that
    /// to `/endless` has no end.
    pub(crate) async fn secure(identity: &Identity) -> Self {
        let acceptor = identity.acceptor(&[b"h2", b"http/1.1"]);
        let sent = Arc::new(watch::Sender::new(0));
        let counted = Arc::clone(&sent);
        let server = Self::each("127.0.0.1", move |stream, heard| {
            let (acceptor, sent) = (acceptor.clone(), Arc::clone(&counted));
            async move {
                let stream = acceptor.accept(stream).await?;
                serve(stream, heard, sent).await;
                Ok(())
            }
        })
        .await;
        Self { sent, ..server }
    }

    /// A proxy of HTTP that leads everybody to one place, if they say the right thing first.
    pub(crate) async fn http_proxy(to: SocketAddr, wants: Option<&'static str>) -> Self {
        Self::each("127.0.0.1", move |stream, heard| http_proxy(stream, heard, to, wants)).await
    }

    /// The same over TLS.
    pub(crate) async fn https_proxy(to: SocketAddr, identity: &Identity) -> Self {
        let acceptor = identity.acceptor(&[b"http/1.1"]);
        Self::each("127.0.0.1", move |stream, heard| {
            let acceptor = acceptor.clone();
            async move { http_proxy(acceptor.accept(stream).await?, heard, to, None).await }
        })
        .await
    }

    /// A proxy of SOCKS that leads everybody to one place, if they have the right name and password.
    pub(crate) async fn socks_proxy(to: SocketAddr, wants: Option<(&'static str, &'static str)>) -> Self {
        Self::each("127.0.0.1", move |stream, heard| socks_proxy(stream, heard, to, wants)).await
    }
}

/// The head of a request.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    heard: Arc<Mutex<Vec<String>>>,
    sent: Arc<watch::Sender<usize>>,
) {
    let answer = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        heard.lock().unwrap().push(format!("{:?} {}", request.version(), request.uri().path()));
        let sent = Arc::clone(&sent);
        async move {
            let text = request.uri().path().to_owned();
            if request.headers().contains_key("upgrade") {
                tokio::spawn(async move {
                    let mut both = TokioIo::new(hyper::upgrade::on(&mut request).await.unwrap());
                    let word = both.read_u8().await.unwrap();
                    both.write_u8(word + 1).await.unwrap();
                });
                let changed = http::Response::builder().status(101).header("upgrade", "echo");
                return changed.header("connection", "upgrade").body(Either::Left(Full::default()));
            }
            let body = if text == "/endless" { endless(sent) } else { Either::Left(Full::new(text.into())) };
            http::Response::builder().body(body)
        }
    });
    let server = auto::Builder::new(TokioExecutor::new());
    let _ = server.serve_connection_with_upgrades(TokioIo::new(stream), answer).await;
}

type Said = Either<Full<Bytes>, StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>>;

/// Pieces of 16 kB, counted as they are handed over.
fn endless(sent: Arc<watch::Sender<usize>>) -> Said {
    let piece = Bytes::from(vec![0; 16 * 1024]);
    let pieces = stream::repeat_with(move || {
        sent.send_modify(|sent| *sent += piece.len());
        Ok(Frame::data(piece.clone()))
    });
    Either::Right(StreamBody::new(pieces.boxed()))
}

async fn http_proxy(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    heard: Arc<Mutex<Vec<String>>>,
    to: SocketAddr,
    wants: Option<&'static str>,
) -> io::Result<()> {
    let asked = head(&mut stream).await?;
    heard.lock().unwrap().push(asked.clone());
    let lower = asked.to_ascii_lowercase();
    let sent = lower.lines().find_map(|line| line.strip_prefix("proxy-authorization: ").map(str::to_owned));
    if wants.is_some_and(|wants| sent.as_deref() != Some(&wants.to_ascii_lowercase())) {
        return stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    }
    if asked.starts_with("CONNECT shut.") {
        return stream.write_all(b"HTTP/1.1 403 Not From Here\r\ncontent-length: 0\r\n\r\n").await;
    }
    if !asked.starts_with("CONNECT ") {
        return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nforwarded").await;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\nx-proxy: yes\r\n\r\n").await?;
    let mut there = TcpStream::connect(to).await?;
    copy_bidirectional(&mut stream, &mut there).await?;
    Ok(())
}

async fn socks_proxy(
    mut stream: TcpStream,
    heard: Arc<Mutex<Vec<String>>>,
    to: SocketAddr,
    wants: Option<(&'static str, &'static str)>,
) -> io::Result<()> {
    let [_, count] = bytes(&mut stream).await?;
    let offered = text(&mut stream, count).await?;
    let Some((user, password)) = wants else {
        stream.write_all(&[5, 0]).await?;
        return socks_connect(stream, heard, to).await;
    };
    if !offered.contains(&2) {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, 2]).await?;
    let [_, length] = bytes(&mut stream).await?;
    let name = text(&mut stream, length).await?;
    let [length] = bytes(&mut stream).await?;
    let word = text(&mut stream, length).await?;
    if name != user.as_bytes() || word != password.as_bytes() {
        return stream.write_all(&[1, 1]).await;
    }
    stream.write_all(&[1, 0]).await?;
    socks_connect(stream, heard, to).await
}

async fn socks_connect(
    mut stream: TcpStream,
    heard: Arc<Mutex<Vec<String>>>,
    to: SocketAddr,
) -> io::Result<()> {
    let [_, _, _, kind] = bytes(&mut stream).await?;
    let place = match kind {
        1 => IpAddr::from(bytes::<4>(&mut stream).await?).to_string(),
        4 => IpAddr::from(bytes::<16>(&mut stream).await?).to_string(),
        _ => {
            let [length] = bytes(&mut stream).await?;
            String::from_utf8_lossy(&text(&mut stream, length).await?).into_owned()
        }
    };
    let port = u16::from_be_bytes(bytes(&mut stream).await?);
    heard.lock().unwrap().push(format!("{place}:{port}"));
    if place.starts_with("shut.") {
        return stream.write_all(&[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    }
    stream.write_all(&[5, 0, 0, 3, 2, b'h', b'i', 0, 9]).await?;
    let mut there = TcpStream::connect(to).await?;
    copy_bidirectional(&mut stream, &mut there).await?;
    Ok(())
}

async fn bytes<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn text(stream: &mut TcpStream, length: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// A certificate and its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn of(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        Self { certificate: made.cert.der().clone(), key: made.signing_key.serialize_der() }
    }

    fn acceptor(&self, spoken: &[&[u8]]) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.key.clone()).into();
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        config.alpn_protocols = spoken.iter().map(|name| name.to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}
