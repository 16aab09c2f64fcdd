//! AI Studio as an upstream: one lane per account, models of all accounts that are ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use futures::StreamExt;
use futures::future::{BoxFuture, join_all};
use postern_aistudio::{Model, Studio, ignores};
use postern_protocol::account::{State, Status};
use postern_protocol::chat::{Failure, FailureKind, Request};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Call, EventStream, ModelCard, Upstream};

/// The accounts of AI Studio, each a browser of its own. Cheap to clone; clones share the accounts.
#[derive(Clone, Debug)]
pub struct AiStudio {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    accounts: ArcSwap<Vec<Studio>>,
    changes: watch::Sender<u64>,
    /// One for each account; they end with the set that replaces them.
    followers: Mutex<JoinSet<()>>,
}

impl AiStudio {
    /// An upstream over these accounts, preferred in this order. With accounts it must be called within
    /// a tokio runtime.
    pub fn new(accounts: Vec<Studio>) -> Self {
        let inner = Inner {
            accounts: ArcSwap::default(),
            changes: watch::Sender::new(0),
            followers: Mutex::default(),
        };
        let upstream = Self { inner: Arc::new(inner) };
        upstream.set_accounts(accounts);
        upstream
    }

    /// The accounts from now on. One that is left out ends what it answers; whoever holds its last
    /// handle decides when its browser goes.
    pub fn set_accounts(&self, accounts: Vec<Studio>) {
        let mut followers = JoinSet::new();
        for account in &accounts {
            followers.spawn(follow(account.subscribe(), self.inner.changes.clone()));
        }
        *self.inner.followers.lock().unwrap_or_else(PoisonError::into_inner) = followers;
        self.inner.accounts.store(Arc::new(accounts));
        bump(&self.inner.changes);
    }

    /// The accounts themselves, for checking, switching and closing them.
    pub fn accounts(&self) -> Arc<Vec<Studio>> {
        self.inner.accounts.load_full()
    }

    /// Hears when there are other accounts, or when the state of one changed. The number itself means
    /// nothing.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// The models of every account that can serve now, each once.
    fn ready_models(&self) -> Vec<ModelCard> {
        let mut cards: Vec<ModelCard> = Vec::new();
        for account in self.accounts().iter().filter(|account| account.state().usable()) {
            for model in account.known_models().iter().flat_map(|models| models.iter()) {
                if cards.iter().all(|card| card.id != model.id) {
                    cards.push(card(model));
                }
            }
        }
        cards
    }

    /// Looks at one account after the other until one can serve. A person may have signed in since the
    /// last look.
    async fn wake(&self) -> Result<(), Failure> {
        let mut trouble = no_account();
        for account in self.accounts().iter() {
            if !account.is_enabled() {
                trouble = unusable(account);
                continue;
            }
            if !matches!(account.state(), State::Ready | State::Busy | State::NotChecked) {
                account.check().await;
            }
            match account.models().await {
                Ok(_) if account.state().usable() => return Ok(()),
                Ok(_) => trouble = unusable(account),
                Err(failure) => trouble = failure,
            }
        }
        Err(trouble)
    }

    /// The account for a request: the one whose tab holds its conversation, else one that is free and well,
    /// else the one with the fewest requests.
    fn choose(&self, request: &Request) -> Option<Studio> {
        let accounts = self.accounts();
        let chosen = accounts.iter().filter(|account| account.is_enabled()).min_by_key(|account| {
            let state = account.state();
            let serves = account.known_models().is_none_or(|models| knows(&models, &request.model));
            let well = state.usable();
            let unknown = state == State::NotChecked;
            let free = account.pending() == 0;
            // False sorts before true: what is wanted most is negated first.
            (!serves, !(well || unknown), account.pending(), !(free && account.holds(request)), unknown)
        });
        chosen.cloned()
    }
}

impl Upstream for AiStudio {
    fn name(&self) -> &'static str {
        "aistudio"
    }

    fn lanes(&self) -> Option<usize> {
        Some(self.accounts().iter().filter(|account| account.is_enabled()).count())
    }

    fn accounts(&self) -> Vec<Status> {
        let status = |account: &Studio| Status { name: account.name().to_owned(), state: account.state() };
        self.accounts().iter().map(status).collect()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        Box::pin(async move {
            if self.accounts().is_empty() {
                return Ok(Vec::new());
            }
            let ready = self.ready_models();
            if !ready.is_empty() {
                return Ok(ready);
            }
            self.wake().await?;
            Ok(self.ready_models())
        })
    }

    fn serving(&self, model: &str) -> Vec<String> {
        let accounts = self.accounts();
        let serves = |account: &&Studio| {
            account.state().usable() && account.known_models().is_some_and(|models| knows(&models, model))
        };
        accounts.iter().filter(serves).map(|account| account.name().to_owned()).collect()
    }

    fn refresh(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let accounts = self.accounts();
            let usable = accounts.iter().filter(|account| account.state().usable());
            let asked = join_all(usable.map(Studio::refresh_models)).await;
            if asked.is_empty() && !accounts.is_empty() {
                self.wake().await
            } else {
                asked.into_iter().collect()
            }
        })
    }

    fn models_read_at(&self) -> Option<SystemTime> {
        self.accounts().iter().filter_map(Studio::models_read_at).max()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        ignores(request)
    }

    fn chat(&self, call: Call) -> EventStream {
        match self.choose(&call.request) {
            Some(account) => account.chat(call.id, call.request),
            None => {
                let accounts = self.accounts();
                let trouble = accounts.first().map_or_else(no_account, unusable);
                futures::stream::once(async { Err(trouble) }).boxed()
            }
        }
    }
}

async fn follow(mut states: watch::Receiver<State>, changes: watch::Sender<u64>) {
    while states.changed().await.is_ok() {
        bump(&changes);
    }
}

fn bump(changes: &watch::Sender<u64>) {
    changes.send_modify(|count| *count = count.wrapping_add(1));
}

fn knows(models: &[Model], name: &str) -> bool {
    models.iter().any(|model| model.is_called(name))
}

fn no_account() -> Failure {
    let text = "There is no AI Studio account yet. Add one with: postern account add NAME";
    Failure::new(FailureKind::Unavailable, text)
}

fn unusable(account: &Studio) -> Failure {
    let state = account.state();
    let kind = match state {
        State::SignInExpired => FailureKind::SignInExpired,
        State::NeedsVerification { .. } => FailureKind::NeedsVerification,
        _ => FailureKind::Unavailable,
    };
    let action = state.action(account.name()).unwrap_or_else(|| "Try again in a moment.".to_owned());
    Failure::new(kind, format!("The AI Studio account {} cannot serve now. {action}", account.name()))
}

fn card(model: &Model) -> ModelCard {
    ModelCard {
        id: model.id.clone(),
        display_name: model.display_name.clone(),
        description: model.description.clone(),
        input_tokens: model.input_tokens,
        output_tokens: model.output_tokens,
        default_temperature: model.temperature,
        default_top_p: model.top_p,
        default_top_k: model.top_k,
        thinking: model.thinks(),
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::RequestId;
    use postern_protocol::chat::{Message, Role};

    use super::*;

    #[tokio::test]
    async fn without_an_account_the_remedy_is_told() {
        let upstream = AiStudio::new(Vec::new());
        assert_eq!((upstream.lanes(), upstream.models().await), (Some(0), Ok(Vec::new())));
        let messages = vec![Message::text(Role::User, "Hi")];
        let request = Arc::new(Request { messages, ..Request::default() });
        let mut stream = upstream.chat(Call { id: RequestId::new("r"), request });
        let failure = stream.next().await.unwrap().unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable);
        assert!(failure.message.contains("postern account add"));
    }

    #[test]
    fn a_card_says_what_the_site_said() {
        let model =
            Model { id: "m".into(), output_tokens: Some(5), temperature: Some(0.5), ..Model::default() };
        let card = card(&model);
        assert_eq!(
            (card.id.as_str(), card.output_tokens, card.default_temperature),
            ("m", Some(5), Some(0.5))
        );
        assert!(!card.thinking);
    }
}
