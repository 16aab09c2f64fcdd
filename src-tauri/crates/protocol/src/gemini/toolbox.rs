//! The functions a model may call, the provider's own tools beside them, and whether it must call one.

use serde_json::Value;

use super::schema::opened;
use super::words::either;
use crate::chat::{ProviderTools, Tool, ToolChoice};
use crate::field::{Field, Object, Read};

/// What a request says about tools.
#[derive(Default)]
pub(super) struct Toolbox {
    pub(super) functions: Vec<Tool>,
    pub(super) provider: ProviderTools,
    /// What is neither, as it came.
    pub(super) others: Vec<Value>,
    pub(super) choice: ToolChoice,
}

/// Takes `tools` and `toolConfig`.
pub(super) fn toolbox(body: &mut Object) -> Read<Toolbox> {
    let mut toolbox = Toolbox::default();
    if let Some(field) = body.take("tools") {
        for entry in field.array()? {
            toolbox.add(entry.object()?)?;
        }
    }
    if let Some(field) = either(body, "toolConfig") {
        let mut config = field.object()?;
        if let Some(field) = either(&mut config, "functionCallingConfig") {
            toolbox.choose(field.object()?)?;
        }
        if config.has_more() {
            body.put_back("toolConfig", config.into_field().value);
        }
    }
    Ok(toolbox)
}

impl Toolbox {
    fn add(&mut self, mut tool: Object) -> Read<()> {
        if let Some(field) = either(&mut tool, "functionDeclarations") {
            for entry in field.array()? {
                self.functions.push(function(entry.object()?)?);
            }
        }
        let provider = &mut self.provider;
        let own: [(&[&str], &mut Option<bool>); 4] = [
            (&["googleSearch", "googleSearchRetrieval"], &mut provider.search),
            (&["urlContext"], &mut provider.url_context),
            (&["codeExecution"], &mut provider.code_execution),
            (&["googleMaps"], &mut provider.maps),
        ];
        for (names, place) in own {
            for name in names {
                if either(&mut tool, name).is_some() {
                    *place = Some(true);
                }
            }
        }
        if tool.has_more() {
            self.others.push(tool.into_field().value);
        }
        Ok(())
    }

    fn choose(&mut self, mut config: Object) -> Read<()> {
        let names = match either(&mut config, "allowedFunctionNames") {
            Some(field) => field.array()?.map(Field::non_empty).collect::<Read<Vec<String>>>()?,
            None => Vec::new(),
        };
        let Some(mode) = config.take("mode") else { return Ok(()) };
        self.choice = match mode.value.as_str().unwrap_or_default().to_ascii_uppercase().as_str() {
            "AUTO" | "MODE_UNSPECIFIED" => ToolChoice::Auto,
            "NONE" => ToolChoice::None,
            "VALIDATED" => {
                self.functions.iter_mut().for_each(|tool| tool.strict = Some(true));
                self.restrict(&names);
                ToolChoice::Auto
            }
            "ANY" if names.len() == 1 => ToolChoice::Named(names.concat()),
            "ANY" => {
                self.restrict(&names);
                ToolChoice::Required
            }
            _ => return Err(mode.wrong("one of AUTO, ANY, NONE and VALIDATED")),
        };
        Ok(())
    }

    /// The others are not there for this answer.
    fn restrict(&mut self, names: &[String]) {
        if !names.is_empty() {
            self.functions.retain(|tool| names.contains(&tool.name));
        }
    }
}

fn function(mut function: Object) -> Read<Tool> {
    let own = function.take("parameters");
    let json = either(&mut function, "parametersJsonSchema");
    let parameters = match (own, json) {
        (_, Some(json)) => Some(schema_of(json)?),
        (Some(own), None) => Some(opened(schema_of(own)?)),
        (None, None) => None,
    };
    Ok(Tool {
        name: function.need("name")?.non_empty()?,
        description: function.take("description").map(Field::string).transpose()?,
        parameters,
        strict: None,
        mcp_endpoint: None,
    })
}

fn schema_of(field: Field) -> Read<Value> {
    if field.value.is_object() { Ok(field.value) } else { Err(field.wrong("a schema object")) }
}
