//! What is to stand in a client's file, and when a file is better left alone.

use postern_console::api::clients::{ClientChoice, ClientId};
use postern_console::{Code, Trouble};
use similar::{ChangeTag, TextDiff};

use super::NO_KEY;

/// What a client is told about Postern.
#[derive(Debug)]
pub(super) struct Entry {
    /// The address with `/v1`.
    pub(super) api: String,
    pub(super) model: String,
    pub(super) key: String,
}

/// Why a file is not changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is not what the client could read.
    Broken(String),
    /// It is readable, but built in a way that cannot be changed safely.
    Unusual(String),
}

impl Entry {
    pub(super) fn new(client: ClientId, choice: &ClientChoice, base_url: &str) -> Result<Self, Trouble> {
        let model = plain("model", &choice.model)?;
        let key = match &choice.key {
            Some(key) => plain("key", key)?,
            None => NO_KEY.to_owned(),
        };
        let model = match client {
            // What stands before the slash tells aider which protocol to speak.
            ClientId::Aider => format!("openai/{model}"),
            ClientId::Continue | ClientId::OpenCode => model,
        };
        Ok(Self { api: api(base_url), model, key })
    }
}

/// The address of the API below the server's address.
pub(super) fn api(base_url: &str) -> String {
    format!("{}/v1", base_url.trim_end_matches('/'))
}

fn plain(field: &str, text: &str) -> Result<String, Trouble> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        let message = format!("the {field} must be one line of text");
        return Err(Trouble::new(Code::Invalid, message).field(field));
    }
    Ok(text.to_owned())
}

/// Refuses a change that takes away or alters a line that is not Postern's, as `ours` tells of a line
/// without its indentation. An editor of structured text promises that; this makes sure.
pub(super) fn only_ours(before: &str, after: &str, ours: impl Fn(&str) -> bool) -> Result<(), Problem> {
    // A last line without an end is the same line when it gets one; the ends themselves are not looked at.
    let whole = |text: &str| format!("{}\n", text.replace("\r\n", "\n").trim_end_matches('\n'));
    let (before, after) = (whole(before), whole(after));
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    let foreign = diff
        .iter_all_changes()
        .filter(|change| change.tag() == ChangeTag::Delete)
        .map(|change| change.value().trim())
        .find(|line| !line.is_empty() && !ours(line));
    match foreign {
        None => Ok(()),
        Some(_) => Err(Problem::Unusual(
            "it cannot be changed without touching lines that are not Postern's".to_owned(),
        )),
    }
}
