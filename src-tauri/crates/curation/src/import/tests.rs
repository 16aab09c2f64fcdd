//! Files of others in the store.

use base64::Engine as _;
use postern_store::{ConversationStore, Filter, ThreadRow};
use serde_json::json;

use super::*;
use crate::export::{JobState, Jobs, Preset, Spec};
use crate::{Conversation, Deriving, Part, Role, Source};

/// A picture of one dot.
const DOT: &[u8] = include_bytes!("../../../../../tests/fixtures/dot.png");

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

/// A data set in a folder of its own with a picture beside it, imported; what is listed then, and the picture's bytes as
/// the store has them.
async fn with_picture(rows: &[serde_json::Value]) -> (Vec<(ThreadRow, Conversation)>, Vec<Option<Vec<u8>>>) {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    std::fs::create_dir_all(set.join("media")).unwrap();
    std::fs::write(set.join("media/dot.png"), DOT).unwrap();
    std::fs::write(folder.path().join("secret.png"), "not yours").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.png"), set.join("link.png")).unwrap();
    for name in ["notes.txt", "page.html"] {
        std::fs::write(set.join(name), "not a picture").unwrap();
    }
    std::fs::write(set.join("train.jsonl"), lines(rows)).unwrap();
    let store = ConversationStore::open(&folder.path().join("data")).unwrap();
    let conversations = store.conversations();
    let deriving = Deriving::start(store.conversations());
    let report = import(&set.join("train.jsonl"), &store.recorder(), &conversations).await.unwrap();
    assert_eq!(report.taken, rows.len() as u64, "{report:?}");
    deriving.stop().await;
    let all = conversations.settle(Filter::default()).await.unwrap();
    let found = conversations.next_for_export(&all, None, 100).await.unwrap();
    let read: Vec<(ThreadRow, Conversation)> =
        found.into_iter().map(|one| (one.row, serde_json::from_slice(&one.body).unwrap())).collect();
    let mut pictures = Vec::new();
    for (_, conversation) in &read {
        let picture = conversation.turns.iter().flat_map(|turn| &turn.parts).find_map(|part| match part {
            Part::Image { source: Source::Media { sha256, .. } } => Some(sha256.clone()),
            _ => None,
        });
        pictures.push(match picture {
            Some(sha) => {
                let kept = conversations.media(&sha).await.unwrap().unwrap();
                Some(std::fs::read(kept.path).unwrap())
            }
            None => None,
        });
    }
    store.close();
    (read, pictures)
}

#[tokio::test]
async fn pictures_beside_the_file_are_taken_with_it() {
    let share = |images: serde_json::Value, question: &str| {
        json!({ "conversations": [{ "from": "human", "value": question },
            { "from": "gpt", "value": "A dot." }], "images": images })
    };
    let messages = |content: serde_json::Value| json!([{ "role": "user", "content": content }, { "role": "assistant", "content": "A dot." }]);
    let rows = [
        share(json!(["media/dot.png"]), "Look: <image>What is one?"),
        share(json!("media/dot.png"), "What is two?"),
        share(json!([{ "bytes": null, "path": "media/dot.png" }]), "<image>What is three?"),
        json!({ "messages": messages(json!("<image>What is four?")), "images": ["media/dot.png"] }),
        json!({ "messages": messages(json!("What is five?")), "images": ["media/dot.png"] }),
        json!({ "messages": messages(json!([{ "type": "image", "path": "media/dot.png" },
            { "type": "text", "text": "What is six?" }])) }),
    ];
    let (read, pictures) = with_picture(&rows).await;
    for ((row, conversation), picture) in read.iter().zip(&pictures) {
        assert_eq!(picture.as_deref(), Some(DOT), "{conversation:?}");
        assert!(!crate::Flags(row.facts.flags).has(crate::Flag::Unreadable), "{conversation:?}");
        assert!(
            matches!(conversation.turns[0].parts.last(), Some(Part::Text { text }) if text.starts_with("What is"))
        );
    }
    assert_eq!(read[0].1.turns[0].parts[0], Part::Text { text: "Look: ".to_owned() });
}

#[tokio::test]
async fn nothing_beyond_the_folder_of_a_data_set_is_read() {
    let above = std::env::temp_dir().join("nobody").display().to_string();
    let names = [
        "../secret.png",
        "media/../../secret.png",
        "link.png",
        "notes.txt",
        "page.html",
        "missing.png",
        &above,
    ];
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            json!({ "conversations": [{ "from": "human", "value": format!("<image>{name}?") },
                { "from": "gpt", "value": "No." }], "images": [name] })
        })
        .collect();
    let (read, pictures) = with_picture(&rows).await;
    assert!(pictures.iter().all(Option::is_none), "{pictures:?}");
    for ((row, conversation), name) in read.iter().zip(names) {
        assert!(crate::Flags(row.facts.flags).has(crate::Flag::Unreadable), "{name}");
        assert_eq!(conversation.turns[0].parts[0], Part::Other { raw: json!(name) }, "the name is kept");
    }
}

#[tokio::test]
async fn what_is_not_to_be_learned_comes_back_as_it_was_written() {
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    let masked = |name: &str, values: [serde_json::Value; 2]| {
        let mut turns =
            [said("user", "One?"), said("assistant", "Two."), said("user", name), said("assistant", "One.")];
        let [first, last] = values;
        (turns[1][name], turns[3][name]) = (first, last);
        json!({ "messages": turns })
    };
    let swift = json!({ "messages": [said("user", "q"), { "role": "tool_call", "loss": false,
        "content": r#"{"name":"a","arguments":{}}"# }, said("tool_response", "r"),
        { "role": "assistant", "content": "a", "loss": true }] });
    let rows = [
        masked("train", [false.into(), true.into()]),
        masked("weight", [0.into(), 1.into()]),
        masked("loss", [false.into(), true.into()]),
        swift,
    ];
    let (_, read) = imported(&lines(&rows), 1).await;
    for (_, conversation) in &read {
        let masks: Vec<Option<bool>> = conversation.turns.iter().map(|turn| turn.train).collect();
        assert_eq!(masks, [None, Some(false), None, Some(true)], "{conversation:?}");
        let strange = |part: &Part| matches!(part, Part::Other { .. });
        assert!(!conversation.turns.iter().flat_map(|turn| &turn.parts).any(strange), "{conversation:?}");
    }
}

/// A picture and a mask go out in a form and come back by it.
#[tokio::test]
async fn what_was_exported_comes_back_with_pictures_and_masks() {
    let address = format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(DOT));
    let row = json!({ "label": true, "messages": [
        { "role": "user", "content": [{ "type": "image_url", "image_url": { "url": address } },
            { "type": "text", "text": "What is this?" }] },
        { "role": "assistant", "content": "A line.", "weight": 0 },
        { "role": "user", "content": "Look again." },
        { "role": "assistant", "content": "A dot.", "weight": 1 },
    ] });
    for (preset, masks) in [
        (Preset::MsSwift, true),
        (Preset::Axolotl, true),
        (Preset::Openai, true),
        (Preset::LlamaFactory, false),
        (Preset::Trl, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut file = folder.path().join("rows.jsonl");
        std::fs::write(&file, lines(std::slice::from_ref(&row))).unwrap();
        let mut read: Vec<Conversation> = Vec::new();
        for round in 0..2 {
            let store = ConversationStore::open(&folder.path().join(format!("data{round}"))).unwrap();
            let conversations = store.conversations();
            let deriving = Deriving::start(store.conversations());
            import(&file, &store.recorder(), &conversations).await.unwrap();
            deriving.stop().await;
            let all = conversations.settle(Filter::default()).await.unwrap();
            let found = conversations.next_for_export(&all, None, 10).await.unwrap();
            read.push(serde_json::from_slice(&found[0].body).unwrap());
            if round == 0 {
                let jobs = Jobs::new(conversations.clone());
                let spec = Spec { preset, ..Spec::default() };
                let mut changes = jobs.changes();
                jobs.start(spec, folder.path().join("out"));
                while jobs.list()[0].state == JobState::Running {
                    changes.changed().await.unwrap();
                }
                file = folder.path().join("out/train.jsonl");
            }
            store.close();
        }
        let turns = |conversation: &Conversation| {
            conversation.turns.iter().map(|turn| (turn.role, turn.parts.clone())).collect::<Vec<_>>()
        };
        assert_eq!(turns(&read[0]), turns(&read[1]), "{preset:?}");
        let learned = |conversation: &Conversation| {
            conversation.turns.iter().map(|turn| turn.train).collect::<Vec<_>>()
        };
        assert_eq!(learned(&read[0]), [None, Some(false), None, Some(true)]);
        assert_eq!(learned(&read[0]) == learned(&read[1]), masks, "{preset:?}");
    }
}
