//! OpenAI, and the many who speak its dialect.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName};
use postern_protocol::Secret;
use postern_protocol::chat::{Failure, Request, Source};
use postern_protocol::dialect::Stamp;
use postern_protocol::openai::{ChatReader, Habits, ask, read_error, read_models};

use super::base::Base;
use super::provider::{Listing, Provider, Question};
use super::seals::Seals;
use super::wire::secret_header;
use crate::{ModelCard, Operation};

/// Hosts of Azure's OpenAI service end so.
const AZURE: [&str; 3] = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];
/// The version of Azure's interface that is asked where its owner names none.
const AZURE_VERSION: &str = "2024-10-21";
/// Where Azure has its deployments.
const DEPLOYMENTS: &str = "/openai/deployments";
/// Ends of addresses that people copy from examples.
const ENDINGS: [&str; 3] = ["/chat/completions", "/completions", "/models"];

/// Whether a host of this name, in small letters, is one of Azure's.
pub fn is_azure(host: &str) -> bool {
    AZURE.iter().any(|end| host.ends_with(end))
}

pub(super) struct OpenAi {
    base: Base,
    manner: Manner,
    habits: Habits,
}

/// How its addresses are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Usual,
    /// Azure's own, with the version in the query and the model in the path.
    Deployments,
    /// Azure's newer one, which is the usual one but for the header of the key.
    AzureUsual,
}

impl OpenAi {
    /// `https://host`, `https://host/v1`, `https://host/any/path`, or one of Azure's addresses. Where the address has no
    /// path, `/v1` is meant.
    pub(super) fn at(base: Base) -> Self {
        let azure = is_azure(base.name());
        let path = ENDINGS.iter().find_map(|end| base.path().strip_suffix(end)).unwrap_or(base.path());
        let (path, manner) = match path.split_once(DEPLOYMENTS) {
            Some((before, _)) => (format!("{before}{DEPLOYMENTS}"), Manner::Deployments),
            None if azure && path.ends_with("/v1") => (path.to_owned(), Manner::AzureUsual),
            None if azure => (DEPLOYMENTS.to_owned(), Manner::Deployments),
            None if path.is_empty() => ("/v1".to_owned(), Manner::Usual),
            None => (path.to_owned(), Manner::Usual),
        };
        let name = base.name();
        let habits = Habits {
            official: azure || name == "api.openai.com",
            wants_reasoning: ["deepseek", "moonshot"].iter().any(|vendor| name.contains(vendor)),
            google: name == "generativelanguage.googleapis.com",
        };
        Self { base: base.with_path(&path), manner, habits }
    }

    fn url(&self, end: &str, model: &str) -> String {
        match self.manner {
            Manner::Usual | Manner::AzureUsual => self.base.join(end, &[]),
            Manner::Deployments => {
                let versioned = self.base.query("api-version").is_some();
                let version = [("api-version", AZURE_VERSION)];
                self.base.join(&format!("/{model}{end}"), if versioned { &[] } else { &version })
            }
        }
    }
}

impl Provider for OpenAi {
    fn base(&self) -> &Base {
        &self.base
    }

    fn authorize(&self, headers: &mut HeaderMap, key: Option<&Secret>) {
        let Some(key) = key else { return };
        match self.manner {
            Manner::Usual => {
                headers.extend(
                    secret_header(&format!("Bearer {}", key.expose())).map(|line| (AUTHORIZATION, line)),
                );
            }
            Manner::Deployments | Manner::AzureUsual => {
                let name = HeaderName::from_static("api-key");
                headers.extend(secret_header(key.expose()).map(|line| (name, line)));
            }
        }
    }

    fn question(&self, request: &Request, stamp: &Stamp, _: &Seals) -> Question {
        let asking = ask(request, true, self.habits);
        Question {
            url: self.url("/chat/completions", &request.model),
            body: asking.body,
            warnings: asking.warnings,
            reader: Box::new(ChatReader::new(stamp)),
        }
    }

    fn fetches(&self, source: &Source) -> bool {
        // A server of this computer has no use for what the internet can see, and often cannot fetch at all.
        match source {
            Source::Url(address) => address.starts_with("http") && !self.base.is_local(),
            Source::Data { .. } | Source::FileId(_) => true,
        }
    }

    fn read_error(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
        read_error(status, retry_after, body)
    }

    fn list_url(&self, _: Option<&str>) -> String {
        match self.manner {
            Manner::Usual | Manner::AzureUsual => self.base.join("/models", &[]),
            // What can be asked for are deployments, which this interface does not list; the models tell whether a key
            // is taken.
            Manner::Deployments => {
                let base = self.base.clone().with_path("/openai");
                let versioned = base.query("api-version").is_some();
                base.join("/models", if versioned { &[] } else { &[("api-version", AZURE_VERSION)] })
            }
        }
    }

    fn read_list(&self, body: &[u8]) -> Result<Listing, Failure> {
        let models = read_models(body)?;
        if self.manner == Manner::Deployments {
            return Ok(Listing { cards: Vec::new(), next: None });
        }
        let card = |model: postern_protocol::openai::Model| ModelCard {
            id: model.id,
            display_name: model.display_name,
            description: model.description,
            input_tokens: model.context_length,
            output_tokens: model.supported_max_output_tokens,
            default_temperature: model.default_temperature,
            default_top_p: model.default_top_p,
            default_top_k: model.default_top_k,
            thinking: model.thinking.unwrap_or_default(),
        };
        Ok(Listing { cards: models.into_iter().map(card).collect(), next: None })
    }

    fn pass_url(&self, operation: Operation, model: &str) -> Option<String> {
        let end = match operation {
            Operation::Chat => "/chat/completions",
            // Hardly anybody else has it; who asks others is answered by a chat.
            Operation::Responses if self.habits.official => "/responses",
            Operation::Completions => "/completions",
            Operation::Embeddings => "/embeddings",
            Operation::Rerank => "/rerank",
            Operation::Moderations => "/moderations",
            Operation::Speech => "/audio/speech",
            Operation::Transcriptions => "/audio/transcriptions",
            Operation::Translations => "/audio/translations",
            Operation::Images => "/images/generations",
            Operation::ImageEdits => "/images/edits",
            Operation::ImageVariations => "/images/variations",
            Operation::Responses
            | Operation::Messages
            | Operation::CountTokens
            | Operation::Generate { .. }
            | Operation::CountGemini
            | Operation::EmbedGemini { .. } => return None,
        };
        Some(self.url(end, model))
    }

    fn hears(&self, header: &HeaderName) -> bool {
        // Organization and project go with a key, and the key is ours.
        let name = header.as_str();
        let account = matches!(name, "openai-organization" | "openai-project");
        (name.starts_with("openai-") && !account) || name == "idempotency-key"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> OpenAi {
        OpenAi::at(Base::parse(text).unwrap())
    }

    #[test]
    fn an_address_is_read_in_every_way_people_write_it() {
        for (text, chat, models) in [
            (
                "https://api.openai.com",
                "https://api.openai.com/v1/chat/completions",
                "https://api.openai.com/v1/models",
            ),
            (
                "https://api.openai.com/v1/",
                "https://api.openai.com/v1/chat/completions",
                "https://api.openai.com/v1/models",
            ),
            (
                "https://openrouter.ai/api/v1/chat/completions",
                "https://openrouter.ai/api/v1/chat/completions",
                "https://openrouter.ai/api/v1/models",
            ),
            (
                "http://127.0.0.1:11434",
                "http://127.0.0.1:11434/v1/chat/completions",
                "http://127.0.0.1:11434/v1/models",
            ),
            (
                "https://me.openai.azure.com",
                "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
                "https://me.openai.azure.com/openai/models?api-version=2024-10-21",
            ),
            (
                "https://me.openai.azure.com/openai/deployments/other/chat/completions?api-version=2025-01-01",
                "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2025-01-01",
                "https://me.openai.azure.com/openai/models?api-version=2025-01-01",
            ),
            (
                "https://me.openai.azure.com/openai/v1",
                "https://me.openai.azure.com/openai/v1/chat/completions",
                "https://me.openai.azure.com/openai/v1/models",
            ),
        ] {
            let provider = at(text);
            assert_eq!(provider.url("/chat/completions", "gpt"), chat, "{text}");
            assert_eq!(provider.list_url(None), models, "{text}");
        }
    }

    #[test]
    fn keys_are_shown_as_each_wants_them_and_in_no_log() {
        let shown = |text: &str| {
            let mut headers = HeaderMap::new();
            at(text).authorize(&mut headers, Some(&Secret::new("sk-secret")));
            headers
        };
        assert_eq!(shown("https://api.deepseek.com")["authorization"], "Bearer sk-secret");
        assert_eq!(shown("https://me.openai.azure.com")["api-key"], "sk-secret");
        assert!(!format!("{:?}", shown("https://api.deepseek.com")).contains("sk-secret"));
        let mut headers = HeaderMap::new();
        at("http://127.0.0.1:11434").authorize(&mut headers, None);
        assert!(headers.is_empty());
    }

    #[test]
    fn what_only_the_maker_has_is_not_asked_of_others() {
        assert!(at("https://api.openai.com").pass_url(Operation::Responses, "m").is_some());
        assert!(at("https://api.deepseek.com").pass_url(Operation::Responses, "m").is_none());
        assert!(at("https://api.deepseek.com").pass_url(Operation::Embeddings, "m").is_some());
        assert!(at("https://api.openai.com").pass_url(Operation::Messages, "m").is_none());
    }
}
