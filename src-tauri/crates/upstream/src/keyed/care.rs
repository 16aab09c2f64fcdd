//! What goes on beside requests: cooldowns end, and a key that its provider refused for a reason of its own, such as a bill
//! or a place, is looked at again. One that is not valid waits for its owner.

use std::time::Instant;

use super::Keyed;
use super::key::Key;
use crate::accounts::Account;

impl Keyed {
    /// Takes care of the keys for as long as it runs. The owner runs it once.
    pub async fn tend(self) {
        let look = |key: Key| {
            let keyed = self.clone();
            async move { keyed.look_again(&key).await }
        };
        self.inner.pool.tend(|| self.next_look(), look).await;
    }

    /// The key that is to be looked at next, and when.
    fn next_look(&self) -> Option<(Key, Instant)> {
        let pool = &self.inner.pool;
        let pause = pool.policy().recheck?;
        let accounts = pool.accounts();
        let refused = accounts.iter().filter(|key| key.is_enabled()).filter_map(|key| {
            let looks = pool.looks(key.name())?;
            let since = looks.blocked?;
            Some((key.clone(), looks.last.map_or(since, |last| last.max(since)) + pause))
        });
        refused.min_by_key(|(_, due)| *due)
    }

    async fn look_again(&self, key: &Key) {
        self.inner.pool.looked(key.name());
        let state = self.check(key.name()).await;
        tracing::debug!(upstream = %self.inner.config.name, key = key.name(), ?state, "looked at a key again");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use postern_net::Network;
    use postern_protocol::account::State;
    use postern_protocol::chat::{Failure, FailureKind};

    use super::*;
    use crate::accounts::Policy;
    use crate::{KeySetup, KeyedConfig, KeyedMeans, Share, Vendor};

    const PAUSE: Duration = Duration::from_secs(3600);

    fn keyed() -> Keyed {
        let config = KeyedConfig {
            name: "provider".to_owned(),
            vendor: Vendor::OpenAi,
            base_url: String::new(),
            models: Vec::new(),
            excluded: Vec::new(),
            max_at_once: None,
        };
        let keyed = Keyed::new(config, &KeyedMeans::new(Network::default(), None), None).expect("an address");
        let key = |name: &str, state| KeySetup {
            name: name.to_owned(),
            secret: None,
            enabled: name != "off",
            share: Share::default(),
            state,
            way: None,
        };
        let shut = State::Blocked { why: "it cannot be opened".to_owned() };
        keyed.set_keys(vec![key("one", State::Ready), key("off", State::Ready), key("shut", shut)]);
        keyed.set_policy(Policy { recheck: Some(PAUSE), ..Policy::default() });
        keyed
    }

    fn refused(keyed: &Keyed, name: &str) {
        keyed.inner.pool.failed(name, "model", &Failure::new(FailureKind::Refused, "no"), true);
    }

    #[test]
    fn what_a_provider_refuses_is_looked_at_again_after_a_pause() {
        let keyed = keyed();
        assert!(keyed.next_look().is_none(), "nobody refused anything");
        let before = Instant::now();
        refused(&keyed, "one");
        refused(&keyed, "off");
        let (key, due) = keyed.next_look().expect("a look");
        assert_eq!(key.name(), "one");
        assert!(due >= before + PAUSE && due <= Instant::now() + PAUSE);
        keyed.inner.pool.looked("one");
        assert!(keyed.next_look().expect("another look").1 > due, "not before another pause");
        keyed.inner.pool.forgive("one");
        assert!(keyed.next_look().is_none());
        refused(&keyed, "one");
        keyed.set_policy(Policy { recheck: None, ..Policy::default() });
        assert!(keyed.next_look().is_none(), "its owner wants no looks");
    }

    #[test]
    fn a_key_that_is_not_valid_waits_for_its_owner() {
        let keyed = keyed();
        let key = keyed.inner.pool.find("one").expect("a key");
        keyed.note(&key, &Failure::new(FailureKind::SignInExpired, "no"));
        assert_eq!(keyed.state_of("one"), Some(State::SignInExpired));
        assert!(keyed.next_look().is_none());
    }
}
