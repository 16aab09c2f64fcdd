//! How the end of the server reaches those who are still being served.

use std::time::Duration;

use postern_protocol::chat::{Failure, FailureKind};
use tokio_util::sync::CancellationToken;

/// When to come again; a server that is started anew is there by then.
const COME_AGAIN: Duration = Duration::from_secs(5);

/// How a listener is told to end, and tells how far it is. The default is one that nobody has ended yet.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// The server goes on elsewhere: no new connections; requests that are there are answered to their end.
    pub moved: CancellationToken,
    /// The server stops: who waits is refused, running answers have a little time. It may come after
    /// [`Ending::moved`].
    pub shutdown: CancellationToken,
    /// Cancelled by the listener when it has let go of its address.
    pub let_go: CancellationToken,
}

impl Ending {
    /// One that only knows the end of the server.
    pub(crate) fn by(shutdown: CancellationToken) -> Self {
        Self { shutdown, ..Self::default() }
    }

    /// Resolves when no new connections are to be taken.
    pub(crate) async fn begun(&self) {
        tokio::select! {
            () = self.moved.cancelled() => {}
            () = self.shutdown.cancelled() => {}
        }
    }
}

/// The end of one listener, for the requests that came in through it. A gateway that is served again has
/// another one; the default is one that never comes.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    /// No further requests come in through the connections; long answers that are no model's must end. Cancelled with
    /// `begun`, if not before.
    pub(crate) closing: CancellationToken,
    /// Whoever is not being answered yet will not be.
    pub(crate) begun: CancellationToken,
    /// Time is up for running answers too.
    pub(crate) time_is_up: CancellationToken,
}

impl Stop {
    /// One that begins with `begun`.
    pub(crate) fn by(begun: CancellationToken) -> Self {
        Self { closing: begun.child_token(), begun, time_is_up: CancellationToken::new() }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::by(CancellationToken::new())
    }
}

/// What is said to those who get no answer, or not all of it.
pub(crate) fn stopping() -> Failure {
    let message = "The server is stopping. Try again when it runs again.";
    Failure::new(FailureKind::Unavailable, message).retry_after(COME_AGAIN)
}
