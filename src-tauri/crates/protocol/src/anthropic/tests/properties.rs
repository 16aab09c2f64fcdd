//! What holds for every input.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{events, fold, stamp};
use crate::anthropic::{Facts, Names, Reader, Writer, ask, decode, read_whole};
use crate::chat::{
    Completion, Event, Failure, FailureKind, Finish, Message, Part, Request, Role, ToolCall, Usage,
};
use crate::dialect::{AnswerReader as _, AnswerWriter as _, Dialect, Signature};
use crate::openai;

fn object() -> impl Strategy<Value = String> {
    let value =
        prop_oneof![any::<i32>().prop_map(Value::from), ".{0,5}".prop_map(Value::from), Just(json!([1, {}]))];
    prop::collection::btree_map("[a-z]{1,4}", value, 0..4).prop_map(|members| json!(members).to_string())
}

fn seal() -> impl Strategy<Value = Signature> {
    let by = prop_oneof![Just(Dialect::Messages), Just(Dialect::Gemini), Just(Dialect::Responses)];
    (by, "[a-zA-Z0-9+/=]{1,8}").prop_map(|(by, text)| Signature::new(by, text))
}

/// What may stand between the beginning and the end of an answer, as this dialect can tell it.
fn piece() -> impl Strategy<Value = Vec<Event>> {
    let call = || ("[a-z0-9_]{1,6}", "[a-z_.]{1,8}", object());
    prop_oneof![
        ".{1,12}".prop_map(|text| vec![Event::Text { text }]),
        ".{1,12}".prop_map(|text| vec![Event::Reasoning { text }]),
        seal().prop_map(|seal| vec![Event::Signature(seal)]),
        seal().prop_map(|seal| vec![Event::Sealed(seal)]),
        call().prop_map(|(id, name, arguments)| vec![Event::ToolCall(ToolCall { id, name, arguments })]),
        (call(), any::<prop::sample::Index>()).prop_map(|((id, name, arguments), at)| {
            let mut at = at.index(arguments.len() + 1);
            while !arguments.is_char_boundary(at) {
                at -= 1;
            }
            let (first, second) = arguments.split_at(at);
            vec![
                Event::CallBegun { id, name },
                Event::Arguments { text: first.to_owned() },
                Event::Arguments { text: second.to_owned() },
            ]
        }),
    ]
}

fn answer() -> impl Strategy<Value = Vec<Event>> {
    let finish = prop_oneof![Just(Finish::Stop), Just(Finish::Length), Just(Finish::ContentFilter)];
    let usage = (0..1000_u64, 0..1000_u64, 0..1000_u64, 0..1000_u64);
    (prop::collection::vec(piece(), 0..8), finish, usage).prop_map(
        |(pieces, finish, (fresh, cached, out, thought))| {
            let usage =
                Usage { prompt: fresh + cached, completion: out + thought, cached, reasoning: thought };
            let mut events = vec![Event::Started { model: "claude-x".into(), warnings: Vec::new() }];
            events.extend(pieces.into_iter().flatten());
            events.extend([Event::Usage(usage), Event::Finished(finish)]);
            events
        },
    )
}

fn written(events: &[Event]) -> String {
    let mut writer = Writer::new(stamp(), 3);
    events.iter().map(|event| writer.event(event) + &writer.keep_alive()).collect()
}

/// The answer as a client understands it: one that ends with calls waits for them.
fn understood(mut told: Completion) -> Completion {
    for candidate in &mut told.candidates {
        let calls = candidate.tool_calls().next().is_some();
        if candidate.finish == Some(Finish::Stop) && calls {
            candidate.finish = Some(Finish::ToolCalls);
        }
    }
    told
}

/// A reader takes seals for its provider's own; a client hands them back, and they are whose they were.
fn handed_back(mut told: Completion) -> Completion {
    for part in told.candidates.iter_mut().flat_map(|candidate| &mut candidate.parts) {
        if let Part::Signature(seal) | Part::Sealed(seal) = part {
            *seal = Signature::from_client(Dialect::Messages, &seal.text);
        }
    }
    told
}

/// Everything a reader tells, and how it failed.
fn pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Event>, Option<Failure>) {
    let mut reader = Reader::new(Names::default());
    let mut events = Vec::new();
    for piece in pieces {
        match reader.push(piece) {
            Ok(more) => events.extend(more),
            Err(failure) => return (events, Some(failure)),
        }
    }
    match reader.end() {
        Ok(more) => (events.into_iter().chain(more).collect(), None),
        Err(failure) => (events, Some(failure)),
    }
}

proptest! {
    #[test]
    fn any_split_of_a_stream_gives_the_same_events(
        events in answer(),
        cuts in prop::collection::vec(0..4000_usize, 0..8),
        ends in 0..3_u8,
    ) {
        let mut stream = written(&events);
        let half = stream.char_indices().map(|(at, _)| at).find(|at| *at >= stream.len() / 2).unwrap_or_default();
        match ends {
            0 => {}
            1 => stream.truncate(half),
            _ => {
                let failure = Failure::new(FailureKind::Quota, "Enough.");
                let mut writer = Writer::new(stamp(), 3);
                stream = events[..events.len() / 2].iter().map(|event| writer.event(event)).collect();
                stream += &writer.failure(&failure);
            }
        }
        let bytes = stream.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let whole = pieces([bytes]);
        prop_assert_eq!(&pieces(cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]])), &whole);
        prop_assert_eq!(&pieces(bytes.chunks(1)), &whole);
        let (told, failure) = whole;
        prop_assert_eq!(failure.map(|failure| failure.kind), match ends {
            0 => None,
            1 => Some(FailureKind::Interrupted),
            _ => Some(FailureKind::Quota),
        });
        let begins = matches!(told.first(), None | Some(Event::Started { .. }));
        let finished = matches!(told.last(), Some(Event::Finished(_)));
        prop_assert!(begins && finished == (ends == 0), "{:?}", told);
    }

    /// An answer that goes through this dialect is the same answer afterwards, streamed and whole.
    #[test]
    fn an_answer_written_and_read_is_the_same(told in answer()) {
        let expected = understood(fold(told.clone()));
        let back = handed_back(fold(events(&written(&told)).unwrap()));
        let whole = super::super::whole::encode(&stamp(), &fold(told), 3);
        let whole = handed_back(fold(read_whole(&whole, Names::default()).unwrap()));
        prop_assert_eq!(&back, &expected);
        prop_assert_eq!(&whole, &expected);
    }

    /// A conversation that goes through this dialect keeps what was said, in order.
    #[test]
    fn a_request_asked_and_decoded_is_the_same(conversation in conversation()) {
        let request = Request { model: "claude-opus-4-6".into(), messages: conversation, ..Request::default() };
        let (asking, names) = ask(&request, &Facts::of(&request.model));
        let back = decode(asking.body.to_string().as_bytes()).unwrap().request;
        let said = |request: &Request| -> Vec<Part> {
            let parts = request.messages.iter().flat_map(|message| message.parts.clone());
            parts.filter(|part| !matches!(part, Part::Text { text } if text.trim().is_empty())).collect()
        };
        let mut told = said(&back);
        for part in &mut told {
            if let Part::ToolCall(call) = part {
                call.name = names.told(&call.name);
            }
        }
        prop_assert_eq!(told, said(&request));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
        let mut reader = Reader::new(Names::default());
        pieces.iter().for_each(|piece| drop(reader.push(piece)));
        let _ = reader.end();
        let _ = read_whole(&pieces.concat(), Names::default());
        let _ = decode(&pieces.concat());
    }

    /// What clients of other dialects send is a body that this dialect's own decoder takes.
    #[test]
    fn what_is_asked_is_a_valid_body(texts in prop::collection::vec((any::<bool>(), ".{0,6}"), 1..6), effort in 0..4000_u32) {
        let messages: Vec<Value> = texts
            .iter()
            .map(|(user, text)| json!({ "role": if *user { "user" } else { "assistant" }, "content": text }))
            .collect();
        prop_assume!(texts.iter().any(|(_, text)| !text.trim().is_empty()));
        let body = json!({ "model": "claude-sonnet-4", "messages": messages, "reasoning_effort": effort });
        let request = openai::decode(body.to_string().as_bytes()).unwrap().request;
        let (asking, _) = ask(&request, &Facts::of(&request.model));
        let sent = asking.body["messages"].as_array().unwrap();
        for (at, message) in sent.iter().enumerate() {
            prop_assert_eq!(&message["role"], if at % 2 == 0 { "user" } else { "assistant" });
            prop_assert!(!message["content"].as_array().unwrap().is_empty());
        }
        prop_assert!(decode(asking.body.to_string().as_bytes()).is_ok());
    }
}

/// Turns of a user and of an assistant whose calls are all answered.
fn conversation() -> impl Strategy<Value = Vec<Message>> {
    let call = ("[a-z0-9 :]{1,4}", "[a-z.]{1,6}", object(), ".{0,8}", any::<bool>());
    let turn = ("[a-z]{1,8}", "[a-z]{0,8}", prop::collection::vec(call, 0..3));
    prop::collection::vec(turn, 1..4).prop_map(|turns| {
        let mut messages = Vec::new();
        for (at, (asked, said, calls)) in turns.into_iter().enumerate() {
            messages.push(Message::text(Role::User, asked));
            let mut parts = vec![
                Part::Reasoning { text: "hm".into() },
                Part::Signature(Signature::new(Dialect::Messages, "sig")),
                Part::Text { text: said },
            ];
            let mut results = Vec::new();
            for (nth, (id, name, arguments, text, failed)) in calls.into_iter().enumerate() {
                let id = format!("t{at}_{nth}{}", id.replace([' ', ':'], "-"));
                parts.push(Part::ToolCall(ToolCall { id: id.clone(), name, arguments }));
                let result = Part::ToolResult { call_id: id, text, failed };
                results.push(Message { role: Role::Tool, name: None, parts: vec![result] });
            }
            messages.push(Message { role: Role::Assistant, name: None, parts });
            messages.append(&mut results);
        }
        messages
    })
}
