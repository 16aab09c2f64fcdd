//! Requests in the provider's words.

use serde_json::{Map, Value, json};

use super::{asking, facts};
use crate::chat::{
    Attachment, BlockFrom, Effort, Harm, MediaResolution, Message, Modality, Part, Request, ResponseFormat,
    Role, Safety, Source, Tool, ToolCall, ToolChoice,
};
use crate::dialect::{Dialect, Signature};
use crate::gemini::{Acceptor, Facts, ask, ask_count, fetches};

const OLD: &str = "gemini-2.5-flash";
const NEW: &str = "gemini-3-flash-preview";

fn hello() -> Request {
    Request { messages: vec![Message::text(Role::User, "Hi")], ..Request::default() }
}

fn said(role: Role, parts: Vec<Part>) -> Message {
    Message { role, name: None, parts }
}

fn words(text: &str) -> Part {
    Part::Text { text: text.into() }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() })
}

fn result(id: &str, text: &str) -> Message {
    said(Role::Tool, vec![Part::ToolResult { call_id: id.into(), text: text.into(), failed: false }])
}

fn seal(by: Dialect, text: &str) -> Part {
    Part::Signature(Signature::new(by, text))
}

/// The body for these messages, without what is the same everywhere.
fn contents(model: &str, messages: Vec<Message>) -> Value {
    asking(model, &Request { messages, ..Request::default() }).body["contents"].clone()
}

/// What one field of a request becomes, beside the contents.
fn body(change: impl FnOnce(&mut Request)) -> Value {
    let mut request = hello();
    change(&mut request);
    let mut body = asking(OLD, &request).body;
    body.as_object_mut().unwrap().shift_remove("contents");
    body
}

#[test]
fn nothing_is_made_up() {
    let expected = json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] });
    let asking = asking(OLD, &hello());
    assert_eq!(asking.body, expected);
    assert!(asking.warnings.is_empty());
}

#[test]
fn every_setting_has_its_word() {
    type Change = fn(&mut Request);
    let table: [(Change, Value); 17] = [
        (|r| r.sampling.temperature = Some(0.5), json!({ "temperature": 0.5 })),
        (|r| r.sampling.top_p = Some(0.9), json!({ "topP": 0.9 })),
        (|r| r.sampling.top_k = Some(40), json!({ "topK": 40 })),
        (|r| r.sampling.max_tokens = Some(9), json!({ "maxOutputTokens": 9 })),
        (|r| r.sampling.stop = vec!["a".into()], json!({ "stopSequences": ["a"] })),
        (|r| r.sampling.seed = Some(-1), json!({ "seed": -1 })),
        (|r| r.sampling.presence_penalty = Some(1.0), json!({ "presencePenalty": 1.0 })),
        (|r| r.sampling.frequency_penalty = Some(1.0), json!({ "frequencyPenalty": 1.0 })),
        (|r| r.candidates = Some(2), json!({ "candidateCount": 2 })),
        (
            |r| r.response_format = ResponseFormat::JsonObject,
            json!({ "responseMimeType": "application/json" }),
        ),
        (
            |r| r.wishes.modalities = vec![Modality::Text, Modality::Image],
            json!({ "responseModalities": ["TEXT", "IMAGE"] }),
        ),
        (
            |r| r.wishes.media_resolution = Some(MediaResolution::High),
            json!({ "mediaResolution": "MEDIA_RESOLUTION_HIGH" }),
        ),
        (
            |r| r.wishes.aspect_ratio = Some("16:9".into()),
            json!({ "imageConfig": { "aspectRatio": "16:9" } }),
        ),
        (|r| r.wishes.image_size = Some("2K".into()), json!({ "imageConfig": { "imageSize": "2K" } })),
        (
            |r| r.wishes.voice = Some("Kore".into()),
            json!({ "speechConfig": { "voiceConfig": { "prebuiltVoiceConfig": { "voiceName": "Kore" } } } }),
        ),
        (
            |r| r.effort = Some(Effort::Low),
            json!({ "thinkingConfig": { "thinkingBudget": 1024, "includeThoughts": true } }),
        ),
        (
            |r| r.wishes.include_thoughts = Some(true),
            json!({ "thinkingConfig": { "includeThoughts": true } }),
        ),
    ];
    for (change, config) in table {
        assert_eq!(body(change), json!({ "generationConfig": config }));
    }
    let habit = body(|request| {
        request.wishes.voice = Some("alloy".into());
        request.wishes.voice_by_habit = true;
    });
    assert_eq!(habit, json!({}), "the voice of another provider");
}

#[test]
fn a_schema_of_the_answer_is_cleaned() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "minLength": 2 } }, "$schema": "x" });
    let mut request = hello();
    request.response_format = ResponseFormat::JsonSchema { name: "n".into(), schema, strict: true };
    let config = |schemas| ask(&request, &Facts { schemas, ..facts(OLD) }).0.body["generationConfig"].clone();
    assert_eq!(
        config(Acceptor::Schema),
        json!({
            "responseMimeType": "application/json",
            "responseSchema": { "type": "object", "properties": { "a": { "type": "string", "minLength": 2 } } },
        })
    );
    assert_eq!(
        config(Acceptor::JsonSchema)["responseJsonSchema"]["properties"]["a"],
        json!({ "type": "string", "description": "minLength: 2" })
    );
    assert!(ask(&request, &facts(OLD)).1.formed);
}

#[test]
fn safety_is_sent_when_it_was_asked_for() {
    let settings = body(|request| {
        request.wishes.safety = vec![Safety { harm: Harm::Dangerous, block: BlockFrom::None }];
    });
    let expected = json!([{ "category": "HARM_CATEGORY_DANGEROUS_CONTENT", "threshold": "BLOCK_NONE" }]);
    assert_eq!(settings, json!({ "safetySettings": expected }));
}

#[test]
fn too_many_stop_texts_are_told() {
    let mut request = hello();
    request.sampling.stop = ["a", "b", "c", "d", "e", "f"].map(str::to_owned).to_vec();
    let asking = asking(OLD, &request);
    assert_eq!(asking.body["generationConfig"]["stopSequences"], json!(["a", "b", "c", "d", "e"]));
    assert_eq!(asking.warnings.len(), 1);
}

#[test]
fn what_has_no_word_is_listed() {
    let mut request = hello();
    request.sampling.logit_bias = Map::from_iter([("1".to_owned(), json!(1))]);
    request.sampling.logprobs = Some(true);
    request.sampling.top_logprobs = Some(3);
    request.parallel_tool_calls = Some(false);
    request.user = Some("u".into());
    request.messages[0].name = Some("Ann".into());
    request.messages[0]
        .parts
        .push(Part::Image { source: Source::Url("gs://x".into()), detail: Some("low".into()) });
    request.effort = Some(Effort::High);
    let warnings = asking("gemini-2.0-flash", &request).warnings;
    let expected = [
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "parallel_tool_calls",
        "user",
        "name",
        "detail",
        "reasoning_effort",
    ];
    assert_eq!(
        warnings,
        expected.map(|field| format!("This provider cannot be told '{field}'; it was left out."))
    );
}

#[test]
fn all_instructions_go_to_the_beginning() {
    let messages = vec![
        Message::text(Role::System, "A"),
        Message::text(Role::User, "Hi"),
        Message::text(Role::System, "B"),
    ];
    let asking = asking(OLD, &Request { messages, ..Request::default() });
    assert_eq!(asking.body["systemInstruction"], json!({ "parts": [{ "text": "A" }, { "text": "B" }] }));
    assert_eq!(asking.body["contents"].as_array().unwrap().len(), 1);
    assert_eq!(asking.warnings.len(), 1, "the second one stood elsewhere");
    let alone = super::asking(
        OLD,
        &Request { messages: vec![Message::text(Role::System, "A")], ..Request::default() },
    );
    assert_eq!(alone.body, json!({ "contents": [{ "role": "user", "parts": [{ "text": "A" }] }] }));
}

#[test]
fn turns_of_the_same_speaker_are_one() {
    let messages = vec![
        Message::text(Role::User, "A"),
        Message::text(Role::User, ""),
        Message::text(Role::User, "B"),
        Message::text(Role::Assistant, "C"),
    ];
    let expected = json!([
        { "role": "user", "parts": [{ "text": "A" }, { "text": "B" }] },
        { "role": "model", "parts": [{ "text": "C" }] },
    ]);
    assert_eq!(contents(OLD, messages), expected, "and the last one stays as the beginning of the answer");
}

#[test]
fn every_kind_of_part_has_its_word() {
    let png = || Source::Data { mime: Some("image/png".into()), base64: "AQID".into() };
    let bare = |base64: &str| Source::Data { mime: None, base64: base64.into() };
    let inline = |mime: &str, data: &str| json!({ "inlineData": { "mimeType": mime, "data": data } });
    let file = |uri: &str| json!({ "fileData": { "fileUri": uri } });
    let uploaded = file("https://generativelanguage.googleapis.com/v1beta/files/abc");
    let table: Vec<(Part, Option<Value>)> = vec![
        (words(""), None),
        (Part::Refusal { text: "No.".into() }, Some(json!({ "text": "No." }))),
        (Part::Image { source: png(), detail: None }, Some(inline("image/png", "AQID"))),
        (Part::Image { source: bare("/9j/4AAQ"), detail: None }, Some(inline("image/jpeg", "/9j/4AAQ"))),
        (Part::Audio { source: bare("AQID") }, Some(inline("audio/wav", "AQID"))),
        (Part::Video { source: bare("AQID") }, Some(inline("video/mp4", "AQID"))),
        (Part::File { source: bare("JVBERi0x"), name: None }, Some(inline("application/pdf", "JVBERi0x"))),
        (Part::Video { source: Source::Url("https://youtu.be/x".into()) }, Some(file("https://youtu.be/x"))),
        (Part::File { source: Source::FileId("files/abc".into()), name: None }, Some(uploaded.clone())),
        (Part::File { source: Source::FileId("abc".into()), name: None }, Some(uploaded)),
    ];
    for (part, expected) in table {
        let messages = vec![said(Role::User, vec![words("Hi"), part.clone()])];
        assert_eq!(contents(OLD, messages)[0]["parts"].get(1), expected.as_ref(), "{part:?}");
    }
}

#[test]
fn what_google_fetches_is_known() {
    assert!(fetches(&Source::Url("https://youtu.be/x".into())));
    assert!(fetches(&Source::FileId("files/x".into())));
    assert!(!fetches(&Source::Url("https://a.example/x.png".into())));
}

#[test]
fn files_beside_the_messages_join_the_last_question() {
    let mut request = hello();
    request.messages.push(Message::text(Role::Assistant, "Yes?"));
    let source = Source::Data { mime: Some("image/png".into()), base64: "AQID".into() };
    request.attachments = vec![Attachment { source, name: None }];
    let contents = asking(OLD, &request).body["contents"].clone();
    assert_eq!(contents[0]["parts"][1]["inlineData"]["data"], "AQID");
}

#[test]
fn results_stand_together_in_the_order_of_their_calls() {
    let messages = vec![
        Message::text(Role::User, "Go"),
        said(Role::Assistant, vec![call("1", "f", r#"{"x":1}"#), call("2", "g", ""), call("3", "h", "no")]),
        result("3", "[1]"),
        result("1", r#"{"a":1}"#),
        said(Role::Tool, vec![Part::ToolResult { call_id: "2".into(), text: "bad".into(), failed: true }]),
        Message::text(Role::User, "And?"),
    ];
    let request = Request { messages, ..Request::default() };
    let asking = asking(OLD, &request);
    let response = |id: &str, name: &str, response: Value| json!({ "functionResponse": { "id": id, "name": name, "response": response } });
    let expected = json!([
        { "role": "user", "parts": [{ "text": "Go" }] },
        { "role": "model", "parts": [
            { "functionCall": { "id": "1", "name": "f", "args": { "x": 1 } } },
            { "functionCall": { "id": "2", "name": "g", "args": {} } },
            { "functionCall": { "id": "3", "name": "h", "args": {} } },
        ] },
        { "role": "user", "parts": [
            response("1", "f", json!({ "a": 1 })),
            response("2", "g", json!({ "error": "bad" })),
            response("3", "h", json!({ "result": [1] })),
        ] },
        { "role": "user", "parts": [{ "text": "And?" }] },
    ]);
    assert_eq!(asking.body["contents"], expected);
    assert_eq!(asking.warnings.len(), 1, "{:?}", asking.warnings);
}

#[test]
fn media_of_a_result_go_where_the_model_takes_them() {
    let picture = Part::Image {
        source: Source::Data { mime: Some("image/png".into()), base64: "AQID".into() },
        detail: None,
    };
    let messages = |picture: Part| {
        let mut answered = result("1", "see");
        answered.parts.push(picture);
        vec![said(Role::Assistant, vec![call("1", "f", "{}")]), answered]
    };
    let inline = json!({ "inlineData": { "mimeType": "image/png", "data": "AQID" } });
    let new = contents(NEW, messages(picture.clone()))[1]["parts"].clone();
    assert_eq!(new[0]["functionResponse"]["parts"], json!([inline]));
    assert_eq!(new.get(1), None);
    let old = contents(OLD, messages(picture))[1]["parts"].clone();
    assert_eq!(old[0]["functionResponse"].get("parts"), None);
    assert_eq!(old[1], inline);
}

#[test]
fn functions_and_the_providers_tools_are_declared() {
    let mut request = hello();
    let schema = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    request.tools = vec![
        Tool {
            name: "a".into(),
            description: Some("A".into()),
            parameters: Some(schema.clone()),
            ..Tool::default()
        },
        Tool {
            name: "b".into(),
            parameters: Some(json!({ "type": "object", "properties": {} })),
            ..Tool::default()
        },
    ];
    request.provider_tools.search = Some(true);
    request.provider_tools.maps = Some(false);
    let body = asking(OLD, &request).body;
    let declared =
        json!([{ "name": "a", "description": "A", "parametersJsonSchema": schema }, { "name": "b" }]);
    assert_eq!(body["tools"], json!([{ "functionDeclarations": declared }, { "googleSearch": {} }]));
    assert_eq!(body.get("toolConfig"), None);
}

#[test]
fn the_choice_of_functions_is_said() {
    let config = |choice: ToolChoice, strict: Option<bool>, tools: bool| {
        let mut request = hello();
        if tools {
            request.tools = vec![Tool { name: "a b".into(), strict, ..Tool::default() }];
        }
        request.tool_choice = choice;
        asking(OLD, &request).body.get("toolConfig").map(|config| config["functionCallingConfig"].clone())
    };
    assert_eq!(config(ToolChoice::Auto, None, true), None);
    assert_eq!(config(ToolChoice::Auto, Some(true), true), Some(json!({ "mode": "VALIDATED" })));
    assert_eq!(config(ToolChoice::None, None, true), Some(json!({ "mode": "NONE" })));
    assert_eq!(config(ToolChoice::Required, Some(true), true), Some(json!({ "mode": "ANY" })));
    let named = json!({ "mode": "ANY", "allowedFunctionNames": ["a_b"] });
    assert_eq!(config(ToolChoice::Named("a b".into()), None, true), Some(named));
    assert_eq!(config(ToolChoice::Required, None, false), None, "refused without functions");
}

#[test]
fn names_that_google_refuses_lead_back() {
    let mut request = hello();
    request.tools = ["get/weather", "get_weather", "größe"]
        .map(|name| Tool { name: name.into(), ..Tool::default() })
        .to_vec();
    request.messages.push(said(Role::Assistant, vec![call("1", "get/weather", "{}")]));
    request.messages.push(result("1", "sun"));
    let (asking, back) = ask(&request, &facts(OLD));
    let declared = asking.body["tools"][0]["functionDeclarations"].as_array().unwrap();
    let sent: Vec<&str> = declared.iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert_eq!(sent, ["get_weather_2", "get_weather", "gr__e"]);
    let led_back: Vec<&str> = sent.iter().map(|name| back.name(name)).collect();
    assert_eq!(led_back, ["get/weather", "get_weather", "größe"]);
    let contents = &asking.body["contents"];
    assert_eq!(contents[1]["parts"][0]["functionCall"]["name"], "get_weather_2");
    assert_eq!(contents[2]["parts"][0]["functionResponse"]["name"], "get_weather_2");
}

/// The seals on the calls of a conversation.
fn seals(model: &str, messages: Vec<Message>, kept: &[(&str, &str)]) -> Vec<Option<String>> {
    let seal_of = |id: &str| kept.iter().find(|(known, _)| *known == id).map(|(_, seal)| (*seal).to_owned());
    let request = Request { messages, ..Request::default() };
    let body = ask(&request, &Facts { seal_of: &seal_of, ..facts(model) }).0.body;
    let contents = body["contents"].as_array().unwrap().clone();
    let parts = contents.iter().flat_map(|content| content["parts"].as_array().unwrap().clone());
    let calls = parts.filter(|part| part.get("functionCall").is_some());
    calls.map(|part| part["thoughtSignature"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_first_call_of_a_step_has_a_seal() {
    let messages = |seals: &[Part]| {
        let first = [vec![call("1", "f", "{}")], seals.to_vec(), vec![call("2", "f", "{}")]].concat();
        vec![
            Message::text(Role::User, "Go"),
            said(Role::Assistant, first),
            result("1", ""),
            result("2", ""),
            said(Role::Assistant, vec![call("3", "f", "{}")]),
            result("3", ""),
        ]
    };
    let some = |text: &str| Some(text.to_owned());
    let placeholder = || some("skip_thought_signature_validator");
    let own = [seal(Dialect::Gemini, "s1")];
    assert_eq!(seals(NEW, messages(&own), &[("3", "s3")]), [some("s1"), None, some("s3")]);
    assert_eq!(seals(NEW, messages(&[]), &[]), [placeholder(), None, placeholder()]);
    let foreign = [seal(Dialect::Messages, "x")];
    assert_eq!(
        seals(NEW, messages(&foreign), &[]),
        [placeholder(), None, placeholder()],
        "never a foreign one"
    );
    assert_eq!(seals(OLD, messages(&[]), &[]), [None, None, None], "it checks none");
    assert_eq!(seals(OLD, messages(&own), &[]), [some("s1"), None, None]);
    let mut over = messages(&[]);
    over.push(Message::text(Role::User, "Thanks"));
    assert_eq!(seals(NEW, over, &[]), [None, None, None], "that turn is over");
}

#[test]
fn thoughts_go_back_with_their_seal_only() {
    let thought = || Part::Reasoning { text: "Hm.".into() };
    let parts = |parts: Vec<Part>| contents(NEW, vec![said(Role::Assistant, parts)])[0]["parts"].clone();
    assert_eq!(parts(vec![thought(), words("A")]), json!([{ "text": "A" }]));
    let foreign = vec![thought(), seal(Dialect::Messages, "x"), words("A")];
    assert_eq!(parts(foreign), json!([{ "text": "A" }]));
    let own = vec![thought(), seal(Dialect::Gemini, "s"), words("A"), seal(Dialect::Gemini, "t")];
    let expected = json!([{ "text": "Hm.", "thought": true, "thoughtSignature": "s" }, { "text": "A", "thoughtSignature": "t" }]);
    assert_eq!(parts(own), expected);
    let lone = vec![seal(Dialect::Gemini, "s"), words("A")];
    assert_eq!(parts(lone), json!([{ "text": "", "thoughtSignature": "s" }, { "text": "A" }]));
    let sealed = vec![Part::Sealed(Signature::new(Dialect::Messages, "x")), words("A")];
    assert_eq!(parts(sealed), json!([{ "text": "A" }]));
}

#[test]
fn what_came_in_this_dialect_goes_out_in_it() {
    let mut request = hello();
    let extra = json!({
        "generationConfig": { "audioTimestamp": true },
        "tools": [{ "fileSearch": {} }, { "type": "custom", "custom": { "name": "x" } }],
        "toolConfig": { "retrievalConfig": {} },
        "labels": {},
    });
    let Value::Object(extra) = extra else { panic!() };
    request.extra = extra;
    request.sampling.top_k = Some(1);
    let body = asking(OLD, &request).body;
    assert_eq!(body["generationConfig"], json!({ "audioTimestamp": true, "topK": 1 }));
    assert_eq!(body["tools"], json!([{ "fileSearch": {} }]));
    assert_eq!(body["toolConfig"], json!({ "retrievalConfig": {} }));
    assert_eq!(body.get("labels"), None);
}

#[test]
fn cached_content_brings_its_own_instructions() {
    for extra in [json!({ "cachedContent": "c/1" }), json!({ "google": { "cached_content": "c/1" } })] {
        let Value::Object(extra) = extra else { panic!() };
        let mut request = hello();
        request.extra = extra;
        assert!(asking(OLD, &request).warnings.is_empty());
        request.messages.insert(0, Message::text(Role::System, "S"));
        let asking = asking(OLD, &request);
        assert_eq!(asking.body["cachedContent"], "c/1");
        assert_eq!(asking.body.get("systemInstruction"), None);
        assert_eq!(asking.warnings.len(), 1);
    }
}

#[test]
fn tokens_are_counted_of_the_whole_request() {
    let body = ask_count(&hello(), &facts(OLD));
    let expected = json!({ "generateContentRequest": {
        "model": "models/gemini-2.5-flash", "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }],
    } });
    assert_eq!(body, expected);
}
