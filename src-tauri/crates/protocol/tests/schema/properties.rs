//! What holds for every input.

use postern_protocol::chat::{Completion, Event, FailureKind, Finish, Part, Source, ToolCall};
use postern_protocol::dialect::{AnswerReader, AnswerWriter, Signature};
use postern_protocol::openai::{ChatReader, SoundForm, StreamEncoder, decode, encode_completion, read_whole};
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

pub(crate) fn json_value() -> impl Strategy<Value = Value> {
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
        let calls = whole["choices"][0]["message"]["tool_calls"].as_array().map_or(0, Vec::len);
        prop_assert_eq!(calls, completion.tool_calls().len());
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
        prop_assert_eq!(seals(&again), seals(&completion));
    }

    /// What goes out to a client is what a reader makes of it, streamed or whole, wherever the stream is cut.
    #[test]
    fn what_is_written_is_read(events in answer(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let events = usual(events);
        let mut told = Completion::default();
        let mut encoder = StreamEncoder::new(stamp(), true);
        let mut stream = String::new();
        for event in events {
            stream += &encoder.event(&event);
            told.push(event);
        }
        let bytes = stream.as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        let whole = read(&[bytes]);
        prop_assert_eq!(&read(&cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect::<Vec<_>>()), &whole);
        prop_assert_eq!(&read(&bytes.chunks(1).collect::<Vec<_>>()), &whole);
        same(&folded(whole), &told)?;
        let body = encode_completion(&stamp(), &told, SoundForm::Wav);
        let events = read_whole(&stamp(), &body).map_err(|failure| TestCaseError::fail(failure.message))?;
        same(&folded(events), &told)?;
    }
}

/// An answer as providers give them: calls have a name and an id of their own, and there is something in it.
fn usual(mut events: Vec<Event>) -> Vec<Event> {
    let mut count = 0;
    for event in &mut events {
        let (Event::CallBegun { id, name } | Event::ToolCall(ToolCall { id, name, .. })) = event else {
            continue;
        };
        count += 1;
        *id = format!("id-{count}");
        name.insert(0, 'f');
    }
    events.insert(1, Event::Text { text: "So: ".to_owned() });
    events
}

fn read(pieces: &[&[u8]]) -> Vec<Event> {
    let mut reader = ChatReader::new(&stamp());
    let mut events: Vec<Event> =
        pieces.iter().flat_map(|piece| reader.push(piece).expect("it is read")).collect();
    events.extend(reader.end().expect("it is complete"));
    events
}

fn folded(events: Vec<Event>) -> Completion {
    let mut completion = Completion::default();
    events.into_iter().for_each(|event| completion.push(event));
    completion
}

fn same(read: &Completion, told: &Completion) -> Result<(), TestCaseError> {
    prop_assert_eq!(read.text(), told.text());
    prop_assert_eq!(read.reasoning(), told.reasoning());
    prop_assert_eq!(read.candidates[0].refusal(), told.candidates[0].refusal());
    prop_assert_eq!(read.tool_calls(), told.tool_calls());
    prop_assert_eq!(read.images(), told.images());
    prop_assert_eq!(seals(read), seals(told));
    prop_assert_eq!(read.usage, told.usage);
    prop_assert_eq!(read.candidates[0].citations.len(), told.candidates[0].citations.len());
    let finish = match told.finish() {
        Some(Finish::Stop | Finish::ToolCalls) if told.tool_calls().is_empty() => Some(Finish::Stop),
        Some(Finish::Stop) => Some(Finish::ToolCalls),
        finish => finish,
    };
    prop_assert_eq!(read.finish(), finish);
    Ok(())
}

/// The seals of thoughts and calls in order, with the call each is for, and the first of a text.
fn seals(completion: &Completion) -> (Vec<(String, &Signature)>, Option<&Signature>) {
    let (mut seals, mut of_text) = (Vec::new(), None);
    let mut before: Option<&Part> = None;
    for part in completion.first().into_iter().flat_map(|candidate| &candidate.parts) {
        match (part, before) {
            (Part::Signature(seal), Some(Part::ToolCall(call))) => seals.push((call.id.clone(), seal)),
            (Part::Signature(seal), Some(Part::Reasoning { .. })) => seals.push((String::new(), seal)),
            (Part::Signature(seal), _) => of_text = of_text.or(Some(seal)),
            (Part::Sealed(seal), _) => seals.push((String::new(), seal)),
            _ => {}
        }
        before = Some(part);
    }
    // Thoughts come before calls in a whole answer.
    seals.sort_by_key(|(call, _)| !call.is_empty());
    (seals, of_text)
}

fn as_events(parts: &[Part]) -> Vec<Event> {
    let event = |part: &Part| match part.clone() {
        Part::Text { text } => Event::Text { text },
        Part::Reasoning { text } => Event::Reasoning { text },
        Part::ToolCall(call) => Event::ToolCall(call),
        Part::Refusal { text } => Event::Refusal { text },
        Part::Signature(seal) => Event::Signature(seal),
        Part::Sealed(seal) => Event::Sealed(seal),
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
        for key in ["tool_calls", "images", "citations", "thinking_blocks"] {
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
                for entry in delta[key].as_array().into_iter().flatten() {
                    put_together(list, entry);
                }
            }
        }
    }
}

/// As official clients do: an entry goes on with the one of the same index, texts are joined.
fn put_together(list: &mut Vec<Value>, entry: &Value) {
    let index = entry["index"].as_u64().and_then(|index| usize::try_from(index).ok());
    match index.and_then(|index| list.get_mut(index)) {
        Some(begun) => {
            let arguments = entry["function"]["arguments"].as_str().unwrap_or_default();
            let joined = begun["function"]["arguments"].as_str().unwrap_or_default().to_owned() + arguments;
            begun["function"]["arguments"] = joined.into();
            if let Some(extra) = entry.get("extra_content") {
                begun["extra_content"] = extra.clone();
            }
        }
        None => list.push(entry.clone()),
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
