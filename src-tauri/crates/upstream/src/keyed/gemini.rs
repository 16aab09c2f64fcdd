//! Google's Gemini.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use postern_protocol::Secret;
use postern_protocol::chat::{Failure, FailureKind, Request, Source};
use postern_protocol::dialect::Stamp;
use postern_protocol::gemini::{Acceptor, Facts, Reader, Reading, ask, fetches, read_error, read_models};

use super::base::Base;
use super::provider::{Listing, Provider, Question};
use super::seals::Seals;
use super::wire::secret_header;
use crate::{ModelCard, Operation};

/// Versions of the interface, as they end an address.
const VERSIONS: [&str; 4] = ["/v1beta", "/v1alpha", "/v1", "/v1beta1"];
/// Names what of a quota is used up, in the details of a refusal.
const OF_A_DAY: &str = "PerDay";

pub(super) struct Gemini {
    base: Base,
}

impl Gemini {
    /// `https://host`, with or without a version behind it.
    pub(super) fn at(base: Base) -> Self {
        let path = base.path();
        let path = path.strip_suffix("/openai").or_else(|| path.strip_suffix("/models")).unwrap_or(path);
        let versioned = VERSIONS.iter().any(|version| path.ends_with(version));
        let path = if versioned { path.to_owned() } else { format!("{path}/v1beta") };
        Self { base: base.with_path(&path) }
    }

    fn url(&self, model: &str, method: &str, query: &[(&str, &str)]) -> String {
        // Tuned models have a place of their own.
        let place = if model.contains('/') { model.to_owned() } else { format!("models/{model}") };
        self.base.join(&format!("/{place}:{method}"), query)
    }
}

impl Provider for Gemini {
    fn base(&self) -> &Base {
        &self.base
    }

    fn authorize(&self, headers: &mut HeaderMap, key: Option<&Secret>) {
        let line = key.and_then(|key| secret_header(key.expose()));
        headers.extend(line.map(|line| (HeaderName::from_static("x-goog-api-key"), line)));
    }

    fn question(&self, request: &Request, stamp: &Stamp, seals: &Seals) -> Question {
        let host = self.base.host();
        let seal_of = |call: &str| seals.of(&host, call);
        let facts = Facts { model: &request.model, schemas: Acceptor::JsonSchema, seal_of: &seal_of };
        let (asking, back) = ask(request, &facts);
        let reading =
            Reading { id: stamp.id.to_string(), model: stamp.model.clone(), warnings: Vec::new(), back };
        Question {
            url: self.url(&request.model, "streamGenerateContent", &[("alt", "sse")]),
            body: asking.body,
            warnings: asking.warnings,
            reader: Box::new(Reader::new(reading)),
        }
    }

    fn fetches(&self, source: &Source) -> bool {
        fetches(source)
    }

    fn read_error(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
        let mut failure = read_error(status, retry_after, body);
        // Only the details tell a day from a minute, and both come with a hint to retry.
        let of_a_day = String::from_utf8_lossy(body).contains(OF_A_DAY);
        if failure.kind == FailureKind::Quota && of_a_day && !failure.message.contains("per day") {
            failure.message = format!("{} (quota per day)", failure.message.trim_end_matches('.'));
            failure.retry_after = None;
        }
        failure
    }

    fn list_url(&self, after: Option<&str>) -> String {
        let page = [("pageSize", "1000"), ("pageToken", after.unwrap_or_default())];
        self.base.join("/models", if after.is_some() { &page } else { &page[..1] })
    }

    fn read_list(&self, body: &[u8]) -> Result<Listing, Failure> {
        let page = read_models(body)?;
        let card = |model: postern_protocol::gemini::Model| ModelCard {
            id: model.id,
            display_name: model.display_name,
            description: model.description,
            input_tokens: model.input_token_limit,
            output_tokens: model.output_token_limit,
            default_temperature: model.temperature,
            default_top_p: model.top_p,
            default_top_k: model.top_k,
            thinking: model.thinking.unwrap_or_default(),
        };
        Ok(Listing { cards: page.models.into_iter().map(card).collect(), next: page.next })
    }

    fn pass_url(&self, operation: Operation, model: &str) -> Option<String> {
        let (method, query): (&str, &[(&str, &str)]) = match operation {
            Operation::Generate { stream: false, .. } => ("generateContent", &[]),
            Operation::Generate { stream: true, sse: true } => ("streamGenerateContent", &[("alt", "sse")]),
            Operation::Generate { stream: true, sse: false } => ("streamGenerateContent", &[]),
            Operation::CountGemini => ("countTokens", &[]),
            Operation::EmbedGemini { batch: false } => ("embedContent", &[]),
            Operation::EmbedGemini { batch: true } => ("batchEmbedContents", &[]),
            _ => return None,
        };
        Some(self.url(model, method, query))
    }

    fn hears(&self, _: &HeaderName) -> bool {
        false
    }
}
