//! Everything is derived again when the rules change.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use postern_store::{Change, Derived, ReviewState, Selection, Seq};

use super::derived::{House, said};

async fn derive_again(house: &House, version: u32, how: impl Fn(Seq) -> Option<Derived>) {
    let conversations = house.conversations();
    loop {
        let next = conversations.underived(version, 1).await.expect("asked");
        let Some(exchange) = next.first() else { break };
        match how(exchange.seq) {
            Some(derived) => conversations.put(version, vec![(exchange.seq, derived)]).await.expect("put"),
            None => conversations.pass(version, vec![exchange.seq]).await.expect("passed"),
        }
    }
}

async fn review(house: &House, id: postern_store::ThreadId, tag: &str) {
    let change = Change {
        state: Some(ReviewState::Approved),
        rating: Some(5),
        note: Some(format!("note {tag}")),
        add_tags: vec![tag.to_owned()],
        remove_tags: Vec::new(),
    };
    house.conversations().change(Selection::Ids(vec![id]), change).await.expect("changed");
}

#[tokio::test]
async fn what_people_decided_stays() {
    let house = House::new();
    let turns = ["hello", "hi", "more", "one", "last", "done"];
    for length in [2, 4, 6] {
        house.said(&turns[..length]).await;
    }
    let id = house.only().await.row.id;
    review(&house, id, "kept").await;
    house.conversations().edit(id, Some(b"better".to_vec())).await.expect("edited");
    house.conversations().add_pair(id, 1, "{}".to_owned(), "{}".to_owned()).await.expect("added");
    let better: Vec<String> = turns.iter().map(|turn| format!("{turn}!")).collect();
    let better: Vec<&str> = better.iter().map(String::as_str).collect();
    let length = |seq: Seq| usize::try_from(seq.0).expect("small") * 2;
    derive_again(&house, 2, |seq| Some(said(&better[..length(seq)]))).await;
    let thread = house.only().await;
    assert_eq!((thread.row.id, thread.row.state, thread.row.rating), (id, ReviewState::Approved, Some(5)));
    assert_eq!(
        (thread.row.tags.as_slice(), thread.row.note.as_str()),
        (&["kept".to_owned()][..], "note kept")
    );
    assert_eq!(thread.body, better.join("\n").as_bytes());
    assert_eq!(thread.edited.as_deref(), Some(&b"better"[..]));
    assert_eq!((thread.pairs.len(), thread.exchanges.len()), (1, 3));
    assert_eq!(house.search("\"done!\"").await, ["hello!"]);
    let progress = house.conversations().progress(2).await.expect("told");
    assert_eq!((progress.done, progress.total), (3, 3));
}

#[tokio::test]
async fn it_is_shown_as_it_was_until_its_last_exchange_has_come() {
    let house = House::new();
    let turns = ["hello", "hi", "more", "one"];
    let first = house.said(&turns[..2]).await;
    let second = house.said(&turns).await;
    let conversations = house.conversations();
    conversations.put(2, vec![(first, said(&["Hello", "Hi"]))]).await.expect("put");
    assert_eq!(house.only().await.body, b"hello\nhi\nmore\none");
    assert_eq!(conversations.underived(2, 9).await.expect("asked").len(), 1);
    conversations.put(2, vec![(second, said(&["Hello", "Hi", "More", "One"]))]).await.expect("put");
    assert_eq!(house.only().await.body, b"Hello\nHi\nMore\nOne");
}

#[tokio::test]
async fn a_conversation_that_loses_all_hands_its_review_on() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["hello ", "hi", "more", "one"]).await;
    let list = house.list().await;
    let [later, first] = [list[0].id, list[1].id];
    review(&house, later, "later").await;
    // The new rules see that both say the same at first.
    derive_again(&house, 2, |seq| {
        Some(if seq == Seq(1) { said(&["hello", "hi"]) } else { said(&["hello", "hi", "more", "one"]) })
    })
    .await;
    let thread = house.only().await;
    assert_eq!(thread.row.id, first);
    assert_eq!((thread.row.state, thread.row.rating), (ReviewState::Approved, Some(5)));
    assert_eq!(
        (thread.row.tags.as_slice(), thread.row.note.as_str()),
        (&["later".to_owned()][..], "note later")
    );
    assert_eq!(thread.body, b"hello\nhi\nmore\none");
    house.conversations().undo().await.expect("undone").expect("something");
    assert_eq!(house.only().await.row.state, ReviewState::New, "the review can be taken back there");
}

#[tokio::test]
async fn a_conversation_that_is_parted_shows_what_remains() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["hello", "hi", "more", "one"]).await;
    let id = house.only().await.row.id;
    derive_again(&house, 2, |seq| {
        Some(if seq == Seq(1) { said(&["hello", "hi"]) } else { said(&["else", "hi", "more", "one"]) })
    })
    .await;
    assert_eq!(house.list().await.len(), 2);
    let thread = house.thread(id).await;
    assert_eq!((thread.body.as_slice(), thread.exchanges.as_slice()), (&b"hello\nhi"[..], &[Seq(1)][..]));
}

#[tokio::test]
async fn what_is_no_conversation_any_more_goes() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["other", "one"]).await;
    derive_again(&house, 2, |seq| (seq == Seq(2)).then(|| said(&["other", "one"]))).await;
    assert_eq!(house.only().await.body, b"other\none");
    assert!(house.search("hello").await.is_empty());
}

#[tokio::test]
async fn links_of_older_rules_lead_nowhere() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    let seq = house.record(1).await;
    let late = said(&["hello", "hi", "more", "one"]);
    house.conversations().put(2, vec![(seq, late)]).await.expect("put");
    assert_eq!(house.list().await.len(), 2);
}

#[tokio::test]
async fn everything_can_be_derived_again_by_the_same_rules() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    house.said(&["hello", "hi", "more", "one"]).await;
    house.said(&["hello", "hi", "else", "two"]).await;
    let conversations = house.conversations();
    let before = house.list().await;
    let mut arrivals = conversations.arrivals();
    arrivals.mark_unchanged();
    assert_eq!(conversations.rederive().await.expect("marked"), 3);
    assert!(arrivals.has_changed().expect("open"), "whoever derives is not told");
    let progress = conversations.progress(1).await.expect("told");
    assert_eq!((progress.done, progress.total), (0, 3));
    let turns = [&["hello", "hi"][..], &["hello", "hi", "more", "one"], &["hello", "hi", "else", "two"]];
    derive_again(&house, 1, |seq| Some(said(turns[usize::try_from(seq.0 - 1).expect("small")]))).await;
    assert_eq!(house.list().await, before);
    assert_eq!(conversations.progress(1).await.expect("told").done, 3);
}
