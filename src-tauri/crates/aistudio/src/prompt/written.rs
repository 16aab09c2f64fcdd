//! A conversation as one text, for a page that can only be given a prompt.

use std::fmt::Write;

use postern_protocol::chat::{Role, ToolCall, ToolMode};
use serde_json::{Value, json};

use super::{CallResult, Conversation, Turn};
use crate::functions::CALL_TAG;

impl Conversation {
    /// The whole conversation as one prompt.
    pub(super) fn prompt(&self, mode: Option<ToolMode>) -> String {
        if let [only] = self.turns.as_slice()
            && only.role == Role::User
        {
            let blank = only.text.trim().is_empty();
            return if blank { file_lines(&self.turns) } else { only.text.clone() };
        }
        let tag = self.unused_tag();
        let mut out = format!(
            "Below is a conversation, oldest message first, each message inside a <{tag}> element that names \
             its role. Reply with the text of the next assistant message only, without the element.\n"
        );
        if self.has_calls() {
            let _ = write!(out, "Calls of functions are shown in it as <{CALL_TAG}> elements. ");
            out.push_str(match mode {
                Some(ToolMode::Native) => {
                    "Where you call a function yourself, really call it; do not write such an element.\n"
                }
                Some(ToolMode::Emulated) => "Where you call a function yourself, write such an element.\n",
                None => "No function can be called any more.\n",
            });
        }
        for turn in &self.turns {
            let name = turn.name.as_deref().map(attribute).unwrap_or_default();
            let _ =
                write!(out, "\n<{tag} role=\"{}\"{name}>\n{}\n</{tag}>\n", role(turn.role), turn.written());
        }
        out
    }

    /// An element name that no text of the conversation uses, so that no message can pretend to be two.
    fn unused_tag(&self) -> String {
        let texts: Vec<String> = self.turns.iter().map(Turn::written).collect();
        let taken = |tag: &str| {
            let (open, close) = (format!("<{tag}"), format!("</{tag}"));
            texts.iter().any(|text| text.contains(&open) || text.contains(&close))
        };
        let mut tag = "message".to_owned();
        let mut number = 1;
        while taken(&tag) {
            number += 1;
            tag = format!("turn-{number}");
        }
        tag
    }
}

impl Turn {
    /// The turn with calls and results written into it.
    pub(super) fn written(&self) -> String {
        let files = self.files.iter().map(|file| format!("[file: {}]", file.name));
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        let calls = self.calls.iter().map(call_text);
        let results = self.results.iter().map(result_text);
        files.chain(text).chain(calls).chain(results).collect::<Vec<_>>().join("\n")
    }
}

/// The names of the files of these turns, for a page that runs no prompt without a text.
pub(super) fn file_lines(turns: &[Turn]) -> String {
    let names = turns.iter().flat_map(|turn| &turn.files).map(|file| format!("[file: {}]", file.name));
    names.collect::<Vec<_>>().join("\n")
}

/// The results of calls as a turn of the user.
pub(super) fn results_turn(results: &[CallResult], said: &str) -> String {
    let mut texts: Vec<String> = results.iter().map(result_text).collect();
    texts.extend((!said.trim().is_empty()).then(|| said.to_owned()));
    texts.join("\n\n")
}

fn call_text(call: &ToolCall) -> String {
    let arguments: Value =
        serde_json::from_str(&call.arguments).unwrap_or_else(|_| Value::String(call.arguments.clone()));
    let text = json!({ "id": call.id, "name": call.name, "arguments": arguments });
    format!("<{CALL_TAG}>\n{text}\n</{CALL_TAG}>")
}

fn result_text(result: &CallResult) -> String {
    let CallResult { call_id, name, text } = result;
    format!("Result of call {call_id} of the function {name}:\n{text}")
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

fn attribute(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !matches!(c, '"' | '<' | '>' | '\n' | '\r')).collect();
    format!(" name=\"{plain}\"")
}
