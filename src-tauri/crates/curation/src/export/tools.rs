//! The functions of a row.

use serde_json::{Map, Value, json};

use super::sample::{Message, RawCall};
use super::{repair, spec};
use crate::conversation::Tool;

/// The functions that go into the row, each with a schema that has properties: LLaMA-Factory looks into them.
pub(crate) fn of<'a>(
    stored: &[Tool],
    said: impl Iterator<Item = (&'a Message, &'a [RawCall])>,
    wish: spec::Tools,
) -> Vec<Tool> {
    match wish {
        spec::Tools::None => Vec::new(),
        spec::Tools::Derive if stored.is_empty() => derived(said.flat_map(|(_, calls)| calls)),
        spec::Tools::Stored | spec::Tools::Derive => {
            stored.iter().filter(|tool| !tool.name.is_empty()).map(whole).collect()
        }
    }
}

/// The tool with a description and a schema of an object.
fn whole(tool: &Tool) -> Tool {
    let mut schema = match &tool.parameters {
        Some(Value::Object(schema)) => schema.clone(),
        _ => Map::new(),
    };
    if schema.get("type").and_then(Value::as_str).is_none() {
        schema.insert("type".to_owned(), json!("object"));
    }
    if !schema.get("properties").is_some_and(Value::is_object) {
        schema.insert("properties".to_owned(), json!({}));
    }
    let description = Some(tool.description.clone().unwrap_or_default());
    Tool { name: tool.name.clone(), description, parameters: Some(Value::Object(schema)) }
}

/// Functions as they were called. An argument is required when every call has it.
fn derived<'a>(calls: impl Iterator<Item = &'a RawCall>) -> Vec<Tool> {
    let mut seen: Vec<Seen> = Vec::new();
    for call in calls {
        let Ok(arguments) = repair::arguments(&call.name, &call.arguments, None) else { continue };
        let at = seen.iter().position(|tool| tool.name == call.name).unwrap_or_else(|| {
            seen.push(Seen { name: call.name.clone(), calls: 0, arguments: Vec::new() });
            seen.len() - 1
        });
        seen[at].take(&arguments);
    }
    seen.into_iter().map(Seen::tool).collect()
}

/// What calls of a function have shown of it.
struct Seen {
    name: String,
    calls: usize,
    /// Each argument, the types it had, and in how many calls it stood.
    arguments: Vec<(String, Vec<&'static str>, usize)>,
}

impl Seen {
    fn take(&mut self, arguments: &Map<String, Value>) {
        self.calls += 1;
        for (name, value) in arguments {
            let kind = kind(value);
            match self.arguments.iter_mut().find(|(known, ..)| known == name) {
                Some((_, kinds, times)) => {
                    *times += 1;
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
                None => self.arguments.push((name.clone(), vec![kind], 1)),
            }
        }
    }

    fn tool(self) -> Tool {
        let required: Vec<&String> =
            self.arguments.iter().filter(|(.., times)| *times == self.calls).map(|(name, ..)| name).collect();
        let mut properties = Map::new();
        for (name, kinds, _) in &self.arguments {
            // An integer is a number; a schema with both words says the same as one with the wider.
            let kinds: Vec<_> =
                kinds.iter().filter(|kind| **kind != "integer" || !kinds.contains(&"number")).collect();
            let kind = if let [one] = kinds.as_slice() { json!(one) } else { json!(kinds) };
            properties.insert(name.clone(), json!({ "type": kind }));
        }
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        Tool { name: self.name, description: Some(String::new()), parameters: Some(schema) }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A function as OpenAI writes it.
pub(crate) fn openai(tool: &Tool) -> Value {
    json!({ "type": "function", "function": bare(tool) })
}

/// A function without the wrapping.
pub(crate) fn bare(tool: &Tool) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description.clone().unwrap_or_default(),
        "parameters": tool.parameters,
    })
}
