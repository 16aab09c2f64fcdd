//! The load: a fixed number of requests over a fixed number of connections, on loopback.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What a round of load saw.
pub(crate) struct Seen {
    /// Requests per second.
    pub(crate) rate: f64,
    /// Milliseconds of each request, from sending it to the last byte.
    pub(crate) latencies: Vec<f64>,
}

pub(crate) async fn connect(address: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(address).await.with_context(|| format!("connect to {address}"))?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(crate) fn chat(address: &str, body: &Bytes) -> anyhow::Result<Request<Full<Bytes>>> {
    Ok(Request::builder()
        .method(Method::POST)
        .uri("/v1/chat/completions")
        .header("host", address)
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

async fn one_connection(address: &str, body: &Bytes, requests: usize) -> anyhow::Result<Vec<f64>> {
    let mut sender = connect(address).await?;
    let mut latencies = Vec::with_capacity(requests);
    for _ in 0..requests {
        let begun = Instant::now();
        sender.ready().await?;
        let answer = sender.send_request(chat(address, body)?).await?;
        ensure!(answer.status() == 200, "{address} answered {}", answer.status());
        let _all = answer.into_body().collect().await?;
        latencies.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(latencies)
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
