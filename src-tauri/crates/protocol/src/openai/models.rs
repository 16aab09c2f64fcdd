use serde::Serialize;

use super::to_json;

/// A model of `/v1/models`: the four official fields and, where known, what clients can use beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(tag = "object", rename = "model")]
pub struct Model {
    /// What to ask for.
    pub id: String,
    /// Unix seconds.
    pub created: u64,
    /// The upstream that serves it.
    pub owned_by: String,
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The provider's own name of it, for example `models/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_model_path: Option<String>,
    /// Most tokens it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// Most tokens it writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_max_output_tokens: Option<u64>,
    /// Most tokens it writes when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_output_tokens: Option<u64>,
    /// Temperature when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_temperature: Option<f64>,
    /// Top-p when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_top_p: Option<f64>,
    /// Top-k when the caller says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_top_k: Option<u32>,
    /// Whether it can think before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<bool>,
}

/// The answer of `/v1/models`, as JSON bytes.
pub fn encode_models(models: &[Model]) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(tag = "object", rename = "list")]
    struct List<'a> {
        data: &'a [Model],
    }
    to_json(&List { data: models }).into_bytes()
}

/// The answer of `/v1/models/{id}`, as JSON bytes.
pub fn encode_model(model: &Model) -> Vec<u8> {
    to_json(model).into_bytes()
}
