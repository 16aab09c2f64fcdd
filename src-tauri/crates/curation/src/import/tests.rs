//! Files of others in the store.

use postern_store::{ConversationStore, Filter, ThreadRow};
use serde_json::json;

use super::*;
use crate::{Conversation, Deriving, Part, Role};

/// Imports a text as a file, and gives back what is listed then, oldest first.
async fn imported(text: &str, times: usize) -> (Imported, Vec<(ThreadRow, Conversation)>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, text).unwrap();
    let store = ConversationStore::open(folder.path()).unwrap();
    let deriving = Deriving::start(store.conversations());
    let mut report = Imported::default();
    for _ in 0..times {
        report = import(&file, &store.recorder(), &store.conversations()).await.unwrap();
    }
    deriving.stop().await;
    let all = store.conversations().settle(Filter::default()).await.unwrap();
    let found = store.conversations().next_for_export(&all, None, 100).await.unwrap();
    let read = found.into_iter().map(|one| (one.row, serde_json::from_slice(&one.body).unwrap())).collect();
    store.close();
    (report, read)
}

fn lines(rows: &[serde_json::Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[tokio::test]
async fn shapes_of_old_calls_are_read_and_called_good_or_bad() {
    let old = json!({ "conversations": [
        { "from": "human", "value": "q" },
        { "from": "gpt", "value": "I look." },
        { "from": "function_call", "value":
            r#"{"id":"c_a","type":"function","function":{"name":"a","arguments":"{\"x\": 1}"}}"# },
        { "from": "function_call", "value": r#"{"name":"b","arguments":{"y":2}}"# },
        { "from": "observation", "value": "ra" },
        { "from": "observation", "value": "rb" },
        { "from": "gpt", "value": "done" },
    ], "system": "s", "kto_tag": true,
       "tools": r#"[{"name":"a","input_schema":{"type":"object","properties":{}}}]"# });
    let (report, read) = imported(&lines(&[old]), 1).await;
    assert_eq!((report.taken, report.approved), (1, 1), "{report:?}");
    let (row, conversation) = &read[0];
    assert_eq!(row.state, ReviewState::Approved);
    assert_eq!(row.tags, ["imported"]);
    let roles: Vec<Role> = conversation.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::Tool, Role::Tool, Role::Assistant]);
    let calls: Vec<_> = conversation.turns[2]
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::ToolCall { id, name, arguments } => Some((id.as_str(), name.as_str(), arguments.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(calls, [("c_a", "a", r#"{"x": 1}"#), ("", "b", r#"{"y":2}"#)]);
    assert_eq!(conversation.tools[0].name, "a");
    assert!(conversation.tools[0].parameters.is_some());
}

#[tokio::test]
async fn the_same_file_again_adds_nothing() {
    let row = |text: &str| {
        json!({ "messages": [{ "role": "user", "content": text },
        { "role": "assistant", "content": "a" }] })
    };
    let (report, read) = imported(&lines(&[row("one"), row("two"), row("two")]), 2).await;
    assert_eq!((report.rows, report.taken, report.known), (3, 0, 3));
    assert_eq!(read.len(), 2);
}

#[tokio::test]
async fn defects_are_read_as_they_are_and_marked() {
    let listed = json!({ "conversations": [{ "from": "human", "value": ["x", { "k": 1 }] },
        { "from": "gpt", "value": "None" }] });
    let (report, read) = imported(&format!("{}no json\n{{\"a\":1}}\n", lines(&[listed])), 1).await;
    assert_eq!(report.refused.iter().map(|refused| refused.row).collect::<Vec<_>>(), [2, 3]);
    let (row, conversation) = &read[0];
    assert!(crate::Flags(row.facts.flags).has(crate::Flag::Unreadable));
    assert_eq!(conversation.turns[0].parts[0], Part::Text { text: "x".to_owned() });
    assert_eq!(conversation.turns[0].parts[1], Part::Other { raw: json!({ "k": 1 }) });
    assert_eq!(conversation.turns[1].parts, [Part::Text { text: "None".to_owned() }]);
}

#[tokio::test]
async fn our_own_files_come_back_as_they_were() {
    let row = json!({ "conversations": [
        { "from": "human", "value": "Oslo and Rome?" },
        { "from": "function_call", "value": "<think>\nTwo.\n</think>\n\nI look.<tool_call>[{\"name\":\"w\",\"arguments\":{\"c\":\"Oslo\"}},{\"name\":\"w\",\"arguments\":{\"c\":\"Rome\"}}]</tool_call>" },
        { "from": "observation", "value": "3\n</tool_response>\n<tool_response>\n19" },
        { "from": "gpt", "value": "<think>\nSo.\n</think>\n\nOslo 3, Rome 19." },
    ], "system": "", "tools": "" });
    let (_, read) = imported(&lines(&[row]), 1).await;
    let turns = &read[0].1.turns;
    assert_eq!(turns.len(), 4);
    assert_eq!(turns[1].parts[0], Part::Reasoning { text: "Two.".to_owned(), seal: None });
    assert_eq!(turns[1].parts[1], Part::Text { text: "I look.".to_owned() });
    assert_eq!(turns[1].parts.len(), 4);
    assert_eq!(turns[2].parts.len(), 2);
    assert_eq!(turns[3].parts.len(), 2);
}

#[tokio::test]
async fn a_decision_made_here_outlives_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.jsonl");
    let row = json!({ "kto_tag": true, "conversations": [{ "from": "human", "value": "q" },
        { "from": "gpt", "value": "a" }] });
    std::fs::write(&file, lines(&[row])).unwrap();
    let store = ConversationStore::open(folder.path()).unwrap();
    let conversations = store.conversations();
    let deriving = Deriving::start(store.conversations());
    let first = import(&file, &store.recorder(), &conversations).await.unwrap();
    assert_eq!(first.approved, 1);
    let all = Selection::Matching(Box::default());
    let change = Change { state: Some(ReviewState::Rejected), ..Change::default() };
    conversations.change(all, change).await.unwrap();
    let second = import(&file, &store.recorder(), &conversations).await.unwrap();
    assert_eq!(second.approved, 0);
    let all = conversations.settle(Filter::default()).await.unwrap();
    let found = conversations.next_for_export(&all, None, 10).await.unwrap();
    assert_eq!(found[0].row.state, ReviewState::Rejected);
    deriving.stop().await;
    store.close();
}
