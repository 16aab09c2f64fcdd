//! Fetching a file from the web, past the guard.
//!
//! The guard judges the very addresses that are then connected to ([`postern_net`]), so that a name cannot mean one
//! computer when it is checked and another when it is asked. Every redirect begins anew.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderName, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use postern_net::{Client, Judge, Network};
use url::Url;

use super::MediaError;
use super::guard::{host, passed, told};
use super::stage::Draft;

/// How often an address may lead to another one.
const REDIRECTS: usize = 5;

/// Fetches what the guard lets through.
pub(super) struct Web {
    judge: Arc<dyn Judge>,
    client: Client<Empty<Bytes>>,
}

impl Web {
    pub(super) fn new(judge: impl Judge + 'static, network: &Network) -> Self {
        let judge: Arc<dyn Judge> = Arc::new(judge);
        Self { client: network.client(Arc::clone(&judge)), judge }
    }

    /// What the address says by itself.
    pub(super) fn check(&self, address: &str) -> Result<Url, MediaError> {
        let url = Url::parse(address).map_err(|error| MediaError::Address(error.to_string()))?;
        passed(&*self.judge, &url)?;
        Ok(url)
    }

    /// Fetches the file, and says of which type it is, if its server does.
    pub(super) async fn fetch(
        &self,
        address: &str,
        limit: Duration,
        draft: &mut Draft,
    ) -> Result<Option<String>, MediaError> {
        let url = self.check(address)?;
        let host = host(&url);
        let late = |_| not_fetched(&host, &format!("it took longer than {} s", limit.as_secs()));
        tokio::time::timeout(limit, self.follow(url, draft)).await.map_err(late)?
    }

    async fn follow(&self, mut url: Url, draft: &mut Draft) -> Result<Option<String>, MediaError> {
        for _ in 0..=REDIRECTS {
            let response = self.ask(&url).await?;
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

    async fn ask(&self, url: &Url) -> Result<Response<Incoming>, MediaError> {
        let request = Request::get(passed(&*self.judge, url)?)
            .header(USER_AGENT, concat!("Postern/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, "*/*")
            .body(Empty::new())
            .map_err(|error| not_fetched(&host(url), &error.to_string()))?;
        self.client.send(request).await.map_err(|error| told(url, &error))
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

fn not_fetched(host: &str, why: &str) -> MediaError {
    MediaError::NotFetched { host: host.to_owned(), why: why.to_owned() }
}

/// The error at the bottom, which says what really happened.
fn deepest(error: &(dyn StdError + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}
