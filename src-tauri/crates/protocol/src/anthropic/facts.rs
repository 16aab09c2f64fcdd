//! What is known of a provider's models. This file is a table; the facts are those of Anthropic's model pages and migration
//! guides of November 2026.

/// What a request to a model has to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Most tokens it writes; the provider refuses to be asked for more.
    pub most_tokens: u32,
    /// How it is told to think.
    pub(super) thinking: Thinking,
    /// How it is told not to.
    pub(super) quiet: Quiet,
    /// The word for thinking as much as it can.
    pub(super) top_effort: &'static str,
    /// What of the sampling it takes.
    pub(super) sampling: SamplingTaken,
    /// Whether it can be made to call a function.
    pub(super) forced_calls: bool,
    /// Whether it keeps its thoughts to itself unless it is asked for them.
    pub(super) hides_thoughts: bool,
    /// Whether it takes a schema for its answer.
    pub(super) schemas: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thinking {
    /// It does not.
    Never,
    /// `enabled`, with a budget of tokens.
    Budget,
    /// `adaptive`, with a word for the effort.
    Adaptive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quiet {
    /// By saying nothing: it thinks only when it is told to.
    Unsaid,
    /// By this type of `thinking`.
    Said(&'static str),
    /// Not at all.
    Impossible,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SamplingTaken {
    /// Everything.
    All,
    /// A temperature or a top-p, not both.
    One,
    /// Nothing.
    None,
}

/// Claude 3 and 3.5.
const OLD: Facts = Facts {
    most_tokens: 8192,
    thinking: Thinking::Never,
    quiet: Quiet::Unsaid,
    top_effort: "high",
    sampling: SamplingTaken::All,
    forced_calls: true,
    hides_thoughts: false,
    schemas: false,
};

/// Claude 3.7 to 4.5.
const BUDGET: Facts = Facts { most_tokens: 64_000, thinking: Thinking::Budget, ..OLD };

/// Claude 4.5.
const LATER_BUDGET: Facts = Facts { sampling: SamplingTaken::One, schemas: true, ..BUDGET };

/// Claude 4.6.
const ADAPTIVE: Facts =
    Facts { most_tokens: 128_000, thinking: Thinking::Adaptive, top_effort: "max", ..LATER_BUDGET };

/// Claude 4.7 and 4.8.
const UNSAMPLED: Facts = Facts { sampling: SamplingTaken::None, hides_thoughts: true, ..ADAPTIVE };

/// Those that think unless they are told not to.
const THINKS: Facts = Facts { quiet: Quiet::Said("disabled"), ..UNSAMPLED };

/// Those that always think.
const ALWAYS_THINKS: Facts = Facts { quiet: Quiet::Impossible, forced_calls: false, ..UNSAMPLED };

/// Models by how their ids begin; the longest that fits holds.
const MODELS: &[(&str, Facts)] = &[
    ("claude-", ALWAYS_THINKS),
    ("claude-3-", Facts { most_tokens: 4096, ..OLD }),
    ("claude-3-5-", OLD),
    ("claude-3-7-", BUDGET),
    ("claude-opus-4", Facts { most_tokens: 32_000, ..BUDGET }),
    ("claude-opus-4-1", Facts { most_tokens: 32_000, ..LATER_BUDGET }),
    ("claude-opus-4-5", LATER_BUDGET),
    ("claude-opus-4-6", ADAPTIVE),
    ("claude-opus-4-7", UNSAMPLED),
    ("claude-opus-4-8", UNSAMPLED),
    ("claude-opus-5", THINKS),
    ("claude-opus-5-5", ALWAYS_THINKS),
    ("claude-sonnet-4", BUDGET),
    ("claude-sonnet-4-5", LATER_BUDGET),
    ("claude-sonnet-4-6", Facts { most_tokens: 64_000, top_effort: "high", ..ADAPTIVE }),
    ("claude-sonnet-5", THINKS),
    ("claude-sonnet-5-5", Facts { quiet: Quiet::Said("between_tools"), forced_calls: false, ..THINKS }),
    ("claude-haiku-4-5", LATER_BUDGET),
    ("claude-haiku-5", THINKS),
];

/// Models of others that speak this dialect.
const FOREIGN: Facts = BUDGET;

/// How many tokens a model may write when nobody said: enough for nearly everything, and no more of the provider's rate
/// than that.
const USUAL_TOKENS: u32 = 32_000;
/// The same for models of which not much is known.
const CAREFUL_TOKENS: u32 = 8192;

impl Facts {
    /// What is known of the model of this id, in whatever way it is written: with a date, with dots, behind the name of a
    /// cloud.
    pub fn of(model: &str) -> Self {
        let plain = model.to_ascii_lowercase().replace('.', "-");
        let Some(at) = plain.find("claude-") else {
            return Self { most_tokens: CAREFUL_TOKENS, ..FOREIGN };
        };
        let fitting = MODELS.iter().filter(|(prefix, _)| plain[at..].starts_with(prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map_or(ALWAYS_THINKS, |(_, facts)| *facts)
    }

    /// Whether it can think before it answers.
    pub fn thinks(&self) -> bool {
        self.thinking != Thinking::Never
    }

    /// How many tokens it may write when nobody said.
    pub(super) fn usual_tokens(&self) -> u32 {
        self.most_tokens.min(USUAL_TOKENS)
    }
}
