use std::time::SystemTime;

use postern_store::{Call, ConversationStore, Ended, Filter, PageOf, Sort, ThreadRow, Via};
use tempfile::TempDir;

use super::*;

struct House {
    store: ConversationStore,
    _folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        Self { store: ConversationStore::open(folder.path()).expect("opens"), _folder: folder }
    }

    fn say(&self, path: &str, request: &str, response: &str) {
        let recording = self.store.recorder().begin(Call {
            id: "req".to_owned(),
            at: SystemTime::now(),
            via: Via::Proxy,
            method: "POST".to_owned(),
            host: Some("api.example".to_owned()),
            path: path.to_owned(),
            headers: [("content-type", "application/json")].into_iter().collect(),
            key: None,
        });
        recording.request(Bytes::copy_from_slice(request.as_bytes()));
        recording.answer(200, [("content-type", "application/json")].into_iter().collect());
        recording.response(Bytes::copy_from_slice(response.as_bytes()));
        recording.ended(Ended::Whole);
    }

    fn chat(&self, question: &str, answer: &str) {
        let request = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{question}"}}]}}"#);
        let response = format!(
            r#"{{"choices":[{{"index":0,"finish_reason":"stop","message":{{"role":"assistant","content":"{answer}"}}}}]}}"#
        );
        self.say("/v1/chat/completions", &request, &response);
    }

    fn response(&self, id: &str, previous: Option<&str>, question: &str, answer: &str) {
        let previous = previous.map(|id| format!(r#","previous_response_id":"{id}""#)).unwrap_or_default();
        let request = format!(r#"{{"model":"m","input":"{question}"{previous}}}"#);
        let response = format!(
            r#"{{"id":"{id}","object":"response","status":"completed","model":"m","output":[{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":"{answer}"}}]}}]}}"#
        );
        self.say("/v1/responses", &request, &response);
    }

    /// An exchange in a conversation that the provider keeps.
    fn in_conversation(&self, kept_in: &str, id: &str, question: &str, answer: Option<&str>) {
        let request = format!(r#"{{"model":"m","input":"{question}","conversation":{{"id":"{kept_in}"}}}}"#);
        let response = match answer {
            Some(answer) => format!(
                r#"{{"id":"{id}","object":"response","status":"completed","model":"m","output":[{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":"{answer}"}}]}}]}}"#
            ),
            None => format!(
                r#"{{"id":"{id}","object":"response","status":"failed","model":"m","output":[],"error":{{"code":"server_error","message":"no"}}}}"#
            ),
        };
        self.say("/v1/responses", &request, &response);
    }

    async fn list(&self) -> Vec<ThreadRow> {
        let of = PageOf { filter: Filter::default(), sort: Sort::Newest, after: None, limit: 100 };
        self.store.conversations().page(of).await.expect("listed").rows
    }

    /// The turns of a conversation, as texts.
    async fn texts(&self, row: &ThreadRow) -> Vec<String> {
        let detail = self.store.conversations().thread(row.id).await.expect("read").expect("there");
        let conversation: Conversation = serde_json::from_slice(&detail.body).expect("a conversation");
        conversation.turns.iter().map(crate::text::words).collect()
    }
}

async fn all_done(deriving: &Deriving, total: u64) {
    let mut progress = deriving.progress();
    progress.wait_for(|progress| progress.done == total && progress.total == total).await.expect("goes on");
}

#[tokio::test]
async fn what_is_recorded_becomes_conversations() {
    let house = House::new();
    house.chat("hello", "hi");
    let deriving = Deriving::start(house.store.conversations());
    all_done(&deriving, 1).await;
    house.chat("another", "one");
    house.say("/v1/models", "", "{}");
    all_done(&deriving, 3).await;
    deriving.stop().await;
    let list = house.list().await;
    let titles: Vec<&str> = list.iter().map(|row| row.facts.title.as_str()).collect();
    assert_eq!(titles, ["another", "hello"]);
    assert_eq!(list[0].host.as_deref(), Some("api.example"));
}

#[tokio::test]
async fn what_the_provider_keeps_is_put_before_what_continues_it() {
    let house = House::new();
    house.response("resp-1", None, "hello", "hi");
    house.response("resp-2", Some("resp-1"), "more", "one");
    house.response("resp-3", Some("resp-2"), "last", "done");
    house.response("resp-4", Some("resp-1"), "else", "two");
    let deriving = Deriving::start(house.store.conversations());
    all_done(&deriving, 4).await;
    deriving.stop().await;
    // Nothing is remembered now, and the bodies are of older rules: the chain is read again.
    let deriving = Deriving::by(house.store.conversations(), VERSION + 1, Arc::new(derive));
    all_done(&deriving, 4).await;
    deriving.stop().await;
    let list = house.list().await;
    assert_eq!(list.len(), 2, "{list:?}");
    assert_eq!(house.texts(&list[0]).await, ["hello", "hi", "else", "two"]);
    assert_eq!(house.texts(&list[1]).await, ["hello", "hi", "more", "one", "last", "done"]);
    assert_eq!((list[0].parent, list[0].fork_at), (Some(list[1].id), Some(2)));
    // A later run continues from what is shown, cut where it parted.
    house.response("resp-5", Some("resp-2"), "new", "five");
    let deriving = Deriving::by(house.store.conversations(), VERSION + 1, Arc::new(derive));
    all_done(&deriving, 5).await;
    deriving.stop().await;
    assert_eq!(house.texts(&house.list().await[0]).await, ["hello", "hi", "more", "one", "new", "five"]);
}

#[tokio::test]
async fn what_is_said_in_a_conversation_of_the_provider_is_one_conversation() {
    let house = House::new();
    house.in_conversation("conv-1", "resp-1", "hello", Some("hi"));
    house.in_conversation("conv-2", "resp-a", "other", Some("talk"));
    house.in_conversation("conv-1", "resp-2", "broken", None);
    house.in_conversation("conv-1", "resp-3", "more", Some("one"));
    house.in_conversation("conv-1", "resp-4", "last", Some("done"));
    // A fork from within it.
    house.response("resp-5", Some("resp-1"), "else", "two");
    let check = async || {
        let mut all = Vec::new();
        for row in house.list().await {
            all.push(house.texts(&row).await.join(" "));
        }
        all.sort();
        let expected = ["hello hi broken", "hello hi else two", "hello hi more one last done", "other talk"];
        assert_eq!(all, expected);
    };
    let deriving = Deriving::start(house.store.conversations());
    all_done(&deriving, 6).await;
    check().await;
    // By the same rules, with what is remembered of the last time.
    house.store.conversations().rederive().await.expect("marked");
    while house.store.conversations().progress(VERSION).await.expect("told").done < 6 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    check().await;
    deriving.stop().await;
    // By newer ones, when nothing is remembered and every body is of older rules.
    let deriving = Deriving::by(house.store.conversations(), VERSION + 1, Arc::new(derive));
    all_done(&deriving, 6).await;
    check().await;
    deriving.stop().await;
    house.in_conversation("conv-2", "resp-b", "again", Some("yes"));
    let deriving = Deriving::by(house.store.conversations(), VERSION + 1, Arc::new(derive));
    all_done(&deriving, 7).await;
    assert_eq!(house.texts(&house.list().await[0]).await, ["other", "talk", "again", "yes"]);
    deriving.stop().await;
}

#[tokio::test]
async fn an_exchange_over_which_the_rules_stumble_is_marked_and_left_behind() {
    let house = House::new();
    house.chat("hello", "hi");
    house.chat("stumble", "now");
    house.chat("another", "one");
    let rules: Rules = Arc::new(|exchange, media| {
        assert!(!exchange.request.windows(7).any(|window| window == b"stumble"), "as it is meant to");
        derive(exchange, media)
    });
    let deriving = Deriving::by(house.store.conversations(), 1, rules);
    all_done(&deriving, 3).await;
    deriving.stop().await;
    let list = house.list().await;
    assert_eq!(list.len(), 3);
    assert_eq!(list[1].facts.flags, Flag::Unreadable.bit());
    assert_eq!(list[1].facts.title, "POST /v1/chat/completions");
}

#[tokio::test]
async fn pictures_are_kept_beside_the_conversation() {
    let house = House::new();
    let request = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"what is it"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}"#;
    let response = r#"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a picture"}}]}"#;
    house.say("/v1/chat/completions", request, response);
    let deriving = Deriving::start(house.store.conversations());
    all_done(&deriving, 1).await;
    deriving.stop().await;
    let row = &house.list().await[0];
    let detail = house.store.conversations().thread(row.id).await.expect("read").expect("there");
    let conversation: Conversation = serde_json::from_slice(&detail.body).expect("a conversation");
    let sha = conversation.turns[0].parts.iter().find_map(|part| match part {
        crate::Part::Image { source: Source::Media { sha256, .. } } => Some(sha256.clone()),
        _ => None,
    });
    let kept =
        house.store.conversations().media(&sha.expect("a picture")).await.expect("asked").expect("kept");
    assert_eq!(std::fs::read(kept.path).expect("readable"), b"\x89PNG\r\n\x1a\n");
}
