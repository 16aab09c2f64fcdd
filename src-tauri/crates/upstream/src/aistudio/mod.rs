//! AI Studio as an upstream: a pool of accounts, each with a browser of its own.
//!
//! What is asked of it is in [`serve`]. A request gets a lane of an account of the [`Pool`]; when the account fails it,
//! the next one is asked ([`relay`]). The files it names are got in [`uploads`], and an answer that must have a form is
//! held to it ([`contract`]).

mod care;
mod contract;
mod relay;
mod serve;
mod suffix;
mod uploads;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use postern_aistudio::{Model, Studio};
use postern_protocol::account::{Cooldown, State};
use postern_protocol::chat::{Failure, Request};
use tokio::sync::{Mutex as Turn, watch};
use tokio::task::JoinSet;

use crate::accounts::{Account, Aside, Chronicle, Naming, Past, Policy, Pool, Share, Standing, Tried};
use crate::media::Media;
use crate::{Call, ModelCard};

/// A lane of an account.
type Lease = crate::accounts::Lease<Studio>;

impl Account for Studio {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn state(&self) -> State {
        Self::state(self)
    }

    fn is_enabled(&self) -> bool {
        Self::is_enabled(self)
    }

    fn lanes(&self) -> Option<usize> {
        Some(Self::lanes(self))
    }

    fn has(&self, model: &str) -> Option<bool> {
        self.known_models().map(|models| knows(&models, model))
    }

    fn holds(&self, model: &str, request: &Request) -> bool {
        self.holds_for(model, request)
    }
}

/// The accounts of AI Studio, each a browser of its own. Cheap to clone; clones share the accounts.
#[derive(Clone)]
pub struct AiStudio {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool<Studio>,
    /// Gets the files that requests name.
    media: OnceLock<Media>,
    /// One for each account; they end with the set that replaces them.
    followers: Mutex<JoinSet<()>>,
    /// The last look at accounts of which none could serve: when it began, and what came of it.
    woken: Turn<Option<(Instant, Result<(), Failure>)>>,
}

impl AiStudio {
    /// An upstream over these accounts. With accounts it must be called within a tokio runtime.
    pub fn new(accounts: Vec<Studio>) -> Self {
        Self::open(accounts, None)
    }

    /// The same, and what happens to the accounts is written down.
    pub fn written_down(accounts: Vec<Studio>, chronicle: Arc<dyn Chronicle>) -> Self {
        Self::open(accounts, Some(chronicle))
    }

    fn open(accounts: Vec<Studio>, chronicle: Option<Arc<dyn Chronicle>>) -> Self {
        let inner = Inner {
            pool: Pool::new(Naming::Site("AI Studio"), chronicle),
            media: OnceLock::new(),
            followers: Mutex::default(),
            woken: Turn::default(),
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
            let pool = Arc::downgrade(&self.inner);
            followers.spawn(care::follow(pool, account.name().to_owned(), account.subscribe()));
        }
        *self.inner.followers.lock().unwrap_or_else(PoisonError::into_inner) = followers;
        self.inner.pool.set_accounts(accounts);
    }

    fn pool(&self) -> &Pool<Studio> {
        &self.inner.pool
    }

    /// The accounts themselves, for switching and closing them.
    pub fn accounts(&self) -> Arc<Vec<Studio>> {
        self.pool().accounts()
    }

    /// Whether an account has a model of exactly this name, as far as that is known.
    fn is_model(&self, name: &str) -> bool {
        let accounts = self.accounts();
        accounts.iter().any(|account| account.known_models().is_some_and(|models| knows(&models, name)))
    }

    /// The call with its model's own name, and with the tools that stand at the end of the name it came with.
    fn plain(&self, call: Call) -> Call {
        let Some((model, named)) =
            suffix::cut(&call.request.model).filter(|_| !self.is_model(&call.request.model))
        else {
            return call;
        };
        let mut request = Request::clone(&call.request);
        model.clone_into(&mut request.model);
        request.provider_tools = suffix::together(request.provider_tools, named);
        Call { request: Arc::new(request), ..call }
    }

    /// What gets the files that requests name. Without it they are refused; the first one stays.
    pub fn set_media(&self, media: Media) {
        let _ = self.inner.media.set(media);
    }

    /// How the accounts are used from now on.
    pub fn set_policy(&self, policy: Policy) {
        self.pool().set_policy(policy);
    }

    /// Hears when there are other accounts, or when the state of one changed. The number itself means
    /// nothing.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.pool().changes()
    }

    /// What the account can do now: what its worker says, and what is known of its quota and its session.
    pub fn state_of(&self, studio: &Studio) -> State {
        self.pool().state_of(studio)
    }

    /// What is known of the account beside its state.
    pub fn standing(&self, account: &str) -> Standing {
        self.pool().standing(account)
    }

    /// What the owner of the account decided about it.
    pub fn set_share(&self, account: &str, share: Share) {
        self.pool().set_share(account, share);
    }

    /// What was remembered of the account from before this start.
    pub fn remember(&self, account: &str, past: Past) {
        self.pool().remember(account, past);
    }

    /// Ends cooldowns of the account before their time: that of this model, or all. Whether there was one.
    pub fn end_cooldowns(&self, account: &str, model: Option<&str>) -> bool {
        self.pool().end_cooldowns(account, model)
    }

    /// Of the cooldowns that were there before `since`, only these are left.
    pub fn keep_cooldowns(&self, account: &str, kept: &[Cooldown], since: Instant) {
        self.pool().keep_cooldowns(account, kept, since);
    }

    /// The account has another name.
    pub fn renamed(&self, account: &str, new: &str) {
        self.pool().renamed(account, new);
    }

    /// The account is gone.
    pub fn forget(&self, account: &str) {
        self.pool().forget(account);
    }

    /// Its owner has dealt with the account: what was held against it is forgotten, but for its quota.
    pub fn forgive(&self, account: &str) {
        self.pool().forgive(account);
    }

    /// Holds the account back until the guard is dropped, while its folder is renamed or its browser exchanged.
    pub fn set_aside(&self, account: &str) -> Aside {
        self.pool().set_aside(account)
    }

    /// Whether requests can be given to the account, quota apart.
    fn serves(&self, studio: &Studio) -> bool {
        self.pool().serves(studio)
    }

    /// The models of every account that can serve, each once.
    fn known_models(&self) -> Vec<ModelCard> {
        let mut cards: Vec<ModelCard> = Vec::new();
        for account in self.accounts().iter().filter(|account| self.serves(account)) {
            for model in account.known_models().iter().flat_map(|models| models.iter()) {
                if cards.iter().all(|card| card.id != model.id) {
                    cards.push(card(model));
                }
            }
        }
        cards
    }

    /// Looks at one account after the other until one can serve: a person may have signed in since the last look.
    /// Whoever comes while somebody looks, shares what the next look shows.
    async fn wake(&self) -> Result<(), Failure> {
        let came = Instant::now();
        let mut woken = self.inner.woken.lock().await;
        if let Some((_, outcome)) = woken.as_ref().filter(|(began, _)| *began >= came) {
            return outcome.clone();
        }
        let began = Instant::now();
        let outcome = self.wake_one().await;
        *woken = Some((began, outcome.clone()));
        outcome
    }

    async fn wake_one(&self) -> Result<(), Failure> {
        let mut tried = Vec::new();
        for account in self.accounts().iter().filter(|account| account.is_enabled()) {
            if !self.serves(account) {
                self.check(account).await;
            }
            match account.models().await {
                Ok(_) if self.serves(account) => return Ok(()),
                Ok(_) => {}
                Err(failure) => tried.push(Tried { account: account.name().to_owned(), failure }),
            }
        }
        Err(self.pool().nobody(None, tried))
    }

    /// Waits while nobody can serve and one is held back for a moment.
    async fn all_back(&self) {
        let mut news = self.pool().freed();
        loop {
            news.mark_unchanged();
            if !self.pool().any_aside() || self.accounts().iter().any(|account| self.serves(account)) {
                return;
            }
            // The pool is there as long as this is.
            drop(news.changed().await);
        }
    }

    /// Whether an account offers the model. Opens those of which that is not known, and, when nobody can serve,
    /// those in trouble.
    async fn look_for(&self, model: &str) -> Result<Option<bool>, Failure> {
        let accounts = self.accounts();
        if accounts.is_empty() {
            return Ok(None);
        }
        self.all_back().await;
        let accounts = self.accounts();
        let offers = |account: &Studio| account.known_models().is_some_and(|models| knows(&models, model));
        let served = || accounts.iter().any(|account| self.serves(account) && offers(account));
        if served() {
            return Ok(Some(true));
        }
        for account in accounts.iter().filter(|account| self.serves(account)) {
            // What goes wrong is in its state, and told when nobody else can serve.
            if account.known_models().is_none() && account.models().await.is_ok() && offers(account) {
                return Ok(Some(true));
            }
        }
        let somebody =
            accounts.iter().any(|account| self.serves(account) && account.known_models().is_some());
        if !somebody {
            self.wake().await?;
        }
        // One in trouble that has it: the caller is to hear of the trouble, and not that there is no such model.
        Ok(Some(served() || accounts.iter().any(|account| account.is_enabled() && offers(account))))
    }
}

fn knows(models: &[Model], name: &str) -> bool {
    models.iter().any(|model| model.is_called(name))
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
    use futures::StreamExt;
    use postern_protocol::RequestId;
    use postern_protocol::chat::{FailureKind, Message, Role};

    use super::*;
    use crate::{Principal, Upstream};

    #[tokio::test]
    async fn without_an_account_the_remedy_is_told() {
        let upstream = AiStudio::new(Vec::new());
        assert_eq!((upstream.lanes(), upstream.models().await), (Some(0), Ok(Vec::new())));
        let messages = vec![Message::text(Role::User, "Hi")];
        let request = Arc::new(Request { messages, ..Request::default() });
        let mut stream =
            upstream.chat(Call { id: RequestId::new("r"), principal: Principal::Anonymous, request });
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
