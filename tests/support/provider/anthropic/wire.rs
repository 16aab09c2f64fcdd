//! A message of Anthropic, whole and as events.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::said::{Finish, Said, Word, fragments, pieces};

/// An answer.
pub(super) struct Message<'a> {
    pub(super) id: String,
    pub(super) model: &'a Value,
    pub(super) said: &'a Said,
}

impl Message<'_> {
    pub(super) fn whole(&self) -> Value {
        let blocks: Vec<Value> = self.blocks().collect();
        let (reason, sequence) = self.stop();
        let mut whole = self.envelope(&blocks, self.said.usage.output + self.said.usage.thoughts);
        whole["stop_reason"] = reason.into();
        whole["stop_sequence"] = sequence;
        whole
    }

    pub(super) fn stream(&self) -> Vec<Bytes> {
        let mut events = vec![json!({ "type": "message_start", "message": self.envelope(&[], 1) })];
        for (index, (word, block)) in self.said.words.iter().zip(self.blocks()).enumerate() {
            let mut begun = block;
            let deltas = deltas(word, &mut begun);
            events.push(json!({ "type": "content_block_start", "index": index, "content_block": begun }));
            if index == 0 {
                events.push(json!({ "type": "ping" }));
            }
            let delta = |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta });
            events.extend(deltas.into_iter().map(delta));
            events.push(json!({ "type": "content_block_stop", "index": index }));
        }
        let (reason, sequence) = self.stop();
        let usage = self.usage(self.said.usage.output + self.said.usage.thoughts);
        let delta = json!({ "stop_reason": reason, "stop_sequence": sequence });
        events.push(json!({ "type": "message_delta", "delta": delta, "usage": usage }));
        events.push(json!({ "type": "message_stop" }));
        events.iter().map(frame).collect()
    }

    fn envelope(&self, blocks: &[Value], output: u64) -> Value {
        let mut usage = self.usage(output);
        usage["cache_creation"] = json!({ "ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0 });
        usage["service_tier"] = "standard".into();
        json!({
            "model": self.model, "id": self.id, "type": "message", "role": "assistant", "content": blocks,
            "stop_reason": null, "stop_sequence": null, "usage": usage,
        })
    }

    /// What was cached does not count as input here.
    fn usage(&self, output: u64) -> Value {
        let told = self.said.usage;
        json!({
            "input_tokens": told.prompt.saturating_sub(told.cached), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": told.cached, "output_tokens": output,
            "output_tokens_details": { "thinking_tokens": told.thoughts.min(output) },
        })
    }

    fn stop(&self) -> (String, Value) {
        match &self.said.finish {
            Finish::Done if self.said.calls() => ("tool_use".to_owned(), Value::Null),
            Finish::Done => ("end_turn".to_owned(), Value::Null),
            Finish::Length => ("max_tokens".to_owned(), Value::Null),
            Finish::Filtered => ("refusal".to_owned(), Value::Null),
            Finish::StopSequence(sequence) => ("stop_sequence".to_owned(), sequence.as_str().into()),
            Finish::Native(reason) => (reason.clone(), Value::Null),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = Value> {
        self.said.words.iter().enumerate().map(|(index, word)| match word {
            Word::Text(text) => json!({ "type": "text", "text": text }),
            Word::Thought { text, signature } => {
                json!({ "type": "thinking", "thinking": text, "signature": signature })
            }
            Word::Call { id, name, arguments, .. } => {
                let own = || format!("toolu_{}_{index}", self.id.trim_start_matches("msg_"));
                json!({ "type": "tool_use", "id": id.clone().unwrap_or_else(own), "name": name, "input": arguments })
            }
        })
    }
}

/// Empties a block as it begins, and returns what fills it again.
fn deltas(word: &Word, begun: &mut Value) -> Vec<Value> {
    match word {
        Word::Text(text) => {
            begun["text"] = "".into();
            pieces(text).map(|piece| json!({ "type": "text_delta", "text": piece })).collect()
        }
        Word::Thought { text, signature } => {
            (begun["thinking"], begun["signature"]) = ("".into(), "".into());
            let thoughts = pieces(text).map(|piece| json!({ "type": "thinking_delta", "thinking": piece }));
            thoughts.chain([json!({ "type": "signature_delta", "signature": signature })]).collect()
        }
        Word::Call { arguments, .. } => {
            begun["input"] = json!({});
            // A call without arguments gets one empty fragment, and no more.
            let empty = arguments.as_object().is_none_or(serde_json::Map::is_empty);
            let more = if empty { Vec::new() } else { fragments(arguments) };
            let delta = |fragment: String| json!({ "type": "input_json_delta", "partial_json": fragment });
            std::iter::once(String::new()).chain(more).map(delta).collect()
        }
    }
}

fn frame(event: &Value) -> Bytes {
    Bytes::from(format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default()))
}
