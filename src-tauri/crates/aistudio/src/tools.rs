//! The tools that AI Studio runs itself: their names, and which of them are on.
//!
//! A request, the owner's settings, the page's switches and the page's own request all speak of them; here they
//! speak of the same.

use postern_protocol::chat::ProviderTools;
use serde::{Deserialize, Serialize};

use crate::wire::Capability;

/// A tool that AI Studio runs itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tool {
    Search,
    UrlContext,
    CodeExecution,
    Maps,
}

impl Tool {
    pub(crate) const ALL: [Self; 4] = [Self::Search, Self::UrlContext, Self::CodeExecution, Self::Maps];

    /// Its name in the page's script.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::UrlContext => "url_context",
            Self::CodeExecution => "code_execution",
            Self::Maps => "maps",
        }
    }

    /// Its name for people.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Search => "Google Search",
            Self::UrlContext => "URL context",
            Self::CodeExecution => "code execution",
            Self::Maps => "Google Maps",
        }
    }

    /// What a model must be able to do to have it.
    pub(crate) fn capability(self) -> Capability {
        match self {
            Self::Search => Capability::Search,
            Self::UrlContext => Capability::UrlContext,
            Self::CodeExecution => Capability::CodeExecution,
            Self::Maps => Capability::Maps,
        }
    }

    /// What a request says about it.
    pub(crate) fn asked(self, tools: &ProviderTools) -> Option<bool> {
        match self {
            Self::Search => tools.search,
            Self::UrlContext => tools.url_context,
            Self::CodeExecution => tools.code_execution,
            Self::Maps => tools.maps,
        }
    }
}

/// Which of the tools that AI Studio runs itself are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tools {
    /// Google Search.
    pub search: bool,
    /// Reading of the addresses in the prompt.
    pub url_context: bool,
    /// Running of code.
    pub code_execution: bool,
    /// Google Maps.
    pub maps: bool,
}

impl Tools {
    /// Those for which this holds.
    pub(crate) fn of(on: impl Fn(Tool) -> bool) -> Self {
        Self {
            search: on(Tool::Search),
            url_context: on(Tool::UrlContext),
            code_execution: on(Tool::CodeExecution),
            maps: on(Tool::Maps),
        }
    }

    /// Whether this one is on.
    pub(crate) fn has(self, tool: Tool) -> bool {
        match tool {
            Tool::Search => self.search,
            Tool::UrlContext => self.url_context,
            Tool::CodeExecution => self.code_execution,
            Tool::Maps => self.maps,
        }
    }

    /// Whether any is on.
    pub(crate) fn any(self) -> bool {
        self != Self::default()
    }
}
