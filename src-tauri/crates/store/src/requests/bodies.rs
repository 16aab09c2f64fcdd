//! What was asked of late, in memory only and within a limit of bytes.

use std::collections::VecDeque;

use bytes::Bytes;
use postern_protocol::RequestId;

/// What an entry costs beside its bytes, so that many small ones have a bound too.
const ENTRY_BYTES: usize = 128;

/// The bodies, oldest first.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    entries: VecDeque<(RequestId, Bytes)>,
    bytes: usize,
    limit: usize,
}

impl Bodies {
    /// Keeps the body and drops the oldest ones that no longer fit. A body larger than the limit is not
    /// kept.
    pub(super) fn push(&mut self, id: RequestId, body: Bytes) {
        let cost = cost(&body);
        if cost > self.limit {
            return;
        }
        self.make_room(self.limit - cost);
        self.bytes += cost;
        self.entries.push_back((id, body));
    }

    pub(super) fn get(&self, id: &RequestId) -> Option<Bytes> {
        let newest = self.entries.iter().rev().find(|(known, _)| known == id);
        newest.map(|(_, body)| body.clone())
    }

    pub(super) fn limit(&mut self, limit: usize) {
        self.limit = limit;
        self.make_room(limit);
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn make_room(&mut self, limit: usize) {
        while self.bytes > limit {
            let Some((_, body)) = self.entries.pop_front() else { return };
            self.bytes -= cost(&body);
        }
    }
}

fn cost(body: &Bytes) -> usize {
    body.len() + ENTRY_BYTES
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use postern_protocol::RequestId;

    use super::{Bodies, ENTRY_BYTES};

    fn of(bodies: &mut Bodies, id: &str, bytes: usize) {
        bodies.push(RequestId::new(id), Bytes::from(vec![b'x'; bytes]));
    }

    fn has(bodies: &Bodies, id: &str) -> bool {
        bodies.get(&RequestId::new(id)).is_some()
    }

    #[test]
    fn the_newest_bodies_fit_the_limit() {
        let mut bodies = Bodies::default();
        of(&mut bodies, "unwanted", 1);
        assert!(!has(&bodies, "unwanted"), "nothing is kept without a limit");

        bodies.limit(3 * (100 + ENTRY_BYTES));
        for id in ["a", "b", "c", "d"] {
            of(&mut bodies, id, 100);
            assert!(bodies.bytes() <= 3 * (100 + ENTRY_BYTES));
        }
        assert_eq!(["a", "b", "c", "d"].map(|id| has(&bodies, id)), [false, true, true, true]);

        of(&mut bodies, "large", 10_000);
        assert!(!has(&bodies, "large") && has(&bodies, "b"), "one that never fits drops no other");

        bodies.limit(100 + ENTRY_BYTES);
        assert_eq!(["b", "c", "d"].map(|id| has(&bodies, id)), [false, false, true]);
        bodies.clear();
        assert_eq!((bodies.bytes(), has(&bodies, "d")), (0, false));
    }

    #[test]
    fn empty_bodies_have_a_bound() {
        let mut bodies = Bodies::default();
        bodies.limit(10 * ENTRY_BYTES);
        for number in 0..100 {
            of(&mut bodies, &number.to_string(), 0);
        }
        assert_eq!(bodies.entries.len(), 10);
    }
}
