use serde_json::{Map, Value, json};

use crate::chat::{Failure, FailureKind, Usage};

/// Reads `usageMetadata`. What tools brought in is read by the model as well, and thoughts are said beside the candidates.
pub(super) fn usage_of(metadata: &Value) -> Usage {
    let count = |key: &str| metadata[key].as_u64().unwrap_or(0);
    let thoughts = count("thoughtsTokenCount");
    Usage {
        prompt: count("promptTokenCount") + count("toolUsePromptTokenCount"),
        completion: count("candidatesTokenCount") + thoughts,
        cached: count("cachedContentTokenCount"),
        reasoning: thoughts,
    }
}

/// Writes `usageMetadata`. Counts of nothing are left out, but for those that everybody reads.
pub(super) fn metadata_of(usage: Usage) -> Value {
    let mut metadata = Map::from_iter([
        ("promptTokenCount".to_owned(), json!(usage.prompt)),
        ("candidatesTokenCount".to_owned(), json!(usage.completion.saturating_sub(usage.reasoning))),
        ("totalTokenCount".to_owned(), json!(usage.total())),
    ]);
    for (key, count) in [("thoughtsTokenCount", usage.reasoning), ("cachedContentTokenCount", usage.cached)] {
        if count > 0 {
            metadata.insert(key.to_owned(), json!(count));
        }
    }
    Value::Object(metadata)
}

/// The answer to `countTokens`.
pub fn encode_count(tokens: u64) -> Vec<u8> {
    json!({ "totalTokens": tokens }).to_string().into_bytes()
}

/// Reads a provider's answer to `countTokens`.
///
/// # Errors
///
/// A [`FailureKind::UpstreamError`] when there is no count in it.
pub fn read_count(body: &[u8]) -> Result<u64, Failure> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    value["totalTokens"].as_u64().ok_or_else(|| {
        Failure::new(FailureKind::UpstreamError, "The provider's count of tokens has no number in it.")
    })
}
