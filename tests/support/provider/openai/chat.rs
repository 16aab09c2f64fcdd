//! `/v1/chat/completions`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::Answered;
use super::super::deliver::Frames;
use super::super::desk::Desk;
use super::super::received::Received;
use super::super::said::{Said, Word, fragments, pieces};
use super::{asked_model, checks, data, finish, said, text_of, trouble, usage};

pub(super) fn answer(desk: &Desk, request: &Received) -> Answered {
    let body = request.json();
    let model = asked_model(&body)?;
    checks::chat(&body)?;
    let turn = desk.take();
    let count = usize::try_from(body["n"].as_u64().unwrap_or(1)).unwrap_or(1).max(1);
    let said = said(&turn, request, &prompt(&body), count);
    let stamp = Stamp { id: format!("chatcmpl-standin{}", request.id), model };
    let frames = if body["stream"] == true {
        let counted = body["stream_options"]["include_usage"] == true;
        Frames::stream("text/event-stream; charset=utf-8", stamp.stream(&said, counted))
            .or_trouble(trouble(&turn.delivery))
    } else {
        Frames::json(&stamp.whole(&said))
    };
    Ok((frames.header("x-request-id", format!("req_{}", request.id)), turn.delivery))
}

/// What the user, or a function, said last.
fn prompt(body: &Value) -> String {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let last =
        messages.iter().rev().find(|message| matches!(message["role"].as_str(), Some("user" | "tool")));
    last.map(|message| text_of(&message["content"])).unwrap_or_default()
}

/// What every piece of one answer says of itself.
struct Stamp {
    id: String,
    model: String,
}

impl Stamp {
    fn whole(&self, said: &[Said]) -> Value {
        let choices = said.iter().enumerate().map(|(index, said)| {
            let message = self.message(index, said);
            json!({ "index": index, "message": message, "logprobs": null, "finish_reason": finish(said) })
        });
        json!({
            "id": self.id, "object": "chat.completion", "created": 1_770_000_000, "model": self.model,
            "choices": choices.collect::<Vec<_>>(), "usage": usage(said),
            "service_tier": "default", "system_fingerprint": null,
        })
    }

    fn message(&self, choice: usize, said: &Said) -> Value {
        let (text, thoughts) = (said.visible(), said.thoughts());
        let content = if text.is_empty() && said.calls() { Value::Null } else { text.into() };
        let mut message =
            json!({ "role": "assistant", "content": content, "refusal": null, "annotations": [] });
        if !thoughts.is_empty() {
            message["reasoning_content"] = thoughts.into();
        }
        let calls: Vec<Value> = self
            .calls(choice, said)
            .map(|(_, id, name, arguments)| {
                let function = json!({ "name": name, "arguments": arguments.to_string() });
                json!({ "id": id, "type": "function", "function": function })
            })
            .collect();
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
        message
    }

    /// Number, id, name and arguments of each call.
    fn calls<'a>(
        &'a self,
        choice: usize,
        said: &'a Said,
    ) -> impl Iterator<Item = (usize, String, &'a str, &'a Value)> {
        let calls = said.words.iter().filter_map(|word| match word {
            Word::Call { id, name, arguments, .. } => Some((id, name.as_str(), arguments)),
            Word::Text(_) | Word::Thought { .. } => None,
        });
        calls.enumerate().map(move |(number, (id, name, arguments))| {
            let own = || format!("call_{}_{choice}_{number}", self.id.trim_start_matches("chatcmpl-"));
            (number, id.clone().unwrap_or_else(own), name, arguments)
        })
    }

    fn stream(&self, said: &[Said], counted: bool) -> Vec<Bytes> {
        let mut choices: Vec<_> =
            said.iter().enumerate().map(|(index, said)| self.deltas(index, said).into_iter()).collect();
        let mut frames = Vec::new();
        // Several answers come side by side.
        loop {
            let before = frames.len();
            frames
                .extend(choices.iter_mut().filter_map(|choice| Some(self.chunk(&[choice.next()?], counted))));
            if frames.len() == before {
                break;
            }
        }
        if counted {
            let mut last = self.envelope(&[]);
            last["usage"] = usage(said);
            frames.push(data(&last));
        }
        frames.push(Bytes::from_static(b"data: [DONE]\n\n"));
        frames
    }

    fn chunk(&self, choices: &[Value], counted: bool) -> Bytes {
        let mut chunk = self.envelope(choices);
        if counted {
            chunk["usage"] = Value::Null;
        }
        data(&chunk)
    }

    fn envelope(&self, choices: &[Value]) -> Value {
        json!({
            "id": self.id, "object": "chat.completion.chunk", "created": 1_770_000_000, "model": self.model,
            "service_tier": "default", "system_fingerprint": null, "choices": choices, "obfuscation": "uFZd",
        })
    }

    /// The choices' own part of each chunk, one after another.
    fn deltas(&self, index: usize, said: &Said) -> Vec<Value> {
        let mut deltas = vec![json!({ "role": "assistant", "content": "", "refusal": null })];
        let mut calls = self.calls(index, said);
        for word in &said.words {
            match word {
                Word::Text(text) => deltas.extend(pieces(text).map(|piece| json!({ "content": piece }))),
                Word::Thought { text, .. } => {
                    deltas.extend(pieces(text).map(|piece| json!({ "reasoning_content": piece })));
                }
                Word::Call { .. } => deltas.extend(calls.next().into_iter().flat_map(call_deltas)),
            }
        }
        let ends = json!({ "index": index, "delta": {}, "logprobs": null, "finish_reason": finish(said) });
        let choice =
            |delta| json!({ "index": index, "delta": delta, "logprobs": null, "finish_reason": null });
        deltas.into_iter().map(choice).chain([ends]).collect()
    }
}

/// A call begins with its name, and its arguments come in fragments.
fn call_deltas((number, id, name, arguments): (usize, String, &str, &Value)) -> Vec<Value> {
    let function = json!({ "name": name, "arguments": "" });
    let begin = json!({ "index": number, "id": id, "type": "function", "function": function });
    let more = fragments(arguments).into_iter().map(|fragment| {
        let function = json!({ "arguments": fragment });
        json!({ "index": number, "function": function })
    });
    std::iter::once(begin).chain(more).map(|call| json!({ "tool_calls": [call] })).collect()
}
