//! What the tests of conversations share: a store with exchanges in it, and somebody who derives.

use std::path::Path;

use postern_store::{
    ConversationStore, Conversations, Derived, Facts, Filter, PageOf, Prefix, Seq, Sort, Standing,
    ThreadDetail, ThreadId, ThreadRow,
};
use tempfile::TempDir;

use super::recorded::{open, say};

/// A store in a folder of its own.
pub(crate) struct House {
    pub(crate) store: ConversationStore,
    folder: TempDir,
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
impl House {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        Self { store: open(folder.path()), folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the store; its folder remains.
    pub(crate) fn close(self) -> TempDir {
        self.store.close();
        self.folder
    }

    pub(crate) fn conversations(&self) -> Conversations {
        self.store.conversations()
    }

    /// Records so many exchanges and waits until they are in the database. The number of the first.
    pub(crate) async fn record(&self, count: u64) -> Seq {
        let mut arrivals = self.conversations().arrivals();
        let before = *arrivals.borrow_and_update();
        for _ in 0..count {
            say(&self.store.recorder(), "req", "{}", "{}");
        }
        arrivals.wait_for(|last| *last >= before + count).await.expect("arrives");
        Seq(i64::try_from(before + 1).expect("small"))
    }

    /// Records and derives what was said; each text is a turn, the last of them the answer.
    pub(crate) async fn said(&self, turns: &[&str]) -> Seq {
        self.put(said(turns)).await
    }

    pub(crate) async fn put(&self, derived: Derived) -> Seq {
        let seq = self.record(1).await;
        self.conversations().put(1, vec![(seq, derived)]).await.expect("put");
        seq
    }

    /// Every conversation, the newest first.
    pub(crate) async fn list(&self) -> Vec<ThreadRow> {
        self.matching(Filter::default()).await
    }

    pub(crate) async fn matching(&self, filter: Filter) -> Vec<ThreadRow> {
        let of = PageOf { filter, sort: Sort::Newest, after: None, limit: 500 };
        self.conversations().page(of).await.expect("listed").rows
    }

    /// The titles of what contains these words.
    pub(crate) async fn search(&self, text: &str) -> Vec<String> {
        let filter = Filter { text: text.to_owned(), ..Filter::default() };
        let mut titles: Vec<String> =
            self.matching(filter).await.into_iter().map(|row| row.facts.title).collect();
        titles.sort();
        titles
    }

    pub(crate) async fn thread(&self, id: ThreadId) -> ThreadDetail {
        self.conversations().thread(id).await.expect("read").expect("there")
    }

    /// The only conversation there is.
    pub(crate) async fn only(&self) -> ThreadDetail {
        let list = self.list().await;
        assert_eq!(list.len(), 1, "one conversation: {list:?}");
        self.thread(list[0].id).await
    }
}

/// What an exchange says: turns that begin with `system:` are instructions, the last turn is the answer. Without an
/// answer it ends in an empty text.
pub(crate) fn said(turns: &[&str]) -> Derived {
    let texts: Vec<&str> = turns.iter().copied().filter(|turn| !turn.is_empty()).collect();
    let answered = turns.last().is_some_and(|last| !last.is_empty());
    let mut hash = [0; 16];
    let prefixes: Vec<Prefix> = texts
        .iter()
        .map(|text| {
            if !text.starts_with("system:") {
                hash = after(hash, text);
            }
            hash
        })
        .collect();
    let instructions: Vec<&str> = texts.iter().copied().filter(|text| text.starts_with("system:")).collect();
    Derived {
        body: texts.join("\n").into_bytes(),
        asked: texts.len() - usize::from(answered),
        prefixes,
        instructions: number(&instructions.join("\n")),
        texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        facts: Facts {
            title: texts.first().copied().unwrap_or_default().to_owned(),
            preview: texts.last().copied().unwrap_or_default().to_owned(),
            kind: "chat".to_owned(),
            model: "m".to_owned(),
            turns: u32::try_from(texts.len()).unwrap_or(u32::MAX),
            chars: texts.iter().map(|text| text.len() as u64).sum(),
            standing: if answered { Standing::Ok } else { Standing::UpstreamError },
            text_hash: number(&texts.join("\n")),
            ..Facts::default()
        },
        answer_id: None,
        continues: None,
        kept_in: None,
    }
}

fn number(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn after(before: Prefix, text: &str) -> Prefix {
    let mut all: Vec<String> = before.iter().map(u8::to_string).collect();
    all.push(text.to_owned());
    let (one, other) = (number(&all.join(" ")), number(&all.join("-")));
    let mut hash = [0; 16];
    hash[..8].copy_from_slice(&one.to_be_bytes());
    hash[8..].copy_from_slice(&other.to_be_bytes());
    hash
}
