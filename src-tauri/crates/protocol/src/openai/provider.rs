//! The provider's own tools, in the many forms that clients ask for them: as a type, as a key, as a function that only
//! has a name.

use serde_json::Value;

use super::field::{Object, Read};
use crate::chat::{ProviderTools, Tool};

/// A tool that the provider runs itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Search,
    UrlContext,
    CodeExecution,
    Maps,
}

impl Own {
    /// The tool that is called so; spelling and a date at the end make no difference.
    pub(super) fn called(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().trim_end_matches(|c: char| c.is_ascii_digit()) {
            "googlesearch" | "googlesearchretrieval" | "websearch" | "websearchpreview" => Some(Self::Search),
            "urlcontext" | "webfetch" => Some(Self::UrlContext),
            "codeexecution" | "codeinterpreter" => Some(Self::CodeExecution),
            "googlemaps" | "googlemapsgrounding" => Some(Self::Maps),
            _ => None,
        }
    }

    /// The tool behind a function without parameters that has one of Google's own names. Other names may well be
    /// functions of the caller.
    pub(super) fn disguised(tool: &Tool) -> Option<Self> {
        let name = tool.name.to_ascii_lowercase().replace(['_', '-'], "");
        let googles = ["googlesearch", "googlesearchretrieval", "urlcontext", "codeexecution", "googlemaps"];
        let bare = tool.parameters.as_ref().is_none_or(takes_nothing);
        (bare && googles.contains(&name.as_str())).then(|| Self::called(&name)).flatten()
    }

    /// Whether an entry of `tools` asks for it.
    pub(super) fn is_asked_by(self, asking: &Value) -> bool {
        let mut tools = ProviderTools::default();
        entry(asking, &mut tools) && *self.place(&mut tools) == Some(true)
    }

    pub(super) fn put(self, tools: &mut ProviderTools, on: bool) {
        *self.place(tools) = Some(on);
    }

    fn place(self, tools: &mut ProviderTools) -> &mut Option<bool> {
        match self {
            Self::Search => &mut tools.search,
            Self::UrlContext => &mut tools.url_context,
            Self::CodeExecution => &mut tools.code_execution,
            Self::Maps => &mut tools.maps,
        }
    }
}

fn takes_nothing(schema: &Value) -> bool {
    schema["properties"].as_object().is_none_or(serde_json::Map::is_empty)
}

/// Switches on what an entry of `tools` asks for: `{"type": "web_search"}`, `{"google_search": {}}`. Whether it asked for
/// anything of the provider's; `false` beside a key forbids the tool.
pub(super) fn entry(entry: &Value, tools: &mut ProviderTools) -> bool {
    if let Some(kind) = entry["type"].as_str() {
        let own = Own::called(kind);
        own.into_iter().for_each(|own| own.put(tools, true));
        return own.is_some();
    }
    let Some(members) = entry.as_object().filter(|members| !members.is_empty()) else { return false };
    let found: Option<Vec<(Own, bool)>> =
        members.iter().map(|(key, value)| Some((Own::called(key)?, *value != Value::Bool(false)))).collect();
    found.iter().flatten().for_each(|(own, on)| own.put(tools, *on));
    found.is_some()
}

/// Takes `web_search_options`. Options in it stay behind, for those that can honour them.
pub(super) fn search_options(body: &mut Object, tools: &mut ProviderTools) -> Read<()> {
    let Some(field) = body.take("web_search_options") else { return Ok(()) };
    let options = field.object()?;
    Own::Search.put(tools, true);
    if options.has_more() {
        body.put_back("web_search_options", options.into_field().value);
    }
    Ok(())
}
