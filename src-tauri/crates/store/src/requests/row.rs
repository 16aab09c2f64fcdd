//! What is told of one request.

use postern_protocol::RequestId;
use postern_protocol::chat::ToolMode;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::KeyId;

/// Gives a plain enum its word in the database, which is also its word in JSON.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.word().into())
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }
    };
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It waits, or is being answered.
    Running,
    /// Its whole answer went out.
    Ok,
    /// It got an error for an answer, or an error ended its answer.
    Failed,
    /// It was cancelled here.
    Cancelled,
    /// Whoever asked went away before the answer was whole.
    ClientGone,
}

words!(Outcome {
    Running = "running",
    Ok = "ok",
    Failed = "failed",
    Cancelled = "cancelled",
    ClientGone = "client_gone",
});

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A program, over the network.
    Client,
    /// The console: its playground, its tests, a replay.
    Console,
}

words!(Source { Client = "client", Console = "console" });

/// A request as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestRow {
    /// Its id, as the `x-request-id` header and the log have it.
    pub id: RequestId,
    /// When it came, in milliseconds of Unix time.
    pub at_ms: i64,
    /// The HTTP method.
    pub method: String,
    /// The path, without what follows a `?`.
    pub path: String,
    /// Who asked.
    pub source: Source,
    /// The caller's key.
    pub key: Option<KeyId>,
    /// What that key was called then.
    pub key_name: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// What became of it.
    pub outcome: Outcome,
    /// The code of the error.
    pub code: Option<String>,
    /// The error in words.
    pub error: Option<String>,
    /// The model asked for.
    pub model: Option<String>,
    /// Who was to answer.
    pub upstream: Option<String>,
    /// What the model is called there.
    pub upstream_model: Option<String>,
    /// The account that answered.
    pub account: Option<String>,
    /// Whether the answer was to be streamed.
    pub stream: bool,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer, reasoning included.
    pub completion_tokens: Option<u64>,
    /// Of them: spent on thinking.
    pub reasoning_tokens: Option<u64>,
    /// Milliseconds until the first piece of the answer.
    pub first_ms: Option<u64>,
    /// Milliseconds until the end.
    pub total_ms: Option<u64>,
}

/// A point that requests pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkName {
    /// The request came.
    Received,
    /// It began to wait for its turn.
    Queued,
    /// Its turn came.
    Admitted,
    /// An account was chosen.
    Account,
    /// The account's turn came, after it had to wait.
    Turn,
    /// The account's browser runs.
    Browser,
    /// The page is ready.
    Page,
    /// The page holds the request.
    Form,
    /// The functions are offered to the model.
    Tools,
    /// The page sent the request.
    Sent,
    /// The first piece of the answer came.
    FirstByte,
    /// All is over.
    End,
}

/// When a request passed a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mark {
    /// The point.
    pub name: MarkName,
    /// Milliseconds since the request came.
    pub at_ms: u64,
    /// The account that was chosen at this point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// How the functions are offered from this point on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ToolMode>,
}

/// The points a request passed, in order. One that was tried again passed some of them again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    /// The points.
    pub marks: Vec<Mark>,
}

/// Everything that is known of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: RequestRow,
    /// How it went.
    pub timeline: Timeline,
    /// What was asked, while memory still has it.
    pub body: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Source};

    #[test]
    fn the_words_of_the_database_are_those_of_json() {
        let json = |value: serde_json::Value| value.as_str().map(str::to_owned);
        for outcome in Outcome::ALL {
            let said = json(serde_json::to_value(outcome).expect("json"));
            assert_eq!(said.as_deref(), Some(outcome.word()));
        }
        for source in Source::ALL {
            let said = json(serde_json::to_value(source).expect("json"));
            assert_eq!(said.as_deref(), Some(source.word()));
        }
    }
}
