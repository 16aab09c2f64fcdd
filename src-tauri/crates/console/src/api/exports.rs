//! Conversations to files.

use postern_curation::export::Spec;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An export to begin.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExportStart {
    /// What, and how.
    pub spec: Spec,
    /// The name of the new folder among the exports; without it one is made of the data set's name and the time.
    pub folder: Option<String>,
}
