//! What is put into the page's boxes for a request: one new turn, the results of calls, or all that was said so far.
//!
//! In comes a canonical request; out comes a [`Conversation`], and of that and of what a tab holds a [`Plan`]: a
//! request that extends what a tab already holds goes on there with what is new alone. Any other is written into one
//! prompt of a fresh chat, in which every message keeps its role ([`written`]). What the page has no way for is
//! refused by [`check`].

mod check;
mod written;

use postern_protocol::chat::{Failure, Message, Part, Request, Role, ToolCall, ToolMode};
use serde_json::{Value, json};

use crate::files::{Mark, marks, to_upload};

pub use check::ignores;

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
    /// The text.
    pub text: String,
    /// The files that belong to it.
    pub files: Vec<Mark>,
    /// The functions it calls.
    pub calls: Vec<ToolCall>,
    /// What calls gave back.
    pub results: Vec<CallResult>,
}

/// What a call gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallResult {
    /// The call.
    pub call_id: String,
    /// The function that was called.
    pub name: String,
    /// The result.
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
    /// The chat in the tab goes on with the results of the calls it ends with.
    Results {
        /// The results, in the order of the calls.
        results: Vec<CallResult>,
        /// What is said beside them; mostly nothing.
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
        let names = check::names_of_results(request)?;
        let mut names = names.into_iter();
        let mut files = marks(request).into_iter().peekable();
        let mut system = Vec::new();
        let mut turns = Vec::new();
        for (index, message) in request.messages.iter().enumerate() {
            let mut turn = Turn::of(message, &mut names);
            turn.files
                .extend(std::iter::from_fn(|| files.next_if(|(of, _)| *of == index)).map(|(_, mark)| mark));
            match message.role {
                Role::System if !turn.files.is_empty() => return Err(check::no_files(index)),
                Role::System if turn.text.trim().is_empty() => {}
                Role::System => system.push(turn.text),
                Role::User | Role::Assistant | Role::Tool => turns.push(turn),
            }
        }
        // The page takes a byte order mark for nothing too, and would never let such a prompt run.
        let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        if turns.iter().all(|turn| turn.written().chars().all(blank)) {
            let text = "messages must hold at least one message with text that is not a system message";
            return Err(check::bad(text, "messages"));
        }
        Ok(Self { system: system.join("\n\n"), turns })
    }

    /// How this conversation gets into a tab that holds `held`, where functions are offered in this way now.
    pub fn plan(&self, held: Option<&Held>, mode: Option<ToolMode>) -> Plan {
        held.and_then(|held| self.continuation(held, mode))
            .unwrap_or_else(|| Plan::Fresh { prompt: self.prompt(mode) })
    }

    /// What the tab holds once this conversation was answered with a text and calls.
    #[must_use]
    pub fn answered(mut self, text: &str, calls: Vec<ToolCall>) -> Self {
        let text = plain_lines(text);
        self.turns.push(Turn { calls, ..Turn::new(Role::Assistant, text) });
        self
    }

    /// This conversation with a word on its last answer: as the result of each call that it makes, or as a turn of
    /// the user.
    #[must_use]
    pub fn objected(mut self, why: &str) -> Self {
        let calls = self.turns.last().map(|turn| turn.calls.clone()).unwrap_or_default();
        if calls.is_empty() {
            self.turns.push(Turn::new(Role::User, why.to_owned()));
        }
        let text = json!({ "error": why }).to_string();
        self.turns.extend(calls.into_iter().map(|call| {
            let result = CallResult { call_id: call.id, name: call.name, text: text.clone() };
            Turn { results: vec![result], ..Turn::new(Role::Tool, String::new()) }
        }));
        self
    }

    /// The files of the turns from this one on, as places in [`crate::files::mentioned`].
    pub fn files_from(&self, turn: usize) -> Vec<usize> {
        to_upload(self.turns.iter().skip(turn).flat_map(|turn| &turn.files))
    }

    /// Whether functions are called in it.
    pub fn has_calls(&self) -> bool {
        self.turns.iter().any(|turn| !turn.calls.is_empty())
    }

    /// What goes into the chat in the tab, if this conversation is what it holds and something more.
    fn continuation(&self, held: &Held, mode: Option<ToolMode>) -> Option<Plan> {
        let before = &held.conversation;
        let answer = before.turns.last().filter(|turn| turn.role == Role::Assistant)?;
        if self.system != before.system || self.turns.len() <= before.turns.len() {
            return None;
        }
        let (old, new) = self.turns.split_at(before.turns.len());
        if !old.iter().zip(&before.turns).all(|(old, held)| old.same(held)) {
            return None;
        }
        let results = new.iter().take_while(|turn| turn.role == Role::Tool).count();
        let (results, said) = new.split_at(results);
        if !said.iter().all(|turn| turn.role == Role::User && turn.name.is_none()) {
            return None;
        }
        let texts: Vec<&str> = said.iter().map(|turn| turn.text.as_str()).collect();
        let new_turn = texts.join("\n\n");
        if answer.calls.is_empty() {
            let shows = said.iter().any(|turn| !turn.files.is_empty());
            let new_turn =
                if shows && new_turn.trim().is_empty() { written::file_lines(said) } else { new_turn };
            let asks = results.is_empty() && !new_turn.trim().is_empty();
            return asks.then_some(Plan::Continue { new_turn });
        }
        // The page waits for results in one way, a text in another.
        let results = in_order(&answer.calls, results).filter(|_| mode.is_some() && mode == held.mode)?;
        Some(match mode {
            Some(ToolMode::Native) => Plan::Results { results, new_turn },
            Some(ToolMode::Emulated) | None => {
                Plan::Continue { new_turn: written::results_turn(&results, &new_turn) }
            }
        })
    }
}

/// What a tab holds: a conversation with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The model.
    pub model: String,
    /// What was said.
    pub conversation: Conversation,
    /// How functions were offered to the last answer.
    pub mode: Option<ToolMode>,
    /// The chat shows calls as text, so that the model may write its own.
    pub written: bool,
}

impl Turn {
    fn new(role: Role, text: String) -> Self {
        Self { role, name: None, text, files: Vec::new(), calls: Vec::new(), results: Vec::new() }
    }

    /// Reads a message; `names` says of its results which functions they are of.
    fn of(message: &Message, names: &mut impl Iterator<Item = String>) -> Self {
        let mut texts = Vec::new();
        let mut turn = Self::new(message.role, String::new());
        turn.name.clone_from(&message.name);
        for part in &message.parts {
            match part {
                Part::Text { text } | Part::Refusal { text } => texts.push(plain_lines(text)),
                // What was thought on the way is not part of what was said.
                Part::Reasoning { .. } | Part::Signature(_) | Part::Sealed(_) => {}
                Part::ToolCall(call) => turn.calls.push(call.clone()),
                Part::ToolResult { call_id, text, .. } => {
                    let (call_id, text) = (call_id.clone(), plain_lines(text));
                    turn.results.push(CallResult { name: names.next().unwrap_or_default(), call_id, text });
                }
                // They are told by their marks.
                Part::Image { .. } | Part::Audio { .. } | Part::Video { .. } | Part::File { .. } => {}
            }
        }
        turn.text = texts.join("\n");
        turn
    }

    /// Whether this is the other one. Clients trim and re-wrap answers at their ends before they send them back, write
    /// the arguments of calls anew, and some keep nothing of an answer but its calls, whose ids no other has.
    fn same(&self, held: &Self) -> bool {
        let same_text = match self.role {
            Role::Assistant if self.text.trim().is_empty() && !self.calls.is_empty() => true,
            Role::Assistant => self.text.trim() == held.text.trim(),
            Role::System | Role::User | Role::Tool => self.text == held.text,
        };
        let same_calls = self.calls.len() == held.calls.len()
            && self.calls.iter().zip(&held.calls).all(|(a, b)| same_call(a, b));
        self.role == held.role
            && self.name == held.name
            && same_text
            && same_calls
            // What the model made is in its own words in the tab.
            && (self.role == Role::Assistant || self.files == held.files)
            && self.results == held.results
    }
}

fn same_call(a: &ToolCall, b: &ToolCall) -> bool {
    let arguments = |call: &ToolCall| serde_json::from_str::<Value>(&call.arguments).ok();
    let same = a.arguments == b.arguments || arguments(a).is_some_and(|a| Some(a) == arguments(b));
    a.id == b.id && a.name == b.name && same
}

/// The results of exactly these calls, in their order.
fn in_order(calls: &[ToolCall], turns: &[Turn]) -> Option<Vec<CallResult>> {
    let given: Vec<&CallResult> = turns.iter().flat_map(|turn| &turn.results).collect();
    // What else is in the same message would get lost.
    if given.len() != calls.len() || turns.iter().any(|turn| !turn.text.is_empty() || !turn.files.is_empty())
    {
        return None;
    }
    calls.iter().map(|call| given.iter().find(|result| result.call_id == call.id).copied().cloned()).collect()
}

/// The page's boxes know one kind of line end only.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests;
