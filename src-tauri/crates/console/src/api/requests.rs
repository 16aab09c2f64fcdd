//! The journal of requests.

use postern_store::{Cursor, KeyId, Outcome, PageQuery, StatusClass};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which requests. What is absent filters nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct RequestsQuery {
    /// The `next` of the page before, for older ones.
    #[param(value_type = Option<String>)]
    pub before: Option<Cursor>,
    /// Most rows; 100 without it, 500 at most.
    pub limit: Option<usize>,
    /// What became of them.
    pub outcome: Option<Outcome>,
    /// The status they were answered with.
    pub status: Option<u16>,
    /// The kind of that status.
    #[param(inline)]
    pub class: Option<StatusClass>,
    /// The model asked for.
    pub model: Option<String>,
    /// The caller's key, by its id.
    pub key: Option<i64>,
    /// The account that answered.
    pub account: Option<String>,
    /// Who was to answer.
    pub upstream: Option<String>,
    /// A text in id, path, models, account, the key's name, code or error; case is all one for ASCII.
    pub search: Option<String>,
}

impl From<RequestsQuery> for PageQuery {
    fn from(query: RequestsQuery) -> Self {
        let RequestsQuery { before, limit, outcome, status, class, model, key, account, upstream, search } =
            query;
        let key = key.map(KeyId);
        Self { before, limit, outcome, status, class, model, key, account, upstream, search }
    }
}
