//! Which account is asked first. Pure: plain values go in, an order comes out.

use std::cmp::{Ordering, Reverse};

/// How the account for a request is chosen among those that can answer it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one whose tab holds the conversation, else the least used.
    #[default]
    Sticky,
    /// One after the other.
    RoundRobin,
    /// By chance.
    Random,
    /// The one with the fewest answers of the day.
    LeastUsed,
    /// The one that has the most answers left, as far as that was learned.
    MostQuotaLeft,
}

/// An account that can answer, as far as choosing is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Higher ones come first.
    pub(super) priority: i32,
    /// Its share, at least 1.
    pub(super) weight: u32,
    /// Its tab holds the conversation, where that counts.
    pub(super) holds: bool,
    /// It failed again and again: it is asked when nobody else is left.
    pub(super) shaky: bool,
    /// Requests that it answers now.
    pub(super) busy: u64,
    /// Answers that it gave today.
    pub(super) uses: u64,
    /// Answers it has left of the model today; `None` when it was never used up.
    pub(super) left: Option<u64>,
    /// How far its turns have brought it: each takes it further the smaller its weight is.
    pub(super) pass: u64,
    /// A number by chance, above 0 and at most 1.
    pub(super) draw: f64,
}

/// How far a turn brings an account of weight 1.
const STRIDE: u64 = 1 << 20;

/// The candidates in the order in which they are tried, as places in the slice.
pub(super) fn order(choice: Choice, candidates: &[Candidate]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    // What is equal stays in the order of the names.
    places.sort_by(|one, other| compare(choice, &candidates[*one], &candidates[*other]));
    places
}

/// Where a turn brings an account that stood at `pass`, when the one furthest behind stands at `last`: one that
/// was away does not make up for it.
pub(super) fn advance(pass: u64, last: u64, weight: u32) -> u64 {
    pass.max(last).saturating_add(STRIDE / u64::from(weight.max(1)))
}

fn compare(choice: Choice, one: &Candidate, other: &Candidate) -> Ordering {
    let rank = |candidate: &Candidate| (candidate.shaky, Reverse(candidate.priority), !candidate.holds);
    rank(one).cmp(&rank(other)).then_with(|| match choice {
        Choice::RoundRobin => one.pass.cmp(&other.pass),
        Choice::Random => chance(one).total_cmp(&chance(other)),
        Choice::Sticky | Choice::LeastUsed => by_load(one, other),
        Choice::MostQuotaLeft => by_quota(one, other).then_with(|| by_load(one, other)),
    })
}

/// The one with the smaller load for its weight first, counting the request that is to come.
fn by_load(one: &Candidate, other: &Candidate) -> Ordering {
    let load = |candidate: &Candidate| u128::from(candidate.busy) + u128::from(candidate.uses) + 1;
    (load(one) * u128::from(other.weight)).cmp(&(load(other) * u128::from(one.weight)))
}

/// The one with more left first. One that was never used up counts as one with plenty.
fn by_quota(one: &Candidate, other: &Candidate) -> Ordering {
    let left = |candidate: &Candidate| {
        candidate.left.map_or(u128::MAX, |left| u128::from(left) * u128::from(candidate.weight))
    };
    left(other).cmp(&left(one))
}

/// Numbers that sort so that each account comes first as often as its weight says.
fn chance(candidate: &Candidate) -> f64 {
    -candidate.draw.ln() / f64::from(candidate.weight)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Choice; 5] =
        [Choice::Sticky, Choice::RoundRobin, Choice::Random, Choice::LeastUsed, Choice::MostQuotaLeft];

    fn plain() -> Candidate {
        Candidate {
            priority: 0,
            weight: 1,
            holds: false,
            shaky: false,
            busy: 0,
            uses: 0,
            left: None,
            pass: 0,
            draw: 0.5,
        }
    }

    fn candidate() -> impl Strategy<Value = Candidate> {
        let standing = (-3..3_i32, 1..=100_u32, any::<bool>(), prop::bool::weighted(0.2));
        let work = (0..5_u64, 0..500_u64, prop::option::of(0..100_u64), 0..1_000_000_u64);
        (standing, work, 0.000_001..1.0_f64).prop_map(
            |((priority, weight, holds, shaky), (busy, uses, left, pass), draw)| Candidate {
                priority,
                weight,
                holds,
                shaky,
                busy,
                uses,
                left,
                pass,
                draw,
            },
        )
    }

    proptest! {
        #[test]
        fn everybody_is_tried_once_and_priority_goes_first(
            candidates in prop::collection::vec(candidate(), 0..8),
        ) {
            for choice in ALL {
                let places = order(choice, &candidates);
                let mut sorted = places.clone();
                sorted.sort_unstable();
                prop_assert_eq!(sorted, (0..candidates.len()).collect::<Vec<_>>());
                for pair in places.windows(2) {
                    let (one, next) = (&candidates[pair[0]], &candidates[pair[1]]);
                    prop_assert!(one.shaky <= next.shaky);
                    prop_assert!(one.shaky != next.shaky || one.priority >= next.priority);
                }
            }
        }

        #[test]
        fn who_holds_the_conversation_is_first_among_equals(
            candidates in prop::collection::vec(candidate(), 1..8),
        ) {
            for choice in ALL {
                for pair in order(choice, &candidates).windows(2) {
                    let (one, next) = (&candidates[pair[0]], &candidates[pair[1]]);
                    if (one.shaky, one.priority) == (next.shaky, next.priority) {
                        prop_assert!(one.holds >= next.holds);
                    }
                }
            }
        }

        #[test]
        fn turns_are_shared_by_weight(weights in prop::collection::vec(1..=10_u32, 1..6)) {
            let mut candidates: Vec<Candidate> =
                weights.iter().map(|weight| Candidate { weight: *weight, ..plain() }).collect();
            let mut turns = vec![0_u64; weights.len()];
            let all: u64 = weights.iter().copied().map(u64::from).sum();
            for _ in 0..all * 10 {
                let first = order(Choice::RoundRobin, &candidates)[0];
                let last = candidates.iter().map(|candidate| candidate.pass).min().unwrap();
                turns[first] += 1;
                candidates[first].pass = advance(candidates[first].pass, last, candidates[first].weight);
            }
            for (turns, weight) in turns.iter().zip(&weights) {
                prop_assert!(turns.abs_diff(u64::from(*weight) * 10) <= 2, "{turns} for {weight} of {all}");
            }
        }
    }

    #[test]
    fn one_that_was_away_does_not_get_every_turn() {
        assert_eq!(advance(0, 50 * STRIDE, 1), 51 * STRIDE);
        assert_eq!(advance(60 * STRIDE, 50 * STRIDE, 2), 60 * STRIDE + STRIDE / 2);
    }

    #[test]
    fn chance_follows_the_weights() {
        let mut first = [0_u32; 2];
        for step in 0..100_u32 {
            for other in 0..100_u32 {
                let draw = |step: u32| (f64::from(step) + 0.5) / 100.0;
                let light = Candidate { draw: draw(step), ..plain() };
                let heavy = Candidate { draw: draw(other), weight: 3, ..plain() };
                first[order(Choice::Random, &[light, heavy])[0]] += 1;
            }
        }
        assert!((2_300..2_700).contains(&first[0]), "a quarter of 10000: {first:?}");
    }

    #[test]
    fn the_least_used_for_its_weight_is_first() {
        let used = |uses, weight| Candidate { uses, weight, ..plain() };
        assert_eq!(order(Choice::LeastUsed, &[used(5, 1), used(3, 1), used(8, 4)]), [2, 1, 0]);
        let busy = Candidate { busy: 3, ..plain() };
        assert_eq!(order(Choice::Sticky, &[busy, used(2, 1)]), [1, 0]);
    }

    #[test]
    fn the_most_quota_is_that_which_was_never_used_up() {
        let left = |left| Candidate { left, ..plain() };
        assert_eq!(order(Choice::MostQuotaLeft, &[left(Some(2)), left(Some(9)), left(None)]), [2, 1, 0]);
    }
}
