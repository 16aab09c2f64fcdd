use bytes::Bytes;
use http::{HeaderMap, Method, Version};
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub(super) id: u64,
    /// What it was called with.
    pub method: Method,
    /// Path and query, not decoded.
    pub target: String,
    /// The HTTP version it came in.
    pub version: Version,
    /// Headers; of several with one name, in their order.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Bytes,
    /// How it ended.
    pub end: End,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It is being answered.
    Open,
    /// The whole answer went out.
    Complete,
    /// The stand-in broke off, as it was told.
    Cut,
    /// The client went away before the end.
    HungUp,
}

impl Received {
    pub(super) fn new(head: http::request::Parts, body: Bytes) -> Self {
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let (method, version, headers) = (head.method, head.version, head.headers);
        Self { id: 0, method, target, version, headers, body, end: End::Open }
    }

    /// The path, not decoded.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The last value of a parameter of the query, not decoded.
    pub fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next_back()
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
