//! Requests in the provider's own dialect, handed on as they came.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use http::header::{ACCEPT, CONTENT_TYPE, TRAILER};
use http::{HeaderMap, HeaderName};
use postern_net::{is_of_the_hop, is_of_the_host};
use postern_protocol::chat::{Failure, Request};

use super::Keyed;
use super::key::Key;
use super::splice::with_model;
use super::wire::{Refusal, bytes_of, refusal};
use crate::accounts::{Account, Lease, Lost, Tried};
use crate::{ByteStream, Call, Errand, Passage};

impl Keyed {
    /// Hands the errand to one key after the other until a head of an answer has come, or the provider may be at work
    /// on it.
    pub(super) async fn hand_on(self, errand: Errand) -> Result<Passage, Failure> {
        let provider = &self.inner.provider;
        let Some(url) = provider.pass_url(errand.operation, &errand.model) else {
            return Err(crate::pass::not_passed(&self.inner.config.name));
        };
        let body = if errand.operation.names_its_model() {
            with_model(&errand.body, &errand.headers, &errand.model)?
        } else {
            errand.body.clone()
        };
        let request = Arc::new(Request { model: errand.model.clone(), ..Request::default() });
        let call = Call { id: errand.id.clone(), principal: errand.principal.clone(), request };
        let heard = self.heard(&errand.headers);
        let mut lane = self.inner.pool.reserved(&errand.id);
        let mut tried: Vec<Tried> = Vec::new();
        loop {
            if lane.is_none() {
                lane = self.inner.pool.next_lane(&call, &tried).await;
            }
            let Some(lease) = lane.take() else {
                return Err(self.inner.pool.nobody(Some(&errand.model), tried));
            };
            let failure = match self.hand(&lease.account, &url, heard.clone(), body.clone()).await {
                Ok(response) if response.status().is_success() => {
                    self.answered(&lease.account, &errand.model);
                    return Ok(passage(response, lease));
                }
                Ok(response) => {
                    let refusal = refusal(response).await;
                    let failure = self.refused(&refusal);
                    if !self.failed(&lease, &errand.model, &failure) {
                        // A head that promises a body is no answer without it.
                        let account = lease.account.name();
                        return if refusal.whole { Ok(settled(refusal, account)) } else { Err(failure) };
                    }
                    failure
                }
                Err(Lost { failure, taken }) => {
                    if !self.failed(&lease, &errand.model, &failure) || taken {
                        return Err(failure);
                    }
                    failure
                }
            };
            let account = lease.account.name().to_owned();
            tracing::info!(request = %errand.id, upstream = %self.inner.config.name, key = %account, why = %failure, "asking the next key");
            tried.push(Tried { account, failure });
        }
    }

    async fn hand(
        &self,
        key: &Key,
        url: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<http::Response<hyper::body::Incoming>, Lost> {
        self.inner.provider.authorize(&mut headers, key.secret());
        key.wire().ask(url, headers, Some(body)).await
    }

    /// What of a client's headers the provider is to see.
    fn heard(&self, headers: &HeaderMap) -> HeaderMap {
        let heard =
            |name: &HeaderName| *name == CONTENT_TYPE || *name == ACCEPT || self.inner.provider.hears(name);
        let mut all = HeaderMap::new();
        for (name, value) in headers.iter().filter(|(name, _)| heard(name)) {
            all.append(name.clone(), value.clone());
        }
        all
    }
}

/// The answer as it comes; the key has one request less when it ends or is dropped.
fn passage(response: http::Response<hyper::body::Incoming>, lease: Lease<Key>) -> Passage {
    let (head, body) = response.into_parts();
    let account = lease.account.name().to_owned();
    let body: ByteStream = bytes_of(body)
        .map(move |piece| {
            let _held = &lease;
            piece
        })
        .boxed();
    Passage { status: head.status, headers: told(&head.headers), account, body }
}

/// A refusal that another key would not change, in the provider's own words.
fn settled(refusal: Refusal, account: &str) -> Passage {
    let body = refusal.body;
    Passage {
        status: refusal.head.status,
        headers: told(&refusal.head.headers),
        account: account.to_owned(),
        body: futures::stream::once(async { Ok(body) }).boxed(),
    }
}

/// What the client is told of the answer's headers. Trailers do not reach it.
fn told(headers: &HeaderMap) -> HeaderMap {
    let stays =
        |name: &HeaderName| *name == TRAILER || is_of_the_hop(name.as_str()) || is_of_the_host(name.as_str());
    let mut told = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers.iter().filter(|(name, _)| !stays(name)) {
        told.append(name.clone(), value.clone());
    }
    told
}
