//! Who may use the way out. A key of this server may stand in a place of its own, or in that of the other server's
//! credential; it never leaves this house either way.

use std::borrow::Cow;

use http::{HeaderMap, Method};
use postern_store::{KeyId, Keys};

use super::credentials::{PLACES, Papers};
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
}

/// Looks at the keys that a request shows, and takes those of this server out of it.
pub(super) fn admit(
    keys: &Keys,
    papers: &mut Papers<'_>,
    method: &Method,
    link: &Link,
) -> Result<Entry, Refused> {
    let mut shown = Vec::new();
    let mut stood_in = false;
    if !keys.is_empty() {
        shown.extend(own_header(&papers.headers).map(Cow::Owned));
        for place in PLACES {
            let Some(secret) = papers.read(place) else { continue };
            // Also one that no longer opens is nobody else's business.
            if keys.whose(&secret).is_some() {
                papers.clear(place);
                stood_in = true;
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
            reject: Reject::new(http::StatusCode::FORBIDDEN, "key_not_allowed", message),
        });
    }
    Ok(Entry { key: pass.key(), stood_in })
}

fn own_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(POSTERN_KEY)?.to_str().ok()?.trim();
    let key = match value.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
        _ => value,
    };
    (!key.is_empty()).then(|| key.to_owned())
}
