//! Web pages and what other servers answer. In a browser every answer that comes through here stands in the origin of this
//! server, in which the console stands too: none may become a page or a script there.

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::reject::Reject;

/// What a browser says the answer is to become (Fetch Metadata, <https://www.w3.org/TR/fetch-metadata/>).
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");
/// How the page that asks is related to this server.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How it asks.
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
/// Stands on requests for scripts that stay over a whole origin, also where the others are not sent.
const SERVICE_WORKER: HeaderName = HeaderName::from_static("service-worker");

/// What is shown as a page, runs as a script, or decides how one looks.
const PAGES: [&str; 16] = [
    "document",
    "iframe",
    "frame",
    "fencedframe",
    "embed",
    "object",
    "script",
    "json",
    "style",
    "xslt",
    "manifest",
    "worker",
    "sharedworker",
    "serviceworker",
    "audioworklet",
    "paintworklet",
];

/// Lets no answer become a page or a script, and no page of another site ask unseen, as its pictures and forms do.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Reject> {
    // Programs say none of this.
    if !headers.keys().any(|name| name.as_str().starts_with("se")) {
        return Ok(());
    }
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let destination = said(DESTINATION);
    let becomes_page = PAGES.iter().any(|page| destination.eq_ignore_ascii_case(page))
        || said(MODE).eq_ignore_ascii_case("navigate")
        || headers.contains_key(SERVICE_WORKER);
    let unseen = said(SITE).eq_ignore_ascii_case("cross-site") && !headers.contains_key(ORIGIN);
    if !becomes_page && !unseen {
        return Ok(());
    }
    let message = "A browser gets no page, frame or script of another server here, and nothing without saying for which \
                   page it asks. Open that server itself, or ask with `fetch`.";
    Err(Reject::new(StatusCode::FORBIDDEN, "page_not_allowed", message))
}

/// Takes from a page its scripts and its origin, for browsers that say nothing of what they want it for.
pub(super) fn confine(headers: &mut HeaderMap) {
    if headers.get_all(CONTENT_TYPE).iter().any(is_page) {
        headers.append(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    }
}

/// Whether browsers show it as a page, in which scripts run.
fn is_page(kind: &HeaderValue) -> bool {
    let kind = kind.as_bytes();
    let is = |kind: &[u8], page: &str| kind.eq_ignore_ascii_case(page.as_bytes());
    // Several in one line are one that was said several times.
    kind.split(|byte| matches!(byte, b';' | b',')).map(<[u8]>::trim_ascii).any(|kind| {
        ["text/html", "text/xml", "application/xml"].iter().any(|page| is(kind, page))
            || kind.split_last_chunk::<4>().is_some_and(|(_, end)| is(end, "+xml"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(lines: &[(&'static str, &'static str)]) -> bool {
        let line = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        check(&lines.iter().map(line).collect()).is_ok()
    }

    #[test]
    fn nothing_becomes_a_page_or_a_script() {
        for page in PAGES {
            assert!(!checked(&[("sec-fetch-dest", page), ("sec-fetch-site", "same-origin")]), "{page}");
        }
        assert!(!checked(&[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "none")]));
        assert!(!checked(&[("service-worker", "script")]));
        assert!(checked(&[]) && checked(&[("sec-fetch-dest", "empty"), ("sec-fetch-mode", "cors")]));
        assert!(checked(&[("sec-fetch-dest", "audio"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn pages_of_other_sites_say_who_they_are() {
        let picture = ("sec-fetch-dest", "image");
        assert!(!checked(&[picture, ("sec-fetch-site", "cross-site")]));
        assert!(checked(&[picture, ("sec-fetch-site", "cross-site"), ("origin", "https://a.example")]));
    }

    #[test]
    fn only_pages_are_confined() {
        for (kind, confined) in [
            ("text/html; charset=utf-8", true),
            ("Text/HTML", true),
            ("application/xhtml+xml", true),
            ("image/svg+xml", true),
            ("text/xml", true),
            ("application/xml", true),
            ("application/json", false),
            ("text/event-stream", false),
            ("text/plain", false),
            ("image/png", false),
        ] {
            let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            confine(&mut headers);
            assert_eq!(headers.contains_key(CONTENT_SECURITY_POLICY), confined, "{kind}");
        }
        let mut none = HeaderMap::new();
        confine(&mut none);
        assert!(none.is_empty());
    }
}
