use crate::{Conversation, Part, Role, Source, Turn};

use super::{prefixes, text_hash};

fn turn(role: Role, parts: Vec<Part>) -> Turn {
    Turn { role, name: None, parts, train: None }
}

fn text(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn call(id: &str, arguments: &str) -> Part {
    Part::ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: arguments.to_owned() }
}

fn of(turns: Vec<Turn>) -> Conversation {
    Conversation { turns, ..Conversation::default() }
}

#[test]
fn what_a_client_changes_on_the_way_changes_no_hash() {
    let given = of(vec![
        turn(Role::System, vec![text("Be brief.")]),
        turn(Role::User, vec![text("Hello "), text("there")]),
        turn(
            Role::Assistant,
            vec![
                Part::Reasoning { text: "hm".into(), seal: Some("s".into()) },
                text("I "),
                Part::Citation { raw: serde_json::json!({}) },
                text("look.\n"),
                call("call_1", r#"{"b": 1, "a": [1, 2]}"#),
                call("call_2", ""),
            ],
        ),
    ]);
    let back = of(vec![
        turn(Role::Developer, vec![text("Be long.")]),
        turn(Role::User, vec![text(" Hello there\n")]),
        turn(
            Role::Assistant,
            vec![text("<think>\nhm\n</think>\n\nI look."), call("x", r#"{"a":[1,2],"b":1}"#), call("", "{}")],
        ),
    ]);
    assert_eq!(prefixes(&given), prefixes(&back));
}

#[test]
fn what_was_said_changes_the_hash_from_there_on() {
    let first = of(vec![turn(Role::User, vec![text("a")]), turn(Role::Assistant, vec![text("b")])]);
    for other in [
        vec![turn(Role::User, vec![text("a")]), turn(Role::Assistant, vec![text("c")])],
        vec![turn(Role::User, vec![text("a")]), turn(Role::User, vec![text("b")])],
        vec![turn(Role::User, vec![text("a")]), turn(Role::Assistant, vec![text("b"), call("", "{}")])],
        vec![turn(Role::User, vec![text("a")]), turn(Role::Assistant, vec![])],
    ] {
        let (one, two) = (prefixes(&first), prefixes(&of(other)));
        assert_eq!(one[0], two[0]);
        assert_ne!(one[1], two[1]);
    }
    let picture = |sha: &str| {
        let source = Source::Media { sha256: sha.into(), mime: "image/png".into(), bytes: 1 };
        prefixes(&of(vec![turn(Role::User, vec![text("what?"), Part::Image { source }])]))
    };
    assert_ne!(picture("00"), picture("01"));
}

#[test]
fn the_same_words_have_the_same_text_hash_whatever_their_case_and_blanks() {
    let words = |user: &str, answer: &str| {
        text_hash(&of(vec![turn(Role::User, vec![text(user)]), turn(Role::Assistant, vec![text(answer)])]))
    };
    assert_eq!(words("Hello  there", "Hi"), words("hello\nthere ", "hi"));
    assert_ne!(words("a b", "c"), words("a", "b c"));
}
