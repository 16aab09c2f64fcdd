//! Who is calling, whether they need a key, and what theirs allows.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use http::HeaderValue;
use http::header::{AUTHORIZATION, RETRY_AFTER};
use postern_protocol::Secret;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::dialect::Dialect;
use postern_store::{Grant, KeyId, KeyRefusal, Keys};
use postern_upstream::Principal;

use crate::paths;
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
    /// The owner, at the console.
    Console,
    /// Somebody who showed no key that counts, where keys are needed.
    Unknown,
}

/// A caller and what they may do.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) caller: Caller,
    /// The rules of their key; without a key there are none.
    grant: Option<Grant>,
    /// What they showed in place of a key of this server, where none is needed and it may be a provider's.
    brought: Option<Secret>,
}

/// Somebody who does not come in.
pub(crate) struct Refused {
    pub(crate) reject: Reject,
    /// Their key, where it is known and something else is wrong.
    pub(crate) key: Option<KeyId>,
}

/// What is said to those who ask for another server without a key of this one.
const SHOW_YOUR_KEY: &str = "Invalid or missing API key. Send a key of this server as `X-Postern-Key: KEY` beside the \
                             other server's credential, or in its place.";

impl Pass {
    /// For a caller without a key.
    pub(crate) fn of(caller: Caller) -> Self {
        Self { caller, grant: None, brought: None }
    }

    fn granted(grant: Grant) -> Self {
        Self { caller: Caller::Key(grant.id), grant: Some(grant), brought: None }
    }

    /// A key of a provider's own, if the caller brought one.
    pub(crate) fn brought(&self) -> Option<&Secret> {
        self.brought.as_ref()
    }

    pub(crate) fn key(&self) -> Option<KeyId> {
        self.grant.as_ref().map(|grant| grant.id)
    }

    /// Whether what they ask may be recorded.
    pub(crate) fn may_be_recorded(&self) -> bool {
        self.grant.as_ref().is_none_or(|grant| grant.record)
    }

    /// Whether the key is for certain models only.
    pub(crate) fn is_for_models(&self) -> bool {
        self.grant.as_ref().is_some_and(|grant| !grant.models.is_empty())
    }

    /// Who asks, for rules of the upstreams.
    pub(crate) fn principal(&self) -> Principal {
        match (&self.grant, self.caller) {
            (Some(grant), _) => Principal::Key(Arc::clone(&grant.name)),
            (None, Caller::Console) => Principal::Owner,
            (None, _) => Principal::Anonymous,
        }
    }

    /// Whether the model may be used: what the key's owner wrote down may be the name that was asked for,
    /// an alias among them, or the model's id, or `upstream/id`.
    pub(crate) fn allows(&self, asked: &str, upstream: &str, id: &str) -> bool {
        let Some(grant) = &self.grant else { return true };
        let asked = asked.strip_prefix("models/").unwrap_or(asked);
        grant.allows(asked) || grant.allows(id) || grant.allows(&format!("{upstream}/{id}"))
    }

    /// What is said of a model that may not be used.
    pub(crate) fn not_allowed(&self, asked: &str) -> Failure {
        let shown: String = asked.chars().take(100).collect();
        let allowed = self.grant.as_ref().map(|grant| grant.models.join(", ")).unwrap_or_default();
        let message = format!("This key may not use the model `{shown}`. It is for: {allowed}.");
        Failure::new(FailureKind::NotAllowed, message).param("model")
    }
}

/// Whether only holders of a key come in. Where other machines can ask that is so even while there is none.
pub(crate) fn key_required(keys: &Keys, link: Option<&Link>) -> bool {
    !keys.is_empty() || !link.is_some_and(|link| link.loopback)
}

/// The caller, if they may come in: with a key, or without where the server is open.
pub(crate) fn admit(keys: &Keys, request: &Request, link: Option<&Link>) -> Result<Pass, Refused> {
    let shown = credentials(request);
    let Some((shown, grant)) = known(keys, &shown) else {
        return match link {
            Some(link) if !key_required(keys, Some(link)) => {
                Ok(Pass { brought: brought(request), ..Pass::of(Caller::Address(link.peer.ip())) })
            }
            _ if keys.is_empty() => Err(Refused { reject: nobody_comes_in(), key: None }),
            _ => Err(Refused { reject: said(&KeyRefusal::Unknown), key: None }),
        };
    };
    let admitted = if paths::counted(request.method(), request.uri().path()) {
        grant.and_then(|_| keys.admit(shown))
    } else {
        grant
    };
    match admitted {
        Ok(grant) => Ok(Pass::granted(grant)),
        Err(refusal) => Err(Refused { reject: said(&refusal), key: keys.whose(shown) }),
    }
}

/// The caller of a request that is for another server, by what it showed that looks like a key of this one.
pub(crate) fn admit_shown(
    keys: &Keys,
    shown: &[Cow<'_, str>],
    counts: bool,
    link: &Link,
) -> Result<Pass, Refused> {
    if !key_required(keys, Some(link)) {
        return Ok(Pass::of(Caller::Address(link.peer.ip())));
    }
    let Some((key, grant)) = known(keys, shown) else {
        let reject = if keys.is_empty() { nobody_comes_in() } else { Reject::unauthorized(SHOW_YOUR_KEY) };
        return Err(Refused { reject, key: None });
    };
    let admitted = if counts { grant.and_then(|_| keys.admit(key)) } else { grant };
    match admitted {
        Ok(grant) => Ok(Pass::granted(grant)),
        Err(refusal) => Err(Refused { reject: said(&refusal), key: keys.whose(key) }),
    }
}

/// What stands where clients of Chat Completions put their key.
fn brought(request: &Request) -> Option<Secret> {
    let key = bearer(request.headers().get(AUTHORIZATION)?.to_str().ok()?)?;
    (request.uri().path() == paths::CHAT && !key.is_empty()).then(|| Secret::new(key))
}

/// What the request shows, in the places where clients of the dialects put their keys.
fn credentials(request: &Request) -> Vec<Cow<'_, str>> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let bearer = header(AUTHORIZATION.as_str()).and_then(bearer);
    let plain = ["x-api-key", "x-goog-api-key"].into_iter().filter_map(header).map(str::trim);
    let uri = request.uri();
    // Only where its clients do it: elsewhere nobody expects a secret in an address.
    let asks_so = paths::dialect(uri.path(), request.headers()) == Dialect::Gemini;
    let in_query = if asks_so { paths::query(uri.query(), "key") } else { None };
    bearer.into_iter().chain(plain).map(Cow::Borrowed).chain(in_query).filter(|key| !key.is_empty()).collect()
}

/// Of the keys that are shown the first that opens, else one that would if its rules let it; `None` when
/// there is no key of this server among them.
fn known<'a>(keys: &Keys, shown: &'a [Cow<'_, str>]) -> Option<(&'a str, Result<Grant, KeyRefusal>)> {
    let known = shown.iter().map(|key| (key.as_ref(), keys.recognise(key)));
    known.filter(|(_, grant)| *grant != Err(KeyRefusal::Unknown)).min_by_key(|(_, grant)| grant.is_err())
}

fn nobody_comes_in() -> Reject {
    Reject::unauthorized(
        "This server can be reached from other machines and has no key yet, so it admits nobody. Make one \
         with `postern key add`.",
    )
}

/// `KEY` of `Bearer KEY`, which may be empty; a value without a scheme is a key as it is. `None` for other schemes, whose
/// credentials are no keys.
pub(crate) fn bearer(value: &str) -> Option<&str> {
    let value = value.trim();
    match value.split_once(|c: char| c.is_ascii_whitespace()) {
        Some((scheme, key)) => scheme.eq_ignore_ascii_case("bearer").then(|| key.trim()),
        None if value.eq_ignore_ascii_case("bearer") => Some(""),
        None => Some(value),
    }
}

fn said(refusal: &KeyRefusal) -> Reject {
    match refusal {
        KeyRefusal::Unknown => Reject::unauthorized(
            "Invalid or missing API key. Send a key of this server as `Authorization: Bearer KEY`, \
             `X-API-Key: KEY` or `X-Goog-Api-Key: KEY`.",
        ),
        KeyRefusal::Disabled => {
            Reject::unauthorized("This API key is switched off. Switch it on again, or use another one.")
        }
        KeyRefusal::Expired { .. } => {
            Reject::unauthorized("This API key has expired. Give it more time, or use another one.")
        }
        KeyRefusal::TooMany { per, limit, retry_after } => {
            let message = format!("This API key has reached its limit ({limit} per {per}). Try again later.");
            Reject::too_many(message).with(RETRY_AFTER, seconds(*retry_after))
        }
    }
}

/// Whole seconds, never too few.
pub(crate) fn seconds(wait: Duration) -> HeaderValue {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    HeaderValue::from(u64::try_from(seconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearers_key_is_read_the_same_way_everywhere() {
        for (value, key) in [
            ("Bearer K", Some("K")),
            ("bearer   K ", Some("K")),
            ("Bearer\tK", Some("K")),
            ("K", Some("K")),
            ("Bearer", Some("")),
            ("Basic SzpL", None),
            ("AWS4-HMAC-SHA256 Credential=x", None),
        ] {
            assert_eq!(bearer(value), key, "{value}");
        }
    }
}
