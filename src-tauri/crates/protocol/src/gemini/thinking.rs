//! How the thinking of each family of models is set. Google's table changes every few months, so it is data.

use serde_json::{Map, Value, json};

use crate::chat::Effort;

/// How the thinking of a family is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It does not think, or not as anybody would want.
    Fixed,
    /// In tokens: the value for none (as near as it gets), the least and the most.
    Budget { none: u32, least: u32, most: u32 },
    /// In these levels, least first.
    Levels(&'static [Level]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Minimal,
    Low,
    Medium,
    High,
}

use Level::{High, Low, Medium, Minimal};

/// Beginnings of names; the longest that fits decides. Budgets and levels: <https://ai.google.dev/gemini-api/docs/thinking>.
const FAMILIES: [(&str, Way); 16] = [
    ("gemini-1", Way::Fixed),
    ("gemini-2.0", Way::Fixed),
    ("gemini-2.5-pro", Way::Budget { none: 128, least: 128, most: 32_768 }),
    ("gemini-2.5-flash", Way::Budget { none: 0, least: 1, most: 24_576 }),
    ("gemini-2.5-flash-lite", Way::Budget { none: 0, least: 512, most: 24_576 }),
    ("gemini-2.5-flash-image", Way::Fixed),
    ("gemini-2.5-flash-preview-tts", Way::Fixed),
    ("gemini-2.5-pro-preview-tts", Way::Fixed),
    ("gemini-robotics-er-1.5", Way::Budget { none: 0, least: 1, most: 24_576 }),
    ("gemini-3-pro", Way::Levels(&[Low, High])),
    ("gemini-3-pro-image", Way::Fixed),
    ("gemini-3.1-pro", Way::Levels(&[Low, Medium, High])),
    ("gemini-3.7-flash", Way::Levels(&[Low, Medium, High])),
    ("gemini-3.1-flash-image", Way::Levels(&[Minimal, High])),
    ("gemini-embedding", Way::Fixed),
    // All that are newer than those above.
    ("gemini-", Way::Levels(&[Minimal, Low, Medium, High])),
];

/// Budgets for the words of an effort.
const BUDGETS: [(Effort, u32); 4] =
    [(Effort::Minimal, 512), (Effort::Low, 1024), (Effort::Medium, 8192), (Effort::High, 24_576)];

/// Up to how many tokens of a budget a level stands for; beyond it is the highest.
const REACHES: [(u32, Level); 3] = [(512, Minimal), (2048, Low), (12_288, Medium)];

/// What is asked of a model's thinking.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Thinking {
    /// `thinkingConfig`; empty for none.
    pub(super) config: Map<String, Value>,
    /// The effort could not be set.
    pub(super) ignored: bool,
    /// No thinking was wanted, but the model does some all the same.
    pub(super) unstoppable: bool,
}

/// The thinking of a model. Its thoughts are told only to those who want them, and wanting them alone makes no model
/// think.
pub(super) fn thinking(model: &str, effort: Option<Effort>, told: Option<bool>) -> Thinking {
    let way = way(model);
    let mut thinking = Thinking::default();
    if way == Way::Fixed {
        thinking.ignored = effort.is_some_and(|effort| effort != Effort::None);
        return thinking;
    }
    let setting = effort.map(|effort| match way {
        Way::Fixed => (String::new(), Value::Null),
        Way::Budget { none, least, most } => {
            thinking.unstoppable = effort == Effort::None && none > 0;
            ("thinkingBudget".to_owned(), budget(effort, none, least..=most))
        }
        Way::Levels(levels) => {
            thinking.unstoppable = effort == Effort::None;
            ("thinkingLevel".to_owned(), json!(level(effort, levels).word()))
        }
    });
    thinking.config.extend(setting);
    let thinks = effort.is_some_and(|effort| effort != Effort::None);
    if told != Some(false) && (thinks || told == Some(true)) {
        thinking.config.insert("includeThoughts".to_owned(), json!(true));
    }
    thinking
}

/// Whether the model checks the seals on calls of the turn that goes on: those do whose thinking has levels, and nobody
/// else knows what to do with a placeholder.
pub(super) fn checks_seals(model: &str) -> bool {
    model.starts_with("gemini-3-pro-image") || matches!(way(model), Way::Levels(_))
}

fn way(model: &str) -> Way {
    let fitting = FAMILIES.iter().filter(|(start, _)| model.starts_with(start));
    fitting.max_by_key(|(start, _)| start.len()).map_or(Way::Fixed, |(_, way)| *way)
}

fn budget(effort: Effort, none: u32, range: std::ops::RangeInclusive<u32>) -> Value {
    let clamped = |tokens: u32| json!(tokens.clamp(*range.start(), *range.end()));
    match effort {
        Effort::None => json!(none),
        Effort::Unlimited => json!(-1),
        Effort::Budget(tokens) => clamped(tokens),
        word => clamped(
            BUDGETS.iter().find(|(known, _)| *known == word).map_or(*range.end(), |(_, tokens)| *tokens),
        ),
    }
}

/// The lowest of its levels that is not below the one that is wanted.
fn level(effort: Effort, levels: &[Level]) -> Level {
    let wanted = match effort {
        Effort::None | Effort::Minimal => Minimal,
        Effort::Low => Low,
        Effort::Medium => Medium,
        Effort::High | Effort::Unlimited => High,
        Effort::Budget(tokens) => {
            REACHES.iter().find(|(most, _)| tokens <= *most).map_or(High, |(_, level)| *level)
        }
    };
    levels.iter().copied().find(|level| *level >= wanted).unwrap_or(High)
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Minimal => "minimal",
            Low => "low",
            Medium => "medium",
            High => "high",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effort_is_said_in_the_words_of_the_model() {
        let efforts = [
            Effort::None,
            Effort::Minimal,
            Effort::Low,
            Effort::Medium,
            Effort::High,
            Effort::Unlimited,
            Effort::Budget(100_000),
        ];
        let table: [(&str, [Value; 7]); 7] = [
            ("gemini-2.5-pro", [128, 512, 1024, 8192, 24_576, -1, 32_768].map(|tokens| json!(tokens))),
            ("gemini-2.5-flash", [0, 512, 1024, 8192, 24_576, -1, 24_576].map(|tokens| json!(tokens))),
            (
                "gemini-2.5-flash-lite-001",
                [0, 512, 1024, 8192, 24_576, -1, 24_576].map(|tokens| json!(tokens)),
            ),
            ("gemini-3-pro-preview", ["low", "low", "low", "high", "high", "high", "high"].map(Value::from)),
            (
                "gemini-3.1-pro-preview",
                ["low", "low", "low", "medium", "high", "high", "high"].map(Value::from),
            ),
            ("gemini-3.7-flash", ["low", "low", "low", "medium", "high", "high", "high"].map(Value::from)),
            (
                "gemini-4-flash",
                ["minimal", "minimal", "low", "medium", "high", "high", "high"].map(Value::from),
            ),
        ];
        for (model, expected) in table {
            for (effort, value) in efforts.into_iter().zip(expected) {
                let config = thinking(model, Some(effort), Some(false)).config;
                let said = config.get("thinkingBudget").or_else(|| config.get("thinkingLevel"));
                assert_eq!((said, config.len()), (Some(&value), 1), "{model} {effort:?}");
            }
        }
        assert_eq!(
            thinking("gemini-2.5-flash-lite", Some(Effort::Budget(3)), None).config["thinkingBudget"],
            512
        );
        assert_eq!(
            thinking("gemini-3-flash", Some(Effort::Budget(900)), None).config["thinkingLevel"],
            "low"
        );
    }

    #[test]
    fn thoughts_are_told_to_those_who_want_them_only() {
        let told =
            |effort, told| thinking("gemini-2.5-flash", effort, told).config.contains_key("includeThoughts");
        assert!(!told(None, None), "nobody asked for thinking");
        assert!(told(Some(Effort::Low), None));
        assert!(told(None, Some(true)));
        assert!(!told(Some(Effort::Low), Some(false)));
        assert!(!told(Some(Effort::None), None));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        assert!(thinking("gemini-2.0-flash", Some(Effort::High), None).ignored);
        assert!(thinking("gemma-3-27b-it", Some(Effort::High), Some(true)).config.is_empty());
        assert!(!thinking("gemini-2.0-flash", Some(Effort::None), None).ignored);
        assert!(thinking("gemini-2.5-pro", Some(Effort::None), None).unstoppable);
        assert!(!thinking("gemini-2.5-flash", Some(Effort::None), None).unstoppable);
        assert!(thinking("gemini-3-flash", Some(Effort::None), None).unstoppable);
    }
}
