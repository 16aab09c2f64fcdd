//! What holds for every exchange.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Kept, exchange};
use crate::read::read;
use crate::{Part, Role, Turn, hash};

/// JSON of every kind, with the words in it that dialects look for.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z漢 \\n]{0,8}".prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "tool_use",
            "image_url",
            "user",
            "assistant",
            "thinking",
            "data:,x",
            "function"
        ])
        .prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "type",
        "text",
        "role",
        "content",
        "parts",
        "id",
        "name",
        "function",
        "arguments",
        "input",
        "source",
        "data",
        "index",
        "delta",
        "message",
        "choices",
        "candidates",
        "output",
        "item",
        "tool_calls",
        "image_url",
        "url",
        "thinking",
        "odd",
    ]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((names.clone(), inner), 0..5).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

const PATHS: [&str; 13] = [
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1beta/models/m:generateContent",
    "/v1beta/interactions",
    "/api/chat",
    "/api/generate",
    "/v1/embeddings",
    "/v1/rerank",
    "/v1/images/generations",
    "/v1/audio/transcriptions",
    "/odd",
];

/// Every text that counts as words.
fn texts(turns: &[Turn]) -> Vec<&str> {
    fn of<'a>(part: &'a Part, all: &mut Vec<&'a str>) {
        match part {
            Part::Text { text } | Part::Refusal { text } | Part::Reasoning { text, .. } => all.push(text),
            Part::ToolResult { parts, .. } => parts.iter().for_each(|part| of(part, all)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    turns.iter().flat_map(|turn| &turn.parts).for_each(|part| of(part, &mut all));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Whatever comes: nothing panics, and nothing that is no text becomes one.
    #[test]
    fn nothing_that_is_no_text_becomes_words(
        path in prop::sample::select(PATHS.to_vec()),
        content in anything(),
        said in anything(),
        events in prop::collection::vec(anything(), 0..5),
    ) {
        let mut request = json!({"model": "m", "input": content, "prompt": content, "query": "q", "documents": content});
        let messages = json!([{"role": "user", "content": content}, content, {"role": "assistant", "content": null}]);
        request["messages"] = messages;
        request["contents"] = json!([{"role": "user", "parts": content}, content]);
        let events: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let whole = json!({"choices": [{"message": said}], "content": said, "output": said, "candidates": said, "message": said});
        for response in [events, whole.to_string()] {
            let exchange = exchange(path, &request, "", response);
            if let Some(read) = read(&exchange, &mut Kept::default()) {
                for text in texts(&read.conversation.turns) {
                    // No text of `anything` has one of these, so one that has is JSON, or some other way to write a value.
                    prop_assert!(!text.contains(['{', '[', '"', '\'']), "{text}");
                    prop_assert!(!matches!(text, "None" | "null" | "true" | "false"), "{text}");
                }
                prop_assert_eq!(hash::prefixes(&read.conversation).len(), read.conversation.turns.len());
                prop_assert!(read.asked <= read.conversation.turns.len());
            }
        }
    }

    /// An answer says the same in however many pieces it comes, and when a client sends it back.
    #[test]
    fn any_cut_of_an_answer_says_the_same_and_hashes_the_same_when_it_comes_back(
        words in "[a-zäß漢 \\n\"\\\\]{1,40}",
        thought in "[a-z漢 ]{0,12}",
        arguments in prop::option::of("[a-z\\]\\[}{\" ]{0,12}"),
        cuts in prop::collection::vec(1..12_usize, 1..6),
    ) {
        let pieces = |text: &str| -> Vec<String> {
            let letters: Vec<char> = text.chars().collect();
            let mut rest = &letters[..];
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (head, tail) = rest.split_at((*cut).min(rest.len()));
                pieces.push(head.iter().collect());
                rest = tail;
            }
            pieces
        };
        let arguments = arguments.map(|text| json!({"x": text}).to_string());
        let mut message = json!({"role": "assistant", "content": words});
        if !thought.is_empty() {
            message["reasoning_content"] = thought.clone().into();
        }
        let mut deltas: Vec<Value> = pieces(&thought).iter().map(|piece| json!({"reasoning_content": piece})).collect();
        deltas.extend(pieces(&words).iter().map(|piece| json!({"content": piece})));
        if let Some(arguments) = &arguments {
            message["tool_calls"] = json!([{"id": "a", "type": "function", "function": {"name": "f", "arguments": arguments}}]);
            deltas.push(json!({"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]}));
            deltas.extend(pieces(arguments).iter().map(|piece| json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})));
        }
        let request = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
        let path = "/v1/chat/completions";
        let whole = json!({"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
        let mut stream: String = deltas.iter()
            .map(|delta| format!("data: {}\n\n", json!({"model": "m", "choices": [{"index": 0, "delta": delta}]})))
            .collect();
        stream += "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        let of = |exchange: &postern_store::Exchange| read(exchange, &mut Kept::default()).expect("read").conversation;
        let at_once = of(&exchange(path, &request, "application/json", whole.to_string()));
        let in_pieces = of(&exchange(path, &request, "text/event-stream", stream));
        prop_assert_eq!(&at_once, &in_pieces);

        let mut back = message.clone();
        back.as_object_mut().expect("object").remove("reasoning_content");
        back["content"] = json!([{"type": "text", "text": words.trim_end()}]);
        let next = json!({"model": "m", "messages": [{"role": "system", "content": "New."}, {"role": "user", "content": "Hello"}, back, {"role": "user", "content": "More"}]});
        let next = of(&exchange(path, &next, "application/json", whole.to_string()));
        prop_assert_eq!(hash::prefixes(&at_once)[1], hash::prefixes(&next)[2]);
        prop_assert_eq!(next.turns[0].role, Role::System);
    }
}
