use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use futures::future::join_all;
use postern_protocol::account;
use postern_protocol::chat::{Failure, FailureKind};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::echo::HOUSE;
use crate::names::{Names, bare, full};
use crate::{BadAlias, Explanation, ModelCard, Upstream, Via};

/// How long an upstream may take to tell its models before it is left out of the list.
const PATIENCE: Duration = Duration::from_secs(20);
/// When to ask again for a model that no account can serve now.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// Most names an "unknown model" answer lists.
const NAMES_SHOWN: usize = 30;

/// Every upstream there is, and the way from a model's name to the one that serves it.
///
/// The order of the upstreams counts: when two serve a model of the same id, the bare id means the
/// first one's and the other's is asked for as `upstream/id`. Aliases come before both. Cheap to clone;
/// what is set at one clone counts for all.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    upstreams: ArcSwap<Vec<Arc<dyn Upstream>>>,
    names: ArcSwap<Names>,
}

/// A model with the name it is asked for and the upstream that serves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Listed {
    /// What a caller writes in `model`.
    pub name: String,
    /// The name of the upstream that serves it.
    pub upstream: String,
    /// What is known of it.
    pub card: ModelCard,
    /// Whether the name is an alias.
    pub alias: bool,
}

/// What one upstream offers, whether it is offered to clients or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Offers {
    /// The upstream.
    pub upstream: String,
    /// Its models, in its order.
    pub models: Vec<Offer>,
    /// Why there are none.
    pub problem: Option<Failure>,
    /// When the provider told them, where it is asked.
    pub read_at: Option<SystemTime>,
}

/// A model of an upstream.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What a caller writes in `model`; for an excluded one, what could be written if it were not.
    pub name: String,
    /// What is known of it.
    pub card: ModelCard,
    /// Whether clients are not offered it.
    pub excluded: bool,
    /// The accounts that can serve it now.
    pub accounts: Vec<String>,
}

impl Registry {
    /// A registry of these upstreams, in this order.
    pub fn new(upstreams: Vec<Arc<dyn Upstream>>) -> Self {
        Self {
            inner: Arc::new(Inner { upstreams: ArcSwap::from_pointee(upstreams), names: ArcSwap::default() }),
        }
    }

    /// The upstreams, in order.
    pub fn upstreams(&self) -> Arc<Vec<Arc<dyn Upstream>>> {
        self.inner.upstreams.load_full()
    }

    /// The upstreams from now on, in this order. One that is left out ends what it answers.
    pub fn set_upstreams(&self, upstreams: Vec<Arc<dyn Upstream>>) {
        self.inner.upstreams.store(Arc::new(upstreams));
    }

    /// Names that lead to several models, each with those models in the order in which they are asked. They replace
    /// those there were. An empty list and another such name among the models are refused, and then nothing changes.
    pub fn set_fallbacks(&self, fallbacks: BTreeMap<String, Vec<String>>) -> Result<(), BadAlias> {
        self.names().with_fallbacks(fallbacks.clone())?;
        self.inner.names.rcu(|names| {
            names.with_fallbacks(fallbacks.clone()).map_or_else(|_| Arc::clone(names), Arc::new)
        });
        Ok(())
    }

    /// Everybody who is to be asked for `model`, one after the other: the next only while the caller was told nothing
    /// of an answer. Several only for a name with fallbacks, which leaves out those that cannot answer now.
    pub async fn routes(&self, model: &str) -> Result<Vec<(Arc<dyn Upstream>, String)>, Failure> {
        let names = self.names();
        let Some(targets) = names.fallback(model) else { return Ok(vec![self.resolve_one(model).await?]) };
        let mut routes = Vec::new();
        let mut trouble = None;
        for target in targets {
            match self.resolve_one(target).await {
                Ok(route) => routes.push(route),
                Err(failure) => trouble = trouble.or(Some(failure)),
            }
        }
        match trouble {
            Some(failure) if routes.is_empty() => Err(failure),
            _ => Ok(routes),
        }
    }

    /// Other names for models, each with what it stands for: an id or `upstream/id`. They replace those
    /// there were. An alias of an alias is refused, and then nothing changes.
    pub fn set_aliases(&self, aliases: BTreeMap<String, String>) -> Result<(), BadAlias> {
        self.names().with_aliases(aliases.clone())?;
        // Aliases are refused for themselves only, so what was fine above is fine whatever else changed.
        self.inner
            .names
            .rcu(|names| names.with_aliases(aliases.clone()).map_or_else(|_| Arc::clone(names), Arc::new));
        Ok(())
    }

    /// The aliases with what they stand for.
    pub fn aliases(&self) -> BTreeMap<String, String> {
        self.names().aliases.clone()
    }

    /// The names for several models, with those models in their order.
    pub fn fallbacks(&self) -> BTreeMap<String, Vec<String>> {
        self.names().fallbacks.clone()
    }

    /// The models that clients are not offered, as `upstream/id`. They replace those there were.
    pub fn set_excluded(&self, excluded: &BTreeSet<String>) {
        self.inner.names.rcu(|names| names.with_excluded(excluded));
    }

    fn names(&self) -> Arc<Names> {
        self.inner.names.load_full()
    }

    /// Finds the upstream that serves `model` and the upstream's own id of it. `model` is an alias, an
    /// id, or `upstream/id`; a leading `models/`, as Google writes it, changes nothing.
    ///
    /// Of a name with fallbacks it is the first that can answer now.
    pub async fn resolve(&self, model: &str) -> Result<(Arc<dyn Upstream>, String), Failure> {
        let first = self.routes(model).await?.into_iter().next();
        first.ok_or_else(|| Failure::new(FailureKind::Internal, "a name with no model behind it"))
    }

    async fn resolve_one(&self, model: &str) -> Result<(Arc<dyn Upstream>, String), Failure> {
        let names = self.names();
        let upstreams = self.upstreams();
        let mut trouble = None;
        let mut excluded = false;
        for (upstream, id) in candidates(&upstreams, names.meant(model)) {
            if names.excludes(upstream.name(), upstream.base(id)) {
                excluded = true;
                continue;
            }
            match upstream.offers(id).await {
                Ok(Some(true)) => return Ok((Arc::clone(upstream), id.to_owned())),
                Ok(None) => trouble = trouble.or(nobody_ready(upstream.as_ref())),
                Ok(Some(false)) => {}
                Err(failure) => trouble = trouble.or(Some(failure)),
            }
        }
        // An upstream that cannot tell its models may well serve this one.
        match trouble {
            Some(failure) => Err(failure),
            None if excluded => Err(barred(model)),
            None => Err(self.unknown(model).await),
        }
    }

    /// What `model` would lead to, and what is in the way.
    pub async fn explain(&self, model: &str) -> Explanation {
        let names = self.names();
        let alias_target = names.alias(model).map(str::to_owned);
        let meant = names.meant(model);
        let upstreams = self.upstreams();
        let (named, _) = named(&upstreams, meant).unzip();
        let via = match (&alias_target, named) {
            _ if names.fallback(model).is_some() => Via::Fallbacks,
            (Some(_), _) => Via::Alias,
            (None, Some(_)) => Via::Prefixed,
            (None, None) if meant.len() < model.len() => Via::ModelsPrefix,
            (None, None) => Via::Exact,
        };
        let asked = model.to_owned();
        match self.resolve(model).await {
            Ok((upstream, id)) => Explanation {
                asked,
                via,
                alias_target,
                upstream: Some(upstream.name().to_owned()),
                accounts: upstream.serving(&id),
                model: Some(id),
                problem: None,
            },
            Err(failure) => Explanation {
                asked,
                via,
                alias_target,
                upstream: named.map(|upstream| upstream.name().to_owned()),
                model: None,
                accounts: Vec::new(),
                problem: Some(failure.message),
            },
        }
    }

    /// Every model that can be asked for now, aliases among them, sorted by its name for people. An
    /// upstream that fails to tell its models, or takes too long, is left out.
    pub async fn models(&self) -> Vec<Listed> {
        let names = self.names();
        let mut models = Vec::new();
        for Offers { upstream, models: offers, .. } in self.offers().await {
            let offered = offers.into_iter().filter(|offer| !offer.excluded);
            models.extend(offered.map(|Offer { name, card, .. }| Listed {
                name,
                upstream: upstream.clone(),
                card,
                alias: false,
            }));
        }
        let upstreams = self.upstreams();
        let aliases = names.aliases.iter().map(|(name, target)| (name, std::slice::from_ref(target)));
        let several = names.fallbacks.iter().map(|(name, targets)| (name, targets.as_slice()));
        let others: Vec<Listed> = aliases
            .chain(several)
            .filter_map(|(name, targets)| {
                targets.iter().find_map(|target| listed_alias(&upstreams, name, target, &models))
            })
            .collect();
        models.retain(|model| !names.has(&model.name));
        models.extend(others);
        models.sort_by_cached_key(|model| {
            model.card.display_name.as_deref().unwrap_or(&model.name).to_lowercase()
        });
        models
    }

    /// Everything the upstreams have, one after the other, excluded models too.
    pub async fn offers(&self) -> Vec<Offers> {
        let names = self.names();
        let upstreams = self.upstreams();
        let told = join_all(upstreams.iter().map(|upstream| told(upstream.as_ref()))).await;
        let mut taken: BTreeSet<String> =
            names.aliases.keys().chain(names.fallbacks.keys()).cloned().collect();
        upstreams
            .iter()
            .zip(told)
            .map(|(upstream, told)| offers(upstream.as_ref(), told, &names, &mut taken))
            .collect()
    }

    /// Lets every upstream ask its provider for the models anew. Tells the first trouble, after all of
    /// them were asked.
    pub async fn refresh(&self) -> Result<(), Failure> {
        let upstreams = self.upstreams();
        let asked = join_all(upstreams.iter().map(|upstream| upstream.refresh())).await;
        asked.into_iter().collect()
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
        let mut message = format!(
            "The model `{asked}` does not exist here. Available models: {shown}{rest}. A client that insists on \
                     a name can have it as an alias: under Models, or as `aliases` in the `[models]` section of \
                     config.toml."
        );
        let upstreams = self.upstreams();
        for upstream in upstreams.iter().filter(|upstream| upstream.accounts().is_empty()) {
            if !models.iter().any(|listed| listed.upstream == upstream.name()) {
                message += &format!(" {}", upstream.enrolment());
            }
        }
        Failure::new(FailureKind::UnknownModel, message).param("model")
    }
}

/// Who may serve `wanted`: the upstream it names, else everyone in order.
fn candidates<'a>(
    upstreams: &'a [Arc<dyn Upstream>],
    wanted: &'a str,
) -> Vec<(&'a Arc<dyn Upstream>, &'a str)> {
    match named(upstreams, wanted) {
        Some(candidate) => vec![candidate],
        None => upstreams.iter().map(|upstream| (upstream, wanted)).collect(),
    }
}

/// The upstream that `wanted` names before its `/`, and the id after it.
fn named<'a>(
    upstreams: &'a [Arc<dyn Upstream>],
    wanted: &'a str,
) -> Option<(&'a Arc<dyn Upstream>, &'a str)> {
    let (name, id) = wanted.split_once('/')?;
    let upstream = upstreams.iter().find(|upstream| upstream.name() == name)?;
    Some((upstream, bare(id)))
}

/// Another name as one more model, if what it stands for is among the models.
fn listed_alias(
    upstreams: &[Arc<dyn Upstream>],
    name: &str,
    target: &str,
    models: &[Listed],
) -> Option<Listed> {
    let found = candidates(upstreams, bare(target)).into_iter().find_map(|(upstream, id)| {
        models.iter().find(|model| model.upstream == upstream.name() && model.card.id == upstream.base(id))
    })?;
    Some(Listed { name: name.to_owned(), alias: true, ..found.clone() })
}

/// The models of an upstream, unless it takes too long to tell them.
async fn told(upstream: &dyn Upstream) -> Result<Vec<ModelCard>, Failure> {
    let told = timeout(PATIENCE, upstream.models()).await.unwrap_or_else(|_| {
        Err(Failure::new(
            FailureKind::Timeout,
            format!("{} did not tell its models in time.", upstream.name()),
        ))
    });
    told.inspect_err(|failure| tracing::debug!(upstream.id = upstream.name(), %failure, "no model list"))
}

fn offers(
    upstream: &dyn Upstream,
    told: Result<Vec<ModelCard>, Failure>,
    names: &Names,
    taken: &mut BTreeSet<String>,
) -> Offers {
    let name = upstream.name();
    let problem = match &told {
        Ok(cards) if cards.is_empty() => nobody_ready(upstream),
        Ok(_) => None,
        Err(failure) => Some(failure.clone()),
    };
    let offer = |card: ModelCard| {
        let excluded = names.excludes(name, &card.id);
        let own_name = !excluded && name != HOUSE && taken.insert(card.id.clone());
        Offer {
            name: if own_name { card.id.clone() } else { full(name, &card.id) },
            excluded,
            accounts: upstream.serving(&card.id),
            card,
        }
    };
    let models = told.unwrap_or_default().into_iter().map(offer).collect();
    Offers { upstream: name.to_owned(), models, problem, read_at: upstream.models_read_at() }
}

fn barred(model: &str) -> Failure {
    let asked: String = model.chars().take(100).collect();
    let message = format!(
        "The model `{asked}` is excluded on this server. Its owner can offer it again under Models, or in \
         config.toml."
    );
    Failure::new(FailureKind::UnknownModel, message).param("model")
}

/// Why an upstream that has accounts offers no model. One that still waits for its first account is
/// no failure: what is asked of it is a model that does not exist yet.
fn nobody_ready(upstream: &dyn Upstream) -> Option<Failure> {
    let accounts = upstream.accounts();
    let name = upstream.name();
    let message = match accounts.iter().find_map(|account| upstream.action(account)) {
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
