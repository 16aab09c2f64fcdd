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

/// What the switch of Google Search does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchSwitch {
    /// It goes on and off.
    #[default]
    Works,
    /// Once it is on it stays so, until the page is loaded again.
    StaysOn,
    /// It is on, and stays so.
    AlwaysOn,
}

/// A control of the page that not every account, model or day has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// The system instructions card.
    System,
    /// The temperature.
    Temperature,
    /// The thinking controls.
    Thinking,
    /// The longest answer.
    MaxTokens,
    /// The stop sequences.
    Stop,
    /// Google Search.
    Search,
    /// URL context.
    UrlContext,
    /// Code execution.
    CodeExecution,
    /// Google Maps.
    Maps,
    /// Function calling.
    Functions,
    /// Structured output.
    StructuredOutput,
    /// The media resolution.
    MediaResolution,
    /// The safety settings.
    Safety,
    /// The shape of pictures.
    AspectRatio,
    /// The size of pictures.
    ImageSize,
    /// Whether pictures come with text.
    OutputFormat,
    /// Who speaks.
    Voice,
    /// The boxes for the results of functions.
    ResultBoxes,
    /// The button that adds files.
    Attach,
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
    /// Controls that are not there.
    pub without: Vec<Piece>,
    /// The test ids of the optional controls are other ones; their labels, roles and elements stay.
    pub drifted: bool,
    /// A new chat with the same model keeps tools, declarations, schema and every run setting of the last one.
    pub sticky_tools: bool,
    /// What the switch of Google Search does.
    pub search_switch: SearchSwitch,
    /// A switch that is free again shows it a moment later than what held it shows that it is off.
    pub frees_late: bool,
    /// The safety settings that are opened for this time, counted from one, take nothing.
    pub safety_stuck: Option<u32>,
    /// Keys of schemas that the editors refuse beside those that they do not know.
    pub editor_refuses: Vec<String>,
    /// The first upload of a profile asks for a consent.
    pub consent: bool,
    /// Size of the largest file that may be uploaded, in bytes.
    pub largest_file: u64,
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
            without: Vec::new(),
            drifted: false,
            sticky_tools: false,
            search_switch: SearchSwitch::default(),
            frees_late: false,
            safety_stuck: None,
            editor_refuses: Vec::new(),
            consent: true,
            largest_file: 100 << 20,
            account: "demo.person@example.com".to_owned(),
        }
    }
}

impl Layout {
    /// The plain layout of one generation of the page.
    pub fn of(variant: Variant) -> Self {
        Self { variant, ..Self::default() }
    }

    /// The same without these controls.
    #[must_use]
    pub fn without(mut self, pieces: impl IntoIterator<Item = Piece>) -> Self {
        self.without.extend(pieces);
        self
    }
}
