//! What is to be exported, and how.

use postern_store::{Filter, ReviewState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::redact::Profile;

/// The version of the specification and of the manifest that repeats it.
pub const VERSION: u32 = 1;

/// What is to be exported, and how. What is absent has the value of [`Spec::default`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The trainer or the form.
    pub preset: Preset,
    /// The kind of files.
    pub format: FileFormat,
    /// What the data set is called; letters, digits, `-` and `_`.
    pub name: String,
    /// Which conversations. Unless given: the approved ones, and for a set of good and bad answers the rejected ones too.
    pub filter: Option<Filter>,
    /// How the rows are parted.
    pub split: Split,
    /// What is done with conversations that say the same.
    pub duplicates: Duplicates,
    /// What is made unreadable: everything that is known, unless another profile is given; nothing with `null`. Exchanges
    /// as they were cannot be made so.
    pub redaction: Option<Profile>,
    /// What is done with the thoughts of the model.
    pub reasoning: Reasoning,
    /// What is done with the instructions.
    pub system: System,
    /// Only so many turns from the end, instructions not counted. The first of them is a user's.
    pub last_turns: Option<usize>,
    /// Results of calls are cut after so many characters.
    pub result_chars: Option<usize>,
    /// Longer rows are left out. Tokens are estimated.
    pub max_tokens: Option<u64>,
    /// At most so many rows.
    pub max_records: Option<u64>,
    /// Only conversations whose last turn calls a function.
    pub calls_only: bool,
    /// Where the functions of a row come from.
    pub tools: Tools,
    /// How several results of one turn become one, where the trainer knows only one.
    pub results: Results,
    /// What stands before the first thing a user said and after the last answer is left out. Else such rows are invalid
    /// where the trainer does not take them.
    pub trim: bool,
    /// Answers that were cut off or broken off are taken too.
    pub cut_off: bool,
    /// A file `invalid.jsonl` says what was left out, and why.
    pub invalid_file: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            format: FileFormat::default(),
            name: "postern".to_owned(),
            filter: None,
            split: Split::default(),
            duplicates: Duplicates::default(),
            redaction: Some(Profile::default()),
            reasoning: Reasoning::default(),
            system: System::default(),
            last_turns: None,
            result_chars: None,
            max_tokens: None,
            max_records: None,
            calls_only: false,
            tools: Tools::default(),
            results: Results::default(),
            trim: true,
            cut_off: false,
            invalid_file: true,
        }
    }
}

impl Spec {
    /// Which conversations are meant.
    pub fn scope(&self) -> Filter {
        let states = match self.preset.task() {
            Task::Labelled => vec![ReviewState::Approved, ReviewState::Rejected],
            Task::Turns | Task::Pairs | Task::Ranking | Task::Whole => vec![ReviewState::Approved],
        };
        self.filter.clone().unwrap_or(Filter { states, ..Filter::default() })
    }

    /// Whether facts of the conversation go beside each row.
    pub(crate) fn tells_about(&self) -> bool {
        self.format == FileFormat::Parquet || self.preset == Preset::Markdown
    }

    /// What is wrong with it, in plain words.
    pub fn wrong(&self) -> Option<&'static str> {
        let fine = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if self.name.is_empty() || self.name.len() > 100 || !self.name.chars().all(fine) {
            return Some("the name of the data set takes 1 to 100 letters, digits, - and _");
        }
        if u32::from(self.split.validation) + u32::from(self.split.test) > 99 {
            return Some("validation and test together leave nothing to train with");
        }
        if self.format == FileFormat::Parquet && !self.preset.has_columns() {
            return Some("this form has no Parquet files");
        }
        if self.preset == Preset::Raw && self.redaction.is_some() {
            // What is streamed comes in pieces, and no piece shows what it is a piece of.
            return Some(
                "exchanges as they were cannot be redacted; switch redaction off, or choose another form",
            );
        }
        None
    }
}

/// The trainer or the form that rows are made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// LLaMA-Factory, ShareGPT.
    #[default]
    LlamaFactory,
    /// LLaMA-Factory, Alpaca: instruction and output.
    LlamaFactoryAlpaca,
    /// LLaMA-Factory, a better and a worse answer.
    LlamaFactoryDpo,
    /// LLaMA-Factory, good and bad answers.
    LlamaFactoryKto,
    /// TRL, messages.
    Trl,
    /// TRL, a better and a worse answer.
    TrlDpo,
    /// TRL, good and bad answers.
    TrlKto,
    /// axolotl, `chat_template`.
    Axolotl,
    /// OpenAI and Azure.
    Openai,
    /// OpenAI and Azure, a better and a worse answer; Together takes the same.
    OpenaiDpo,
    /// Together.
    Together,
    /// Fireworks.
    Fireworks,
    /// Mistral.
    Mistral,
    /// ms-swift, messages.
    MsSwift,
    /// ms-swift, documents put in order.
    MsSwiftReranker,
    /// Plain text in the words of ChatML.
    Chatml,
    /// For people to read, one file for each conversation.
    Markdown,
    /// Requests and responses as they were.
    Raw,
}

/// What a row is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// A conversation.
    Turns,
    /// A beginning, with a better and a worse end.
    Pairs,
    /// A conversation that is good or bad.
    Labelled,
    /// A question, with documents.
    Ranking,
    /// An exchange.
    Whole,
}

impl Preset {
    /// Every preset there is.
    pub const ALL: [Self; 18] = [
        Self::LlamaFactory,
        Self::LlamaFactoryAlpaca,
        Self::LlamaFactoryDpo,
        Self::LlamaFactoryKto,
        Self::Trl,
        Self::TrlDpo,
        Self::TrlKto,
        Self::Axolotl,
        Self::Openai,
        Self::OpenaiDpo,
        Self::Together,
        Self::Fireworks,
        Self::Mistral,
        Self::MsSwift,
        Self::MsSwiftReranker,
        Self::Chatml,
        Self::Markdown,
        Self::Raw,
    ];

    /// How many rows the service takes at least for a training; `None` where any number will do.
    pub fn least_rows(self) -> Option<u64> {
        match self {
            // <https://platform.openai.com/docs/guides/supervised-fine-tuning>
            Self::Openai | Self::OpenaiDpo => Some(10),
            // <https://docs.fireworks.ai/fine-tuning/fine-tuning-models>
            Self::Fireworks => Some(3),
            _ => None,
        }
    }

    pub(crate) fn task(self) -> Task {
        match self {
            Self::LlamaFactoryDpo | Self::TrlDpo | Self::OpenaiDpo => Task::Pairs,
            Self::LlamaFactoryKto | Self::TrlKto => Task::Labelled,
            Self::MsSwiftReranker => Task::Ranking,
            Self::Raw => Task::Whole,
            Self::LlamaFactory
            | Self::LlamaFactoryAlpaca
            | Self::Trl
            | Self::Axolotl
            | Self::Openai
            | Self::Together
            | Self::Fireworks
            | Self::Mistral
            | Self::MsSwift
            | Self::Chatml
            | Self::Markdown => Task::Turns,
        }
    }

    /// Whether rows have the same columns, each of one type, as Parquet wants it.
    pub(crate) fn has_columns(self) -> bool {
        !matches!(self, Self::Raw | Self::Markdown)
    }

    /// Whether LLaMA-Factory reads it, by way of `dataset_info.json`.
    pub(crate) fn is_llama_factory(self) -> bool {
        matches!(
            self,
            Self::LlamaFactory | Self::LlamaFactoryAlpaca | Self::LlamaFactoryDpo | Self::LlamaFactoryKto
        )
    }
}

/// The kind of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// A row a line.
    #[default]
    Jsonl,
    /// One list.
    Json,
    /// Columns.
    Parquet,
}

/// How the rows are parted. A conversation, and what parted from it, is always in the same part: by a hash of its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Split {
    /// Percent for validation.
    pub validation: u8,
    /// Percent for the test at the end.
    pub test: u8,
    /// Another number parts them otherwise.
    pub seed: u64,
}

/// A part of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SplitPart)]
pub enum Part {
    /// To learn from.
    Train,
    /// To see how it goes.
    Validation,
    /// To judge by in the end.
    Test,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// Its word in names of files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// What is done with conversations that say the same. The best rated stays, then the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// They all stay.
    Keep,
    /// One of those with the same text stays.
    #[default]
    Exact,
    /// One of those that are nearly the same stays.
    Near,
}

/// What is done with the thoughts of the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reasoning {
    /// They stay, where the trainer has a place for them.
    #[default]
    Keep,
    /// They are left out.
    Strip,
    /// Only those of the last answer stay.
    LastOnly,
}

/// What is done with the instructions at the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// They stay.
    #[default]
    Keep,
    /// They are left out.
    Strip,
    /// These stand in their place.
    Replace(String),
}

/// Where the functions of a row come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tools {
    /// From the request.
    #[default]
    Stored,
    /// From the request, or where that offers none, from the calls: an argument is required when every call has it.
    Derive,
    /// There are none. Calls stay.
    None,
}

/// How several results become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Results {
    /// With the tags of Qwen and Hermes between them.
    #[default]
    Tags,
    /// As a JSON list.
    List,
}
