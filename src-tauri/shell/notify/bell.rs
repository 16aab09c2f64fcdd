//! The way to the user on Linux: whatever shows notifications on the session's bus.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use tauri::AppHandle;
use zbus::zvariant::Value;
use zbus::{Connection, Proxy};

use super::note::Note;
use crate::shell::window;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Longest wait for an answer from there.
const PATIENCE: Duration = Duration::from_secs(10);
/// The action of whoever clicks the notification itself.
const CLICKED: &str = "default";
/// Lets the system decide for how long it is shown.
const AS_USUAL: i32 = -1;

/// Pages of the notifications that are shown, by the number that the system gave them.
type Pages = Arc<Mutex<HashMap<u32, String>>>;

/// Shows notifications, and the window to whoever clicks one.
pub(super) struct Bell {
    app: AppHandle,
    /// Kept open: some desktops take back what a program has shown that leaves the bus.
    service: Option<Proxy<'static>>,
    pages: Pages,
}

impl Bell {
    pub(super) fn new(app: AppHandle) -> Self {
        Self { app, service: None, pages: Pages::default() }
    }

    /// Shows this.
    pub(super) async fn ring(&mut self, note: Note) -> Result<()> {
        tokio::time::timeout(PATIENCE, self.show(note)).await.context("no answer")?
    }

    async fn show(&mut self, note: Note) -> Result<()> {
        let service = match &self.service {
            Some(service) => service,
            None => {
                let service = Proxy::new(&Connection::session().await?, SERVICE, PATH, SERVICE).await?;
                let signals = service.receive_all_signals().await?;
                let (app, pages) = (self.app.clone(), Arc::clone(&self.pages));
                tauri::async_runtime::spawn(signals.for_each(move |signal| {
                    hear(&app, &pages, &signal);
                    std::future::ready(())
                }));
                self.service.insert(service)
            }
        };
        let picture = env!("CARGO_BIN_NAME");
        let actions = [CLICKED, ""];
        let hints = HashMap::<&str, Value<'_>>::new();
        let notification =
            ("Postern", 0_u32, picture, &note.title, &note.body, &actions[..], hints, AS_USUAL);
        let number: u32 = service.call("Notify", &notification).await?;
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(number, note.page);
        Ok(())
    }
}

/// Something happened to a notification, perhaps that of another program.
fn hear(app: &AppHandle, pages: &Pages, signal: &zbus::Message) {
    let (header, body) = (signal.header(), signal.body());
    let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    match header.member().map(|member| member.as_str()) {
        Some("ActionInvoked") => {
            if let Ok((number, CLICKED)) = body.deserialize::<(u32, &str)>()
                && let Some(page) = pages.get(&number)
            {
                window::show(app, Some(page));
            }
        }
        Some("NotificationClosed") => {
            if let Ok((number, _why)) = body.deserialize::<(u32, u32)>() {
                pages.remove(&number);
            }
        }
        _ => {}
    }
}
