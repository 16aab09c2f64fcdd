//! Which web pages may use the server, and how their browsers are told.
//!
//! While a key is needed, the key is the protection and every page may ask under `/v1` and `/v1beta`. While none is,
//! only pages of this machine and of apps on it may, and what any other page sends is refused, also the
//! simple requests for which its browser would not have asked.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::hosts::{Hosts, host_of, is_loopback};
use crate::reject::Reject;
use crate::rules::Rules;

/// Schemes under which the windows of desktop and phone apps and of editors run.
const APP_SCHEMES: [&str; 6] = ["tauri", "app", "capacitor", "ionic", "vscode-webview", "vscode-file"];

const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, OPTIONS");
const USUAL_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, x-api-key, x-goog-api-key, x-goog-api-client, anthropic-version, anthropic-beta, \
     anthropic-dangerous-direct-browser-access, openai-organization, openai-project, openai-beta",
);
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-request-id, request-id, x-postern-upstream, x-postern-ignored, x-postern-warnings, x-postern-tools, \
     x-postern-estimated, retry-after",
);
/// Seconds for which a browser remembers what it was told.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The web origins that may use the server while it asks for no key.
pub(crate) struct Origins {
    named: Vec<String>,
}

impl Origins {
    pub(crate) fn new(named: &[String]) -> Self {
        Self { named: named.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()).collect() }
    }

    /// Whether pages of `origin` count as this machine's own.
    pub(crate) fn trusts(&self, origin: &HeaderValue, hosts: &Hosts) -> bool {
        let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        match scheme {
            "http" | "https" => {
                host_of(authority).is_some_and(|host| is_loopback(&host))
                    || hosts.knows(authority, None)
                    || self.named.contains(&origin)
            }
            _ => APP_SCHEMES.contains(&scheme) || self.named.contains(&origin),
        }
    }
}

/// The page that may read the response, if a page asks. While no key protects the server, foreign pages are refused;
/// then those may read whose requests `need_keys`.
pub(crate) fn reader(
    headers: &HeaderMap,
    rules: &Rules,
    keyless: bool,
    need_keys: bool,
) -> Result<Option<HeaderValue>, Reject> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(None) };
    if rules.origins().trusts(origin, rules.hosts()) {
        Ok(Some(origin.clone()))
    } else if keyless {
        Err(foreign(origin))
    } else {
        Ok(need_keys.then(|| origin.clone()))
    }
}

fn foreign(origin: &HeaderValue) -> Reject {
    let shown: String = String::from_utf8_lossy(origin.as_bytes()).chars().take(100).collect();
    let message = format!(
        "Pages of `{shown}` may not use the server while it asks for no key. Make a key with `postern key \
         add`, or add the origin to `allowed_origins` in the `[server]` section of config.toml."
    );
    Reject::new(StatusCode::FORBIDDEN, "origin_not_allowed", message)
}

/// Whether a browser asks what a page may do.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// What a browser is told that may go on; [`grant`] comes on top.
pub(crate) fn preflight(asked: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let wanted = asked.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned().unwrap_or(USUAL_HEADERS);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    headers
}

/// Lets pages of `origin` read the response. Never with credentials: a key is sent by the page itself.
pub(crate) fn grant(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// The same with every header of the response, which is another server's.
pub(crate) fn grant_all(headers: &mut HeaderMap, origin: HeaderValue) {
    grant(headers, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(origin: &'static str) -> bool {
        let origins = Origins::new(&["https://Chat.example:8443/".to_owned()]);
        origins.trusts(&HeaderValue::from_static(origin), &Hosts::new(&["gate.example".to_owned()]))
    }

    #[test]
    fn pages_of_this_machine_and_its_apps_are_trusted() {
        let own = [
            "http://localhost:3210",
            "http://127.0.0.1",
            "https://[::1]:8080",
            "http://tauri.localhost",
            "tauri://localhost",
            "app://obsidian.md",
            "capacitor://localhost",
            "vscode-webview://1a2b",
            "http://gate.example:2048",
            "https://chat.example:8443",
        ];
        for origin in own {
            assert!(trusted(origin), "{origin}");
        }
    }

    #[test]
    fn every_other_page_is_not() {
        let foreign = [
            "null",
            "",
            "https://evil.example",
            "https://chat.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://user@localhost",
            "file://",
            "https://app",
        ];
        for origin in foreign {
            assert!(!trusted(origin), "{origin}");
        }
    }
}
