//! The domains that were asked for last and are not allowed, so that their owner can allow them with one click.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::sync::watch;

/// So many domains are remembered; the one that was asked for longest ago makes room.
const MOST: usize = 50;
/// Longer ones are not remembered.
const LONGEST: usize = 260;

/// A domain that somebody asked for and that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedDomain {
    /// The host, with its port where one was named, in lower case.
    pub domain: String,
    /// How often it was asked for since it was first remembered.
    pub times: u64,
    /// When it was asked for last.
    pub last: SystemTime,
}

/// The last refused domains, the latest last.
#[derive(Debug, Default)]
pub(crate) struct RefusedDomains {
    list: Mutex<Vec<RefusedDomain>>,
    changes: Arc<watch::Sender<u64>>,
}

impl RefusedDomains {
    /// Tells these whenever a domain is refused.
    pub(crate) fn telling(changes: Arc<watch::Sender<u64>>) -> Self {
        Self { list: Mutex::default(), changes }
    }

    pub(crate) fn remember(&self, domain: &str) {
        if domain.len() > LONGEST {
            return;
        }
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let known = list.iter().position(|known| known.domain.eq_ignore_ascii_case(domain));
        let times = known.map_or(0, |at| list.remove(at).times);
        if list.len() >= MOST {
            list.remove(0);
        }
        let domain = domain.to_ascii_lowercase();
        list.push(RefusedDomain { domain, times: times.saturating_add(1), last: SystemTime::now() });
        drop(list);
        self.changes.send_modify(|number| *number = number.wrapping_add(1));
    }

    /// The latest first, without those that `allowed` says may be asked for by now.
    pub(crate) fn list(&self, allowed: impl Fn(&str) -> bool) -> Vec<RefusedDomain> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.iter().rev().filter(|refused| !allowed(&refused.domain)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_domains_are_remembered_and_counted() {
        let refused = RefusedDomains::default();
        let mut heard = refused.changes.subscribe();
        for n in 0..MOST + 2 {
            refused.remember(&format!("host-{n}.example"));
        }
        heard.mark_unchanged();
        refused.remember("HOST-7.example");
        assert!(heard.has_changed().is_ok_and(|changed| changed));
        refused.remember(&"x".repeat(LONGEST + 1));
        let list = refused.list(|domain| domain == "host-9.example");
        assert_eq!((list.len(), list[0].domain.as_str(), list[0].times), (MOST - 1, "host-7.example", 2));
        assert!(!list.iter().any(|known| known.domain == "host-1.example"), "the oldest made room");
    }
}
