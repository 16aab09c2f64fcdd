use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use postern_protocol::account;
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::timeout;

use crate::echo::HOUSE;
use crate::{ModelCard, Upstream};

/// How long an upstream may take to tell its models before it is left out of the list.
const PATIENCE: Duration = Duration::from_secs(20);
/// When to ask again for a model that no account can serve now.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// Most names an "unknown model" answer lists.
const NAMES_SHOWN: usize = 30;

/// Every upstream there is, and the way from a model's name to the one that serves it.
///
/// The order of the upstreams counts: when two serve a model of the same id, the bare id means the
/// first one's and the other's is asked for as `upstream/id`.
#[derive(Clone)]
pub struct Registry {
    upstreams: Arc<[Arc<dyn Upstream>]>,
}

/// A model with the name it is asked for and the upstream that serves it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What a caller writes in `model`.
    pub name: String,
    /// The name of the upstream that serves it.
    pub upstream: String,
    /// What is known of it.
    pub card: ModelCard,
}

impl Registry {
    /// A registry of these upstreams, in this order.
    pub fn new(upstreams: Vec<Arc<dyn Upstream>>) -> Self {
        Self { upstreams: upstreams.into() }
    }

    /// The upstreams, in order.
    pub fn upstreams(&self) -> &[Arc<dyn Upstream>] {
        &self.upstreams
    }

    /// Finds the upstream that serves `model` and the upstream's own id of it. `model` is an id, or
    /// `upstream/id`; a leading `models/`, as Google writes it, changes nothing.
    pub async fn resolve(&self, model: &str) -> Result<(Arc<dyn Upstream>, String), Failure> {
        let wanted = model.strip_prefix("models/").unwrap_or(model);
        let mut trouble = None;
        for (upstream, id) in self.candidates(wanted) {
            match upstream.models().await {
                Ok(cards) if cards.iter().any(|card| card.id == id) => {
                    return Ok((Arc::clone(upstream), id.to_owned()));
                }
                Ok(cards) if cards.is_empty() => trouble = trouble.or(nobody_ready(upstream.as_ref())),
                Ok(_) => {}
                Err(failure) => trouble = trouble.or(Some(failure)),
            }
        }
        // An upstream that cannot tell its models may well serve this one.
        match trouble {
            Some(failure) => Err(failure),
            None => Err(self.unknown(model).await),
        }
    }

    /// Who may serve `wanted`: the upstream it names, else everyone in order.
    fn candidates<'a>(&'a self, wanted: &'a str) -> Vec<(&'a Arc<dyn Upstream>, &'a str)> {
        let named = wanted.split_once('/').and_then(|(name, id)| {
            let upstream = self.upstreams.iter().find(|upstream| upstream.name() == name)?;
            Some((upstream, id.strip_prefix("models/").unwrap_or(id)))
        });
        match named {
            Some(candidate) => vec![candidate],
            None => self.upstreams.iter().map(|upstream| (upstream, wanted)).collect(),
        }
    }

    /// Every model that can be asked for now, sorted by its name for people. An upstream that fails to
    /// tell its models, or takes too long, is left out.
    pub async fn models(&self) -> Vec<Listed> {
        let lists = join_all(self.upstreams.iter().map(|upstream| listed(upstream.as_ref()))).await;
        let mut models: Vec<Listed> = Vec::new();
        for mut model in lists.into_iter().flatten() {
            if model.upstream == HOUSE || models.iter().any(|known| known.name == model.name) {
                model.name = format!("{}/{}", model.upstream, model.card.id);
            }
            models.push(model);
        }
        models.sort_by_cached_key(|model| {
            model.card.display_name.as_deref().unwrap_or(&model.name).to_lowercase()
        });
        models
    }

    async fn unknown(&self, model: &str) -> Failure {
        let models = self.models().await;
        let shown = models.iter().take(NAMES_SHOWN).map(|listed| listed.name.as_str());
        let shown = shown.collect::<Vec<_>>().join(", ");
        let rest = match models.len().saturating_sub(NAMES_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more (GET /v1/models lists all)"),
        };
        let asked: String = model.chars().take(100).collect();
        let mut message =
            format!("The model `{asked}` does not exist here. Available models: {shown}{rest}.");
        for upstream in self.upstreams.iter().filter(|upstream| upstream.accounts().is_empty()) {
            if !models.iter().any(|listed| listed.upstream == upstream.name()) {
                message += &format!(" {} has no account yet: postern account add NAME", upstream.name());
            }
        }
        Failure::new(FailureKind::UnknownModel, message).param("model")
    }
}

async fn listed(upstream: &dyn Upstream) -> Vec<Listed> {
    let card = |card: ModelCard| Listed { name: card.id.clone(), upstream: upstream.name().to_owned(), card };
    match timeout(PATIENCE, upstream.models()).await {
        Ok(Ok(cards)) => cards.into_iter().map(card).collect(),
        Ok(Err(failure)) => {
            tracing::debug!(upstream.id = upstream.name(), %failure, "no model list");
            Vec::new()
        }
        Err(_) => {
            tracing::debug!(upstream.id = upstream.name(), "no model list in time");
            Vec::new()
        }
    }
}

/// Why an upstream that has accounts offers no model. One that still waits for its first account is
/// no failure: what is asked of it is a model that does not exist yet.
fn nobody_ready(upstream: &dyn Upstream) -> Option<Failure> {
    let accounts = upstream.accounts();
    let name = upstream.name();
    let message = match accounts.iter().find_map(|account| account.state.action(&account.name)) {
        Some(action) => format!("No account of {name} can answer now. {action}"),
        None => format!("{name} offers no model now. Try again in a moment."),
    };
    let kind = kind_of(&accounts)?;
    Some(Failure::new(kind, message).retry_after(TRY_AGAIN))
}

/// What a caller is told when every account is in trouble: the trouble, where they all share it. `None`
/// without accounts.
fn kind_of(accounts: &[account::Status]) -> Option<FailureKind> {
    let kind = |status: &account::Status| match status.state {
        account::State::SignInExpired => FailureKind::SignInExpired,
        account::State::NeedsVerification { .. } => FailureKind::NeedsVerification,
        account::State::CoolingDown { .. } => FailureKind::Quota,
        account::State::Blocked { .. } => FailureKind::Refused,
        account::State::Ready
        | account::State::Busy
        | account::State::BrowserMissing { .. }
        | account::State::Off
        | account::State::NotChecked => FailureKind::Unavailable,
    };
    let mut kinds = accounts.iter().map(kind);
    let first = kinds.next()?;
    Some(if kinds.all(|other| other == first) { first } else { FailureKind::Unavailable })
}
