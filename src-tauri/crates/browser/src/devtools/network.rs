//! Listening to one tab.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::connection::Connection;
use super::tracker::Tracker;
use crate::watchers::Watcher;
use crate::{BrowserError, Watch, deadline};

/// How much of all answers the browser keeps, for those that end before they can be streamed.
const KEPT_BYTES: u64 = 64 << 20;
/// How much of one answer it keeps.
const KEPT_BYTES_EACH: u64 = 32 << 20;
/// Request bodies up to this come with the event; longer ones are fetched.
const BODY_BYTES: u64 = 1 << 20;

/// What handles of old targets were prefixed with by older drivers.
const HANDLE_PREFIX: &str = "CDwindow-";

/// The last lines the browser logged for a tab.
pub(crate) type Lines = Arc<Mutex<VecDeque<String>>>;

/// An attached listener; dropping it detaches.
#[derive(Debug)]
pub(crate) struct Tap {
    connection: Connection,
    session: String,
    lines: Lines,
}

impl Tap {
    /// Attaches to the tab with this window handle, which in this driver is the tab's target.
    pub(crate) async fn attach(connection: &Connection, handle: &str) -> Result<Self, BrowserError> {
        let lines = Lines::default();
        let session = connection.attach(target_of(handle), Tracker::new(lines.clone())).await?;
        let tap = Self { connection: connection.clone(), session, lines };
        let sizes = json!({
            "maxTotalBufferSize": KEPT_BYTES,
            "maxResourceBufferSize": KEPT_BYTES_EACH,
            "maxPostDataSize": BODY_BYTES,
        });
        for (method, params) in [
            ("Network.enable", sizes),
            ("Page.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Log.enable", json!({})),
        ] {
            connection.call::<Value>(Some(&tap.session), method, params).await?;
        }
        Ok(tap)
    }

    /// Starts a watch. When this returns, every request sent before it has been passed over.
    pub(crate) async fn watch(&self, path_contains: &str) -> Result<Watch, BrowserError> {
        let (events, incoming) = mpsc::unbounded_channel();
        let (ready, is_ready) = oneshot::channel();
        let watcher = Watcher { path_contains: path_contains.to_owned(), events };
        self.connection.with(&self.session, |tracker| tracker.watch(watcher, ready));
        tokio::time::timeout(deadline::DEVTOOLS, is_ready)
            .await
            .map_err(|_| BrowserError::Timeout("starting to watch the network"))?
            .map_err(|_| BrowserError::Gone)?;
        Ok(Watch { events: incoming })
    }

    /// Lets go of the tab; watches end. Doing it again does nothing.
    pub(crate) fn detach(&self) {
        self.connection.detach(self.session.clone());
    }

    /// The last lines the browser logged for this tab.
    pub(crate) fn console(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// The target of a window handle.
pub(super) fn target_of(handle: &str) -> &str {
    handle.strip_prefix(HANDLE_PREFIX).unwrap_or(handle)
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.detach();
    }
}
