//! Providers that many use. A table; the facts are those of their documentation.

use postern_console::api::upstreams::{UpstreamKind, UpstreamTemplate};

/// Name, what people call it, dialect, address, how its keys begin, where they are made.
type Row =
    (&'static str, &'static str, UpstreamKind, &'static str, Option<&'static str>, Option<&'static str>);

const OF_OPENAI: UpstreamKind = UpstreamKind::OpenAi;

const TEMPLATES: [Row; 11] = [
    ("gemini", "Google Gemini", UpstreamKind::Gemini, "", None, Some("https://aistudio.google.com/apikey")),
    ("openai", "OpenAI", OF_OPENAI, "", Some("sk-"), Some("https://platform.openai.com/api-keys")),
    (
        "anthropic",
        "Anthropic",
        UpstreamKind::Anthropic,
        "",
        Some("sk-ant-"),
        Some("https://platform.claude.com/settings/keys"),
    ),
    (
        "deepseek",
        "DeepSeek",
        OF_OPENAI,
        "https://api.deepseek.com/v1",
        Some("sk-"),
        Some("https://platform.deepseek.com/api_keys"),
    ),
    (
        "siliconflow",
        "SiliconFlow",
        OF_OPENAI,
        "https://api.siliconflow.cn/v1",
        Some("sk-"),
        Some("https://cloud.siliconflow.cn/account/ak"),
    ),
    (
        "moonshot",
        "Moonshot",
        OF_OPENAI,
        "https://api.moonshot.cn/v1",
        Some("sk-"),
        Some("https://platform.moonshot.cn/console/api-keys"),
    ),
    (
        "openrouter",
        "OpenRouter",
        OF_OPENAI,
        "https://openrouter.ai/api/v1",
        Some("sk-or-"),
        Some("https://openrouter.ai/settings/keys"),
    ),
    ("ollama", "Ollama", OF_OPENAI, "http://127.0.0.1:11434/v1", None, None),
    ("lmstudio", "LM Studio", OF_OPENAI, "http://127.0.0.1:1234/v1", None, None),
    ("vllm", "vLLM", OF_OPENAI, "http://127.0.0.1:8000/v1", None, None),
    (
        "azure",
        "Azure OpenAI",
        OF_OPENAI,
        "https://RESOURCE.openai.azure.com/openai/v1",
        None,
        Some("https://portal.azure.com"),
    ),
];

pub(crate) fn templates() -> Vec<UpstreamTemplate> {
    let template = |(name, title, kind, base_url, begins, page): &Row| UpstreamTemplate {
        name: (*name).to_owned(),
        title: (*title).to_owned(),
        kind: *kind,
        base_url: (*base_url).to_owned(),
        needs_key: !base_url.starts_with("http://"),
        key_begins: begins.map(str::to_owned),
        key_page: page.map(str::to_owned),
    };
    TEMPLATES.iter().map(template).collect()
}
