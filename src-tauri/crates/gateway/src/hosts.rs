//! The names this server answers to. A page of a foreign site that got its name to point here (DNS
//! rebinding) is told apart by the name it asks for.

use std::net::{IpAddr, SocketAddr};

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri};

use crate::reject::Reject;
use crate::serve::Link;

/// Names by which programs in containers reach the machine they run on. They end in `.internal`, which
/// no public name server answers for, so no foreign site can have them.
const CONTAINER_NAMES: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// The allow-list of `Host`.
pub(crate) struct Hosts {
    /// In lower case, with or without a port.
    names: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(names: &[String]) -> Self {
        Self { names: names.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Whether the request asks for a name of this server.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap, link: Option<&Link>) -> Result<(), Reject> {
        let mut given = headers.get_all(HOST).iter();
        let (Some(host), None) = (given.next(), given.next()) else {
            let message = "The request must carry one Host header.";
            return Err(Reject::new(StatusCode::BAD_REQUEST, "invalid_host", message));
        };
        let host = host.to_str().unwrap_or_default();
        // A request line may name a host of its own.
        let mut names = uri.authority().map(Authority::as_str).into_iter().chain([host]);
        match names.find(|name| !self.knows(name, link)) {
            Some(name) => Err(foreign(name)),
            None => Ok(()),
        }
    }

    /// Whether `authority` (a name, perhaps with a port) is one of this server's own.
    pub(crate) fn knows(&self, authority: &str, link: Option<&Link>) -> bool {
        // As it is written nearly always, and cheaper to tell than a name.
        if authority.parse::<SocketAddr>().is_ok_and(|address| address.ip().to_canonical().is_loopback()) {
            return true;
        }
        let authority = authority.to_ascii_lowercase();
        let Some(host) = host_of(&authority) else { return false };
        is_loopback(&host)
            || CONTAINER_NAMES.contains(&host.as_str())
            || self.names.iter().any(|name| *name == host || *name == authority)
            // A number cannot be made to point elsewhere. It is still refused where only this machine
            // can be asking, because then it is a wrong one.
            || (link.is_some_and(|link| !link.loopback) && address(&host).is_some())
    }
}

fn foreign(host: &str) -> Reject {
    let shown: String = host.chars().filter(|c| c.is_ascii_graphic()).take(100).collect();
    let message = format!(
        "This server does not answer to the host name `{shown}`. If it is meant to, add the name to \
         `allowed_hosts` in the `[server]` section of config.toml."
    );
    Reject::new(StatusCode::FORBIDDEN, "host_not_allowed", message)
}

/// The name without its port; `None` for what is no name.
pub(crate) fn host_of(authority: &str) -> Option<String> {
    let parsed: Authority = authority.parse().ok()?;
    let host = parsed.host();
    (!host.is_empty() && !authority.contains('@')).then(|| host.to_ascii_lowercase())
}

/// Whether this name always means the machine itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || address(host).is_some_and(|address| address.to_canonical().is_loopback())
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn known(host: &str, loopback: bool) -> bool {
        let hosts = Hosts::new(&["Gate.Example".to_owned(), "other.example:8443".to_owned()]);
        hosts.knows(host, Some(&Link { loopback, peer: (Ipv4Addr::LOCALHOST, 1).into() }))
    }

    #[test]
    fn its_own_names_are_known_with_any_port() {
        for host in ["localhost", "LOCALHOST:1", "127.0.0.1:2048", "127.8.8.8", "[::1]:2048", "[::1]"] {
            assert!(known(host, true), "{host}");
        }
        assert!(known("host.docker.internal:2048", true));
        assert!(known("gate.example:99", true) && known("GATE.example", true));
        assert!(known("other.example:8443", true) && !known("other.example:8444", true));
    }

    #[test]
    fn foreign_and_malformed_names_are_not() {
        let foreign =
            ["evil.example", "localhost.evil.example", "notlocalhost", "", "a@127.0.0.1", "a b", "[::1"];
        for host in foreign {
            assert!(!known(host, true) && !known(host, false), "{host}");
        }
    }

    #[test]
    fn a_number_is_known_only_where_others_can_reach_the_server() {
        assert!(!known("192.168.1.7:2048", true));
        assert!(known("192.168.1.7:2048", false) && known("[fd00::7]:2048", false));
        assert!(!Hosts::new(&[]).knows("192.168.1.7", None));
    }
}
