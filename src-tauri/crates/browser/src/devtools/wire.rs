//! The messages of the DevTools protocol that are used here.

use serde::Deserialize;
use serde_json::value::RawValue;

/// Anything the browser sends: a reply when it has an id, else an event.
#[derive(Deserialize)]
pub(super) struct Message<'a> {
    pub(super) id: Option<u64>,
    pub(super) method: Option<&'a str>,
    #[serde(rename = "sessionId")]
    pub(super) session: Option<&'a str>,
    #[serde(borrow)]
    pub(super) params: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) result: Option<&'a RawValue>,
    pub(super) error: Option<Refusal>,
    /// Beside the name of an error.
    pub(super) message: Option<String>,
}

/// How a refusal is told: DevTools has its words inside, WebDriver BiDi a name here and the words beside it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Refusal {
    Whole(Failure),
    Named(String),
}

impl Refusal {
    pub(super) fn told(&self, beside: Option<&str>) -> Failure {
        match self {
            Self::Whole(failure) => failure.clone(),
            Self::Named(name) => Failure { message: format!("{name}: {}", beside.unwrap_or_default()) },
        }
    }
}

/// A tab and what it shows, as WebDriver BiDi tells it.
#[derive(Deserialize)]
pub(super) struct Context {
    pub(super) context: String,
    pub(super) url: String,
}

/// The browser's refusal of a command.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) message: String,
}

/// What a command led to.
pub(super) type Outcome<'a> = Result<&'a RawValue, Failure>;

/// A command to one tab's session; replies come back with `token`.
#[derive(Debug)]
pub(super) struct Command<T> {
    pub(super) method: &'static str,
    pub(super) params: serde_json::Value,
    pub(super) token: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestWillBeSent {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) loader_id: String,
    #[serde(default)]
    pub(super) frame_id: String,
    pub(super) request: Request,
    #[serde(default, rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) method: String,
    pub(super) post_data: Option<String>,
    #[serde(default)]
    pub(super) has_post_data: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResponseReceived {
    pub(super) request_id: String,
    pub(super) response: Response,
}

#[derive(Deserialize)]
pub(super) struct Response {
    pub(super) status: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataReceived {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) data_length: u64,
    pub(super) data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadingFinished {
    pub(super) request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoadingFailed {
    pub(super) request_id: String,
    pub(super) error_text: String,
    #[serde(default)]
    pub(super) canceled: bool,
    pub(super) blocked_reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FrameNavigated {
    pub(super) frame: Frame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Frame {
    pub(super) id: String,
    pub(super) parent_id: Option<String>,
    #[serde(default)]
    pub(super) loader_id: String,
}

#[derive(Deserialize)]
pub(super) struct DialogOpening {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

#[derive(Deserialize)]
pub(super) struct EntryAdded {
    pub(super) entry: LogEntry,
}

#[derive(Deserialize)]
pub(super) struct LogEntry {
    pub(super) source: String,
    pub(super) level: String,
    pub(super) text: String,
    pub(super) url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Buffered {
    pub(super) buffered_data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body {
    pub(super) body: String,
    pub(super) base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostData {
    pub(super) post_data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attached {
    pub(super) session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetSeen {
    pub(super) target_info: TargetInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetInfo {
    pub(super) target_id: String,
    #[serde(default)]
    pub(super) url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetGone {
    pub(super) target_id: String,
}
