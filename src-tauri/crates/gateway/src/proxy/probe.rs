//! What scanners ask for: what is turned away at the door, and what is left out of the log.

use std::net::IpAddr;

use http::header::USER_AGENT;
use http::{HeaderMap, Method, StatusCode};
use regex::RegexSet;

use crate::reject::Reject;

/// Which requests are turned away before anything else is looked at. By default none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProbeRequest {
    /// Whole paths.
    pub path_blocklist: Vec<String>,
    /// Beginnings of paths.
    pub path_prefix_blocklist: Vec<String>,
    /// Parts of what a client calls itself.
    pub user_agent_substrings: Vec<String>,
    /// Methods besides which all are turned away; empty means that every method may come.
    pub allowed_methods: Vec<String>,
    /// Addresses of clients, as their connections have them.
    pub ip_blocklist: Vec<IpAddr>,
}

/// Which requests get no line in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProbeFilter {
    /// Regular expressions, looked for in `METHOD /path`.
    pub patterns: Vec<String>,
    /// Regular expressions, looked for in the client's address.
    pub ip_patterns: Vec<String>,
}

/// Both, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    request: ProbeRequest,
    any: bool,
    patterns: RegexSet,
    ip_patterns: RegexSet,
}

impl Probe {
    /// Patterns that are no regular expressions are left out with a warning; the settings refuse them.
    pub(crate) fn new(request: &ProbeRequest, filter: &ProbeFilter) -> Self {
        Self {
            any: *request != ProbeRequest::default(),
            request: request.clone(),
            patterns: set(&filter.patterns),
            ip_patterns: set(&filter.ip_patterns),
        }
    }

    /// Whether any request is turned away.
    pub(crate) fn turns_away(&self) -> bool {
        self.any
    }

    /// Turns the request away, if it is one of those.
    pub(crate) fn check(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        peer: IpAddr,
    ) -> Result<(), Reject> {
        let rules = &self.request;
        let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let rule = if rules.ip_blocklist.iter().any(|blocked| blocked.to_canonical() == peer.to_canonical()) {
            "ip_blocklist"
        } else if rules.path_blocklist.iter().any(|blocked| blocked == path) {
            "path_blocklist"
        } else if rules.path_prefix_blocklist.iter().any(|blocked| path.starts_with(blocked)) {
            "path_prefix_blocklist"
        } else if rules.user_agent_substrings.iter().any(|blocked| agent.contains(blocked)) {
            "user_agent_substrings"
        } else if !rules.allowed_methods.is_empty()
            && !rules.allowed_methods.iter().any(|m| m == method.as_str())
        {
            return Err(turned_away(StatusCode::METHOD_NOT_ALLOWED, "allowed_methods"));
        } else {
            return Ok(());
        };
        Err(turned_away(StatusCode::NOT_FOUND, rule))
    }

    /// Whether the request gets no line in the log.
    pub(crate) fn hides(&self, method: &Method, path: &str, peer: Option<IpAddr>) -> bool {
        let by_path = !self.patterns.is_empty() && self.patterns.is_match(&format!("{method} {path}"));
        let by_peer = |peer: IpAddr| self.ip_patterns.is_match(&peer.to_canonical().to_string());
        by_path || !self.ip_patterns.is_empty() && peer.is_some_and(by_peer)
    }
}

fn turned_away(status: StatusCode, rule: &str) -> Reject {
    let message = format!(
        "The owner of this server turns such requests away: `{rule}` in the `[proxy.probe_request]` section of \
         config.toml."
    );
    Reject::new(status, "blocked_by_owner", message)
}

fn set(patterns: &[String]) -> RegexSet {
    RegexSet::new(patterns).unwrap_or_else(|error| {
        tracing::warn!(%error, "requests are not left out of the log");
        RegexSet::default()
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use http::HeaderValue;

    use super::*;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

    fn checked(rules: ProbeRequest, method: Method, path: &str, agent: &'static str) -> bool {
        let headers = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(agent))]);
        Probe::new(&rules, &ProbeFilter::default()).check(&method, path, &headers, PEER).is_ok()
    }

    #[test]
    fn by_default_everybody_may_ask_for_everything() {
        for agent in ["Go-http-client/1.1", "CensysInspect", "python-requests"] {
            for path in ["/", "/favicon.ico", "/.well-known/x", "/web/", "/login"] {
                assert!(checked(
                    ProbeRequest::default(),
                    Method::from_bytes(b"PROPFIND").expect("one"),
                    path,
                    agent
                ));
            }
        }
    }

    #[test]
    fn what_the_owner_lists_is_turned_away() {
        let list = |text: &str| vec![text.to_owned()];
        let rules = ProbeRequest {
            path_blocklist: list("/favicon.ico"),
            path_prefix_blocklist: list("/.well-known/"),
            user_agent_substrings: list("Censys"),
            allowed_methods: vec!["GET".to_owned(), "POST".to_owned()],
            ip_blocklist: vec![],
        };
        let ok = |method, path, agent| checked(rules.clone(), method, path, agent);
        assert!(ok(Method::GET, "/v1/models", "curl"));
        assert!(!ok(Method::GET, "/favicon.ico", "curl") && ok(Method::GET, "/favicon.ico2", "curl"));
        assert!(!ok(Method::GET, "/.well-known/x", "curl") && !ok(Method::GET, "/", "a CensysInspect/1"));
        assert!(!ok(Method::PUT, "/v1/models", "curl"));
        let rules = ProbeRequest { ip_blocklist: vec!["::ffff:192.0.2.7".parse().expect("one")], ..rules };
        assert!(!checked(rules, Method::GET, "/v1/models", "curl"));
    }

    #[test]
    fn lines_are_hidden_by_what_they_say() {
        let filter = ProbeFilter {
            patterns: vec!["^GET /health$".to_owned()],
            ip_patterns: vec![r"^10\.".to_owned()],
        };
        let probe = Probe::new(&ProbeRequest::default(), &filter);
        assert!(
            probe.hides(&Method::GET, "/health", None) && !probe.hides(&Method::POST, "/health", Some(PEER))
        );
        assert!(probe.hides(&Method::POST, "/", Some("10.1.1.1".parse().expect("one"))));
        assert!(!Probe::default().hides(&Method::GET, "/health", Some(PEER)));
    }
}
