//! How often somebody may try to come in.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::{Code, Trouble};

const EACH_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
const EACH_AFTER: Duration = Duration::from_secs(12);
const ALL_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
const ALL_AFTER: Duration = Duration::from_secs(3);
/// So many peers are remembered before those that have been quiet are forgotten.
const MANY_PEERS: usize = 1000;

/// Five tries at once and then one every twelve seconds for each peer, four times as much for all together.
pub(super) struct Throttle<C: Clock = DefaultClock> {
    clock: C,
    each: RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, C, NoOpMiddleware<C::Instant>>,
    all: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
}

impl Throttle {
    pub(super) fn new() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Throttle<C> {
    pub(super) fn with_clock(clock: C) -> Self {
        let quota = |after, at_once| {
            Quota::with_period(after).unwrap_or(Quota::per_minute(at_once)).allow_burst(at_once)
        };
        Self {
            each: RateLimiter::new(
                quota(EACH_AFTER, EACH_AT_ONCE),
                DefaultKeyedStateStore::default(),
                clock.clone(),
            ),
            all: RateLimiter::new(quota(ALL_AFTER, ALL_AT_ONCE), InMemoryState::default(), clock.clone()),
            clock,
        }
    }

    /// Counts a try.
    pub(super) fn pass(&self, peer: IpAddr) -> Result<(), Trouble> {
        if self.each.len() > MANY_PEERS {
            self.each.retain_recent();
        }
        let now = self.clock.now();
        self.each.check_key(&network(peer)).map_err(|until| too_many(until.wait_time_from(now)))?;
        self.all.check().map_err(|until| too_many(until.wait_time_from(now)))
    }
}

/// A peer has a whole network of IPv6 addresses to come from.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn too_many(wait: Duration) -> Trouble {
    let seconds = wait.as_secs() + 1;
    Trouble::new(Code::Throttled, "Too many tries to sign in.")
        .action(format!("Wait {seconds} seconds, then try again."))
        .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn peer(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn a_peer_has_five_tries_and_then_one_every_twelve_seconds() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with_clock(clock.clone());
        for _ in 0..5 {
            assert_eq!(throttle.pass(peer(1)), Ok(()));
        }
        let trouble = throttle.pass(peer(1)).expect_err("the sixth try");
        assert_eq!(trouble.code, Code::Throttled);
        let told = trouble.into_response();
        assert_eq!(
            told.headers()[http::header::RETRY_AFTER],
            "13",
            "twelve seconds, and never a moment too early"
        );
        assert_eq!(throttle.pass(peer(2)), Ok(()), "another peer is not slowed by it");

        clock.advance(Duration::from_secs(11));
        assert!(throttle.pass(peer(1)).is_err());
        clock.advance(Duration::from_secs(1));
        assert_eq!(throttle.pass(peer(1)), Ok(()));
        assert!(throttle.pass(peer(1)).is_err());
    }

    #[test]
    fn all_peers_together_have_twenty_tries() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with_clock(clock.clone());
        for number in 0..20 {
            assert_eq!(throttle.pass(peer(number)), Ok(()));
        }
        assert!(throttle.pass(peer(20)).is_err());
        clock.advance(Duration::from_secs(3));
        assert_eq!(throttle.pass(peer(21)), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        let throttle = Throttle::with_clock(FakeRelativeClock::default());
        let address = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
        for host in 0..5 {
            assert_eq!(throttle.pass(address(host)), Ok(()));
        }
        assert!(throttle.pass(address(6)).is_err());
    }

    #[test]
    fn peers_that_have_been_quiet_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::with_clock(clock.clone());
        for number in 0..1500_u32 {
            let _ = throttle.pass(IpAddr::from(number.to_be_bytes()));
            clock.advance(Duration::from_secs(1));
        }
        assert!(throttle.each.len() <= MANY_PEERS + 1, "{}", throttle.each.len());
    }
}
