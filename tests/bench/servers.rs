//! The servers of the comparison, each started as a process of its own by this same program: a backend
//! that answers with fixed bytes, a minimal hyper pass-through in front of it, and the gateway with an
//! upstream that says the same words at the same pace.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use postern_gateway::{Config, Gateway};
use postern_protocol::RequestId;
use postern_protocol::account;
use postern_protocol::chat::{self, Event, Failure, Finish, Usage};
use postern_protocol::dialect::AnswerWriter as _;
use postern_protocol::openai::{self, Stamp, StreamEncoder};
use postern_store::Store;
use postern_upstream::{Call, EventStream, ModelCard, Registry, Upstream};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

/// Chunks of a streamed answer.
pub(crate) const CHUNKS: usize = 50;

/// A model name that ends in `-20ms` is answered at that pace, any other at full speed.
fn pace(model: &str) -> Duration {
    if model.ends_with("-20ms") { Duration::from_millis(20) } else { Duration::ZERO }
}

fn events() -> Vec<Event> {
    let mut events = vec![Event::Started { model: "bench".to_owned(), warnings: Vec::new() }];
    events.extend((0..CHUNKS).map(|index| Event::Text { text: format!("word number {index} ") }));
    events.push(Event::Usage(Usage { prompt: 10, completion: 50, cached: 0, reasoning: 0 }));
    events.push(Event::Finished(Finish::Stop));
    events
}

/// Every text but the first comes a pace after the one before it.
fn paced(events: Vec<Event>, pace: Duration) -> EventStream {
    let mut begun = false;
    futures::stream::iter(events)
        .then(move |event| {
            let waits = begun && !pace.is_zero() && matches!(event, Event::Text { .. });
            begun |= matches!(event, Event::Text { .. });
            async move {
                if waits {
                    tokio::time::sleep(pace).await;
                }
                Ok(event)
            }
        })
        .boxed()
}

struct Paced;

impl Upstream for Paced {
    fn name(&self) -> &'static str {
        "bench"
    }

    fn lanes(&self) -> Option<usize> {
        None
    }

    fn accounts(&self) -> Vec<account::Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = |id: &str| ModelCard { id: id.to_owned(), ..ModelCard::default() };
        Box::pin(async move { Ok(vec![card("full"), card("slow-20ms")]) })
    }

    fn ignores(&self, _request: &chat::Request) -> Vec<&'static str> {
        Vec::new()
    }

    fn chat(&self, call: Call) -> EventStream {
        paced(events(), pace(&call.request.model))
    }
}

/// The gateway as the product builds it, journal included, with [`Paced`] for an upstream.
pub(crate) async fn gateway() -> anyhow::Result<()> {
    let registry = Registry::new(vec![Arc::new(Paced)]);
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("postern.db"))?;
    let gateway = Gateway::new(Config::default(), store.keys(), registry, store.requests());
    let listener = listen()?;
    gateway.serve(listener, CancellationToken::new()).await?;
    Ok(())
}

/// Answers every chat with the bytes that the gateway would send.
pub(crate) async fn backend() -> anyhow::Result<()> {
    let listener = listen()?;
    accept(listener, |request| async move {
        if request.uri().path().contains("GenerateContent") {
            return google();
        }
        let body =
            request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let stream = memory_contains(&body, b"\"stream\":true");
        let slow = memory_contains(&body, b"-20ms");
        let large = SIZES.into_iter().find(|(word, _)| memory_contains(&body, word.as_bytes()));
        match large {
            Some((_, length)) => filled(length),
            None if stream => streamed(slow),
            None => whole(),
        }
    })
    .await
}

/// The same words in Google's dialect, at full speed.
fn google() -> Response<Body> {
    let event = |text: &str, end: &str| {
        let event = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}],"role":"model"}}{end},"index":0}}],"modelVersion":"bench","usageMetadata":{{"promptTokenCount":10,"candidatesTokenCount":50,"totalTokenCount":60}}}}"#
        );
        Ok(Frame::data(Bytes::from(format!("data: {event}\r\n\r\n"))))
    };
    let words = (0..CHUNKS).map(move |index| {
        event(
            &format!("word number {index} "),
            if index + 1 == CHUNKS { r#","finishReason":"STOP""# } else { "" },
        )
    });
    let mut response = Response::new(StreamBody::new(futures::stream::iter(words)).boxed_unsync());
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/event-stream"));
    response
}

/// Words of a model's name that ask for an answer of so many bytes.
const SIZES: [(&str, usize); 2] = [("-64kB", 64 * 1024), ("-1MB", 1024 * 1024)];

fn filled(length: usize) -> Response<Body> {
    static LETTERS: OnceLock<Bytes> = OnceLock::new();
    let letters = LETTERS.get_or_init(|| Bytes::from(vec![b'a'; 1024 * 1024]));
    let bytes = letters.slice(..length);
    Response::new(Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync())
}

fn memory_contains(body: &[u8], word: &[u8]) -> bool {
    body.windows(word.len()).any(|window| window == word)
}

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("bench"), created: 1_770_000_000, model: "bench".to_owned() }
}

type Body = UnsyncBoxBody<Bytes, hyper::Error>;

fn whole() -> Response<Body> {
    let mut completion = chat::Completion::default();
    events().into_iter().for_each(|event| completion.push(event));
    let bytes = Bytes::from(openai::encode_completion(&stamp(), &completion, openai::SoundForm::Wav));
    Response::new(Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync())
}

fn streamed(slow: bool) -> Response<Body> {
    let mut encoder = StreamEncoder::new(stamp(), false);
    let pace = if slow { Duration::from_millis(20) } else { Duration::ZERO };
    let frames = paced(events(), pace).filter_map(move |event| {
        let frame = event.map(|event| encoder.event(&event)).unwrap_or_default();
        std::future::ready((!frame.is_empty()).then(|| Ok(Frame::data(Bytes::from(frame)))))
    });
    let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/event-stream"));
    response
}

/// Forwards everything to `target` and nothing more.
pub(crate) async fn pass_through(target: &str) -> anyhow::Result<()> {
    let listener = listen()?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    let target: http::uri::Authority = target.parse().context("target address")?;
    accept(listener, move |mut request| {
        let (client, target) = (client.clone(), target.clone());
        async move {
            let mut parts = request.uri().clone().into_parts();
            parts.scheme = Some(http::uri::Scheme::HTTP);
            parts.authority = Some(target);
            if let Ok(uri) = http::Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
            match client.request(request).await {
                Ok(response) => response.map(BodyExt::boxed_unsync),
                Err(_) => {
                    let mut response = Response::new(
                        Full::default().map_err(|never: Infallible| match never {}).boxed_unsync(),
                    );
                    *response.status_mut() = http::StatusCode::BAD_GATEWAY;
                    response
                }
            }
        }
    })
    .await
}

fn listen() -> anyhow::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    // A thousand streams begin at once. One that finds no room would be asked for again after a second.
    let listener = socket.listen(4096)?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}

async fn accept<F, R>(listener: TcpListener, answer: F) -> anyhow::Result<()>
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let answer = answer.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = answer(request);
                async move { Ok::<_, Infallible>(answer.await) }
            });
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service).await
        });
    }
}
