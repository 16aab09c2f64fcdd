//! Hosts that the owner lists.

use std::str::FromStr;

/// A host, at any port or at one, that may be spoken to although a guard would not let it through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: Option<u16>,
}

/// A text that names no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host or host:port")]
pub struct BadTarget;

impl Target {
    /// Whether it is this host at this port.
    pub fn is(&self, host: &str, port: Option<u16>) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        self.host.eq_ignore_ascii_case(bare) && self.port.is_none_or(|own| Some(own) == port)
    }
}

impl FromStr for Target {
    type Err = BadTarget;

    /// Reads `host`, `host:port`, `[address]` or `[address]:port`.
    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let address = url::Url::parse(&format!("http://{text}/")).map_err(|_| BadTarget)?;
        let plain = address.path() == "/" && address.query().is_none() && address.fragment().is_none();
        let host = address.host_str().filter(|_| plain && address.username().is_empty()).ok_or(BadTarget)?;
        // The port of the scheme counts as none when a URL is read.
        let after = text.rsplit(']').next().unwrap_or_default();
        let port = match after.rsplit_once(':') {
            Some((_, port)) => Some(port.parse().map_err(|_| BadTarget)?),
            None => None,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_owned();
        Ok(Self { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_host_at_any_port_or_at_one() {
        let target = |text: &str| text.parse::<Target>();
        let any = target("Nas.local").unwrap();
        assert!(any.is("nas.local", Some(80)) && any.is("NAS.local.", Some(8443)) && !any.is("nas", None));
        let one = target("127.0.0.1:8080").unwrap();
        assert!(one.is("127.0.0.1", Some(8080)) && !one.is("127.0.0.1", Some(80)));
        let web = target("nas:80").unwrap();
        assert!(web.is("nas", Some(80)) && !web.is("nas", Some(8080)));
        let six = target("[::1]:9000").unwrap();
        assert!(six.is("[::1]", Some(9000)) && !six.is("[::1]", Some(1)));
        for bad in ["", "http://nas", "nas/x", "me@nas", "nas:", "nas:x", "nas?x"] {
            assert_eq!(target(bad), Err(BadTarget), "{bad}");
        }
    }
}
