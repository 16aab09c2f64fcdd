//! The functions a model may call, whether it must, and the provider's own tools.

use serde_json::Value;

use crate::chat::{ProviderTools, Tool, ToolChoice};
use crate::field::{Field, Object, Read, invalid};

/// What a request says about tools.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) functions: Vec<Tool>,
    /// Tools that are neither functions nor known as the provider's, as they came.
    pub(super) others: Vec<Value>,
    pub(super) provider: ProviderTools,
    /// Tools of the provider that came with options, as they came.
    pub(super) with_options: Vec<Value>,
    pub(super) choice: ToolChoice,
    pub(super) parallel: Option<bool>,
    /// Names of what is not a function.
    named: Vec<String>,
}

/// Members of a tool of the provider that are no options.
const BARE: [&str; 3] = ["type", "name", "cache_control"];

/// Takes `tools` and `tool_choice`.
pub(super) fn tools(body: &mut Object) -> Read<Toolbox> {
    let mut toolbox = Toolbox::default();
    if let Some(field) = body.take("tools") {
        for entry in field.array()? {
            toolbox.add(entry.object()?)?;
        }
    }
    if let Some(field) = body.take("tool_choice") {
        toolbox.choose(field)?;
    }
    Ok(toolbox)
}

/// The provider's own tool of this type, whatever the date at its end.
pub(super) fn own<'a>(kind: &str, tools: &'a mut ProviderTools) -> Option<&'a mut Option<bool>> {
    match kind.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "web_search_" => Some(&mut tools.search),
        "web_fetch_" => Some(&mut tools.url_context),
        "code_execution_" => Some(&mut tools.code_execution),
        _ => None,
    }
}

impl Toolbox {
    fn add(&mut self, mut tool: Object) -> Read<()> {
        let kind = tool.take("type").map(Field::string).transpose()?;
        let Some(kind) = kind.filter(|kind| kind != "custom") else {
            self.functions.push(function(tool)?);
            return Ok(());
        };
        self.named.extend(tool.get("name").and_then(Value::as_str).map(str::to_owned));
        tool.put_back("type", kind.clone().into());
        let raw = tool.into_field().value;
        match own(&kind, &mut self.provider) {
            Some(place) => {
                *place = Some(true);
                let plain = |members: &serde_json::Map<String, Value>| {
                    members.iter().all(|(key, value)| BARE.contains(&key.as_str()) || value.is_null())
                };
                if !raw.as_object().is_none_or(plain) {
                    self.with_options.push(raw);
                }
            }
            None => self.others.push(raw),
        }
        Ok(())
    }

    fn choose(&mut self, field: Field) -> Read<()> {
        let mut choice = field.object()?;
        let kind = choice.need("type")?;
        let parallel = choice.take("disable_parallel_tool_use").map(Field::boolean).transpose()?;
        self.parallel = parallel.map(|disabled| !disabled);
        self.choice = match kind.value.as_str() {
            Some("auto") => ToolChoice::Auto,
            Some("none") => ToolChoice::None,
            Some("any") => self.any(kind)?,
            Some("tool") => self.named(choice.need("name")?)?,
            _ => return Err(kind.wrong("one of auto, any, tool and none")),
        };
        Ok(())
    }

    /// A choice that can only mean tools the provider runs itself leaves it to the model.
    fn any(&self, kind: Field) -> Read<ToolChoice> {
        if !self.functions.is_empty() {
            return Ok(ToolChoice::Required);
        }
        if !self.named.is_empty() {
            return Ok(ToolChoice::Auto);
        }
        let message = format!("'{}' demands a tool call, but the request has no 'tools'.", kind.path);
        Err(invalid(kind.path, message))
    }

    fn named(&self, field: Field) -> Read<ToolChoice> {
        let path = field.path.clone();
        let name = field.non_empty()?;
        if self.functions.iter().any(|tool| tool.name == name) {
            return Ok(ToolChoice::Named(name));
        }
        if self.named.contains(&name) {
            return Ok(ToolChoice::Auto);
        }
        let message = format!("'{path}' asks for '{name}', which is not among the request's 'tools'.");
        Err(invalid(path, message))
    }
}

fn function(mut tool: Object) -> Read<Tool> {
    let name = tool.need("name")?.non_empty()?;
    let schema = tool.need("input_schema")?;
    if !schema.value.is_object() {
        return Err(schema.wrong("a JSON schema object"));
    }
    Ok(Tool {
        name,
        description: tool.take("description").map(Field::string).transpose()?,
        parameters: Some(schema.value),
        strict: tool.take("strict").map(Field::boolean).transpose()?,
        mcp_endpoint: tool
            .take_any(&["x-mcp-endpoint", "x_mcp_endpoint"])
            .map(Field::non_empty)
            .transpose()?,
    })
}
