//! Waiting without being silent: whoever is told nothing for too long gives up.

use std::pin::Pin;
use std::time::Duration;

use postern_protocol::chat::{Event, Step};
use tokio::time::timeout;

/// How often somebody who waits says so. Far less than anybody's patience.
const OFTEN: Duration = Duration::from_secs(15);

/// What is told while something is waited for.
pub(crate) const WAITS: Event = Event::Step(Step::Waits);

/// What comes of the work; `None` when it is time to tell that it is being waited for.
pub(crate) async fn for_a_while<F: Future>(work: Pin<&mut F>) -> Option<F::Output> {
    timeout(OFTEN, work).await.ok()
}
