//! Where answers come from: the trait every upstream fulfils, one module per upstream, and the
//! `Registry` that finds the upstream for a model.
//!
//! In goes a [`Call`] (a canonical request with its id), out comes an [`Answer`]: a stream of canonical
//! events. Dropping the stream stops the work at the provider. Vendor names live here and in `aistudio`,
//! nowhere else.

mod accounts;
mod aistudio;
mod alive;
mod echo;
mod example;
mod guests;
mod keyed;
mod mcp;
mod media;
mod names;
mod pass;
mod registry;
mod structure;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use postern_protocol::chat::{Event, Failure, Request};
use postern_protocol::{RequestId, account};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use accounts::{
    Aside, Choice, Chronicle, Past, Policy, Share, Standing, Tally, describe, describe_key, limited_until,
    today,
};
pub use aistudio::AiStudio;
pub use echo::{Echo, HOUSE};
pub use guests::Guests;
pub use keyed::{BadBase, GeminiGuests, KeySetup, Keyed, KeyedConfig, KeyedMeans, Vendor, is_azure};
pub use mcp::{Mcp, McpConfig, McpOffer, McpServer};
pub use media::{Media, MediaRules};
pub use names::{BadAlias, Explanation, Via};
pub use pass::{ByteStream, Errand, Operation, Passage};
pub use registry::{Listed, Offer, Offers, Registry};

/// A stream of events: first the [`Event::Step`]s on the way, if the upstream tells them, then
/// [`Event::Started`], last [`Event::Finished`] or one failure. Dropping it before its end stops the work
/// at the provider.
pub type EventStream = BoxStream<'static, Result<Event, Failure>>;

/// One request on its way to an upstream.
#[derive(Clone, Debug)]
pub struct Call {
    /// Names the request in logs and snapshots.
    pub id: RequestId,
    /// Who asks.
    pub principal: Principal,
    /// What is asked. Its `model` is the upstream's own id, without the `upstream/` prefix.
    pub request: Arc<Request>,
}

/// Who asks, as far as it decides what may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Principal {
    /// Somebody without a key.
    #[default]
    Anonymous,
    /// Whoever holds the key of this name.
    Key(Arc<str>),
    /// The owner, at the console.
    Owner,
}

/// A place to be answered at, until it is dropped.
#[derive(Default)]
pub struct Lane {
    _held: Option<Box<dyn Send + Sync>>,
}

impl Lane {
    /// A lane that is free again when `guard` is dropped.
    pub fn held(guard: impl Send + Sync + 'static) -> Self {
        Self { _held: Some(Box::new(guard)) }
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lane")
    }
}

/// A model as `/v1/models` shows it. `None` means that the upstream does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelCard {
    /// The upstream's own id, without prefix.
    pub id: String,
    /// The name for people.
    pub display_name: Option<String>,
    /// What it is good for.
    pub description: Option<String>,
    /// Most tokens it reads.
    pub input_tokens: Option<u64>,
    /// Most tokens it writes.
    pub output_tokens: Option<u64>,
    /// Temperature when the caller says none.
    pub default_temperature: Option<f64>,
    /// Top-p when the caller says none.
    pub default_top_p: Option<f64>,
    /// Top-k when the caller says none.
    pub default_top_k: Option<u32>,
    /// Whether it can think before it answers.
    pub thinking: bool,
}

/// Something that answers chat requests.
pub trait Upstream: Send + Sync {
    /// Its name: the part of a model name before the `/`, and `owned_by` in model lists.
    fn name(&self) -> &str;

    /// How many requests it answers at once; `None` for any number. More wait in the queue.
    fn lanes(&self) -> Option<usize>;

    /// A lane for this request, while `running` others have one. `None` when all that could answer it are busy: it
    /// waits. One that nobody can answer gets a lane too, and hears why.
    fn lane(&self, _call: &Call, running: usize) -> Option<Lane> {
        self.lanes().is_none_or(|lanes| running < lanes.max(1)).then(Lane::default)
    }

    /// Its accounts and their states; empty for an upstream that needs none.
    fn accounts(&self) -> Vec<account::Status>;

    /// What the owner of one of its accounts should do next, or `None` when nothing is needed.
    fn action(&self, account: &account::Status) -> Option<String> {
        account.state.action(&account.name)
    }

    /// That it has no account yet, and how it gets one.
    fn enrolment(&self) -> String {
        format!("{} has no account yet: postern account add NAME", self.name())
    }

    /// The models it can serve now. Empty while it has no account that could serve one.
    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>>;

    /// Whether it has the model of this id; `None` while it has no model at all.
    fn offers<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Result<Option<bool>, Failure>> {
        Box::pin(async move {
            let cards = self.models().await?;
            Ok((!cards.is_empty()).then(|| cards.iter().any(|card| card.id == model)))
        })
    }

    /// The model that an id means: some ids ask for something beside it, which must not hide which model it is.
    fn base<'a>(&self, model: &'a str) -> &'a str {
        model
    }

    /// The names of the accounts that can serve the model of this id.
    fn serving(&self, _model: &str) -> Vec<String> {
        let usable = self.accounts().into_iter().filter(|account| account.state.usable());
        usable.map(|account| account.name).collect()
    }

    /// Asks the provider for its models anew, where it can be asked.
    fn refresh(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async { Ok(()) })
    }

    /// When the provider last told its models; `None` when it has not, or is not asked.
    fn models_read_at(&self) -> Option<SystemTime> {
        None
    }

    /// How many alternative answers it gives to one request, at most.
    fn most_candidates(&self) -> u32 {
        1
    }

    /// Names of the request's fields that this upstream accepts but cannot honour.
    fn ignores(&self, request: &Request) -> Vec<&'static str>;

    /// Starts the work, on the lane that was given to the request if there is one. Resolves at once; everything that can fail is in the stream.
    fn chat(&self, call: Call) -> EventStream;

    /// Whether it hands this operation on as it came, because its provider speaks the dialect itself.
    fn passes(&self, _operation: Operation) -> bool {
        false
    }

    /// Whether something is done here for this request beside asking the provider, so that it cannot be handed on as it
    /// came.
    fn intervenes(&self, _request: &Request) -> bool {
        false
    }

    /// Whether there are conversations for which [`Upstream::intervenes`] is so by the owner's choice: then one that is
    /// not understood here cannot be handed on, as it may be one of them.
    fn may_intervene(&self) -> bool {
        false
    }

    /// Hands a request on as it came, on the lane that was given to the request of this id if there is one, and resolves
    /// when the head of an answer has come. Keys of the upstream that fail in a way that another one would not are
    /// passed over, as in [`Upstream::chat`]; when none is left that is the failure, and nothing was told to the caller.
    fn pass(&self, _errand: Errand) -> BoxFuture<'static, Result<Passage, Failure>> {
        let failure = pass::not_passed(self.name());
        Box::pin(async move { Err(failure) })
    }
}
