//! Where a provider is, and how its addresses are made.

use std::net::IpAddr;

use postern_net::{Reach, Target, is_local_name};
use url::{Host, Url};

/// The address below which a provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    url: Url,
}

impl Base {
    /// Reads an address; what a query or a fragment says beside it stays but for the fragment. `None` for what is no
    /// `http` or `https` address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut url = Url::parse(text.trim()).ok()?;
        let good = matches!(url.scheme(), "http" | "https") && url.has_host();
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        good.then_some(Self { url })
    }

    /// The path, without a slash at its end; empty for none.
    pub(super) fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The same place with another path.
    pub(super) fn with_path(mut self, path: &str) -> Self {
        self.url.set_path(path);
        self
    }

    /// What the query says of this key.
    pub(super) fn query(&self, key: &str) -> Option<String> {
        self.url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
    }

    /// The address below it, with this added to the query.
    pub(super) fn join(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url.into()
    }

    /// The host's name alone, in small letters.
    pub(super) fn name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whom keys are shown: the host, with its port where that is not the usual one, and with its scheme where what is
    /// said there is not encrypted.
    pub(super) fn host(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = if self.url.scheme() == "https" { "" } else { "http://" };
        format!("{scheme}{}{port}", self.name())
    }

    /// The same as somebody who may be spoken to wherever it is.
    pub(super) fn target(&self) -> Option<Target> {
        let port = self.url.port_or_known_default()?;
        format!("{}:{port}", self.name()).parse().ok()
    }

    /// Whether it is this computer or one of its network.
    pub(super) fn is_local(&self) -> bool {
        let local = |address: IpAddr| {
            matches!(
                Reach::of(address.to_canonical()),
                Reach::Loopback | Reach::Private | Reach::LinkLocal | Reach::Shared
            )
        };
        match self.url.host() {
            Some(Host::Domain(name)) => is_local_name(name),
            Some(Host::Ipv4(address)) => local(address.into()),
            Some(Host::Ipv6(address)) => local(address.into()),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Base {
        Base::parse(text).unwrap()
    }

    #[test]
    fn addresses_are_joined_and_keep_their_query() {
        assert_eq!(base("https://a.example/v1/").join("/models", &[]), "https://a.example/v1/models");
        assert_eq!(
            base("https://a.example").join("/models", &[("a", "b c")]),
            "https://a.example/models?a=b+c"
        );
        let azure = base("https://a.example/x?api-version=1");
        assert_eq!(azure.join("/y", &[]), "https://a.example/x/y?api-version=1");
        assert_eq!(Base::parse("ftp://a.example"), None);
        assert_eq!(Base::parse("nothing"), None);
    }

    #[test]
    fn a_host_is_told_with_what_makes_it_another_one() {
        for (text, host) in [
            ("https://API.Example.org/v1", "api.example.org"),
            ("https://api.example.org:8443", "api.example.org:8443"),
            ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434"),
            ("https://me:secret@a.example", "a.example"),
        ] {
            assert_eq!(base(text).host(), host);
        }
    }

    #[test]
    fn servers_of_this_computer_and_its_network_are_known() {
        for local in ["http://localhost:11434", "http://[::1]:1", "http://192.168.1.9", "http://nas.lan"] {
            assert!(base(local).is_local(), "{local}");
        }
        assert!(!base("https://api.openai.com").is_local());
    }
}
