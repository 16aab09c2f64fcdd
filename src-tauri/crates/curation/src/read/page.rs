//! What the reader of a dialect hands in.

use postern_store::Standing;
use serde_json::{Map, Value};

use super::value::is_blank;
use crate::{Alternative, Conversation, Part, Role, Turn};

/// Tokens, as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Of the request, those included that came from a cache.
    pub input: Option<u64>,
    /// Of the answer, thoughts included.
    pub output: Option<u64>,
}

/// A conversation while it is read.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) conversation: Conversation,
    /// How many of the turns were sent.
    pub(super) asked: usize,
    pub(super) answer_id: Option<String>,
    pub(super) continues: Option<String>,
    /// The id of the conversation that the provider keeps.
    pub(super) kept_in: Option<String>,
    pub(super) counted: Counted,
    /// How the answer ended by its own words; `None` where it does not say.
    pub(super) ending: Option<Standing>,
    answered: bool,
}

impl Page {
    /// The turns that were sent.
    pub(super) fn ask(&mut self, turns: Vec<Turn>) {
        self.conversation.turns = turns;
        self.asked = self.conversation.turns.len();
    }

    /// The answer, or a further one.
    pub(super) fn answer(&mut self, parts: Vec<Part>, finish: &str) {
        let turn = assistant(parts);
        if self.answered {
            self.conversation.alternatives.push(Alternative {
                at: self.asked,
                turn,
                finish: finish.to_owned(),
            });
            return;
        }
        self.answered = true;
        self.conversation.turns.push(turn);
        finish.clone_into(&mut self.conversation.finish);
    }

    /// The model's name, if it is one.
    pub(super) fn model(&mut self, name: &str) {
        if !name.is_empty() {
            name.clone_into(&mut self.conversation.model);
        }
    }

    /// The parameters: every field of the request but what is kept elsewhere or concerns the transport.
    pub(super) fn parameters(&mut self, request: &Value, elsewhere: &[&str]) {
        const TRANSPORT: [&str; 14] = [
            "model",
            "tools",
            "functions",
            "stream",
            "stream_options",
            "user",
            "metadata",
            "store",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "service_tier",
            "background",
            "client_metadata",
        ];
        let Some(fields) = request.as_object() else { return };
        let kept = fields.iter().filter(|(name, value)| {
            !is_blank(value) && !TRANSPORT.contains(&name.as_str()) && !elsewhere.contains(&name.as_str())
        });
        self.conversation.parameters =
            kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>();
    }
}

/// A turn of one role.
pub(super) fn turn(role: Role, parts: Vec<Part>) -> Turn {
    Turn { role, name: None, parts, train: None }
}

fn assistant(parts: Vec<Part>) -> Turn {
    turn(Role::Assistant, parts)
}
