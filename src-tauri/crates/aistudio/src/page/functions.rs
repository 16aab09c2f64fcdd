//! What came of bringing declarations of functions into the page, and the results that go back into it.

use postern_protocol::chat::{Failure, FailureKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::prompt::CallResult;

/// What came of bringing declarations into the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum Functions {
    /// None were wanted.
    #[default]
    Off,
    /// The page has them.
    Set,
    /// The page has no way to take them.
    Missing,
    /// The page has a way to take them that cannot be used now.
    Barred,
    /// The page's editor refused them.
    Refused {
        /// In these words.
        words: String,
    },
}

impl Functions {
    /// What to tell a caller whose functions the page did not take.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let text = match self {
            Self::Off | Self::Set => return None,
            Self::Missing => {
                "AI Studio's page offers no function calling with this model; set aistudio.tool_mode to \
                              \"auto\" or \"emulated\", or ask another model"
                    .to_owned()
            }
            Self::Barred => {
                let text = "AI Studio's page does not let function calling be switched on now; try again, or set \
                            aistudio.tool_mode to \"auto\" or \"emulated\"";
                return Some(Failure::new(FailureKind::PageChanged, text).param("tools"));
            }
            Self::Refused { words } => format!(
                "AI Studio's editor does not take these functions: {words}. Change them, or set aistudio.tool_mode to \
                 \"auto\" or \"emulated\""
            ),
        };
        Some(Failure::new(FailureKind::BadRequest, text).param("tools"))
    }
}

/// The result of a call, for the page's box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BoxedResult {
    /// The function, as the page calls it.
    name: String,
    text: String,
}

impl BoxedResult {
    /// A box that is left empty would never let the page run.
    pub(crate) fn of(result: &CallResult, name: &str) -> Self {
        let empty = result.text.trim().is_empty();
        let text = if empty { json!({ "result": "" }).to_string() } else { result.text.clone() };
        Self { name: name.to_owned(), text }
    }
}
