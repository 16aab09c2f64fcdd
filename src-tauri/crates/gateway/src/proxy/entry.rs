//! Who may use the way out. A key of this server may stand in a place of its own, or in that of the other server's
//! credential; it never leaves this house either way.

use std::borrow::Cow;

use http::{HeaderMap, Method, StatusCode};
use postern_store::{KeyId, Keys};

use super::credentials::{Papers, Place};
use super::headers::POSTERN_KEY;
use crate::auth::{self, Refused};
use crate::reject::Reject;
use crate::serve::Link;

/// Somebody who may come through.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Option<KeyId>,
    /// Their key stood where the other server's credential belongs.
    pub(super) stood_in: bool,
    /// What is asked with it may be recorded.
    pub(super) may_be_recorded: bool,
}

/// Looks at the keys that a request shows, and takes those of this server out of it.
pub(super) fn admit(
    keys: &Keys,
    papers: &mut Papers<'_>,
    method: &Method,
    link: &Link,
) -> Result<Entry, Refused> {
    if papers.are_ambiguous() {
        let message = "The request has a credential twice in the same header. Send one.";
        let reject = Reject::new(StatusCode::BAD_REQUEST, "credential_twice", message);
        return Err(Refused { reject, key: None });
    }
    let mut shown = Vec::new();
    let mut stood_in = false;
    let open = keys.is_empty();
    shown.extend(own_header(&papers.headers).filter(|_| !open).map(Cow::Owned));
    for (place, secret) in brought(papers) {
        // Also one that opens nothing any more is nobody else's business.
        if keys.knows(&secret) {
            papers.clear(place);
            stood_in = true;
            if !open {
                shown.push(Cow::Owned(secret));
            }
        }
    }
    let counts = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let pass = auth::admit_shown(keys, &shown, counts, link)?;
    if pass.is_for_models() {
        let message = "This key is for certain models, and what is asked of other servers is not read here. Use a key \
                       without that limit.";
        return Err(Refused {
            key: pass.key(),
            reject: Reject::new(StatusCode::FORBIDDEN, "key_not_allowed", message),
        });
    }
    Ok(Entry { key: pass.key(), stood_in, may_be_recorded: pass.may_be_recorded() })
}

/// Everything that stands where a credential can.
fn brought(papers: &Papers<'_>) -> Vec<(Place, String)> {
    let headers = papers.filled().filter(|&place| place != Place::Query);
    let headers = headers.filter_map(|place| Some((place, papers.read(place)?)));
    headers.chain(papers.keys_of_query().map(|secret| (Place::Query, secret))).collect()
}

fn own_header(headers: &HeaderMap) -> Option<String> {
    let key = auth::bearer(headers.get(POSTERN_KEY)?.to_str().ok()?)?;
    (!key.is_empty()).then(|| key.to_owned())
}
