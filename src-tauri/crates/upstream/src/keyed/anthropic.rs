//! Anthropic, and those who speak its dialect.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use postern_protocol::Secret;
use postern_protocol::anthropic::{Facts, Reader, ask, read_error, read_models};
use postern_protocol::chat::{Failure, Request, Source};
use postern_protocol::dialect::Stamp;

use super::base::Base;
use super::provider::{Listing, Provider, Question};
use super::seals::Seals;
use super::wire::secret_header;
use crate::{ModelCard, Operation};

/// The version of the dialect that is spoken where a client names none.
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("anthropic-version"), HeaderValue::from_static("2023-06-01"));
/// Ends of addresses that people copy from examples.
const ENDINGS: [&str; 2] = ["/v1/messages", "/v1"];

pub(super) struct Anthropic {
    base: Base,
}

impl Anthropic {
    /// `https://host`, `https://host/v1`, or a place below which `/v1/messages` is.
    pub(super) fn at(base: Base) -> Self {
        let path =
            ENDINGS.iter().find_map(|end| base.path().strip_suffix(end)).unwrap_or(base.path()).to_owned();
        Self { base: base.with_path(&path) }
    }
}

impl Provider for Anthropic {
    fn base(&self) -> &Base {
        &self.base
    }

    fn authorize(&self, headers: &mut HeaderMap, key: Option<&Secret>) {
        let (name, version) = VERSION;
        headers.entry(name).or_insert(version);
        let line = key.and_then(|key| secret_header(key.expose()));
        headers.extend(line.map(|line| (HeaderName::from_static("x-api-key"), line)));
    }

    fn question(&self, request: &Request, _: &Stamp, _: &Seals) -> Question {
        let (asking, names) = ask(request, &Facts::of(&request.model));
        let mut body = asking.body;
        body["stream"] = true.into();
        Question {
            url: self.base.join("/v1/messages", &[]),
            body,
            warnings: asking.warnings,
            reader: Box::new(Reader::new(names)),
        }
    }

    fn fetches(&self, source: &Source) -> bool {
        match source {
            Source::Url(address) => address.starts_with("https://") && !self.base.is_local(),
            Source::Data { .. } | Source::FileId(_) => true,
        }
    }

    fn read_error(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
        read_error(status, retry_after, body)
    }

    fn list_url(&self, after: Option<&str>) -> String {
        let page = [("limit", "1000"), ("after_id", after.unwrap_or_default())];
        self.base.join("/v1/models", if after.is_some() { &page } else { &page[..1] })
    }

    fn read_list(&self, body: &[u8]) -> Result<Listing, Failure> {
        let page = read_models(body)?;
        let card = |model: postern_protocol::anthropic::Listed| ModelCard {
            id: model.id,
            display_name: model.name,
            input_tokens: model.most_input,
            output_tokens: model.most_output,
            ..ModelCard::default()
        };
        Ok(Listing { cards: page.models.into_iter().map(card).collect(), next: page.next })
    }

    fn pass_url(&self, operation: Operation, _: &str) -> Option<String> {
        match operation {
            Operation::Messages => Some(self.base.join("/v1/messages", &[])),
            Operation::CountTokens => Some(self.base.join("/v1/messages/count_tokens", &[])),
            _ => None,
        }
    }

    fn hears(&self, header: &HeaderName) -> bool {
        matches!(header.as_str(), "anthropic-version" | "anthropic-beta")
    }
}
