//! The fields beside the messages.

use serde_json::{Value, json};

use super::{body, read, refusal, refused, request};
use crate::chat::{Attachment, Effort, FailureKind, ResponseFormat, Sampling, Source};
use crate::openai::decode;

#[test]
fn a_minimal_body_leaves_everything_to_the_model() {
    let call = read(&body(&json!({}))).unwrap();
    assert!(!call.stream && !call.include_usage);
    assert_eq!(call.request.model, "m");
    assert_eq!(call.request.sampling, Sampling::default());
    assert_eq!(call.request.effort, None);
    assert!(call.request.extra.is_empty());
}

#[test]
fn null_means_absent() {
    let nulls = json!({
        "temperature": null, "max_tokens": null, "stop": null, "tools": null, "tool_choice": null, "n": null,
        "stream": null, "stream_options": null, "response_format": null, "reasoning_effort": null, "seed": null,
        "logit_bias": null, "attachments": null, "user": null,
    });
    assert_eq!(read(&body(&nulls)).unwrap(), read(&body(&json!({}))).unwrap());
}

#[test]
fn sampling_arrives() {
    let sampling = request(&json!({
        "temperature": 0, "top_p": 1, "top_k": 40.0, "stop": "END", "seed": -7, "presence_penalty": -2,
        "frequency_penalty": 2, "logit_bias": { "50256": -100 }, "logprobs": true, "top_logprobs": 20,
    }))
    .sampling;
    let expected = Sampling {
        temperature: Some(0.0),
        top_p: Some(1.0),
        top_k: Some(40),
        max_tokens: None,
        stop: vec!["END".to_owned()],
        seed: Some(-7),
        presence_penalty: Some(-2.0),
        frequency_penalty: Some(2.0),
        logit_bias: json!({ "50256": -100 }).as_object().unwrap().clone(),
        logprobs: Some(true),
        top_logprobs: Some(20),
    };
    assert_eq!(sampling, expected);
}

#[test]
fn a_stop_text_counts_once() {
    let stop = request(&json!({ "stop": ["a", "b", "a"] })).sampling.stop;
    assert_eq!(stop, ["a", "b"]);
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    let wrong = [
        ("temperature", json!(2.1)),
        ("temperature", json!(-0.1)),
        ("temperature", json!("0.5")),
        ("top_p", json!(1.01)),
        ("top_p", json!(-1)),
        ("top_k", json!(0)),
        ("top_k", json!(1.5)),
        ("presence_penalty", json!(-2.5)),
        ("frequency_penalty", json!(3)),
        ("top_logprobs", json!(21)),
        ("top_logprobs", json!(-1)),
        ("max_tokens", json!(0)),
        ("max_tokens", json!(-1)),
        ("max_completion_tokens", json!(1.5)),
        ("max_output_tokens", json!("100")),
        ("n", json!(0)),
        ("n", json!(129)),
        ("n", json!(-1)),
        ("seed", json!(0.5)),
        ("seed", json!(u64::MAX)),
        ("logprobs", json!(1)),
        ("logit_bias", json!([])),
        ("stream", json!("yes")),
        ("stream_options", json!(true)),
        ("parallel_tool_calls", json!("no")),
        ("stop", json!(5)),
        ("stop", json!("")),
        ("reasoning_effort", json!("very")),
        ("reasoning_effort", json!(-2)),
        ("reasoning_effort", json!(1.5)),
        ("user", json!(7)),
        ("mcp_endpoint", json!("")),
        ("attachments", json!("a.png")),
        ("store", json!("true")),
        ("metadata", json!([])),
        ("verbosity", json!(1)),
    ];
    for (field, value) in wrong {
        let (param, message) = refusal(&json!({ field: value }));
        assert_eq!(param, field);
        assert!(message.contains(&format!("'{field}'")), "{message}");
    }
}

#[test]
fn a_nested_field_is_named_with_its_way() {
    let wrong = [
        (json!({ "logit_bias": { "7": 101 } }), "logit_bias.7"),
        (json!({ "stop": ["a", 5] }), "stop[1]"),
        (json!({ "stream_options": { "include_usage": 1 } }), "stream_options.include_usage"),
        (json!({ "response_format": { "type": "xml" } }), "response_format.type"),
        (json!({ "response_format": {} }), "response_format.type"),
        (json!({ "response_format": { "type": "json_schema" } }), "response_format.json_schema"),
        (
            json!({ "response_format": { "type": "json_schema", "json_schema": {} } }),
            "response_format.json_schema.name",
        ),
        (json!({ "attachments": [{ "name": "a" }] }), "attachments[0].url"),
    ];
    for (fields, param) in wrong {
        assert_eq!(refusal(&fields).0, param);
    }
}

#[test]
fn a_refusal_says_what_was_expected_and_what_came() {
    let message = |fields: Value| refusal(&fields).1;
    insta::assert_snapshot!(message(json!({ "temperature": 3 })), @"'temperature' must be a number from 0 to 2, but is 3.");
    insta::assert_snapshot!(message(json!({ "temperature": "hot" })), @r#"'temperature' must be a number from 0 to 2, but is the string "hot"."#);
    insta::assert_snapshot!(message(json!({ "stream": {} })), @"'stream' must be true or false, but is an object.");
    insta::assert_snapshot!(message(json!({ "n": 0 })), @"'n' must be a whole number from 1 to 128, but is 0.");
}

#[test]
fn what_may_have_been_said_is_not_repeated_in_a_refusal() {
    let (_, message) = refusal(&json!({ "messages": "a secret" }));
    assert_eq!(message, "'messages' must be an array, but is a string.");
}

#[test]
fn a_long_text_is_not_repeated_in_a_refusal() {
    let secret = "s".repeat(41);
    assert!(!refusal(&json!({ "temperature": secret })).1.contains("sss"));
}

#[test]
fn the_three_names_of_max_tokens_mean_the_same() {
    for name in ["max_tokens", "max_completion_tokens", "max_output_tokens"] {
        assert_eq!(request(&json!({ name: 12 })).sampling.max_tokens, Some(12));
    }
    let agreeing = json!({ "max_tokens": 12, "max_completion_tokens": 12.0, "max_output_tokens": null });
    assert_eq!(request(&agreeing).sampling.max_tokens, Some(12));
}

#[test]
fn names_of_max_tokens_that_disagree_are_refused() {
    let (param, message) = refusal(&json!({ "max_tokens": 12, "max_output_tokens": 13 }));
    assert_eq!(param, "max_output_tokens");
    assert!(
        message.contains("'max_tokens' (12)") && message.contains("'max_output_tokens' (13)"),
        "{message}"
    );
}

#[test]
fn stop_is_a_text_or_up_to_sixteen() {
    assert_eq!(request(&json!({ "stop": "\n" })).sampling.stop, ["\n"]);
    assert!(request(&json!({ "stop": [] })).sampling.stop.is_empty());
    let sixteen: Vec<String> = (0..16).map(|number| number.to_string()).collect();
    assert_eq!(request(&json!({ "stop": sixteen })).sampling.stop, sixteen);
    let (param, message) = refusal(&json!({ "stop": vec!["x"; 17] }));
    assert_eq!(param, "stop");
    assert!(message.contains("16") && message.contains("17"), "{message}");
}

#[test]
fn several_answers_may_be_asked_for() {
    for (n, candidates) in [(json!(1), None), (json!(1.0), None), (json!(3), Some(3))] {
        assert_eq!(request(&json!({ "n": n })).candidates, candidates);
    }
}

#[test]
fn effort_is_a_word_or_a_number() {
    let expected = [
        (json!("none"), Effort::None),
        (json!(0), Effort::None),
        (json!("0"), Effort::None),
        (json!("minimal"), Effort::Minimal),
        (json!("low"), Effort::Low),
        (json!("medium"), Effort::Medium),
        (json!("high"), Effort::High),
        (json!("xhigh"), Effort::Unlimited),
        (json!("max"), Effort::Unlimited),
        (json!(-1), Effort::Unlimited),
        (json!("-1"), Effort::Unlimited),
        (json!(8192), Effort::Budget(8192)),
        (json!("8192"), Effort::Budget(8192)),
        (json!(8192.0), Effort::Budget(8192)),
    ];
    for (value, effort) in expected {
        assert_eq!(request(&json!({ "reasoning_effort": value })).effort, Some(effort), "{value}");
    }
}

#[test]
fn response_formats() {
    let format = |value: Value| request(&json!({ "response_format": value })).response_format;
    assert_eq!(format(json!({ "type": "text" })), ResponseFormat::Text);
    assert_eq!(format(json!("json_object")), ResponseFormat::JsonObject);
    assert_eq!(format(json!({ "type": "json_object" })), ResponseFormat::JsonObject);
    let schema = json!({ "type": "json_schema", "json_schema":
        { "name": "a", "description": "An a.", "strict": true, "schema": { "type": "object" } } });
    let expected = ResponseFormat::JsonSchema {
        name: "a".to_owned(),
        schema: json!({ "type": "object", "description": "An a." }),
        strict: true,
    };
    assert_eq!(format(schema), expected);
}

#[test]
fn stream_options_ask_for_usage() {
    let call = read(&body(&json!({ "stream": true, "stream_options": { "include_usage": true } }))).unwrap();
    assert!(call.stream && call.include_usage);
    assert!(!read(&body(&json!({ "stream": true, "stream_options": {} }))).unwrap().include_usage);
}

#[test]
fn attachments_and_mcp_endpoint_arrive() {
    let request = request(&json!({
        "attachments": [
            "data:text/plain;base64,SGk=",
            { "url": "https://a.example/b.pdf", "filename": "b.pdf" },
            { "data": "SGk=", "mime_type": "text/plain" },
        ],
        "mcp_endpoint": "http://127.0.0.1:9000",
    }));
    let hi = Source::Data { mime: Some("text/plain".to_owned()), base64: "SGk=".to_owned() };
    let link = Source::Url("https://a.example/b.pdf".to_owned());
    let expected = [
        Attachment { source: hi.clone(), name: None },
        Attachment { source: link, name: Some("b.pdf".to_owned()) },
        Attachment { source: hi, name: None },
    ];
    assert_eq!(request.attachments, expected);
    assert_eq!(request.mcp_endpoint.as_deref(), Some("http://127.0.0.1:9000"));
}

#[test]
fn what_has_no_place_is_kept_as_it_came() {
    let extra = request(&json!({
        "zeta": [1], "metadata": { "a": "b" }, "service_tier": "auto", "temperature": 1, "alpha": null,
    }))
    .extra;
    let expected = json!({ "zeta": [1], "metadata": { "a": "b" }, "service_tier": "auto", "alpha": null });
    assert_eq!(Value::Object(extra.clone()), expected);
    assert_eq!(extra.keys().collect::<Vec<_>>(), ["zeta", "metadata", "service_tier", "alpha"]);
}

#[test]
fn the_model_must_be_named() {
    for model in [json!(null), json!(""), json!("  "), json!(5)] {
        assert_eq!(refused(&json!({ "model": model, "messages": [] })).0, "model");
    }
    assert_eq!(refused(&json!({ "messages": [{ "role": "user", "content": "Hi" }] })).0, "model");
}

#[test]
fn a_body_that_is_no_json_object_is_refused_with_the_place() {
    let message = |bytes: &[u8]| {
        let failure = decode(bytes).expect_err("the body is wrong");
        assert_eq!((failure.kind, failure.param), (FailureKind::BadRequest, None));
        failure.message
    };
    insta::assert_snapshot!(message(b"{\n \"model\": }"), @"The body is not valid JSON: expected value at line 2 column 11.");
    insta::assert_snapshot!(message(b"{\"model\": \"\xff\"}"), @"The body is not valid UTF-8 after byte 11.");
    insta::assert_snapshot!(message(b" \n"), @"The body is empty; send a JSON object.");
    insta::assert_snapshot!(message(b"[]"), @"The body must be a JSON object, but is an array.");
    assert!(message("[".repeat(100_000).as_bytes()).contains("recursion limit"));
}
