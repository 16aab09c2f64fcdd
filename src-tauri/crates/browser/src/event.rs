//! What a watch tells: requests of the tab and the bytes of their answers, in order.

use std::fmt;

use bytes::Bytes;
use tokio::sync::mpsc;

/// Names one request of the page and its answer. Never used twice by a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExchangeId(pub(crate) u64);

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x{}", self.0)
    }
}

/// One thing that happened on the network. For each exchange: `Sent`, then `Answered`, then any number of
/// `Data`, then `Done`; `Broken` may come at any point and ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetEvent {
    /// The page sent a request.
    Sent {
        /// The exchange.
        id: ExchangeId,
        /// Full address.
        url: String,
        /// The request's body, when it is text.
        body: Option<String>,
    },
    /// Status line and headers arrived.
    Answered {
        /// The exchange.
        id: ExchangeId,
        /// HTTP status.
        status: u16,
    },
    /// Bytes of the answer's body, with content coding (gzip and the like) undone.
    Data {
        /// The exchange.
        id: ExchangeId,
        /// The bytes; never empty.
        bytes: Bytes,
    },
    /// The answer is complete.
    Done {
        /// The exchange.
        id: ExchangeId,
    },
    /// The request failed, was cut off, or was given up by the page.
    Broken {
        /// The exchange.
        id: ExchangeId,
        /// The browser's words.
        why: String,
    },
}

impl NetEvent {
    /// The exchange this event belongs to.
    pub fn id(&self) -> ExchangeId {
        match self {
            Self::Sent { id, .. }
            | Self::Answered { id, .. }
            | Self::Data { id, .. }
            | Self::Done { id }
            | Self::Broken { id, .. } => *id,
        }
    }
}

/// A running observation of one tab's requests; dropping it ends it.
#[derive(Debug)]
pub struct Watch {
    pub(crate) events: mpsc::UnboundedReceiver<NetEvent>,
}

impl Watch {
    /// The next event; `None` when the tab or the browser is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<NetEvent> {
        self.events.recv().await
    }
}
