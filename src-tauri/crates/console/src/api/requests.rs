//! The journal of requests.

use postern_store::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which requests.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RequestsQuery {
    /// `next` of the page before, for older ones.
    #[serde(default)]
    pub before: Option<String>,
    /// Most rows; 100 without it, 500 at most.
    #[serde(default)]
    pub limit: Option<usize>,
    /// What became of them.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// The status they were answered with.
    #[serde(default)]
    pub status: Option<u16>,
    /// The model asked for.
    #[serde(default)]
    pub model: Option<String>,
    /// The caller's key, by its id.
    #[serde(default)]
    pub key: Option<i64>,
    /// The account that answered.
    #[serde(default)]
    pub account: Option<String>,
    /// The upstream that answered.
    #[serde(default)]
    pub upstream: Option<String>,
    /// A text in id, path, model or error.
    #[serde(default)]
    pub search: Option<String>,
}
