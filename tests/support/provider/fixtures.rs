//! Answers of real vendors in their exact wire form (`tests/fixtures/vendors`).

/// An answer as a vendor sends it, with status 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// The name of its file.
    pub name: &'static str,
    /// Where its vendor serves it.
    pub path: &'static str,
    /// What it says it is.
    pub content_type: &'static str,
    /// Its bytes.
    pub body: &'static [u8],
}

impl Fixture {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FIXTURES.iter().find(|fixture| fixture.name == name)
    }

    /// Whether it comes piece by piece.
    pub fn streams(&self) -> bool {
        self.name.contains(".sse") || self.name.contains("ndjson") || self.name.contains("array")
    }
}

macro_rules! fixture {
    ($name:literal, $path:expr, $content_type:expr) => {
        Fixture {
            name: $name,
            path: $path,
            content_type: $content_type,
            body: include_bytes!(concat!("../../fixtures/vendors/", $name)),
        }
    };
}

const JSON: &str = "application/json";
const GOOGLE_JSON: &str = "application/json; charset=UTF-8";
const SSE: &str = "text/event-stream";
const SSE_UTF8: &str = "text/event-stream; charset=utf-8";

const CHAT: &str = "/v1/chat/completions";
const OPENROUTER: &str = "/api/v1/chat/completions";
const AZURE: &str = "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21";
const GEMINI: &str = "/v1beta/models/gemini-3-flash-preview:generateContent";
const GEMINI_SSE: &str = "/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse";
const GEMINI_ARRAY: &str = "/v1beta/models/gemini-3-flash-preview:streamGenerateContent";

/// All of them.
pub const FIXTURES: [Fixture; 23] = [
    fixture!("openai-chat.json", CHAT, JSON),
    fixture!("openai-chat.sse", CHAT, SSE_UTF8),
    fixture!("openai-responses.json", "/v1/responses", JSON),
    fixture!("openai-responses.sse", "/v1/responses", SSE_UTF8),
    fixture!("azure-chat.sse", AZURE, SSE_UTF8),
    fixture!("deepseek-chat.json", "/chat/completions", JSON),
    fixture!("deepseek-chat.sse", "/chat/completions", SSE_UTF8),
    fixture!("moonshot-chat.sse", CHAT, SSE_UTF8),
    fixture!("siliconflow-chat.sse", CHAT, SSE),
    fixture!("openrouter-chat.json", OPENROUTER, JSON),
    fixture!("openrouter-chat.sse", OPENROUTER, SSE),
    fixture!("openrouter-trouble.sse", OPENROUTER, SSE),
    fixture!("spark-chat.sse", CHAT, SSE),
    fixture!("anthropic-messages.json", "/v1/messages", JSON),
    fixture!("anthropic-messages.sse", "/v1/messages", SSE_UTF8),
    fixture!("anthropic-trouble.sse", "/v1/messages", SSE_UTF8),
    fixture!("gemini-generate.json", GEMINI, GOOGLE_JSON),
    fixture!("gemini-stream.sse", GEMINI_SSE, SSE),
    fixture!("gemini-stream-array.json", GEMINI_ARRAY, GOOGLE_JSON),
    fixture!("gemini-cut.sse", GEMINI_SSE, SSE),
    fixture!("gemini-compat-chat.sse", "/v1beta/openai/chat/completions", SSE),
    fixture!("ollama-chat.ndjson", "/api/chat", "application/x-ndjson"),
    fixture!("ollama-chat.json", "/api/chat", GOOGLE_JSON),
];
