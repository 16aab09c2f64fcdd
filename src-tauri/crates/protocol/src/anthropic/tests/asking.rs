//! What a provider is asked: the rows of the table from OpenAI's Chat Completions to Messages.

use serde_json::{Map, Value, json};

use super::{call, request};
use crate::anthropic::{Facts, ask};
use crate::chat::{Attachment, Effort, Message, Modality, Part, Request, Role, Source, Tool, ToolCall};
use crate::dialect::{Asking, Dialect, Signature};
use crate::openai;

const OLD: &str = "claude-sonnet-4-20250514";
const ADAPTIVE: &str = "claude-opus-4-6";
const NEW: &str = "claude-opus-4-7";

/// The request of an OpenAI client.
fn chat(fields: &Value) -> Request {
    let mut body = json!({ "model": ADAPTIVE, "messages": [{ "role": "user", "content": "Hi" }] });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    openai::decode(body.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure}")).request
}

fn asking(request: &Request) -> Asking {
    ask(request, &Facts::of(&request.model)).0
}

/// The body for an OpenAI client's fields, and what of them was left out.
fn asked(fields: &Value) -> (Value, Vec<String>) {
    let Asking { body, warnings } = asking(&chat(fields));
    (body, warnings)
}

fn of(messages: Vec<Message>) -> Request {
    Request { model: ADAPTIVE.into(), messages, ..Request::default() }
}

fn assistant(parts: Vec<Part>) -> Message {
    Message { role: Role::Assistant, name: None, parts }
}

fn result(id: &str, text: &str) -> Message {
    let part = Part::ToolResult { call_id: id.into(), text: text.into(), failed: false };
    Message { role: Role::Tool, name: None, parts: vec![part] }
}

fn said(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn user(blocks: Value) -> Value {
    json!({ "role": "user", "content": blocks })
}

#[test]
fn a_plain_request_says_no_more_than_it_must() {
    let (body, warnings) = asked(&json!({}));
    let expected =
        json!({ "model": ADAPTIVE, "max_tokens": 32_000, "messages": [user(json!([said("Hi")]))] });
    assert_eq!(body, expected);
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn all_instructions_go_to_the_top_in_order() {
    let (body, warnings) = asked(&json!({ "messages": [
        { "role": "system", "content": "a" }, { "role": "developer", "content": [{ "type": "text", "text": "b" }] },
        { "role": "user", "content": "Hi" }, { "role": "system", "content": "c" }, { "role": "user", "content": "?" },
    ] }));
    assert_eq!(body["system"], json!([said("a"), said("b"), said("c")]));
    assert_eq!(body["messages"], json!([user(json!([said("Hi"), said("?")]))]));
    assert!(warnings[0].contains("middle of the conversation"), "{warnings:?}");
}

#[test]
fn the_user_begins_and_turns_alternate() {
    let messages = vec![
        Message::text(Role::Assistant, "Welcome"),
        Message::text(Role::Assistant, "!"),
        Message::text(Role::User, "a"),
        Message::text(Role::User, " "),
        assistant(vec![]),
        Message::text(Role::User, "b"),
        Message::text(Role::Assistant, "So \n"),
    ];
    let Asking { body, warnings } = asking(&of(messages));
    let expected = json!([
        user(json!([said(".")])),
        { "role": "assistant", "content": [said("Welcome"), said("!")] },
        user(json!([said("a"), said("b")])),
        { "role": "assistant", "content": [said("So")] },
    ]);
    assert_eq!(body["messages"], expected);
    assert!(warnings[0].contains("began with the assistant"), "{warnings:?}");
    let only = asking(&of(vec![Message::text(Role::System, "Sing.")])).body;
    assert_eq!(only["messages"], json!([user(json!([said("Sing.")]))]));
    assert_eq!(only["system"], Value::Null);
}

#[test]
fn media_go_where_the_provider_has_a_place_for_them() {
    let data = |mime: Option<&str>, base64: &str| Source::Data {
        mime: mime.map(str::to_owned),
        base64: base64.into(),
    };
    let image = |source| Part::Image { source, detail: Some("low".into()) };
    let file = |source| Part::File { source, name: Some("T".into()) };
    let url = |url: &str| Source::Url(url.into());
    let base64 = |mime: &str, data: &str| json!({ "type": "base64", "media_type": mime, "data": data });
    let document = |source: Value| Some(json!({ "type": "document", "source": source, "title": "T" }));
    let picture = |source: Value| Some(json!({ "type": "image", "source": source }));
    let table = [
        (image(data(Some("image/webp"), "AAAA")), picture(base64("image/webp", "AAAA"))),
        (image(data(None, "/9j/")), picture(base64("image/jpeg", "/9j/"))),
        (image(url("https://a.example/x")), picture(json!({ "type": "url", "url": "https://a.example/x" }))),
        (image(url("file:///x.png")), None),
        (image(Source::FileId("f".into())), picture(json!({ "type": "file", "file_id": "f" }))),
        (file(data(Some("application/pdf"), "JVBERi0=")), document(base64("application/pdf", "JVBERi0="))),
        (file(data(None, "JVBERi0=")), document(base64("application/pdf", "JVBERi0="))),
        (file(data(Some("image/png"), "iVBORw==")), picture(base64("image/png", "iVBORw=="))),
        (
            file(data(Some("text/markdown"), "SGk=")),
            document(json!({ "type": "text", "media_type": "text/plain", "data": "Hi" })),
        ),
        (file(data(Some("application/zip"), "/////w==")), None),
        (
            file(url("https://a.example/x.pdf")),
            document(json!({ "type": "url", "url": "https://a.example/x.pdf" })),
        ),
        (Part::Audio { source: data(Some("audio/wav"), "AAAA") }, None),
        (Part::Video { source: data(Some("video/mp4"), "AAAA") }, None),
    ];
    for (part, expected) in table {
        let parts = vec![Part::Text { text: "see".into() }, part.clone()];
        let Asking { body, warnings } = asking(&of(vec![Message { role: Role::User, name: None, parts }]));
        assert_eq!(body["messages"][0]["content"].get(1), expected.as_ref(), "{part:?}");
        assert_eq!(warnings.len(), usize::from(expected.is_none()), "{part:?}: {warnings:?}");
    }
}

#[test]
fn files_beside_the_messages_join_the_last_turn_of_the_user() {
    let source = Source::Data { mime: Some("image/png".into()), base64: "iVBORw==".into() };
    let mut request = of(vec![Message::text(Role::User, "a"), Message::text(Role::Assistant, "b")]);
    request.attachments = vec![Attachment { source, name: None }];
    let body = asking(&request).body;
    assert_eq!(body["messages"][0]["content"][1]["type"], "image");
}

#[test]
fn calls_and_results_keep_together_and_results_come_first() {
    let (body, _) = asked(&json!({ "messages": [
        { "role": "user", "content": "go" },
        { "role": "assistant", "content": "I look.", "tool_calls": [
            { "id": "call:1", "type": "function", "function": { "name": "f", "arguments": "{\"b\":1,\"a\":2}" } },
            { "id": "call 1", "type": "function", "function": { "name": "f", "arguments": "" } },
        ] },
        { "role": "user", "content": "quick!" },
        { "role": "tool", "tool_call_id": "call 1", "content": "two" },
        { "role": "tool", "tool_call_id": "call:1", "content": "one" },
        { "role": "tool", "tool_call_id": "call:1", "content": "again" },
    ] }));
    let result = |id: &str, text: &str| json!({ "type": "tool_result", "tool_use_id": id, "content": text });
    let expected = json!([
        user(json!([said("go")])),
        { "role": "assistant", "content": [
            said("I look."),
            { "type": "tool_use", "id": "call_1", "name": "f", "input": { "b": 1, "a": 2 } },
            { "type": "tool_use", "id": "call_1_2", "name": "f", "input": {} },
        ] },
        user(json!([result("call_1_2", "two"), result("call_1", "one"), said("quick!")])),
    ]);
    assert_eq!(body["messages"], expected);
}

#[test]
fn ids_that_begin_anew_in_every_answer_stay_apart() {
    let turn = |text: &str| [assistant(vec![Part::ToolCall(call("call_0", "{}"))]), result("call_0", text)];
    let messages: Vec<Message> =
        [vec![Message::text(Role::User, "go")], turn("a").into(), turn("b").into()].concat();
    let Asking { body, warnings } = asking(&of(messages));
    let ids: Vec<&Value> = (1..5)
        .map(|at| &body["messages"][at]["content"][0])
        .map(|block| if block["id"].is_null() { &block["tool_use_id"] } else { &block["id"] })
        .collect();
    assert_eq!(ids, ["call_0", "call_0", "call_0_2", "call_0_2"]);
    assert!(warnings.is_empty(), "{warnings:?}");
}

#[test]
fn a_result_keeps_its_pictures_and_that_it_failed() {
    let source = Source::Data { mime: Some("image/png".into()), base64: "iVBORw==".into() };
    let parts = vec![
        Part::ToolResult { call_id: "t".into(), text: "seen".into(), failed: true },
        Part::Image { source, detail: None },
    ];
    let messages = vec![
        Message::text(Role::User, "go"),
        assistant(vec![Part::ToolCall(call("t", "{}"))]),
        Message { role: Role::Tool, name: None, parts },
    ];
    let body = asking(&of(messages)).body;
    let image = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw==" } });
    let expected = json!({ "type": "tool_result", "tool_use_id": "t", "content": [said("seen"), image], "is_error": true });
    assert_eq!(body["messages"][2]["content"][0], expected);
}

#[test]
fn thoughts_go_back_only_with_a_seal_of_this_provider() {
    let thought = |text: &str| Part::Reasoning { text: text.into() };
    let seal = |by, text: &str| Part::Signature(Signature::new(by, text));
    let sealed = |by, text: &str| Part::Sealed(Signature::new(by, text));
    let parts = vec![
        thought("unsigned"),
        thought("mine"),
        seal(Dialect::Messages, "s1"),
        thought("foreign"),
        seal(Dialect::Gemini, "g"),
        sealed(Dialect::Messages, "xyz"),
        sealed(Dialect::Responses, "r"),
        Part::Text { text: "Well".into() },
        seal(Dialect::Messages, "s2"),
        Part::Refusal { text: "No.".into() },
    ];
    let body =
        asking(&of(vec![Message::text(Role::User, "go"), assistant(parts), Message::text(Role::User, "?")]))
            .body;
    let thinking =
        |text: &str, seal: &str| json!({ "type": "thinking", "thinking": text, "signature": seal });
    let expected = json!([
        thinking("mine", "s1"),
        { "type": "redacted_thinking", "data": "xyz" },
        said("Well"),
        thinking("", "s2"),
        said("No."),
    ]);
    assert_eq!(body["messages"][1]["content"], expected);
}

#[test]
fn functions_keep_their_whole_schema() {
    let schema = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/A" } }, "$defs": { "A": { "type": "string" } },
        "additionalProperties": false });
    let (body, _) = asked(&json!({ "tools": [
        { "type": "function", "function": { "name": "f", "description": "d", "parameters": schema, "strict": true } },
        { "type": "function", "function": { "name": "g" } },
    ] }));
    let expected = json!([
        { "name": "f", "description": "d", "input_schema": schema, "strict": true },
        { "name": "g", "input_schema": { "type": "object", "properties": {} } },
    ]);
    assert_eq!(body["tools"], expected);
    assert_eq!(body["tool_choice"], Value::Null);
}

#[test]
fn names_the_provider_refuses_are_given_back_as_they_were() {
    let tool = |name: &str| Tool { name: name.into(), ..Tool::default() };
    let mut request = of(vec![
        Message::text(Role::User, "go"),
        assistant(vec![Part::ToolCall(ToolCall {
            id: "t".into(),
            name: "files.read".into(),
            arguments: "{}".into(),
        })]),
        result("t", "x"),
    ]);
    request.tools = vec![tool("files.read"), tool("files/read"), tool("web_search"), tool("files_read_2")];
    request.provider_tools.search = Some(true);
    let (asking, names) = ask(&request, &Facts::of(ADAPTIVE));
    let sent: Vec<&str> =
        asking.body["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(sent, ["files_read", "files_read_3", "web_search_2", "files_read_2", "web_search"]);
    assert_eq!(asking.body["messages"][1]["content"][0]["name"], "files_read");
    let told: Vec<String> = sent.iter().map(|name| names.told(name)).collect();
    assert_eq!(told, ["files.read", "files/read", "web_search", "files_read_2", "web_search"]);
    assert_eq!(names.told("never_seen"), "never_seen");
}

#[test]
fn every_choice_of_tools_has_its_word() {
    let tools = json!([{ "type": "function", "function": { "name": "f" } }]);
    let named = json!({ "type": "function", "function": { "name": "f" } });
    let table = [
        (json!("auto"), json!(null), json!(null)),
        (json!("required"), json!(null), json!({ "type": "any" })),
        (named.clone(), json!(null), json!({ "type": "tool", "name": "f" })),
        (json!("none"), json!(null), json!({ "type": "none" })),
        (json!("auto"), json!(true), json!(null)),
        (json!("auto"), json!(false), json!({ "type": "auto", "disable_parallel_tool_use": true })),
        (json!("required"), json!(false), json!({ "type": "any", "disable_parallel_tool_use": true })),
        (json!("none"), json!(false), json!({ "type": "none" })),
    ];
    for (choice, parallel, expected) in table {
        let (body, _) =
            asked(&json!({ "tools": tools, "tool_choice": choice, "parallel_tool_calls": parallel }));
        assert_eq!(body["tool_choice"], expected, "{choice} {parallel}");
    }
    let (body, _) = asked(&json!({ "tool_choice": "none" }));
    assert_eq!(body["tool_choice"], Value::Null, "it may only stand beside tools");
    let (body, warnings) =
        asked(&json!({ "model": "claude-opus-5-5", "tools": tools, "tool_choice": named }));
    assert_eq!(body["tool_choice"], Value::Null);
    assert!(warnings[0].contains("cannot be made to call"), "{warnings:?}");
}

#[test]
fn a_demanded_call_and_thinking_do_not_go_together() {
    let tools = json!([{ "type": "function", "function": { "name": "f" } }]);
    for (model, thinking) in
        [(OLD, Value::Null), (NEW, Value::Null), ("claude-opus-5", json!({ "type": "disabled" }))]
    {
        let fields =
            json!({ "model": model, "tools": tools, "tool_choice": "required", "reasoning_effort": "high" });
        let (body, warnings) = asked(&fields);
        assert_eq!((&body["tool_choice"]["type"], &body["thinking"]), (&json!("any"), &thinking), "{model}");
        assert!(warnings[0].contains("a call is demanded"), "{model}: {warnings:?}");
    }
}

#[test]
fn thinking_with_a_budget_waits_for_a_conversation_that_has_its_thoughts() {
    let past = |first: Part| {
        let mut request = of(vec![
            Message::text(Role::User, "go"),
            assistant(vec![
                first,
                Part::Signature(Signature::new(Dialect::Messages, "s")),
                Part::ToolCall(call("t", "{}")),
            ]),
            result("t", "x"),
        ]);
        request.model = OLD.into();
        request.effort = Some(Effort::Low);
        asking(&request)
    };
    let with = past(Part::Reasoning { text: "hm".into() });
    assert_eq!(with.body["thinking"], json!({ "type": "enabled", "budget_tokens": 1024 }));
    let without = past(Part::Text { text: "Let me see".into() });
    assert_eq!(without.body["thinking"], Value::Null);
    assert!(without.warnings[0].contains("not in the conversation"), "{:?}", without.warnings);
}

#[test]
fn effort_is_said_as_the_model_understands_it() {
    let adaptive = json!({ "type": "adaptive" });
    let told = json!({ "type": "adaptive", "display": "summarized" });
    let budget = |tokens: u32| json!({ "type": "enabled", "budget_tokens": tokens });
    let disabled = json!({ "type": "disabled" });
    let between = json!({ "type": "between_tools" });
    let nothing = Value::Null;
    let table = [
        (OLD, json!("none"), &nothing, json!(null)),
        (OLD, json!("minimal"), &budget(1024), json!(null)),
        (OLD, json!("low"), &budget(1024), json!(null)),
        (OLD, json!("medium"), &budget(8192), json!(null)),
        (OLD, json!("high"), &budget(24_576), json!(null)),
        (OLD, json!("max"), &budget(24_576), json!(null)),
        (OLD, json!(5000), &budget(5000), json!(null)),
        (OLD, json!(3), &budget(1024), json!(null)),
        (ADAPTIVE, json!("none"), &nothing, json!(null)),
        (ADAPTIVE, json!("minimal"), &adaptive, json!("low")),
        (ADAPTIVE, json!("medium"), &adaptive, json!("medium")),
        (ADAPTIVE, json!("high"), &adaptive, json!("high")),
        (ADAPTIVE, json!("max"), &adaptive, json!("max")),
        ("claude-sonnet-4-6", json!("max"), &adaptive, json!("high")),
        (ADAPTIVE, json!(1024), &adaptive, json!("low")),
        (ADAPTIVE, json!(8000), &adaptive, json!("medium")),
        (ADAPTIVE, json!(20_000), &adaptive, json!("high")),
        (ADAPTIVE, json!(99_000), &adaptive, json!("max")),
        (NEW, json!("none"), &nothing, json!(null)),
        (NEW, json!("high"), &told, json!("high")),
        ("claude-opus-5", json!("none"), &disabled, json!(null)),
        ("claude-sonnet-5-5", json!("none"), &between, json!(null)),
        ("claude-opus-5-5", json!("none"), &nothing, json!("low")),
        ("claude-fable-5", json!("low"), &told, json!("low")),
        ("claude-3-5-sonnet-latest", json!("high"), &nothing, json!(null)),
        (ADAPTIVE, json!(null), &nothing, json!(null)),
    ];
    for (model, effort, thinking, word) in table {
        let (body, _) = asked(&json!({ "model": model, "reasoning_effort": effort }));
        assert_eq!(&body["thinking"], thinking, "{model} {effort}");
        assert_eq!(body["output_config"]["effort"], word, "{model} {effort}");
    }
}

#[test]
fn a_budget_fits_into_the_tokens_of_the_answer() {
    let (body, _) = asked(&json!({ "model": OLD, "reasoning_effort": "high", "max_tokens": 4000 }));
    assert_eq!((&body["thinking"]["budget_tokens"], &body["max_tokens"]), (&json!(3999), &json!(4000)));
    let (body, _) = asked(&json!({ "model": OLD, "reasoning_effort": 40_000 }));
    assert_eq!((&body["thinking"]["budget_tokens"], &body["max_tokens"]), (&json!(40_000), &json!(48_192)));
    let (body, warnings) = asked(&json!({ "model": OLD, "reasoning_effort": "high", "max_tokens": 1000 }));
    assert_eq!(body["thinking"], Value::Null);
    assert!(warnings[0].contains("too few"), "{warnings:?}");
}

#[test]
fn thoughts_are_told_where_they_are_wanted() {
    let mut request = of(vec![Message::text(Role::User, "go")]);
    request.model = NEW.into();
    let mut with = |effort, shown| {
        request.effort = effort;
        request.wishes.include_thoughts = shown;
        asking(&request).body["thinking"].clone()
    };
    assert_eq!(with(None, Some(true)), json!({ "type": "adaptive", "display": "summarized" }));
    assert_eq!(with(None, Some(false)), Value::Null);
    assert_eq!(with(Some(Effort::High), Some(false)), json!({ "type": "adaptive" }));
}

#[test]
fn lengths_stops_and_sampling_follow_the_model() {
    let sampling = json!({ "temperature": 1.7, "top_p": 0.5, "top_k": 3 });
    let with = |model: &str, more: &Value| {
        let mut fields = sampling.clone();
        fields["model"] = model.into();
        more.as_object().unwrap().iter().for_each(|(key, value)| fields[key] = value.clone());
        let (body, warnings) = asked(&fields);
        ([&body["temperature"], &body["top_p"], &body["top_k"]].map(Value::clone), warnings)
    };
    let none = json!({});
    assert_eq!(with("claude-3-haiku-20240307", &none).0, [json!(1.0), json!(0.5), json!(3)]);
    assert_eq!(with(ADAPTIVE, &none).0, [json!(1.0), json!(null), json!(3)]);
    assert_eq!(with(ADAPTIVE, &json!({ "temperature": null })).0, [json!(null), json!(0.5), json!(3)]);
    for (model, more) in [(NEW, none.clone()), (ADAPTIVE, json!({ "reasoning_effort": "low" }))] {
        let (taken, warnings) = with(model, &more);
        assert_eq!(taken, [Value::Null, Value::Null, Value::Null], "{model}");
        assert!(warnings[0].starts_with("temperature, top_p and top_k"), "{warnings:?}");
    }
    let (body, warnings) = asked(&json!({ "max_completion_tokens": 7, "stop": ["END", "\n"] }));
    assert_eq!((&body["max_tokens"], &body["stop_sequences"]), (&json!(7), &json!(["END"])));
    assert!(warnings[0].contains("Stop texts of blanks"), "{warnings:?}");
}

#[test]
fn a_schema_is_sent_where_the_model_takes_one_and_else_said_in_words() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "array", "items": { "type": "object" } } } });
    let format = json!({ "type": "json_schema", "json_schema": { "name": "x", "schema": schema } });
    let (body, warnings) = asked(&json!({ "response_format": format }));
    let closed = json!({ "type": "object", "additionalProperties": false,
        "properties": { "a": { "type": "array", "items": { "type": "object", "additionalProperties": false } } } });
    assert_eq!(body["output_config"], json!({ "format": { "type": "json_schema", "schema": closed } }));
    assert!(warnings.is_empty(), "{warnings:?}");
    let in_words = [
        json!({ "model": OLD, "response_format": format }),
        json!({ "response_format": { "type": "json_object" } }),
    ];
    for fields in in_words {
        let (body, warnings) = asked(&fields);
        assert_eq!(body["output_config"], Value::Null);
        assert!(body["system"][0]["text"].as_str().unwrap().starts_with("Answer with one JSON"), "{body}");
        assert!(warnings[0].contains("in words"), "{warnings:?}");
    }
}

#[test]
fn the_end_user_is_named() {
    assert_eq!(asked(&json!({ "user": "u" })).0["metadata"], json!({ "user_id": "u" }));
}

#[test]
fn what_the_provider_has_no_word_for_is_told() {
    let fields = json!({ "n": 2, "seed": 1, "presence_penalty": 1, "frequency_penalty": 1, "logit_bias": { "1": 1 },
        "logprobs": true });
    let (body, warnings) = asked(&fields);
    let words: Vec<&str> = warnings.iter().map(|warning| warning.split(' ').next().unwrap()).collect();
    assert_eq!(words, ["n", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs"]);
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["model", "max_tokens", "messages"]);
    let mut speaking = of(vec![Message::text(Role::User, "go")]);
    speaking.wishes.modalities = vec![Modality::Text, Modality::Audio];
    assert!(asking(&speaking).warnings[0].starts_with("modalities"));
}

#[test]
fn the_providers_own_tools_are_asked_for_with_their_options() {
    let search = json!({ "type": "web_search_20260209", "name": "web_search", "max_uses": 2 });
    let bash = json!({ "type": "bash_20250124", "name": "bash" });
    let mut asked =
        request(&json!({ "tools": [search, bash, { "type": "web_fetch_20250910", "name": "web_fetch" }] }));
    asked.provider_tools.maps = Some(true);
    asked.provider_tools.code_execution = Some(false);
    let Asking { body, warnings } = asking(&asked);
    assert_eq!(body["tools"], json!([search, { "type": "web_fetch_20250910", "name": "web_fetch" }, bash]));
    assert!(warnings.iter().any(|warning| warning.contains("maps")), "{warnings:?}");
    let mut custom = Map::new();
    custom.insert("tools".into(), json!([{ "type": "custom", "custom": { "name": "x" } }]));
    let Asking { body, warnings } =
        asking(&Request { extra: custom, ..of(vec![Message::text(Role::User, "go")]) });
    assert_eq!(body["tools"], Value::Null);
    assert!(warnings[0].contains("no functions"), "{warnings:?}");
}
