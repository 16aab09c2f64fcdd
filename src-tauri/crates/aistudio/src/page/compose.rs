//! What the form shall hold, and what came of filling it.

use std::collections::BTreeMap;
use std::time::Duration;

use postern_browser::Handle;
use postern_protocol::chat::{Effort, Failure, FailureKind, Request, Sampling};
use serde::{Deserialize, Serialize};

use super::controls::{self, Blocks, Controls, Structured, Unoffered};
use super::functions::{BoxedResult, Functions};
use super::state::Seen;
use crate::tools::Tool;
use crate::wire::Model;

/// What the form shall hold. `None` leaves a control as it is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Wanted<'a> {
    /// Whether the chat must be empty before.
    pub(crate) fresh: bool,
    pub(crate) temporary: bool,
    /// Whether the page was just loaded and nothing in it was changed yet.
    pub(crate) untouched: bool,
    /// What the page may call the model.
    pub(crate) names: &'a [String],
    /// How long the page may take to show the model.
    #[serde(serialize_with = "super::as_millis")]
    pub(crate) model_deadline: Duration,
    pub(crate) system: &'a str,
    /// Whether this tab was seen to hold this system text already.
    pub(crate) system_known: bool,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) stop: &'a [String],
    /// This page is known to hold no stop texts.
    pub(crate) no_stops: bool,
    /// This page was given no file that may still be in the prompt.
    pub(crate) no_files: bool,
    pub(crate) thinking: Option<Thinking>,
    /// The site says that the model does not think.
    pub(crate) thoughtless: bool,
    #[serde(flatten)]
    pub(crate) controls: &'a Controls,
    /// The thinking levels this page is known to offer.
    pub(crate) levels: Option<&'a [String]>,
    /// Which settings the caller asked for, so that it hears when one cannot be had.
    pub(crate) asked: Vec<&'static str>,
    pub(crate) prompt: &'a str,
    /// The functions that the model may call, as the page's editor takes them.
    pub(crate) declarations: Option<&'a str>,
    /// The declarations that this page was last given.
    pub(crate) declared: Option<&'a str>,
    /// The results of the calls that the chat ends with, in the order of the calls.
    pub(crate) results: &'a [BoxedResult],
}

/// How much to think, for whatever control the page offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Thinking {
    /// For a list of levels: 0 minimal to 3 high.
    rank: u8,
    /// For a switch: off, or where that cannot be, as little as possible.
    off: bool,
    /// For a budget: none.
    unlimited: bool,
    /// For a budget: this many tokens.
    budget: u32,
    /// The wish was a word, so a budget that had to be brought into the page's range is no surprise.
    named: bool,
}

impl Thinking {
    /// Whether a sent budget cannot come of this wish; -1 leaves it to the model.
    pub(crate) fn contradicts(self, budget: i64) -> bool {
        (self.unlimited && !self.off) != (budget < 0)
    }

    pub(crate) fn of(effort: Effort) -> Self {
        let word = |rank, budget| Self { rank, off: false, unlimited: false, budget, named: true };
        match effort {
            Effort::None | Effort::Budget(0) => Self { off: true, ..word(0, 0) },
            Effort::Minimal => word(0, 512),
            Effort::Low => word(1, 1024),
            Effort::Medium => word(2, 8192),
            Effort::High => word(3, 24_576),
            Effort::Unlimited => Self { unlimited: true, ..word(3, 0) },
            Effort::Budget(tokens) => {
                let rank = match tokens {
                    16_000.. => 3,
                    8_000.. => 2,
                    1_024.. => 1,
                    _ => 0,
                };
                Self { named: false, ..word(rank, tokens) }
            }
        }
    }
}

/// What the controls showed before they were touched.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Shown {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) max_tokens: Option<f64>,
    pub(super) level: i8,
    pub(super) thinks: Option<bool>,
    /// Whether a budget was set rather than left to the model.
    pub(super) manual: Option<bool>,
    pub(super) budget: Option<f64>,
    /// Entries of lists, by the name of the list.
    #[serde(default)]
    pub(crate) choices: BTreeMap<String, Option<String>>,
}

impl Shown {
    /// The wish that brings the thinking controls back to this.
    pub(crate) fn thinking(&self) -> Option<Thinking> {
        let back = Thinking { rank: 0, off: false, unlimited: true, budget: 0, named: true };
        if let Ok(rank) = u8::try_from(self.level) {
            return Some(Thinking { rank, ..back });
        }
        match (self.thinks, self.budget) {
            (Some(false), _) => Some(Thinking { off: true, ..back }),
            (_, Some(tokens)) if tokens >= 0.0 => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a token count")]
                let budget = tokens as u32;
                Some(Thinking { unlimited: false, budget, ..back })
            }
            _ if self.thinks.is_some() || self.manual.is_some() => Some(back),
            _ => None,
        }
    }
}

/// The settings a request asks for by name.
pub(crate) fn asked(request: &Request) -> Vec<&'static str> {
    let sampling = &request.sampling;
    let given = [
        ("temperature", sampling.temperature.is_some()),
        ("top_p", sampling.top_p.is_some()),
        ("max_tokens", sampling.max_tokens.is_some()),
        ("effort", request.effort.is_some()),
    ];
    let mut asked = controls::asked(request);
    asked.extend(given.into_iter().filter_map(|(name, given)| given.then_some(name)));
    asked
}

/// Sampling settings: as asked, else the model's own, else as the page had them at first.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) max_tokens: Option<u64>,
}

impl Settings {
    pub(crate) fn new(asked: &Sampling, model: Option<&Model>, initial: Option<&Shown>) -> Self {
        let own = |get: fn(&Model) -> Option<f64>| model.and_then(get);
        let first = |get: fn(&Shown) -> Option<f64>| initial.and_then(get);
        let temperature = asked.temperature.or_else(|| own(|model| model.temperature));
        let top_p = asked.top_p.or_else(|| own(|model| model.top_p));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a token count")]
        let first_tokens = first(|shown| shown.max_tokens).map(|tokens| tokens as u64);
        Self {
            temperature: temperature.or_else(|| first(|shown| shown.temperature)),
            top_p: top_p.or_else(|| first(|shown| shown.top_p)),
            max_tokens: asked.max_tokens.map(u64::from).or(first_tokens),
        }
    }
}

/// What came of filling the form.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Prepared {
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// The address of the account that the page belongs to, where it shows it.
    #[serde(default)]
    pub(crate) owner: Option<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) problem: Option<Problem>,
    /// The model the page shows, where it is the wrong one.
    #[serde(default)]
    pub(crate) model: Option<String>,
    /// The settings of the page were brought to what is wanted, or it was tried.
    #[serde(default)]
    pub(crate) touched: bool,
    /// What a page showed that nothing was changed in before.
    #[serde(default)]
    pub(crate) before: Option<Shown>,
    /// The page holds no stop texts.
    #[serde(default)]
    pub(crate) no_stops: bool,
    #[serde(default)]
    pub(crate) levels: Option<Vec<String>>,
    /// The thinking level that the page shows, in lower case; empty where it shows none.
    #[serde(default)]
    pub(crate) level: String,
    #[serde(default)]
    pub(crate) structured: Structured,
    /// What the switches of tools show, by the tool's name; `None` for one that is not there.
    #[serde(default)]
    pub(crate) tools: BTreeMap<Tool, Option<bool>>,
    /// A list does not have the entry that was asked for.
    #[serde(default)]
    pub(crate) choice: Option<Unoffered>,
    /// What was withheld before it was changed.
    #[serde(default)]
    pub(crate) safety_before: Option<Blocks>,
    /// What was to be withheld and the page did not take.
    #[serde(default)]
    pub(crate) safety_failed: Blocks,
    #[serde(default)]
    pub(crate) functions: Functions,
    /// How many turns the chat had before Run.
    #[serde(default)]
    pub(crate) turns: usize,
    #[serde(default)]
    pub(crate) system_in_box: bool,
    /// The prompt box.
    #[serde(default)]
    pub(crate) prompt: Option<Handle>,
    /// The Run button.
    #[serde(default)]
    pub(crate) run: Option<Handle>,
}

impl Prepared {
    /// What the page itself does not take of a request.
    pub(crate) fn refusal(&self, controls: &Controls, model: &str) -> Option<Failure> {
        if let Structured::Refused(words) = &self.structured {
            let text = format!("AI Studio does not take the schema in response_format: {words}");
            return Some(Failure::new(FailureKind::BadRequest, text).param("response_format"));
        }
        self.choice.as_ref().map(|choice| choice.failure(controls, model))
    }
}

/// Why the form could not be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Problem {
    /// The chat does not hold what it should: turns where none may be, or none where some must be.
    NotFresh,
    /// The page shows another model.
    Model,
    /// The prompt box does not take the text.
    NoPrompt,
    /// The page has no boxes for results of calls.
    NoBoxes,
    /// The page has boxes, but not those for the results of these calls.
    NoResults,
    /// There is no Run button.
    NoRun,
    /// The Run button stays disabled.
    RunDisabled,
}

impl Problem {
    /// Whether the same can be had by telling of the results in words.
    pub(crate) fn is_about_results(self) -> bool {
        matches!(self, Self::NoBoxes | Self::NoResults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn efforts_fit_every_control() {
        assert!(Thinking::of(Effort::None).off);
        assert_eq!(Thinking::of(Effort::Budget(0)), Thinking::of(Effort::None));
        assert!(Thinking::of(Effort::Unlimited).unlimited);
        let ranks =
            [Effort::Minimal, Effort::Low, Effort::Medium, Effort::High].map(|e| Thinking::of(e).rank);
        assert_eq!(ranks, [0, 1, 2, 3]);
        let ranks = [1000, 1024, 8000, 16_000].map(|tokens| Thinking::of(Effort::Budget(tokens)).rank);
        assert_eq!(ranks, [0, 1, 2, 3]);
        assert_eq!(Thinking::of(Effort::Budget(777)).budget, 777);
        let contradicts = |effort, budget| Thinking::of(effort).contradicts(budget);
        assert!(contradicts(Effort::Unlimited, 1024) && contradicts(Effort::Low, -1));
        assert!(!contradicts(Effort::Unlimited, -1) && !contradicts(Effort::None, 0));
    }

    #[test]
    fn a_request_without_wishes_gets_the_models_own_settings() {
        let model = Model { temperature: Some(0.7), ..Model::default() };
        let initial =
            Shown { top_p: Some(0.9), max_tokens: Some(8192.0), temperature: Some(1.0), ..Shown::default() };
        let settings = Settings::new(&Sampling::default(), Some(&model), Some(&initial));
        assert_eq!(
            (settings.temperature, settings.top_p, settings.max_tokens),
            (Some(0.7), Some(0.9), Some(8192))
        );
        let asked = Sampling { temperature: Some(0.1), max_tokens: Some(5), ..Sampling::default() };
        let settings = Settings::new(&asked, Some(&model), Some(&initial));
        assert_eq!((settings.temperature, settings.max_tokens), (Some(0.1), Some(5)));
        assert_eq!(Settings::new(&Sampling::default(), None, None).top_p, None);
    }

    #[test]
    fn thinking_controls_are_brought_back() {
        let shown = |level, thinks, budget| Shown { level, thinks, budget, ..Shown::default() }.thinking();
        assert_eq!(shown(2, None, None).unwrap().rank, 2);
        assert!(shown(-1, Some(false), None).unwrap().off);
        assert!(shown(-1, Some(true), None).unwrap().unlimited);
        assert_eq!(shown(-1, Some(true), Some(900.0)).unwrap().budget, 900);
        assert_eq!(shown(-1, None, None), None);
        let automatic = Shown { level: -1, manual: Some(false), ..Shown::default() };
        assert!(automatic.thinking().unwrap().unlimited, "a model that always thinks has no switch");
    }
}
