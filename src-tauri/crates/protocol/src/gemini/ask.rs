use serde_json::{Map, Value, json};

use super::back::{Back, Sent};
use super::schema::{Acceptor, clean};
use super::speak::speak;
use super::thinking::thinking;
use super::words::{harm_word, modality_word, resolution_word, threshold_word};
use crate::chat::{Part, Request, ResponseFormat, Role, Source, Tool, ToolChoice};
use crate::dialect::Asking;

/// Most stop texts that the API takes.
const MOST_STOPS: usize = 5;

/// What asking a provider needs to know beside the request.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The provider's own name of the model, without `models/`.
    pub model: &'a str,
    /// Which schemas it takes.
    pub schemas: Acceptor,
    /// The seal that the provider put on the call of this id, where somebody kept it for callers that do not hand it back.
    pub seal_of: &'a dyn Fn(&str) -> Option<String>,
}

/// The body of `generateContent` and of `streamGenerateContent`, and what reading the answer needs to know of it. Addresses
/// are taken as they are: what the provider cannot fetch ([`super::fetches`]) is to be put in as bytes before.
pub fn ask(request: &Request, facts: &Facts<'_>) -> (Asking, Back) {
    let sent = Sent::of(request);
    let mut warnings = Vec::new();
    let spoken = speak(request, facts, &sent, &mut warnings);
    let mut body = Map::new();
    let cached = cached_content(request);
    body.insert("contents".to_owned(), Value::Array(spoken.contents));
    let mut instructed = Map::new();
    if !spoken.instructions.is_empty() {
        instructed.insert("systemInstruction".to_owned(), json!({ "parts": spoken.instructions }));
    }
    tools(request, facts, &sent, &mut instructed);
    match cached {
        Some(cached) => {
            body.insert("cachedContent".to_owned(), json!(cached));
            if !instructed.is_empty() {
                let note = "Cached content has instructions and tools of its own; those of the request were left out.";
                warnings.push(note.to_owned());
            }
        }
        None => body.extend(instructed),
    }
    warn_of(request, &mut warnings);
    let generation = generation(request, facts, &mut warnings);
    if !generation.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(generation));
    }
    if !request.wishes.safety.is_empty() {
        let settings = request.wishes.safety.iter().map(
            |safety| json!({ "category": harm_word(safety.harm), "threshold": threshold_word(safety.block) }),
        );
        body.insert("safetySettings".to_owned(), settings.collect());
    }
    (Asking { body: Value::Object(body), warnings }, sent.back(request))
}

/// The body of `countTokens` for the same request.
pub fn ask_count(request: &Request, facts: &Facts<'_>) -> Value {
    let mut whole = Map::from_iter([("model".to_owned(), json!(format!("models/{}", facts.model)))]);
    if let Value::Object(body) = ask(request, facts).0.body {
        whole.extend(body);
    }
    json!({ "generateContentRequest": whole })
}

/// Says which fields this dialect has no word for.
fn warn_of(request: &Request, warnings: &mut Vec<String>) {
    let sampling = &request.sampling;
    let detailed = |part: &Part| matches!(part, Part::Image { detail: Some(detail), .. } if detail != "auto");
    let named = |role| matches!(role, Role::User | Role::Assistant | Role::System);
    let unused = [
        ("logit_bias", !sampling.logit_bias.is_empty()),
        ("logprobs", sampling.logprobs == Some(true)),
        ("top_logprobs", sampling.top_logprobs.is_some_and(|count| count > 0)),
        ("parallel_tool_calls", request.parallel_tool_calls == Some(false)),
        ("user", request.user.is_some()),
        ("name", request.messages.iter().any(|message| message.name.is_some() && named(message.role))),
        ("detail", request.messages.iter().flat_map(|message| &message.parts).any(detailed)),
    ];
    warnings.extend(unused.into_iter().filter(|(_, set)| *set).map(|(name, _)| untold(name)));
}

fn untold(field: &str) -> String {
    format!("This provider cannot be told '{field}'; it was left out.")
}

/// The name of what the provider keeps of earlier requests, as its own dialect and its OpenAI-compatible endpoint say it.
fn cached_content(request: &Request) -> Option<&str> {
    let google = request.extra.get("google");
    let named =
        google.and_then(|google| google.get("cached_content").or_else(|| google.get("cachedContent")));
    request.extra.get("cachedContent").or(named)?.as_str()
}

/// `tools` and `toolConfig`; the latter only beside functions, without which it is refused.
fn tools(request: &Request, facts: &Facts<'_>, sent: &Sent, body: &mut Map<String, Value>) {
    let mut tools = Vec::new();
    if !request.tools.is_empty() {
        let declared = request.tools.iter().map(|tool| declaration(tool, facts.schemas, sent));
        tools.push(json!({ "functionDeclarations": declared.collect::<Value>() }));
    }
    let provider = &request.provider_tools;
    let own = [
        ("googleSearch", provider.search),
        ("urlContext", provider.url_context),
        ("codeExecution", provider.code_execution),
        ("googleMaps", provider.maps),
    ];
    for (name, wanted) in own {
        if wanted == Some(true) {
            tools.push(Value::Object(Map::from_iter([(name.to_owned(), json!({}))])));
        }
    }
    // Those with a type are another dialect's.
    let others = request.extra.get("tools").and_then(Value::as_array).into_iter().flatten();
    tools.extend(others.filter(|tool| tool.is_object() && tool.get("type").is_none()).cloned());
    if !tools.is_empty() {
        body.insert("tools".to_owned(), Value::Array(tools));
    }
    let mut config = match request.extra.get("toolConfig") {
        Some(Value::Object(config)) => config.clone(),
        _ => Map::new(),
    };
    if let Some(calling) = calling(request, sent) {
        config.insert("functionCallingConfig".to_owned(), calling);
    }
    if !config.is_empty() {
        body.insert("toolConfig".to_owned(), Value::Object(config));
    }
}

fn declaration(tool: &Tool, schemas: Acceptor, sent: &Sent) -> Value {
    let mut declared = Map::from_iter([("name".to_owned(), json!(sent.name(&tool.name)))]);
    if let Some(description) = &tool.description {
        declared.insert("description".to_owned(), json!(description));
    }
    let parameters = tool.parameters.as_ref().map(|schema| clean(schema, schemas)).filter(takes_something);
    if let Some(parameters) = parameters {
        declared.insert(schemas.parameters().to_owned(), parameters);
    }
    Value::Object(declared)
}

/// A function without parameters needs no schema, and an empty one is refused.
fn takes_something(schema: &Value) -> bool {
    let named = schema["properties"].as_object().is_some_and(|properties| !properties.is_empty());
    let free = schema.get("additionalProperties").is_some_and(|others| *others != Value::Bool(false));
    named || free || schema.get("anyOf").is_some()
}

fn calling(request: &Request, sent: &Sent) -> Option<Value> {
    if request.tools.is_empty() {
        return None;
    }
    let strict = request.tools.iter().any(|tool| tool.strict == Some(true));
    match &request.tool_choice {
        ToolChoice::Auto => strict.then(|| json!({ "mode": "VALIDATED" })),
        ToolChoice::None => Some(json!({ "mode": "NONE" })),
        ToolChoice::Required => Some(json!({ "mode": "ANY" })),
        ToolChoice::Named(name) => Some(json!({ "mode": "ANY", "allowedFunctionNames": [sent.name(name)] })),
    }
}

fn generation(request: &Request, facts: &Facts<'_>, warnings: &mut Vec<String>) -> Map<String, Value> {
    // What came in this dialect and nobody here knows goes out as it came.
    let mut config = match request.extra.get("generationConfig") {
        Some(Value::Object(config)) => config.clone(),
        _ => Map::new(),
    };
    let sampling = &request.sampling;
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            config.insert(key.to_owned(), value);
        }
    };
    put("temperature", sampling.temperature.map(Value::from));
    put("topP", sampling.top_p.map(Value::from));
    put("topK", sampling.top_k.map(Value::from));
    put("maxOutputTokens", sampling.max_tokens.map(Value::from));
    if sampling.stop.len() > MOST_STOPS {
        warnings.push(format!("The provider heeds {MOST_STOPS} stop texts; the others were left out."));
    }
    let stops = &sampling.stop[..sampling.stop.len().min(MOST_STOPS)];
    put("stopSequences", (!stops.is_empty()).then(|| json!(stops)));
    put("candidateCount", request.candidates.filter(|count| *count > 1).map(Value::from));
    put("seed", sampling.seed.map(Value::from));
    put("presencePenalty", sampling.presence_penalty.map(Value::from));
    put("frequencyPenalty", sampling.frequency_penalty.map(Value::from));
    let wishes = &request.wishes;
    let modalities: Vec<&str> = wishes.modalities.iter().copied().map(modality_word).collect();
    put("responseModalities", (!modalities.is_empty()).then(|| json!(modalities)));
    put("mediaResolution", wishes.media_resolution.map(resolution_word).map(Value::from));
    let voice = wishes.voice.as_ref().filter(|_| !wishes.voice_by_habit);
    put(
        "speechConfig",
        voice.map(|voice| json!({ "voiceConfig": { "prebuiltVoiceConfig": { "voiceName": voice } } })),
    );
    let sides = wishes.aspect_ratio.iter().map(|sides| ("aspectRatio".to_owned(), json!(sides)));
    let size = wishes.image_size.iter().map(|size| ("imageSize".to_owned(), json!(size)));
    let image: Map<String, Value> = sides.chain(size).collect();
    put("imageConfig", (!image.is_empty()).then_some(Value::Object(image)));
    match &request.response_format {
        ResponseFormat::Text => {}
        ResponseFormat::JsonObject => put("responseMimeType", Some(json!("application/json"))),
        ResponseFormat::JsonSchema { schema, .. } => {
            put("responseMimeType", Some(json!("application/json")));
            put(facts.schemas.response(), Some(clean(schema, facts.schemas)));
        }
    }
    let thinking = thinking(facts.model, request.effort, wishes.include_thoughts);
    if thinking.ignored {
        warnings.push(untold("reasoning_effort"));
    }
    if thinking.unstoppable {
        warnings.push(format!("{} cannot do without thinking; it thinks as little as it can.", facts.model));
    }
    put("thinkingConfig", (!thinking.config.is_empty()).then_some(Value::Object(thinking.config)));
    config
}

/// Whether Google fetches the bytes of this source itself.
pub fn fetches(source: &Source) -> bool {
    const ITS_OWN: [&str; 6] = [
        "https://generativelanguage.googleapis.com/",
        "gs://",
        "https://www.youtube.com/",
        "https://youtube.com/",
        "https://m.youtube.com/",
        "https://youtu.be/",
    ];
    match source {
        Source::Data { .. } => false,
        Source::FileId(_) => true,
        Source::Url(url) => ITS_OWN.iter().any(|start| url.starts_with(start)),
    }
}
