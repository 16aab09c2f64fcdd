//! Conversations are listed, found, decided and taken back.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use postern_store::{
    AuditRow, Change, Deed, Derived, Done, Error, Facts, Filter, KeyId, PageOf, ReviewState, Selection, Sort,
    Standing, ThreadId,
};

use super::derived::{House, said};

/// A conversation about something, with facts of its own.
fn about(title: &str, facts: impl FnOnce(&mut Facts)) -> Derived {
    let mut derived = said(&[title, "answer"]);
    facts(&mut derived.facts);
    derived
}

fn ids(house: &[postern_store::ThreadRow]) -> Vec<ThreadId> {
    house.iter().map(|row| row.id).collect()
}

fn state(state: ReviewState) -> Change {
    Change { state: Some(state), ..Change::default() }
}

async fn change(house: &House, which: Vec<ThreadId>, change: Change) -> Done {
    house.conversations().change(Selection::Ids(which), change).await.expect("changed")
}

/// Fifty conversations with values in turns.
async fn fifty() -> House {
    let house = House::new();
    let first = house.record(50).await;
    let derived = (0..50).map(|number: u64| {
        let derived = about(&format!("title {number}"), |facts| {
            facts.model = format!("m{}", number % 3);
            facts.language = if number.is_multiple_of(2) { "eng" } else { "cmn" }.to_owned();
            facts.flags = 1 << (number % 4);
            facts.chars = 100 - number;
            facts.tokens_in = number;
            facts.standing = if number.is_multiple_of(5) { Standing::Truncated } else { Standing::Ok };
        });
        (postern_store::Seq(first.0 + i64::try_from(number).expect("small")), derived)
    });
    house.conversations().put(1, derived.collect()).await.expect("put");
    house
}

async fn walk(house: &House, filter: Filter, sort: Sort) -> Vec<i64> {
    let mut after = None;
    let mut all = Vec::new();
    loop {
        let of = PageOf { filter: filter.clone(), sort, after, limit: 7 };
        let page = house.conversations().page(of).await.expect("listed");
        all.extend(page.rows.iter().map(|row| row.id.0));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn every_order_gives_each_conversation_once() {
    let house = fifty().await;
    let all: Vec<i64> = (1..=50).collect();
    let down: Vec<i64> = (1..=50).rev().collect();
    assert_eq!(walk(&house, Filter::default(), Sort::Newest).await, down);
    assert_eq!(walk(&house, Filter::default(), Sort::Oldest).await, all);
    assert_eq!(walk(&house, Filter::default(), Sort::Longest).await, all);
    let rated = vec![ThreadId(9), ThreadId(30)];
    change(&house, rated, Change { rating: Some(3), ..Change::default() }).await;
    change(&house, vec![ThreadId(12)], Change { rating: Some(5), ..Change::default() }).await;
    let mut by_rating = vec![12, 30, 9];
    by_rating.extend(down.iter().filter(|id| ![12, 30, 9].contains(*id)));
    assert_eq!(walk(&house, Filter::default(), Sort::Rating).await, by_rating);
}

#[tokio::test]
async fn a_place_of_one_order_is_none_in_another() {
    let house = fifty().await;
    let of = |sort, after| PageOf { sort, after, limit: 7, ..PageOf::default() };
    let page = house.conversations().page(of(Sort::Newest, None)).await.expect("listed");
    let wrong = house.conversations().page(of(Sort::Longest, page.next)).await;
    assert!(matches!(wrong, Err(Error::BadPlace(_))), "{wrong:?}");
    let wrong = house.conversations().page(of(Sort::Newest, Some("n.0.zz.1".to_owned()))).await;
    assert!(matches!(wrong, Err(Error::BadPlace(_))));
}

#[tokio::test]
async fn each_field_of_the_filter_leaves_out_what_does_not_fit() {
    let house = fifty().await;
    change(&house, vec![ThreadId(3), ThreadId(4)], state(ReviewState::Later)).await;
    let tagged = Change { add_tags: vec!["t".to_owned()], ..Change::default() };
    change(&house, vec![ThreadId(4), ThreadId(7)], tagged).await;
    house.conversations().edit(ThreadId(8), Some(b"x".to_vec())).await.expect("edited");
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let cases = [
        (Filter { states: vec![ReviewState::Later], ..Filter::default() }, 2),
        (Filter { states: vec![ReviewState::New, ReviewState::Later], ..Filter::default() }, 50),
        (Filter { standings: vec![Standing::Truncated], ..Filter::default() }, 10),
        (Filter { models: words(&["m0", "m1"]), ..Filter::default() }, 34),
        (Filter { models: words(&["unheard"]), ..Filter::default() }, 0),
        (Filter { models: words(&["m0"]), languages: words(&["cmn"]), ..Filter::default() }, 8),
        (Filter { hosts: words(&["h"]), ..Filter::default() }, 0),
        (Filter { keys: vec![KeyId(1)], ..Filter::default() }, 0),
        (Filter { kinds: words(&["chat"]), ..Filter::default() }, 50),
        (Filter { tags: words(&["t"]), ..Filter::default() }, 2),
        (Filter { tags: words(&["t"]), states: vec![ReviewState::Later], ..Filter::default() }, 1),
        (Filter { tags: words(&["t", "u"]), ..Filter::default() }, 0),
        (Filter { flags: 0b10, ..Filter::default() }, 13),
        (Filter { without_flags: 0b11, ..Filter::default() }, 24),
        (Filter { edited: Some(true), ..Filter::default() }, 1),
        (Filter { rating_from: Some(1), ..Filter::default() }, 0),
        (Filter { tokens_from: Some(10), tokens_until: Some(19), ..Filter::default() }, 10),
        (Filter { tokens_from: Some(10), models: words(&["m0"]), ..Filter::default() }, 13),
        (Filter { until_ms: Some(0), ..Filter::default() }, 0),
        (Filter { from_ms: Some(1), ..Filter::default() }, 50),
        (Filter { text: "title".to_owned(), ..Filter::default() }, 50),
        (Filter { text: "7 ".to_owned(), ..Filter::default() }, 1),
    ];
    for (filter, expected) in cases {
        for sort in [Sort::Newest, Sort::Oldest, Sort::Longest, Sort::Rating] {
            assert_eq!(walk(&house, filter.clone(), sort).await.len(), expected, "{sort:?} {filter:?}");
        }
        let count = house.conversations().count(filter.clone()).await.expect("counted");
        assert_eq!(count, expected as u64, "{filter:?}");
        let all = house.conversations().settle(filter.clone()).await.expect("settled");
        let mut exported = Vec::new();
        while let Some(last) = {
            let after = exported.last().copied();
            let next = house.conversations().next_for_export(&all, after, 7).await.expect("read");
            exported.extend(next.iter().map(|one| one.row.id));
            next.last().map(|one| one.row.id)
        } {
            assert_eq!(exported.last(), Some(&last));
        }
        assert_eq!(exported.len(), expected, "{filter:?}");
        assert!(exported.is_sorted());
    }
}

#[tokio::test]
async fn facets_count_what_else_could_be_chosen() {
    let house = fifty().await;
    let tagged = Change { add_tags: vec!["t".to_owned()], ..Change::default() };
    change(&house, vec![ThreadId(1), ThreadId(2), ThreadId(4)], tagged).await;
    let facets = |filter: Filter| {
        let conversations = house.conversations();
        async move {
            let facets = conversations.facets(filter).await.expect("counted");
            move |field: &str| {
                let facet = facets.iter().find(|facet| facet.field == field).expect("the field");
                let values = facet.values.iter().map(|value| format!("{} {}", value.value, value.count));
                values.collect::<Vec<_>>().join(", ")
            }
        }
    };
    let all = facets(Filter::default()).await;
    assert_eq!(all("models"), "m0 17, m1 17, m2 16");
    assert_eq!(all("states"), "new 50");
    assert_eq!(all("standings"), "ok 40, truncated 10");
    assert_eq!(all("flags"), "0 13, 1 13, 2 12, 3 12");
    assert_eq!(all("tags"), "t 3");
    let of_model = Filter { models: vec!["m0".to_owned()], ..Filter::default() };
    let some = facets(of_model.clone()).await;
    assert_eq!(some("models"), "m0 17, m1 17, m2 16", "its own selection is left out of account");
    assert_eq!(some("languages"), "eng 9, cmn 8");
    assert_eq!(some("tags"), "t 2");
    let narrow = facets(Filter { tokens_until: Some(3), text: "title".to_owned(), ..of_model }).await;
    assert_eq!(narrow("models"), "m0 2, m1 1, m2 1");
    assert_eq!(narrow("languages"), "eng 1, cmn 1");
    assert_eq!(narrow("tags"), "t 2");
}

#[tokio::test]
async fn words_are_found_in_english_and_in_chinese() {
    let house = House::new();
    house.said(&["How do I sort a list?", "Use sorted(items), or list.sort() in place."]).await;
    house.said(&["今天北京天气怎么样", "北京今天晴，气温二十度。"]).await;
    house.said(&["用Rust语言写一个解析器", "好的"]).await;
    let cases: [(&str, &[&str]); 16] = [
        ("sort list ", &["How do I sort a list?"]),
        ("SORTED", &["How do I sort a list?"]),
        ("sor", &["How do I sort a list?"]),
        ("sor ", &[]),
        ("\"sort a list\"", &["How do I sort a list?"]),
        ("\"list a sort\"", &[]),
        ("天气", &["今天北京天气怎么样"]),
        ("北京天", &["今天北京天气怎么样"]),
        ("京", &["今天北京天气怎么样"]),
        ("度", &["今天北京天气怎么样"]),
        ("晴气", &[]),
        ("rust语", &["用Rust语言写一个解析器"]),
        ("析器", &["用Rust语言写一个解析器"]),
        ("天气 晴", &["今天北京天气怎么样"]),
        ("天气 sort", &[]),
        ("* OR NOT ( ^ \"", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(house.search(text).await, expected, "{text}");
    }
    let found =
        house.conversations().found("二十".to_owned(), ids(&house.list().await)).await.expect("found");
    assert_eq!(found.iter().map(|found| found.turn).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn changes_are_undone_and_done_again_over_many_levels() {
    let house = fifty().await;
    let some = vec![ThreadId(1), ThreadId(2), ThreadId(3)];
    let tag = |tag: &str| Change { add_tags: vec![tag.to_owned()], ..Change::default() };
    change(&house, vec![ThreadId(2)], Change { note: Some("old".to_owned()), ..tag("a") }).await;
    let before = house.list().await;
    let done = change(
        &house,
        some,
        Change {
            state: Some(ReviewState::Approved),
            rating: Some(4),
            note: Some("new".to_owned()),
            add_tags: vec!["a".to_owned(), " b ".to_owned(), String::new()],
            remove_tags: Vec::new(),
        },
    )
    .await;
    assert_eq!(done.changed, 3);
    change(&house, vec![ThreadId(2)], Change { remove_tags: vec!["a".to_owned()], ..Change::default() })
        .await;
    house.conversations().edit(ThreadId(2), Some(b"edited".to_vec())).await.expect("edited");
    house.conversations().add_pair(ThreadId(2), 1, "1".to_owned(), "0".to_owned()).await.expect("added");
    let after = house.list().await;
    let changed = house.thread(ThreadId(2)).await;
    assert_eq!((changed.row.tags.as_slice(), changed.row.edited), (&["b".to_owned()][..], true));
    assert_eq!((changed.pairs.len(), changed.edited.as_deref()), (1, Some(&b"edited"[..])));

    let conversations = house.conversations();
    for _ in 0..4 {
        conversations.undo().await.expect("undone").expect("something");
    }
    assert_eq!(house.list().await, before);
    assert_eq!(house.thread(ThreadId(2)).await.pairs, []);
    conversations.undo().await.expect("undone").expect("the first one");
    assert_eq!(conversations.undo().await.expect("asked"), None, "nothing is left");
    for _ in 0..5 {
        conversations.redo().await.expect("done").expect("something");
    }
    assert_eq!(conversations.redo().await.expect("asked"), None);
    assert_eq!(house.list().await, after);
    assert_eq!(house.thread(ThreadId(2)).await, changed);

    conversations.undo().await.expect("undone").expect("something");
    change(&house, vec![ThreadId(9)], tag("z")).await;
    assert_eq!(conversations.redo().await.expect("asked"), None, "something else was done since");
    let history: Vec<AuditRow> = conversations.history(Some(ThreadId(2)), None, 10).await.expect("told");
    let undone: Vec<_> = history.iter().map(|row| (row.threads, row.undone)).collect();
    assert_eq!(undone, [(1, true), (1, false), (1, false), (3, false), (1, false)]);
    assert_eq!(history[0].what, Deed::Paired);
    assert_eq!(conversations.history(None, Some(history[3].batch), 10).await.expect("told").len(), 1);
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_trace() {
    let house = fifty().await;
    let mut changes = house.conversations().changes();
    changes.mark_unchanged();
    let done = change(&house, vec![ThreadId(1), ThreadId(999)], state(ReviewState::New)).await;
    assert_eq!(done, Done { batch: 0, changed: 0 });
    assert_eq!(change(&house, vec![ThreadId(1)], Change::default()).await.batch, 0);
    assert!(!changes.has_changed().expect("open"));
    assert!(house.conversations().history(None, None, 10).await.expect("told").is_empty());
    change(&house, vec![ThreadId(1)], state(ReviewState::Later)).await;
    assert!(changes.has_changed().expect("open"), "who watches is told");
}

#[tokio::test]
async fn everything_that_matches_is_changed_and_nothing_else() {
    let house = fifty().await;
    let matching = Filter { models: vec!["m0".to_owned()], text: "title".to_owned(), ..Filter::default() };
    let what = Selection::Matching(Box::new(matching));
    let done =
        house.conversations().change(what.clone(), state(ReviewState::Rejected)).await.expect("changed");
    assert_eq!(done.changed, 17);
    let rejected = house.matching(Filter { states: vec![ReviewState::Rejected], ..Filter::default() }).await;
    assert_eq!(rejected.len(), 17);
    assert!(rejected.iter().all(|row| row.facts.model == "m0"));
    assert_eq!(house.conversations().delete(what).await.expect("deleted"), 17);
    assert_eq!(house.list().await.len(), 33);
    assert_eq!(house.conversations().count(Filter::default()).await.expect("counted"), 33);
    assert_eq!(house.search("title").await.len(), 33);
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_good() {
    let house = House::new();
    let seq = house.said(&["hello", "hi"]).await;
    let id = house.only().await.row.id;
    change(&house, vec![id], Change { add_tags: vec!["t".to_owned()], ..state(ReviewState::Approved) }).await;
    house.conversations().add_pair(id, 1, "1".to_owned(), "0".to_owned()).await.expect("added");
    assert_eq!(house.conversations().delete(Selection::Ids(vec![id])).await.expect("deleted"), 1);
    assert!(house.conversations().exchange(seq).await.expect("asked").is_none());
    assert!(house.search("hello").await.is_empty());
    let again = house.said(&["hello", "hi"]).await;
    let row = house.only().await.row;
    assert_eq!((row.leaf, row.state, row.tags.len()), (again, ReviewState::New, 0));
    let database = rusqlite_rows(&house);
    assert_eq!(database, [("audit", 0), ("audit_pairs", 0), ("audit_tags", 0), ("pairs", 0), ("tags", 0)]);
}

/// How many rows the tables have that people's decisions are in.
fn rusqlite_rows(house: &House) -> Vec<(&'static str, i64)> {
    let connection = rusqlite::Connection::open(house.folder().join("conversations.db")).expect("opens");
    let count = |table| {
        let sql = format!("SELECT count(*) FROM {table}");
        (table, connection.query_row(&sql, [], |row| row.get(0)).expect("counted"))
    };
    ["audit", "audit_pairs", "audit_tags", "pairs", "tags"].map(count).to_vec()
}

#[tokio::test]
async fn filters_are_kept_under_their_names() {
    let house = House::new();
    let conversations = house.conversations();
    let filter = Filter { text: "天气".to_owned(), rating_from: Some(3), ..Filter::default() };
    let saved = conversations.save_query("weather".to_owned(), Filter::default()).await.expect("saved");
    let again = conversations.save_query("weather".to_owned(), filter.clone()).await.expect("saved");
    assert_eq!(again.id, saved.id, "a name is there once");
    conversations.save_query("all".to_owned(), Filter::default()).await.expect("saved");
    let queries = conversations.queries().await.expect("told");
    assert_eq!(queries.iter().map(|query| query.name.as_str()).collect::<Vec<_>>(), ["all", "weather"]);
    assert_eq!(queries[1].filter, filter);
    assert!(conversations.remove_query(saved.id).await.expect("removed"));
    assert!(!conversations.remove_query(saved.id).await.expect("asked"));
}

#[tokio::test]
async fn what_is_decided_while_somebody_goes_through_everything_counts_as_far_as_it_comes_later() {
    let house = fifty().await;
    let conversations = house.conversations();
    let new = Filter { states: vec![ReviewState::New], ..Filter::default() };
    let all = conversations.settle(new).await.expect("settled");
    let first = conversations.next_for_export(&all, None, 10).await.expect("read");
    let after = first.last().map(|one| one.row.id);
    let later = conversations.next_for_export(&all, after, 2).await.expect("read");
    let [rejected, rated] = [&later[0], &later[1]].map(|one| one.row.id);
    change(&house, vec![rejected], state(ReviewState::Rejected)).await;
    // Nothing had been rated when it was settled.
    change(&house, vec![rated], Change { rating: Some(4), ..Change::default() }).await;
    let next = conversations.next_for_export(&all, after, 1).await.expect("read");
    assert_eq!(next[0].row.id, rated);
}

#[tokio::test]
async fn what_is_exported_is_what_somebody_made_of_it() {
    let house = House::new();
    house.said(&["hello", "hi"]).await;
    let id = house.only().await.row.id;
    let all = house.conversations().settle(Filter::default()).await.expect("settled");
    house.conversations().edit(id, Some(b"better".to_vec())).await.expect("edited");
    let exported = house.conversations().next_for_export(&all, None, 10).await.expect("read");
    assert_eq!(exported[0].body, b"better");
    house.conversations().edit(id, None).await.expect("restored");
    let exported = house.conversations().next_for_export(&all, None, 10).await.expect("read");
    assert_eq!(exported[0].body, b"hello\nhi");
    assert!(!exported[0].row.edited);
}
