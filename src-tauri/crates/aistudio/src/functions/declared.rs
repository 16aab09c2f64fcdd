//! The functions of a request as declarations for the site's editor, and the way back for calls of them.

use std::collections::HashSet;

use postern_protocol::chat::{Failure, FailureKind, Tool, ToolCall};
use postern_protocol::names::{Names, Of};
use serde_json::{Map, Value, json};

use super::flat::Kind;
use super::schema::{clean_parameters, kind_of_document};
use super::shape::Shape;

/// Words that models put before the name of a function.
const PREFIXES: [&str; 4] = ["default_api.", "default_api:", "functions.", "tools."];

/// Functions that can be offered.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    functions: Vec<Function>,
    json: String,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    /// The name that the caller gave it.
    pub(super) name: String,
    /// The name that the site's editor takes.
    pub(super) site_name: String,
    pub(super) description: Option<String>,
    /// The caller's own schema.
    pub(super) parameters: Option<Value>,
    shape: Shape,
}

impl Declared {
    /// The functions a request offers. Fails where one cannot be offered in any way.
    pub(crate) fn of(tools: &[Tool]) -> Result<Self, Failure> {
        check(tools)?;
        let mut names = Names::new(Of::Function, tools.iter().map(|tool| tool.name.as_str()));
        let (functions, declarations): (Vec<_>, Vec<_>) =
            tools.iter().map(|tool| declare(tool, names.give(&tool.name))).unzip();
        Ok(Self { functions, json: Value::Array(declarations).to_string() })
    }

    /// The declarations as JSON text, as the site's editor takes it.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    pub(super) fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The name in the site's editor of a function.
    pub(super) fn site_name<'a>(&'a self, name: &'a str) -> &'a str {
        let known = self.functions.iter().find(|function| function.name == name);
        known.map_or(name, |function| &function.site_name)
    }

    /// Gives a call the name and the arguments that the caller declared. One of a function that nobody declared
    /// stays as it is.
    pub(crate) fn restore(&self, call: &mut ToolCall) {
        let Some(function) = self.find(&call.name, |function| &function.site_name) else { return };
        call.name.clone_from(&function.name);
        if let Ok(arguments) = serde_json::from_str(&call.arguments) {
            call.arguments = function.shape.restore(arguments).to_string();
        }
    }

    /// The declared name that a name in a written call means.
    pub(crate) fn known(&self, name: &str) -> Option<&str> {
        self.find(name, |function| &function.name).map(|function| function.name.as_str())
    }

    /// Models change names a little: they put something before them, or write them in other letters.
    fn find(&self, name: &str, own: impl Fn(&Function) -> &str) -> Option<&Function> {
        let bare = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        let exact = |wanted: &str| self.functions.iter().find(|function| own(function) == wanted);
        exact(name).or_else(|| exact(bare)).or_else(|| {
            let wanted = letters(bare);
            let mut alike = self.functions.iter().filter(|function| letters(own(function)) == wanted);
            alike.next().filter(|_| !wanted.is_empty() && alike.next().is_none())
        })
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn declare(tool: &Tool, site_name: String) -> (Function, Value) {
    let mut description = tool.description.clone().unwrap_or_default();
    if site_name != tool.name {
        let note = format!("Named {:?}.", tool.name);
        description = if description.is_empty() { note } else { format!("{description} {note}") };
    }
    let mut declaration = Map::from_iter([("name".to_owned(), json!(site_name))]);
    if !description.is_empty() {
        declaration.insert("description".to_owned(), json!(description));
    }
    let mut shape = Shape::Same;
    if let Some(cleaned) = tool.parameters.as_ref().and_then(clean_parameters) {
        declaration.insert("parameters".to_owned(), cleaned.schema);
        shape = cleaned.shape;
    }
    let function = Function {
        name: tool.name.clone(),
        site_name,
        description: tool.description.clone(),
        parameters: tool.parameters.clone(),
        shape,
    };
    (function, Value::Object(declaration))
}

fn check(tools: &[Tool]) -> Result<(), Failure> {
    let mut names = HashSet::new();
    for (index, tool) in tools.iter().enumerate() {
        if !names.insert(&tool.name) {
            let text = format!(
                "tools[{index}] has the name '{}', as a tool before it has; give each its own",
                tool.name
            );
            return Err(bad(text, format!("tools[{index}].function.name")));
        }
        let kind = tool.parameters.as_ref().and_then(kind_of_document);
        if let Some(kind) = kind.filter(|kind| !matches!(kind, Kind::Object | Kind::Any)) {
            let text = format!(
                "the parameters of the function '{}' must be a JSON schema of type \"object\", not of type \"{}\"",
                tool.name,
                kind.word()
            );
            return Err(bad(text, format!("tools[{index}].function.parameters")));
        }
    }
    Ok(())
}

fn bad(text: String, param: String) -> Failure {
    Failure::new(FailureKind::BadRequest, text).param(param)
}
