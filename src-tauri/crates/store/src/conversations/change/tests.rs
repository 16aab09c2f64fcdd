use rusqlite::StatementStatus;

use super::*;
use crate::conversations::{MIGRATIONS, ReviewState};
use crate::database;

/// A database with so many conversations, hardly anything in them.
fn many(folder: &std::path::Path, count: i64) -> Connection {
    let connection = database::open(&folder.join("conversations.db"), MIGRATIONS).expect("opens");
    let class = Class {
        state: ReviewState::New,
        standing: super::super::Standing::Ok,
        model: 0,
        host: 0,
        upstream: 0,
        key: 0,
        dialect: 0,
        kind: 0,
        language: 0,
        flags: 0,
        rating: 0,
        edited: false,
    };
    let class = class.number(&connection).expect("a class");
    for id in 1..=count {
        connection
            .execute(
                "INSERT INTO threads (id, class, began_ms, last_ms, leaf, tip, tip_asked, tip_failed, instructions,
                     linked, total_ms, turns, chars, tokens_in, tokens_out, tokens, text_hash, title, preview)
                 VALUES (?1, ?2, 0, 0, ?1, x'', x'', 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, '', '')",
                [id, class],
            )
            .expect("a conversation");
        connection
            .execute("INSERT INTO bodies VALUES (?1, 1, 0, 0, x'', x'7B7D', NULL)", [id])
            .expect("a body");
    }
    connection
}

#[test]
fn of_many_conversations_only_those_that_are_changed_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = many(folder.path(), 500);
    let transaction = connection.transaction().expect("begins");
    choose(&transaction, &[7, 300]).expect("chosen");
    let everything = Change {
        state: Some(ReviewState::Approved),
        rating: Some(3),
        note: Some("a note".to_owned()),
        add_tags: vec!["a".to_owned()],
        remove_tags: Vec::new(),
    };
    apply(&transaction, 1, &everything).expect("applied");
    edit(&transaction, 2, Some(b"{}".as_slice())).expect("edited");
    let changed = |batch: i64| count(&transaction, batch).expect("counted").changed;
    assert_eq!((changed(1), changed(2)), (2, 2));
    for statement in [CLASSES, CLASS_AUDIT, NOTE_AUDIT, EDIT_AUDIT] {
        let steps =
            transaction.prepare_cached(statement).expect("known").get_status(StatementStatus::FullscanStep);
        assert!(steps < 10, "{steps} steps: {statement}");
    }
}
