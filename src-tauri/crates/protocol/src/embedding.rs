//! Vectors that stand for the meaning of texts: what is asked, and what comes back, whatever the dialect.

use serde_json::{Map, Value};

/// What shall be turned into vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The model as the caller named it.
    pub model: String,
    /// One vector is wanted for each.
    pub input: Input,
    /// How many numbers each vector shall have; `None` leaves it to the model.
    pub dimensions: Option<u32>,
    /// Who the end user is, as the caller says.
    pub user: Option<String>,
    /// Every field that no other member holds, as it came.
    pub extra: Map<String, Value>,
}

/// Texts, or texts that were split into tokens already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Texts.
    Texts(Vec<String>),
    /// Ids of tokens, as the model counts them.
    Tokens(Vec<Vec<u32>>),
}

/// The vectors, in the order of the input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// One for each input.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens that were read, if the provider told.
    pub tokens: Option<u64>,
}
