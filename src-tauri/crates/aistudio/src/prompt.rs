//! What is put into the page's boxes for a request: the system text and one new turn.
//!
//! A request that extends what a tab already holds goes on there with its new turn alone. Any other is
//! written into one prompt of a fresh chat, in which every message keeps its role.

use std::fmt::Write;

use postern_protocol::chat::{
    Failure, FailureKind, Message, Part, Request, ResponseFormat, Role, ToolCall, ToolChoice,
};

/// A conversation as texts, so that two of them can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    /// All system messages, joined.
    pub system: String,
    /// The other messages, oldest first.
    pub turns: Vec<Turn>,
}

/// One message of a [`Conversation`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// The speaker's name, if given.
    pub name: Option<String>,
    /// The text, with calls and results written into it.
    pub text: String,
}

/// How a request gets into the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The chat in the tab goes on with this turn.
    Continue {
        /// The turn.
        new_turn: String,
    },
    /// A fresh chat begins with this prompt.
    Fresh {
        /// The prompt.
        prompt: String,
    },
}

impl Conversation {
    /// Reads a request; refuses what cannot be brought into the page.
    pub fn of(request: &Request) -> Result<Self, Failure> {
        refuse_unsupported(request)?;
        let mut system = Vec::new();
        let mut turns = Vec::new();
        for (index, message) in request.messages.iter().enumerate() {
            let text = plain_lines(&text_of(index, message)?);
            match message.role {
                Role::System if text.trim().is_empty() => {}
                Role::System => system.push(text),
                Role::User | Role::Assistant | Role::Tool => {
                    turns.push(Turn { role: message.role, name: message.name.clone(), text });
                }
            }
        }
        // The page takes a byte order mark for nothing too, and would never let such a prompt run.
        let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        if turns.iter().all(|turn| turn.text.chars().all(blank)) {
            let text = "messages must hold at least one message with text that is not a system message";
            return Err(bad(text, "messages"));
        }
        Ok(Self { system: system.join("\n\n"), turns })
    }

    /// How this conversation gets into a tab that holds `held`.
    pub fn plan(&self, held: Option<&Self>) -> Plan {
        match held.and_then(|held| self.continuation(held)) {
            Some(new_turn) => Plan::Continue { new_turn },
            None => Plan::Fresh { prompt: self.prompt() },
        }
    }

    /// What the tab holds once this conversation was answered with `answer`.
    #[must_use]
    pub fn answered(mut self, answer: String) -> Self {
        self.turns.push(Turn { role: Role::Assistant, name: None, text: plain_lines(&answer) });
        self
    }

    /// The whole conversation as one prompt.
    fn prompt(&self) -> String {
        if let [only] = self.turns.as_slice()
            && only.role == Role::User
        {
            return only.text.clone();
        }
        let tag = self.unused_tag();
        let mut out = format!(
            "Below is a conversation, oldest message first, each message inside a <{tag}> element that names \
             its role. Reply with the text of the next assistant message only, without the element.\n"
        );
        for turn in &self.turns {
            let name = turn.name.as_deref().map(attribute).unwrap_or_default();
            let _ = write!(out, "\n<{tag} role=\"{}\"{name}>\n{}\n</{tag}>\n", role(turn.role), turn.text);
        }
        out
    }

    /// An element name that no text of the conversation uses, so that no message can pretend to be two.
    fn unused_tag(&self) -> String {
        let taken = |tag: &str| {
            let (open, close) = (format!("<{tag}"), format!("</{tag}"));
            self.turns.iter().any(|turn| turn.text.contains(&open) || turn.text.contains(&close))
        };
        let mut tag = "message".to_owned();
        let mut number = 1;
        while taken(&tag) {
            number += 1;
            tag = format!("turn-{number}");
        }
        tag
    }

    /// The new turn, if this conversation is `held` plus user messages.
    fn continuation(&self, held: &Self) -> Option<String> {
        let answered = held.turns.last().is_some_and(|turn| turn.role == Role::Assistant);
        if !answered || self.system != held.system || self.turns.len() <= held.turns.len() {
            return None;
        }
        let (old, new) = self.turns.split_at(held.turns.len());
        let same = old.iter().zip(&held.turns).all(|(old, held)| same_turn(old, held));
        let asks = |turn: &Turn| turn.role == Role::User && turn.name.is_none();
        if !same || !new.iter().all(asks) {
            return None;
        }
        let texts: Vec<&str> = new.iter().map(|turn| turn.text.as_str()).collect();
        Some(texts.join("\n\n")).filter(|text| !text.trim().is_empty())
    }
}

/// The page's boxes know one kind of line end only.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Clients trim and re-wrap answers at their ends before they send them back.
fn same_turn(a: &Turn, b: &Turn) -> bool {
    let same_text = match a.role {
        Role::Assistant => a.text.trim() == b.text.trim(),
        Role::System | Role::User | Role::Tool => a.text == b.text,
    };
    a.role == b.role && a.name == b.name && same_text
}

fn text_of(index: usize, message: &Message) -> Result<String, Failure> {
    let mut texts = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text { text } | Part::Refusal { text } => texts.push(text.clone()),
            // What was thought on the way is not part of what was said.
            Part::Reasoning { .. } => {}
            Part::ToolCall(call) => texts.push(call_text(call)),
            Part::ToolResult { call_id, text } => texts.push(format!("Result of call {call_id}:\n{text}")),
            Part::Image { .. } | Part::Audio { .. } | Part::Video { .. } | Part::File { .. } => {
                let text = format!(
                    "messages[{index}] holds a picture, recording or file, which Postern cannot bring into AI \
                     Studio's page; send its content as text"
                );
                return Err(bad(text, format!("messages[{index}].content")));
            }
        }
    }
    Ok(texts.join("\n"))
}

fn call_text(call: &ToolCall) -> String {
    format!("Call {} of the function {} with the arguments:\n{}", call.id, call.name, call.arguments)
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

fn refuse_unsupported(request: &Request) -> Result<(), Failure> {
    if !request.tools.is_empty() && request.tool_choice != ToolChoice::None {
        let text = "functions cannot be offered to a model through AI Studio's page; leave tools out or set \
                    tool_choice to \"none\", or ask a model of another upstream";
        return Err(bad(text, "tools"));
    }
    if request.response_format != ResponseFormat::Text {
        let text = "a JSON answer cannot be enforced through AI Studio's page; leave response_format out and ask \
                    for JSON in the prompt, or ask a model of another upstream";
        return Err(bad(text, "response_format"));
    }
    if !request.attachments.is_empty() {
        let text = "files cannot be brought into AI Studio's page; send their content as text";
        return Err(bad(text, "attachments"));
    }
    Ok(())
}

fn bad(text: impl Into<String>, param: impl Into<String>) -> Failure {
    Failure::new(FailureKind::BadRequest, text).param(param)
}

/// Fields of the request that the page has no control for.
pub fn ignores(request: &Request) -> Vec<&'static str> {
    let sampling = &request.sampling;
    let weighs = |penalty: Option<f64>| penalty.is_some_and(|penalty| penalty != 0.0);
    let kept = |name: &'static str| (name, request.extra.get(name).is_some_and(|value| !value.is_null()));
    let given = [
        ("logit_bias", !sampling.logit_bias.is_empty()),
        ("presence_penalty", weighs(sampling.presence_penalty)),
        ("frequency_penalty", weighs(sampling.frequency_penalty)),
        ("logprobs", sampling.logprobs == Some(true)),
        ("top_logprobs", sampling.top_logprobs.is_some()),
        ("seed", sampling.seed.is_some()),
        ("top_k", sampling.top_k.is_some()),
        ("parallel_tool_calls", request.parallel_tool_calls.is_some()),
        ("mcp_endpoint", request.mcp_endpoint.is_some()),
        // Tools that are no functions, such as a search of the provider.
        kept("tools"),
        kept("web_search_options"),
        kept("verbosity"),
        kept("prediction"),
        kept("audio"),
        (
            "modalities",
            request.extra.get("modalities").is_some_and(|asked| *asked != serde_json::json!(["text"])),
        ),
    ];
    given.into_iter().filter_map(|(name, set)| set.then_some(name)).collect()
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;
