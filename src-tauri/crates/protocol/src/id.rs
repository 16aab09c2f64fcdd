use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Names one request everywhere: the `x-request-id` header, the queue, the log and the completion id.
///
/// The text is made of ASCII letters, digits, `-` and `_` only, so it is safe in headers and paths.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// Takes any text; characters outside the safe set are dropped.
    pub fn new(text: impl AsRef<str>) -> Self {
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let text = text.as_ref();
        // As a rule nothing is to be dropped.
        Self(if text.chars().all(safe) { text.to_owned() } else { text.replace(|c| !safe(c), "") })
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
