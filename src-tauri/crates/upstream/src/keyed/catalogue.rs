//! The models of a provider: read once, kept, and read again while the old list still serves.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::HeaderMap;
use postern_protocol::chat::{Failure, FailureKind};
use tokio::sync::Mutex as Turn;

use super::Keyed;
use super::key::Key;
use super::wire::Refusal;
use crate::ModelCard;
use crate::accounts::{Account, Tried};

/// After this time a list is read again, for whoever asks next.
const FRESH: Duration = Duration::from_secs(3600);
/// A provider that could not tell its models is not asked again within this time.
const PAUSE: Duration = Duration::from_secs(20);
/// Most pages of a list.
const PAGES: usize = 50;

/// What is known of the models.
#[derive(Default)]
pub(super) struct Catalogue {
    known: Mutex<Known>,
    /// Held by whoever reads the list; the others share what comes of it.
    turn: Turn<()>,
}

#[derive(Clone, Default)]
struct Known {
    list: Option<List>,
    /// The last failure to read it, and when.
    failed: Option<(Instant, Failure)>,
}

#[derive(Clone)]
struct List {
    cards: Arc<Vec<ModelCard>>,
    at: SystemTime,
    since: Instant,
}

impl Catalogue {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read_at(&self) -> Option<SystemTime> {
        self.known().list.as_ref().map(|list| list.at)
    }

    /// How many models were listed; `None` while that is not known.
    pub(super) fn count(&self) -> Option<usize> {
        self.known().list.as_ref().map(|list| list.cards.len())
    }

    /// A failure to read the list does not keep anybody from trying again.
    pub(super) fn try_again(&self) {
        self.known().failed = None;
    }

    fn learned(&self, cards: Vec<ModelCard>) -> Arc<Vec<ModelCard>> {
        let cards = Arc::new(cards);
        let list = List { cards: Arc::clone(&cards), at: SystemTime::now(), since: Instant::now() };
        *self.known() = Known { list: Some(list), failed: None };
        cards
    }

    fn lately(&self) -> Option<Failure> {
        let known = self.known();
        known.failed.as_ref().filter(|(at, _)| at.elapsed() < PAUSE).map(|(_, failure)| failure.clone())
    }
}

impl Keyed {
    /// The models that are offered: those that the provider lists, as far as the owner wants them. One that cannot list
    /// them offers those that the owner named.
    pub(super) async fn offered(&self) -> Result<Vec<ModelCard>, Failure> {
        match self.listed().await {
            Ok(cards) => Ok(self.wanted(&cards)),
            Err(_) if !self.inner.config.models.is_empty() => Ok(self.wanted(&[])),
            Err(failure) => Err(failure),
        }
    }

    async fn listed(&self) -> Result<Arc<Vec<ModelCard>>, Failure> {
        let list = self.inner.catalogue.known().list.clone();
        match list {
            Some(list) if list.since.elapsed() < FRESH => Ok(list.cards),
            Some(list) => {
                self.read_beside();
                Ok(list.cards)
            }
            None => match self.inner.catalogue.lately() {
                Some(failure) => Err(failure),
                None => self.read(false).await,
            },
        }
    }

    /// Reads the list again while the old one serves.
    fn read_beside(&self) {
        let mut readers = self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner);
        while readers.try_join_next().is_some() {}
        if readers.is_empty() && self.inner.catalogue.lately().is_none() {
            let keyed = self.weak();
            readers.spawn(async move {
                if let Some(keyed) = keyed.upgrade() {
                    // What went wrong is in the catalogue.
                    let _ = keyed.read(true).await;
                }
            });
        }
    }

    /// Reads the list with the first key that can. Who comes while somebody reads shares what comes of it, unless it is
    /// to be read `anew`.
    pub(super) async fn read(&self, anew: bool) -> Result<Arc<Vec<ModelCard>>, Failure> {
        let _turn = self.inner.catalogue.turn.lock().await;
        let known = self.inner.catalogue.known().clone();
        match (known.list, self.inner.catalogue.lately()) {
            (Some(list), _) if !anew => return Ok(list.cards),
            (None, Some(failure)) if !anew => return Err(failure),
            _ => {}
        }
        let mut tried = Vec::new();
        for key in self.inner.pool.accounts().iter().filter(|key| self.inner.pool.serves(key)) {
            match self.list_with(key).await {
                Ok(cards) => {
                    self.inner.pool.changed(key.name());
                    return Ok(self.inner.catalogue.learned(cards));
                }
                Err(failure) => {
                    self.note(key, &failure);
                    tried.push(Tried { account: key.name().to_owned(), failure });
                }
            }
        }
        let failure = self.inner.pool.nobody(None, tried);
        self.inner.catalogue.known().failed = Some((Instant::now(), failure.clone()));
        Err(failure)
    }

    /// The whole list, asked for with this key.
    pub(super) async fn list_with(&self, key: &Key) -> Result<Vec<ModelCard>, Failure> {
        let provider = &self.inner.provider;
        let mut headers = HeaderMap::new();
        provider.authorize(&mut headers, key.secret());
        let mut cards: Vec<ModelCard> = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            let url = provider.list_url(next.as_deref());
            let page = match key.wire().get(&url, headers.clone()).await? {
                Ok(body) => provider.read_list(&body)?,
                Err(refusal) => return Err(self.refused(&refusal)),
            };
            cards.extend(page.cards);
            next = page.next.filter(|page| !page.is_empty());
            if next.is_none() {
                break;
            }
        }
        Ok(cards)
    }

    /// What a refusal stands for, told of by the name of the upstream.
    pub(super) fn refused(&self, refusal: &Refusal) -> Failure {
        let status = refusal.head.status.as_u16();
        let failure = self.inner.provider.read_error(status, refusal.retry_after(), &refusal.body);
        // A model that this key may not have is no reason to ask it for nothing else.
        let of_one_model = failure.kind == FailureKind::Refused
            && failure.param.is_none()
            && failure.message.to_ascii_lowercase().contains("model");
        if of_one_model { failure.param("model") } else { failure }
    }

    /// What the owner wants of these models. Ids that are named and not listed may well be there.
    fn wanted(&self, cards: &[ModelCard]) -> Vec<ModelCard> {
        let config = &self.inner.config;
        let allowed = |id: &String| config.models.is_empty() || config.models.contains(id);
        let mut wanted: Vec<ModelCard> = cards.iter().filter(|card| allowed(&card.id)).cloned().collect();
        for id in &config.models {
            if wanted.iter().all(|card| card.id != *id) {
                wanted.push(ModelCard { id: id.clone(), ..ModelCard::default() });
            }
        }
        wanted.retain(|card| !config.excluded.contains(&card.id));
        wanted
    }
}
