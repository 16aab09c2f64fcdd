//! Fetching a file from the web, past the guard.
//!
//! The guard judges the very addresses that are then connected to: the resolver of the connection is its own, so
//! that a name cannot mean one computer when it is checked and another when it is asked. Every redirect begins anew.

use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderName, Request, Response, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioIo};
use postern_net::Lookup;
use tokio::net::TcpStream;
use tower::Service;
use url::Url;

use super::MediaError;
use super::guard::{Guard, Passage};
use super::stage::Draft;

/// How often an address may lead to another one.
const REDIRECTS: usize = 5;
/// From asking a computer until it takes the connection.
const CONNECT: Duration = Duration::from_secs(10);

type Asker = Client<HttpsConnector<Outward>, Empty<Bytes>>;

/// Fetches what the guard lets through.
pub(super) struct Web {
    guard: Guard,
    lookup: Arc<dyn Lookup>,
    guarded: OnceLock<Asker>,
    listed: OnceLock<Asker>,
}

impl Web {
    pub(super) fn new(guard: Guard, lookup: Arc<dyn Lookup>) -> Self {
        Self { guard, lookup, guarded: OnceLock::new(), listed: OnceLock::new() }
    }

    /// What the address says by itself.
    pub(super) fn check(&self, address: &str) -> Result<(Url, Passage), MediaError> {
        let url = Url::parse(address).map_err(|error| MediaError::Address(error.to_string()))?;
        let passage = self.guard.passage(&url)?;
        Ok((url, passage))
    }

    /// Fetches the file, and says of which type it is, if its server does.
    pub(super) async fn fetch(
        &self,
        address: &str,
        limit: Duration,
        draft: &mut Draft,
    ) -> Result<Option<String>, MediaError> {
        let (url, _) = self.check(address)?;
        let host = host(&url);
        let late = |_| not_fetched(&host, &format!("it took longer than {} s", limit.as_secs()));
        tokio::time::timeout(limit, self.follow(url, draft)).await.map_err(late)?
    }

    async fn follow(&self, mut url: Url, draft: &mut Draft) -> Result<Option<String>, MediaError> {
        for _ in 0..=REDIRECTS {
            let passage = self.guard.passage(&url)?;
            let response = self.ask(&url, passage).await?;
            let status = response.status();
            if status.is_success() {
                return read(&url, response, draft).await;
            }
            let next = header(&response, LOCATION).filter(|_| status.is_redirection());
            let Some(next) = next else {
                return Err(not_fetched(&host(&url), &format!("it answered with {status}")));
            };
            url = url.join(next).map_err(|_| not_fetched(&host(&url), "it leads to no address"))?;
        }
        Err(not_fetched(&host(&url), "too many addresses lead to one another"))
    }

    async fn ask(&self, url: &Url, passage: Passage) -> Result<Response<Incoming>, MediaError> {
        let refused = |why: &dyn StdError| not_fetched(&host(url), &why.to_string());
        let mut plain = url.clone();
        plain.set_fragment(None);
        let request = Request::get(plain.as_str())
            .header(USER_AGENT, concat!("Postern/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, "*/*")
            .body(Empty::new())
            .map_err(|error| refused(&error))?;
        let asker = self.asker(passage).map_err(|error| refused(&error))?;
        asker.request(request).await.map_err(|error| unasked(url, &error))
    }

    fn asker(&self, passage: Passage) -> io::Result<Asker> {
        let kept = match passage {
            Passage::Guarded => &self.guarded,
            Passage::Listed => &self.listed,
        };
        if let Some(asker) = kept.get() {
            return Ok(asker.clone());
        }
        let (guard, lookup) = (self.guard.clone(), Arc::clone(&self.lookup));
        let mut connector = HttpConnector::new_with_resolver(Resolver { guard, passage, lookup });
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .wrap_connector(Outward { connector, passage });
        // Each file is asked for on a connection of its own, whose address was judged for it.
        let asker = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(kept.get_or_init(|| asker).clone())
    }
}

async fn read(
    url: &Url,
    response: Response<Incoming>,
    draft: &mut Draft,
) -> Result<Option<String>, MediaError> {
    let host = host(url);
    if header(&response, CONTENT_ENCODING).is_some_and(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    {
        return Err(not_fetched(&host, "it sends it compressed although nobody asked for that"));
    }
    let announced = header(&response, CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > draft.limit()) {
        return Err(MediaError::TooLarge { limit: draft.limit() });
    }
    let mime = header(&response, CONTENT_TYPE).map(str::to_owned);
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| not_fetched(&host, &deepest(&error)))?;
        if let Ok(bytes) = frame.into_data() {
            draft.write(&bytes).await?;
        }
    }
    Ok(mime)
}

fn header(response: &Response<Incoming>, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn not_fetched(host: &str, why: &str) -> MediaError {
    MediaError::NotFetched { host: host.to_owned(), why: why.to_owned() }
}

fn unasked(url: &Url, error: &ClientError) -> MediaError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(Blocked(what)) = error.downcast_ref() {
            return MediaError::Guarded { host: host(url), what };
        }
        cause = error.source();
    }
    not_fetched(&host(url), &deepest(error))
}

/// The error at the bottom, which says what really happened.
fn deepest(error: &(dyn StdError + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}

/// No address of the host may be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Blocked(&'static str);

/// Connects, but not to this computer, whatever its addresses are: no other has the same one at both ends.
#[derive(Clone)]
struct Outward {
    connector: HttpConnector<Resolver>,
    passage: Passage,
}

impl Service<Uri> for Outward {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let (connecting, passage) = (self.connector.call(address), self.passage);
        Box::pin(async move {
            let stream = connecting.await?;
            let (here, there) = (stream.inner().local_addr()?, stream.inner().peer_addr()?);
            if passage == Passage::Guarded && here.ip() == there.ip() {
                return Err(Blocked("this computer").into());
            }
            Ok(stream)
        })
    }
}

/// Finds a host's addresses for a connection, those that the guard lets through.
#[derive(Clone)]
struct Resolver {
    guard: Guard,
    passage: Passage,
    lookup: Arc<dyn Lookup>,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let Self { guard, passage, lookup } = self.clone();
        Box::pin(async move {
            let found = lookup.addresses(name.as_str().to_owned()).await?;
            let open = guard.sift(passage, found).map_err(Blocked)?;
            // The port is the connection's own.
            let places: Vec<SocketAddr> =
                open.into_iter().map(|address| SocketAddr::new(address, 0)).collect();
            Ok(places.into_iter())
        })
    }
}
