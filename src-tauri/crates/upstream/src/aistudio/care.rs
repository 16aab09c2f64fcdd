//! What goes on beside requests: cooldowns end, states are written down, accounts in trouble are looked at again.

use std::sync::Weak;
use std::time::Instant;

use postern_aistudio::Studio;
use postern_protocol::account::State;
use tokio::sync::watch;

use super::{AiStudio, Inner};

/// The pause between two looks grows to so many times the first one.
const MOST: u32 = 16;
impl AiStudio {
    /// Takes care of the accounts for as long as it runs. The owner of the pool runs it once.
    pub async fn tend(self) {
        let began = Instant::now();
        let look = |studio: Studio| {
            let studios = self.clone();
            async move { studios.look_again(&studio).await }
        };
        self.pool().tend(|| self.next_look(began), look).await;
    }

    /// The account that is to be looked at next, and when.
    fn next_look(&self, began: Instant) -> Option<(Studio, Instant)> {
        let first = self.pool().policy().recheck?;
        let accounts = self.accounts();
        let wanting = accounts.iter().filter(|studio| studio.is_enabled()).filter_map(|studio| {
            let looks = self.pool().looks(studio.name())?;
            let wait = first * 2_u32.pow(looks.count.min(MOST.ilog2()));
            let due = looks.last.unwrap_or(began) + wait;
            (looks.blocked.is_some() || needs_a_look(studio)).then(|| (studio.clone(), due))
        });
        wanting.min_by_key(|(_, due)| *due)
    }

    async fn look_again(&self, studio: &Studio) {
        self.pool().looked(studio.name());
        let state = self.check(studio).await;
        tracing::debug!(account = studio.name(), ?state, "looked at an account again");
    }

    /// Opens the account's page and looks. One that looks well is asked again, whatever was held against it; but
    /// its quota is not brought back by that.
    pub async fn check(&self, studio: &Studio) -> State {
        if studio.check().await.usable() {
            self.forgive(studio.name());
        }
        self.state_of(studio)
    }
}

/// Whether only another look can bring it back, or tell for the first time what it can do.
fn needs_a_look(studio: &Studio) -> bool {
    match studio.state() {
        State::SignInExpired
        | State::NeedsVerification { .. }
        | State::Blocked { .. }
        | State::BrowserMissing { .. } => true,
        State::NotChecked => studio.known_models().is_none(),
        State::Ready | State::Busy | State::CoolingDown { .. } | State::Off => false,
    }
}

/// Passes on what one account says about itself.
pub(super) async fn follow(pool: Weak<Inner>, account: String, mut states: watch::Receiver<State>) {
    while states.changed().await.is_ok() {
        match pool.upgrade() {
            Some(inner) => inner.pool.changed(&account),
            None => return,
        }
    }
}
