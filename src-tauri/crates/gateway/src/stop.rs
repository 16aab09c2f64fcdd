//! How the end of the server reaches those who are still being served.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};
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
    pub(crate) time_is_up: Bell,
}

impl Stop {
    /// One that begins with `begun`.
    pub(crate) fn by(begun: CancellationToken) -> Self {
        Self { closing: begun.child_token(), begun, time_is_up: Bell::default() }
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::by(CancellationToken::new())
    }
}

/// Rings once, for very many. A token takes a lock that all threads share whenever somebody looks at it, and connections look
/// at every turn: here that is one load, and who waits is written down once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bell {
    rung: Arc<AtomicBool>,
    token: CancellationToken,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.token.cancel();
    }

    pub(crate) fn has_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    /// Resolves when it rings.
    pub(crate) async fn rung(&self) {
        let mut token = pin!(self.token.cancelled());
        let mut known: Option<Waker> = None;
        let look = poll_fn(|context| {
            if self.has_rung() {
                return Poll::Ready(());
            }
            if known.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
                return Poll::Pending;
            }
            known = Some(context.waker().clone());
            token.as_mut().poll(context)
        });
        look.await;
    }

    /// Resolves when it rings, for what is part of a task that waits for [`Bell::rung`] too and is woken by that.
    pub(crate) async fn rung_beside(&self) {
        poll_fn(|_| if self.has_rung() { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// What is said to those who get no answer, or not all of it.
pub(crate) fn stopping() -> Failure {
    let message = "The server is stopping. Try again when it runs again.";
    Failure::new(FailureKind::Unavailable, message).retry_after(COME_AGAIN)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::Context;

    use futures::task::{ArcWake, waker};

    use super::*;

    /// Whether a task was woken.
    #[derive(Default)]
    struct Woken(AtomicBool);

    impl ArcWake for Woken {
        fn wake_by_ref(this: &Arc<Self>) {
            this.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_bell_wakes_the_task_that_asked_last() {
        let bell = Bell::default();
        let mut waits = pin!(bell.rung());
        let tasks = [Arc::new(Woken::default()), Arc::new(Woken::default())];
        for task in [&tasks[0], &tasks[0], &tasks[1]] {
            assert!(waits.as_mut().poll(&mut Context::from_waker(&waker(Arc::clone(task)))).is_pending());
        }
        bell.ring();
        assert!(tasks[1].0.load(Ordering::Relaxed) && bell.has_rung());
        assert!(waits.poll(&mut Context::from_waker(&waker(Arc::<Woken>::default()))).is_ready());
    }

    #[test]
    fn who_asks_after_the_bell_rang_does_not_wait() {
        let bell = Bell::default();
        bell.ring();
        let waker = waker(Arc::<Woken>::default());
        assert!(pin!(bell.rung()).poll(&mut Context::from_waker(&waker)).is_ready());
        assert!(pin!(bell.rung_beside()).poll(&mut Context::from_waker(&waker)).is_ready());
    }
}
