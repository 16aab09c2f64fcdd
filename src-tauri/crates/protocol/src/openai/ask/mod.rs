//! A canonical request in the words of Chat Completions, for a provider that is asked in them.

mod media;
mod messages;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::chat::{Effort, Modality, Request, ResponseFormat, Sampling, Tool, ToolChoice, Wishes};
use crate::dialect::Asking;

/// What is known of a provider that is asked in this dialect. Few of them take the same fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// It is `OpenAI` itself: it refuses fields that are not its own, and has newer names for some.
    pub official: bool,
    /// It wants the model's earlier thinking back (`reasoning_content`); others refuse a field that they do not know.
    pub wants_reasoning: bool,
    /// It is Google's own endpoint of this dialect, which knows the seals of its models (`extra_content`).
    pub google: bool,
}

/// From how many tokens of a budget on it is more than a little thinking, and than some.
const BUDGETS: [u32; 2] = [2_048, 12_288];

/// What the provider is asked. `model` must already be the provider's own name of it.
pub fn ask(request: &Request, stream: bool, habits: Habits) -> Asking {
    let mut sheet = Sheet { habits, body: Map::new(), warnings: Vec::new() };
    sheet.put("model", Some(request.model.as_str()));
    sheet.put("messages", Some(messages::messages(request, habits)));
    if stream {
        sheet.put("stream", Some(true));
        sheet.put("stream_options", Some(json!({ "include_usage": true })));
    }
    sheet.put("n", request.candidates);
    sheet.sampling(&request.sampling);
    sheet.put("reasoning_effort", request.effort.map(|effort| word(effort, habits)));
    sheet.tools(request);
    sheet.put("response_format", format(&request.response_format));
    sheet.wishes(&request.wishes, stream);
    sheet.put("user", request.user.as_deref());
    for (key, value) in request.extra.iter().filter(|(key, _)| *key != "tools") {
        sheet.body.entry(key).or_insert_with(|| value.clone());
    }
    Asking { body: Value::Object(sheet.body), warnings: sheet.warnings }
}

/// The body as it grows.
struct Sheet {
    habits: Habits,
    body: Map<String, Value>,
    warnings: Vec<String>,
}

impl Sheet {
    fn put(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.body.insert(key.to_owned(), value.into());
        }
    }

    /// Says that something was asked for which cannot be handed on.
    fn warn(&mut self, what: &str) {
        self.warnings.push(format!("This provider cannot be told {what}; it was left out."));
    }

    fn sampling(&mut self, sampling: &Sampling) {
        self.put("temperature", sampling.temperature);
        self.put("top_p", sampling.top_p);
        match sampling.top_k {
            Some(_) if self.habits.official => self.warn("'top_k'"),
            top_k => self.put("top_k", top_k),
        }
        let limit = if self.habits.official { "max_completion_tokens" } else { "max_tokens" };
        self.put(limit, sampling.max_tokens);
        self.put("stop", (!sampling.stop.is_empty()).then(|| sampling.stop.clone()));
        self.put("seed", sampling.seed);
        self.put("presence_penalty", sampling.presence_penalty);
        self.put("frequency_penalty", sampling.frequency_penalty);
        self.put("logit_bias", (!sampling.logit_bias.is_empty()).then(|| sampling.logit_bias.clone()));
        self.put("logprobs", sampling.logprobs);
        self.put("top_logprobs", sampling.top_logprobs);
    }

    fn tools(&mut self, request: &Request) {
        let mut tools: Vec<Value> = request.tools.iter().map(function).collect();
        for tool in request.extra.get("tools").and_then(Value::as_array).into_iter().flatten() {
            match tool["type"].as_str() {
                // Of the tools of other dialects a provider of this one knows nothing.
                Some(kind) if kind != "custom" => self.warn(&format!("of the tool '{kind}'")),
                _ => tools.push(tool.clone()),
            }
        }
        if !tools.is_empty() {
            self.put("tools", Some(tools));
            // Providers refuse both where there is nothing to choose from.
            self.put("tool_choice", choice(request));
            self.put("parallel_tool_calls", request.parallel_tool_calls);
        }
        let own = request.provider_tools;
        if own.search == Some(true) {
            let options = request.extra.get("web_search_options").cloned();
            self.put("web_search_options", Some(options.unwrap_or_else(|| json!({}))));
        }
        let others = [
            (own.url_context, "to read the addresses in the prompt"),
            (own.code_execution, "to run code"),
            (own.maps, "to look at maps"),
        ];
        others.iter().filter(|(asked, _)| *asked == Some(true)).for_each(|(_, what)| self.warn(what));
    }

    fn wishes(&mut self, wishes: &Wishes, stream: bool) {
        let words: Vec<Value> = wishes.modalities.iter().map(|kind| modality(*kind).into()).collect();
        self.put("modalities", (!words.is_empty()).then_some(words));
        if wishes.modalities.contains(&Modality::Audio) {
            let voice = wishes.voice.as_deref().unwrap_or("alloy");
            let format = if stream { "pcm16" } else { "wav" };
            self.put("audio", Some(json!({ "voice": voice, "format": format })));
        }
        let mut picture = Map::new();
        for (key, value) in [("aspect_ratio", &wishes.aspect_ratio), ("image_size", &wishes.image_size)] {
            picture.extend(value.as_deref().map(|value| (key.to_owned(), value.into())));
        }
        match picture.is_empty() {
            true => {}
            false if self.habits.official => self.warn("the sides and size of pictures"),
            false => self.put("image_config", Some(picture)),
        }
        if !wishes.safety.is_empty() {
            self.warn("how strictly to filter harm");
        }
        if wishes.media_resolution.is_some() {
            self.warn("how finely to look at pictures");
        }
    }
}

/// Whether a function of this name is a custom tool, whose only argument is a free text.
fn is_custom(request: &Request, name: &str) -> bool {
    let others = request.extra.get("tools").and_then(Value::as_array);
    others.into_iter().flatten().any(|tool| tool["type"] == "custom" && tool["custom"]["name"] == name)
}

fn function(tool: &Tool) -> Value {
    let mut function = Map::from_iter([("name".to_owned(), tool.name.as_str().into())]);
    let mut put =
        |key: &str, value: Option<Value>| function.extend(value.map(|value| (key.to_owned(), value)));
    put("description", tool.description.as_deref().map(Value::from));
    put("parameters", tool.parameters.clone());
    put("strict", tool.strict.map(Value::from));
    json!({ "type": "function", "function": function })
}

fn choice(request: &Request) -> Option<Value> {
    match &request.tool_choice {
        ToolChoice::Auto => None,
        ToolChoice::None => Some("none".into()),
        ToolChoice::Required => Some("required".into()),
        ToolChoice::Named(name) => {
            let kind = if is_custom(request, name) { "custom" } else { "function" };
            Some(json!({ "type": kind, kind: { "name": name } }))
        }
    }
}

/// The word for an effort. Only the official service surely knows one beyond `high`.
fn word(effort: Effort, habits: Habits) -> &'static str {
    match effort {
        Effort::None => "none",
        Effort::Minimal => "minimal",
        Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::Unlimited if habits.official => "xhigh",
        Effort::High | Effort::Unlimited => "high",
        Effort::Budget(0) => "none",
        Effort::Budget(tokens) if tokens < BUDGETS[0] => "low",
        Effort::Budget(tokens) if tokens < BUDGETS[1] => "medium",
        Effort::Budget(_) => "high",
    }
}

fn format(format: &ResponseFormat) -> Option<Value> {
    match format {
        ResponseFormat::Text => None,
        ResponseFormat::JsonObject => Some(json!({ "type": "json_object" })),
        ResponseFormat::JsonSchema { name, schema, strict } => {
            let mut inner = Map::from_iter([
                ("name".to_owned(), name.as_str().into()),
                ("schema".to_owned(), schema.clone()),
            ]);
            inner.extend(strict.then(|| ("strict".to_owned(), true.into())));
            Some(json!({ "type": "json_schema", "json_schema": inner }))
        }
    }
}

fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::Text => "text",
        Modality::Image => "image",
        Modality::Audio => "audio",
    }
}
