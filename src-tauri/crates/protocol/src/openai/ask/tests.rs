use serde_json::{Value, json};

use super::{Habits, ask};
use crate::chat::{
    Attachment, Effort, Message, Modality, Part, ProviderTools, Request, ResponseFormat, Role, Sampling,
    Source, Tool, ToolCall, ToolChoice, Wishes,
};
use crate::dialect::{Dialect, Signature};
use crate::openai::decode;

const PLAIN: Habits = Habits { official: false, wants_reasoning: false, google: false };

fn data(mime: &str, base64: &str) -> Source {
    Source::Data { mime: Some(mime.to_owned()), base64: base64.to_owned() }
}

fn said(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts }
}

fn text(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn call(id: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: arguments.to_owned() })
}

fn result(id: &str, text: &str) -> Part {
    Part::ToolResult { call_id: id.to_owned(), text: text.to_owned(), failed: false }
}

fn request(messages: Vec<Message>) -> Request {
    Request { model: "m".to_owned(), messages, ..Request::default() }
}

fn messages(list: Vec<Message>, habits: Habits) -> Value {
    ask(&request(list), false, habits).body["messages"].clone()
}

/// A request in which everything is said that this dialect has a word for.
fn full() -> Request {
    let tool = Tool {
        name: "f".to_owned(),
        description: Some("Does.".to_owned()),
        parameters: Some(json!({ "type": "object" })),
        strict: Some(true),
        mcp_endpoint: None,
    };
    Request {
        sampling: Sampling {
            temperature: Some(0.5),
            top_p: Some(0.9),
            top_k: Some(40),
            max_tokens: Some(100),
            stop: vec!["END".to_owned()],
            seed: Some(7),
            presence_penalty: Some(0.1),
            frequency_penalty: Some(-0.1),
            logit_bias: json!({ "42": -100 }).as_object().cloned().unwrap_or_default(),
            logprobs: Some(true),
            top_logprobs: Some(3),
        },
        effort: Some(Effort::Medium),
        tools: vec![tool],
        tool_choice: ToolChoice::Named("f".to_owned()),
        parallel_tool_calls: Some(false),
        provider_tools: ProviderTools { search: Some(true), ..ProviderTools::default() },
        candidates: Some(2),
        response_format: ResponseFormat::JsonSchema {
            name: "s".to_owned(),
            schema: json!({ "type": "object" }),
            strict: true,
        },
        user: Some("ada".to_owned()),
        extra: json!({ "metadata": { "a": "b" }, "verbosity": "low" })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        ..request(vec![said(Role::User, vec![text("Hi")])])
    }
}

#[test]
fn everything_has_its_field() {
    let asking = ask(&full(), true, PLAIN);
    let expected = json!({
        "model": "m",
        "messages": [{ "role": "user", "content": "Hi" }],
        "stream": true,
        "stream_options": { "include_usage": true },
        "n": 2,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "max_tokens": 100,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "logit_bias": { "42": -100 },
        "logprobs": true,
        "top_logprobs": 3,
        "reasoning_effort": "medium",
        "tools": [{ "type": "function", "function":
            { "name": "f", "description": "Does.", "parameters": { "type": "object" }, "strict": true } }],
        "tool_choice": { "type": "function", "function": { "name": "f" } },
        "parallel_tool_calls": false,
        "web_search_options": {},
        "response_format": { "type": "json_schema", "json_schema":
            { "name": "s", "schema": { "type": "object" }, "strict": true } },
        "user": "ada",
        "metadata": { "a": "b" },
        "verbosity": "low",
    });
    assert_eq!(asking.body, expected);
    assert!(asking.warnings.is_empty());
}

#[test]
fn what_is_asked_decodes_to_the_request() {
    let asking = ask(&full(), true, PLAIN);
    let call = decode(asking.body.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(call.request, full());
    assert!(call.stream && call.include_usage);
}

#[test]
fn the_official_service_is_asked_in_its_own_words_only() {
    let wishes = Wishes { aspect_ratio: Some("16:9".to_owned()), ..Wishes::default() };
    let request = Request { effort: Some(Effort::Unlimited), wishes, ..full() };
    let asking = ask(&request, false, Habits { official: true, ..PLAIN });
    assert_eq!(asking.body["max_completion_tokens"], 100);
    assert_eq!(asking.body["reasoning_effort"], "xhigh");
    for key in ["top_k", "max_tokens", "image_config", "stream", "stream_options"] {
        assert_eq!(asking.body.get(key), None, "{key}");
    }
    assert_eq!(asking.warnings.len(), 2);
    assert!(asking.warnings[0].contains("'top_k'"));
    assert_eq!(ask(&request, false, PLAIN).body["image_config"], json!({ "aspect_ratio": "16:9" }));
}

#[test]
fn effort_becomes_a_word() {
    let efforts = [
        (Effort::None, "none"),
        (Effort::Minimal, "minimal"),
        (Effort::Low, "low"),
        (Effort::High, "high"),
        (Effort::Unlimited, "high"),
        (Effort::Budget(0), "none"),
        (Effort::Budget(1024), "low"),
        (Effort::Budget(8192), "medium"),
        (Effort::Budget(32_000), "high"),
    ];
    for (effort, word) in efforts {
        let request = Request { effort: Some(effort), ..request(Vec::new()) };
        assert_eq!(ask(&request, false, PLAIN).body["reasoning_effort"], word, "{effort:?}");
    }
}

#[test]
fn media_goes_as_data_or_address() {
    let image = |source| Part::Image { source, detail: Some("low".to_owned()) };
    let parts = vec![
        text("Look:"),
        image(data("image/png", "AAAA")),
        Part::Image { source: Source::Data { mime: None, base64: "/9j/AAAA".to_owned() }, detail: None },
        Part::Image { source: Source::Url("https://a.example/a.png".to_owned()), detail: None },
        Part::Audio { source: data("audio/mpeg", "AAAA") },
        Part::Audio { source: Source::Url("https://a.example/a.wav".to_owned()) },
        Part::Video { source: data("video/mp4", "AAAA") },
        Part::File { source: data("application/pdf", "AAAA"), name: Some("a.pdf".to_owned()) },
        Part::File { source: data("application/json", "AAAA"), name: None },
        Part::File { source: Source::FileId("file-1".to_owned()), name: None },
    ];
    let expected = json!([{ "role": "user", "content": [
        { "type": "text", "text": "Look:" },
        { "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA", "detail": "low" } },
        { "type": "image_url", "image_url": { "url": "data:image/jpeg;base64,/9j/AAAA" } },
        { "type": "image_url", "image_url": { "url": "https://a.example/a.png" } },
        { "type": "input_audio", "input_audio": { "data": "AAAA", "format": "mp3" } },
        { "type": "audio_url", "audio_url": { "url": "https://a.example/a.wav" } },
        { "type": "video_url", "video_url": { "url": "data:video/mp4;base64,AAAA" } },
        { "type": "file", "file": { "file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf" } },
        { "type": "file", "file": { "file_data": "data:application/json;base64,AAAA", "filename": "file.json" } },
        { "type": "file", "file": { "file_id": "file-1" } },
    ] }]);
    assert_eq!(messages(vec![said(Role::User, parts)], PLAIN), expected);
}

#[test]
fn pictures_of_tools_and_of_the_model_wait_for_the_user() {
    let picture = || Part::Image { source: data("image/png", "AAAA"), detail: None };
    let item = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } });
    let list = vec![
        said(Role::User, vec![text("Draw")]),
        said(Role::Assistant, vec![call("1", ""), call("2", "{\"a\":1}")]),
        said(Role::Tool, vec![result("1", "one"), picture()]),
        said(Role::Tool, vec![result("2", "two")]),
        said(Role::Assistant, vec![text("There"), picture()]),
        said(Role::User, vec![text("And?")]),
    ];
    let function = |id: &str, arguments: &str| json!({ "id": id, "type": "function", "function": { "name": "f", "arguments": arguments } });
    let expected = json!([
        { "role": "user", "content": "Draw" },
        { "role": "assistant", "content": null, "tool_calls": [function("1", "{}"), function("2", "{\"a\":1}")] },
        { "role": "tool", "tool_call_id": "1", "content": "one" },
        { "role": "tool", "tool_call_id": "2", "content": "two" },
        { "role": "user", "content": [item] },
        { "role": "assistant", "content": "There" },
        { "role": "user", "content": [item, { "type": "text", "text": "And?" }] },
    ]);
    assert_eq!(messages(list, PLAIN), expected);
}

#[test]
fn files_beside_the_messages_go_with_the_last_one_of_the_user() {
    let attachment = Attachment { source: data("image/png", "AAAA"), name: None };
    let list = vec![said(Role::User, vec![text("Look")]), said(Role::Assistant, vec![text("Yes")])];
    let request = Request { attachments: vec![attachment], ..request(list) };
    let body = ask(&request, false, PLAIN).body;
    assert_eq!(body["messages"][0]["content"][1]["image_url"]["url"], "data:image/png;base64,AAAA");
    assert_eq!(body["messages"].as_array().map(Vec::len), Some(2));
}

#[test]
fn thinking_goes_back_only_to_those_who_want_it() {
    let seal = |by, text: &str| Signature::new(by, text);
    let parts = vec![
        Part::Reasoning { text: "Hm.".to_owned() },
        Part::Signature(seal(Dialect::Chat, "own")),
        Part::Reasoning { text: "So.".to_owned() },
        Part::Signature(seal(Dialect::Messages, "foreign")),
        Part::Sealed(seal(Dialect::Responses, "foreign")),
        text("Yes."),
        Part::Signature(seal(Dialect::Gemini, "text seal")),
        call("1", "{}"),
        Part::Signature(seal(Dialect::Gemini, "call seal")),
    ];
    let list = || vec![said(Role::Assistant, parts.clone())];
    let bare = json!({ "role": "assistant", "content": "Yes.", "tool_calls": [
        { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } } ] });
    assert_eq!(messages(list(), PLAIN)[0], bare);

    let mut thinking = bare.clone();
    thinking["reasoning_content"] = "Hm.So.".into();
    thinking["reasoning_details"] = json!([
        { "type": "reasoning.text", "text": "Hm.", "signature": "own" },
        { "type": "reasoning.text", "text": "So." },
    ]);
    assert_eq!(messages(list(), Habits { wants_reasoning: true, ..PLAIN })[0], thinking);

    let extra = |seal: &str| json!({ "google": { "thought_signature": seal } });
    let mut google = bare;
    google["extra_content"] = extra("text seal");
    google["tool_calls"][0]["extra_content"] = extra("call seal");
    assert_eq!(messages(list(), Habits { google: true, ..PLAIN })[0], google);
}

#[test]
fn calls_that_were_not_thought_about_have_empty_thoughts_for_those_who_demand_some() {
    let habits = Habits { wants_reasoning: true, ..PLAIN };
    let list = vec![said(Role::Assistant, vec![call("1", "{}")]), said(Role::Assistant, vec![text("A")])];
    let told = messages(list, habits);
    assert_eq!(told[0]["reasoning_content"], "");
    assert_eq!(told[1].get("reasoning_content"), None);
}

#[test]
fn custom_tools_keep_their_form() {
    let tools = json!([{ "type": "custom", "custom": { "name": "f" } }]);
    let request = Request {
        tool_choice: ToolChoice::Named("f".to_owned()),
        extra: json!({ "tools": tools }).as_object().cloned().unwrap_or_default(),
        ..request(vec![said(Role::Assistant, vec![call("1", r#"{"input":"ls"}"#)])])
    };
    let body = ask(&request, false, PLAIN).body;
    assert_eq!(body["tools"], tools);
    assert_eq!(body["tool_choice"], json!({ "type": "custom", "custom": { "name": "f" } }));
    let expected = json!({ "id": "1", "type": "custom", "custom": { "name": "f", "input": "ls" } });
    assert_eq!(body["messages"][0]["tool_calls"][0], expected);
}

#[test]
fn without_tools_nothing_is_said_of_choosing_one() {
    let request = Request {
        tool_choice: ToolChoice::None,
        parallel_tool_calls: Some(true),
        ..request(vec![said(Role::User, vec![text("Hi")])])
    };
    let body = ask(&request, false, PLAIN).body;
    assert_eq!(body, json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }] }));
}

#[test]
fn what_has_no_word_is_named() {
    let request = Request {
        provider_tools: ProviderTools {
            url_context: Some(true),
            maps: Some(false),
            ..ProviderTools::default()
        },
        wishes: Wishes { modalities: vec![Modality::Text, Modality::Audio], ..Wishes::default() },
        ..request(Vec::new())
    };
    let asking = ask(&request, true, PLAIN);
    assert_eq!(asking.warnings.len(), 1);
    assert!(asking.warnings[0].contains("addresses"));
    assert_eq!(asking.body["audio"], json!({ "voice": "alloy", "format": "pcm16" }));
    assert_eq!(ask(&request, false, PLAIN).body["audio"]["format"], "wav");
}
