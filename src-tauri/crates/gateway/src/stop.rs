//! How the end of the server reaches those who are still being served.

use std::time::Duration;

use postern_protocol::chat::{Failure, FailureKind};
use tokio_util::sync::CancellationToken;

/// When to come again; a server that is started anew is there by then.
const COME_AGAIN: Duration = Duration::from_secs(5);

/// The end of one listener, for the requests that came in through it. A gateway that is served again has
/// another one; the default is one that never comes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop {
    /// Whoever is not being answered yet will not be.
    pub(crate) begun: CancellationToken,
    /// Time is up for running answers too.
    pub(crate) time_is_up: CancellationToken,
}

/// What is said to those who get no answer, or not all of it.
pub(crate) fn stopping() -> Failure {
    let message = "The server is stopping. Try again when it runs again.";
    Failure::new(FailureKind::Unavailable, message).retry_after(COME_AGAIN)
}
