//! Which servers may be reached through this one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::Ipv6Addr;
use std::sync::Arc;

use http::uri::{Authority, Scheme};

use super::target::Target;

/// How a server wants its credential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AuthType {
    /// As its host and the path asked for suggest.
    #[default]
    Auto,
    /// `Authorization: Bearer`.
    OpenAi,
    /// `x-api-key`.
    Anthropic,
    /// `x-goog-api-key`.
    Google,
    /// `api-key`.
    Azure,
    /// As the client sends it.
    Off,
}

/// A server, or several, that may be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedDomain {
    /// `host`, `host:port`, or `*.domain` for everything below a domain.
    pub domain: String,
    /// How it wants its credential.
    pub auth: AuthType,
    /// Whether it is asked over TLS.
    pub https: bool,
    /// The stored upstream whose key goes to it where a client brings none of its own, if that upstream is there. Without
    /// a name no stored key does.
    pub key: Option<String>,
    /// Whether what is said there may be recorded.
    pub record: bool,
}

/// An entry and the port that it is about, if it names one.
type AtPort = (Option<u16>, Arc<Site>);

/// The list as it is asked.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    /// By hosts; those with a port are about that one alone.
    exact: HashMap<String, Vec<AtPort>>,
    /// What stands behind the star, beginning with its dot.
    below: Vec<(String, Arc<Site>)>,
}

/// One entry of the list.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) entry: AllowedDomain,
    /// Where requests go, unless the name was found by a star.
    authority: Option<Authority>,
}

/// Where a request goes.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) site: Arc<Site>,
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
}

impl Way {
    /// The host's name or address, in small letters.
    pub(crate) fn host(&self) -> Cow<'_, str> {
        lowercase(self.authority.host())
    }

    /// To whom a stored key is bound, as [`super::StoredKeys`] wants it: another port is somebody else, and what goes there
    /// in clear is another matter too.
    pub(crate) fn place(&self) -> String {
        let host = self.host();
        let six = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')?.parse::<Ipv6Addr>().ok());
        let host = six.map_or(host, |address| Cow::Owned(format!("[{address}]")));
        let port = self.authority.port_u16().filter(|&port| Some(port) != usual_port(&self.scheme));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = if self.scheme == Scheme::HTTPS { "" } else { "http://" };
        format!("{scheme}{host}{port}")
    }
}

/// Why a request goes nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoWay {
    /// Nobody allowed the domain.
    Unknown,
    /// It is allowed over TLS only.
    Plain,
    /// What was written is no host.
    Malformed,
}

impl Allowed {
    pub(crate) fn new(entries: &[AllowedDomain]) -> Self {
        let mut allowed = Self::default();
        for entry in entries {
            let domain = entry.domain.to_ascii_lowercase();
            if let Some(below) = domain.strip_prefix('*') {
                let site = Arc::new(Site { entry: entry.clone(), authority: None });
                allowed.below.push((below.to_owned(), site));
            } else {
                let site = Arc::new(Site { entry: entry.clone(), authority: domain.parse().ok() });
                let (host, port) = split_port(&domain);
                let there = allowed.exact.entry(host.to_owned()).or_default();
                there.retain(|(known, _)| *known != port);
                there.push((port, site));
            }
        }
        // The closest domain decides.
        allowed.below.sort_by_key(|(below, _)| std::cmp::Reverse(below.len()));
        allowed
    }

    /// Whether the list has this name or address, as `host` or `host:port`.
    pub(crate) fn knows(&self, domain: &str) -> bool {
        let (host, port) = split_port(domain);
        self.find(host, port, None).is_some()
    }

    /// The way to what a path names.
    pub(crate) fn way(&self, target: &Target<'_>) -> Result<Way, NoWay> {
        let Target { host, port, ref scheme, .. } = *target;
        let site = self.find(host, port, scheme.as_ref()).ok_or(NoWay::Unknown)?;
        let given = scheme.clone().unwrap_or(if site.entry.https { Scheme::HTTPS } else { Scheme::HTTP });
        if site.entry.https && given == Scheme::HTTP {
            return Err(NoWay::Plain);
        }
        let authority = match (&site.authority, port) {
            (Some(authority), None) => Some(authority.clone()),
            (Some(authority), Some(port)) if authority.port_u16() == Some(port) => Some(authority.clone()),
            (_, Some(port)) if Some(port) != usual_port(&given) => format!("{host}:{port}").parse().ok(),
            _ => host.parse().ok(),
        };
        let authority = authority.ok_or(NoWay::Malformed)?;
        Ok(Way { site: Arc::clone(site), scheme: given, authority })
    }

    /// An entry without a port is about the usual one of its scheme.
    fn find(&self, host: &str, port: Option<u16>, scheme: Option<&Scheme>) -> Option<&Arc<Site>> {
        let lower = lowercase(host);
        let at = |port: Option<u16>| {
            let mut there = self.exact.get(&*lower)?.iter();
            there.find(|(known, _)| *known == port).map(|(_, site)| site)
        };
        if let Some(site) = port.and_then(|port| at(Some(port))) {
            return Some(site);
        }
        let usual = |site: &&Arc<Site>| {
            let https = scheme.map_or(site.entry.https, |scheme| *scheme == Scheme::HTTPS);
            port.is_none_or(|port| port == if https { 443 } else { 80 })
        };
        if let Some(site) = at(None).filter(usual) {
            return Some(site);
        }
        let below = |(below, _): &&(String, Arc<Site>)| lower.len() > below.len() && lower.ends_with(below);
        self.below.iter().find(below).map(|(_, site)| site).filter(usual)
    }
}

/// In small letters, as names are nearly always written.
fn lowercase(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Host and port of what is written as `host` or `host:port`.
fn split_port(domain: &str) -> (&str, Option<u16>) {
    match domain.rsplit_once(':') {
        // The colons of an address in brackets are its own.
        Some((host, port)) if !port.ends_with(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (domain, None),
        },
        _ => (domain, None),
    }
}

fn usual_port(scheme: &Scheme) -> Option<u16> {
    Some(if *scheme == Scheme::HTTPS { 443 } else { 80 })
}

#[cfg(test)]
mod tests {
    use super::super::target::{self, Reading};
    use super::*;

    fn entry(domain: &str, https: bool) -> AllowedDomain {
        AllowedDomain { domain: domain.to_owned(), auth: AuthType::Auto, https, key: None, record: true }
    }

    fn allowed() -> Allowed {
        Allowed::new(&[
            entry("api.OpenAI.com", true),
            entry("*.openai.azure.com", true),
            entry("*.eu.openai.azure.com", true),
            entry("127.0.0.1:11434", false),
            entry("nas", false),
            entry("box.example:8443", true),
        ])
    }

    fn way(path: &str) -> Result<String, NoWay> {
        let allowed = allowed();
        match target::read(path, |name| allowed.knows(name)) {
            Reading::Elsewhere(target) => allowed
                .way(&target)
                .map(|way| format!("{}://{} by {}", way.scheme, way.authority, way.site.entry.domain)),
            _ => Ok("own".to_owned()),
        }
    }

    #[test]
    fn what_is_on_the_list_is_reached_by_its_scheme_and_port() {
        for (path, expected) in [
            ("/api.openai.com/v1", "https://api.openai.com by api.OpenAI.com"),
            ("/API.OPENAI.COM/v1", "https://api.openai.com by api.OpenAI.com"),
            ("/api.openai.com:443/v1", "https://api.openai.com by api.OpenAI.com"),
            ("/https://api.openai.com/v1", "https://api.openai.com by api.OpenAI.com"),
            ("/mine.openai.azure.com/v1", "https://mine.openai.azure.com by *.openai.azure.com"),
            ("/a.b.eu.openai.azure.com/v1", "https://a.b.eu.openai.azure.com by *.eu.openai.azure.com"),
            ("/127.0.0.1:11434/v1", "http://127.0.0.1:11434 by 127.0.0.1:11434"),
            ("/http:/127.0.0.1:11434/v1", "http://127.0.0.1:11434 by 127.0.0.1:11434"),
            ("/nas/v1", "http://nas by nas"),
            ("/nas:80/v1", "http://nas by nas"),
            ("/https://nas/v1", "https://nas by nas"),
            ("/box.example:8443/v1", "https://box.example:8443 by box.example:8443"),
        ] {
            assert_eq!(way(path), Ok(expected.to_owned()), "{path}");
        }
    }

    #[test]
    fn a_stored_key_is_bound_to_host_port_and_scheme() {
        let allowed = Allowed::new(&[
            entry("*.openai.azure.com", true),
            entry("relay.example", true),
            entry("relay.example:8080", false),
            entry("relay.example:443", true),
            entry("relay.example:8443", true),
            entry("nas", false),
            entry("[::1]:11434", false),
        ]);
        for (path, host, place) in [
            ("/X.OpenAI.Azure.com/v1", "x.openai.azure.com", "x.openai.azure.com"),
            ("/relay.example/v1", "relay.example", "relay.example"),
            ("/relay.example:443/v1", "relay.example", "relay.example"),
            ("/relay.example:8080/v1", "relay.example", "http://relay.example:8080"),
            ("/relay.example:8443/v1", "relay.example", "relay.example:8443"),
            ("/nas/v1", "nas", "http://nas"),
            ("/[::1]:11434/v1", "[::1]", "http://[::1]:11434"),
        ] {
            let Reading::Elsewhere(target) = target::read(path, |name| allowed.knows(name)) else {
                panic!("{path} leads nowhere")
            };
            let way = allowed.way(&target).expect("a way");
            assert_eq!((&*way.host(), way.place().as_str()), (host, place), "{path}");
        }
    }

    #[test]
    fn everything_else_is_not_reached() {
        for path in [
            "/evil.example/v1",
            "/api.openai.com.evil.example/v1",
            "/evilopenai.azure.com/v1",
            "/openai.azure.com/v1",
            "/api.openai.com:8080/v1",
            "/api.openai.com:80/v1",
            "/127.0.0.1/v1",
            "/127.0.0.1:22/v1",
            "/nas:22/v1",
            "/box.example/v1",
            "/169.254.169.254/latest",
            "/https://evil.example/",
            "/mine.openai.azure.com:22/",
        ] {
            assert_eq!(way(path), Err(NoWay::Unknown), "{path}");
        }
        for path in ["/http://api.openai.com:443/v1", "/http://box.example:8443/"] {
            assert!(way(path).is_err(), "{path}");
        }
        assert_eq!(way("/http://api.openai.com/v1"), Err(NoWay::Plain));
    }
}
