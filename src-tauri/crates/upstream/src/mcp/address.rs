//! Where MCP servers are, and which of them a request may name.

use std::fmt;

use postern_protocol::chat::{Failure, FailureKind};
use url::Url;

/// Stands before the address of a server without MCP.
const PLAIN: &str = "plain+";
/// Longer addresses are cut in messages.
const LONGEST_SHOWN: usize = 200;

/// What a server understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// MCP over streamable HTTP.
    Mcp,
    /// `POST ADDRESS/tools/execute` and nothing else.
    Plain,
}

/// Where a server is, and what it understands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Address {
    pub(super) form: Form,
    url: Url,
}

impl Address {
    /// The address as its owner wrote it; `None` for what is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        match text.strip_prefix(PLAIN) {
            Some(bare) => Some(Self { form: Form::Plain, url: web(bare)? }),
            None => Some(Self { form: Form::Mcp, url: web(text)? }),
        }
    }

    /// As it goes over the wire.
    pub(super) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Whether `other` is this address or lies below it. What stands encoded in a path is read by servers in more than
    /// one way, so such a path lies below nothing.
    fn covers(&self, other: &Url) -> bool {
        let place = |url: &Url| {
            (url.scheme().to_owned(), url.host().map(|host| host.to_owned()), url.port_or_known_default())
        };
        let base = self.url.path().trim_end_matches('/');
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        place(&self.url) == place(other)
            && (self.url == *other
                || !other.path().contains('%') && other.path().strip_prefix(base).is_some_and(below))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.url))
    }
}

/// The address that a request names, if its owner allows it. The entry that names it most closely says what it
/// understands.
pub(super) fn permit<'a>(
    allowed: impl Iterator<Item = &'a Address>,
    named: &str,
    param: &str,
) -> Result<Address, Failure> {
    let bad = |message: String| Failure::new(FailureKind::BadRequest, message).param(param);
    let url = web(named).ok_or_else(|| {
        bad(format!(
            "'{param}' must name an MCP server by an address that starts with http:// or https://, without name, \
             password and query."
        ))
    })?;
    let covering = allowed.filter(|entry| entry.covers(&url)).max_by_key(|entry| entry.url.path().len());
    match covering {
        Some(entry) => Ok(Address { form: entry.form, url }),
        None => Err(bad(format!(
            "The MCP server {} is not allowed here. The owner of this server can allow it with the setting \
             mcp.allowed; else take it out of '{param}'.",
            shown(&url)
        ))),
    }
}

/// An address of the web that holds no secret.
fn web(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.username().is_empty() && url.password().is_none();
    let plain = url.query().is_none() && url.fragment().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && bare && plain).then_some(url)
}

fn shown(url: &Url) -> String {
    url.as_str().chars().take(LONGEST_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permitted(named: &str) -> Result<Address, Failure> {
        let allowed = [
            "http://127.0.0.1:9000",
            "plain+https://tools.example.org/run",
            "https://tools.example.org/run/mcp",
        ];
        let allowed: Vec<Address> = allowed.iter().filter_map(|text| Address::read(text)).collect();
        assert_eq!(allowed.len(), 3);
        permit(allowed.iter(), named, "mcp_endpoint")
    }

    #[test]
    fn an_address_and_the_paths_below_it_are_allowed() {
        for (named, form) in [
            ("http://127.0.0.1:9000", Form::Mcp),
            ("http://127.0.0.1:9000/mcp", Form::Mcp),
            ("HTTP://127.0.0.1:9000/a/../mcp/", Form::Mcp),
            ("http://2130706433:9000/mcp", Form::Mcp),
            ("https://tools.example.org/run", Form::Plain),
            ("https://TOOLS.example.org:443/run/", Form::Plain),
            ("https://tools.example.org/run/mcp/x", Form::Mcp),
        ] {
            assert_eq!(permitted(named).map(|address| address.form), Ok(form), "{named}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for named in [
            "http://127.0.0.1.example.org:9000/",
            "http://127.0.0.1:9001",
            "http://127.0.0.1:900",
            "http://127.0.0.1",
            "http://localhost:9000",
            "http://[::1]:9000",
            "https://127.0.0.1:9000",
            "https://tools.example.org",
            "https://tools.example.org/running",
            "https://tools.example.org/run/../admin",
            "https://tools.example.org/run/%2e%2e/admin",
            "https://tools.example.org/run/..%2fadmin",
            "https://tools.example.org./run",
            "https://x.tools.example.org/run",
            "https://tools.example.org.evil.example/run",
        ] {
            let failure = permitted(named).expect_err(named);
            assert!(failure.message.contains("mcp.allowed"), "{named}: {failure}");
            assert_eq!(
                (failure.kind, failure.param.as_deref()),
                (FailureKind::BadRequest, Some("mcp_endpoint"))
            );
        }
    }

    #[test]
    fn an_address_with_a_secret_or_a_query_is_none_and_is_not_repeated() {
        for named in [
            "http://127.0.0.1:9000@evil.example/",
            "http://127.0.0.1:9000.example.org/",
            "http://me:secret@127.0.0.1:9000/",
            "http://127.0.0.1:9000/?key=secret",
            "http://127.0.0.1:9000/#secret",
            "plain+http://127.0.0.1:9000",
            "ftp://127.0.0.1:9000",
            "127.0.0.1:9000",
            "",
        ] {
            let failure = permitted(named).expect_err(named);
            assert!(
                failure.message.contains("must name") && !failure.message.contains("secret"),
                "{failure}"
            );
        }
    }

    #[test]
    fn nothing_is_allowed_while_nothing_is_named() {
        let failure = permit([].iter(), "http://127.0.0.1:9000", "mcp_endpoint").expect_err("refused");
        assert!(failure.message.contains("http://127.0.0.1:9000/ is not allowed"), "{failure}");
    }
}
