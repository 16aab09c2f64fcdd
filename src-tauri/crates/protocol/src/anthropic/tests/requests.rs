//! Bodies of clients.

use serde_json::{Value, json};

use super::{body, read, refusal, request};
use crate::anthropic::{decode_count, encode_count, estimate};
use crate::chat::{
    Effort, Message, Part, ProviderTools, ResponseFormat, Role, Source, Tool, ToolCall, ToolChoice,
};
use crate::dialect::{Asked, Dialect, Signature};

fn said(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn message(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts }
}

fn messages(entries: &Value) -> Vec<Message> {
    request(&json!({ "messages": entries })).messages
}

/// The parts of one block of a user.
fn parts(block: &Value) -> Vec<Part> {
    messages(&json!([{ "role": "user", "content": [block] }])).remove(0).parts
}

#[test]
fn the_plain_fields_are_read() {
    let fields = json!({
        "stream": true, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "stop_sequences": ["a", "\n"],
        "metadata": { "user_id": "u" }, "cache_control": { "type": "ephemeral" }, "service_tier": "auto",
    });
    let call = read(&body(&fields)).unwrap();
    assert!(call.stream);
    let request = call.request;
    let sampling = &request.sampling;
    assert_eq!((sampling.temperature, sampling.top_p, sampling.top_k), (Some(0.5), Some(0.9), Some(40)));
    assert_eq!(
        (sampling.max_tokens, &sampling.stop[..]),
        (Some(100), &["a".to_owned(), "\n".to_owned()][..])
    );
    assert_eq!((request.model.as_str(), request.user.as_deref()), ("m", Some("u")));
    let kept: Vec<&String> = request.extra.keys().collect();
    assert_eq!(kept, ["service_tier"], "a mark for the cache changes no answer");
    assert_eq!(request.messages, [Message::text(Role::User, "Hi")]);
    assert_eq!(super::request(&json!({ "top_k": 0 })).sampling.top_k, None);
}

#[test]
fn system_is_a_string_or_blocks() {
    let system = |value: Value| request(&json!({ "system": value })).messages.remove(0);
    assert_eq!(system(json!("Be brief.")), Message::text(Role::System, "Be brief."));
    let blocks = json!([{ "type": "text", "text": "a", "cache_control": { "type": "ephemeral" } }, { "type": "text", "text": "b" }]);
    assert_eq!(system(blocks), message(Role::System, vec![said("a"), said("b")]));
    assert_eq!(request(&json!({ "system": "" })).messages.len(), 1, "nothing is said");
}

#[test]
fn every_block_of_a_user_is_read() {
    let data = |mime: &str| Source::Data { mime: Some(mime.to_owned()), base64: "iVBORw==".to_owned() };
    let file = |source| Part::File { source, name: Some("T".to_owned()) };
    let image = |source| Part::Image { source, detail: None };
    let base64 = |mime: &str| json!({ "type": "base64", "media_type": mime, "data": "iVBORw==" });
    let document = |source: Value| json!({ "type": "document", "title": "T", "source": source });
    let plain = Source::Data { mime: Some("text/plain".into()), base64: "SGk=".into() };
    let table = [
        (json!({ "type": "text", "text": "a", "citations": null }), vec![said("a")]),
        (json!({ "type": "image", "source": base64("image/png") }), vec![image(data("image/png"))]),
        (
            json!({ "type": "image", "source": { "type": "url", "url": "https://a.example/x.png" } }),
            vec![image(Source::Url("https://a.example/x.png".into()))],
        ),
        (
            json!({ "type": "image", "source": { "type": "file", "file_id": "file_1" } }),
            vec![image(Source::FileId("file_1".into()))],
        ),
        (document(base64("application/pdf")), vec![file(data("application/pdf"))]),
        (
            document(json!({ "type": "url", "url": "https://a.example/x.pdf" })),
            vec![file(Source::Url("https://a.example/x.pdf".into()))],
        ),
        (
            document(json!({ "type": "text", "media_type": "text/plain", "data": "Hi" })),
            vec![file(plain.clone())],
        ),
        (document(json!({ "type": "content", "content": "Hi" })), vec![file(plain)]),
        (
            document(json!({ "type": "content", "content": [{ "type": "text", "text": "Hi" }] })),
            vec![said("Hi")],
        ),
        (
            json!({ "type": "search_result", "title": "T", "source": "s", "content": [{ "type": "text", "text": "x" }] }),
            vec![said("T (s):"), said("x")],
        ),
        (json!({ "type": "container_upload", "file_id": "f" }), vec![]),
    ];
    for (block, expected) in table {
        assert_eq!(parts(&block), expected, "{block}");
    }
}

#[test]
fn results_become_messages_of_their_own_with_their_pictures() {
    let picture = json!({ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw==" } });
    let entries = json!([
        { "role": "user", "content": "go" },
        { "role": "assistant", "content": [
            { "type": "thinking", "thinking": "hm", "signature": "sig" },
            { "type": "redacted_thinking", "data": "xyz" },
            { "type": "text", "text": "I look." },
            { "type": "tool_use", "id": "t1", "name": "f", "input": { "b": 1, "a": 2 } },
            { "type": "tool_use", "id": "t2", "name": "g", "input": {} },
        ] },
        { "role": "user", "content": [
            { "type": "tool_result", "tool_use_id": "t1", "content": [{ "type": "text", "text": "one" }, picture] },
            { "type": "tool_result", "tool_use_id": "t2", "is_error": true, "content": "broken" },
            { "type": "text", "text": "and?" },
        ] },
    ]);
    let seal = |text: &str| Signature::new(Dialect::Messages, text);
    let call = |id: &str, name: &str, arguments: &str| {
        Part::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() })
    };
    let result =
        |id: &str, text: &str, failed| Part::ToolResult { call_id: id.into(), text: text.into(), failed };
    let source = Source::Data { mime: Some("image/png".into()), base64: "iVBORw==".into() };
    let expected = [
        Message::text(Role::User, "go"),
        message(
            Role::Assistant,
            vec![
                Part::Reasoning { text: "hm".into() },
                Part::Signature(seal("sig")),
                Part::Sealed(seal("xyz")),
                said("I look."),
                call("t1", "f", r#"{"b":1,"a":2}"#),
                call("t2", "g", "{}"),
            ],
        ),
        message(Role::Tool, vec![result("t1", "one", false), Part::Image { source, detail: None }]),
        message(Role::Tool, vec![result("t2", "broken", true)]),
        Message::text(Role::User, "and?"),
    ];
    assert_eq!(messages(&entries), expected);
}

#[test]
fn a_picture_after_a_result_belongs_to_the_user() {
    let entries = json!([{ "role": "user", "content": [
        { "type": "text", "text": "before" },
        { "type": "tool_result", "tool_use_id": "t1" },
        { "type": "image", "source": { "type": "url", "url": "https://a.example/" } },
    ] }]);
    let roles: Vec<(Role, usize)> =
        messages(&entries).iter().map(|message| (message.role, message.parts.len())).collect();
    assert_eq!(roles, [(Role::User, 1), (Role::Tool, 1), (Role::User, 1)]);
}

#[test]
fn what_the_providers_tools_said_before_is_skipped_and_a_seal_without_words_is_kept() {
    let entries = json!([{ "role": "assistant", "content": [
        { "type": "thinking", "thinking": "", "signature": "gemini:abc" },
        { "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} },
        { "type": "web_search_tool_result", "tool_use_id": "s", "content": [] },
        { "type": "bash_code_execution_tool_result", "tool_use_id": "s", "content": {} },
        { "type": "text", "text": "Found.", "citations": [{ "type": "web_search_result_location" }] },
    ] }]);
    let seal = Part::Signature(Signature::new(Dialect::Gemini, "abc"));
    assert_eq!(messages(&entries), [message(Role::Assistant, vec![seal, said("Found.")])]);
}

#[test]
fn functions_and_the_providers_tools_are_told_apart() {
    let search = json!({ "type": "web_search_20250305", "name": "web_search", "max_uses": 2 });
    let bash = json!({ "type": "bash_20250124", "name": "bash" });
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let request = request(&json!({ "tools": [
        { "name": "f", "description": "d", "input_schema": schema, "cache_control": { "type": "ephemeral" } },
        { "type": "custom", "name": "g", "input_schema": { "type": "object" }, "strict": true },
        search,
        { "type": "web_fetch_20250910", "name": "web_fetch" },
        { "type": "code_execution_20250825", "name": "code_execution" },
        bash,
    ] }));
    let tool = |name: &str, description: Option<&str>, parameters, strict| Tool {
        name: name.into(),
        description: description.map(str::to_owned),
        parameters: Some(parameters),
        strict,
        mcp_endpoint: None,
    };
    let expected =
        [tool("f", Some("d"), schema, None), tool("g", None, json!({ "type": "object" }), Some(true))];
    assert_eq!(request.tools, expected);
    let provider =
        ProviderTools { search: Some(true), url_context: Some(true), code_execution: Some(true), maps: None };
    assert_eq!(request.provider_tools, provider);
    assert_eq!(request.extra["tools"], json!([bash]));
    assert_eq!(request.extra["server_tools"], json!([search]), "only what has options");
}

#[test]
fn every_choice_of_tools_is_read() {
    let tools = json!([{ "name": "f", "input_schema": { "type": "object" } }]);
    let searching = json!([{ "type": "web_search_20250305", "name": "web_search" }]);
    let table = [
        (&tools, json!({ "type": "auto" }), ToolChoice::Auto, None),
        (
            &tools,
            json!({ "type": "any", "disable_parallel_tool_use": true }),
            ToolChoice::Required,
            Some(false),
        ),
        (
            &tools,
            json!({ "type": "tool", "name": "f", "disable_parallel_tool_use": false }),
            ToolChoice::Named("f".into()),
            Some(true),
        ),
        (&tools, json!({ "type": "none" }), ToolChoice::None, None),
        (&searching, json!({ "type": "any" }), ToolChoice::Auto, None),
        (&searching, json!({ "type": "tool", "name": "web_search" }), ToolChoice::Auto, None),
    ];
    for (tools, choice, expected, parallel) in table {
        let request = request(&json!({ "tools": tools, "tool_choice": choice }));
        assert_eq!((request.tool_choice, request.parallel_tool_calls), (expected, parallel), "{choice}");
    }
}

#[test]
fn thinking_and_effort_are_one_wish() {
    let table = [
        (json!({}), None, None),
        (
            json!({ "thinking": { "type": "enabled", "budget_tokens": 2048 } }),
            Some(Effort::Budget(2048)),
            Some(true),
        ),
        (json!({ "thinking": { "type": "adaptive" } }), None, Some(true)),
        (json!({ "thinking": { "type": "adaptive", "display": "omitted" } }), None, Some(false)),
        (
            json!({ "thinking": { "type": "disabled" }, "output_config": { "effort": "high" } }),
            Some(Effort::None),
            None,
        ),
        (json!({ "thinking": { "type": "between_tools" } }), Some(Effort::None), None),
        (json!({ "output_config": { "effort": "low" } }), Some(Effort::Low), None),
        (json!({ "output_config": { "effort": "medium" } }), Some(Effort::Medium), None),
        (
            json!({ "thinking": { "type": "adaptive" }, "output_config": { "effort": "high" } }),
            Some(Effort::High),
            Some(true),
        ),
        (json!({ "output_config": { "effort": "xhigh" } }), Some(Effort::Unlimited), None),
        (json!({ "output_config": { "effort": "max" } }), Some(Effort::Unlimited), None),
    ];
    for (fields, effort, shown) in table {
        let request = request(&fields);
        assert_eq!((request.effort, request.wishes.include_thoughts), (effort, shown), "{fields}");
        assert!(request.extra.is_empty(), "{fields}");
    }
}

#[test]
fn a_schema_for_the_answer_is_read_under_both_names() {
    let schema = json!({ "type": "object" });
    let format = json!({ "type": "json_schema", "schema": schema });
    let expected = ResponseFormat::JsonSchema { name: "answer".into(), schema, strict: true };
    for fields in [json!({ "output_config": { "format": format } }), json!({ "output_format": format })] {
        assert_eq!(request(&fields).response_format, expected, "{fields}");
    }
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let user = |content: Value| json!({ "messages": [{ "role": "user", "content": content }] });
    let table = [
        (json!({ "model": "" }), "model"),
        (json!({ "model": null }), "model"),
        (json!({ "max_tokens": null }), "max_tokens"),
        (json!({ "max_tokens": 0 }), "max_tokens"),
        (json!({ "messages": [] }), "messages"),
        (json!({ "messages": [{ "role": "tool", "content": "" }] }), "messages[0].role"),
        (json!({ "messages": [{ "role": "user" }] }), "messages[0].content"),
        (user(json!(3)), "messages[0].content"),
        (user(json!([{ "type": "audio" }])), "messages[0].content[0].type"),
        (user(json!([{ "type": "text" }])), "messages[0].content[0].text"),
        (user(json!([{ "type": "image" }])), "messages[0].content[0].source"),
        (user(json!([{ "type": "image", "source": { "type": "x" } }])), "messages[0].content[0].source.type"),
        (
            user(json!([{ "type": "image", "source": { "type": "base64", "data": "AA==" } }])),
            "messages[0].content[0].source.media_type",
        ),
        (
            user(
                json!([{ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "?" } }]),
            ),
            "messages[0].content[0].source.data",
        ),
        (user(json!([{ "type": "tool_result" }])), "messages[0].content[0].tool_use_id"),
        (
            user(json!([{ "type": "tool_result", "tool_use_id": "t", "content": [{ "type": "x" }] }])),
            "messages[0].content[0].content[0].type",
        ),
        (
            user(json!([{ "type": "tool_use", "id": "t", "name": "f", "input": [] }])),
            "messages[0].content[0].input",
        ),
        (json!({ "system": 1 }), "system"),
        (json!({ "system": [{ "text": "a" }] }), "system[0].type"),
        (json!({ "tools": [{ "name": "f" }] }), "tools[0].input_schema"),
        (json!({ "tools": [{ "input_schema": {} }] }), "tools[0].name"),
        (json!({ "tool_choice": { "type": "any" } }), "tool_choice.type"),
        (json!({ "tool_choice": { "type": "tool", "name": "f" } }), "tool_choice.name"),
        (json!({ "tool_choice": { "type": "sometimes" } }), "tool_choice.type"),
        (json!({ "thinking": { "type": "enabled" } }), "thinking.budget_tokens"),
        (json!({ "thinking": { "type": "enabled", "budget_tokens": 3 } }), "thinking.budget_tokens"),
        (json!({ "thinking": { "type": "much" } }), "thinking.type"),
        (json!({ "output_config": { "effort": "huge" } }), "output_config.effort"),
        (json!({ "output_config": { "format": { "type": "xml" } } }), "output_config.format.type"),
        (json!({ "output_config": { "format": { "type": "json_schema" } } }), "output_config.format.schema"),
        (json!({ "temperature": 1.5 }), "temperature"),
        (json!({ "stop_sequences": [""] }), "stop_sequences[0]"),
        (json!({ "metadata": { "user_id": 1 } }), "metadata.user_id"),
        (json!({ "stream": "yes" }), "stream"),
    ];
    for (fields, param) in table {
        let (named, message) = refusal(&fields);
        assert_eq!(named, param, "{fields}: {message}");
        assert!(message.contains(&format!("'{param}'")), "{fields}: {message}");
    }
}

#[test]
fn a_count_needs_no_length_of_the_answer() {
    let body = json!({ "model": "m", "system": "s", "messages": [{ "role": "user", "content": "Hi" }] });
    let request = decode_count(body.to_string().as_bytes()).unwrap();
    assert_eq!((request.messages.len(), request.sampling.max_tokens), (2, None));
    assert!(decode_count(b"{}").is_err());
    assert_eq!(encode_count(7), br#"{"input_tokens":7}"#);
}

#[test]
fn the_length_of_a_prompt_is_guessed_without_its_bytes() {
    let short = estimate(&request(&json!({})));
    let long = estimate(&request(&json!({ "system": "x".repeat(4000) })));
    assert!((1..10).contains(&short), "{short}");
    assert!((1000..1010).contains(&long), "{long}");
    let picture = json!({ "type": "base64", "media_type": "image/png", "data": "A".repeat(400_000) });
    let seen = request(
        &json!({ "messages": [{ "role": "user", "content": [{ "type": "image", "source": picture }] }] }),
    );
    assert!((1000..2000).contains(&estimate(&seen)));
}

#[test]
fn a_call_is_asked_in_its_own_form() {
    let asked = Asked::from(read(&body(&json!({ "stream": true }))).unwrap());
    assert!(asked.stream);
    assert_eq!(asked.form.dialect(), Dialect::Messages);
}
