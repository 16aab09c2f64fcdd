//! What each selector finds, as people call it; where it is, and what is lost without it. A table.

use postern_protocol::page::{Group, Loss};
use serde::Serialize;

use crate::wire::Capability;

/// A control.
pub(super) struct Row {
    pub(super) purpose: &'static str,
    pub(super) name: &'static str,
    pub(super) loss: Loss,
    pub(super) place: Place,
    /// It is looked for in these only.
    pub(super) within: Option<&'static str>,
}

/// Where a control is, and so when it should be there.
pub(super) enum Place {
    /// On the page, always.
    Page,
    /// On the page with some models.
    Model,
    /// On the page with models that can do this.
    Can(Capability),
    /// Behind this opener.
    Behind(&'static str),
    /// Needed only where none of these is there.
    Instead(&'static [&'static str]),
    /// With an answer.
    Answer,
    /// When something is wrong or in the way.
    Trouble,
    /// While something is switched on or filled in.
    Use,
}

/// A part of the page that is opened for a look and closed again. Nothing in it is changed.
#[derive(Debug, Serialize)]
pub(crate) struct Door {
    /// What opens it.
    pub(crate) opener: &'static str,
    /// What shows that it is open.
    pub(crate) sign: &'static str,
    /// What closes it; Escape where there is nothing.
    pub(crate) closer: Option<&'static str>,
    /// It need not be opened where this is there already.
    pub(crate) unless: Option<&'static str>,
}

const fn row(purpose: &'static str, name: &'static str, loss: Loss, place: Place) -> Row {
    Row { purpose, name, loss, place, within: None }
}

/// One of which there may be several, each in something of its own.
const fn within(outer: &'static str, row: Row) -> Row {
    Row { within: Some(outer), ..row }
}

const fn door(opener: &'static str, sign: &'static str, closer: Option<&'static str>) -> Door {
    Door { opener, sign, closer, unless: None }
}

/// Everything that is opened for a look.
pub(crate) const DOORS: &[Door] = &[
    Door { unless: Some("temporary_toggle"), ..door("overflow_menu", "temporary_toggle", None) },
    door("model_picker", "model_row", Some("dialog_close")),
    door("system_open", "system_box", Some("system_close")),
    door("thinking_level", "level_option", None),
    door("safety_edit", "safety_harassment", Some("safety_close")),
    door("attach", "attach_menu", None),
];

/// All controls, group by group.
pub(super) const GROUPS: &[(Group, &[Row])] = &[
    (Group::Prompt, PROMPT),
    (Group::Chat, CHAT),
    (Group::Settings, SETTINGS),
    (Group::Tools, TOOLS),
    (Group::Files, FILES),
    (Group::Answer, ANSWER),
    (Group::Dialogs, DIALOGS),
    (Group::Account, ACCOUNT),
];

const PROMPT: &[Row] = &[
    row("prompt", "Prompt box", Loss::Answers, Place::Page),
    row("prompt_mirror", "Prompt box's copy of its text", Loss::Nothing, Place::Page),
    row("run", "Run button", Loss::Answers, Place::Page),
    row("stop", "Stop button", Loss::Stopping, Place::Answer),
];

const CHAT: &[Row] = &[
    row("model_name", "Name of the model", Loss::Answers, Place::Page),
    row("model_picker", "Choice of the model", Loss::OtherModels, Place::Page),
    row("model_row", "Model in the choice", Loss::OtherModels, Place::Behind("model_picker")),
    row("new_chat", "New chat", Loss::Speed, Place::Page),
    row("new_chat_confirm", "Discard the old chat", Loss::Speed, Place::Use),
    row("temporary_toggle", "Temporary chat", Loss::TemporaryChats, Place::Behind("overflow_menu")),
    row("temporary_on", "Mark of a temporary chat", Loss::TemporaryChats, Place::Use),
    row("overflow_menu", "More actions", Loss::TemporaryChats, Place::Instead(&["temporary_toggle"])),
];

const SETTINGS: &[Row] = &[
    row("settings_panel", "Run settings", Loss::Setting, Place::Page),
    row("settings_open", "Open the run settings", Loss::Setting, Place::Instead(&["settings_panel"])),
    row("system_open", "System instructions", Loss::SystemBox, Place::Page),
    row("system_preview", "System instructions, preview", Loss::Speed, Place::Page),
    row("system_box", "System instructions, box", Loss::SystemBox, Place::Behind("system_open")),
    row("system_close", "System instructions, close", Loss::ClearWay, Place::Behind("system_open")),
    row("temperature", "Temperature", Loss::Setting, Place::Page),
    row(
        "advanced_section",
        "Advanced settings",
        Loss::Setting,
        Place::Instead(&["stop_input", "max_tokens"]),
    ),
    row("top_p", "Top P", Loss::Setting, Place::Page),
    row("max_tokens", "Output length", Loss::Setting, Place::Page),
    row("stop_input", "Stop texts", Loss::Setting, Place::Page),
    row("stop_chip", "A stop text", Loss::Setting, Place::Use),
    row("stop_chip_remove", "Remove a stop text", Loss::Setting, Place::Use),
    row("media_resolution_box", "Media resolution", Loss::Setting, Place::Can(Capability::MediaResolution)),
    row("aspect_ratio_box", "Aspect ratio of pictures", Loss::Setting, Place::Can(Capability::AspectRatio)),
    row("image_size_box", "Size of pictures", Loss::Setting, Place::Can(Capability::ImageSize)),
    row("output_format_box", "Form of the output", Loss::Setting, Place::Model),
    row("voice_box", "Voice", Loss::Setting, Place::Can(Capability::Speech)),
    row("safety_edit", "Safety settings", Loss::Setting, Place::Page),
    row("safety_harassment", "Safety: harassment", Loss::Setting, Place::Behind("safety_edit")),
    row("safety_hate", "Safety: hate", Loss::Setting, Place::Behind("safety_edit")),
    row("safety_sexual", "Safety: sexually explicit", Loss::Setting, Place::Behind("safety_edit")),
    row("safety_dangerous", "Safety: dangerous content", Loss::Setting, Place::Behind("safety_edit")),
    row("safety_close", "Safety settings, close", Loss::ClearWay, Place::Behind("safety_edit")),
    row("thinking_level", "Thinking level", Loss::Setting, Place::Can(Capability::ThinkingLevel)),
    row("level_option", "Options of a list", Loss::Setting, Place::Behind("thinking_level")),
    row("thinking_toggle", "Thinking", Loss::Setting, Place::Model),
    row("budget_toggle", "Thinking budget of one's own", Loss::Setting, Place::Model),
    row("budget_input", "Thinking budget", Loss::Setting, Place::Use),
];

const TOOLS: &[Row] = &[
    row("tools_section", "Tools", Loss::Tool, Place::Instead(SWITCHES)),
    row("tools_expanded", "Tools, opened", Loss::Tool, Place::Instead(SWITCHES)),
    row("search_switch", "Google Search", Loss::Tool, Place::Can(Capability::Search)),
    row("url_context_switch", "URL context", Loss::Tool, Place::Can(Capability::UrlContext)),
    row("code_execution_switch", "Code execution", Loss::Tool, Place::Can(Capability::CodeExecution)),
    row("maps_switch", "Google Maps", Loss::Tool, Place::Can(Capability::Maps)),
    row("functions_switch", "Functions", Loss::NativeFunctions, Place::Can(Capability::Functions)),
    row("functions_edit", "Functions, edit", Loss::NativeFunctions, Place::Use),
    row("functions_tab", "Functions, code editor", Loss::NativeFunctions, Place::Use),
    row("functions_box", "Functions, declarations", Loss::NativeFunctions, Place::Use),
    row("functions_save", "Functions, save", Loss::NativeFunctions, Place::Use),
    row("functions_cancel", "Functions, cancel", Loss::ClearWay, Place::Use),
    row("functions_error", "Functions, complaint", Loss::Reasons, Place::Trouble),
    row("structured_switch", "Structured output", Loss::NativeStructure, Place::Can(Capability::Functions)),
    row("structured_edit", "Structured output, edit", Loss::NativeStructure, Place::Use),
    row("structured_tab", "Schema, code editor", Loss::NativeStructure, Place::Use),
    row("structured_box", "Schema", Loss::NativeStructure, Place::Use),
    row("structured_save", "Schema, save", Loss::NativeStructure, Place::Use),
    row("structured_cancel", "Schema, cancel", Loss::ClearWay, Place::Use),
    row("structured_error", "Schema, complaint", Loss::Reasons, Place::Trouble),
];

/// What the section of tools holds.
const SWITCHES: &[&str] = &[
    "search_switch",
    "url_context_switch",
    "code_execution_switch",
    "maps_switch",
    "functions_switch",
    "structured_switch",
];

const FILES: &[Row] = &[
    row("attach", "Add files", Loss::Files, Place::Page),
    row("attach_menu", "Menu for files", Loss::Files, Place::Behind("attach")),
    row("menu_backdrop", "Ground of a menu", Loss::ClearWay, Place::Behind("attach")),
    row("file_input", "Field for files", Loss::Files, Place::Behind("attach")),
    row("upload_consent", "Consent to uploads", Loss::Files, Place::Use),
    row("attachment", "A file in the prompt", Loss::Files, Place::Use),
    within("attachment", row("attachment_busy", "Progress of a file", Loss::Files, Place::Use)),
    within("attachment", row("attachment_error", "Complaint about a file", Loss::Reasons, Place::Trouble)),
    within("attachment", row("attachment_remove", "Remove a file", Loss::Files, Place::Use)),
];

const ANSWER: &[Row] = &[
    row("turn", "Turn", Loss::Answers, Place::Answer),
    row("model_turn", "Answer", Loss::PageText, Place::Answer),
    within("turn", row("turn_text", "Text of an answer", Loss::PageText, Place::Answer)),
    within("turn", row("thought", "Thoughts", Loss::PageText, Place::Answer)),
    within("turn", row("edit", "Edit an answer", Loss::PageText, Place::Answer)),
    within("turn", row("edit_done", "End editing", Loss::PageText, Place::Answer)),
    within("turn", row("editor", "Editor of an answer", Loss::PageText, Place::Answer)),
    row("call_name", "Name in a function call", Loss::NativeFunctions, Place::Answer),
    row("call", "Function call", Loss::PageText, Place::Answer),
    row("call_arguments", "Arguments of a function call", Loss::PageText, Place::Answer),
    row("result_box", "Box for a function's result", Loss::ResultsInPlace, Place::Answer),
];

const DIALOGS: &[Row] = &[
    row("toast", "Notice at the edge", Loss::Reasons, Place::Trouble),
    row("callout", "Notice above the prompt", Loss::Reasons, Place::Trouble),
    row("turn_error", "Error in a turn", Loss::Reasons, Place::Trouble),
    row("captcha", "Captcha", Loss::Reasons, Place::Trouble),
    row("dialog", "Dialog", Loss::ClearWay, Place::Behind("model_picker")),
    row("dialog_close", "Close a dialog", Loss::ClearWay, Place::Behind("model_picker")),
    row("backdrop", "Ground of a dialog", Loss::ClearWay, Place::Behind("model_picker")),
];

const ACCOUNT: &[Row] = &[
    row("account_email", "Address of the account", Loss::Owner, Place::Page),
    row("chat_title", "Title of a chat", Loss::Redaction, Place::Use),
    row("chat_link", "Links to chats", Loss::Redaction, Place::Use),
];
