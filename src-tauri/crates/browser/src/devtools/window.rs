//! The window of a tab, for a person who looks at it: brought to the front, and followed where it goes.

use serde_json::{Value, json};
use tokio::sync::watch;

use super::connection::Connection;
use super::network::target_of;
use crate::BrowserError;

/// Where a tab is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The address it shows.
    pub(super) url: String,
    /// Whether it is still there.
    pub(super) open: bool,
}

/// Follows a tab from page to page, without asking anything of the pages.
#[derive(Debug)]
pub struct Whereabouts {
    place: watch::Receiver<Place>,
}

impl Whereabouts {
    /// Of the tab that events of this connection call so.
    pub(crate) fn of(connection: &Connection, target: &str) -> Self {
        Self { place: connection.follow(target) }
    }

    /// Waits until the tab shows another page, or its page another title, and says its address; `None` when the tab
    /// was closed or the browser is gone. Cancel safe.
    pub async fn moved(&mut self) -> Option<String> {
        self.place.changed().await.ok()?;
        let place = self.place.borrow_and_update();
        place.open.then(|| place.url.clone())
    }
}

/// Follows the tab with this window handle.
pub(crate) async fn follow(connection: &Connection, handle: &str) -> Result<Whereabouts, BrowserError> {
    let whereabouts = Whereabouts::of(connection, target_of(handle));
    connection.call::<Value>(None, "Target.setDiscoverTargets", json!({ "discover": true })).await?;
    Ok(whereabouts)
}

/// Brings the window of the tab with this handle to the front.
pub(crate) async fn raise(connection: &Connection, handle: &str) -> Result<(), BrowserError> {
    let target = json!({ "targetId": target_of(handle) });
    let window: Value = connection.call(None, "Browser.getWindowForTarget", target.clone()).await?;
    // A window that was made small takes no notice of the next command.
    let bounds = json!({ "windowId": window["windowId"], "bounds": { "windowState": "normal" } });
    connection.call::<Value>(None, "Browser.setWindowBounds", bounds).await?;
    connection.call::<Value>(None, "Target.activateTarget", target).await?;
    Ok(())
}
