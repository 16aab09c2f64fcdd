//! JSON schemas as Google takes them, and Google's own schemas as everybody else takes them.
//!
//! One schema document goes in and one comes out. The values of a conversation are never touched, and neither are the
//! names of properties: one that is called like a keyword stays what it is.

mod flat;
mod node;
mod opened;

use serde_json::Value;

pub(super) use opened::opened;

/// Which of Google's fields a schema is for; they take different keywords.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acceptor {
    /// `parameters` and `responseSchema`: a part of `OpenAPI` 3.0.
    Schema,
    /// `parametersJsonSchema` and `responseJsonSchema`: a part of JSON Schema.
    #[default]
    JsonSchema,
}

impl Acceptor {
    /// Every keyword that may be in a cleaned schema.
    pub fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Schema => &[
                "type",
                "format",
                "title",
                "description",
                "nullable",
                "enum",
                "items",
                "minItems",
                "maxItems",
                "properties",
                "required",
                "propertyOrdering",
                "minProperties",
                "maxProperties",
                "anyOf",
                "minimum",
                "maximum",
                "minLength",
                "maxLength",
                "pattern",
                "default",
                "example",
            ],
            Self::JsonSchema => &[
                "type",
                "format",
                "title",
                "description",
                "enum",
                "items",
                "minItems",
                "maxItems",
                "properties",
                "additionalProperties",
                "required",
                "propertyOrdering",
                "anyOf",
                "minimum",
                "maximum",
            ],
        }
    }

    /// The formats of a type that it takes; of others the description tells.
    fn formats(self, kind: &str) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Schema, "string") => &["date-time", "enum"],
            (Self::JsonSchema, "string") => &["date-time", "date", "time"],
            (_, "integer") => &["int32", "int64"],
            (_, "number") => &["float", "double"],
            _ => &[],
        }
    }

    /// The name of the field that holds what a function takes.
    pub(super) fn parameters(self) -> &'static str {
        match self {
            Self::Schema => "parameters",
            Self::JsonSchema => "parametersJsonSchema",
        }
    }

    /// The name of the field that holds the form of an answer.
    pub(super) fn response(self) -> &'static str {
        match self {
            Self::Schema => "responseSchema",
            Self::JsonSchema => "responseJsonSchema",
        }
    }
}

/// A schema document as Google takes it. What cannot be said with its keywords is told in descriptions. A schema that was
/// cleaned already stays as it is.
pub fn clean(schema: &Value, acceptor: Acceptor) -> Value {
    node::clean(schema, acceptor)
}
