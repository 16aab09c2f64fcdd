//! The functions a model may call, and whether it must; the provider's own tools among them.

use serde_json::Value;

use super::field::{Field, Object, Read, invalid};
use super::provider::{self, Own};
use crate::chat::{ProviderTools, Tool, ToolChoice};

/// What a request says about tools.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) functions: Vec<Tool>,
    /// Tools that are neither functions nor the provider's (custom ones and unknown ones), as they came.
    pub(super) others: Vec<Value>,
    pub(super) provider: ProviderTools,
    pub(super) choice: ToolChoice,
}

/// Takes `tools`, `tool_choice` and their older names `functions` and `function_call`.
pub(super) fn tools(body: &mut Object) -> Read<Toolbox> {
    let mut toolbox = Toolbox::default();
    if let Some(field) = body.take("tools") {
        for entry in field.array()? {
            toolbox.add(entry.object()?)?;
        }
    }
    if let Some(field) = body.take("functions") {
        for entry in field.array()? {
            toolbox.functions.push(function(entry.object()?)?);
        }
    }
    let older = body.take("function_call");
    if let Some(field) = body.take("tool_choice").or(older) {
        toolbox.choose(field)?;
    }
    toolbox.sort_out();
    provider::search_options(body, &mut toolbox.provider)?;
    Ok(toolbox)
}

impl Toolbox {
    fn add(&mut self, mut tool: Object) -> Read<()> {
        let kind = tool.get("type").cloned();
        match kind {
            // As Responses has it: the function is the entry itself.
            Some(Value::String(kind)) if kind == "function" && tool.get("name").is_some() => {
                self.functions.push(function(tool)?);
            }
            Some(Value::String(kind)) if kind == "function" => self.functions.push(wrapped(tool)?),
            None if tool.get("function").is_some() => self.functions.push(wrapped(tool)?),
            Some(Value::String(kind)) => {
                if kind == "custom" && tool.get("custom").is_none_or(|custom| !custom["name"].is_string()) {
                    let path = tool.path_of("custom.name");
                    let message = format!("Missing required field '{path}'.");
                    return Err(invalid(path, message));
                }
                self.others.push(tool.into_field().value);
            }
            Some(_) => return Err(tool.need("type")?.wrong("a string")),
            // Other servers name their own tools by a key: {"google_search": {}}.
            None => self.others.push(tool.into_field().value),
        }
        Ok(())
    }

    /// Parts the provider's own tools from the others. They are not called as functions are, so a choice that can only
    /// mean them leaves it to the model.
    fn sort_out(&mut self) {
        let provider = &mut self.provider;
        self.others.retain(|tool| !provider::entry(tool, provider));
        self.functions.retain(|tool| {
            let own = Own::disguised(tool);
            own.into_iter().for_each(|own| own.put(provider, true));
            own.is_none()
        });
        let none_left = self.functions.is_empty() && self.others.is_empty();
        let meant = match &self.choice {
            ToolChoice::Required => none_left && *provider != ProviderTools::default(),
            ToolChoice::Named(name) => !self.knows(name),
            ToolChoice::Auto | ToolChoice::None => false,
        };
        if meant {
            self.choice = ToolChoice::Auto;
        }
    }

    fn choose(&mut self, field: Field) -> Read<()> {
        let path = field.path.clone();
        self.choice = match field.value.as_str() {
            Some("auto") => ToolChoice::Auto,
            Some("none") => ToolChoice::None,
            Some("required" | "any") => ToolChoice::Required,
            Some(_) => ToolChoice::Named(field.string()?),
            None if field.value.is_object() => self.choice_object(field.object()?)?,
            None => return Err(field.wrong("'auto', 'none', 'required' or an object")),
        };
        match &self.choice {
            ToolChoice::Named(name) if !self.knows(name) => {
                let message =
                    format!("'{path}' asks for '{name}', which is not among the request's 'tools'.");
                Err(invalid(path, message))
            }
            ToolChoice::Required if self.functions.is_empty() && self.others.is_empty() => {
                let message = format!("'{path}' demands a tool call, but the request has no 'tools'.");
                Err(invalid(path, message))
            }
            ToolChoice::Auto | ToolChoice::None | ToolChoice::Required | ToolChoice::Named(_) => Ok(()),
        }
    }

    fn choice_object(&mut self, mut choice: Object) -> Read<ToolChoice> {
        if choice.get("type").is_some_and(|kind| kind == "allowed_tools") {
            // Responses has no member of that name between.
            let allowed =
                if choice.get("mode").is_some() { choice } else { choice.need("allowed_tools")?.object()? };
            return self.restrict(allowed);
        }
        // The provider's own tools have a type and no name.
        let own = choice.get("type").and_then(Value::as_str).filter(|kind| Own::called(kind).is_some());
        if let Some(kind) = own {
            return Ok(ToolChoice::Named(kind.to_owned()));
        }
        let named = match choice.take_any(&["function", "custom"]) {
            Some(field) => field.object()?.need("name")?,
            None => choice.need("name")?,
        };
        Ok(ToolChoice::Named(named.non_empty()?))
    }

    /// `allowed_tools`: the others are not there for this answer.
    fn restrict(&mut self, mut allowed: Object) -> Read<ToolChoice> {
        let mode = allowed.need("mode")?;
        let choice = match mode.value.as_str() {
            Some("auto") => ToolChoice::Auto,
            Some("required") => ToolChoice::Required,
            _ => return Err(mode.wrong("'auto' or 'required'")),
        };
        let list: Vec<Value> = allowed.need("tools")?.array()?.map(|entry| entry.value).collect();
        let is_meant = |entry: &Value, name: &str| entry["function"]["name"] == name || entry["name"] == name;
        self.functions.retain(|tool| list.iter().any(|entry| is_meant(entry, &tool.name)));
        self.others.retain(|tool| {
            list.iter().any(|entry| {
                entry["type"] == tool["type"] && entry["custom"]["name"] == tool["custom"]["name"]
            })
        });
        Ok(choice)
    }

    fn knows(&self, name: &str) -> bool {
        let own = Own::called(name);
        let same = |tool: &Value| own.is_some_and(|own| own.is_asked_by(tool));
        self.functions.iter().any(|tool| tool.name == name)
            || self.others.iter().any(|tool| tool["custom"]["name"] == name || same(tool))
    }
}

/// An entry of `tools` that holds a function.
fn wrapped(mut tool: Object) -> Read<Tool> {
    let beside = mcp_endpoint(&mut tool)?;
    let function = function(tool.need("function")?.object()?)?;
    Ok(Tool { mcp_endpoint: beside.or(function.mcp_endpoint), ..function })
}

/// The MCP server that runs the function, as the entry or the function itself names it.
fn mcp_endpoint(object: &mut Object) -> Read<Option<String>> {
    object.take_any(&["x-mcp-endpoint", "x_mcp_endpoint"]).map(Field::non_empty).transpose()
}

fn function(mut function: Object) -> Read<Tool> {
    let parameters = function.take("parameters");
    if let Some(field) = parameters.as_ref().filter(|field| !field.value.is_object()) {
        return Err(field.wrong("a JSON schema object"));
    }
    Ok(Tool {
        name: function.need("name")?.non_empty()?,
        description: function.take("description").map(Field::string).transpose()?,
        parameters: parameters.map(|field| field.value),
        strict: function.take("strict").map(Field::boolean).transpose()?,
        mcp_endpoint: mcp_endpoint(&mut function)?,
    })
}
