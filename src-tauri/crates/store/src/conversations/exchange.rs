//! One exchange as it was: what a client sent and what it got.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::headers::Headers;
use crate::KeyId;

/// Names an exchange within the database; later ones have larger numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Seq(pub i64);

/// The way by which an exchange came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecordedVia)]
pub enum Via {
    /// A client, in one of the dialects of this server.
    Api,
    /// A client, through the path proxy.
    Proxy,
    /// The owner, from the console.
    Console,
    /// Somebody else's records.
    Import,
}

impl Via {
    /// Its word in the database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Proxy => "proxy",
            Self::Console => "console",
            Self::Import => "import",
        }
    }

    /// What a word in the database means.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Api, Self::Proxy, Self::Console, Self::Import].into_iter().find(|via| via.name() == name)
    }
}

/// How an exchange ended, as far as HTTP knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The client got all there was.
    Whole,
    /// The client got an error of this server: refused, or nobody could answer.
    Refused,
    /// The other side broke the answer off, or said nothing for too long.
    Broken,
    /// The client went away, or the request was cancelled.
    Left,
}

impl Ended {
    /// Its word in the database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::Left => "left",
        }
    }

    /// What a word in the database means.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Whole, Self::Refused, Self::Broken, Self::Left].into_iter().find(|ended| ended.name() == name)
    }
}

/// What is known of an exchange when it begins.
#[derive(Clone, Debug)]
pub struct Call {
    /// The request's id, as it is in the journal.
    pub id: String,
    /// When it came.
    pub at: SystemTime,
    /// By which way.
    pub via: Via,
    /// The method.
    pub method: String,
    /// The server it goes to, with its port where that is not the usual one; `None` for this server's own dialects.
    pub host: Option<String>,
    /// Path and query at that server. Credentials in it are removed by the recorder.
    pub path: String,
    /// The headers, in their order. Credentials in them are removed by the recorder.
    pub headers: Headers,
    /// The client key it came with.
    pub key: Option<KeyId>,
}

/// Who answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Server {
    /// The upstream's name, or the server of the path proxy.
    pub upstream: String,
    /// The model as it is asked for there; empty where nobody knows.
    pub model: String,
    /// The account that answered.
    pub account: Option<String>,
}

/// An exchange as it is kept, its bodies unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its place.
    pub seq: Seq,
    /// The request's id.
    pub id: String,
    /// When it came, in milliseconds of Unix time.
    pub at_ms: i64,
    /// By which way.
    pub via: Via,
    /// The method.
    pub method: String,
    /// The server it went to; `None` for this server's own dialects.
    pub host: Option<String>,
    /// Path and query, without credentials.
    pub path: String,
    /// The client key it came with.
    pub key: Option<KeyId>,
    /// Tells credentials apart without naming them: the same for whatever came with the same one. `None` without one.
    pub credential: Option<String>,
    /// Who answered.
    pub server: Server,
    /// The status of the answer; zero when there was none.
    pub status: u16,
    /// How it ended.
    pub ended: Ended,
    /// Until the first byte of the answer's body.
    pub first_byte: Option<Duration>,
    /// Until the end.
    pub total: Duration,
    /// Headers of the request, without credentials.
    pub request_headers: Vec<(String, String)>,
    /// The request's body as it was sent, without credentials and its content-encoding undone.
    pub request: Bytes,
    /// Headers of the answer, without cookies.
    pub response_headers: Vec<(String, String)>,
    /// The answer's body as the client got it, its content-encoding undone.
    pub response: Bytes,
}

impl Exchange {
    /// The first header of the answer with this name, whatever its case.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        find(&self.response_headers, name)
    }

    /// The first header of the request with this name, whatever its case.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        find(&self.request_headers, name)
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
