//! Those that say the same are told apart from all others.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use postern_store::{Alike, Change, Derived, Filter, Likeness, ReviewState, Selection, ThreadId};

use super::derived::{House, said};

/// Conversations with these texts, by their hashes, and these bands.
async fn saying(all: &[(u64, u64)]) -> House {
    let house = House::new();
    for (number, (text_hash, band)) in all.iter().enumerate() {
        let mut derived: Derived = said(&[&format!("title {number}"), "answer"]);
        derived.facts.text_hash = *text_hash;
        derived.facts.bands = vec![*band];
        house.put(derived).await;
    }
    house
}

/// All that may say the same, so many at a time, by their groups.
async fn groups(house: &House, filter: Filter, by: Likeness, limit: usize) -> Vec<Vec<i64>> {
    let conversations = house.conversations();
    let settled = conversations.settle(filter).await.expect("settled");
    let mut all: Vec<Alike> = Vec::new();
    loop {
        let next = conversations.next_alike(&settled, by, all.last().copied(), limit).await.expect("read");
        if next.is_empty() {
            let groups = all.chunk_by(|a, b| a.group == b.group);
            return groups.map(|group| group.iter().map(|one| one.id.0).collect()).collect();
        }
        all.extend(next);
    }
}

#[tokio::test]
async fn those_of_a_group_stand_together_the_oldest_first_and_a_single_one_is_left_out() {
    let high = u64::MAX - 5;
    let house =
        saying(&[(9, 1), (high, 2), (5, 3), (9, 4), (0, 5), (high, 6), (9, 7), (0, 8), (7, 5), (9, 10)])
            .await;
    for limit in 1..8 {
        let exact = groups(&house, Filter::default(), Likeness::Exact, limit).await;
        assert_eq!(exact, [vec![2, 6], vec![1, 4, 7, 10]], "{limit} at a time");
        let near = groups(&house, Filter::default(), Likeness::Near, limit).await;
        let mut near: Vec<Vec<i64>> = near;
        near.sort();
        assert_eq!(near, [vec![1, 4, 7, 10], vec![2, 6], vec![5, 9]], "{limit} at a time");
    }
}

#[tokio::test]
async fn of_those_that_say_the_same_only_those_that_match_are_told() {
    let house = saying(&[(7, 1), (7, 2), (7, 3), (8, 4), (8, 5)]).await;
    let approved = Change { state: Some(ReviewState::Approved), rating: Some(4), ..Change::default() };
    let some = Selection::Ids(vec![ThreadId(2), ThreadId(3), ThreadId(5)]);
    house.conversations().change(some, approved).await.expect("changed");
    let states = Filter { states: vec![ReviewState::Approved], ..Filter::default() };
    let ids = Filter { ids: vec![ThreadId(2), ThreadId(3), ThreadId(5)], ..Filter::default() };
    for filter in [states, ids] {
        for limit in 1..4 {
            let told = groups(&house, filter.clone(), Likeness::Exact, limit).await;
            assert_eq!(told, [vec![2, 3], vec![5]], "{limit} at a time of {filter:?}");
        }
        let settled = house.conversations().settle(filter).await.expect("settled");
        let told = house.conversations().next_alike(&settled, Likeness::Exact, None, 9).await.expect("read");
        assert!(told.iter().all(|one| one.rating == Some(4)), "{told:?}");
    }
}
