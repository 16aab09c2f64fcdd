//! Rows of files: of a database of the program before this one, of lists and of lines of JSON.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use postern_store::{ReviewState, Seed, SeedRow};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::files::{self, Shelf};
use super::{Error, Imported, Refused};

/// So many refused rows are told.
const TOLD: usize = 100;

/// A row as an exchange.
pub(super) struct Given {
    pub(super) id: String,
    pub(super) path: &'static str,
    pub(super) model: String,
    pub(super) at: Option<SystemTime>,
    pub(super) request: Vec<u8>,
    pub(super) response: Vec<u8>,
    pub(super) state: Option<ReviewState>,
}

/// The rows of a file, in order.
pub(super) struct Rows {
    path: PathBuf,
    shelf: Shelf,
    form: Form,
}

enum Form {
    Seed(Box<Seed>),
    List(VecDeque<Value>),
    Lines(std::io::Lines<BufReader<File>>),
}

impl Rows {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let mut start = Vec::new();
        file.by_ref().take(64).read_to_end(&mut start).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let is_list = start.trim_ascii_start().starts_with(b"[");
        let form = if start.starts_with(b"SQLite format 3\0") {
            Form::Seed(Box::new(Seed::open(path)?))
        } else if is_list {
            let list = serde_json::from_reader(BufReader::new(file));
            Form::List(list.map_err(|error| Error::Form { path: path.to_owned(), why: error.to_string() })?)
        } else {
            Form::Lines(BufReader::new(file).lines())
        };
        Ok(Self { path: path.to_owned(), shelf: Shelf::beside(path), form })
    }

    /// The next rows, at most so many; what is no conversation is told and counted.
    pub(super) fn next(&mut self, most: usize, report: &mut Imported) -> Result<Vec<Given>, Error> {
        let mut rows = Vec::new();
        while rows.len() < most {
            let read: Vec<Result<Given, String>> = match &mut self.form {
                Form::Seed(seed) => {
                    seed.next(u32::try_from(most).unwrap_or(u32::MAX))?.into_iter().map(of_seed).collect()
                }
                Form::List(list) => {
                    list.pop_front().map(|row| of_row(row, &self.shelf)).into_iter().collect()
                }
                Form::Lines(lines) => match lines.next() {
                    None => Vec::new(),
                    Some(Ok(line)) if line.trim().is_empty() => continue,
                    Some(line) => {
                        let line = line.map_err(|source| Error::File { path: self.path.clone(), source })?;
                        let value = serde_json::from_str(&line).map_err(|error| error.to_string());
                        vec![value.and_then(|row| of_row(row, &self.shelf))]
                    }
                },
            };
            if read.is_empty() {
                break;
            }
            for row in read {
                report.rows += 1;
                match row {
                    Ok(given) => rows.push(given),
                    Err(why) if report.refused.len() < TOLD => {
                        report.refused.push(Refused { row: report.rows, why });
                    }
                    Err(_) => {}
                }
            }
        }
        Ok(rows)
    }
}

fn of_seed(row: SeedRow) -> Result<Given, String> {
    let value: Value =
        serde_json::from_str(&row.conversation).map_err(|error| format!("{}: {error}", row.id))?;
    if !value.is_object() {
        return Err(format!("{}: it is no conversation", row.id));
    }
    // The text itself is kept, down to its spaces.
    let mut given = given("/import/sharegpt", row.conversation.into_bytes(), Vec::new());
    // Ids were taken from providers there, and some come twice.
    given.id = format!("{}-{}", given.id, short_hash(&[row.id.as_bytes()]));
    given.model = row.model;
    given.at = moment(&row.at);
    given.state = row.confirmed.then_some(ReviewState::Approved);
    Ok(given)
}

/// A row of ShareGPT, of ms-swift, or of OpenAI's messages.
fn of_row(mut row: Value, shelf: &Shelf) -> Result<Given, String> {
    shelf.fill(&mut row);
    files::into_messages(&mut row);
    let list = |name: &str| row.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
    let share = list("conversations").or_else(|| list("conversation"));
    let messages = list("messages");
    let Some(turns) = share.or(messages) else {
        return Err("there are neither conversations nor messages in it".to_owned());
    };
    if !turns.iter().all(Value::is_object) {
        return Err("a turn is no object".to_owned());
    }
    let model = row.get("model").and_then(Value::as_str).unwrap_or_default().to_owned();
    let state = ["kto_tag", "label"].iter().find_map(|tag| row.get(*tag)?.as_bool());
    let own_words = |turn: &Value| {
        let role = turn.get("role").and_then(Value::as_str).unwrap_or_default();
        turn.get("from").is_some() || matches!(role, "tool_call" | "tool_response")
    };
    // Elsewhere files are parts of messages.
    let has_files = files::COLUMNS.iter().any(|column| list(column).is_some());
    let mut given = if share.is_some() || has_files || turns.iter().any(own_words) {
        given("/import/sharegpt", row.to_string().into_bytes(), Vec::new())
    } else {
        exchange(&row, turns, &model)
    };
    given.model = model;
    given.state = state.map(|good| if good { ReviewState::Approved } else { ReviewState::Rejected });
    Ok(given)
}

/// Messages as the request and the answer that they were.
fn exchange(row: &Value, messages: &[Value], model: &str) -> Given {
    let is_answer = |message: &Value| message.get("role").and_then(Value::as_str) == Some("assistant");
    let (asked, answer) = match messages.split_last() {
        Some((last, before)) if is_answer(last) => (before, Some(last)),
        _ => (messages, None),
    };
    let mut request = row.as_object().cloned().unwrap_or_default();
    request.insert("model".to_owned(), json!(model));
    request.insert("messages".to_owned(), json!(asked));
    // Some files have the functions as a text.
    if let Some(tools) =
        row.get("tools").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok())
    {
        request.insert("tools".to_owned(), tools);
    }
    let response = answer.map(|answer| {
        let calls = answer.get("tool_calls").and_then(Value::as_array).is_some_and(|calls| !calls.is_empty());
        let finish = if calls { "tool_calls" } else { "stop" };
        json!({ "object": "chat.completion", "model": model,
            "choices": [{ "index": 0, "message": answer, "finish_reason": finish }] })
    });
    let response = response.map(|response| response.to_string().into_bytes()).unwrap_or_default();
    given("/v1/chat/completions", Value::Object(request).to_string().into_bytes(), response)
}

fn given(path: &'static str, request: Vec<u8>, response: Vec<u8>) -> Given {
    let id = format!("import-{}", short_hash(&[path.as_bytes(), &request, &response]));
    Given { id, path, model: String::new(), at: None, request, response, state: None }
}

/// The same row has the same.
fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// A moment as SQLite writes it, in UTC.
fn moment(text: &str) -> Option<SystemTime> {
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
}
