//! `/v1/responses`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::Answered;
use super::super::deliver::Frames;
use super::super::desk::Desk;
use super::super::received::Received;
use super::super::refusal::Refused;
use super::super::said::{Finish, Said, Word, fragments, pieces};
use super::super::{Vendor, refusal::Refusal};
use super::checks::wrong;
use super::{asked_model, said, text_of};

pub(super) fn answer(desk: &Desk, request: &Received) -> Answered {
    let body = request.json();
    let model = asked_model(&body)?;
    check(desk, &body)?;
    let turn = desk.take();
    let said = said(&turn, request, &prompt(&body), 1).remove(0);
    let id = format!("resp_standin{}", request.id);
    if body["store"] != false {
        desk.give_out(&id);
    }
    let response = Response { id, model, said, asked: body };
    for call in response.items().iter().filter(|item| item["type"] == "function_call") {
        desk.give_out(call["call_id"].as_str().unwrap_or_default());
    }
    let frames = if response.asked["stream"] == true {
        let trouble = turn.delivery.trouble_after.as_ref().map(|(_, trouble)| trouble_event(trouble));
        Frames::stream("text/event-stream; charset=utf-8", response.stream()).or_trouble(trouble)
    } else {
        Frames::json(&response.whole())
    };
    Ok((frames.header("x-request-id", format!("req_{}", request.id)), turn.delivery))
}

fn trouble_event(trouble: &Refusal) -> String {
    let refused = trouble.by(Vendor::OpenAi);
    let code = refused.more.get("code").cloned().unwrap_or_default();
    let event = json!({ "type": "error", "code": code, "message": refused.message, "param": null, "sequence_number": 99 });
    format!("event: error\ndata: {event}\n\n")
}

/// What the user, or a function, said last.
fn prompt(body: &Value) -> String {
    let Some(items) = body["input"].as_array() else { return text_of(&body["input"]) };
    let last =
        items.iter().rev().find(|item| item["role"] == "user" || item["type"] == "function_call_output");
    last.map(|item| text_of(if item["role"] == "user" { &item["content"] } else { &item["output"] }))
        .unwrap_or_default()
}

/// Results belong to calls, and what is gone on from was there.
fn check(desk: &Desk, body: &Value) -> Result<(), Refused> {
    if body["input"].is_null() {
        return Err(wrong("input", "Missing required parameter: 'input'."));
    }
    if let Some(before) = body["previous_response_id"].as_str().filter(|id| !desk.gave_out(id)) {
        return Err(wrong(
            "previous_response_id",
            &format!("Previous response with id '{before}' not found."),
        )
        .more(json!({ "param": "previous_response_id", "code": "previous_response_not_found" })));
    }
    let items = body["input"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids = |kind: &'static str| {
        items.iter().filter(move |item| item["type"] == kind).filter_map(|item| item["call_id"].as_str())
    };
    let earlier = |id: &str| body["previous_response_id"].is_string() && desk.gave_out(id);
    if let Some(orphan) = ids("function_call_output")
        .find(|id| !earlier(id) && !ids("function_call").any(|called| called == *id))
    {
        return Err(wrong(
            "input",
            &format!("No tool call found for function call output with call_id {orphan}."),
        ));
    }
    if let Some(open) = ids("function_call").find(|id| !ids("function_call_output").any(|done| done == *id)) {
        return Err(wrong("input", &format!("No tool output found for function call {open}.")));
    }
    Ok(())
}

struct Response {
    id: String,
    model: String,
    said: Said,
    asked: Value,
}

impl Response {
    /// The items of the answer, finished. Text next to text is one message.
    fn items(&self) -> Vec<Value> {
        let number = self.id.trim_start_matches("resp_");
        let items = self.said.words.iter().enumerate().map(|(index, word)| match word {
            Word::Text(text) => json!({
                "id": format!("msg_{number}_{index}"), "type": "message", "status": "completed", "role": "assistant",
                "content": [{ "type": "output_text", "annotations": [], "logprobs": [], "text": text }],
            }),
            Word::Thought { text, .. } => json!({
                "id": format!("rs_{number}_{index}"), "type": "reasoning",
                "summary": [{ "type": "summary_text", "text": text }],
            }),
            Word::Call { id, name, arguments, .. } => json!({
                "id": format!("fc_{number}_{index}"), "type": "function_call", "status": "completed",
                "call_id": id.clone().unwrap_or_else(|| format!("call_{number}_{index}")),
                "name": name, "arguments": arguments.to_string(),
            }),
        });
        items.collect()
    }

    fn envelope(&self, status: &str, output: &[Value]) -> Value {
        let asked = |name: &str, otherwise: Value| match &self.asked[name] {
            Value::Null => otherwise,
            told => told.clone(),
        };
        json!({
            "id": self.id, "object": "response", "created_at": 1_770_000_000, "status": status, "background": false,
            "error": null, "incomplete_details": null, "instructions": asked("instructions", Value::Null),
            "max_output_tokens": asked("max_output_tokens", Value::Null), "model": self.model, "output": output,
            "parallel_tool_calls": asked("parallel_tool_calls", true.into()),
            "previous_response_id": asked("previous_response_id", Value::Null),
            "reasoning": asked("reasoning", json!({ "effort": null, "summary": null })),
            "store": asked("store", true.into()), "temperature": asked("temperature", json!(1.0)),
            "text": asked("text", json!({ "format": { "type": "text" } })),
            "tool_choice": asked("tool_choice", "auto".into()), "tools": asked("tools", json!([])),
            "top_p": asked("top_p", json!(1.0)), "truncation": "disabled", "usage": null, "user": null,
            "metadata": asked("metadata", json!({})),
        })
    }

    fn whole(&self) -> Value {
        let why = match self.said.finish {
            Finish::Length => Some("max_output_tokens"),
            Finish::Filtered => Some("content_filter"),
            Finish::Done | Finish::StopSequence(_) | Finish::Native(_) => None,
        };
        let mut whole = self.envelope(if why.is_some() { "incomplete" } else { "completed" }, &self.items());
        if let Some(reason) = why {
            whole["incomplete_details"] = json!({ "reason": reason });
        }
        let told = self.said.usage;
        let output = told.output + told.thoughts;
        whole["usage"] = json!({
            "input_tokens": told.prompt, "input_tokens_details": { "cached_tokens": told.cached },
            "output_tokens": output, "output_tokens_details": { "reasoning_tokens": told.thoughts },
            "total_tokens": told.prompt + output,
        });
        whole
    }

    fn stream(&self) -> Vec<Bytes> {
        let open = self.envelope("in_progress", &[]);
        let mut events = vec![
            json!({ "type": "response.created", "response": open }),
            json!({ "type": "response.in_progress", "response": open }),
        ];
        for (index, item) in self.items().iter().enumerate() {
            events.extend(item_events(index, item));
        }
        let whole = self.whole();
        let end = format!("response.{}", whole["status"].as_str().unwrap_or_default());
        events.push(json!({ "type": end, "response": whole }));
        let frame = |(number, mut event): (usize, Value)| {
            event["sequence_number"] = number.into();
            let name = event["type"].as_str().unwrap_or_default();
            Bytes::from(format!("event: {name}\ndata: {event}\n\n"))
        };
        events.into_iter().enumerate().map(frame).collect()
    }
}

/// How one item comes about.
fn item_events(index: usize, item: &Value) -> Vec<Value> {
    let event = |kind: &str, more: Value| {
        let mut event =
            json!({ "type": format!("response.{kind}"), "item_id": item["id"], "output_index": index });
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        event
    };
    let mut bare = item.clone();
    let middle = match item["type"].as_str() {
        Some("message") => {
            (bare["content"], bare["status"]) = (json!([]), "in_progress".into());
            let empty = json!({ "type": "output_text", "annotations": [], "logprobs": [], "text": "" });
            text_events(&event, ["content_part", "output_text", "content_index"], &item["content"][0], &empty)
        }
        Some("reasoning") => {
            bare["summary"] = json!([]);
            let empty = json!({ "type": "summary_text", "text": "" });
            let names = ["reasoning_summary_part", "reasoning_summary_text", "summary_index"];
            text_events(&event, names, &item["summary"][0], &empty)
        }
        _ => {
            (bare["arguments"], bare["status"]) = ("".into(), "in_progress".into());
            let arguments = &item["arguments"];
            let told = serde_json::from_str(arguments.as_str().unwrap_or_default()).unwrap_or_default();
            let deltas = fragments(&told).into_iter();
            let deltas =
                deltas.map(|delta| event("function_call_arguments.delta", json!({ "delta": delta })));
            deltas.chain([event("function_call_arguments.done", json!({ "arguments": arguments }))]).collect()
        }
    };
    let added = json!({ "type": "response.output_item.added", "output_index": index, "item": bare });
    let done = json!({ "type": "response.output_item.done", "output_index": index, "item": item });
    std::iter::once(added).chain(middle).chain([done]).collect()
}

/// How the one text of an item comes about; the names are those of its part, of its text and of its number.
fn text_events(
    event: &dyn Fn(&str, Value) -> Value,
    [part, text, number]: [&str; 3],
    done: &Value,
    empty: &Value,
) -> Vec<Value> {
    let said = done["text"].as_str().unwrap_or_default();
    let delta = |piece| event(&format!("{text}.delta"), json!({ number: 0, "delta": piece, "logprobs": [] }));
    let mut events = vec![event(&format!("{part}.added"), json!({ number: 0, "part": empty }))];
    events.extend(pieces(said).map(delta));
    events.push(event(&format!("{text}.done"), json!({ number: 0, "text": said, "logprobs": [] })));
    events.push(event(&format!("{part}.done"), json!({ number: 0, "part": done })));
    events
}
