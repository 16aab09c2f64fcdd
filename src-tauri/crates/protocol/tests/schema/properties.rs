//! What holds for every input.

use postern_protocol::chat::{Completion, Event, FailureKind, Part, Source};
use postern_protocol::dialect::AnswerWriter as _;
use postern_protocol::openai::{SoundForm, StreamEncoder, decode, encode_completion};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::events::{answer, stamp};

/// Words that lead into the decoder's branches, so that arbitrary JSON is not refused at its first step.
const WORDS: [&str; 34] = [
    "messages",
    "model",
    "role",
    "user",
    "assistant",
    "tool",
    "function",
    "content",
    "type",
    "text",
    "image_url",
    "url",
    "input_audio",
    "data",
    "format",
    "file",
    "tool_calls",
    "tool_call_id",
    "id",
    "name",
    "arguments",
    "tools",
    "tool_choice",
    "allowed_tools",
    "mode",
    "stop",
    "reasoning_effort",
    "response_format",
    "json_schema",
    "logit_bias",
    "attachments",
    "images",
    "data:,",
    "data:image/png;base64,AAAA",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(&WORDS).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let key = prop::sample::select(&WORDS).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_decode_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn no_json_makes_decode_panic(
        message in json_value(),
        members in prop::collection::vec((prop::sample::select(&WORDS), json_value()), 0..4),
    ) {
        let mut body = json!({ "model": "m", "messages": [{ "role": "user" }, message] });
        for (key, value) in members {
            body[key] = value;
        }
        if let Err(failure) = decode(body.to_string().as_bytes()) {
            prop_assert_eq!(failure.kind, FailureKind::BadRequest);
            prop_assert!(failure.param.is_some(), "no field is named: {}", failure.message);
        }
    }

    /// A client that puts the deltas together has what the whole answer says.
    #[test]
    fn a_stream_adds_up_to_the_whole_answer(events in answer(), include_usage in any::<bool>()) {
        let mut encoder = StreamEncoder::new(stamp(), include_usage);
        let mut completion = Completion::default();
        let mut client = Client::default();
        for event in &events {
            client.read(&encoder.event(event));
            completion.push(event.clone());
        }
        let whole: Value = serde_json::from_slice(&encode_completion(&stamp(), &completion, SoundForm::Wav)).unwrap();
        let message = &whole["choices"][0]["message"];
        prop_assert_eq!(&client.content, message["content"].as_str().unwrap_or_default());
        prop_assert_eq!(&client.reasoning, message["reasoning_content"].as_str().unwrap_or_default());
        prop_assert_eq!(Some(client.finish), whole["choices"][0]["finish_reason"].as_str().map(str::to_owned));
        prop_assert_eq!(client.lists["tool_calls"].len(), completion.tool_calls().len());
        for (key, list) in &client.lists {
            prop_assert_eq!(&Value::from(without_index(list)), &without_index_of(&message[key]));
        }
        prop_assert_eq!(client.usage, if include_usage { whole["usage"].clone() } else { Value::Null });
        prop_assert!(client.done);
    }

    /// An answer, sent back as history as chat clients do, is the same conversation again.
    #[test]
    fn an_answer_can_be_sent_back(events in answer()) {
        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        for candidate in &mut completion.candidates {
            candidate.parts.retain(|part| match part {
                Part::ToolCall(call) => !call.name.trim().is_empty(),
                Part::Image { source: Source::Data { base64, .. }, .. } => base64.len() == 8,
                // Sound goes out only, for it is kept nowhere.
                Part::Audio { .. } => false,
                _ => true,
            });
        }
        let whole: Value = serde_json::from_slice(&encode_completion(&stamp(), &completion, SoundForm::Wav)).unwrap();
        let message = &whole["choices"][0]["message"];
        let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }, message] });
        let call = decode(body.to_string().as_bytes()).map_err(|failure| TestCaseError::fail(failure.message))?;
        let mut again = Completion::default();
        for event in as_events(&call.request.messages[1].parts) {
            again.push(event);
        }
        prop_assert_eq!(again.text(), completion.text());
        prop_assert_eq!(again.reasoning(), completion.reasoning());
        prop_assert_eq!(again.tool_calls(), completion.tool_calls());
        prop_assert_eq!(again.images(), completion.images());
    }
}

fn as_events(parts: &[Part]) -> Vec<Event> {
    let event = |part: &Part| match part.clone() {
        Part::Text { text } => Event::Text { text },
        Part::Reasoning { text } => Event::Reasoning { text },
        Part::ToolCall(call) => Event::ToolCall(call),
        Part::Image { source: Source::Data { mime, base64 }, .. } => {
            Event::Image { mime: mime.unwrap_or_default(), base64 }
        }
        other => panic!("an answer does not come back as {other:?}"),
    };
    parts.iter().map(event).collect()
}

#[derive(Default)]
struct Client {
    content: String,
    reasoning: String,
    finish: String,
    lists: std::collections::BTreeMap<&'static str, Vec<Value>>,
    usage: Value,
    done: bool,
}

impl Client {
    fn read(&mut self, frames: &str) {
        for key in ["tool_calls", "images", "citations"] {
            self.lists.entry(key).or_default();
        }
        for data in frames.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap()) {
            assert!(!self.done, "nothing comes after [DONE]");
            if data == "[DONE]" {
                self.done = true;
                continue;
            }
            let chunk: Value = serde_json::from_str(data).unwrap();
            self.usage = chunk["usage"].clone();
            let choice = &chunk["choices"][0];
            let delta = &choice["delta"];
            self.content += delta["content"].as_str().unwrap_or_default();
            self.reasoning += delta["reasoning_content"].as_str().unwrap_or_default();
            self.finish += choice["finish_reason"].as_str().unwrap_or_default();
            for (key, list) in &mut self.lists {
                list.extend(delta[key].as_array().cloned().unwrap_or_default());
            }
        }
    }
}

fn without_index(list: &[Value]) -> Vec<Value> {
    let strip = |entry: &Value| {
        let mut entry = entry.clone();
        if let Some(members) = entry.as_object_mut() {
            members.shift_remove("index");
        }
        entry
    };
    list.iter().map(strip).collect()
}

/// The list of a whole answer, where an empty one may be left out.
fn without_index_of(list: &Value) -> Value {
    Value::from(without_index(list.as_array().map(Vec::as_slice).unwrap_or_default()))
}
