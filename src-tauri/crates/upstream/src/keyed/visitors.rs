//! Callers who bring a key of Google's for themselves: they are asked for with that key, which is kept nowhere but in
//! memory and shown to nobody else.

use std::sync::{Arc, Mutex, PoisonError};

use postern_protocol::Secret;
use postern_protocol::account::State;

use super::{KeySetup, Keyed, KeyedConfig, KeyedMeans, Vendor};
use crate::accounts::Share;
use crate::{Guests, Upstream};

/// How Google's keys begin.
const BEGINS: [&str; 2] = ["AIza", "AQ."];
/// Shorter texts are no keys of Google's.
const SHORTEST: usize = 30;
/// So many callers are remembered, with the models that their keys may use.
const MOST: usize = 32;

/// Hosts of callers that bring a key for Gemini.
pub struct GeminiGuests {
    means: KeyedMeans,
    base_url: String,
    /// The last to come first.
    known: Mutex<Vec<(Secret, Arc<dyn Upstream>)>>,
}

impl GeminiGuests {
    /// They are asked for at this address; empty for Google's own.
    pub fn at(base_url: impl Into<String>, means: KeyedMeans) -> Self {
        Self { means, base_url: base_url.into(), known: Mutex::default() }
    }
}

impl Guests for GeminiGuests {
    fn host(&self, key: &Secret) -> Option<Arc<dyn Upstream>> {
        let text = key.expose();
        let looks_like_one = text.len() >= SHORTEST
            && BEGINS.iter().any(|begin| text.starts_with(begin))
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !looks_like_one {
            return None;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.iter().position(|(own, _)| own == key) {
            let guest = known.remove(place);
            known.insert(0, guest);
        } else {
            let config = KeyedConfig {
                name: "gemini".to_owned(),
                vendor: Vendor::Gemini,
                base_url: self.base_url.clone(),
                models: Vec::new(),
                excluded: Vec::new(),
                max_at_once: None,
            };
            let keyed = Keyed::new(config, &self.means, None).ok()?;
            let (secret, share, state) = (Some(key.clone()), Share::default(), State::NotChecked);
            let (name, enabled, way) = ("guest".to_owned(), true, None);
            keyed.set_keys(vec![KeySetup { name, secret, enabled, share, state, way }]);
            known.insert(0, (key.clone(), Arc::new(keyed)));
            known.truncate(MOST);
        }
        known.first().map(|(_, guest)| Arc::clone(guest))
    }
}

#[cfg(test)]
mod tests {
    use postern_net::Network;

    use super::*;

    #[test]
    fn only_what_looks_like_a_key_of_googles_is_taken_and_each_has_its_own_host() {
        let guests = GeminiGuests::at("", KeyedMeans::new(Network::default(), None));
        for other in ["sk-0123456789012345678901234567890", "AIza-short", ""] {
            assert!(guests.host(&Secret::new(other)).is_none(), "{other}");
        }
        let key = |number: usize| Secret::new(format!("AIza{number:035}"));
        let first = guests.host(&key(0)).unwrap();
        assert!(Arc::ptr_eq(&first, &guests.host(&key(0)).unwrap()));
        assert!(!Arc::ptr_eq(&first, &guests.host(&key(1)).unwrap()));
        for number in 2..MOST + 2 {
            guests.host(&key(number)).unwrap();
        }
        assert!(!Arc::ptr_eq(&first, &guests.host(&key(0)).unwrap()), "the oldest make room");
    }
}
