//! How many browsers live at once, and for how long one may be idle.
//!
//! Whoever wants to start a browser asks for a [`Berth`] and keeps it as long as the browser lives. When there is
//! none left, the browser that has been idle for longest is asked to leave; when all are at work, one waits until
//! the first of them is done. Who came first is served first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// The bounds of a [`Fleet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FleetLimits {
    /// Most browsers that live at once; at least one.
    pub max_live: usize,
    /// How long a browser may be idle before it is closed; `None` for ever.
    pub idle_stop: Option<Duration>,
}

/// The browsers of a house, as far as they have to share its memory. Clones share it.
#[derive(Clone, Debug)]
pub struct Fleet {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    limits: watch::Sender<FleetLimits>,
    harbour: Mutex<Harbour>,
}

#[derive(Debug, Default)]
struct Harbour {
    live: BTreeMap<u64, Live>,
    waiting: VecDeque<oneshot::Sender<Berth>>,
    next: u64,
}

/// A browser that has its berth.
#[derive(Debug)]
struct Live {
    /// Since when it has nothing to do.
    idle_since: Option<Instant>,
    /// Cancelled when somebody else needs the berth.
    leave: CancellationToken,
}

/// The right to have a browser; given back when dropped.
#[derive(Debug)]
pub(crate) struct Berth {
    fleet: Fleet,
    id: u64,
    leave: CancellationToken,
}

impl Default for FleetLimits {
    /// No bounds.
    fn default() -> Self {
        Self { max_live: usize::MAX, idle_stop: None }
    }
}

impl Default for Fleet {
    /// One without bounds.
    fn default() -> Self {
        Self::new(FleetLimits::default())
    }
}

impl Fleet {
    /// A fleet with these bounds.
    pub fn new(limits: FleetLimits) -> Self {
        Self { inner: Arc::new(Inner { limits: watch::Sender::new(limits), harbour: Mutex::default() }) }
    }

    /// Other bounds from now on. Browsers beyond them are closed as soon as they have nothing to do.
    pub fn set_limits(&self, limits: FleetLimits) {
        self.inner.limits.send_if_modified(|current| std::mem::replace(current, limits) != limits);
        self.settle();
    }

    /// The bounds in force.
    pub fn limits(&self) -> FleetLimits {
        *self.inner.limits.borrow()
    }

    /// How many browsers live, are being started or are being closed.
    pub fn live(&self) -> usize {
        self.harbour().live.len()
    }

    /// A berth, as soon as there is one.
    pub(crate) async fn admit(&self) -> Berth {
        match self.ask().await {
            Ok(berth) => berth,
            // Nobody drops what waits while a handle on the fleet is there, as this one is.
            Err(_) => std::future::pending().await,
        }
    }

    fn ask(&self) -> oneshot::Receiver<Berth> {
        let (to, mine) = oneshot::channel();
        self.harbour().waiting.push_back(to);
        self.settle();
        mine
    }

    /// Hands out the berths that are free, and asks browsers to leave where they are wanted.
    fn settle(&self) {
        while let Some((to, berth)) = self.next_grant() {
            // Who gave up meanwhile gives it back by this, outside the lock.
            drop(to.send(berth));
        }
    }

    fn next_grant(&self) -> Option<(oneshot::Sender<Berth>, Berth)> {
        let most = self.limits().max_live.max(1);
        let mut harbour = self.harbour();
        harbour.waiting.retain(|to| !to.is_closed());
        if harbour.live.len() >= most {
            harbour.make_room(most);
            return None;
        }
        let to = harbour.waiting.pop_front()?;
        let id = harbour.next;
        harbour.next += 1;
        let leave = CancellationToken::new();
        harbour.live.insert(id, Live { idle_since: None, leave: leave.clone() });
        Some((to, Berth { fleet: self.clone(), id, leave }))
    }

    fn harbour(&self) -> MutexGuard<'_, Harbour> {
        self.inner.harbour.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Harbour {
    /// Asks as many idle browsers to leave as there are berths missing.
    fn make_room(&self, most: usize) {
        let leaving = self.live.values().filter(|live| live.leave.is_cancelled()).count();
        let missing = (self.live.len() + self.waiting.len()).saturating_sub(most).saturating_sub(leaving);
        let mut idle: Vec<&Live> = self
            .live
            .values()
            .filter(|live| live.idle_since.is_some() && !live.leave.is_cancelled())
            .collect();
        idle.sort_by_key(|live| live.idle_since);
        idle.iter().take(missing).for_each(|live| live.leave.cancel());
    }
}

impl Berth {
    /// The browser has something to do. False when its berth was promised to somebody else: then it has to be
    /// closed, and another berth asked for.
    pub(crate) fn work(&self) -> bool {
        let mut harbour = self.fleet.harbour();
        if let Some(live) = harbour.live.get_mut(&self.id) {
            live.idle_since = None;
        }
        !self.leave.is_cancelled()
    }

    /// The browser has nothing to do.
    pub(crate) fn rest(&self) {
        if let Some(live) = self.fleet.harbour().live.get_mut(&self.id) {
            live.idle_since.get_or_insert_with(Instant::now);
        }
        self.fleet.settle();
    }

    /// Resolves when the browser is to be closed, because it was idle for long or another one needs its berth.
    /// Cancel safe.
    pub(crate) async fn dismissed(&self) {
        let mut limits = self.fleet.inner.limits.subscribe();
        loop {
            let patience = limits.borrow_and_update().idle_stop;
            let since = self.fleet.harbour().live.get(&self.id).and_then(|live| live.idle_since);
            let end = since.zip(patience).and_then(|(since, patience)| since.checked_add(patience));
            let over = async {
                match end {
                    Some(end) => sleep_until(end).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.leave.cancelled() => return,
                () = over => return,
                changed = limits.changed() => if changed.is_err() { return },
            }
        }
    }
}

impl Drop for Berth {
    fn drop(&mut self) {
        self.fleet.harbour().live.remove(&self.id);
        self.fleet.settle();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn fleet(max_live: usize) -> Fleet {
        Fleet::new(FleetLimits { max_live, idle_stop: None })
    }

    #[tokio::test]
    async fn who_was_idle_for_longest_makes_room_for_who_came_first() {
        let fleet = fleet(2);
        let (one, two) = (fleet.admit().await, fleet.admit().await);
        let (mut first, mut second) = (Box::pin(fleet.admit()), Box::pin(fleet.admit()));
        assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
        // All are at work, so nobody is asked.
        assert!(one.dismissed().now_or_never().is_none() && two.dismissed().now_or_never().is_none());
        two.rest();
        assert!(two.dismissed().now_or_never().is_some() && !two.work(), "the berth is promised");
        assert!(one.work() && fleet.live() == 2, "never more than allowed");
        drop(two);
        let got = (&mut first).now_or_never().expect("who came first is first");
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        drop(second);
        one.rest();
        assert!(one.work(), "who waited is gone, so nobody has to leave");
        drop((one, got));
        assert_eq!(fleet.live(), 0);
    }

    #[tokio::test]
    async fn a_berth_for_one_who_gave_up_goes_to_the_next() {
        let fleet = fleet(1);
        let one = fleet.admit().await;
        let gave_up = fleet.ask();
        let waits = fleet.ask();
        drop(gave_up);
        drop(one);
        assert!(waits.now_or_never().expect("at once").is_ok());
    }

    #[tokio::test]
    async fn idle_browsers_are_dismissed_in_time_and_by_new_bounds() {
        let patience = Duration::from_millis(30);
        let fleet = Fleet::new(FleetLimits { max_live: 3, idle_stop: Some(patience) });
        let one = fleet.admit().await;
        assert!(one.dismissed().now_or_never().is_none(), "one that works is not idle");
        let begin = Instant::now();
        one.rest();
        one.dismissed().await;
        assert!(begin.elapsed() >= patience);
        assert!(one.work(), "nobody needs its berth");
        let patient = FleetLimits { max_live: 3, idle_stop: None };
        fleet.set_limits(patient);
        let two = fleet.admit().await;
        two.rest();
        one.rest();
        assert!(two.dismissed().now_or_never().is_none());
        fleet.set_limits(FleetLimits { max_live: 1, ..patient });
        assert!(two.dismissed().now_or_never().is_some() && one.dismissed().now_or_never().is_none());
    }
}
