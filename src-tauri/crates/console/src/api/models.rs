//! Models and the names they are asked for.

use postern_upstream::{Explanation, ModelCard};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Everything that can be asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelsView {
    /// The upstreams in their order.
    pub upstreams: Vec<UpstreamModels>,
    /// The aliases.
    pub aliases: Vec<Alias>,
    /// Names that stand for several models.
    pub fallbacks: Vec<Fallback>,
}

/// What one upstream offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamModels {
    /// The upstream's name.
    pub name: String,
    /// Its models, excluded ones included.
    pub models: Vec<ModelView>,
    /// Why it offers none, or not all.
    pub problem: Option<String>,
    /// When the list was read, in seconds of Unix time.
    pub read_at: Option<u64>,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelView {
    /// What a client writes in `model`.
    pub name: String,
    /// What is known of it.
    pub card: ModelCard,
    /// Whether clients are not offered it.
    pub excluded: bool,
    /// The accounts that serve it.
    pub accounts: Vec<String>,
}

/// Another name for a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alias {
    /// What a client writes.
    pub name: String,
    /// The model that it means.
    pub target: String,
    /// Why it cannot be served now.
    pub problem: Option<String>,
}

/// A name that stands for several models, which are asked one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fallback {
    /// What a client writes.
    pub name: String,
    /// The models, the first one first.
    pub targets: Vec<String>,
    /// Why none of them can answer now.
    pub problem: Option<String>,
}

/// The models that a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FallbackTargets {
    /// Their ids, or `upstream/id`, the first one first.
    pub targets: Vec<String>,
}

/// The model that an alias means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AliasTarget {
    /// Its id, or `upstream/id`.
    pub target: String,
}

/// Whether a model is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The upstream.
    pub upstream: String,
    /// The upstream's id of the model.
    pub model: String,
    /// Whether it is kept from clients.
    pub excluded: bool,
}

/// What a name would hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Resolution {
    /// The way to the model, or what is in it.
    #[serde(flatten)]
    pub explanation: Explanation,
}

/// The name to look up.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ResolveQuery {
    /// What a client would write in `model`.
    pub name: String,
}
