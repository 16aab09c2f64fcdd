//! The kinds of values a setting can have. Each says in words what it accepts, and the same words stand
//! in the errors of the file, the environment and the command line.

use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Unexpected, Visitor};
use serde::{Serialize, Serializer};

use crate::describe::{Kind, Unit};

/// A text that a setting does not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid value \"{found}\", expected {expected}")]
pub struct Unfit {
    found: String,
    expected: &'static str,
}

/// A value that is written as text.
pub(crate) trait Text: Sized {
    /// What is accepted, as the end of "expected …".
    const EXPECTED: &'static str;

    /// Whether a text that is not accepted may be repeated.
    const REPEATED: bool = true;

    /// The value, if the text is one.
    fn from_text(text: &str) -> Option<Self>;
}

pub(crate) fn read<T: Text>(text: &str) -> Result<T, Unfit> {
    T::from_text(text).ok_or_else(|| Unfit { found: text.to_owned(), expected: T::EXPECTED })
}

/// An address to listen on: an IP address, or `localhost` for the IPv4 loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Host(pub IpAddr);

impl Text for Host {
    const EXPECTED: &'static str = "an IP address such as 127.0.0.1, 0.0.0.0 or ::1, or localhost";

    fn from_text(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("localhost") {
            return Some(Self(Ipv4Addr::LOCALHOST.into()));
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        bare.parse().ok().map(Self)
    }
}

impl FromStr for Host {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        read(text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Text for u16 {
    const EXPECTED: &'static str = "a whole number from 0 to 65535";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A host name as it stands in a `Host` header, in lower case and without a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct HostName(pub String);

impl Text for HostName {
    const EXPECTED: &'static str =
        "a host name or IP address without scheme and port, such as gate.example.org";

    fn from_text(text: &str) -> Option<Self> {
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let is_name = !text.is_empty() && text.chars().all(name);
        (is_name || text.parse::<IpAddr>().is_ok()).then(|| Self(text.to_ascii_lowercase()))
    }
}

/// A web origin: scheme, host and maybe a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Origin(pub String);

impl Text for Origin {
    const EXPECTED: &'static str = "an origin without a path, such as https://chat.example.org or app://app";

    fn from_text(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let good_scheme = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (good_scheme && is_authority(host)).then(|| Self(text.to_ascii_lowercase()))
    }
}

/// An `http` or `https` URL, without a slash at its end.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WebUrl(pub String);

impl WebUrl {
    /// As it may be shown and logged: without name and password.
    pub fn without_password(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{path}")
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("WebUrl").field(&self.without_password()).finish()
    }
}

impl Text for WebUrl {
    const EXPECTED: &'static str = "a URL that starts with http:// or https://";

    fn from_text(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let authority = rest.split('/').next()?;
        is_authority(authority).then(|| Self(text.trim_end_matches('/').to_owned()))
    }
}

impl Text for Option<WebUrl> {
    const EXPECTED: &'static str = "a URL that starts with http:// or https://, or \"\"";

    fn from_text(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { WebUrl::from_text(text).map(Some) }
    }
}

fn is_authority(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '*'))
}

/// How to get out: `system`, `direct` or a proxy. A text that is none of these is never repeated: it may hold a
/// password. It is written with marks in the place of a name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct WayOut(pub String);

/// What stands in the place of a name and a password that are kept elsewhere.
const MARKS: &str = "****";

impl WayOut {
    /// As it may be shown and logged: without name and password.
    pub fn without_password(&self) -> String {
        WebUrl(self.0.clone()).without_password().trim_start_matches("://").to_owned()
    }

    /// Whether marks stand in the place of a name and a password.
    pub fn is_marked(&self) -> bool {
        self.login() == Some(MARKS)
    }

    /// Whether it shows a name and a password.
    pub fn shows_login(&self) -> bool {
        self.login().is_some_and(|login| login != MARKS)
    }

    fn login(&self) -> Option<&str> {
        Some(self.0.split_once("://")?.1.rsplit_once('@')?.0)
    }
}

impl Serialize for WayOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = self.without_password();
        match shown.split_once("://").filter(|_| self.login().is_some()) {
            Some((scheme, place)) => serializer.serialize_str(&format!("{scheme}://{MARKS}@{place}")),
            None => serializer.serialize_str(&shown),
        }
    }
}

impl fmt::Debug for WayOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("WayOut").field(&self.without_password()).finish()
    }
}

impl Text for WayOut {
    const EXPECTED: &'static str = "\"system\", \"direct\" or a proxy that starts with http://, https://, socks5:// or \
                                    socks5h://, such as http://127.0.0.1:7890";
    const REPEATED: bool = false;

    fn from_text(text: &str) -> Option<Self> {
        if matches!(text, "system" | "direct") {
            return Some(Self(text.to_owned()));
        }
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let short = login.splitn(2, ':').all(|part| part.len() <= 255);
        let plain = if login == MARKS { host } else { authority };
        let good = matches!(scheme, "http" | "https" | "socks5" | "socks5h") && is_authority(plain) && short;
        (good && HostPort::from_text(host).is_some()).then(|| Self(format!("{scheme}://{authority}")))
    }
}

/// Hosts that are reached without a proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NoProxy(pub String);

impl Text for NoProxy {
    const EXPECTED: &'static str =
        "a host name, .name or *.name for all below it, an address, or addresses such as 10.0.0.0/8";

    fn from_text(text: &str) -> Option<Self> {
        let block = |text: &str| {
            let (address, bits) = text.split_once('/')?;
            let most = if address.parse::<IpAddr>().ok()?.is_ipv4() { 32 } else { 128 };
            bits.parse::<u8>().ok().filter(|bits| *bits <= most)
        };
        let name = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
        let good = text == "*" || HostName::from_text(name).is_some() || block(text).is_some();
        good.then(|| Self(text.to_ascii_lowercase()))
    }
}

/// A model of one upstream, as `upstream/id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ModelPath(pub String);

impl Text for ModelPath {
    const EXPECTED: &'static str = "an upstream and its model, such as aistudio/gemini-2.5-pro";

    fn from_text(text: &str) -> Option<Self> {
        let (upstream, id) = text.split_once('/')?;
        let good = !upstream.is_empty() && !id.is_empty() && !text.contains(char::is_whitespace);
        good.then(|| Self(text.to_owned()))
    }
}

/// Where an MCP server is: a URL, after `plain+` where the server only has `POST …/tools/execute`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct McpAddress(pub String);

impl Text for McpAddress {
    const EXPECTED: &'static str = "a URL that starts with http:// or https://, without password and query, such as \
                                    http://127.0.0.1:8000/mcp; plain+http://… for a server without MCP";

    fn from_text(text: &str) -> Option<Self> {
        let clean = !text.contains(|c: char| c.is_whitespace() || matches!(c, '@' | '?' | '#' | '\\'));
        // As it is written: to some servers a slash at the end makes a difference.
        WebUrl::from_text(text.strip_prefix("plain+").unwrap_or(text)).filter(|_| clean)?;
        Some(Self(text.to_owned()))
    }
}

/// The whole path of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FolderPath(pub PathBuf);

impl Text for FolderPath {
    const EXPECTED: &'static str = "the whole path of a folder, such as /home/me/Pictures";

    fn from_text(text: &str) -> Option<Self> {
        Some(PathBuf::from(text)).filter(|path| path.has_root()).map(Self)
    }
}

/// A host, maybe with a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct HostPort(pub String);

impl Text for HostPort {
    const EXPECTED: &'static str =
        "a host without scheme and path, maybe with a port, such as nas.local:8080";

    fn from_text(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // The colons of an address in brackets are its own.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let six = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let good_host = match six {
            Some(six) => six.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.contains(':') && HostName::from_text(host).is_some(),
        };
        let good_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        (good_host && good_port).then(|| Self(text.to_ascii_lowercase()))
    }
}

/// The name of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Variable(pub String);

impl Text for Variable {
    const EXPECTED: &'static str = "the name of an environment variable, such as FILES_TOKEN";

    fn from_text(text: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let named = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(good);
        named.then(|| Self(text.to_owned()))
    }
}

/// A [`Text`] as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Written<T>(pub(crate) T);

impl<'de, T: Text> Deserialize<'de> for Written<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<T: Text> Visitor<'_> for Reader<T> {
            type Value = Written<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::EXPECTED)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Written<T>, E> {
                let found = if T::REPEATED { Unexpected::Str(text) } else { Unexpected::Other("text") };
                T::from_text(text).map(Written).ok_or_else(|| E::invalid_value(found, &self))
            }
        }

        deserializer.deserialize_str(Reader(PhantomData))
    }
}

/// A whole number within bounds, as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole<const MIN: u64, const MAX: u64>(pub(crate) u64);

/// Seconds, at least one and at most a day.
pub(crate) type Seconds = Whole<1, 86_400>;

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// The same bounds, for those who write the number.
    pub(crate) const fn kind(unit: Unit) -> Kind {
        Kind::Integer { min: MIN, max: MAX, unit }
    }
}

impl<const MIN: u64> Whole<MIN, 86_400> {
    pub(crate) fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<const MIN: u64, const MAX: u64>;

        impl<const MIN: u64, const MAX: u64> Visitor<'_> for Reader<MIN, MAX> {
            type Value = Whole<MIN, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                let inside = u64::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
                inside.map(Whole).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }
        }

        deserializer.deserialize_i64(Reader::<MIN, MAX>)
    }
}

/// Shows a duration as the file writes it.
pub(crate) fn whole_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(duration.as_secs())
}

/// Shows a short duration as the file writes it.
pub(crate) fn whole_millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// Shows a path as the file writes it: `""` for none.
#[expect(clippy::ref_option, reason = "serde hands the field over like this")]
pub(crate) fn path_or_empty<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.clone().unwrap_or_default().serialize(serializer)
}

/// Shows a URL as the file writes it: `""` for none.
#[expect(clippy::ref_option, reason = "serde hands the field over like this")]
pub(crate) fn url_or_empty<S: Serializer>(url: &Option<WebUrl>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_ref().map(|url| url.0.as_str()).unwrap_or_default())
}
