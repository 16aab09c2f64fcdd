//! Pages of the journal.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, named_params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Outcome, RequestRow, table};
use crate::{Error, KeyId};

/// Most rows of a page, whatever is asked for.
const LARGEST_PAGE: usize = 500;
const USUAL_PAGE: usize = 100;

/// Where a page ends and the next one begins: behind one row, so that rows which come meanwhile move
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cursor {
    at_ms: i64,
    row: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at_ms, self.row)
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('.').and_then(|(at, row)| Some((at.parse().ok()?, row.parse().ok()?)));
        numbers.map(|(at_ms, row)| Self { at_ms, row }).ok_or("this is no place in the journal")
    }
}

/// Kinds of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusClass {
    /// 200 to 299.
    Success,
    /// 400 to 499.
    ClientError,
    /// 500 to 599.
    ServerError,
}

impl StatusClass {
    fn hundreds(self) -> u16 {
        match self {
            Self::Success => 2,
            Self::ClientError => 4,
            Self::ServerError => 5,
        }
    }
}

/// Which rows to show. What is absent filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageQuery {
    /// The `next` of the page before.
    pub before: Option<Cursor>,
    /// Most rows; at most 500, and 100 where absent.
    pub limit: Option<usize>,
    /// What became of the request.
    pub outcome: Option<Outcome>,
    /// Its status.
    pub status: Option<u16>,
    /// The kind of its status.
    pub class: Option<StatusClass>,
    /// The model asked for.
    pub model: Option<String>,
    /// The caller's key.
    pub key: Option<KeyId>,
    /// The account that answered.
    pub account: Option<String>,
    /// Who was to answer.
    pub upstream: Option<String>,
    /// A text in its id, path, models, account, key's name, code or error; case is all one for ASCII.
    pub search: Option<String>,
}

impl PageQuery {
    /// Whether the query shows this row. The same as the condition of [`finished`].
    pub fn shows(&self, row: &RequestRow) -> bool {
        let wanted = self.search.as_deref().unwrap_or_default().to_ascii_lowercase();
        let searched = [
            Some(row.id.as_str()),
            Some(&row.path),
            row.model.as_deref(),
            row.upstream_model.as_deref(),
            row.account.as_deref(),
            row.key_name.as_deref(),
            row.code.as_deref(),
            row.error.as_deref(),
        ];
        self.outcome.is_none_or(|outcome| outcome == row.outcome)
            && self.status.is_none_or(|status| row.status == Some(status))
            && self.class.is_none_or(|class| row.status.is_some_and(|code| code / 100 == class.hundreds()))
            && self.key.is_none_or(|key| row.key == Some(key))
            && fits(&self.model, &row.model)
            && fits(&self.account, &row.account)
            && fits(&self.upstream, &row.upstream)
            && searched.into_iter().flatten().any(|text| text.to_ascii_lowercase().contains(&wanted))
    }
}

fn fits(wanted: &Option<String>, found: &Option<String>) -> bool {
    wanted.is_none() || wanted == found
}

/// A part of the journal, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page {
    /// The rows. The first page shows requests that run too, beyond the limit; one that is over by the
    /// time a later page is asked for may be there again, under the same id.
    pub rows: Vec<RequestRow>,
    /// Where the next page begins, if there is one.
    #[schema(value_type = Option<String>)]
    pub next: Option<Cursor>,
}

/// The page of requests that are over.
pub(super) fn finished(connection: &Connection, query: &PageQuery) -> Result<Page, Error> {
    let limit = query.limit.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE);
    let before = query.before.unwrap_or(Cursor { at_ms: i64::MAX, row: i64::MAX });
    let search = query.search.as_deref().filter(|text| !text.is_empty()).map(containing);
    let mut page = connection.prepare_cached(
        "SELECT * FROM requests
         WHERE (at_ms, id) < (:at_ms, :row)
             AND (:outcome IS NULL OR outcome = :outcome)
             AND (:status IS NULL OR status = :status)
             AND (:class IS NULL OR status / 100 = :class)
             AND (:key IS NULL OR key = :key)
             AND (:model IS NULL OR model = :model)
             AND (:account IS NULL OR account = :account)
             AND (:upstream IS NULL OR upstream = :upstream)
             AND (:search IS NULL OR request LIKE :search ESCAPE '\\' OR path LIKE :search ESCAPE '\\'
                 OR model LIKE :search ESCAPE '\\' OR upstream_model LIKE :search ESCAPE '\\'
                 OR account LIKE :search ESCAPE '\\' OR key_name LIKE :search ESCAPE '\\'
                 OR code LIKE :search ESCAPE '\\' OR error LIKE :search ESCAPE '\\')
         ORDER BY at_ms DESC, id DESC LIMIT :limit",
    )?;
    let found = page.query_map(
        named_params! {
            ":at_ms": before.at_ms,
            ":row": before.row,
            ":outcome": query.outcome,
            ":status": query.status,
            ":class": query.class.map(StatusClass::hundreds),
            ":key": query.key.map(|key| key.0),
            ":model": query.model,
            ":account": query.account,
            ":upstream": query.upstream,
            ":search": search,
            // One more tells whether there is a next page.
            ":limit": i64::try_from(limit + 1).unwrap_or(i64::MAX),
        },
        |row| Ok((Cursor { at_ms: row.get("at_ms")?, row: row.get("id")? }, table::row(row)?)),
    )?;
    let mut found = found.collect::<Result<Vec<_>, _>>()?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().map(|(cursor, _)| *cursor).filter(|_| more);
    Ok(Page { rows: found.into_iter().map(|(_, row)| row).collect(), next })
}

/// The pattern of texts that contain this one.
fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
