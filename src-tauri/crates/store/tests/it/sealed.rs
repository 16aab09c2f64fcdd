//! Sealed rows and the names of their keys.

use postern_store::{KeyState, Resealed, SealedName, SealedRow, SealedRows, Store};

const KIND: &str = "account_state";

#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn rows_with_keys(keys: &[&str]) -> SealedRows {
    let rows = Store::in_memory().expect("opens").sealed();
    for key in keys {
        rows.add_key(key).await.expect("named");
    }
    rows
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn put(rows: &SealedRows, id: &str, key: &str, text: &str) -> Option<i64> {
    rows.put(KIND, id, (key.to_owned(), text.into()), 3).await.expect("put")
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn states(rows: &SealedRows) -> Vec<(String, KeyState, u64)> {
    let keys = rows.keys().await.expect("keys");
    keys.into_iter().map(|key| (key.key, key.state, key.rows)).collect()
}

fn resealed(row: &SealedRow, key: &str) -> Resealed {
    let bytes = [&row.bytes[..], b" again"].concat();
    Resealed { name: row.name.clone(), from: row.key.clone(), key: key.to_owned(), bytes }
}

#[tokio::test]
async fn the_last_generations_are_kept() {
    let rows = rows_with_keys(&["k1"]).await;
    for (number, text) in (1..).zip(["one", "two", "three", "four"]) {
        assert_eq!(put(&rows, "ada", "k1", text).await, Some(number));
    }
    assert_eq!(put(&rows, "bob", "k1", "other").await, Some(1));
    let kept = rows.generations(KIND, "ada").await.expect("rows");
    let texts: Vec<&[u8]> = kept.iter().map(|row| &row.bytes[..]).collect();
    assert_eq!(texts, [&b"four"[..], b"three", b"two"]);
    assert!(kept[0].created_at > 1_700_000_000);
    assert_eq!(rows.all().await.expect("rows").len(), 4);
    assert_eq!(rows.remove(KIND, "ada").await.expect("removed"), 3);
    assert_eq!(rows.remove("other", "bob").await.expect("nothing"), 0);
    assert_eq!(put(&rows, "ada", "k1", "new").await, Some(1));
}

#[tokio::test]
async fn a_row_needs_a_key_that_will_be_there() {
    let rows = rows_with_keys(&["k1"]).await;
    assert_eq!(put(&rows, "ada", "never-named", "lost").await, None);
    assert!(rows.retire("k1").await.expect("retired"));
    assert_eq!(put(&rows, "ada", "k1", "lost").await, None);
    assert!(rows.all().await.expect("rows").is_empty());
    rows.add_key("k1").await.expect("known");
    assert_eq!(states(&rows).await, [("k1".to_owned(), KeyState::Retired, 0)]);
    rows.forget_key("k1").await.expect("forgotten");
    assert!(states(&rows).await.is_empty());
}

#[tokio::test]
async fn keys_are_exchanged_at_once_or_not_at_all() {
    let rows = rows_with_keys(&["k1", "k2"]).await;
    assert!(rows.exchange(Vec::new(), "k1", None).await.expect("in use"));
    put(&rows, "ada", "k1", "one").await;
    let old = rows.all().await.expect("rows");
    // Meanwhile somebody writes once more.
    put(&rows, "ada", "k1", "two").await;
    let again = || old.iter().map(|row| resealed(row, "k2")).collect::<Vec<_>>();
    assert!(!rows.exchange(again(), "k2", None).await.expect("refused"), "another key is in use");
    assert!(!rows.exchange(again(), "k3", Some("k1".into())).await.expect("refused"), "nobody knows it");
    assert_eq!(rows.all().await.expect("rows")[0], old[0]);
    assert!(rows.exchange(again(), "k2", Some("k1".into())).await.expect("exchanged"));
    let now: Vec<_> = rows.all().await.expect("rows").into_iter().map(|row| (row.key, row.bytes)).collect();
    assert_eq!(now, [("k2".to_owned(), b"one again".to_vec()), ("k1".to_owned(), b"two".to_vec())]);
    let expected = [("k1".to_owned(), KeyState::Spare, 1), ("k2".to_owned(), KeyState::InUse, 1)];
    assert_eq!(states(&rows).await, expected);
    assert!(!rows.retire("k1").await.expect("kept"), "it opens a row");
    assert!(!rows.retire("k2").await.expect("kept"), "it is in use");
    // What has another key by now is left alone.
    assert!(rows.exchange(again(), "k2", Some("k2".into())).await.expect("exchanged"));
    assert_eq!(rows.all().await.expect("rows")[0].bytes, b"one again");
}

#[tokio::test]
async fn a_thing_takes_its_generations_along_when_it_is_renamed() {
    let rows = rows_with_keys(&["k1"]).await;
    for text in ["one", "two"] {
        put(&rows, "ada", "k1", text).await;
    }
    put(&rows, "eve", "k1", "somebody of old").await;
    let named = |row: &SealedRow| {
        let name = SealedName { id: "eve".to_owned(), ..row.name.clone() };
        Resealed { name, ..resealed(row, "k1") }
    };
    let moved: Vec<Resealed> = rows.generations(KIND, "ada").await.expect("rows").iter().map(named).collect();
    assert!(rows.rename(KIND, "ada", moved.clone()).await.expect("renamed"));
    assert!(rows.generations(KIND, "ada").await.expect("rows").is_empty());
    let eve = rows.generations(KIND, "eve").await.expect("rows");
    assert_eq!(eve.iter().map(|row| &row.bytes[..]).collect::<Vec<_>>(), [b"two again", b"one again"]);
    assert!(!rows.rename(KIND, "ada", moved).await.expect("refused"));
    assert_eq!(rows.generations(KIND, "eve").await.expect("rows"), eve);
}

#[tokio::test]
async fn a_recovery_key_is_shown_to_one() {
    let rows = rows_with_keys(&["k1"]).await;
    assert_eq!(rows.keys().await.expect("keys")[0].shown_at, None);
    assert!(rows.show_key("k1").await.expect("shown"));
    assert!(!rows.show_key("k1").await.expect("not again"));
    assert!(!rows.show_key("k2").await.expect("not known"));
    assert!(rows.keys().await.expect("keys")[0].shown_at.is_some());
}
