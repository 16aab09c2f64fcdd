//! One round of questions, asked through each official SDK of each kind of provider. Whatever lies between, the SDK sees
//! in its own words what the model said, and the model is told what the SDK was asked for.

mod codex;
mod direct;
mod keyed;
mod programs;
mod proxy;
mod studio;

use std::process::{Command, Stdio};

use anyhow::Context;
use postern_tests::Usage;
use postern_tests::provider::Said;
use serde_json::{Value, json};

use super::tool;
use crate::product::workspace;

/// An official SDK, or one of the two interfaces of OpenAI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    OpenAi,
    Responses,
    Anthropic,
    Gemini,
}

/// Whom it asks.
pub(super) struct Seat {
    /// Without a path.
    pub(super) url: String,
    pub(super) key: String,
    pub(super) model: String,
}

impl Client {
    fn script(self) -> &'static str {
        match self {
            Self::OpenAi => "tests/sdk/matrix_openai.py",
            Self::Responses => "tests/sdk/matrix_responses.py",
            Self::Anthropic => "tests/sdk/matrix_anthropic.py",
            Self::Gemini => "tests/sdk/matrix_gemini.py",
        }
    }

    /// Plays one scenario and returns what the SDK saw.
    pub(super) async fn play(self, seat: &Seat, scenario: &str) -> anyhow::Result<Value> {
        let mut command = Command::new(tool("POSTERN_PYTHON", "python3"));
        command
            .arg(workspace().join(self.script()))
            .arg(scenario)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("OPENAI_BASE_URL", format!("{}/v1", seat.url))
            .env("OPENAI_API_KEY", &seat.key)
            .env("ANTHROPIC_BASE_URL", &seat.url)
            .env("ANTHROPIC_API_KEY", &seat.key)
            .env_remove("ANTHROPIC_AUTH_TOKEN")
            .env("GOOGLE_GEMINI_BASE_URL", &seat.url)
            .env("GEMINI_API_KEY", &seat.key)
            .env_remove("GOOGLE_API_KEY")
            .env("POSTERN_MODEL", &seat.model)
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await??;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        anyhow::ensure!(output.status.success(), "{self:?} {scenario}: {said}");
        serde_json::from_slice(&output.stdout).with_context(|| format!("{self:?} {scenario}: {said}"))
    }

    /// The word with which it is told that the model is done.
    fn done(self) -> &'static str {
        match self {
            Self::OpenAi => "stop",
            Self::Responses => "completed",
            Self::Anthropic => "end_turn",
            Self::Gemini => "STOP",
        }
    }

    /// The word with which it is told that the model waits for results.
    fn waits(self) -> &'static str {
        match self {
            Self::OpenAi => "tool_calls",
            Self::Anthropic => "tool_use",
            Self::Responses | Self::Gemini => self.done(),
        }
    }
}

const COST: Usage = Usage { prompt: 20, output: 5, thoughts: 7, cached: 4 };

/// What the model says in the round, request by request.
pub(super) fn round() -> Vec<Said> {
    let said = |thought: &str| Said::new().thought(thought).usage(COST);
    let calls = || {
        let weather = json!({ "city": "Tromsø", "days": 2 });
        said("Two at once.").text("Let me look.").call("get_weather", weather).call("now", json!({}))
    };
    let answer = || said("Now I know.").text("Rain at noon.");
    let (whole, streamed) = (said("Hm.").text("All is well."), said("Hm, hm.").text("It flows, 继续 👋."));
    vec![whole, streamed, calls(), answer(), calls(), answer()]
}

/// What an SDK sees of the round.
pub(super) fn saw_the_round(client: Client, seen: &Value) {
    let prompt = if client == Client::Anthropic { COST.prompt - COST.cached } else { COST.prompt };
    let expected = |thoughts: &str, text: &str, calls: Value| {
        let finish = if calls == json!([]) { client.done() } else { client.waits() };
        let usage = [prompt, COST.output + COST.thoughts];
        json!({ "text": text, "thoughts": thoughts, "calls": calls, "finish": finish, "usage": usage })
    };
    let calls = json!([["get_weather", { "city": "Tromsø", "days": 2 }], ["now", {}]]);
    let tools = json!([
        expected("Two at once.", "Let me look.", calls),
        expected("Now I know.", "Rain at noon.", json!([]))
    ]);
    assert_eq!(seen["whole"], expected("Hm.", "All is well.", json!([])), "{client:?}");
    assert_eq!(seen["streamed"], expected("Hm, hm.", "It flows, 继续 👋.", json!([])), "{client:?}");
    assert_eq!(seen["tools"], tools, "{client:?}");
    assert_eq!(seen["tools_streamed"], tools, "{client:?}");
}
