//! Seals that providers put on calls, for clients that do not hand them back: most know no field for them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use postern_protocol::chat::Event;
use postern_protocol::dialect::{Dialect, Signature};

/// How long a conversation may rest between a call and its result.
const LASTS: Duration = Duration::from_secs(24 * 3600);
/// Most seals that are kept. Each has some hundred bytes, at most some thousand.
const MOST: usize = 4096;
/// Longer ones are not kept.
const LONGEST: usize = 64 * 1024;

/// The seals of all providers. Cheap to clone; clones share them.
#[derive(Clone, Default)]
pub(super) struct Seals(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// By the provider's host and the call's id.
    seals: HashMap<(String, String), (Instant, String)>,
    /// The oldest first.
    order: VecDeque<(String, String)>,
}

/// Listens to one answer for seals on calls.
pub(super) struct Listener {
    seals: Seals,
    host: String,
    /// The call that was told last.
    call: Option<String>,
}

impl Seals {
    /// The seal that this provider put on the call of this id.
    pub(super) fn of(&self, host: &str, call: &str) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, seal) = kept.seals.get(&(host.to_owned(), call.to_owned()))?;
        (at.elapsed() < LASTS).then(|| seal.clone())
    }

    /// Somebody who listens to an answer of this provider.
    pub(super) fn listen(&self, host: String) -> Listener {
        Listener { seals: self.clone(), host, call: None }
    }

    fn keep(&self, host: &str, call: &str, seal: &str) {
        if seal.len() > LONGEST || call.is_empty() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (host.to_owned(), call.to_owned());
        if kept.seals.insert(name.clone(), (Instant::now(), seal.to_owned())).is_none() {
            kept.order.push_back(name);
        }
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.seals.remove(&oldest);
        }
    }
}

impl Listener {
    /// The next event of the answer.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::ToolCall(call) => self.call = Some(call.id.clone()),
            Event::CallBegun { id, .. } => self.call = Some(id.clone()),
            Event::Arguments { .. } => {}
            Event::Signature(Signature { by: Dialect::Gemini, text }) => {
                if let Some(call) = self.call.take() {
                    self.seals.keep(&self.host, &call, text);
                }
            }
            _ => self.call = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::chat::ToolCall;

    use super::*;

    fn call(id: &str) -> Event {
        Event::ToolCall(ToolCall { id: id.into(), name: "f".into(), arguments: "{}".into() })
    }

    fn seal(by: Dialect, text: &str) -> Event {
        Event::Signature(Signature::new(by, text))
    }

    #[test]
    fn a_seal_is_kept_for_the_call_before_it_and_for_its_provider() {
        let seals = Seals::default();
        let mut listener = seals.listen("a".into());
        for event in [
            seal(Dialect::Gemini, "of a text"),
            call("one"),
            seal(Dialect::Gemini, "first"),
            call("two"),
            Event::Text { text: "x".into() },
            seal(Dialect::Gemini, "of the text"),
            call("three"),
            seal(Dialect::Messages, "foreign"),
        ] {
            listener.hear(&event);
        }
        assert_eq!(seals.of("a", "one").as_deref(), Some("first"));
        for (host, call) in [("b", "one"), ("a", "two"), ("a", "three")] {
            assert_eq!(seals.of(host, call), None, "{host} {call}");
        }
    }

    #[test]
    fn the_oldest_seals_make_room() {
        let seals = Seals::default();
        for number in 0..=MOST {
            seals.keep("a", &number.to_string(), "x");
        }
        assert_eq!(seals.of("a", "0"), None);
        assert!(seals.of("a", "1").is_some() && seals.of("a", &MOST.to_string()).is_some());
    }
}
