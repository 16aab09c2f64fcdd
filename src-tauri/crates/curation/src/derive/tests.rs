use postern_store::{Derived, Ended, Exchange};
use serde_json::{Value, json};

use super::{derive, join};
use crate::read::tests::{Kept, exchange};
use crate::{Alternative, Conversation, Flag, Flags, Role};

fn of(exchange: &Exchange) -> Derived {
    derive(exchange, &mut Kept::default()).expect("a conversation")
}

fn chat(messages: &Value, said: &str) -> Derived {
    let answer = json!({"model": "m-1", "choices": [{"message": {"content": said}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7}});
    of(&exchange(
        "/v1/chat/completions",
        &json!({"model": "m", "messages": messages}),
        "application/json",
        answer.to_string(),
    ))
}

#[test]
fn what_is_listed_searched_and_linked_is_derived_of_the_conversation() {
    let messages = json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is\n the weather like in Oslo today?"}]);
    let derived = chat(&messages, "It rains in Oslo today, and it will be cold in the evening.");
    let facts = &derived.facts;
    assert_eq!(
        (facts.title.as_str(), facts.kind.as_str()),
        ("What is the weather like in Oslo today?", "chat")
    );
    assert_eq!(facts.preview, "It rains in Oslo today, and it will be cold in the evening.");
    assert_eq!(
        (facts.dialect.as_str(), facts.model.as_str(), facts.language.as_str()),
        ("chat", "m-1", "eng")
    );
    assert_eq!((facts.tokens_in, facts.tokens_out, facts.turns, facts.flags), (11, 7, 3, 0));
    assert_eq!((derived.asked, derived.prefixes.len(), derived.texts.len()), (2, 3, 3));
    assert_eq!(derived.texts[2], "It rains in Oslo today, and it will be cold in the evening.");
    let body: Conversation = serde_json::from_slice(&derived.body).expect("json");
    assert_eq!(body.turns.len(), 3);
}

#[test]
fn the_next_step_begins_with_the_hash_of_the_one_before() {
    let first = chat(&json!([{"role": "user", "content": "One"}]), "Two \n");
    let messages = json!([{"role": "system", "content": "New."}, {"role": "user", "content": "One"},
        {"role": "assistant", "content": [{"type": "text", "text": "Two"}]}, {"role": "user", "content": "Three"}]);
    let next = chat(&messages, "Four");
    assert_eq!(first.prefixes.last(), Some(&next.prefixes[2]));
    assert_ne!(next.prefixes[3], next.prefixes[2]);
}

#[test]
fn tokens_are_estimated_where_nobody_counted() {
    let answer =
        json!({"choices": [{"message": {"content": "二十个汉字二十个汉字"}, "finish_reason": "stop"}]});
    let request = json!({"model": "m", "messages": [{"role": "user", "content": "abcdefgh"}]});
    let derived = of(&exchange("/v1/chat/completions", &request, "application/json", answer.to_string()));
    assert_eq!((derived.facts.tokens_in, derived.facts.tokens_out), (2, 10));
}

#[test]
fn an_unreadable_exchange_is_kept_and_flagged() {
    let mut broken = exchange("/v1/messages", &json!({}), "application/json", "{\"type\": \"mess");
    broken.request = "not json".into();
    let derived = of(&broken);
    assert!(Flags(derived.facts.flags).has(Flag::Unreadable));
    broken.ended = Ended::Left;
    assert!(Flags(of(&broken).facts.flags).has(Flag::Aborted));
}

fn responses(request: &Value, id: &str, said: &str) -> Derived {
    let message =
        json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": said}]});
    let answer =
        json!({"id": id, "object": "response", "status": "completed", "model": "m", "output": [message]});
    of(&exchange("/v1/responses", request, "application/json", answer.to_string()))
}

#[test]
fn what_the_provider_keeps_is_joined_before_what_continues_it() {
    let first = responses(&json!({"model": "m", "instructions": "Be.", "input": "One"}), "resp_1", "Two");
    let request =
        json!({"model": "m", "instructions": "Be.", "input": "Three", "previous_response_id": "resp_1"});
    let later = responses(&request, "resp_2", "Four");
    assert_eq!(later.continues.as_deref(), first.answer_id.as_deref());
    let joined = join(&first.body, later.clone());
    let body: Conversation = serde_json::from_slice(&joined.body).expect("json");
    let roles: Vec<Role> = body.turns.iter().map(|turn| turn.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::User, Role::Assistant]);
    assert_eq!((joined.asked, joined.facts.turns, joined.facts.title.as_str()), (4, 5, "One"));
    assert_eq!(joined.prefixes[..3], first.prefixes);
    assert_eq!((joined.answer_id.as_deref(), joined.continues.as_deref()), (Some("resp_2"), Some("resp_1")));
    assert!(!Flags(joined.facts.flags).has(Flag::SystemChanged));

    let request = json!({"model": "m", "instructions": "Be other.", "input": "Three", "previous_response_id": "resp_1"});
    let changed = join(&first.body, responses(&request, "resp_2", "Four"));
    assert_eq!(changed.asked, 5);
    assert!(Flags(changed.facts.flags).has(Flag::SystemChanged));
    assert_eq!(changed.prefixes.last(), joined.prefixes.last());

    let mut body: Conversation = serde_json::from_slice(&later.body).expect("json");
    body.alternatives =
        vec![Alternative { at: later.asked, turn: body.turns[later.asked].clone(), finish: String::new() }];
    let with_another = Derived { body: serde_json::to_vec(&body).expect("json"), ..later.clone() };
    let body: Conversation = serde_json::from_slice(&join(&first.body, with_another).body).expect("json");
    assert_eq!(body.alternatives[0].at, 4);

    assert_eq!(join(b"no conversation", later.clone()), later);
}
