//! `[proxy]`: which servers may be reached through this one, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Serialize, Serializer};

use crate::choices::AuthType;
use crate::values::{HostName, HostPort, Seconds, Text, Whole, Written};
use crate::vendors::VENDORS;
use crate::{file, values};

pub(crate) type ProxyBodyBytes = Whole<1_024, 1_099_511_627_776>;

/// `[proxy]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proxy {
    /// Whether the well-known vendors may be reached without being listed.
    pub known_vendors: bool,
    /// The servers that may be reached, or may not although they are well-known.
    pub allowed_domains: BTreeMap<Domain, Allowance>,
    /// Largest request body in bytes.
    pub body_bytes: u64,
    /// Longest wait for the first sign of an answer.
    #[serde(rename = "first_byte_timeout_s", serialize_with = "values::whole_seconds")]
    pub first_byte_timeout: Duration,
    /// Longest pause within an answer.
    #[serde(rename = "silence_timeout_s", serialize_with = "values::whole_seconds")]
    pub silence_timeout: Duration,
    /// Which requests are turned away at the door.
    pub probe_request: ProbeRequest,
    /// Which requests are left out of the log.
    pub probe_filter: ProbeFilter,
}

/// `[proxy.probe_request]`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProbeRequest {
    /// Whole paths.
    pub path_blocklist: Vec<String>,
    /// Beginnings of paths.
    pub path_prefix_blocklist: Vec<String>,
    /// Parts of what a client calls itself.
    pub user_agent_substrings: Vec<String>,
    /// Methods besides which all are turned away; empty for none.
    pub allowed_methods: Vec<Method>,
    /// Addresses of clients.
    pub ip_blocklist: Vec<Address>,
}

/// `[proxy.probe_filter]`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ProbeFilter {
    /// What is looked for in a request's method and path.
    pub patterns: Vec<Pattern>,
    /// What is looked for in the client's address.
    pub ip_patterns: Vec<Pattern>,
    /// Further patterns, which hold whatever becomes of the others.
    pub custom_patterns: Vec<Pattern>,
    /// Further patterns for addresses.
    pub custom_ip_patterns: Vec<Pattern>,
    /// Leaves out what is under `patterns`.
    pub disable_default_patterns: bool,
    /// Leaves out what is under `ip_patterns`.
    pub disable_default_ip_patterns: bool,
}

impl Proxy {
    /// Everything that may be reached: the well-known vendors, if they are wanted, and what the owner lists.
    pub fn allowed(&self) -> BTreeMap<Domain, Allowed> {
        let vendors = VENDORS.iter().filter(|_| self.known_vendors).map(|&(domain, auth_type)| {
            (Domain(domain.to_owned()), Allowed { auth_type, ..Allowed::default() })
        });
        let mut all: BTreeMap<Domain, Allowed> = vendors.collect();
        for (domain, allowance) in &self.allowed_domains {
            match allowance {
                Allowance::Allowed(allowed) => drop(all.insert(domain.clone(), allowed.clone())),
                Allowance::Refused => drop(all.remove(domain)),
            }
        }
        all
    }

    /// Whether the domain is one of the well-known vendors.
    pub fn is_vendor(domain: &str) -> bool {
        VENDORS.iter().any(|(vendor, _)| *vendor == domain)
    }
}

impl ProbeFilter {
    /// The patterns in force, for methods and paths and for addresses.
    pub fn in_force(&self) -> (Vec<String>, Vec<String>) {
        let both = |usual: &[Pattern], custom: &[Pattern], without: bool| {
            let usual = usual.iter().filter(|_| !without);
            usual.chain(custom).map(|pattern| pattern.0.clone()).collect()
        };
        (
            both(&self.patterns, &self.custom_patterns, self.disable_default_patterns),
            both(&self.ip_patterns, &self.custom_ip_patterns, self.disable_default_ip_patterns),
        )
    }
}

/// A server or all servers below a domain, in lower case: `host`, `host:port` or `*.domain`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(pub String);

impl Text for Domain {
    const EXPECTED: &'static str = "a host without scheme and path, maybe with a port, such as api.example.com or \
                                    127.0.0.1:11434, or *.example.com for all below it";

    fn from_text(text: &str) -> Option<Self> {
        let domain = match text.strip_prefix("*.") {
            Some(below) => {
                let two = below.contains('.') && !below.starts_with('.') && !below.ends_with('.');
                HostName::from_text(below).filter(|_| two).map(|below| format!("*.{}", below.0))
            }
            None => HostPort::from_text(text).map(|host| host.0),
        };
        domain.map(Self)
    }
}

impl std::str::FromStr for Domain {
    type Err = values::Unfit;

    fn from_str(text: &str) -> Result<Self, values::Unfit> {
        values::read(text)
    }
}

/// What the file says of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// It may be reached; `true` stands for the usual way.
    Allowed(Allowed),
    /// `false`: it may not, although it is well-known.
    Refused,
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowed {
    /// How it wants its credential.
    pub auth_type: AuthType,
    /// Whether it is asked over TLS.
    pub https: bool,
    /// The upstream whose stored key goes to it where a client brings none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whether what is said there may be recorded. It usually may, and then nothing is written of it.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub record: bool,
}

impl Default for Allowed {
    fn default() -> Self {
        Self { auth_type: AuthType::Auto, https: true, key: None, record: true }
    }
}

impl Serialize for Allowance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Allowed(allowed) => allowed.serialize(serializer),
            Self::Refused => serializer.serialize_bool(false),
        }
    }
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Allowance;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(ALLOWANCE)
            }

            fn visit_bool<E: serde::de::Error>(self, yes: bool) -> Result<Allowance, E> {
                Ok(if yes { Allowance::Allowed(Allowed::default()) } else { Allowance::Refused })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Allowance, M::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Allowance::Allowed)
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

/// What a domain accepts.
pub(crate) const ALLOWANCE: &str = "true, false or a table such as { auth_type = \"openai\", https = true, key = \"the name of an upstream\" }";

/// An HTTP method, in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Method(pub String);

impl Text for Method {
    const EXPECTED: &'static str = "an HTTP method such as GET";

    fn from_text(text: &str) -> Option<Self> {
        let good = !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphabetic() || c == b'-');
        good.then(|| Self(text.to_ascii_uppercase()))
    }
}

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Address(pub IpAddr);

impl Text for Address {
    const EXPECTED: &'static str = "an IP address such as 192.0.2.7";

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// A regular expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Text for Pattern {
    const EXPECTED: &'static str = "a regular expression such as ^GET /health$";

    fn from_text(text: &str) -> Option<Self> {
        regex::Regex::new(text).is_ok().then(|| Self(text.to_owned()))
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RawProxy {
    known_vendors: Option<bool>,
    allowed_domains: Domains,
    body_bytes: Option<ProxyBodyBytes>,
    first_byte_timeout_s: Option<Seconds>,
    silence_timeout_s: Option<Seconds>,
    probe_request: RawProbeRequest,
    probe_filter: RawProbeFilter,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawProbeRequest {
    path_blocklist: Vec<String>,
    path_prefix_blocklist: Vec<String>,
    user_agent_substrings: Vec<Written<Part>>,
    allowed_methods: Vec<Written<Method>>,
    ip_blocklist: Vec<Written<Address>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawProbeFilter {
    patterns: Vec<Written<Pattern>>,
    ip_patterns: Vec<Written<Pattern>>,
    custom_patterns: Vec<Written<Pattern>>,
    custom_ip_patterns: Vec<Written<Pattern>>,
    disable_default_patterns: bool,
    disable_default_ip_patterns: bool,
}

/// A part of a text. Nothing would be a part of everything.
#[derive(Debug)]
pub(crate) struct Part(String);

impl Text for Part {
    const EXPECTED: &'static str = "a text that is not empty";

    fn from_text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

/// The domains, each read as one.
#[derive(Debug, Default)]
struct Domains(BTreeMap<Domain, Allowance>);

impl<'de> Deserialize<'de> for Domains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = BTreeMap::<String, Allowance>::deserialize(deserializer)?;
        let read = |(domain, allowance): (String, Allowance)| {
            let domain: Domain = domain.parse().map_err(serde::de::Error::custom)?;
            Ok((domain, allowance))
        };
        written.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl From<RawProxy> for Proxy {
    fn from(raw: RawProxy) -> Self {
        let seconds =
            |given: Option<Seconds>, default| given.map_or(Duration::from_secs(default), Seconds::duration);
        Self {
            known_vendors: raw.known_vendors.unwrap_or(true),
            allowed_domains: raw.allowed_domains.0,
            body_bytes: file::or(raw.body_bytes, 1024 * 1024 * 1024),
            first_byte_timeout: seconds(raw.first_byte_timeout_s, 600),
            silence_timeout: seconds(raw.silence_timeout_s, 300),
            probe_request: ProbeRequest {
                path_blocklist: raw.probe_request.path_blocklist,
                path_prefix_blocklist: raw.probe_request.path_prefix_blocklist,
                user_agent_substrings: bare(raw.probe_request.user_agent_substrings, |part| part.0),
                allowed_methods: bare(raw.probe_request.allowed_methods, |method| method),
                ip_blocklist: bare(raw.probe_request.ip_blocklist, |address| address),
            },
            probe_filter: ProbeFilter {
                patterns: bare(raw.probe_filter.patterns, |pattern| pattern),
                ip_patterns: bare(raw.probe_filter.ip_patterns, |pattern| pattern),
                custom_patterns: bare(raw.probe_filter.custom_patterns, |pattern| pattern),
                custom_ip_patterns: bare(raw.probe_filter.custom_ip_patterns, |pattern| pattern),
                disable_default_patterns: raw.probe_filter.disable_default_patterns,
                disable_default_ip_patterns: raw.probe_filter.disable_default_ip_patterns,
            },
        }
    }
}

fn bare<T, U>(written: Vec<Written<T>>, of: impl Fn(T) -> U) -> Vec<U> {
    written.into_iter().map(|written| of(written.0)).collect()
}
