//! What providers are asked is what the official document describes, and says the request in full.

use postern_protocol::chat::{
    Effort, Message, Part, Request, ResponseFormat, Role, Sampling, Source, Tool, ToolCall, ToolChoice,
};
use postern_protocol::openai::{Habits, ask, decode};
use proptest::prelude::*;
use serde_json::json;

use crate::spec::Spec;

fn word() -> impl Strategy<Value = String> {
    "[a-zé ]{0,6}[a-z]"
}

fn data(mime: &str) -> Source {
    Source::Data { mime: Some(mime.to_owned()), base64: "AAAA".to_owned() }
}

fn user() -> impl Strategy<Value = Message> {
    let part = prop_oneof![
        3 => word().prop_map(|text| Part::Text { text }),
        1 => Just(Part::Image { source: data("image/png"), detail: Some("low".to_owned()) }),
        1 => Just(Part::Image { source: Source::Url("https://a.example/a.png".to_owned()), detail: None }),
        1 => Just(Part::Audio { source: data("audio/mpeg") }),
        1 => word().prop_map(|name| Part::File { source: data("application/pdf"), name: Some(name) }),
    ];
    (prop::collection::vec(part, 1..4), prop::option::of(word())).prop_map(|(parts, name)| Message {
        role: Role::User,
        name,
        parts,
    })
}

/// A turn of the model: what it says, the calls it makes, and their results.
fn turn() -> impl Strategy<Value = Vec<Message>> {
    let text = word().prop_map(|text| Part::Text { text });
    (prop::collection::vec(text, 0..2), prop::collection::vec((word(), word()), 0..3)).prop_map(
        |(mut parts, calls)| {
            let mut results = Vec::new();
            for (number, (argument, text)) in calls.into_iter().enumerate() {
                let (id, arguments) = (format!("c{number}"), json!({ "a": argument }).to_string());
                let result = Part::ToolResult { call_id: id.clone(), text, failed: false };
                results.push(Message { role: Role::Tool, name: None, parts: vec![result] });
                parts.push(Part::ToolCall(ToolCall { id, name: "f".to_owned(), arguments }));
            }
            let mut turn = vec![Message { role: Role::Assistant, name: None, parts }];
            turn.extend(results);
            turn
        },
    )
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let number = || prop::option::of(0.0..1.0_f64);
    let stop = prop::collection::btree_set(word(), 0..4);
    (number(), number(), number(), prop::option::of(1..9000_u32), stop, prop::option::of(any::<i64>()))
        .prop_map(|(temperature, top_p, presence_penalty, max_tokens, stop, seed)| Sampling {
            temperature,
            top_p,
            presence_penalty,
            max_tokens,
            stop: stop.into_iter().collect(),
            seed,
            ..Sampling::default()
        })
}

fn request() -> impl Strategy<Value = Request> {
    let tool = Tool {
        name: "f".to_owned(),
        parameters: Some(json!({ "type": "object", "properties": {} })),
        ..Tool::default()
    };
    let choice = prop_oneof![
        Just(ToolChoice::Auto),
        Just(ToolChoice::None),
        Just(ToolChoice::Required),
        Just(ToolChoice::Named("f".to_owned())),
    ];
    let schema = ResponseFormat::JsonSchema {
        name: "s".to_owned(),
        schema: json!({ "type": "object" }),
        strict: true,
    };
    let format = prop_oneof![Just(ResponseFormat::Text), Just(ResponseFormat::JsonObject), Just(schema)];
    let effort =
        prop::option::of(prop::sample::select(&[Effort::None, Effort::Low, Effort::High, Effort::Unlimited]));
    let talk = prop::collection::vec((user(), turn()), 0..3);
    let settings = (sampling(), effort, choice, format, prop::option::of(2..5_u32));
    (prop::option::of(word()), talk, user(), settings).prop_map(move |(system, talk, last, settings)| {
        let mut messages: Vec<Message> =
            system.map(|text| Message::text(Role::System, text)).into_iter().collect();
        for (user, turn) in talk {
            messages.push(user);
            messages.extend(turn);
        }
        messages.push(last);
        let (sampling, effort, tool_choice, response_format, candidates) = settings;
        Request {
            model: "m".to_owned(),
            messages,
            sampling,
            effort,
            tools: vec![tool.clone()],
            tool_choice,
            response_format,
            candidates,
            ..Request::default()
        }
    })
}

#[test]
fn what_is_asked_is_what_was_meant() {
    let spec = Spec::load();
    let component = spec.as_ref().map(|spec| spec.component("CreateChatCompletionRequest"));
    crate::answers::run((request(), any::<bool>()), |(request, stream)| {
        let habits = Habits { official: true, ..Habits::default() };
        let body = ask(&request, stream, habits).body;
        if let Some(component) = &component {
            component.check(&body);
        }
        let call =
            decode(body.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure}: {body:#}"));
        assert_eq!(call.request, request);
        assert_eq!((call.stream, call.include_usage), (stream, stream));
    });
}
