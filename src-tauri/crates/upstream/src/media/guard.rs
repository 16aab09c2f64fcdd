//! Who may be asked for a file: nobody that only this computer or its network can reach. Pure.

use std::net::IpAddr;

use postern_net::{Reach, Target, is_local_name};
use url::{Host, Url};

use super::{MediaError, MediaRules};

/// Says of an address why it is not asked.
pub(super) type Judge = fn(IpAddr) -> Result<(), &'static str>;

/// Decides whom to ask.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    local: Vec<Target>,
    judge: Judge,
}

/// How a host may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// At those of its addresses that the guard lets through.
    Guarded,
    /// At any: its owner listed it.
    Listed,
}

impl Guard {
    pub(super) fn new(rules: &MediaRules) -> Self {
        Self { local: rules.local_hosts.clone(), judge }
    }

    #[cfg(test)]
    pub(super) fn judging(rules: &MediaRules, judge: Judge) -> Self {
        Self { local: rules.local_hosts.clone(), judge }
    }

    /// Whether and how the address may be asked, as far as that is said by itself.
    pub(super) fn passage(&self, url: &Url) -> Result<Passage, MediaError> {
        let wrong = |why: &str| Err(MediaError::Address(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("only http and https addresses are fetched");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("it holds a name or a password");
        }
        let Some(host) = url.host() else { return wrong("it names no host") };
        let name = host.to_string();
        if self.local.iter().any(|target| target.is(&name, url.port_or_known_default())) {
            return Ok(Passage::Listed);
        }
        let guarded = |what| MediaError::Guarded { host: name.clone(), what };
        match host {
            Host::Ipv4(address) => (self.judge)(address.into()).map_err(guarded)?,
            Host::Ipv6(address) => (self.judge)(address.into()).map_err(guarded)?,
            Host::Domain(domain) if is_local_name(domain) => {
                return Err(guarded("a name of this computer or its network"));
            }
            Host::Domain(_) => {}
        }
        Ok(Passage::Guarded)
    }

    /// Those of a host's addresses that may be asked.
    pub(super) fn sift(&self, passage: Passage, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, &'static str> {
        if passage == Passage::Listed {
            return Ok(found);
        }
        let mut why = "no address";
        let mut open = Vec::new();
        for address in found {
            match (self.judge)(address) {
                Ok(()) => open.push(address),
                Err(what) => why = what,
            }
        }
        if open.is_empty() { Err(why) } else { Ok(open) }
    }
}

/// Whether everybody on the internet reaches the same one at this address.
fn judge(address: IpAddr) -> Result<(), &'static str> {
    match Reach::of(address) {
        Reach::Internet => Ok(()),
        other => Err(other.what()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<Passage, MediaError> {
        Guard::new(&MediaRules::default()).passage(&Url::parse(text).unwrap())
    }

    #[test]
    fn the_internet_is_let_through() {
        for address in [
            "http://example.com/cat.png",
            "https://93.184.215.14/x",
            "https://example.com:8443/",
            "http://[2606:2800:220:1::1]/",
            "http://1.1.1.1/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
        ] {
            assert_eq!(verdict(address), Ok(Passage::Guarded), "{address}");
        }
    }

    #[test]
    fn this_computer_and_its_network_are_not_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "169.254.1.1",
            "168.63.129.16",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "１２７.0.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::808:808]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[100::1]",
            "[3fff::1]",
            "[5f00::1]",
            "[fec0::1]",
        ] {
            let refused = verdict(&format!("http://{host}/"));
            assert!(matches!(refused, Err(MediaError::Guarded { .. })), "{host}: {refused:?}");
        }
    }

    #[test]
    fn names_of_the_network_and_other_schemes_are_refused() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "x.localhost",
            "printer.local",
            "metadata.google.internal",
            "metadata",
            "nas.lan",
        ] {
            let refused = verdict(&format!("http://{host}/"));
            assert!(matches!(refused, Err(MediaError::Guarded { .. })), "{host}: {refused:?}");
        }
        for address in [
            "ftp://example.com/",
            "gopher://example.com/",
            "http://me:pw@example.com/",
            "http://me@example.com/",
        ] {
            assert!(matches!(verdict(address), Err(MediaError::Address(_))), "{address}");
        }
    }

    #[test]
    fn listed_hosts_are_let_through_at_their_port() {
        let rules = MediaRules {
            local_hosts: vec!["127.0.0.1:8080".parse().unwrap(), "nas.lan".parse().unwrap()],
            ..MediaRules::default()
        };
        let passage = |text: &str| Guard::new(&rules).passage(&Url::parse(text).unwrap());
        assert_eq!(passage("http://127.0.0.1:8080/x"), Ok(Passage::Listed));
        assert_eq!(passage("https://nas.lan/x"), Ok(Passage::Listed));
        assert!(passage("http://127.0.0.1/x").is_err());
    }

    #[test]
    fn of_several_addresses_only_open_ones_are_asked() {
        let guard = Guard::new(&MediaRules::default());
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let both = vec![ip("10.0.0.1"), ip("93.184.215.14"), ip("::1")];
        assert_eq!(guard.sift(Passage::Guarded, both.clone()), Ok(vec![ip("93.184.215.14")]));
        assert_eq!(guard.sift(Passage::Guarded, vec![ip("10.0.0.1")]), Err("a private address"));
        assert_eq!(guard.sift(Passage::Listed, both.clone()), Ok(both));
    }
}
