//! Where a path leads: `/{host[:port]}/{rest}`, `/https://host/…` and `/http://host:port/…`.
//!
//! What follows the host is taken as it stands, byte by byte: escapes, doubled slashes and the query belong to the
//! server that is meant.

use http::uri::Scheme;

/// First segments that are this server's own, also where somebody has a machine of that name.
const OWN: [&str; 12] = [
    "v1", "v1beta", "v1beta2", "v1alpha", "api", "assets", "console", "health", "images", "metrics",
    "models", "ws",
];

/// A server that a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// What the path says before the host, if anything.
    pub(crate) scheme: Option<Scheme>,
    /// A name or address as it is written, IPv6 in brackets.
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    /// Path and query there, as they came: empty, or beginning with `/` or `?`.
    pub(crate) rest: &'a str,
}

/// What a path is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading<'a> {
    /// One of this server's own, or nothing.
    Own,
    /// It means another server.
    Elsewhere(Target<'a>),
    /// It is meant to name another server and does not.
    Malformed,
}

/// Reads path and query of a request. `known` tells of a name without a dot whether the owner allowed it: such a name
/// means a server only then.
pub(crate) fn read(path_and_query: &str, known: impl Fn(&str) -> bool) -> Reading<'_> {
    let path = path_and_query.trim_start_matches('/');
    if let Some((scheme, after)) = with_scheme(path) {
        let (authority, rest) = split(after);
        return match host_and_port(authority) {
            Some((host, port)) => Reading::Elsewhere(Target { scheme: Some(scheme), host, port, rest }),
            None => Reading::Malformed,
        };
    }
    let (authority, rest) = split(path);
    let Some((host, port)) = host_and_port(authority) else { return Reading::Own };
    // A file at the top, such as /favicon.ico, looks like a host and is followed by nothing.
    let named = if OWN.contains(&host) {
        false
    } else if is_domain(host) || is_address(host) || port.is_some() {
        rest.starts_with('/') || known(authority)
    } else {
        known(authority)
    };
    if named { Reading::Elsewhere(Target { scheme: None, host, port, rest }) } else { Reading::Own }
}

/// The scheme at the beginning and what follows its slashes, of which clients may have left out some.
fn with_scheme(path: &str) -> Option<(Scheme, &str)> {
    let (word, after) = path.split_once(':')?;
    let scheme = match word {
        word if word.eq_ignore_ascii_case("https") => Scheme::HTTPS,
        word if word.eq_ignore_ascii_case("http") => Scheme::HTTP,
        _ => return None,
    };
    after.starts_with('/').then(|| (scheme, after.trim_start_matches('/')))
}

fn split(path: &str) -> (&str, &str) {
    path.split_at(path.find(['/', '?']).unwrap_or(path.len()))
}

/// Host and port, if this is how they are written.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an address in brackets are its own.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|&n| n > 0)?)
        }
        Some(_) => return None,
        None => None,
    };
    (is_name(host) || is_address(host)).then_some((host, port))
}

fn is_name(host: &str) -> bool {
    let good = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.bytes().all(good);
    host.len() <= 253 && host.split('.').all(label)
}

/// Whether it is a name with a top-level domain, rather than a number or a version.
fn is_domain(host: &str) -> bool {
    let Some((rest, top)) = host.rsplit_once('.') else { return false };
    let letters = top.len() >= 2 && top.bytes().all(|c| c.is_ascii_alphabetic());
    !rest.is_empty() && (letters || top.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")))
}

fn is_address(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(six) => six.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.parse::<std::net::Ipv4Addr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str) -> bool {
        matches!(name, "ollama" | "api" | "intranet.example")
    }

    fn elsewhere(path: &str) -> (Option<Scheme>, &str, Option<u16>, &str) {
        match read(path, known) {
            Reading::Elsewhere(Target { scheme, host, port, rest }) => (scheme, host, port, rest),
            other => (None, if other == Reading::Own { "own" } else { "malformed" }, None, ""),
        }
    }

    #[test]
    fn the_first_segment_is_the_host() {
        let chat = "/v1/chat/completions";
        for (path, host, port) in [
            ("/api.openai.com/v1/chat/completions", "api.openai.com", None),
            ("//api.openai.com/v1/chat/completions", "api.openai.com", None),
            ("/API.OpenAI.com:8443/v1/chat/completions", "API.OpenAI.com", Some(8443)),
            ("/127.0.0.1:11434/v1/chat/completions", "127.0.0.1", Some(11434)),
            ("/127.0.0.1/v1/chat/completions", "127.0.0.1", None),
            ("/[::1]:11434/v1/chat/completions", "[::1]", Some(11434)),
            ("/localhost:11434/v1/chat/completions", "localhost", Some(11434)),
            ("/ollama/v1/chat/completions", "ollama", None),
            ("/xn--bcher-kva.xn--p1ai/v1/chat/completions", "xn--bcher-kva.xn--p1ai", None),
        ] {
            assert_eq!(elsewhere(path), (None, host, port, chat), "{path}");
        }
    }

    #[test]
    fn a_scheme_may_stand_before_the_host_with_all_its_slashes_or_less() {
        for path in
            ["/https://api.x.ai/v1/models", "/https:/api.x.ai/v1/models", "/HTTPS:///api.x.ai/v1/models"]
        {
            assert_eq!(elsewhere(path), (Some(Scheme::HTTPS), "api.x.ai", None, "/v1/models"), "{path}");
        }
        assert_eq!(elsewhere("/http:/box:1234/v1?a=b"), (Some(Scheme::HTTP), "box", Some(1234), "/v1?a=b"));
        assert_eq!(elsewhere("/https://api.x.ai"), (Some(Scheme::HTTPS), "api.x.ai", None, ""));
        for path in [
            "/https://user@api.x.ai/v1",
            "/http://",
            "/https:///",
            "/https://a..b/",
            "/http://h:0/",
            "/http://h:70000/",
        ] {
            assert_eq!(elsewhere(path).1, "malformed", "{path}");
        }
    }

    #[test]
    fn the_rest_is_as_it_came() {
        for rest in
            ["/models/org%2Fname", "//v1///x/", "/a/../b/./", "/?key=a%2Bb+c&&x=%zz", "/%00%ff/~!$&'()*,;=:@"]
        {
            assert_eq!(elsewhere(&format!("/api.openai.com{rest}")).3, rest);
        }
        assert_eq!(elsewhere("/api.openai.com/").3, "/");
    }

    #[test]
    fn paths_of_this_server_and_files_mean_no_host() {
        for path in [
            "/",
            "//",
            "/v1/chat/completions",
            "/v1beta/models/x.y:generateContent",
            "/api/keys",
            "/api",
            "/health",
            "/console/",
            "/metrics",
            "/favicon.ico",
            "/robots.txt?x=1",
            "/ollama2/v1",
            "/.well-known/x",
            "/a..b/c",
            "/v1.2/x",
            "/user@host.example/x",
            "/host.example:x/y",
            "/host.example:/y",
            "/a b.example/x",
            "/api:80/x",
        ] {
            assert_eq!(elsewhere(path).1, "own", "{path}");
        }
        assert_eq!(
            elsewhere("/intranet.example?x").1,
            "intranet.example",
            "a name that was allowed needs no path"
        );
    }
}
