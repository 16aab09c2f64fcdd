use serde_json::{Map, Value, json};

use super::facts::{Facts, SamplingTaken, Thinking};
use super::names::Names;
use super::thinking::{Asked, Sent, thinking};
use super::tools::own;
use super::turns::Turns;
use crate::chat::{ProviderTools, Request, ResponseFormat, ToolChoice};
use crate::dialect::Asking;

/// The provider's own tools: type and name.
const SEARCH: (&str, &str) = ("web_search_20250305", "web_search");
const FETCH: (&str, &str) = ("web_fetch_20250910", "web_fetch");
const CODE: (&str, &str) = ("code_execution_20250825", "code_execution");

/// The body that asks a provider of this dialect, without `stream`, and what the functions are called in it, which a
/// [`super::Reader`] of the answer needs to know.
pub fn ask(request: &Request, facts: &Facts) -> (Asking, Names) {
    let mut asking =
        Draft { request, facts, names: Names::default(), body: Map::new(), warnings: Vec::new() };
    asking.body.insert("model".to_owned(), request.model.as_str().into());
    let tools = asking.tools();
    let turns = Turns::of(request, &mut asking.names, &mut asking.warnings);
    let sent = asking.thinking(&turns, !tools.is_empty());
    asking.put("max_tokens", sent.max_tokens);
    let mut system = turns.system.clone();
    let format = asking.format(&mut system);
    if !system.is_empty() {
        asking.put("system", system);
    }
    asking.put("messages", turns.messages());
    asking.choose(&tools, &sent);
    if !tools.is_empty() {
        asking.put("tools", tools);
    }
    asking.output(&sent, format);
    asking.sampling(sent.thinks());
    if let Some(thinking) = sent.thinking {
        asking.put("thinking", thinking);
    }
    asking.warnings.extend(sent.warning);
    if let Some(user) = &request.user {
        asking.put("metadata", json!({ "user_id": user }));
    }
    asking.left_out();
    (Asking { body: Value::Object(asking.body), warnings: asking.warnings }, asking.names)
}

/// A body on its way.
struct Draft<'a> {
    request: &'a Request,
    facts: &'a Facts,
    names: Names,
    body: Map<String, Value>,
    warnings: Vec<String>,
}

impl Draft<'_> {
    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }

    fn warn(&mut self, warning: &str) {
        self.warnings.push(warning.to_owned());
    }

    /// The functions and the provider's own tools.
    fn tools(&mut self) -> Vec<Value> {
        let own = self.own_tools();
        let names = own.iter().filter_map(|tool| tool["name"].as_str());
        names.for_each(|name| self.names.reserve(name));
        self.names.keep(self.request.tools.iter().map(|tool| tool.name.as_str()));
        let mut tools: Vec<Value> = Vec::new();
        for tool in &self.request.tools {
            let mut wire = json!({ "name": self.names.sent(&tool.name) });
            if let Some(description) = tool.description.as_ref().filter(|text| !text.is_empty()) {
                wire["description"] = description.as_str().into();
            }
            wire["input_schema"] = object_schema(tool.parameters.as_ref());
            if tool.strict == Some(true) {
                wire["strict"] = true.into();
            }
            tools.push(wire);
        }
        tools.extend(own);
        tools
    }

    fn own_tools(&mut self) -> Vec<Value> {
        let wanted = self.request.provider_tools;
        if wanted.maps == Some(true) {
            self.warn("The provider has no tool for maps; it was left out.");
        }
        let with_options = self.kept("server_tools");
        let places = [(wanted.search, SEARCH), (wanted.url_context, FETCH), (wanted.code_execution, CODE)];
        let mut tools = Vec::new();
        for (wanted, (kind, name)) in places {
            if wanted != Some(true) {
                continue;
            }
            let same = |tool: &&Value| same_tool(tool["type"].as_str().unwrap_or_default(), kind);
            let said = with_options.iter().find(same).cloned();
            tools.push(said.unwrap_or_else(|| json!({ "type": kind, "name": name })));
        }
        for tool in self.kept("tools") {
            if is_dated(&tool) {
                tools.push(tool);
            } else {
                self.warn("Tools that are no functions were left out: the provider does not know them.");
            }
        }
        tools
    }

    fn kept(&self, key: &str) -> Vec<Value> {
        self.request.extra.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
    }

    fn forced(&self) -> bool {
        matches!(self.request.tool_choice, ToolChoice::Required | ToolChoice::Named(_))
    }

    fn thinking(&self, turns: &Turns, tools: bool) -> Sent {
        let forced = tools && self.forced() && self.facts.forced_calls;
        let lacking = self.facts.thinking == Thinking::Budget && turns.calls_lack_thoughts();
        let hindered = match (forced, lacking) {
            (true, _) => Some("because a call is demanded, and both do not go together"),
            (false, true) => Some("because the thoughts before its last calls are not in the conversation"),
            (false, false) => None,
        };
        let asked = Asked {
            effort: self.request.effort,
            shown: self.request.wishes.include_thoughts,
            max_tokens: self.request.sampling.max_tokens,
            hindered,
        };
        thinking(&asked, self.facts)
    }

    /// `tool_choice`, which may only stand beside tools.
    fn choose(&mut self, tools: &[Value], sent: &Sent) {
        if tools.is_empty() {
            return;
        }
        let quiet_enough = self.facts.forced_calls && !sent.thinks();
        let mut choice = match &self.request.tool_choice {
            ToolChoice::None => json!({ "type": "none" }),
            ToolChoice::Required if quiet_enough => json!({ "type": "any" }),
            ToolChoice::Named(name) if quiet_enough => {
                json!({ "type": "tool", "name": self.names.sent(name) })
            }
            ToolChoice::Required | ToolChoice::Named(_) => {
                self.warn("This model cannot be made to call a function; it was left to it.");
                json!({ "type": "auto" })
            }
            ToolChoice::Auto => json!({ "type": "auto" }),
        };
        let one_by_one = self.request.parallel_tool_calls == Some(false);
        if one_by_one && choice["type"] != "none" {
            choice["disable_parallel_tool_use"] = true.into();
        }
        if choice["type"] != "auto" || one_by_one {
            self.put("tool_choice", choice);
        }
    }

    /// `output_config.format`; what it cannot say is said in words.
    fn format(&mut self, system: &mut Vec<Value>) -> Option<Value> {
        let words = match &self.request.response_format {
            ResponseFormat::Text => return None,
            ResponseFormat::JsonSchema { schema, .. } if self.facts.schemas => {
                return Some(json!({ "type": "json_schema", "schema": closed(schema) }));
            }
            ResponseFormat::JsonSchema { schema, .. } => {
                format!(
                    "Answer with one JSON value that follows this JSON schema, and with nothing else:\n{schema}"
                )
            }
            ResponseFormat::JsonObject => "Answer with one JSON object and nothing else.".to_owned(),
        };
        self.warn("The form of the answer was only asked for in words: the provider has no setting for it.");
        system.push(json!({ "type": "text", "text": words }));
        None
    }

    fn output(&mut self, sent: &Sent, format: Option<Value>) {
        let mut config = Map::new();
        config.extend(sent.effort.map(|effort| ("effort".to_owned(), effort.into())));
        config.extend(format.map(|format| ("format".to_owned(), format)));
        if !config.is_empty() {
            self.put("output_config", config);
        }
    }

    fn sampling(&mut self, thinks: bool) {
        let sampling = &self.request.sampling;
        let taken = if thinks { SamplingTaken::None } else { self.facts.sampling };
        let given = sampling.temperature.is_some() || sampling.top_p.is_some() || sampling.top_k.is_some();
        let (blank, stop): (Vec<&String>, Vec<&String>) =
            sampling.stop.iter().partition(|text| text.trim().is_empty());
        if !stop.is_empty() {
            self.put("stop_sequences", stop.into_iter().cloned().collect::<Vec<String>>());
        }
        if !blank.is_empty() {
            self.warn("Stop texts of blanks only were left out: the provider refuses them.");
        }
        if taken == SamplingTaken::None {
            if given {
                let why = if thinks { "while it thinks" } else { "at all" };
                self.warnings.push(format!(
                    "temperature, top_p and top_k were left out: this model does not take them {why}."
                ));
            }
            return;
        }
        if let Some(temperature) = sampling.temperature {
            if temperature > 1.0 {
                self.warn("temperature was lowered to 1, the provider's highest.");
            }
            self.put("temperature", temperature.min(1.0));
        }
        match (sampling.top_p, sampling.temperature) {
            (Some(_), Some(_)) if taken == SamplingTaken::One => {
                self.warn("top_p was left out: this model takes it only without a temperature.");
            }
            (Some(top_p), _) => self.put("top_p", top_p),
            (None, _) => {}
        }
        if let Some(top_k) = sampling.top_k {
            self.put("top_k", top_k);
        }
    }

    /// Tells of wishes that the provider has no word for.
    fn left_out(&mut self) {
        let Request { sampling, wishes, candidates, .. } = self.request;
        let weighs = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
        let given = [
            ("n", candidates.is_some_and(|count| count > 1)),
            ("seed", sampling.seed.is_some()),
            ("presence_penalty", weighs(sampling.presence_penalty)),
            ("frequency_penalty", weighs(sampling.frequency_penalty)),
            ("logit_bias", !sampling.logit_bias.is_empty()),
            ("logprobs", sampling.logprobs == Some(true)),
            ("safety settings", !wishes.safety.is_empty()),
            ("media resolution", wishes.media_resolution.is_some()),
            (
                "modalities other than text",
                wishes.modalities.iter().any(|kind| *kind != crate::chat::Modality::Text),
            ),
        ];
        for (name, _) in given.iter().filter(|(_, given)| *given) {
            self.warnings.push(format!("{name} was left out: the provider has nothing like it."));
        }
    }
}

/// Whether an entry of `tools` is one of the provider's that callers run: those end with a date.
fn is_dated(tool: &Value) -> bool {
    let date = |kind: &str| {
        kind.rsplit_once('_').is_some_and(|(_, end)| end.len() == 8 && end.parse::<u32>().is_ok())
    };
    tool["type"].as_str().is_some_and(date)
}

fn same_tool(one: &str, other: &str) -> bool {
    let family = |kind: &str| {
        let mut tools = ProviderTools::default();
        if let Some(place) = own(kind, &mut tools) {
            *place = Some(true);
        }
        tools
    };
    family(one) == family(other)
}

/// The schema of a function's arguments, which must be that of an object.
fn object_schema(parameters: Option<&Value>) -> Value {
    let mut schema = match parameters {
        Some(Value::Object(schema)) => schema.clone(),
        _ => Map::new(),
    };
    schema.entry("type").or_insert_with(|| "object".into());
    if schema["type"] == "object" && !schema.contains_key("properties") {
        schema.insert("properties".to_owned(), json!({}));
    }
    Value::Object(schema)
}

/// The schema, with every object in it closed to further members where it does not say: the provider demands that.
fn closed(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut closed_members: Map<String, Value> =
                members.iter().map(|(key, value)| (key.clone(), closed(value))).collect();
            if members.get("type").is_some_and(|kind| kind == "object") {
                closed_members.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            Value::Object(closed_members)
        }
        Value::Array(values) => values.iter().map(closed).collect(),
        other => other.clone(),
    }
}
