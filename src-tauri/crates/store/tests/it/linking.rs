//! Exchanges become conversations.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use postern_store::{Change, Deed, Derived, Facts, ReviewState, Selection, Standing, ThreadId};

use super::derived::{House, said};

const SYSTEM_CHANGED: u64 = 1 << 17;
const DUPLICATE: u64 = 1 << 20;
const NEAR_DUPLICATE: u64 = 1 << 21;
const UNREADABLE: u64 = 1 << 22;
const GROWN: u64 = 1 << 23;

fn approve() -> Change {
    Change { state: Some(ReviewState::Approved), ..Change::default() }
}

async fn decide(house: &House, id: ThreadId, change: Change) {
    house.conversations().change(Selection::Ids(vec![id]), change).await.expect("changed");
}

#[tokio::test]
async fn a_conversation_grows_with_each_exchange() {
    let house = House::new();
    let first = house.said(&["hello", "hi there"]).await;
    let second = house.said(&["hello", "hi there", "more", "gladly"]).await;
    let thread = house.only().await;
    assert_eq!(thread.exchanges, [first, second]);
    assert_eq!(thread.row.leaf, second);
    assert_eq!(thread.row.facts.turns, 4);
    assert_eq!(thread.body, b"hello\nhi there\nmore\ngladly");
    assert_eq!(house.search("gladly").await, ["hello"]);
    assert_eq!(house.search("hello").await, ["hello"], "each turn is found once");
}

#[tokio::test]
async fn another_answer_to_the_same_question_is_a_fork() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["hello", "hi", "more", "one"]).await;
    house.said(&["hello", "hi", "more", "two"]).await;
    house.said(&["hello", "hi", "else", "three"]).await;
    let list = house.list().await;
    assert_eq!(list.len(), 3);
    let parted: Vec<_> = list.iter().map(|row| (row.parent, row.fork_at)).collect();
    let root = list[2].id;
    assert_eq!(parted, [(Some(root), Some(2)), (Some(root), Some(3)), (None, None)]);
    assert_eq!(house.thread(root).await.forks.len(), 2);
    assert_eq!(house.thread(list[0].id).await.forks.len(), 2, "where it comes from, and its sibling");
    assert_eq!(house.search("hello").await.len(), 3, "a fork has texts of its own");
}

#[tokio::test]
async fn the_same_exchange_once_more_changes_nothing() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["hello", "hi", "more", "one"]).await;
    let id = house.only().await.row.id;
    decide(&house, id, approve()).await;
    house.said(&["hello", "hi"]).await;
    let again = house.said(&["hello", "hi", "more", "one"]).await;
    let thread = house.only().await;
    assert_eq!(thread.row.state, ReviewState::Approved);
    assert_eq!(thread.exchanges.last(), Some(&again));
    assert_eq!(thread.row.facts.turns, 4);
}

#[tokio::test]
async fn what_was_decided_is_to_be_decided_again_when_it_grows() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    let id = house.only().await.row.id;
    decide(&house, id, Change { rating: Some(4), add_tags: vec!["good".to_owned()], ..approve() }).await;
    house.said(&["hello", "hi", "more", "one"]).await;
    let row = house.only().await.row;
    assert_eq!((row.id, row.state, row.rating), (id, ReviewState::New, Some(4)));
    assert_eq!(row.tags, ["good"]);
    assert_eq!(row.facts.flags & GROWN, GROWN);
    let history = house.conversations().history(Some(id), None, 10).await.expect("told");
    assert_eq!(history[0].what, Deed::Grown);
    decide(&house, id, approve()).await;
    assert_eq!(house.only().await.row.facts.flags & GROWN, 0, "whoever decides has seen it");
}

#[tokio::test]
async fn what_failed_goes_on_when_it_is_tried_again() {
    let house = House::new();
    house.said(&["hello", ""]).await;
    assert_eq!(house.only().await.row.facts.standing, Standing::UpstreamError);
    let mut left = said(&["hello", "h"]);
    left.facts.standing = Standing::ClientAbort;
    house.put(left).await;
    house.said(&["hello", "hi"]).await;
    let thread = house.only().await;
    assert_eq!(thread.row.facts.standing, Standing::Ok);
    assert_eq!(thread.body, b"hello\nhi");
    assert_eq!(thread.exchanges.len(), 3);
    assert_eq!(house.search("h ").await.len(), 0, "what was broken off is not found any more");
}

#[tokio::test]
async fn the_same_question_under_other_instructions_is_another_conversation() {
    let house = House::new();
    house.said(&["system: be kind", "hello", "hi"]).await;
    house.said(&["system: be brief", "hello", "hi"]).await;
    assert_eq!(house.list().await.len(), 2);
    house.said(&["system: be kind", "hello", "hi", "more", "one"]).await;
    let list = house.list().await;
    assert_eq!(list.len(), 2);
    assert_eq!(house.thread(list[0].id).await.body, b"system: be kind\nhello\nhi\nmore\none");
    assert_eq!(list[0].facts.flags & SYSTEM_CHANGED, 0);
}

#[tokio::test]
async fn instructions_may_change_while_it_goes_on() {
    let house = House::new();
    house.said(&["system: it is one o'clock", "hello", "hi"]).await;
    house.said(&["system: it is two o'clock", "hello", "hi", "more", "one"]).await;
    let thread = house.only().await;
    assert_eq!(thread.row.facts.flags & SYSTEM_CHANGED, SYSTEM_CHANGED);
    assert!(thread.body.starts_with(b"system: it is two"));
    assert_eq!(house.search("\"one o'clock\"").await.len(), 0, "the old instructions are not found any more");
    house.said(&["system: it is two o'clock", "hello", "hi", "more", "one", "last", "done"]).await;
    assert_eq!(house.only().await.row.facts.flags & SYSTEM_CHANGED, SYSTEM_CHANGED, "it stays so");
}

#[tokio::test]
async fn conversations_that_share_only_instructions_have_nothing_in_common() {
    let house = House::new();
    house.said(&["system: be kind", ""]).await;
    house.said(&["system: be kind", "hello", "hi"]).await;
    let list = house.list().await;
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|row| row.parent.is_none()));
}

fn alike(turns: &[&str], bands: &[u64]) -> Derived {
    let derived = said(turns);
    Derived { facts: Facts { bands: bands.to_vec(), ..derived.facts }, ..derived }
}

#[tokio::test]
async fn what_is_nearly_the_same_is_in_one_cluster() {
    let house = House::new();
    house.put(alike(&["a", "1"], &[1, 2])).await;
    house.put(alike(&["b", "2"], &[3, 4])).await;
    assert!(house.list().await.iter().all(|row| row.cluster == 1 && row.facts.flags & NEAR_DUPLICATE == 0));
    house.put(alike(&["c", "3"], &[2, 3])).await;
    house.put(alike(&["d", "4"], &[9])).await;
    let list = house.list().await;
    assert_eq!(list.iter().map(|row| row.cluster).collect::<Vec<_>>(), [1, 3, 3, 3]);
    assert!(list[1..].iter().all(|row| row.facts.flags & NEAR_DUPLICATE != 0));
    let like = postern_store::Filter { like: Some(list[3].id), ..Default::default() };
    assert_eq!(house.matching(like).await.len(), 3);
    house.conversations().delete(Selection::Ids(vec![list[1].id, list[2].id])).await.expect("deleted");
    let list = house.list().await;
    assert_eq!(list[1].cluster, 1);
    assert_eq!(list[1].facts.flags & NEAR_DUPLICATE, 0, "nothing is like it any more");
}

#[tokio::test]
async fn the_same_text_twice_is_a_duplicate_until_one_goes_on() {
    let house = House::new();
    let same = |instructions: &str| {
        let mut derived = said(&[instructions, "hello", "hi"]);
        derived.facts.text_hash = 7;
        derived
    };
    house.put(same("system: one")).await;
    house.put(same("system: two")).await;
    let list = house.list().await;
    assert!(list.iter().all(|row| row.facts.flags & DUPLICATE != 0 && row.cluster == 2), "{list:?}");
    house.said(&["system: two", "hello", "hi", "more", "one"]).await;
    assert!(house.list().await.iter().all(|row| row.facts.flags & DUPLICATE == 0 && row.cluster == 1));
}

#[tokio::test]
async fn an_answer_is_continued_by_its_id() {
    let house = House::new();
    let mut first = said(&["hello", "hi"]);
    first.answer_id = Some("resp-1".to_owned());
    let seq = house.put(first).await;
    let mut second = said(&["hello", "hi", "more", "one"]);
    (second.answer_id, second.continues) = (Some("resp-2".to_owned()), Some("resp-1".to_owned()));
    house.put(second).await;
    let id = house.only().await.row.id;
    let answer = house.conversations().body_of_answer(1, "resp-1".to_owned()).await.expect("asked");
    let answer = answer.expect("known");
    assert_eq!((answer.seq, answer.turns), (seq, 2), "how far it was then");
    let newer = house.conversations().body_of_answer(2, "resp-1".to_owned()).await.expect("asked");
    assert_eq!(newer.expect("known").body, None, "by newer rules it is not there yet");

    // A fork is read with the first exchange, which stays when what it was recorded for is deleted.
    let mut fork = said(&["hello", "hi", "else", "two"]);
    fork.continues = Some("resp-1".to_owned());
    house.put(fork).await;
    assert_eq!(house.conversations().delete(Selection::Ids(vec![id])).await.expect("deleted"), 1);
    assert!(house.conversations().exchange(seq).await.expect("asked").is_some());
    assert_eq!(house.list().await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_leaves_what_was_read_before() {
    let house = House::new();
    let seq = house.said(&["hello", "hi"]).await;
    let unreadable = Derived { facts: Facts { flags: UNREADABLE, ..Facts::default() }, ..Derived::default() };
    house.conversations().put(2, vec![(seq, unreadable.clone())]).await.expect("put");
    let thread = house.only().await;
    assert_eq!(thread.body, b"hello\nhi");
    assert_eq!(thread.row.facts.flags & UNREADABLE, UNREADABLE);
    house.put(unreadable).await;
    assert_eq!(house.list().await.len(), 2, "what was never read is listed too");
    assert_eq!(house.conversations().progress(1).await.expect("told").done, 2);
}

#[tokio::test]
async fn those_that_are_named_are_listed_if_they_match_the_rest_too() {
    let house = House::new();
    for text in ["red gate", "green gate", "red door"] {
        house.said(&[text, "yes"]).await;
    }
    let list = house.list().await;
    let ids = vec![list[0].id, list[1].id];
    let named = postern_store::Filter { ids, text: "gate".to_owned(), ..Default::default() };
    let titles: Vec<String> = house.matching(named).await.into_iter().map(|row| row.facts.title).collect();
    assert_eq!(titles, ["green gate"]);
}
