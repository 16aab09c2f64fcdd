//! Lists of models, as clients read them and as a provider writes them.

use serde::Serialize;
use serde_json::Value;

use super::date::{rfc3339, unix};
use super::to_json;
use crate::chat::{Failure, FailureKind};
use crate::openai::Model;

#[derive(Serialize)]
#[serde(tag = "type", rename = "model")]
struct WireModel<'a> {
    id: &'a str,
    display_name: &'a str,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
}

impl<'a> WireModel<'a> {
    fn of(model: &'a Model) -> Self {
        Self {
            id: &model.id,
            display_name: model.display_name.as_deref().unwrap_or(&model.id),
            created_at: rfc3339(model.created),
            max_input_tokens: model.context_length,
            max_tokens: model.supported_max_output_tokens,
        }
    }
}

/// The answer of `/v1/models` to a client of this dialect (`anthropic-version` among its headers), as JSON bytes: all
/// models on one page.
pub fn encode_models(models: &[Model]) -> Vec<u8> {
    #[derive(Serialize)]
    struct Page<'a> {
        data: Vec<WireModel<'a>>,
        has_more: bool,
        first_id: Option<&'a str>,
        last_id: Option<&'a str>,
    }
    let page = Page {
        data: models.iter().map(WireModel::of).collect(),
        has_more: false,
        first_id: models.first().map(|model| model.id.as_str()),
        last_id: models.last().map(|model| model.id.as_str()),
    };
    to_json(&page).into_bytes()
}

/// The answer of `/v1/models/{id}` to a client of this dialect, as JSON bytes.
pub fn encode_model(model: &Model) -> Vec<u8> {
    to_json(&WireModel::of(model)).into_bytes()
}

/// A model that a provider lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What to ask for.
    pub id: String,
    /// The name for people.
    pub name: Option<String>,
    /// Unix seconds.
    pub created: Option<u64>,
    /// Most tokens it reads.
    pub most_input: Option<u64>,
    /// Most tokens it writes.
    pub most_output: Option<u64>,
}

/// One page of a provider's list of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The models.
    pub models: Vec<Listed>,
    /// What to ask for as `after_id` to get the next page; `None` on the last.
    pub next: Option<String>,
}

/// Reads a provider's answer to `GET /v1/models`.
///
/// # Errors
///
/// A [`FailureKind::UpstreamError`] when it is no list of models.
pub fn read_models(body: &[u8]) -> Result<Listing, Failure> {
    let unread = || Failure::new(FailureKind::UpstreamError, "The provider's list of models cannot be read.");
    let page: Value = serde_json::from_slice(body).map_err(|_| unread())?;
    let models: Vec<Listed> = page["data"].as_array().ok_or_else(unread)?.iter().filter_map(listed).collect();
    let next = (page["has_more"] == true).then(|| page["last_id"].as_str().map(str::to_owned)).flatten();
    Ok(Listing { models, next })
}

fn listed(entry: &Value) -> Option<Listed> {
    Some(Listed {
        id: entry["id"].as_str()?.to_owned(),
        name: entry["display_name"].as_str().map(str::to_owned),
        created: entry["created_at"].as_str().and_then(unix),
        most_input: entry["max_input_tokens"].as_u64(),
        most_output: entry["max_tokens"].as_u64(),
    })
}
