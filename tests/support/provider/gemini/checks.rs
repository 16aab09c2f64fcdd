//! What Google does not take: fields it does not know, and settings that exclude each other.

use serde_json::{Map, Value, json};

use super::super::desk::Desk;
use super::super::refusal::Refused;
use super::{schema, turns};

const REQUEST: &[&str] = &[
    "model",
    "contents",
    "tools",
    "toolConfig",
    "safetySettings",
    "systemInstruction",
    "generationConfig",
    "cachedContent",
    "store",
    "serviceTier",
];
const CONFIG: &[&str] = &[
    "stopSequences",
    "responseMimeType",
    "responseSchema",
    "responseJsonSchema",
    "responseModalities",
    "candidateCount",
    "maxOutputTokens",
    "temperature",
    "topP",
    "topK",
    "seed",
    "presencePenalty",
    "frequencyPenalty",
    "responseLogprobs",
    "logprobs",
    "enableEnhancedCivicAnswers",
    "speechConfig",
    "thinkingConfig",
    "imageConfig",
    "mediaResolution",
];
const TOOL: &[&str] = &[
    "functionDeclarations",
    "googleSearchRetrieval",
    "codeExecution",
    "googleSearch",
    "urlContext",
    "computerUse",
    "fileSearch",
    "googleMaps",
    "mcpServers",
];
const DECLARATION: &[&str] = &[
    "name",
    "description",
    "parameters",
    "parametersJsonSchema",
    "response",
    "responseJsonSchema",
    "behavior",
];
const CALLING: &[&str] = &["mode", "allowedFunctionNames", "streamFunctionCallArguments"];
const THINKING: &[&str] = &["includeThoughts", "thinkingBudget", "thinkingLevel"];
const EMBEDDING: &[&str] =
    &["model", "content", "taskType", "title", "outputDimensionality", "embedContentConfig"];

/// Whether thoughts are steered by levels and calls are signed.
pub(super) fn third(model: &str) -> bool {
    model.starts_with("gemini-3")
}

/// A question.
pub(super) fn content(desk: &Desk, model: &str, body: &Value) -> Result<(), Refused> {
    fields(body, "", REQUEST)?;
    config(model, body)?;
    tools(body)?;
    turns::check(desk, third(model), body)
}

/// A question that is only counted. Instructions and functions are counted inside of `generateContentRequest` alone.
pub(super) fn count(body: &Value) -> Result<(), Refused> {
    fields(body, "", &["contents", "generateContentRequest"])?;
    let asked = &body["generateContentRequest"];
    if asked.is_null() {
        return Ok(());
    }
    fields(asked, "generate_content_request", REQUEST)?;
    match asked["model"].as_str() {
        Some(model) if model.starts_with("models/") => Ok(()),
        _ => Err(wrong("* CountTokensRequest.generate_content_request.model: model is not specified")),
    }
}

pub(super) fn embedding(body: &Value) -> Result<(), Refused> {
    fields(body, "", EMBEDDING)?;
    if body["content"]["parts"].as_array().is_none_or(Vec::is_empty) {
        return Err(wrong("* EmbedContentRequest.content: content is not specified"));
    }
    Ok(())
}

fn config(model: &str, body: &Value) -> Result<(), Refused> {
    let config = &body["generationConfig"];
    fields(config, "generation_config", CONFIG)?;
    let thinking = &config["thinkingConfig"];
    fields(thinking, "generation_config.thinking_config", THINKING)?;
    let (budget, level) = (&thinking["thinkingBudget"], &thinking["thinkingLevel"]);
    if !budget.is_null() && !level.is_null() {
        return Err(wrong("You can only set only one of thinking budget and thinking level."));
    }
    if !level.is_null() && !third(model) {
        return Err(wrong("Thinking level is not supported for this model."));
    }
    if model == "gemini-3-pro-preview"
        && level.as_str().is_some_and(|level| matches!(level.to_lowercase().as_str(), "minimal" | "medium"))
    {
        return Err(wrong(format!(
            "Thinking level {level} is not supported for this model. Please retry with other thinking level."
        )));
    }
    if config["stopSequences"].as_array().is_some_and(|stops| stops.len() > 5) {
        return Err(wrong(
            "* GenerateContentRequest.generation_config.stop_sequences: at most 5 stop sequences may be specified",
        ));
    }
    if !config["responseSchema"].is_null() && !config["responseJsonSchema"].is_null() {
        return Err(wrong(
            "* GenerateContentRequest.generation_config.response_json_schema: only one of response_schema and response_json_schema may be set",
        ));
    }
    schema::check(&config["responseSchema"], "generation_config.response_schema")?;
    let functions = declarations(body).next().is_some();
    let mime = config["responseMimeType"].as_str().unwrap_or("text/plain");
    if functions && mime != "text/plain" && !third(model) {
        return Err(wrong(format!("Function calling with a response mime type: '{mime}' is unsupported")));
    }
    if !body["cachedContent"].is_null()
        && ["systemInstruction", "tools", "toolConfig"].iter().any(|name| !body[name].is_null())
    {
        return Err(wrong(
            "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.",
        ));
    }
    Ok(())
}

fn declarations(body: &Value) -> impl Iterator<Item = &Value> {
    let tools = body["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    tools.iter().filter_map(|tool| tool["functionDeclarations"].as_array()).flatten()
}

fn tools(body: &Value) -> Result<(), Refused> {
    for (index, tool) in body["tools"].as_array().into_iter().flatten().enumerate() {
        fields(tool, &format!("tools[{index}]"), TOOL)?;
    }
    for (index, function) in declarations(body).enumerate() {
        let at = format!("tools[0].function_declarations[{index}]");
        fields(function, &at, DECLARATION)?;
        if !is_name(function["name"].as_str().unwrap_or_default()) {
            return Err(wrong(format!(
                "* GenerateContentRequest.{at}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64."
            )));
        }
        if !function["parameters"].is_null() && !function["parametersJsonSchema"].is_null() {
            return Err(wrong(format!(
                "* GenerateContentRequest.{at}: only one of parameters and parameters_json_schema may be set"
            )));
        }
        schema::check(&function["parameters"], &format!("{at}.parameters"))?;
        schema::check_json(&function["parametersJsonSchema"], &format!("{at}.parameters_json_schema"))?;
    }
    let calling = &body["toolConfig"]["functionCallingConfig"];
    fields(calling, "tool_config.function_calling_config", CALLING)?;
    if !calling.is_null() && declarations(body).next().is_none() {
        return Err(wrong("Function calling config is set without function_declarations."));
    }
    let names = calling["allowedFunctionNames"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !names.is_empty() && !matches!(calling["mode"].as_str(), Some("ANY" | "VALIDATED")) {
        return Err(wrong("Please set allowed_function_names only when function calling mode is ANY."));
    }
    match names.iter().find(|name| !declarations(body).any(|function| function["name"] == **name)) {
        Some(name) => {
            Err(wrong(format!("{name} in allowed_function_names is not declared in function_declarations.")))
        }
        None => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    let sound = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | ':' | '-');
    begins && name.len() <= 64 && name.chars().all(sound)
}

/// Refuses what is not known, as Google's reader of JSON does.
pub(super) fn fields(object: &Value, at: &str, known: &[&str]) -> Result<(), Refused> {
    let none = Map::new();
    let object = match object {
        Value::Object(object) => object,
        Value::Null => &none,
        other => return Err(invalid(at, format!("Invalid value at '{at}': {other}"))),
    };
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) if at.is_empty() => {
            Err(invalid(at, format!("Unknown name \"{name}\": Cannot find field.")))
        }
        Some(name) => Err(invalid(at, format!("Unknown name \"{name}\" at '{at}': Cannot find field."))),
        None => Ok(()),
    }
}

/// A refusal of the reader, before anybody looks at what is meant.
pub(super) fn invalid(at: &str, message: String) -> Refused {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{ "field": at, "description": format!("Invalid JSON payload received. {message}") }],
    }]);
    Refused::new(400, "INVALID_ARGUMENT", format!("Invalid JSON payload received. {message}")).more(details)
}

/// The same with names as Google itself writes them, where they are its own: not inside of arguments, results and
/// JSON schemas, and not the names of properties.
pub(super) fn camelled(value: Value) -> Value {
    const FOREIGN: [&str; 4] = ["args", "response", "parametersJsonSchema", "responseJsonSchema"];
    match value {
        Value::Array(items) => items.into_iter().map(camelled).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (String, Value)| {
                let name = camel(&name);
                let value = match value {
                    value if FOREIGN.contains(&name.as_str()) => value,
                    Value::Object(own) if name == "properties" => {
                        own.into_iter().map(|(name, value)| (name, camelled(value))).collect()
                    }
                    value => camelled(value),
                };
                (name, value)
            };
            Value::Object(fields.into_iter().map(field).collect())
        }
        plain => plain,
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut signs = word.chars();
        let initial = signs.next().map(|sign| sign.to_ascii_uppercase());
        name + &initial.into_iter().chain(signs).collect::<String>()
    })
}

/// 400 of the service itself.
pub(super) fn wrong(message: impl Into<String>) -> Refused {
    Refused::new(400, "INVALID_ARGUMENT", message)
}
