//! The event stream of one page: waits for changes, gathers them, tells them at most ten times a second.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, Stream};
use postern_protocol::RequestId;
use postern_store::RequestRow;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::api::events::Event;
use crate::guard::Caller;
use crate::{Console, Desk};

/// The time between two tellings.
const PACE: Duration = Duration::from_millis(100);
/// Most rows of one telling.
const MOST_ROWS: usize = 1000;
/// How often a session is looked at that nobody has ended.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// What changed, from now until the caller goes, its session ends or `closing` fires.
pub(crate) fn events(
    console: Console,
    caller: Caller,
    closing: CancellationToken,
) -> impl Stream<Item = Event> + Send + 'static {
    // Both listen before the first piece is asked for: what happens meanwhile is not missed.
    let mut ears = Ears::of(&console);
    let mut endings = console.gatekeeper().endings();
    endings.mark_changed();
    async_stream::stream! {
        let mut end = pin!(end(console.clone(), caller, closing, endings));
        let mut news = News::default();
        yield Event::Hello;
        loop {
            let heard = tokio::select! {
                biased;
                () = &mut end => break,
                heard = ears.hear(&mut news) => heard,
            };
            if heard.and_then(|()| ears.catch_up(&mut news)).is_none() {
                break;
            }
            let next = Instant::now() + PACE;
            for event in news.tell(console.desk()) {
                yield event;
            }
            // Nobody listens until then: to be woken by every change would cost the requests that make them.
            tokio::select! {
                biased;
                () = &mut end => break,
                () = sleep_until(next) => {}
            }
        }
    }
}

/// Resolves when nothing more is to be told to this caller.
async fn end(
    console: Console,
    caller: Caller,
    closing: CancellationToken,
    mut endings: watch::Receiver<u64>,
) {
    let Caller::Browser { token, .. } = caller else { return closing.cancelled().await };
    loop {
        tokio::select! {
            () = closing.cancelled() => return,
            _ = endings.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        if !matches!(console.gatekeeper().session(token.expose()).await, Ok(Some(_))) {
            return;
        }
    }
}

/// Everything there is to hear.
struct Ears {
    server: watch::Receiver<u64>,
    accounts: watch::Receiver<u64>,
    enrolments: watch::Receiver<u64>,
    queue: watch::Receiver<u64>,
    settings: watch::Receiver<u64>,
    recording: watch::Receiver<u64>,
    logs: watch::Receiver<u64>,
    keys: watch::Receiver<u64>,
    models: watch::Receiver<u64>,
    upstreams: watch::Receiver<u64>,
    refusals: watch::Receiver<u64>,
    conversations: watch::Receiver<u64>,
    exports: watch::Receiver<u64>,
    requests: broadcast::Receiver<Arc<RequestRow>>,
}

impl Ears {
    fn of(console: &Console) -> Self {
        let desk = console.desk();
        Self {
            server: desk.server_changes(),
            accounts: desk.account_changes(),
            enrolments: desk.enrolment_changes(),
            queue: desk.queue_changes(),
            settings: desk.settings_changes(),
            recording: desk.recording_changes(),
            logs: desk.log_changes(),
            keys: console.keys().changes(),
            models: console.model_changes(),
            upstreams: desk.upstream_changes(),
            refusals: desk.refusal_changes(),
            conversations: console.conversation_changes(),
            exports: console.export_changes(),
            requests: console.requests().subscribe(),
        }
    }

    /// Waits for one change; `None` when the house is no more.
    async fn hear(&mut self, news: &mut News) -> Option<()> {
        tokio::select! {
            changed = self.server.changed() => { changed.ok()?; news.server = true; }
            changed = self.accounts.changed() => { changed.ok()?; news.accounts = true; }
            changed = self.enrolments.changed() => { changed.ok()?; news.enrolments = true; }
            changed = self.queue.changed() => { changed.ok()?; news.queue = true; }
            changed = self.settings.changed() => { changed.ok()?; news.settings = true; }
            changed = self.recording.changed() => { changed.ok()?; news.recording = true; }
            changed = self.keys.changed() => { changed.ok()?; news.keys = true; }
            changed = self.models.changed() => { changed.ok()?; news.models = true; }
            changed = self.upstreams.changed() => { changed.ok()?; news.upstreams = true; }
            changed = self.refusals.changed() => { changed.ok()?; news.refusals = true; }
            changed = self.conversations.changed() => { changed.ok()?; news.conversations = true; }
            changed = self.exports.changed() => { changed.ok()?; news.exports = true; }
            changed = self.logs.changed() => {
                changed.ok()?;
                news.logs = Some(*self.logs.borrow_and_update());
            }
            row = self.requests.recv() => match row {
                Ok(row) => news.rows.note(row),
                Err(RecvError::Lagged(_)) => news.rows.gap = true,
                Err(RecvError::Closed) => return None,
            },
        }
        Some(())
    }

    /// Takes what has changed already and waits for nothing; `None` when the house is no more.
    fn catch_up(&mut self, news: &mut News) -> Option<()> {
        // However much it is: what stays behind is told late, and at last lost.
        while let Some(heard) = unconstrained(self.hear(news)).now_or_never() {
            heard?;
        }
        Some(())
    }
}

/// What was heard and not told yet.
#[derive(Default)]
struct News {
    server: bool,
    accounts: bool,
    enrolments: bool,
    queue: bool,
    settings: bool,
    recording: bool,
    keys: bool,
    models: bool,
    upstreams: bool,
    refusals: bool,
    conversations: bool,
    exports: bool,
    logs: Option<u64>,
    rows: Rows,
}

impl News {
    /// Everything as it is now.
    fn tell(&mut self, desk: &dyn Desk) -> Vec<Event> {
        let news = std::mem::take(self);
        let told = [
            news.server.then(|| Event::Server { server: desk.server() }),
            news.accounts.then(|| Event::Accounts { accounts: desk.accounts() }),
            news.enrolments.then(|| Event::Enrolments { enrolments: desk.enrolments() }),
            news.queue.then(|| Event::Queue { queue: desk.queue() }),
            news.rows.any().then(|| news.rows.tell()),
            news.keys.then_some(Event::Keys),
            news.models.then_some(Event::Models),
            news.upstreams.then_some(Event::Upstreams),
            news.refusals.then_some(Event::Refusals),
            news.conversations.then_some(Event::Conversations),
            news.exports.then_some(Event::Exports),
            news.settings.then_some(Event::Settings),
            news.recording.then_some(Event::Recording),
            news.logs.map(|last| Event::Logs { last }),
        ];
        told.into_iter().flatten().collect()
    }
}

/// Rows that changed, each once, as it was last.
#[derive(Default)]
struct Rows {
    places: HashMap<RequestId, usize>,
    rows: Vec<Arc<RequestRow>>,
    gap: bool,
}

impl Rows {
    fn any(&self) -> bool {
        self.gap || !self.rows.is_empty()
    }

    fn note(&mut self, row: Arc<RequestRow>) {
        if let Some(place) = self.places.get(&row.id) {
            self.rows[*place] = row;
        } else if self.rows.len() < MOST_ROWS {
            self.places.insert(row.id.clone(), self.rows.len());
            self.rows.push(row);
        } else {
            self.gap = true;
        }
    }

    fn tell(self) -> Event {
        let rows = self.rows.into_iter().map(Arc::unwrap_or_clone).collect();
        Event::Requests { rows, gap: self.gap }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use postern_store::{Opening, Source, Store};

    use super::*;

    #[test]
    fn a_telling_has_each_row_once_and_no_more_than_fit() {
        let store = Store::in_memory().expect("a database");
        let mut rows = Rows::default();
        for number in 0..=MOST_ROWS {
            let mut changes = store.requests().subscribe();
            drop(store.requests().open(Opening {
                id: RequestId::new(format!("r{number}")),
                at: SystemTime::now(),
                method: "GET".to_owned(),
                path: "/v1/models".to_owned(),
                key: None,
                source: Source::Client,
            }));
            let first = changes.try_recv().expect("it began");
            rows.note(first);
            rows.note(changes.try_recv().expect("it ended"));
            assert_eq!(rows.gap, number >= MOST_ROWS, "{number}");
        }
        let Event::Requests { rows, gap } = rows.tell() else { panic!("other news") };
        assert_eq!((rows.len(), gap), (MOST_ROWS, true));
        assert!(rows.iter().all(|row| row.total_ms.is_some()), "the last change counts");
    }
}
