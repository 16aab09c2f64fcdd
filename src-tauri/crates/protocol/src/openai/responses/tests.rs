use serde_json::{Value, json};

use super::decode_responses;
use crate::RequestId;
use crate::chat::{
    Completion, Effort, Event, Failure, FailureKind, Finish, Message, Part, Request, ResponseFormat, Role,
    Source, ToolCall, ToolChoice, Usage,
};
use crate::dialect::{Asked, Dialect, Signature, Stamp};

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc"), created: 7, model: "m".to_owned() }
}

fn body(fields: &Value) -> Value {
    let mut body = json!({ "model": "m", "input": "Hi" });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

fn request(fields: &Value) -> Request {
    decode_responses(body(fields).to_string().as_bytes())
        .unwrap_or_else(|failure| panic!("{failure}"))
        .request
}

fn refusal(fields: &Value) -> (String, String) {
    let failure = decode_responses(body(fields).to_string().as_bytes()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadRequest);
    (failure.param.unwrap_or_default(), failure.message)
}

fn messages(input: &Value) -> Vec<Message> {
    request(&json!({ "input": input })).messages
}

fn asked(fields: &Value) -> Asked {
    decode_responses(body(fields).to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure}")).into()
}

fn text(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() })
}

fn of(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts }
}

#[test]
fn a_bare_text_is_a_message_of_the_user_and_instructions_come_first() {
    let messages = request(&json!({ "instructions": "Be brief." })).messages;
    assert_eq!(messages, [Message::text(Role::System, "Be brief."), Message::text(Role::User, "Hi")]);
}

fn result(id: &str, text: &str) -> Part {
    Part::ToolResult { call_id: id.to_owned(), text: text.to_owned(), failed: false }
}

#[test]
fn the_items_of_one_answer_are_one_message() {
    let input = json!([
        { "role": "developer", "content": "D" },
        { "type": "message", "role": "user", "content": [
            { "type": "input_text", "text": "U" },
            { "type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low" },
            { "type": "input_file", "file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf" },
        ] },
        { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm." }],
            "encrypted_content": "gemini:x" },
        { "type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "own" },
        { "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            { "type": "output_text", "text": "A", "annotations": [] }, { "type": "refusal", "refusal": "R" },
        ] },
        { "type": "web_search_call", "id": "ws_1", "status": "completed" },
        { "type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\":1}" },
        { "type": "reasoning", "id": "rs_3", "summary": [], "encrypted_content": "seal:gemini:y" },
        { "type": "custom_tool_call", "call_id": "c2", "name": "sh", "input": "ls \"x\"" },
        { "type": "function_call_output", "call_id": "c1", "output": "one" },
        { "type": "custom_tool_call_output", "call_id": "c2", "output": [
            { "type": "input_text", "text": "two" }, { "type": "input_image", "image_url": "https://a.example/a" },
        ] },
    ]);
    let data = |mime: &str| Source::Data { mime: Some(mime.to_owned()), base64: "AAAA".to_owned() };
    let seal = |by, text: &str| Signature::new(by, text);
    let expected = [
        Message::text(Role::System, "D"),
        of(
            Role::User,
            vec![
                text("U"),
                Part::Image { source: data("image/png"), detail: Some("low".to_owned()) },
                Part::File { source: data("application/pdf"), name: Some("a.pdf".to_owned()) },
            ],
        ),
        of(
            Role::Assistant,
            vec![
                Part::Reasoning { text: "Hm.".to_owned() },
                Part::Signature(seal(Dialect::Gemini, "x")),
                Part::Sealed(seal(Dialect::Responses, "own")),
                text("A"),
                Part::Refusal { text: "R".to_owned() },
                call("c1", "f", "{\"a\":1}"),
                Part::Signature(seal(Dialect::Gemini, "y")),
                call("c2", "sh", r#"{"input":"ls \"x\""}"#),
            ],
        ),
        of(Role::Tool, vec![result("c1", "one")]),
        of(
            Role::Tool,
            vec![
                result("c2", "two"),
                Part::Image { source: Source::Url("https://a.example/a".to_owned()), detail: None },
            ],
        ),
    ];
    assert_eq!(messages(&input), expected);
}

#[test]
fn settings_find_their_place() {
    let request = request(&json!({
        "temperature": 0.5, "top_p": 0.9, "max_output_tokens": 100, "top_logprobs": 2, "user": "ada",
        "parallel_tool_calls": false, "reasoning": { "effort": "high", "summary": "auto" },
        "text": { "verbosity": "low", "format": { "type": "json_schema", "name": "s", "schema": {}, "strict": true } },
        "store": false, "include": ["reasoning.encrypted_content"], "truncation": "disabled",
        "metadata": { "a": "b" }, "service_tier": "auto", "previous_response_id": null, "background": false,
    }));
    assert_eq!((request.sampling.temperature, request.sampling.max_tokens), (Some(0.5), Some(100)));
    assert_eq!((request.sampling.top_p, request.sampling.top_logprobs), (Some(0.9), Some(2)));
    assert_eq!((request.effort, request.wishes.include_thoughts), (Some(Effort::High), Some(true)));
    assert_eq!((request.parallel_tool_calls, request.user.as_deref()), (Some(false), Some("ada")));
    assert!(matches!(request.response_format, ResponseFormat::JsonSchema { strict: true, .. }));
    let extra = json!({ "metadata": { "a": "b" }, "service_tier": "auto", "verbosity": "low" });
    assert_eq!(Value::Object(request.extra), extra);
}

#[test]
fn tools_lie_flat() {
    let tools = json!([
        { "type": "function", "name": "f", "description": "Does.", "parameters": { "type": "object" }, "strict": true },
        { "type": "custom", "name": "sh", "description": "Runs.", "format":
            { "type": "grammar", "syntax": "lark", "definition": "start: WORD" } },
        { "type": "web_search_preview" },
        { "type": "code_interpreter", "container": { "type": "auto" } },
        { "type": "local_shell" },
    ]);
    let request = request(&json!({ "tools": tools, "tool_choice": { "type": "custom", "name": "sh" } }));
    let names: Vec<&str> = request.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(names, ["f", "sh"]);
    assert_eq!(request.tools[0].strict, Some(true));
    assert!(request.tools[1].description.as_deref().is_some_and(|text| text.contains("start: WORD")));
    assert_eq!(
        (request.provider_tools.search, request.provider_tools.code_execution),
        (Some(true), Some(true))
    );
    assert_eq!(request.extra["tools"], json!([{ "type": "local_shell" }]));
    assert_eq!(request.tool_choice, ToolChoice::Named("sh".to_owned()));
}

#[test]
fn a_choice_among_tools_can_be_narrowed() {
    let tools = json!([{ "type": "function", "name": "f" }, { "type": "function", "name": "g" }]);
    let choice = json!({ "type": "allowed_tools", "mode": "required", "tools": [{ "type": "function", "name": "g" }] });
    let request = request(&json!({ "tools": tools, "tool_choice": choice }));
    assert_eq!(request.tools.len(), 1);
    assert_eq!((request.tools[0].name.as_str(), request.tool_choice), ("g", ToolChoice::Required));
}

#[test]
fn what_would_need_a_stored_response_is_refused_with_a_way_out() {
    let cases = [
        (json!({ "previous_response_id": "resp_1" }), "previous_response_id"),
        (json!({ "conversation": { "id": "conv_1" } }), "conversation"),
        (json!({ "background": true }), "background"),
        (json!({ "prompt": { "id": "pmpt_1" } }), "prompt"),
        (json!({ "input": [{ "type": "item_reference", "id": "msg_1" }] }), "input[0]"),
        (json!({ "input": [{ "id": "msg_1" }] }), "input[0]"),
    ];
    for (fields, param) in cases {
        let (named, message) = refusal(&fields);
        assert_eq!(named, param);
        assert!(message.contains("stored"), "{message}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let cases = [
        (json!({ "input": 7 }), "input"),
        (json!({ "input": [] }), "input"),
        (json!({ "input": [{ "type": "compaction" }] }), "input[0].type"),
        (json!({ "input": [{ "role": "tool", "content": "x" }] }), "input[0].role"),
        (json!({ "input": [{ "role": "user", "content": [{ "type": "x" }] }] }), "input[0].content[0].type"),
        (json!({ "input": [{ "type": "function_call", "name": "f" }] }), "input[0].call_id"),
        (json!({ "tools": [{ "type": "custom" }] }), "tools[0].name"),
        (json!({ "text": { "format": { "type": "xml" } } }), "text.format.type"),
        (json!({ "reasoning": { "effort": "very" } }), "reasoning.effort"),
        (json!({ "truncation": "some" }), "truncation"),
        (json!({ "temperature": 3 }), "temperature"),
        (json!({ "metadata": [] }), "metadata"),
        (json!({ "model": null }), "model"),
    ];
    for (fields, param) in cases {
        assert_eq!(refusal(&fields).0, param, "{fields}");
    }
}

fn say(text: &str) -> Event {
    Event::Text { text: text.to_owned() }
}

/// Type, then what each event adds, without what all have.
fn told(asked: &Asked, events: &[Event]) -> Vec<Value> {
    let mut writer = asked.form.writer(stamp());
    let text: String = events.iter().map(|event| writer.event(event)).collect();
    let parsed = text.split_terminator("\n\n").map(|frame| frame.split_once("data: ").unwrap().1);
    parsed.map(|data| serde_json::from_str(data).unwrap()).collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap().trim_start_matches("response.")).collect()
}

#[test]
fn a_text_is_told_in_full() {
    let source = json!({ "type": "url_citation", "url_citation":
        { "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 2 } });
    let events = [
        Event::Started { model: "m".to_owned(), warnings: Vec::new() },
        say("He"),
        say("y"),
        Event::Citation { raw: source },
        Event::Usage(Usage { prompt: 1, completion: 2, cached: 0, reasoning: 1 }),
        Event::Finished(Finish::Stop),
    ];
    let told = told(&asked(&json!({})), &events);
    let expected = [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.annotation.added",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ];
    assert_eq!(kinds(&told), expected);
    let delta = json!({ "type": "response.output_text.delta", "sequence_number": 4, "item_id": "msg_abc_0",
        "output_index": 0, "content_index": 0, "delta": "He", "logprobs": [] });
    assert_eq!(told[4], delta);
    let response = &told[10]["response"];
    let note = json!({ "type": "url_citation", "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 2 });
    let message = json!({ "id": "msg_abc_0", "type": "message", "status": "completed", "role": "assistant",
        "content": [{ "type": "output_text", "text": "Hey", "annotations": [note], "logprobs": [] }] });
    assert_eq!(response["output"], json!([message]));
    assert_eq!((&response["id"], &response["status"]), (&json!("resp_abc"), &json!("completed")));
    assert_eq!(
        response["usage"],
        json!({ "input_tokens": 1, "input_tokens_details": { "cached_tokens": 0 },
        "output_tokens": 2, "output_tokens_details": { "reasoning_tokens": 1 }, "total_tokens": 3 })
    );
    assert_eq!(told[0]["response"]["status"], "in_progress");
    assert_eq!(told[0]["response"].get("usage"), None);
}

#[test]
fn thoughts_calls_and_custom_tools_are_items_of_their_own() {
    let asked = asked(&json!({ "tools": [
        { "type": "function", "name": "f" }, { "type": "custom", "name": "sh" } ] }));
    let begun = |id: &str, name: &str| Event::CallBegun { id: id.to_owned(), name: name.to_owned() };
    let arguments = |text: &str| Event::Arguments { text: text.to_owned() };
    let events = [
        Event::Reasoning { text: "Hm".to_owned() },
        Event::Signature(Signature::new(Dialect::Gemini, "x")),
        begun("c1", "f"),
        arguments("{\"a\":"),
        arguments("1}"),
        Event::Signature(Signature::new(Dialect::Gemini, "y")),
        begun("c2", "sh"),
        arguments("{\"input\":"),
        arguments("\"ls\"}"),
        begun("c3", "f"),
        Event::Finished(Finish::ToolCalls),
    ];
    let told = told(&asked, &events);
    let expected = [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "output_item.added",
        "output_item.done",
        "output_item.added",
        "custom_tool_call_input.delta",
        "custom_tool_call_input.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ];
    assert_eq!(kinds(&told), expected);
    let output = json!([
        { "id": "rs_abc_0", "type": "reasoning", "status": "completed",
            "summary": [{ "type": "summary_text", "text": "Hm" }], "encrypted_content": "gemini:x" },
        { "id": "fc_abc_1", "type": "function_call", "status": "completed", "call_id": "c1", "name": "f",
            "arguments": "{\"a\":1}" },
        { "id": "rs_abc_2", "type": "reasoning", "status": "completed", "summary": [],
            "encrypted_content": "seal:gemini:y" },
        { "id": "ctc_abc_3", "type": "custom_tool_call", "status": "completed", "call_id": "c2", "name": "sh",
            "input": "ls" },
        { "id": "fc_abc_4", "type": "function_call", "status": "completed", "call_id": "c3", "name": "f",
            "arguments": "{}" },
    ]);
    assert_eq!(told[23]["response"]["output"], output);
}

#[test]
fn how_it_ended_is_told() {
    let asked = asked(&json!({}));
    let last = |finish| {
        let told = told(&asked, &[say("a"), Event::Finished(finish)]);
        told[told.len() - 1].clone()
    };
    let ended = last(Finish::Length);
    assert_eq!(ended["type"], "response.incomplete");
    assert_eq!(ended["response"]["incomplete_details"], json!({ "reason": "max_output_tokens" }));
    assert_eq!(ended["response"]["output"][0]["status"], "incomplete");
    assert_eq!(last(Finish::ContentFilter)["response"]["incomplete_details"]["reason"], "content_filter");

    let mut writer = asked.form.writer(stamp());
    writer.event(&say("a"));
    let text = writer.failure(&Failure::new(FailureKind::Quota, "Used up."));
    let frames: Vec<Value> = text
        .split_terminator("\n\n")
        .map(|frame| serde_json::from_str(frame.split_once("data: ").unwrap().1).unwrap())
        .collect();
    assert_eq!(
        kinds(&frames),
        ["output_text.done", "content_part.done", "output_item.done", "error", "failed"]
    );
    assert_eq!(frames[3]["message"], "Used up.");
    let error = json!({ "code": "rate_limit_exceeded", "message": "Used up." });
    assert_eq!(frames[4]["response"]["error"], error);
    assert_eq!(writer.event(&say("late")) + &writer.failure(&Failure::new(FailureKind::Quota, "x")), "");
}

#[test]
fn the_response_says_again_how_it_was_asked() {
    let fields = json!({ "instructions": "I", "metadata": { "a": "b" }, "temperature": 0.5,
        "tools": [{ "type": "custom", "name": "sh" }], "tool_choice": "auto" });
    let mut completion = Completion::default();
    completion.push(say("Hey"));
    completion.push(Event::Finished(Finish::Stop));
    let whole = asked(&fields).form.whole(&stamp(), &completion);
    let response: Value = serde_json::from_slice(&whole).unwrap();
    for (key, value) in fields.as_object().unwrap() {
        assert_eq!(response[key], *value, "{key}");
    }
    assert_eq!(response["output"][0]["content"][0]["text"], "Hey");
    assert_eq!((&response["store"], &response["created_at"]), (&json!(false), &json!(7)));
}

#[test]
fn only_the_first_of_several_alternatives_is_told() {
    let events = [
        say("a"),
        Event::Candidate { index: 1 },
        say("x"),
        Event::Candidate { index: 0 },
        say("b"),
        Event::CandidateFinished(Finish::Length),
        Event::Candidate { index: 1 },
        Event::Finished(Finish::Stop),
    ];
    let told = told(&asked(&json!({})), &events);
    let response = &told[told.len() - 1]["response"];
    assert_eq!(response["output"][0]["content"][0]["text"], "ab");
    assert_eq!(response["status"], "incomplete");
}
