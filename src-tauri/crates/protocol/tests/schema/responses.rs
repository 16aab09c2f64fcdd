//! Responses: the object and its events are what the official document describes, and the events add up to the object.

use std::collections::BTreeMap;

use postern_protocol::chat::{Completion, Event, Failure, Part, Role};
use postern_protocol::dialect::Asked;
use postern_protocol::openai::decode_responses;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::events::{answer, failure, stamp};
use crate::spec::Spec;

fn asked(body: &Value) -> Asked {
    decode_responses(body.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure:?}")).into()
}

/// A request with a function and a custom tool; all calls are of one of them.
fn with_tools() -> Asked {
    asked(&json!({
        "model": "m", "input": "Hi", "instructions": "Be brief.", "metadata": { "a": "b" },
        "tools": [
            { "type": "function", "name": "f", "parameters": {}, "strict": false },
            { "type": "custom", "name": "sh" },
        ],
    }))
}

/// Calls have names of tools that there are.
fn named(mut events: Vec<Event>) -> Vec<Event> {
    let mut count = 0;
    for event in &mut events {
        match event {
            Event::ToolCall(call) => call.name = "f".to_owned(),
            Event::CallBegun { name, .. } => {
                count += 1;
                *name = if count % 2 == 0 { "f" } else { "sh" }.to_owned();
            }
            _ => {}
        }
    }
    events
}

/// The events of a streamed answer, or of one that fails at its end.
fn streamed(asked: &Asked, events: &[Event], failure: Option<&Failure>) -> Vec<Value> {
    let mut writer = asked.form.writer(stamp());
    let mut text: String = events.iter().map(|event| writer.event(event)).collect();
    text += &failure.map(|failure| writer.failure(failure)).unwrap_or_default();
    assert_eq!(writer.event(&Event::Text { text: "late".to_owned() }), "");
    text.split_terminator("\n\n").map(event).collect()
}

fn event(frame: &str) -> Value {
    let (kind, data) = frame.split_once('\n').expect("two lines");
    let data: Value = serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON");
    assert_eq!(kind.strip_prefix("event: "), data["type"].as_str());
    data
}

#[test]
fn objects_and_events() {
    let Some(spec) = Spec::load() else { return };
    let object = spec.component("Response");
    // The document has no one schema that tells by the type; each type has its own.
    let schemas: BTreeMap<String, _> = spec.document["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .iter()
        .filter(|(name, _)| name.starts_with("Response") && name.ends_with("Event"))
        .filter_map(|(name, schema)| {
            Some((schema["properties"]["type"]["enum"][0].as_str()?.to_owned(), spec.component(name)))
        })
        .collect();
    let asked = with_tools();
    crate::answers::run((answer(), prop::option::of(failure())), |(events, failure)| {
        let mut events = named(events);
        let mut completion = Completion::default();
        events.iter().for_each(|event| completion.push(event.clone()));
        object.check(&serde_json::from_slice(&asked.form.whole(&stamp(), &completion)).expect("JSON"));
        if failure.is_some() {
            events.pop();
        }
        let told = streamed(&asked, &events, failure.as_ref());
        for event in &told {
            let kind = event["type"].as_str().expect("a type");
            schemas.get(kind).unwrap_or_else(|| panic!("'{kind}' is not in the document")).check(event);
        }
        if failure.is_some() {
            assert_eq!(told[told.len() - 2]["type"], "error");
            assert_eq!(told[told.len() - 1]["response"]["status"], "failed");
        }
    });
}

proptest! {
    /// A client that puts the deltas together has what the last event says.
    #[test]
    fn deltas_add_up_to_the_response(events in answer()) {
        let events = named(events);
        let told = streamed(&with_tools(), &events, None);
        let mut output: Vec<Value> = Vec::new();
        for (number, event) in told.iter().enumerate() {
            prop_assert_eq!(&event["sequence_number"], number);
            put_together(&mut output, event);
        }
        let last = &told[told.len() - 1]["response"];
        prop_assert_eq!(&Value::from(output), &last["output"]);

        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        let text: String = contents(last).filter_map(|part| part["text"].as_str()).collect();
        prop_assert_eq!(text, completion.text());
        let calls = items(last).filter(|item| item["call_id"].is_string()).count();
        prop_assert_eq!(calls, completion.tool_calls().len());
        prop_assert_eq!(last["usage"]["total_tokens"].as_u64(), completion.usage.map(|usage| usage.total()));
    }

    /// The whole answer of a conversation is that of its stream, but for the places of sources.
    #[test]
    fn a_whole_response_is_what_its_stream_ends_with(events in answer()) {
        let mut events = named(events);
        events.retain(|event| !matches!(event, Event::Citation { .. }));
        let asked = with_tools();
        let told = streamed(&asked, &events, None);
        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        let whole: Value = serde_json::from_slice(&asked.form.whole(&stamp(), &completion)).unwrap();
        prop_assert_eq!(&whole, &told[told.len() - 1]["response"]);
    }

    /// An answer, sent back as input, is the same conversation again.
    #[test]
    fn a_response_can_be_sent_back(events in answer()) {
        let mut events = named(events);
        for (number, event) in events.iter_mut().enumerate() {
            if let Event::CallBegun { id, .. } = event {
                *id = format!("c{number}");
            }
        }
        events.retain(|event| !matches!(event, Event::Image { .. } | Event::ToolCall(_)));
        let asked = with_tools();
        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        let whole: Value = serde_json::from_slice(&asked.form.whole(&stamp(), &completion)).unwrap();
        let mut input = vec![json!({ "role": "user", "content": "Hi" })];
        input.extend(items(&whole).cloned());
        let call = decode_responses(json!({ "model": "m", "input": input }).to_string().as_bytes())
            .map_err(|failure| TestCaseError::fail(failure.message))?;
        let said: Vec<&Part> =
            call.request.messages.iter().filter(|message| message.role == Role::Assistant).flat_map(|message| &message.parts).collect();
        let mut again = Completion::default();
        said.iter().for_each(|part| again.push(as_event(part)));
        prop_assert_eq!(again.text(), completion.text());
        prop_assert_eq!(again.reasoning(), completion.reasoning());
        let ids = |completion: &Completion| -> Vec<String> {
            completion.tool_calls().iter().map(|call| call.id.clone()).collect()
        };
        prop_assert_eq!(ids(&again), ids(&completion));
        let seals = |completion: &Completion| -> Vec<String> {
            let parts = completion.first().into_iter().flat_map(|candidate| &candidate.parts);
            parts.filter_map(|part| match part {
                Part::Signature(seal) | Part::Sealed(seal) => Some(format!("{seal:?}")),
                _ => None,
            }).collect()
        };
        prop_assert_eq!(seals(&again), seals(&completion));
    }

    #[test]
    fn no_json_makes_decode_responses_panic(items in prop::collection::vec(crate::properties::json_value(), 0..4)) {
        let _ = decode_responses(json!({ "model": "m", "input": items }).to_string().as_bytes());
    }
}

fn as_event(part: &Part) -> Event {
    match part.clone() {
        Part::Text { text } => Event::Text { text },
        Part::Reasoning { text } => Event::Reasoning { text },
        Part::Refusal { text } => Event::Refusal { text },
        Part::ToolCall(call) => Event::ToolCall(call),
        Part::Signature(seal) => Event::Signature(seal),
        Part::Sealed(seal) => Event::Sealed(seal),
        other => panic!("an answer does not come back as {other:?}"),
    }
}

fn items(response: &Value) -> impl Iterator<Item = &Value> {
    response["output"].as_array().into_iter().flatten()
}

fn contents(response: &Value) -> impl Iterator<Item = &Value> {
    items(response).flat_map(|item| item["content"].as_array().into_iter().flatten())
}

/// What a client makes of one event.
fn put_together(output: &mut Vec<Value>, event: &Value) {
    let at = |key: &str| event[key].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or_default();
    let kind = event["type"].as_str().unwrap_or_default();
    let delta = event["delta"].as_str().unwrap_or_default();
    let add = |place: &mut Value| *place = (place.as_str().unwrap_or_default().to_owned() + delta).into();
    match kind.strip_prefix("response.").unwrap_or(kind) {
        "output_item.added" => {
            assert_eq!(output.len(), at("output_index"));
            output.push(event["item"].clone());
        }
        "content_part.added" => {
            let content = output[at("output_index")]["content"].as_array_mut().expect("content");
            assert_eq!(content.len(), at("content_index"));
            content.push(event["part"].clone());
        }
        "reasoning_summary_part.added" => output[at("output_index")]["summary"] = json!([event["part"]]),
        "output_text.delta" => add(&mut output[at("output_index")]["content"][at("content_index")]["text"]),
        "refusal.delta" => add(&mut output[at("output_index")]["content"][at("content_index")]["refusal"]),
        "reasoning_summary_text.delta" => add(&mut output[at("output_index")]["summary"][0]["text"]),
        "function_call_arguments.delta" => add(&mut output[at("output_index")]["arguments"]),
        "custom_tool_call_input.delta" => add(&mut output[at("output_index")]["input"]),
        "output_text.annotation.added" => {
            let part = &mut output[at("output_index")]["content"][at("content_index")];
            part["annotations"].as_array_mut().expect("annotations").push(event["annotation"].clone());
        }
        "output_item.done" => {
            let item = &mut output[at("output_index")];
            assert_eq!(item["id"], event["item"]["id"]);
            // These have no deltas.
            for key in ["status", "encrypted_content", "result"] {
                if let Some(value) = event["item"].get(key) {
                    item[key] = value.clone();
                }
            }
            assert_eq!(*item, event["item"]);
        }
        _ => {}
    }
}
