use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

mod frame;
mod script;

pub use frame::{Frame, Grounding, Part, Source, Support, Usage};
pub use script::{Script, Step};

/// What a request is answered with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Made from the prompt, or from the results of functions where there is none: [`echo_thought`] if the
    /// model thinks, then [`echo_text`] in three frames, and [`echo_picture`] from a model that makes pictures;
    /// nothing but [`echo_sound`] from one that speaks.
    #[default]
    Echo,
    /// Written by the test.
    Script(Script),
    /// Each request takes the next; when none is left they are echoed.
    InTurn(Vec<Script>),
}

impl From<Script> for Answer {
    fn from(script: Script) -> Self {
        Self::Script(script)
    }
}

impl Answer {
    /// What the next request gets.
    pub(crate) fn take(&mut self) -> Self {
        match self {
            Self::InTurn(scripts) if scripts.is_empty() => Self::Echo,
            Self::InTurn(scripts) => Self::Script(scripts.remove(0)),
            Self::Echo | Self::Script(_) => self.clone(),
        }
    }
}

/// What a model makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Makes {
    #[default]
    Text,
    Pictures,
    Speech,
}

/// The text that [`Answer::Echo`] gives to a prompt: its length in bytes, its SHA-256 and its beginning.
pub fn echo_text(prompt: &str) -> String {
    let head: String = prompt.chars().take(80).collect();
    format!(
        "You sent {} bytes with SHA-256 {}.\n\nThey begin: {head}",
        prompt.len(),
        hex_sha256(prompt.as_bytes())
    )
}

/// The thought that [`Answer::Echo`] has about a prompt.
pub fn echo_thought(prompt: &str) -> String {
    format!("**Counting**\n\nThe prompt has {} characters.", prompt.chars().count())
}

/// The picture of [`Answer::Echo`], as base64: a PNG of eight by eight blue dots.
pub fn echo_picture() -> &'static str {
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mOQKn6BFTEMLQkAPGRdQQpaXewAAAAASUVORK5CYII="
}

/// The type of [`echo_sound`].
pub const SOUND: &str = "audio/L16;codec=pcm;rate=24000";

/// The bytes that [`Answer::Echo`] speaks: a tenth of a second of a saw tooth. They go in two frames.
pub fn echo_sound() -> Vec<u8> {
    (0_i16..2400).flat_map(|at| ((at % 100 - 50) * 200).to_le_bytes()).collect()
}

pub(crate) fn base64_of(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The number of tokens that the stand-in counts in a text.
pub(crate) fn tokens(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}
