//! Every field of a body but its contents.

use serde_json::{Value, json};

use super::{body, read, refusal, request};
use crate::chat::{
    BlockFrom, Effort, Harm, MediaResolution, Modality, ProviderTools, ResponseFormat, Role, Safety,
    ToolChoice,
};
use crate::dialect::{Asked, Dialect};
use crate::gemini::{Method, StreamShape, decode, decode_count};

fn generation(config: &Value) -> crate::chat::Request {
    let request = request(&json!({ "generationConfig": config }));
    assert!(request.extra.is_empty(), "{:?}", request.extra);
    request
}

#[test]
fn the_path_names_model_and_method() {
    assert_eq!(Method::split("gemini-x:generateContent"), Some(("gemini-x", Method::GenerateContent)));
    let odd = Method::split("upstream/gemini:search:streamGenerateContent");
    assert_eq!(odd, Some(("upstream/gemini:search", Method::StreamGenerateContent)));
    assert_eq!(Method::split("gemini-x"), None);
    assert_eq!(Method::split(":countTokens"), None);
    assert_eq!(Method::split("gemini-x:predict"), None);
    let body = body(&json!({}));
    let call = decode("models/gemini-x", Some(StreamShape::Array), body.to_string().as_bytes()).unwrap();
    assert_eq!(call.request.model, "gemini-x");
    let asked = Asked::from(call);
    assert!(asked.stream);
    assert_eq!(asked.form.dialect(), Dialect::Gemini);
    assert_eq!(asked.form.content_type(), "application/json; charset=utf-8");
}

#[test]
fn sampling_arrives_in_both_spellings() {
    let camel = generation(&json!({
        "temperature": 0.5, "topP": 0.9, "topK": 40.0, "maxOutputTokens": 100, "stopSequences": ["a", "a", "b"],
        "candidateCount": 2, "seed": -7, "presencePenalty": 1, "frequencyPenalty": -1, "responseLogprobs": true,
        "logprobs": 3,
    }));
    let snake = request(&json!({ "generation_config": {
        "temperature": 0.5, "top_p": 0.9, "top_k": 40, "max_output_tokens": 100, "stop_sequences": ["a", "b"],
        "candidate_count": 2, "seed": -7, "presence_penalty": 1, "frequency_penalty": -1, "response_logprobs": true,
        "logprobs": 3,
    } }));
    assert_eq!(camel.sampling, snake.sampling);
    assert_eq!((camel.candidates, snake.candidates), (Some(2), Some(2)));
    let sampling = camel.sampling;
    assert_eq!((sampling.temperature, sampling.top_p, sampling.top_k), (Some(0.5), Some(0.9), Some(40)));
    assert_eq!((sampling.max_tokens, sampling.seed), (Some(100), Some(-7)));
    assert_eq!(sampling.stop, ["a", "b"]);
    assert_eq!((sampling.presence_penalty, sampling.frequency_penalty), (Some(1.0), Some(-1.0)));
    assert_eq!((sampling.logprobs, sampling.top_logprobs), (Some(true), Some(3)));
    assert_eq!(generation(&json!({ "topK": 0, "candidateCount": 1 })).candidates, None);
}

#[test]
fn the_form_of_the_answer_arrives() {
    let form = |config: Value| generation(&config).response_format;
    let schema = |schema: Value| ResponseFormat::JsonSchema { name: "answer".into(), schema, strict: true };
    assert_eq!(form(json!({ "responseMimeType": "text/plain" })), ResponseFormat::Text);
    assert_eq!(form(json!({ "responseMimeType": "application/json" })), ResponseFormat::JsonObject);
    let own = json!({ "type": "OBJECT", "properties": { "type": { "type": "STRING", "nullable": true } } });
    let json_schema = json!({ "type": "object", "properties": { "type": { "type": ["string", "null"] } } });
    assert_eq!(
        form(json!({ "responseMimeType": "application/json", "responseSchema": own })),
        schema(json_schema.clone())
    );
    assert_eq!(form(json!({ "response_json_schema": json_schema })), schema(json_schema));
    let word = json!({ "responseMimeType": "text/x.enum", "responseSchema": { "enum": ["a"] } });
    assert_eq!(
        request(&json!({ "generationConfig": word })).extra["generationConfig"],
        word,
        "nobody else knows it"
    );
}

#[test]
fn wishes_arrive() {
    let wishes = generation(&json!({
        "responseModalities": ["TEXT", "IMAGE"],
        "speechConfig": { "voiceConfig": { "prebuiltVoiceConfig": { "voiceName": "Kore" } } },
        "mediaResolution": "MEDIA_RESOLUTION_LOW",
        "imageConfig": { "aspectRatio": "16:9", "imageSize": "2K" },
        "thinkingConfig": { "includeThoughts": true, "thinkingBudget": 0 },
    }));
    assert_eq!(wishes.effort, Some(Effort::None));
    let wishes = wishes.wishes;
    assert_eq!(wishes.modalities, [Modality::Text, Modality::Image]);
    assert_eq!((wishes.voice.as_deref(), wishes.voice_by_habit), (Some("Kore"), false));
    assert_eq!(wishes.media_resolution, Some(MediaResolution::Low));
    assert_eq!((wishes.aspect_ratio.as_deref(), wishes.image_size.as_deref()), (Some("16:9"), Some("2K")));
    assert_eq!(wishes.include_thoughts, Some(true));
    let level = generation(&json!({ "thinkingConfig": { "thinkingLevel": "THINKING_LEVEL_UNSPECIFIED" } }));
    assert_eq!(level.effort, None);
}

#[test]
fn safety_arrives_and_is_never_made_up() {
    let settings = json!([{ "category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "OFF" }]);
    let hate = [Safety { harm: Harm::Hate, block: BlockFrom::Off }];
    assert_eq!(request(&json!({ "safetySettings": settings })).wishes.safety, hate);
    assert_eq!(request(&json!({ "safety_settings": settings })).wishes.safety, hate);
    assert!(request(&json!({})).wishes.safety.is_empty());
}

#[test]
fn tools_are_parted_into_functions_and_the_providers_own() {
    let declared = json!([
        { "name": "a", "description": "A", "parameters": { "type": "OBJECT", "properties": { "x": { "type": "INTEGER" } } } },
        { "name": "b", "parametersJsonSchema": { "type": "object", "additionalProperties": true } },
        { "name": "c" },
    ]);
    let request = request(&json!({ "tools": [
        { "functionDeclarations": declared }, { "googleSearch": {} }, { "url_context": {} }, { "codeExecution": {} },
        { "googleMaps": {} }, { "fileSearch": { "x": 1 } },
    ] }));
    let parameters: Vec<Option<Value>> = request.tools.iter().map(|tool| tool.parameters.clone()).collect();
    assert_eq!(
        parameters,
        [
            Some(json!({ "type": "object", "properties": { "x": { "type": "integer" } } })),
            Some(json!({ "type": "object", "additionalProperties": true })),
            None
        ]
    );
    assert_eq!(request.tools[0].description.as_deref(), Some("A"));
    let all = ProviderTools {
        search: Some(true),
        url_context: Some(true),
        code_execution: Some(true),
        maps: Some(true),
    };
    assert_eq!(request.provider_tools, all);
    assert_eq!(request.extra["tools"], json!([{ "fileSearch": { "x": 1 } }]));
}

#[test]
fn the_choice_of_functions_is_read() {
    let tools = json!([{ "functionDeclarations": [{ "name": "a" }, { "name": "b" }] }]);
    let chosen = |config: Value| {
        let request = request(&json!({ "tools": tools, "toolConfig": { "functionCallingConfig": config } }));
        let names: Vec<String> = request.tools.iter().map(|tool| tool.name.clone()).collect();
        (request.tool_choice, names.concat(), request.tools.iter().any(|tool| tool.strict == Some(true)))
    };
    assert_eq!(chosen(json!({ "mode": "AUTO" })), (ToolChoice::Auto, "ab".into(), false));
    assert_eq!(chosen(json!({ "mode": "NONE" })), (ToolChoice::None, "ab".into(), false));
    assert_eq!(chosen(json!({ "mode": "any" })), (ToolChoice::Required, "ab".into(), false));
    let only = json!({ "mode": "ANY", "allowedFunctionNames": ["b"] });
    assert_eq!(chosen(only), (ToolChoice::Named("b".into()), "ab".into(), false));
    let both = json!({ "mode": "ANY", "allowed_function_names": ["b", "a"] });
    assert_eq!(chosen(both), (ToolChoice::Required, "ab".into(), false));
    let checked = json!({ "mode": "VALIDATED", "allowedFunctionNames": ["a"] });
    assert_eq!(chosen(checked), (ToolChoice::Auto, "a".into(), true));
}

#[test]
fn what_nobody_else_knows_stays() {
    let request = request(&json!({
        "cached_content": "cachedContents/1", "labels": { "a": "b" },
        "toolConfig": { "retrievalConfig": { "languageCode": "de" } },
        "generationConfig": { "temperature": 1, "audioTimestamp": true },
    }));
    assert_eq!(
        Value::Object(request.extra),
        json!({
            "labels": { "a": "b" },
            "toolConfig": { "retrievalConfig": { "languageCode": "de" } },
            "generationConfig": { "audioTimestamp": true },
            "cachedContent": "cachedContents/1",
        })
    );
}

#[test]
fn instructions_come_first_in_every_form() {
    let table = [
        json!("Be brief."),
        json!({ "parts": [{ "text": "Be brief." }] }),
        json!({ "role": "user", "parts": { "text": "Be brief." } }),
    ];
    for form in table {
        for key in ["systemInstruction", "system_instruction"] {
            let messages = request(&json!({ key: form })).messages;
            assert_eq!((messages[0].role, messages[0].plain_text().as_str()), (Role::System, "Be brief."));
            assert_eq!(messages[1].role, Role::User);
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let table: [(Value, &str); 12] = [
        (json!({ "contents": [] }), "contents"),
        (json!({ "contents": 3 }), "contents"),
        (json!({ "contents": [{ "role": "boss", "parts": [] }] }), "contents[0].role"),
        (json!({ "contents": [{ "parts": [{ "text": 3 }] }] }), "contents[0].parts[0].text"),
        (
            json!({ "contents": [{ "parts": [{ "functionCall": {} }] }] }),
            "contents[0].parts[0].functionCall.name",
        ),
        (
            json!({ "contents": [{ "parts": [{ "inlineData": { "data": "?" } }] }] }),
            "contents[0].parts[0].inlineData.data",
        ),
        (json!({ "contents": [{ "parts": [{ "fileData": {} }] }] }), "contents[0].parts[0].fileData.fileUri"),
        (json!({ "generationConfig": { "temperature": 3 } }), "generationConfig.temperature"),
        (json!({ "generationConfig": { "top_p": "x" } }), "generationConfig.top_p"),
        (
            json!({ "generationConfig": { "thinkingConfig": { "thinkingBudget": 1, "thinkingLevel": "LOW" } } }),
            "generationConfig.thinkingConfig.thinkingLevel",
        ),
        (json!({ "tools": [{ "functionDeclarations": [{}] }] }), "tools[0].functionDeclarations[0].name"),
        (
            json!({ "toolConfig": { "functionCallingConfig": { "mode": "X" } } }),
            "toolConfig.functionCallingConfig.mode",
        ),
    ];
    for (fields, param) in table {
        assert_eq!(refusal(&fields), param);
    }
    let failure = read(&json!({})).unwrap_err();
    assert_eq!(failure.param.as_deref(), Some("contents"));
}

#[test]
fn tokens_are_counted_of_bare_contents_and_of_requests() {
    let bare = body(&json!({}));
    let whole = json!({ "generateContentRequest": {
        "model": "models/gemini-x", "contents": bare["contents"], "systemInstruction": { "parts": [{ "text": "S" }] },
    } });
    let count = |body: &Value| decode_count("gemini-x", body.to_string().as_bytes()).unwrap();
    assert_eq!(count(&bare).messages.len(), 1);
    assert_eq!(count(&whole).messages.len(), 2);
    assert!(count(&whole).extra.is_empty());
}
