//! Ordering documents by how well they answer a query: what is asked, and what comes back, whatever the dialect.

use serde_json::{Map, Value};

/// What shall be ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The model as the caller named it.
    pub model: String,
    /// What is looked for.
    pub query: String,
    /// Texts, or objects with a `text`, as they came.
    pub documents: Vec<Value>,
    /// How many of the best are wanted; `None` for all.
    pub top_n: Option<u32>,
    /// Whether the documents shall be told again.
    pub return_documents: bool,
    /// Every field that no other member holds, as it came.
    pub extra: Map<String, Value>,
}

/// The order, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// Which document, and how well it fits: the higher the better.
    pub results: Vec<Ranked>,
    /// Tokens that were read, if the provider told.
    pub tokens: Option<u64>,
}

/// One document of the order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Its place in the request, from 0.
    pub index: usize,
    /// How well it fits, as a rule from 0 to 1.
    pub score: f64,
}
