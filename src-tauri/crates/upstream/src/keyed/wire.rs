//! Requests to providers, and what is made of their answers.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use jiff::Timestamp;
use postern_net::{Body, Client, Guard, NetError, Network};
use postern_protocol::chat::{Failure, FailureKind};

use super::base::Base;
use crate::ByteStream;
use crate::accounts::Lost;

/// Most bytes of a refusal that are read; no provider says more.
const REFUSAL: usize = 256 * 1024;
/// How long the rest of a refusal is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most bytes of a list of models.
const LIST: usize = 32 * 1024 * 1024;

/// Speaks to one provider, wherever it is, and to nobody else on this computer or its network.
#[derive(Clone)]
pub(super) struct Wire {
    client: Client<Body>,
}

/// A refusal, as it came.
pub(super) struct Refusal {
    pub(super) head: http::response::Parts,
    pub(super) body: Bytes,
    /// Whether all of the body is there.
    pub(super) whole: bool,
}

impl Refusal {
    /// When the provider says to come back.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let told = self.head.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = told.parse::<f64>() {
            return Duration::try_from_secs_f64(seconds).ok();
        }
        let end = jiff::fmt::rfc2822::parse(told).ok()?.timestamp();
        let wait = end.as_second() - Timestamp::now().as_second();
        Some(Duration::from_secs(u64::try_from(wait).unwrap_or_default()))
    }
}

impl Wire {
    pub(super) fn to(base: &Base, network: &Network) -> Self {
        Self { client: network.client(Guard::allowing(base.target())) }
    }

    /// Asks, and gives back the answer when its head has come.
    pub(super) async fn ask(
        &self,
        url: &str,
        mut headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response<Incoming>, Lost> {
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!("Postern/", env!("CARGO_PKG_VERSION"))));
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::builder().method(method).uri(url);
        if let Some(given) = request.headers_mut() {
            given.extend(headers);
        }
        let body = Full::new(body.unwrap_or_default()).map_err(|never| match never {}).boxed_unsync();
        let request = request.body(body).map_err(|_| no_address())?;
        self.client.send(request).await.map_err(|error| unasked(&error))
    }

    /// What a provider says to a question without a body, if it says it with success.
    pub(super) async fn get(&self, url: &str, headers: HeaderMap) -> Result<Result<Bytes, Refusal>, Failure> {
        let asked = async {
            let response = self.ask(url, headers, None).await.map_err(|lost| lost.failure)?;
            let (head, body) = response.into_parts();
            let most = if head.status.is_success() { LIST } else { REFUSAL };
            let body = whole(body, most).await?;
            Ok(if head.status.is_success() { Ok(body) } else { Err(Refusal { head, body, whole: true }) })
        };
        let late = || Failure::new(FailureKind::Timeout, "The provider did not answer in time.");
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(late()))
    }
}

/// The head of a refusal, and the body if all of it came in time.
pub(super) async fn refusal(response: Response<Incoming>) -> Refusal {
    let (head, body) = response.into_parts();
    let body = tokio::time::timeout(PATIENCE, whole(body, REFUSAL)).await.ok().and_then(Result::ok);
    Refusal { head, whole: body.is_some(), body: body.unwrap_or_default() }
}

async fn whole(mut body: Incoming, most: usize) -> Result<Bytes, Failure> {
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| broken())?;
        if let Ok(data) = frame.into_data() {
            if all.len() + data.len() > most {
                return Err(Failure::new(FailureKind::UpstreamError, "The provider's answer is too long."));
            }
            all.extend_from_slice(&data);
        }
    }
    Ok(all.freeze())
}

/// The bytes of an answer as they come.
pub(super) fn bytes_of(body: Incoming) -> ByteStream {
    let data = stream::unfold(Some(body), |body| async {
        let mut body = body?;
        loop {
            match body.frame().await? {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some((Ok(data), Some(body)));
                    }
                }
                Err(_) => return Some((Err(broken()), None)),
            }
        }
    });
    data.boxed()
}

/// A header that no log shows; `None` for a key that cannot be sent.
pub(super) fn secret_header(line: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(line).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The headers of a question in JSON.
pub(super) fn json_headers() -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))])
}

/// What is said of an answer that has no end.
pub(super) fn broken() -> Failure {
    Failure::new(FailureKind::Interrupted, "The provider's answer broke off.")
}

fn no_address() -> Failure {
    Failure::new(FailureKind::Internal, "The provider's address cannot be used.")
}

fn unasked(error: &NetError) -> Lost {
    tracing::info!(%error, "a provider did not answer");
    let kind = match error {
        NetError::Late { .. } => FailureKind::Timeout,
        NetError::Address { .. } | NetError::Refused { .. } => FailureKind::Unavailable,
        _ => FailureKind::UpstreamError,
    };
    let (taken, why) = (error.was_sent(), error.in_public());
    let what = if taken { "was asked and did not answer" } else { "could not be asked" };
    Lost { failure: Failure::new(kind, format!("The provider {what}: {why}.")), taken }
}

/// A body as it is sent.
pub(super) fn written(body: &serde_json::Value) -> Result<Bytes, Failure> {
    let written = serde_json::to_vec(body).map(Bytes::from);
    written.map_err(|error| Failure::new(FailureKind::Internal, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(retry_after: &str) -> Option<Duration> {
        let response = Response::builder().header(RETRY_AFTER, retry_after).body(()).expect("a response");
        let (head, ()) = response.into_parts();
        Refusal { head, body: Bytes::new(), whole: true }.retry_after()
    }

    #[test]
    fn when_to_come_back_is_told_in_seconds_or_by_a_date() {
        assert_eq!(told(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(told("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(told("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO), "it is over");
        let ahead = told("Tue, 31 Dec 2999 23:59:59 GMT").expect("a date");
        assert!(ahead > Duration::from_secs(365 * 24 * 3600), "{ahead:?}");
        for nothing in ["", "soon", "-1"] {
            assert_eq!(told(nothing), None, "{nothing}");
        }
    }
}
