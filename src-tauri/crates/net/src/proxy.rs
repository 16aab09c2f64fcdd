//! Proxies as their owner names them.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use hyper_util::client::proxy::matcher::Intercept;
use percent_encoding::percent_decode_str;
use postern_protocol::Secret;
use url::Url;

/// How to get out of the house.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyRule {
    /// Through no proxy.
    Direct,
    /// As the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case) or else the system's
    /// own settings say.
    #[default]
    System,
    /// Through this one.
    Via(Proxy),
}

/// A proxy. It is shown without what it wants to see of us.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) kind: ProxyKind,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) login: Option<Login>,
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS 5, with names looked up here.
    Socks5,
    /// SOCKS 5, with names looked up there.
    Socks5h,
}

/// What a proxy wants to see of us.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: Secret,
}

/// A text that names no proxy. It repeats nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadProxy {
    /// It has another beginning.
    #[error("it must begin with http://, https://, socks5:// or socks5h://")]
    Kind,
    /// It names no host.
    #[error("it names no host")]
    Host,
    /// Something stands behind the host.
    #[error("nothing may stand behind host and port")]
    Path,
    /// SOCKS has no room for such a name or password.
    #[error("SOCKS takes a name and a password of at most 255 bytes each")]
    Login,
}

impl Proxy {
    /// What it speaks.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Where it is: a name or an address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it wants to see a name and a password of us.
    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// What the environment or the system names; `None` when it is of a kind that is not spoken here.
    pub(crate) fn of_system(named: &Intercept) -> Option<Self> {
        let uri = named.uri();
        let kind = ProxyKind::of(uri.scheme_str()?)?;
        let login = match (named.raw_auth(), named.basic_auth()) {
            (Some((user, password)), _) => Some(Login::new(user, password)),
            (None, Some(basic)) => Login::of_basic(basic),
            (None, None) => None,
        };
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        Some(Self { kind, host, port: uri.port_u16().unwrap_or(kind.port()), login })
    }

    /// The line that an HTTP proxy wants to see.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let Login { user, password } = self.login.as_ref()?;
        let text = format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose())));
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl Login {
    fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: Secret::new(password) }
    }

    fn of_basic(value: &HeaderValue) -> Option<Self> {
        let coded = value.to_str().ok()?.strip_prefix("Basic ")?;
        let text = String::from_utf8(BASE64_STANDARD.decode(coded).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some(Self::new(user, password))
    }
}

impl ProxyKind {
    fn of(scheme: &str) -> Option<Self> {
        match scheme {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "socks5" => Some(Self::Socks5),
            "socks5h" => Some(Self::Socks5h),
            _ => None,
        }
    }

    /// How it is written.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks5h => 1080,
        }
    }

    pub(crate) fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }
}

impl FromStr for Proxy {
    type Err = BadProxy;

    /// Reads `KIND://[USER[:PASSWORD]@]HOST[:PORT]`, where user and password may be percent-encoded.
    fn from_str(text: &str) -> Result<Self, BadProxy> {
        let url = Url::parse(text.trim()).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => BadProxy::Kind,
            _ => BadProxy::Host,
        })?;
        let kind = ProxyKind::of(url.scheme()).ok_or(BadProxy::Kind)?;
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(BadProxy::Host);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(BadProxy::Path);
        }
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (plain(url.username()), plain(url.password().unwrap_or_default()));
        if !kind.is_http() && user.len().max(password.len()) > 255 {
            return Err(BadProxy::Login);
        }
        let given = !user.is_empty() || url.password().is_some();
        let login = given.then(|| Login::new(user, password));
        Ok(Self { kind, host: host.to_owned(), port: url.port().unwrap_or(kind.port()), login })
    }
}

impl FromStr for ProxyRule {
    type Err = BadProxy;

    /// Reads `direct`, `system` or a proxy.
    fn from_str(text: &str) -> Result<Self, BadProxy> {
        match text.trim() {
            "direct" => Ok(Self::Direct),
            "system" => Ok(Self::System),
            proxy => proxy.parse().map(Self::Via),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, host, port, .. } = self;
        if host.contains(':') {
            write!(f, "{}://[{host}]:{port}", kind.scheme())
        } else {
            write!(f, "{}://{host}:{port}", kind.scheme())
        }
    }
}

impl fmt::Display for ProxyRule {
    /// Writes what [`ProxyRule::from_str`] reads, without name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("direct"),
            Self::System => f.write_str("system"),
            Self::Via(proxy) => proxy.fmt(f),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Proxy, BadProxy> {
        text.parse()
    }

    #[test]
    fn proxies_are_read_with_their_usual_ports() {
        for (text, shown) in [
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("HTTP://proxy.example/", "http://proxy.example:80"),
            ("https://proxy.example", "https://proxy.example:443"),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080"),
            (" socks5h://[::1]:9050 ", "socks5h://[::1]:9050"),
        ] {
            assert_eq!(read(text).map(|proxy| proxy.to_string()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn name_and_password_are_decoded_and_never_shown() {
        for text in ["http://me%40home:p%3Ass%2Fw@proxy.example:8080", "socks5://me%40home:p%3Ass%2Fw@h:1"] {
            let proxy = read(text).unwrap();
            let login = proxy.login.clone().unwrap();
            assert_eq!((login.user.as_str(), login.password.expose()), ("me@home", "p:ss/w"));
            let shown = format!("{proxy} {proxy:?} {:?}", ProxyRule::Via(proxy.clone()));
            assert!(!shown.contains("ss/w") && !shown.contains("ss%2Fw") && !shown.contains("me"), "{shown}");
        }
        let line = read("http://Aladdin:opensesame@h").unwrap().authorization().unwrap();
        assert_eq!(line, "Basic QWxhZGRpbjpvcGVuc2VzYW1l");
        assert!(line.is_sensitive());
    }

    #[test]
    fn what_is_no_proxy_says_why_and_repeats_nothing() {
        for (text, why) in [
            ("127.0.0.1:7890", BadProxy::Kind),
            ("ftp://h:1", BadProxy::Kind),
            ("socks4://h:1", BadProxy::Kind),
            ("http://", BadProxy::Host),
            ("socks5://:1080", BadProxy::Host),
            ("http://secret@h/path", BadProxy::Path),
            ("http://h?secret", BadProxy::Path),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
            assert!(!why.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_rule_is_one_of_two_words_or_a_proxy() {
        assert_eq!("direct".parse(), Ok(ProxyRule::Direct));
        assert_eq!("system".parse(), Ok(ProxyRule::System));
        assert!(matches!("http://h:1".parse(), Ok(ProxyRule::Via(_))));
        assert_eq!("".parse::<ProxyRule>(), Err(BadProxy::Kind));
    }
}
