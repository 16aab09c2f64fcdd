//! What goes on beside requests, whatever the accounts are.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{Account, Pool};

/// Longer than anybody waits.
const AN_HOUR: Duration = Duration::from_secs(3600);

impl<A: Account> Pool<A> {
    /// Ends cooldowns whose time has come, and takes a `look` at the account that is to be looked at next when that is due,
    /// at one after the other, for as long as it runs.
    pub(crate) async fn tend<F>(&self, next_look: impl Fn() -> Option<(A, Instant)>, look: impl Fn(A) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut changes = self.changes();
        let mut looking = JoinSet::new();
        loop {
            changes.mark_unchanged();
            self.end_what_ended();
            let mut next = self.next_end(AN_HOUR);
            if looking.is_empty() {
                match next_look() {
                    Some((account, due)) if due <= Instant::now() => {
                        looking.spawn(look(account));
                    }
                    Some((_, due)) => next = next.min(due.saturating_duration_since(Instant::now())),
                    None => {}
                }
            }
            tokio::select! {
                () = tokio::time::sleep(next) => {}
                Some(_) = looking.join_next() => {}
                // The pool is there as long as this is.
                _ = changes.changed() => {}
            }
        }
    }
}
