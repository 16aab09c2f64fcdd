//! Who is answered and who waits.

use postern_console::api::overview::QueueEntry;

use super::HouseDesk;

impl HouseDesk {
    pub(super) fn queue_entries(&self) -> Vec<QueueEntry> {
        let running = self.rooms.requests.running();
        let shown = |entry: postern_gateway::QueueEntry| {
            // The journal knows what the caller wrote, and what the key is called.
            let row = running.iter().find(|row| row.id == entry.id);
            QueueEntry {
                id: entry.id.to_string(),
                model: row.and_then(|row| row.model.clone()).unwrap_or(entry.model),
                upstream: entry.upstream,
                stream: entry.stream,
                position: entry.position,
                since_ms: entry.since_ms,
                key: row.and_then(|row| row.key_name.clone()),
            }
        };
        self.rooms.gateway.queue_view().into_iter().map(shown).collect()
    }
}
