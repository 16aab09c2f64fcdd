//! Who wants to hear of which requests: shared by both ways of listening.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;

use crate::event::{ExchangeId, NetEvent};

/// Exchanges are numbered across all tabs and ways of listening, so that no number ever means two things.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// One watch.
#[derive(Clone, Debug)]
pub(crate) struct Watcher {
    pub(crate) path_contains: String,
    pub(crate) events: UnboundedSender<NetEvent>,
}

impl Watcher {
    fn wants(&self, url: &str) -> bool {
        !self.events.is_closed() && path_of(url).contains(&self.path_contains)
    }
}

/// One exchange that somebody watches.
#[derive(Debug)]
pub(crate) struct Exchange {
    id: ExchangeId,
    to: Vec<UnboundedSender<NetEvent>>,
}

impl Exchange {
    /// An exchange for those of `watchers` that want this address; `None` when nobody does.
    pub(crate) fn open<'a>(watchers: impl Iterator<Item = &'a Watcher>, url: &str) -> Option<Self> {
        let to: Vec<_> = watchers.filter(|w| w.wants(url)).map(|w| w.events.clone()).collect();
        (!to.is_empty()).then(|| Self { id: ExchangeId(NEXT.fetch_add(1, Ordering::Relaxed)), to })
    }

    pub(crate) fn sent(&self, url: String, body: Option<String>) {
        self.tell(NetEvent::Sent { id: self.id, url, body });
    }

    pub(crate) fn answered(&self, status: u16) {
        self.tell(NetEvent::Answered { id: self.id, status });
    }

    pub(crate) fn data(&self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.tell(NetEvent::Data { id: self.id, bytes });
        }
    }

    pub(crate) fn done(self) {
        self.tell(NetEvent::Done { id: self.id });
    }

    pub(crate) fn broken(self, why: String) {
        self.tell(NetEvent::Broken { id: self.id, why });
    }

    fn tell(&self, event: NetEvent) {
        for listener in &self.to {
            // A watch that was dropped meanwhile wants nothing.
            let _ = listener.send(event.clone());
        }
    }
}

/// The path of an address, without host, query and fragment.
pub(crate) fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let before_query = rest.find(['?', '#']).map_or(rest, |end| &rest[..end]);
    before_query.find('/').map_or("", |start| &before_query[start..])
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn only_the_path_counts() {
        assert_eq!(path_of("https://h.example/$rpc/a.B/Get?x=/q"), "/$rpc/a.B/Get");
        assert_eq!(path_of("https://h.example/_/err?msg=a/Get"), "/_/err");
        assert_eq!(path_of("https://h.example/p#/Get"), "/p");
        assert_eq!(path_of("https://h.example"), "");
        assert_eq!(path_of("https://h.example?x=/Get"), "");
    }
}
