//! Which headers are passed on. All of them are, in their order, but those that are about one connection, about the
//! machines on the way, or about this server.

use http::header::{CONNECTION, LOCATION, TE, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};
use postern_net::{is_of_the_hop, is_of_the_host};

/// How a client says which key of this server it has, where another credential is for the server it asks for.
pub(crate) const POSTERN_KEY: HeaderName = HeaderName::from_static("x-postern-key");

/// What the other server gets of the client's headers. `upgrade` tells that the connection becomes another one, for
/// which both have to agree.
pub(crate) fn outgoing(headers: HeaderMap, upgrade: bool) -> HeaderMap {
    let trailers = wants_trailers(&headers);
    let upgrade = upgrade.then(|| headers.get(UPGRADE).cloned()).flatten();
    let mut out = kept(headers, |name| upgrade.is_some() && is_handshake(name) || !stays_here(name));
    if trailers {
        out.insert(TE, HeaderValue::from_static("trailers"));
    }
    if let Some(protocol) = upgrade {
        out.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        out.insert(UPGRADE, protocol);
    }
    out
}

/// What the client gets of the other server's headers.
pub(crate) fn incoming(headers: HeaderMap, upgraded: bool) -> HeaderMap {
    let protocol = upgraded.then(|| headers.get(UPGRADE).cloned()).flatten();
    // As a rule there is nothing to leave out.
    let mut headers =
        if headers.keys().any(stays_there) { kept(headers, |name| !stays_there(name)) } else { headers };
    if let Some(protocol) = protocol {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, protocol);
    }
    headers
}

/// Makes a redirect to another path of the other server lead there, and not into this one. `named` is how the client named
/// it, as in `/api.openai.com`. Those to whole addresses are the client's to follow.
pub(crate) fn lead_back(headers: &mut HeaderMap, named: impl FnOnce() -> String) {
    let Some(to) = headers.get(LOCATION).map(HeaderValue::as_bytes) else { return };
    if to.starts_with(b"/")
        && !to.starts_with(b"//")
        && let Ok(there) = HeaderValue::from_bytes(&[named().as_bytes(), to].concat())
    {
        headers.insert(LOCATION, there);
    }
}

/// The headers that may go on, without those that their sender says are about the connection.
fn kept(headers: HeaderMap, goes_on: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    let named = named_by_connection(&headers);
    let mut out = HeaderMap::with_capacity(headers.len());
    let mut last = None;
    for (name, value) in headers {
        // The name of several values stands with the first.
        if let Some(name) = name {
            let passes = goes_on(&name) && !named.contains(&name);
            last = passes.then_some(name);
        }
        if let Some(name) = &last {
            out.append(name.clone(), value);
        }
    }
    out
}

/// Names in `Connection` that are headers; those that every connection has need no look.
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let tokens = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let tokens = tokens.flat_map(|list| list.split(',')).map(str::trim);
    let usual = |token: &str| {
        ["keep-alive", "close", "upgrade", "te"].iter().any(|word| token.eq_ignore_ascii_case(word))
    };
    tokens.filter(|token| !usual(token)).filter_map(|token| token.parse().ok()).collect()
}

fn wants_trailers(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all(TE).iter().filter_map(|value| value.to_str().ok());
    wishes.flat_map(|list| list.split(',')).any(|wish| wish.trim().eq_ignore_ascii_case("trailers"))
}

/// What both ends of a connection that becomes another one have to agree on.
fn is_handshake(name: &HeaderName) -> bool {
    name.as_str().starts_with("sec-websocket-")
}

/// Headers of a request that its target must not see.
fn stays_here(name: &HeaderName) -> bool {
    let name = name.as_str();
    let route = matches!(name, "host" | "forwarded" | "x-real-ip" | "via" | "expect" | "http2-settings");
    let page = matches!(name, "cookie" | "cookie2" | "origin" | "referer");
    let begins = |with: &str| name.starts_with(with);
    is_of_the_hop(name)
        || route
        || page
        || begins("x-forwarded-")
        || begins("sec-")
        || begins("x-postern-")
        || begins("access-control-request-")
}

/// Headers of a response that are about the host they come from, as which a browser would know this one.
fn stays_there(name: &HeaderName) -> bool {
    let name = name.as_str();
    is_of_the_hop(name) || is_of_the_host(name) || name.starts_with("x-postern-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let line = |&(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines.iter().map(line) {
            headers.append(name, value);
        }
        headers
    }

    fn lines(headers: &HeaderMap) -> Vec<(&str, &str)> {
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default())).collect()
    }

    #[test]
    fn what_a_client_says_to_the_provider_is_passed_on_in_its_order() {
        let said = [
            ("accept", "*/*"),
            ("accept-encoding", "gzip, br"),
            ("user-agent", "Anthropic/Python 1.0"),
            ("anthropic-version", "2023-06-01"),
            ("anthropic-beta", "one"),
            ("anthropic-beta", "two"),
            ("openai-organization", "org"),
            ("x-stainless-os", "Linux"),
            ("http-referer", "https://app.example"),
            ("x-title", "App"),
            ("idempotency-key", "1"),
            ("content-length", "3"),
            ("content-encoding", "gzip"),
            ("trailer", "x-sum"),
        ];
        assert_eq!(lines(&outgoing(map(&said), false)), said);
    }

    #[test]
    fn what_is_about_connection_way_or_page_is_not() {
        let said = map(&[
            ("host", "localhost"),
            ("connection", "keep-alive, X-Mine, te"),
            ("x-mine", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-authorization", "Basic x"),
            ("proxy-connection", "keep-alive"),
            ("te", "gzip, Trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "websocket"),
            ("expect", "100-continue"),
            ("cookie", "a=b"),
            ("origin", "http://localhost"),
            ("referer", "http://localhost/"),
            ("sec-fetch-mode", "cors"),
            ("sec-websocket-key", "x"),
            ("forwarded", "for=1"),
            ("x-forwarded-for", "1"),
            ("x-real-ip", "1"),
            ("via", "1.1 x"),
            ("x-postern-key", "sk"),
            ("accept", "*/*"),
        ]);
        assert_eq!(lines(&outgoing(said, false)), [("accept", "*/*"), ("te", "trailers")]);
    }

    #[test]
    fn both_ends_of_a_websocket_agree_on_it() {
        let said = [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-key", "x"),
            ("sec-ch-ua", "y"),
        ];
        let expected = [("sec-websocket-key", "x"), ("connection", "upgrade"), ("upgrade", "websocket")];
        assert_eq!(lines(&outgoing(map(&said), true)), expected);
        let answered = [("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-accept", "z")];
        let expected = [("sec-websocket-accept", "z"), ("connection", "upgrade"), ("upgrade", "websocket")];
        assert_eq!(lines(&incoming(map(&answered), true)), expected);
    }

    #[test]
    fn a_redirect_to_a_path_stays_with_its_server() {
        for (to, expected) in [
            ("/v1/x?a=b", "/https://api.example/v1/x?a=b"),
            ("//other.example/x", "//other.example/x"),
            ("https://other.example/x", "https://other.example/x"),
            ("x/y", "x/y"),
        ] {
            let mut headers = map(&[("location", to)]);
            lead_back(&mut headers, || "/https://api.example".to_owned());
            assert_eq!(lines(&headers), [("location", expected)]);
        }
    }

    #[test]
    fn the_client_hears_all_but_what_is_about_the_host() {
        let told = [
            ("content-type", "audio/mpeg"),
            ("x-ratelimit-remaining", "1"),
            ("retry-after", "2"),
            ("x-request-id", "r"),
            ("server", "up"),
            ("content-encoding", "gzip"),
            ("content-length", "9"),
        ];
        assert_eq!(lines(&incoming(map(&told), false)), told);
        let hosts = [
            ("set-cookie", "a"),
            ("alt-svc", "h3"),
            ("strict-transport-security", "x"),
            ("clear-site-data", "*"),
            ("service-worker-allowed", "/"),
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("access-control-allow-origin", "*"),
            ("x-postern-error", "e"),
            ("date", "now"),
        ];
        assert_eq!(lines(&incoming(map(&hosts), false)), [("date", "now")]);
    }
}
