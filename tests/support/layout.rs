use serde::{Deserialize, Serialize};

/// Which generation of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The newer prompt box; Run turns into a button labelled "Stop generating".
    #[default]
    PromptBox,
    /// The older input wrapper; Run keeps its label and shows a spinner, thoughts are a turn of their own.
    InputWrapper,
    /// The newer page with all element and class names replaced; roles, labels and test ids stay.
    RenamedClasses,
}

/// Where the temporary-chat switch is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemporaryToggle {
    /// In the tool bar.
    #[default]
    Visible,
    /// Behind "View more actions".
    InMenu,
    /// Nowhere.
    Missing,
}

/// How the page looks from the next load on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// Which generation of the page.
    pub variant: Variant,
    /// Welcome, autosave and cookie dialogs greet the user.
    pub dialogs: bool,
    /// A survey frame and a stuck tooltip lie over the page.
    pub clutter: bool,
    /// Where the temporary-chat switch is.
    pub temporary_toggle: TemporaryToggle,
    /// Whether top-p can be set.
    pub top_p: bool,
    /// Whether the page asks before it throws an unsaved chat away.
    pub confirm_discard: bool,
    /// The prompt box is missing: the page has changed beyond use.
    pub broken: bool,
    /// The `model` parameter of the address is not honoured.
    pub ignores_model_parameter: bool,
    /// The model of the stored preference is not honoured.
    pub ignores_preference: bool,
    /// A new chat keeps the system instructions of the last one.
    pub sticky_system: bool,
    /// The system instructions card shows what they are.
    pub system_preview: bool,
    /// The address of the signed-in account.
    pub account: String,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            variant: Variant::default(),
            dialogs: false,
            clutter: false,
            temporary_toggle: TemporaryToggle::default(),
            top_p: true,
            confirm_discard: true,
            broken: false,
            ignores_model_parameter: false,
            ignores_preference: false,
            sticky_system: false,
            system_preview: true,
            account: "demo.person@example.com".to_owned(),
        }
    }
}

impl Layout {
    /// The plain layout of one generation of the page.
    pub fn of(variant: Variant) -> Self {
        Self { variant, ..Self::default() }
    }
}
