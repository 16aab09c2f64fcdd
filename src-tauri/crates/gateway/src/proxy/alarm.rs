//! When somebody has waited long enough.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// Rings when a deadline has passed. There is one for all requests of a connection, which come one after another: all
/// threads share the lock behind making one and putting it away.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Mutex<Option<Pin<Box<Sleep>>>>);

impl Alarm {
    /// Resolves when the deadline has passed. It may be put off meanwhile: the alarm rings too early then, and is set to
    /// what is left.
    pub(crate) async fn rings(&self, deadline: impl Fn() -> Instant) {
        poll_fn(|context| {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let sleep = kept.get_or_insert_with(|| Box::pin(sleep_until(deadline())));
            if sleep.deadline() > deadline() {
                sleep.as_mut().reset(deadline());
            }
            loop {
                ready!(sleep.as_mut().poll(context));
                let deadline = deadline();
                if deadline <= Instant::now() {
                    return Poll::Ready(());
                }
                sleep.as_mut().reset(deadline);
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_rings_at_the_deadline_of_whoever_waits_now() {
        let (alarm, begun) = (Alarm::default(), Instant::now());
        let at = |millis| begun + Duration::from_millis(millis);
        for millis in [10, 30, 31] {
            alarm.rings(|| at(millis)).await;
            assert!(Instant::now() >= at(millis));
        }
        // It is given up before it rings.
        tokio::select! {
            biased;
            () = alarm.rings(|| at(1_000_000)) => panic!("too early"),
            () = std::future::ready(()) => {}
        }
        let soon = alarm.rings(|| at(60));
        tokio::time::timeout(Duration::from_secs(60), soon).await.expect("the one before waits no more");
        assert!(Instant::now() >= at(60));
    }

    #[tokio::test]
    async fn a_deadline_may_be_put_off() {
        let (alarm, begun) = (Alarm::default(), Instant::now());
        let (asked, later) = (Cell::new(0), begun + Duration::from_millis(50));
        let deadline = || {
            asked.set(asked.get() + 1);
            if asked.get() < 4 { begun + Duration::from_millis(5) } else { later }
        };
        alarm.rings(deadline).await;
        assert!(Instant::now() >= later);
    }
}
