//! Who may be spoken to.

use std::net::IpAddr;
use std::sync::Arc;

use http::Uri;
use http::uri::Scheme;

use crate::{NetError, Reach, Target, is_local_name};

/// Where a connection is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'a> {
    /// The name or address, without brackets.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// Whether the server has to prove its name before it is told anything.
    pub encrypted: bool,
}

/// Why somebody is not spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The address is not on the internet.
    Reach(Reach),
    /// The name is one of this computer or its network.
    LocalName,
    /// It is this computer, at an address of its own on the internet.
    ThisComputer,
    /// It is this server itself.
    ThisServer,
}

/// Decides who may be spoken to. A client asks it before each connection.
pub trait Judge: Send + Sync {
    /// Whether the destination may be spoken to as far as its name alone says.
    fn named(&self, to: Destination<'_>) -> Result<(), Refusal>;

    /// Whether it may be spoken to at this address, which its name means, or which it is itself.
    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal>;

    /// Whether a connection may be used that has these two ends.
    fn joined(&self, _to: Destination<'_>, _here: IpAddr, _there: IpAddr) -> Result<(), Refusal> {
        Ok(())
    }
}

impl<J: Judge + ?Sized> Judge for Arc<J> {
    fn named(&self, to: Destination<'_>) -> Result<(), Refusal> {
        (**self).named(to)
    }

    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        (**self).found(to, address)
    }

    fn joined(&self, to: Destination<'_>, here: IpAddr, there: IpAddr) -> Result<(), Refusal> {
        (**self).joined(to, here, there)
    }
}

/// Lets through to everybody on the internet, and to hosts that the owner listed, wherever they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    listed: Vec<Target>,
}

impl<'a> Destination<'a> {
    /// Where this address leads.
    pub fn of(uri: &'a Uri) -> Result<Self, NetError> {
        let wrong = |why| Err(NetError::Address { why });
        let encrypted = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return wrong("only http and https addresses are spoken to"),
        };
        let Some(authority) = uri.authority() else { return wrong("it names no host") };
        if authority.as_str().contains('@') {
            return wrong("it holds a name or a password");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return wrong("it names no host");
        }
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        Ok(Self { host, port, encrypted })
    }

    /// The address that stands in the place of a name, if one does.
    pub fn literal(self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl Refusal {
    /// What it is that is not spoken to, for people.
    pub fn what(self) -> &'static str {
        match self {
            Self::Reach(reach) => reach.what(),
            Self::LocalName => "a name of this computer or its network",
            Self::ThisComputer => "this computer",
            Self::ThisServer => "this server itself",
        }
    }
}

impl Guard {
    /// Lets through to the internet alone.
    pub fn internet() -> Self {
        Self::default()
    }

    /// Lets through to the internet and to these.
    pub fn allowing(listed: impl IntoIterator<Item = Target>) -> Self {
        Self { listed: listed.into_iter().collect() }
    }

    fn lists(&self, to: Destination<'_>) -> bool {
        self.listed.iter().any(|target| target.is(to.host, Some(to.port)))
    }
}

impl Judge for Guard {
    fn named(&self, to: Destination<'_>) -> Result<(), Refusal> {
        let local = to.literal().is_none() && is_local_name(to.host);
        if local && !self.lists(to) { Err(Refusal::LocalName) } else { Ok(()) }
    }

    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        if self.lists(to) {
            return Ok(());
        }
        // What was written by hand has no need of a translator.
        let reach = if to.literal().is_some() { Reach::of(address) } else { Reach::behind(address) };
        if reach == Reach::Internet { Ok(()) } else { Err(Refusal::Reach(reach)) }
    }

    /// No other computer has the same address at both ends.
    fn joined(&self, to: Destination<'_>, here: IpAddr, there: IpAddr) -> Result<(), Refusal> {
        let same = here.to_canonical() == there.to_canonical();
        if same && !self.lists(to) { Err(Refusal::ThisComputer) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(host: &str, port: u16) -> Destination<'_> {
        Destination { host, port, encrypted: false }
    }

    #[test]
    fn an_address_says_where_it_leads() {
        let read = |text: &'static str| {
            let uri = Uri::from_static(text);
            Destination::of(&uri).map(|to| (to.host.to_owned(), to.port, to.encrypted))
        };
        assert_eq!(read("http://a.example/x"), Ok(("a.example".into(), 80, false)));
        assert_eq!(read("https://a.example"), Ok(("a.example".into(), 443, true)));
        assert_eq!(read("https://[::1]:8443/"), Ok(("::1".into(), 8443, true)));
        for bad in ["ftp://a.example/", "/x", "http://me:pw@a.example/"] {
            let refused = read(bad);
            assert!(matches!(refused, Err(NetError::Address { .. })), "{bad}: {refused:?}");
            assert!(!refused.unwrap_err().to_string().contains("pw"));
        }
    }

    #[test]
    fn a_guard_lets_through_to_the_internet_alone() {
        let guard = Guard::internet();
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for address in ["1.1.1.1", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert_eq!(guard.found(to("a.example.org", 443), ip(address)), Ok(()), "{address}");
        }
        for address in
            "127.0.0.1 0.0.0.0 10.0.0.1 169.254.169.254 100.64.0.1 ::1 fd00::1 fe80::1 ::ffff:10.0.0.1 \
                        64:ff9b::7f00:1 2002:7f00:1:: 2002:808:808:: 224.0.0.1 198.18.0.1"
                .split_whitespace()
        {
            let verdict = guard.found(to("a.example.org", 443), ip(address));
            assert!(matches!(verdict, Err(Refusal::Reach(_))), "{address}: {verdict:?}");
            assert!(guard.found(to(address, 443), ip(address)).is_err(), "{address}");
        }
        assert!(guard.found(to("::ffff:8.8.8.8", 443), ip("::ffff:8.8.8.8")).is_err());
        for name in ["localhost", "nas", "printer.local", "metadata.google.internal"] {
            assert_eq!(guard.named(to(name, 80)), Err(Refusal::LocalName), "{name}");
        }
        assert_eq!(guard.named(to("api.openai.com", 443)), Ok(()));
    }

    #[test]
    fn listed_hosts_are_let_through_at_their_port_alone() {
        let guard =
            Guard::allowing(["127.0.0.1:11434", "nas.lan:80"].map(|text| text.parse::<Target>().unwrap()));
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        assert_eq!(guard.found(to("127.0.0.1", 11434), here), Ok(()));
        assert_eq!(guard.joined(to("127.0.0.1", 11434), here, here), Ok(()));
        assert!(guard.found(to("127.0.0.1", 11435), here).is_err());
        assert!(guard.found(to("localhost", 11434), here).is_err());
        assert_eq!(guard.named(to("nas.lan", 80)), Ok(()));
        assert!(guard.named(to("nas.lan", 81)).is_err());
        assert_eq!(guard.joined(to("a.example.org", 80), here, here), Err(Refusal::ThisComputer));
    }
}
