//! What a request asked of the model beside the conversation: its sampling, tools and forms of answer.

use serde::Serialize;
use serde_json::Value;

use crate::schema::schema;
use crate::wire::{at, items};

/// A thinking level as the wire numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 4 on the wire.
    Minimal,
    /// 1 on the wire.
    Low,
    /// 2 on the wire.
    Medium,
    /// 3 on the wire.
    High,
}

/// What a request asked of the model's thinking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ThinkingAsked {
    /// Token budget: 0 for off, -1 for as the model likes.
    pub budget: Option<i64>,
    /// Level.
    pub level: Option<Level>,
}

/// A tool that was switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// Google Search.
    Search,
    /// URL context.
    UrlContext,
    /// Code execution.
    CodeExecution,
    /// Google Maps.
    Maps,
    /// Declared functions.
    Functions,
}

/// A function that was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its parameters as a JSON schema, types in lower case; null when it takes none.
    pub schema: Value,
}

/// A kind of harm that an answer can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// 7 on the wire.
    Harassment,
    /// 8 on the wire.
    Hate,
    /// 9 on the wire.
    Sexual,
    /// 10 on the wire.
    Dangerous,
}

/// From which probability on an answer is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// Low and above: 1 on the wire.
    Most,
    /// Medium and above: 2 on the wire.
    Some,
    /// High only: 3 on the wire.
    Few,
    /// 4 on the wire.
    None,
    /// 5 on the wire.
    Off,
}

/// How finely media are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// 1 on the wire.
    Low,
    /// 2 on the wire.
    Medium,
    /// 3 on the wire.
    High,
}

/// A form of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// 1 on the wire.
    Text,
    /// 2 on the wire.
    Image,
    /// 3 on the wire.
    Audio,
}

/// The thinking that the generation config asks for.
pub(super) fn thinking(config: &Value) -> ThinkingAsked {
    let level = at(config, &[16, 3]).as_u64().and_then(|number| match number {
        1 => Some(Level::Low),
        2 => Some(Level::Medium),
        3 => Some(Level::High),
        4 => Some(Level::Minimal),
        _ => None,
    });
    ThinkingAsked { budget: at(config, &[16, 1]).as_i64(), level }
}

/// Which tool an element of the list of tools switches on: its length says it.
pub(super) fn tool(value: &Value) -> Option<Tool> {
    match value.as_array()?.len() {
        1 => Some(Tool::CodeExecution),
        2 => Some(Tool::Functions),
        4 => Some(Tool::Search),
        8 => Some(Tool::UrlContext),
        11 => Some(Tool::Maps),
        _ => None,
    }
}

/// The functions that the list of tools declares.
pub(super) fn declared(tools: &Value) -> Vec<Declared> {
    let lists = items(tools).iter().filter(|tool| self::tool(tool) == Some(Tool::Functions));
    lists.flat_map(|tool| items(at(tool, &[1]))).map(declaration).collect()
}

fn declaration(value: &Value) -> Declared {
    let word = |index: usize| at(value, &[index]).as_str().unwrap_or_default().to_owned();
    let parameters = at(value, &[2]);
    let schema = if parameters.is_null() { Value::Null } else { schema(parameters) };
    Declared { name: word(0), description: word(1), schema }
}

/// The safety settings, kind by kind.
pub(super) fn safety(value: &Value) -> Vec<(Harm, Threshold)> {
    let kind = |setting: &Value| {
        let harm = match at(setting, &[2]).as_u64()? {
            7 => Harm::Harassment,
            8 => Harm::Hate,
            9 => Harm::Sexual,
            10 => Harm::Dangerous,
            _ => return None,
        };
        let threshold = match at(setting, &[3]).as_u64()? {
            1 => Threshold::Most,
            2 => Threshold::Some,
            3 => Threshold::Few,
            4 => Threshold::None,
            5 => Threshold::Off,
            _ => return None,
        };
        Some((harm, threshold))
    };
    items(value).iter().filter_map(kind).collect()
}

/// The media resolution that the generation config asks for.
pub(super) fn media_resolution(config: &Value) -> Option<Resolution> {
    match at(config, &[17]).as_u64()? {
        1 => Some(Resolution::Low),
        2 => Some(Resolution::Medium),
        3 => Some(Resolution::High),
        _ => None,
    }
}

/// The forms of answer that the generation config asks for.
pub(super) fn modalities(config: &Value) -> Vec<Modality> {
    let modality = |number: &Value| match number.as_u64()? {
        1 => Some(Modality::Text),
        2 => Some(Modality::Image),
        3 => Some(Modality::Audio),
        _ => None,
    };
    items(at(config, &[14])).iter().filter_map(modality).collect()
}
