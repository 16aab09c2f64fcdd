use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::Makes;
use crate::wire;

/// Who can speak.
const VOICES: [&str; 6] = ["Zephyr", "Puck", "Charon", "Kore", "Fenrir", "Leda"];
/// Shapes of pictures.
const ASPECT_RATIOS: [&str; 10] = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];
/// Sizes of pictures.
const IMAGE_SIZES: [&str; 3] = ["1K", "2K", "4K"];

/// Capability codes that say more than that a switch is there.
mod code {
    pub(super) const CHAT: u32 = 1;
    pub(super) const PICTURES: u32 = 21;
    pub(super) const SPEECH: u32 = 37;
    pub(super) const ASPECT_RATIO: u32 = 47;
    pub(super) const IMAGE_SIZE: u32 = 49;
}

/// What the page offers for a model's thinking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thinking {
    /// Nothing.
    Absent,
    /// A list of levels, by the words the page shows.
    Levels(Vec<String>),
    /// A token budget; `always` when thinking cannot be switched off.
    Budget {
        /// No switch to turn thinking off.
        always: bool,
        /// The smallest budget.
        least: u32,
        /// The largest budget.
        most: u32,
    },
}

/// A row of the model list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Without `models/`.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it is good for.
    pub description: String,
    /// Most tokens it reads.
    pub input_tokens: u32,
    /// Most tokens it writes.
    pub output_tokens: u32,
    /// What can be asked of it, such as `generateContent`.
    pub methods: Vec<String>,
    /// Capability codes.
    pub capabilities: Vec<u32>,
    /// Thinking controls.
    pub thinking: Thinking,
}

impl Model {
    /// A chat model with all tools and media of every resolution.
    pub fn chat(id: &str, name: &str, thinking: Thinking) -> Self {
        let mut capabilities = vec![code::CHAT, 9, 10, 12, 13, 43, 58];
        capabilities.extend_from_slice(match thinking {
            Thinking::Absent => &[],
            Thinking::Levels(_) => &[25, 52],
            Thinking::Budget { .. } => &[25, 35],
        });
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            description: format!("{name}, as the stand-in plays it"),
            input_tokens: 1_048_576,
            output_tokens: 65_536,
            methods: vec!["generateContent".to_owned(), "countTokens".to_owned()],
            capabilities,
            thinking,
        }
    }

    /// The same with these capability codes.
    #[must_use]
    pub fn with_capabilities(self, codes: &[u32]) -> Self {
        Self { capabilities: codes.to_vec(), ..self }
    }

    /// What its answers are.
    pub(crate) fn makes(&self) -> Makes {
        match (self.can(code::PICTURES), self.can(code::SPEECH)) {
            (true, _) => Makes::Pictures,
            (false, true) => Makes::Speech,
            (false, false) => Makes::Text,
        }
    }

    fn can(&self, code: u32) -> bool {
        self.capabilities.contains(&code)
    }

    /// Whether its answers begin with thoughts.
    pub(crate) fn thinks(&self) -> bool {
        self.thinking != Thinking::Absent
    }

    pub(crate) fn row(&self) -> Value {
        let default_level = match self.thinking {
            Thinking::Levels(_) => json!([null, null, null, null, null, 3]),
            Thinking::Absent | Thinking::Budget { .. } => Value::Null,
        };
        let offered = |code, words: &[&str]| if self.can(code) { json!(words) } else { Value::Null };
        wire::slots([
            (0, json!(format!("models/{}", self.id))),
            (2, json!("1.0")),
            (3, json!(self.name)),
            (4, json!(self.description)),
            (5, json!(self.input_tokens)),
            (6, json!(self.output_tokens)),
            (7, json!(self.methods)),
            (8, json!(1)),
            (9, json!(0.95)),
            (10, json!(64)),
            (64, json!(self.capabilities)),
            (66, offered(code::SPEECH, &VOICES)),
            (71, default_level),
            (74, json!(self.capabilities.iter().filter(|code| **code > 40).collect::<Vec<_>>())),
            (75, offered(code::ASPECT_RATIO, &ASPECT_RATIOS)),
            (76, offered(code::IMAGE_SIZE, &IMAGE_SIZES)),
        ])
    }
}

/// The models listed unless a test sets others.
pub fn default_models() -> Vec<Model> {
    let levels = |words: &[&str]| Thinking::Levels(words.iter().map(|word| (*word).to_owned()).collect());
    let budget = |always, least, most| Thinking::Budget { always, least, most };
    let plain = |id: &str, name: &str, codes: &[u32]| {
        Model::chat(id, name, Thinking::Absent).with_capabilities(codes)
    };
    let mut flash_2_0 = plain("gemini-2.0-flash", "Gemini 2.0 Flash", &[code::CHAT, 9, 10, 12]);
    flash_2_0.output_tokens = 8_192;
    let pictures = [code::CHAT, code::PICTURES, code::ASPECT_RATIO, code::IMAGE_SIZE];
    let mut embedding = plain("gemini-embedding-001", "Gemini Embedding 001", &[]);
    embedding.methods = vec!["embedContent".to_owned(), "countTokens".to_owned()];
    vec![
        Model::chat(
            "gemini-3-flash-preview",
            "Gemini 3 Flash Preview",
            levels(&["Minimal", "Low", "Medium", "High"]),
        ),
        Model::chat("gemini-3-pro-preview", "Gemini 3 Pro Preview", levels(&["Low", "High"])),
        Model::chat("gemini-2.5-pro", "Gemini 2.5 Pro", budget(true, 128, 32_768)),
        Model::chat("gemini-2.5-flash", "Gemini 2.5 Flash", budget(false, 512, 24_576)),
        flash_2_0,
        plain("gemma-3-27b-it", "Gemma 3 27B", &[code::CHAT]),
        plain("gemini-2.5-flash-image", "Gemini 2.5 Flash Image", &pictures),
        embedding,
        plain("gemini-2.5-flash-preview-tts", "Gemini 2.5 Flash Preview TTS", &[code::SPEECH]),
    ]
}
