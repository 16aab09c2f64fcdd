//! Why an answer did not come, named after what a caller can say about it. No error holds a credential.

use std::error::Error as StdError;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use hyper_util::client::legacy::Error as ClientError;

use crate::Refusal;

/// Why a request had no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The address cannot be spoken to at all.
    #[error("the address cannot be used: {why}")]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// It leads to somebody who is not spoken to.
    #[error("{host} leads to {}, which is not spoken to", why.what())]
    Refused {
        /// The host, as it was written.
        host: String,
        /// The address that it leads to, where one was found.
        address: Option<IpAddr>,
        /// Who is there.
        why: Refusal,
    },
    /// Nobody knows the name.
    #[error("the name {host} was not found: {why}")]
    NotFound {
        /// The name.
        host: String,
        /// What the system said.
        why: String,
    },
    /// Nobody took the connection.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The host, with its port.
        host: String,
        /// What the system said.
        why: String,
    },
    /// Nobody took the connection in time.
    #[error("{host} did not answer within {} s", after.as_secs())]
    Late {
        /// The host, with its port.
        host: String,
        /// How long was waited.
        after: Duration,
    },
    /// The connection could not be encrypted, or the server did not prove its name.
    #[error("no encrypted connection to {host}: {why}")]
    Tls {
        /// The host.
        host: String,
        /// What was wrong.
        why: String,
    },
    /// The proxy on the way did not do its part.
    #[error("the proxy {proxy} {trouble}")]
    Proxy {
        /// The proxy, without what it wants to see of us.
        proxy: String,
        /// What it did instead.
        trouble: ProxyTrouble,
    },
    /// What was to be sent could not be read to its end.
    #[error("the request could not be read to its end: {why}")]
    OwnBody {
        /// What happened to it.
        why: String,
    },
    /// The connection broke before a whole head of an answer came.
    #[error("the connection broke before an answer came: {why}")]
    Broken {
        /// What happened.
        why: String,
        /// Whether anything of the request may have been sent by then.
        sent: bool,
    },
}

/// What a proxy did instead of its part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyTrouble {
    /// It is this server.
    #[error("is this server itself")]
    ThisServer,
    /// Its name is not known.
    #[error("has a name that was not found: {0}")]
    NotFound(String),
    /// It took no connection.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("did not answer in time")]
    Late,
    /// It wants a name and a password, or others.
    #[error("wants a name and a password, or does not take those that it was given")]
    WantsLogin,
    /// It does not lead there.
    #[error("does not lead there: {0}")]
    Refuses(String),
    /// It says what no proxy says.
    #[error("does not speak as a proxy of its kind does: {0}")]
    Strange(String),
    /// It is of a kind that is not spoken here.
    #[error("is of a kind that is not spoken here; use http, https, socks5 or socks5h")]
    Unspoken,
}

impl NetError {
    /// Whether any byte of the request may have reached its target. Only where none has can it be sent once more
    /// without the risk that it is done twice.
    pub fn was_sent(&self) -> bool {
        matches!(self, Self::Broken { sent: true, .. } | Self::OwnBody { .. })
    }

    /// What may be said to those who are not the owner: how this server gets out is not for them.
    pub fn in_public(&self) -> String {
        match self {
            Self::Proxy { trouble, .. } => format!("the proxy of this server {trouble}"),
            other => other.to_string(),
        }
    }

    pub(crate) fn refused(host: &str, address: Option<IpAddr>, why: Refusal) -> Self {
        Self::Refused { host: host.to_owned(), address, why }
    }

    /// What a client's error means.
    pub(crate) fn of(error: &ClientError) -> Self {
        let why = || in_full(error);
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        // Errors of the pool itself come from before a request is sent, and have no cause.
        let mut sent = !error.is_connect() && error.source().is_some();
        let mut own = false;
        while let Some(error) = cause {
            if let Some(ours) = error.downcast_ref::<Self>() {
                return ours.clone();
            }
            if let Some(hyper) = error.downcast_ref::<hyper::Error>() {
                sent = sent && !hyper.is_canceled() && !hyper.is_closed();
                own = own || hyper.is_user() && hyper.source().is_some();
            }
            cause = error.source();
        }
        if own && sent { Self::OwnBody { why: why() } } else { Self::Broken { why: why(), sent } }
    }
}

/// What the system said, without what is said around it.
pub(crate) fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        io::ErrorKind::TimedOut => "nobody answered in time".to_owned(),
        _ => in_full(error),
    }
}

/// An error with what it comes from, which says more.
fn in_full(error: &(dyn StdError + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}
