//! What holds for every input.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{body, facts, reading, sse, stamp, started, told};
use crate::chat::{Completion, Event, FailureKind, Finish, Message, Part, Request, Role, ToolCall, Usage};
use crate::dialect::{Asked, Dialect, Signature};
use crate::gemini::{Acceptor, StreamShape, ask, clean, decode};

fn cut<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> =
        cuts.iter().map(|cut| cut % (bytes.len() + 1)).chain([0, bytes.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z{}\\[\\]\",\\\\\n ]{0,12}",
        Just("é🦀\u{2028}\r\n\r\ndata: x".to_owned())
    ]
}

/// A part on the wire, sane or not.
fn part() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (words(), any::<bool>()).prop_map(|(text, thought)| json!({ "text": text, "thought": thought })),
        2 => (words(), "[a-c]?").prop_map(|(x, id)| {
            json!({ "functionCall": { "name": "f", "id": id, "args": { "x": x } }, "thoughtSignature": "c2VhbA==" })
        }),
        1 => Just(json!({ "thoughtSignature": "s" })),
        1 => Just(json!({ "inlineData": { "mimeType": "image/png", "data": "AQID" } })),
        1 => words().prop_map(|code| json!({ "executableCode": { "language": "PYTHON", "code": code } })),
        1 => Just(json!({ "unheardOf": [1] })),
    ]
}

/// A chunk of a stream.
fn chunk() -> impl Strategy<Value = Value> {
    let reason = prop::option::of(prop::sample::select(vec!["STOP", "MAX_TOKENS", "SAFETY", "OTHER"]));
    let candidate = (prop::collection::vec(part(), 0..4), 0..2_u32, reason).prop_map(|(parts, index, reason)| {
        json!({ "content": { "parts": parts }, "index": index, "finishReason": reason })
    });
    let usage = prop::option::of(0..100_u64);
    let answer = (prop::collection::vec(candidate, 0..3), usage).prop_map(|(candidates, count)| {
        let usage = count.map(|count| json!({ "promptTokenCount": count }));
        json!({ "candidates": candidates, "usageMetadata": usage })
    });
    prop_oneof![
        12 => answer,
        1 => Just(json!({ "error": { "code": 503, "message": "m", "status": "UNAVAILABLE" } })),
        1 => Just(json!({ "promptFeedback": { "blockReason": "SAFETY" } })),
    ]
}

/// A seal of this dialect's provider, which nobody else's looks like.
fn seal() -> impl Strategy<Value = Signature> {
    "[A-Za-z0-9+/]{4,8}".prop_map(|text| Signature::new(Dialect::Gemini, text))
}

fn arguments() -> impl Strategy<Value = String> {
    prop::collection::vec(("[a-z]{1,4}", words()), 0..3).prop_map(|members| {
        let members: Map<String, Value> =
            members.into_iter().map(|(key, value)| (key, json!(value))).collect();
        Value::Object(members).to_string()
    })
}

/// A piece of an answer that this dialect has a word for.
fn piece() -> impl Strategy<Value = Vec<Event>> {
    let call = (1..u32::MAX, arguments(), prop::option::of(seal())).prop_map(|(id, arguments, seal)| {
        let call = ToolCall { id: id.to_string(), name: "f".into(), arguments };
        std::iter::once(Event::ToolCall(call)).chain(seal.map(Event::Signature)).collect()
    });
    prop_oneof![
        4 => words().prop_map(|text| vec![Event::Text { text }]),
        2 => words().prop_map(|text| vec![Event::Reasoning { text }]),
        2 => call,
        1 => seal().prop_map(|seal| vec![Event::Signature(seal)]),
        1 => Just(vec![Event::Image { mime: "image/png".into(), base64: "AQID".into() }]),
        1 => (0..9_u64, 0..9_u64, 0..9_u64).prop_map(|(prompt, said, reasoning)| {
            vec![Event::Usage(Usage { prompt, completion: said + reasoning, cached: 0, reasoning })]
        }),
    ]
}

fn folded(events: &[Event]) -> Completion {
    let mut completion = Completion::default();
    for event in events {
        // Nothing was said with it.
        let empty = matches!(event, Event::Text { text } | Event::Reasoning { text } if text.is_empty());
        if !empty {
            completion.push(event.clone());
        }
    }
    completion
}

fn json_value() -> impl Strategy<Value = Value> {
    const WORDS: &str = "contents role user model parts text thought thoughtSignature functionCall functionResponse \
        name args response id inlineData mimeType data fileData fileUri systemInstruction tools \
        functionDeclarations parameters toolConfig functionCallingConfig mode ANY generationConfig \
        temperature responseSchema type properties stopSequences thinkingConfig AAAA image/png \
        STRING items enum safetySettings";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(WORDS.split(' ').collect::<Vec<_>>()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let key = prop::sample::select(WORDS.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// A schema of keywords, sane or not.
fn schema() -> impl Strategy<Value = Value> {
    const KEYS: &str = "type properties required items prefixItems anyOf oneOf allOf enum const $ref \
        additionalProperties description title format default nullable minimum minLength maxItems \
        pattern exclusiveMinimum not patternProperties propertyOrdering uniqueItems $schema x-a \
        examples discriminator multipleOf minProperties if example";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..5_u32).prop_map(Value::from),
        prop::sample::select(vec![
            "string",
            "object",
            "array",
            "integer",
            "number",
            "null",
            "boolean",
            "STRING",
            "date-time",
            "a",
            "",
            "#/properties/type",
            "#",
            "#/$defs/x",
            "type",
            "required",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 5, |inner| {
        let key = prop::sample::select(KEYS.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned);
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Whether every schema in it has accepted keywords only.
fn accepted(schema: &Value, keywords: &[&str]) -> bool {
    let Value::Object(keys) = schema else { return false };
    keys.iter().all(|(key, value)| {
        keywords.contains(&key.as_str())
            && match (key.as_str(), value) {
                ("properties", Value::Object(all)) => all.values().all(|schema| accepted(schema, keywords)),
                ("anyOf", Value::Array(all)) => all.iter().all(|schema| accepted(schema, keywords)),
                ("items", schema) => accepted(schema, keywords),
                ("additionalProperties", schema) => schema.is_boolean() || accepted(schema, keywords),
                _ => true,
            }
    })
}

fn message() -> impl Strategy<Value = Vec<Message>> {
    let message = |role, parts| Message { role, name: None, parts };
    let said = |role| words().prop_map(move |text| vec![Message::text(role, text)]);
    let step =
        prop::collection::vec((arguments(), "[a-z][a-zA-Z/ ]{0,9}", words()), 1..4).prop_map(move |calls| {
            let made = |(arguments, name, _): &(String, String, String)| {
                Part::ToolCall(ToolCall {
                    id: String::new(),
                    name: name.clone(),
                    arguments: arguments.clone(),
                })
            };
            let mut messages = vec![message(Role::Assistant, calls.iter().map(made).collect())];
            messages.extend(calls.iter().map(|(_, _, text)| {
                let result = Part::ToolResult { call_id: String::new(), text: text.clone(), failed: false };
                message(Role::Tool, vec![result])
            }));
            messages
        });
    prop_oneof![said(Role::User), said(Role::Assistant), step]
}

/// A conversation in which every call has an id of its own.
fn conversation() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec(message(), 1..6).prop_map(|steps| {
        let mut messages = vec![Message::text(Role::User, "Go")];
        let mut number = 0;
        for mut step in steps {
            let first = number;
            let mut answered = 0;
            for message in &mut step {
                for part in &mut message.parts {
                    match part {
                        Part::ToolCall(call) => {
                            call.id = format!("id{number}");
                            number += 1;
                        }
                        Part::ToolResult { call_id, .. } => {
                            *call_id = format!("id{}", first + answered);
                            answered += 1;
                        }
                        _ => {}
                    }
                }
            }
            messages.append(&mut step);
        }
        messages
    })
}

/// A result without the white space that JSON may have.
fn plain(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => value.to_string(),
        _ => text.to_owned(),
    }
}

/// Everything that is said in a conversation, in order, by whom. The names of functions as a provider takes them.
fn said(messages: &[Message], name: impl Fn(&str) -> String) -> Vec<(Role, String)> {
    let parts = messages.iter().flat_map(|message| message.parts.iter().map(|part| (message.role, part)));
    parts
        .filter_map(|(role, part)| match part {
            Part::Text { text } => (!text.is_empty()).then(|| (role, text.clone())),
            Part::ToolCall(call) => {
                Some((role, format!("{} {} {}", call.id, name(&call.name), call.arguments)))
            }
            Part::ToolResult { call_id, text, .. } => Some((role, format!("{call_id} {}", plain(text)))),
            other => panic!("nobody said {other:?}"),
        })
        .collect()
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events(
        chunks in prop::collection::vec(chunk(), 0..6),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
        pretty in any::<bool>(),
    ) {
        let array = if pretty {
            serde_json::to_string_pretty(&chunks).unwrap()
        } else {
            format!("[{}\n]", chunks.iter().map(Value::to_string).collect::<Vec<_>>().join("\n,\n"))
        };
        let whole = told(&[sse(&chunks).as_bytes()], reading());
        for text in [sse(&chunks), array] {
            let bytes = text.as_bytes();
            prop_assert_eq!(&told(&[bytes], reading()), &whole);
            prop_assert_eq!(&told(&cut(bytes, &cuts), reading()), &whole);
            prop_assert_eq!(&told(&bytes.chunks(1).collect::<Vec<_>>(), reading()), &whole);
        }
        if whole.1.is_none() {
            prop_assert_eq!(whole.0.first(), Some(&started()));
            prop_assert!(matches!(whole.0.last(), Some(Event::Finished(_))));
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = told(&[&bytes], reading());
        let _ = told(&[b"[{", &bytes], reading());
    }

    #[test]
    fn an_answer_is_read_as_it_was_written(
        pieces in prop::collection::vec(piece(), 0..8),
        finish in prop::sample::select(vec![Finish::Stop, Finish::Length, Finish::ContentFilter]),
        shape in prop::sample::select(vec![StreamShape::Sse, StreamShape::Array]),
    ) {
        let pieces: Vec<Event> = pieces.concat();
        let calls = pieces.iter().any(|event| matches!(event, Event::ToolCall(_)));
        let finish = if calls && finish == Finish::Stop { Finish::ToolCalls } else { finish };
        let events = [vec![started()], pieces, vec![Event::Finished(finish)]].concat();
        let form = Asked::from(decode("m", Some(shape), body(&json!({})).to_string().as_bytes()).unwrap()).form;
        let mut writer = form.writer(stamp());
        let text: String = events.iter().map(|event| writer.event(event)).collect();
        let (read, failure) = told(&[text.as_bytes()], reading());
        prop_assert_eq!(failure, None);
        let expected = folded(&events);
        prop_assert_eq!(&folded(&read), &expected);
        let (read, failure) = told(&[&form.whole(&stamp(), &expected)], reading());
        prop_assert_eq!(failure, None);
        prop_assert_eq!(folded(&read), expected);
    }

    #[test]
    fn a_conversation_comes_back_from_the_providers_words(messages in conversation()) {
        let request = Request { messages, ..Request::default() };
        let (asking, back) = ask(&request, &facts("gemini-2.5-flash"));
        let again = decode("m", None, asking.body.to_string().as_bytes()).map_err(|failure| TestCaseError::fail(failure.message))?;
        let own = |name: &str| back.name(name).to_owned();
        prop_assert_eq!(said(&again.request.messages, own), said(&request.messages, str::to_owned));
    }

    #[test]
    fn no_json_makes_decode_panic(
        content in json_value(),
        members in prop::collection::vec(("[a-z]", json_value()), 0..3),
        keys in prop::collection::vec(prop::sample::select(vec!["generationConfig", "tools", "toolConfig", "safetySettings"]), 3),
    ) {
        let mut body = json!({ "contents": [content] });
        for ((_, value), key) in members.into_iter().zip(keys) {
            body[key] = value;
        }
        if let Err(failure) = decode("m", None, body.to_string().as_bytes()) {
            prop_assert_eq!(failure.kind, FailureKind::BadRequest);
            prop_assert!(failure.param.is_some(), "no field is named: {}", failure.message);
        }
    }

    #[test]
    fn a_cleaned_schema_stays_as_it_is(schema in schema()) {
        for acceptor in [Acceptor::Schema, Acceptor::JsonSchema] {
            let once = clean(&schema, acceptor);
            prop_assert!(accepted(&once, acceptor.keywords()), "{once}");
            prop_assert_eq!(&clean(&once, acceptor), &once);
        }
    }
}
