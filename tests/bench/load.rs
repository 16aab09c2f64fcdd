//! The load: a fixed number of requests over a fixed number of connections, on loopback.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// What a round of load saw.
pub(crate) struct Seen {
    /// Requests per second.
    pub(crate) rate: f64,
    /// Milliseconds of each request, from sending it to the last byte.
    pub(crate) latencies: Vec<f64>,
}

/// Where chats are asked for, unless a place says otherwise.
const CHAT: &str = "/v1/chat/completions";

/// Where something is asked for: a server's address, and behind it the path, if it is not the usual one.
#[derive(Clone, Copy)]
struct Door<'a> {
    address: &'a str,
    path: &'a str,
}

impl<'a> From<&'a str> for Door<'a> {
    fn from(place: &'a str) -> Self {
        let (address, path) = place.split_at(place.find('/').unwrap_or(place.len()));
        Self { address, path: if path.is_empty() { CHAT } else { path } }
    }
}

pub(crate) async fn connect(place: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let address = Door::from(place).address;
    let socket = TcpStream::connect(address).await.with_context(|| format!("connect to {address}"))?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(crate) fn chat(place: &str, body: &Bytes) -> anyhow::Result<Request<Full<Bytes>>> {
    let door = Door::from(place);
    Ok(Request::builder()
        .method(Method::POST)
        .uri(door.path)
        .header("host", door.address)
        .header("content-type", "application/json")
        .body(Full::new(body.clone()))?)
}

/// `requests` in all, spread evenly over `connections`.
pub(crate) async fn run(
    address: &str,
    body: &Bytes,
    connections: usize,
    requests: usize,
) -> anyhow::Result<Seen> {
    let share = requests / connections;
    let begun = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..connections {
        let (address, body) = (address.to_owned(), body.clone());
        workers.push(tokio::spawn(async move { one_connection(&address, &body, share).await }));
    }
    let mut latencies = Vec::with_capacity(requests);
    for worker in workers {
        latencies.extend(worker.await??);
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
    Ok(Seen { rate, latencies })
}

/// So many requests a second, whether or not those before are answered, `count` in all. Milliseconds of each, in
/// the order of their connections; one that its forerunner holds up waits from the moment when it was due.
pub(crate) async fn paced(
    address: &str,
    body: &Bytes,
    per_second: u32,
    count: usize,
) -> anyhow::Result<Vec<f64>> {
    const CONNECTIONS: usize = 16;
    let begun = Instant::now();
    let mut workers = Vec::new();
    for first in 0..CONNECTIONS {
        let (address, body) = (address.to_owned(), body.clone());
        let mut due = (first..count).step_by(CONNECTIONS).filter_map(move |index| {
            Some(begun + Duration::from_secs(1) * u32::try_from(index).ok()? / per_second)
        });
        workers.push(tokio::spawn(async move { one_paced(&address, &body, &mut due).await }));
    }
    let mut latencies = Vec::with_capacity(count);
    for worker in workers {
        latencies.extend(worker.await??);
    }
    Ok(latencies)
}

async fn one_paced(
    address: &str,
    body: &Bytes,
    due: &mut (dyn Iterator<Item = Instant> + Send),
) -> anyhow::Result<Vec<f64>> {
    let mut sender = connect(address).await?;
    let mut latencies = Vec::new();
    for due in due {
        let early = Instant::now() < due;
        tokio::time::sleep_until(due.into()).await;
        // A timer that rings late is no fault of the server.
        let begun = if early { Instant::now() } else { due };
        latencies.push(one_request(&mut sender, address, body, begun).await?);
    }
    Ok(latencies)
}

/// Sends one request and reads all of its answer: the milliseconds since `begun`.
async fn one_request(
    sender: &mut SendRequest<Full<Bytes>>,
    address: &str,
    body: &Bytes,
    begun: Instant,
) -> anyhow::Result<f64> {
    sender.ready().await?;
    let answer = sender.send_request(chat(address, body)?).await?;
    ensure!(answer.status() == 200, "{address} answered {}", answer.status());
    let _all = answer.into_body().collect().await?;
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

async fn one_connection(address: &str, body: &Bytes, requests: usize) -> anyhow::Result<Vec<f64>> {
    let mut sender = connect(address).await?;
    let mut latencies = Vec::with_capacity(requests);
    for _ in 0..requests {
        latencies.push(one_request(&mut sender, address, body, Instant::now()).await?);
    }
    Ok(latencies)
}

/// One request and its whole answer.
pub(crate) async fn answer(address: &str, body: &Bytes) -> anyhow::Result<Value> {
    let mut sender = connect(address).await?;
    let answer = sender.send_request(chat(address, body)?).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    ensure!(status == 200, "{address} answered {status}: {}", String::from_utf8_lossy(&body));
    Ok(serde_json::from_slice(&body)?)
}

/// Reads one streamed answer and notes when each data frame came.
pub(crate) async fn arrivals(address: &str, body: &Bytes) -> anyhow::Result<Vec<(Instant, Bytes)>> {
    let mut sender = connect(address).await?;
    let answer = sender.send_request(chat(address, body)?).await?;
    ensure!(answer.status() == 200, "{address} answered {}", answer.status());
    let mut body = answer.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            frames.push((Instant::now(), data));
        }
    }
    Ok(frames)
}

/// Waits until the server answers `GET /health`, and returns how long that took.
pub(crate) async fn until_healthy(address: &str, begun: Instant) -> anyhow::Result<Duration> {
    let mut sender = connect(address).await?;
    let request = Request::get("/health").header("host", address).body(Full::default())?;
    let answer = sender.send_request(request).await?;
    ensure!(answer.status() == 200, "/health answered {}", answer.status());
    Ok(begun.elapsed())
}
