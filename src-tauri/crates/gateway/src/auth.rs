//! Who is calling, and whether they need a key.

use std::net::IpAddr;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use postern_store::{KeyId, Keys};

use crate::reject::Reject;
use crate::serve::Link;

/// Whom a request comes from, as far as the server can tell: requests of the same caller wait for each
/// other, not for those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Somebody with this key.
    Key(KeyId),
    /// Somebody without a key at this address.
    Address(IpAddr),
    /// Somebody who needed no key and came over no connection of ours.
    Unknown,
}

/// Whether this asks for a key where one is needed. What methods a path knows is no secret.
pub(crate) fn guarded(method: &Method, path: &str) -> bool {
    method != Method::OPTIONS
        && path.starts_with("/v1/")
        && path != "/v1/models"
        && !path.starts_with("/v1/models/")
}

/// Whether only holders of a key come in. Where other machines can ask that is so even while there is none.
pub(crate) fn key_required(keys: &Keys, link: Option<&Link>) -> bool {
    !keys.is_empty() || !link.is_some_and(|link| link.loopback)
}

/// The caller, if they may come in: with a key, or without where the server is open.
pub(crate) fn admit(keys: &Keys, headers: &HeaderMap, link: Option<&Link>) -> Result<Caller, Reject> {
    if let Some(key) = key_of(keys, headers) {
        return Ok(Caller::Key(key));
    }
    match link {
        Some(link) if !key_required(keys, Some(link)) => Ok(Caller::Address(link.peer)),
        _ if keys.is_empty() => Err(Reject::unauthorized(
            "This server can be reached from other machines and has no key yet, so it admits nobody. Make \
             one with `postern key add`.",
        )),
        _ => Err(Reject::unauthorized(
            "Invalid or missing API key. Send a key of this server as `Authorization: Bearer KEY` or \
             `X-API-Key: KEY`.",
        )),
    }
}

fn key_of(keys: &Keys, headers: &HeaderMap) -> Option<KeyId> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(without_scheme);
    let plain = headers.get("x-api-key").and_then(|value| value.to_str().ok()).map(str::trim);
    bearer.into_iter().chain(plain).filter(|key| !key.is_empty()).find_map(|key| keys.check(key))
}

/// `KEY` of `Bearer KEY`; a value without a scheme is a key as it is.
fn without_scheme(value: &str) -> &str {
    match value.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
        _ => value.trim(),
    }
}
