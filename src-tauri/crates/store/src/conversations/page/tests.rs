use super::*;
use crate::{ConversationStore, Derived, Facts, Filter, Seq, ThreadId};

const THREADS: i64 = 300;

/// So small that among these every way is taken.
const SIZES: Sizes = Sizes { common: 50, few: 4, patience: 100, asked: 30, many: 25, classes: 2 };

/// What a conversation says. A word stands in most of them, one in a third, one in the oldest and one in a single one.
fn said(number: i64) -> String {
    let mut text = if number % 3 == 1 { "them" } else { "the" }.to_owned();
    for (word, stands) in
        [("third", number % 3 == 0), ("early", number < 60), ("rare", number == 8), ("even", number % 2 == 0)]
    {
        if stands {
            text.push(' ');
            text.push_str(word);
        }
    }
    text
}

fn derived(number: i64) -> Derived {
    let mut prefix = [0; 16];
    prefix[..8].copy_from_slice(&number.to_be_bytes());
    Derived {
        body: b"{}".to_vec(),
        prefixes: vec![prefix],
        asked: 1,
        texts: vec![said(number), said(number)],
        facts: Facts {
            model: format!("m{}", number % 40),
            chars: number.unsigned_abs() * 7 % 100,
            tokens_in: number.unsigned_abs() % 50,
            turns: 1,
            ..Facts::default()
        },
        ..Derived::default()
    }
}

async fn many(folder: &std::path::Path) -> ConversationStore {
    let mut store = ConversationStore::open(folder).expect("opens");
    store.conversations.sizes = SIZES;
    let conversations = store.conversations();
    let exchanges = conversations.writer.write(|transaction| {
        let mut add = transaction.prepare(
            "INSERT INTO exchanges (seq, id, at_ms, stored_bytes, via, method, path, upstream, model, status, ended,
                 total_ms, request_headers, response_headers, request, response)
             VALUES (?1, 'r', ?1, 1, 'api', 'POST', '/', 'u', 'm', 200, 'whole', 9, '[]', '[]', x'', x'')",
        )?;
        for number in 1..=THREADS {
            add.execute([number])?;
        }
        Ok(())
    });
    exchanges.await.expect("written");
    let all = (1..=THREADS).map(|number| (Seq(number), derived(number))).collect();
    conversations.put(1, all).await.expect("put");
    store
}

/// The list, page after page.
async fn walk(store: &ConversationStore, filter: &Filter, sort: Sort) -> Vec<(u64, i64)> {
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let of = PageOf { filter: filter.clone(), sort, after, limit: 9 };
        let page = store.conversations().page(of).await.expect("listed");
        all.extend(page.rows.iter().map(|row| (row.facts.chars, row.leaf.0)));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// The same, looked for in all there are.
fn expected(words: &[&str], models: &[String], sort: Sort) -> Vec<(u64, i64)> {
    let mut all: Vec<(u64, i64)> = (1..=THREADS)
        .filter(|number| words.iter().all(|word| said(*number).split(' ').any(|said| said == *word)))
        .map(|number| (derived(number).facts, number))
        .filter(|(facts, _)| models.is_empty() || models.contains(&facts.model))
        .map(|(facts, number)| (facts.chars, number))
        .collect();
    match sort {
        Sort::Longest => all.sort_by_key(|one| std::cmp::Reverse(*one)),
        Sort::Oldest => all.sort_by_key(|(_, number)| *number),
        Sort::Newest | Sort::Rating => all.sort_by_key(|(_, number)| -number),
    }
    all
}

#[tokio::test]
async fn words_that_stand_nearly_everywhere_are_found_like_any_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = many(folder.path()).await;
    let rare = vec!["m7".to_owned()];
    for (words, models) in [
        (vec!["the"], vec![]),
        (vec!["the", "third"], vec![]),
        (vec!["the", "early"], vec![]),
        (vec!["early", "even", "third"], vec![]),
        (vec!["the", "rare"], vec![]),
        (vec!["the"], rare.clone()),
        (vec!["even", "early"], rare),
    ] {
        let text = format!("{} ", words.join(" "));
        let filter = Filter { text, models: models.clone(), ..Filter::default() };
        for sort in [Sort::Newest, Sort::Oldest, Sort::Longest, Sort::Rating] {
            let found = walk(&store, &filter, sort).await;
            assert_eq!(found, expected(&words, &models, sort), "{sort:?} {filter:?}");
        }
        let all = expected(&words, &models, Sort::Oldest);
        let count = store.conversations().count(filter.clone()).await.expect("counted");
        assert_eq!(count, all.len() as u64, "{filter:?}");
        let facets = store.conversations().facets(filter.clone()).await.expect("counted");
        let states = facets.iter().find(|facet| facet.field == "states").expect("states");
        let new: u64 = states.values.iter().map(|value| value.count).sum();
        assert_eq!(new, all.len() as u64, "{filter:?}");
        let settled = store.conversations().settle(filter.clone()).await.expect("settled");
        let read = store.conversations().next_for_export(&settled, None, 1_000).await.expect("read");
        let read: Vec<i64> = read.iter().map(|one| one.row.leaf.0).collect();
        assert_eq!(read, all.iter().map(|(_, number)| *number).collect::<Vec<_>>(), "{filter:?}");
    }
    store.close();
}

#[tokio::test]
async fn what_tokens_and_moments_leave_is_counted_as_it_is_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = many(folder.path()).await;
    let conversations = store.conversations();
    let tokens = Filter { tokens_from: Some(10), tokens_until: Some(30), ..Filter::default() };
    let moments = Filter { from_ms: Some(100), until_ms: Some(200), ..Filter::default() };
    let both = Filter { from_ms: Some(100), until_ms: Some(200), ..tokens.clone() };
    for (filter, listed) in [(tokens, 126), (moments, 100), (both, 42)] {
        let models = vec!["m7".to_owned(), "m15".to_owned()];
        let of_models = Filter { models: models.clone(), ..filter.clone() };
        let listed_of_models = walk(&store, &of_models, Sort::Newest).await.len() as u64;
        assert!(listed_of_models > 0 && listed_of_models < 10, "{listed_of_models}");
        assert_eq!(walk(&store, &filter, Sort::Newest).await.len() as u64, listed, "{filter:?}");
        assert_eq!(conversations.count(filter).await.expect("counted"), listed);
        assert_eq!(conversations.count(of_models.clone()).await.expect("counted"), listed_of_models);
        let facets = conversations.facets(of_models).await.expect("counted");
        let sum = |field: &str| {
            let facet = facets.iter().find(|facet| facet.field == field).expect("the field");
            facet.values.iter().map(|value| value.count).sum::<u64>()
        };
        assert_eq!((sum("models"), sum("states")), (listed, listed_of_models), "models leave themselves out");
    }
    store.close();
}

#[tokio::test]
async fn a_common_word_is_whole_and_any_other_may_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = many(folder.path()).await;
    for (text, word, threads) in [("thir", "third", 100), ("third", "third", 100), ("ear", "early", 59)] {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        assert_eq!(walk(&store, &filter, Sort::Newest).await, expected(&[word], &[], Sort::Newest), "{text}");
        assert_eq!(store.conversations().count(filter).await.expect("counted"), threads, "{text}");
        let asked = [ThreadId(3), ThreadId(6), ThreadId(7), ThreadId(300)].to_vec();
        let found = store.conversations().found(text.to_owned(), asked.clone()).await.expect("found");
        let found: Vec<i64> = found.iter().map(|found| found.thread.0).collect();
        let there = |id: &ThreadId| said(id.0).split(' ').any(|said| said == word);
        let there: Vec<i64> = asked.into_iter().filter(there).map(|id| id.0).collect();
        assert_eq!(found, there, "{text}");
    }
    let longer = Filter { text: "t".to_owned(), ..Filter::default() };
    assert_eq!(store.conversations().count(longer).await.expect("counted"), THREADS.unsigned_abs());
    // Nothing says "the" alone is meant, but it stands everywhere.
    let the = Filter { text: "the".to_owned(), ..Filter::default() };
    assert_eq!(store.conversations().count(the).await.expect("counted"), 200);
    store.close();
}
