//! What is different from vendor to vendor.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use postern_protocol::Secret;
use postern_protocol::chat::{Failure, Request, Source};
use postern_protocol::dialect::{AnswerReader, Stamp};
use serde_json::Value;

use super::anthropic::Anthropic;
use super::base::Base;

use super::gemini::Gemini;
use super::openai::OpenAi;
use super::seals::Seals;
use crate::{ModelCard, Operation};

/// Whose dialect a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// Google's generateContent.
    Gemini,
    /// OpenAI's, which many others speak too.
    OpenAi,
    /// Anthropic's.
    Anthropic,
}

/// A request in the words of a provider, and what reads its answer.
pub(super) struct Question {
    /// Where it goes.
    pub(super) url: String,
    pub(super) body: Value,
    /// What of the request the provider cannot be told.
    pub(super) warnings: Vec<String>,
    pub(super) reader: Box<dyn AnswerReader>,
}

/// One page of a list of models.
pub(super) struct Listing {
    pub(super) cards: Vec<ModelCard>,
    /// What the next page is asked for with; `None` on the last.
    pub(super) next: Option<String>,
}

/// How a vendor is asked.
pub(super) trait Provider: Send + Sync {
    /// Where it is.
    fn base(&self) -> &Base;

    /// Shows it a key. Without one a provider gets what it has to see all the same.
    fn authorize(&self, headers: &mut HeaderMap, key: Option<&Secret>);

    /// A chat, to be answered piece by piece.
    fn question(&self, request: &Request, stamp: &Stamp, seals: &Seals) -> Question;

    /// Whether it can get what is there by itself.
    fn fetches(&self, source: &Source) -> bool;

    /// What a refusal stands for.
    fn read_error(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure;

    /// Where its models are listed, from this page on.
    fn list_url(&self, after: Option<&str>) -> String;

    /// A page of that list.
    fn read_list(&self, body: &[u8]) -> Result<Listing, Failure>;

    /// Where an operation of its own dialect goes; `None` for one that it does not have.
    fn pass_url(&self, operation: Operation, model: &str) -> Option<String>;

    /// Whether it is to see this header of its clients, beside the type of the body and of the answer.
    fn hears(&self, header: &HeaderName) -> bool;
}

impl Vendor {
    /// A provider of this dialect at this address; `None` for one that cannot be.
    pub(super) fn at(self, base_url: &str) -> Option<Box<dyn Provider>> {
        let base_url = if base_url.trim().is_empty() { self.home() } else { base_url };
        let base = Base::parse(base_url)?;
        Some(match self {
            Self::Gemini => Box::new(Gemini::at(base)),
            Self::OpenAi => Box::new(OpenAi::at(base)),
            Self::Anthropic => Box::new(Anthropic::at(base)),
        })
    }

    /// Where the maker of the dialect is.
    fn home(self) -> &'static str {
        match self {
            Self::Gemini => "https://generativelanguage.googleapis.com",
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com",
        }
    }

    /// The host that is shown keys when the owner writes this address; `None` for an address that cannot be.
    pub fn host(self, base_url: &str) -> Option<String> {
        Some(self.at(base_url)?.base().host())
    }

    /// Whether a provider at this address may want no key: it is on this computer or its network.
    pub fn may_want_no_key(self, base_url: &str) -> bool {
        !base_url.trim().is_empty() && self.at(base_url).is_some_and(|provider| provider.base().is_local())
    }
}
