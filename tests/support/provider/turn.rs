use bytes::Bytes;
use http::StatusCode;

use super::fixtures::Fixture;
use super::refusal::Refusal;
use super::said::Said;

/// How one request is answered.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    pub(super) act: Act,
    pub(super) delivery: Delivery,
}

#[derive(Clone, Debug, Default)]
pub(super) enum Act {
    /// Made from what was asked.
    #[default]
    Echo,
    /// Alternatives, which most requests get one of.
    Say(Vec<Said>),
    Refuse(Refusal),
    Replay(Replay),
}

/// How an answer goes over the network.
#[derive(Clone, Debug, Default)]
pub(super) struct Delivery {
    pub(super) pieces: Pieces,
    pub(super) gzip: bool,
    pub(super) held_after: Option<usize>,
    pub(super) cut_after: Option<usize>,
    pub(super) trouble_after: Option<(usize, Refusal)>,
    pub(super) headers: Vec<(String, String)>,
}

/// Where an answer is cut on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pieces {
    /// Each event by itself.
    #[default]
    Events,
    /// So many bytes at a time; borders fall where they fall, also inside a character.
    Bytes(usize),
    /// All at once.
    Whole,
}

/// An answer that is written down to the byte.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, besides those that HTTP itself needs.
    pub headers: Vec<(String, String)>,
    /// What is sent, before it is compressed.
    pub body: Bytes,
    /// Whether it is compressed, whatever the client accepts.
    pub gzip: bool,
    /// Where it is cut.
    pub pieces: Pieces,
}

impl Replay {
    /// An answer with this status, one header and this body.
    pub fn new(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), gzip: false, pieces: Pieces::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<&Fixture> for Replay {
    fn from(fixture: &Fixture) -> Self {
        Self::new(StatusCode::OK, fixture.content_type, Bytes::from_static(fixture.body))
    }
}

impl Turn {
    /// Answers with what was asked.
    pub fn echo() -> Self {
        Self::default()
    }

    /// Alternatives, the first of them for whoever asks for one.
    pub fn choices(choices: impl IntoIterator<Item = Said>) -> Self {
        Self { act: Act::Say(choices.into_iter().collect()), delivery: Delivery::default() }
    }

    /// Refuses in the vendor's words, whatever was asked.
    pub fn refuse(refusal: Refusal) -> Self {
        Self { act: Act::Refuse(refusal), delivery: Delivery::default() }
    }

    /// Answers with these bytes, whatever was asked; how they go out is told by the replay alone.
    pub fn replay(replay: impl Into<Replay>) -> Self {
        Self { act: Act::Replay(replay.into()), delivery: Delivery::default() }
    }

    /// Cut like this.
    #[must_use]
    pub fn pieces(mut self, pieces: Pieces) -> Self {
        self.delivery.pieces = pieces;
        self
    }

    /// Compressed, whatever the client accepts.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.delivery.gzip = true;
        self
    }

    /// Waits after so many events until [`super::Provider::release`]; before the status, if it is 0.
    #[must_use]
    pub fn held_after(mut self, events: usize) -> Self {
        self.delivery.held_after = Some(events);
        self
    }

    /// The connection ends after so many events.
    #[must_use]
    pub fn cut_after(mut self, events: usize) -> Self {
        self.delivery.cut_after = Some(events);
        self
    }

    /// After so many events the vendor tells of trouble in the stream itself, and ends it.
    #[must_use]
    pub fn trouble_after(mut self, events: usize, trouble: Refusal) -> Self {
        self.delivery.trouble_after = Some((events, trouble));
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.delivery.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<Said> for Turn {
    fn from(said: Said) -> Self {
        Self::choices([said])
    }
}
