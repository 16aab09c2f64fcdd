//! How much a model shall think, in the words that it understands.

use serde_json::{Map, Value, json};

use super::facts::{Facts, Quiet, Thinking};
use crate::chat::Effort;

/// Least tokens of a budget for thinking.
const LEAST_BUDGET: u32 = 1024;
/// Room for the answer beside a budget, where nobody said how long it may be.
const ROOM: u32 = 8192;

/// Budgets of tokens for words, and the other way round the words for budgets up to so many tokens.
const LOW: u32 = 1024;
const MEDIUM: u32 = 8192;
const HIGH: u32 = 24_576;

/// What a request says about thinking.
pub(super) struct Asked {
    pub(super) effort: Option<Effort>,
    /// Whether the thoughts are to be told.
    pub(super) shown: Option<bool>,
    /// Most tokens of the answer, as the caller said.
    pub(super) max_tokens: Option<u32>,
    /// What keeps the model from thinking in this request.
    pub(super) hindered: Option<&'static str>,
}

/// What is sent of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sent {
    pub(super) max_tokens: u32,
    /// `thinking`.
    pub(super) thinking: Option<Value>,
    /// `output_config.effort`.
    pub(super) effort: Option<&'static str>,
    /// What could not be done as asked.
    pub(super) warning: Option<String>,
}

impl Sent {
    /// Whether the model is told to think, in which case it takes less of other wishes.
    pub(super) fn thinks(&self) -> bool {
        self.thinking
            .as_ref()
            .is_some_and(|thinking| thinking["type"] == "enabled" || thinking["type"] == "adaptive")
    }
}

pub(super) fn thinking(asked: &Asked, facts: &Facts) -> Sent {
    let max_tokens = asked.max_tokens.unwrap_or_else(|| facts.usual_tokens());
    let sent = Sent { max_tokens, ..Sent::default() };
    if let Some(why) = asked.hindered {
        let wanted = asked.effort.is_some_and(|effort| effort != Effort::None);
        let quiet = quiet(sent, facts);
        let warning = wanted.then(|| format!("The model was asked not to think, {why}."));
        return Sent { warning, ..quiet };
    }
    match (facts.thinking, asked.effort) {
        (_, Some(Effort::None)) => {
            let mut quiet = quiet(sent, facts);
            if facts.quiet == Quiet::Impossible {
                quiet.warning =
                    Some("This model cannot be kept from thinking; it was asked for little.".to_owned());
            }
            quiet
        }
        (Thinking::Never, Some(_)) => {
            let warning = "This model does not think; the wish for it was left out.".to_owned();
            Sent { warning: Some(warning), ..sent }
        }
        (Thinking::Budget, Some(effort)) => budget(sent, effort, asked, facts),
        (Thinking::Adaptive, effort) if effort.is_some() || asked.shown == Some(true) => {
            adaptive(sent, effort, asked, facts)
        }
        (Thinking::Never | Thinking::Budget | Thinking::Adaptive, None) | (Thinking::Adaptive, Some(_)) => {
            sent
        }
    }
}

/// As little thinking as the model allows.
fn quiet(sent: Sent, facts: &Facts) -> Sent {
    match facts.quiet {
        Quiet::Unsaid => sent,
        Quiet::Said(kind) => Sent { thinking: Some(json!({ "type": kind })), ..sent },
        Quiet::Impossible => Sent { effort: Some("low"), ..sent },
    }
}

fn budget(sent: Sent, effort: Effort, asked: &Asked, facts: &Facts) -> Sent {
    let wanted = match effort {
        Effort::None | Effort::Minimal | Effort::Low => LOW,
        Effort::Medium => MEDIUM,
        Effort::High | Effort::Unlimited => HIGH,
        Effort::Budget(tokens) => tokens.max(LEAST_BUDGET),
    };
    let max_tokens = match asked.max_tokens {
        Some(most) => most,
        None => sent.max_tokens.max(facts.most_tokens.min(wanted.saturating_add(ROOM))),
    };
    if max_tokens <= LEAST_BUDGET {
        let warning = format!(
            "The model does not think, because {max_tokens} tokens are too few: thinking alone takes {LEAST_BUDGET}."
        );
        return Sent { max_tokens, warning: Some(warning), ..sent };
    }
    let tokens = wanted.min(max_tokens - 1);
    Sent { max_tokens, thinking: Some(json!({ "type": "enabled", "budget_tokens": tokens })), ..sent }
}

fn adaptive(sent: Sent, effort: Option<Effort>, asked: &Asked, facts: &Facts) -> Sent {
    let word = effort.map(|effort| match effort {
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High => "high",
        Effort::Unlimited => facts.top_effort,
        Effort::Budget(tokens) if tokens <= LOW => "low",
        Effort::Budget(tokens) if tokens <= MEDIUM => "medium",
        Effort::Budget(tokens) if tokens <= HIGH => "high",
        Effort::Budget(_) => facts.top_effort,
    });
    let warning = match (effort, word) {
        (Some(Effort::Budget(tokens)), Some(word)) => Some(format!(
            "This model takes no budget for thinking; {tokens} tokens were asked for as the effort '{word}'."
        )),
        _ => None,
    };
    let mut thinking = Map::new();
    thinking.insert("type".to_owned(), "adaptive".into());
    if facts.hides_thoughts && asked.shown != Some(false) {
        thinking.insert("display".to_owned(), "summarized".into());
    }
    Sent { thinking: Some(Value::Object(thinking)), effort: word, warning, ..sent }
}
