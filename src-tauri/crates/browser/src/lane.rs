//! Further tabs of a running browser, each in a window and under a session of its own, so that a command to one of
//! them never waits for a command to another.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fantoccini::wd::WindowHandle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::devtools::Connection;
use crate::session::Session;
use crate::tab::Tab;
use crate::{BrowserError, Page};

/// A running browser on this machine, as far as it takes further tabs. Cheap to clone; it does not keep the browser
/// running.
#[derive(Clone, Debug)]
pub struct Host {
    pub(crate) driver: String,
    /// Where the browser's DevTools listen.
    pub(crate) address: String,
    pub(crate) edge: bool,
    /// The connection that listens to the tabs' network, if that is wanted.
    pub(crate) devtools: Option<Connection>,
    /// Cancelled when the browser died or was closed.
    pub(crate) gone: CancellationToken,
    pub(crate) windows: Windows,
}

/// The windows of all lanes, which the browser's own session leaves alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Windows(Arc<Mutex<HashSet<String>>>);

/// A further tab of a running browser.
#[derive(Debug)]
pub struct Lane {
    session: Session,
    host: Host,
    page: Page,
}

impl Windows {
    pub(crate) fn has(&self, handle: &WindowHandle) -> bool {
        self.lock().contains(&String::from(handle.clone()))
    }

    fn add(&self, handle: &WindowHandle) {
        self.lock().insert(handle.clone().into());
    }

    fn remove(&self, handle: &WindowHandle) {
        self.lock().remove(&String::from(handle.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host {
    /// Whether the browser still runs, as far as is known.
    pub fn is_alive(&self) -> bool {
        !self.gone.is_cancelled()
    }

    /// Opens an empty tab. Nothing of it stays when this is given up halfway.
    pub async fn open(&self) -> Result<Lane, BrowserError> {
        let (host, (to, opened)) = (self.clone(), oneshot::channel());
        tokio::spawn(async move {
            if let Err(Ok(unwanted)) = to.send(host.open_to_the_end().await) {
                unwanted.close().await;
            }
        });
        opened.await.unwrap_or(Err(BrowserError::Gone))
    }

    async fn open_to_the_end(&self) -> Result<Lane, BrowserError> {
        let session =
            Session::attach(&self.driver, &self.address, self.edge, self.gone.child_token()).await?;
        match self.window(&session).await {
            Ok(page) => Ok(Lane { session, host: self.clone(), page }),
            Err(error) => {
                end(session).await;
                Err(error)
            }
        }
    }

    /// A fresh window of the session, which it is then in. One behind another tab would not be drawn.
    async fn window(&self, session: &Session) -> Result<Page, BrowserError> {
        let client = &session.client;
        let opened = session.call("opening a window", client.new_window(false)).await?;
        self.windows.add(&opened.handle);
        session.call("entering the window", client.switch_to_window(opened.handle)).await?;
        let tab = Tab::current(session, self.devtools.as_ref()).await?;
        Ok(Page { tab: Arc::new(tab) })
    }
}

impl Lane {
    /// The tab.
    pub fn page(&self) -> Page {
        self.page.clone()
    }

    /// Replaces the tab by a fresh one. Handles on the old one say [`BrowserError::Gone`] from then on.
    pub async fn new_tab(&mut self) -> Result<(), BrowserError> {
        let old = std::mem::replace(&mut self.page, self.host.window(&self.session).await?);
        let new = self.page.tab.handle().clone();
        old.tab.retire();
        let (session, client) = (&self.session, &self.session.client);
        let closed = async {
            client.switch_to_window(old.tab.handle().clone()).await?;
            client.close_window().await
        };
        match session.call("closing a window", closed).await {
            // It closed by itself meanwhile.
            Ok(()) | Err(BrowserError::Gone) if self.is_alive() => {}
            Err(error) => return Err(error),
            Ok(()) => return Err(BrowserError::Gone),
        }
        self.host.windows.remove(old.tab.handle());
        session.call("entering the window", client.switch_to_window(new)).await
    }

    /// Resolves when the browser or its driver died.
    pub async fn exited(&self) {
        self.session.gone.cancelled().await;
    }

    /// Whether browser and driver still run, as far as is known.
    pub fn is_alive(&self) -> bool {
        !self.session.gone.is_cancelled()
    }

    /// Closes the tab. The browser stays.
    pub async fn close(self) {
        self.page.tab.retire();
        let closed = self.session.call("closing a window", self.session.client.close_window()).await;
        if closed.is_err() {
            tracing::debug!("the window did not close when asked");
        }
        self.host.windows.remove(self.page.tab.handle());
        end(self.session).await;
    }
}

/// Ends the session; one that was attached to a browser leaves that alone.
async fn end(session: Session) {
    let quit = session.client.clone().close();
    if session.call("ending the session", quit).await.is_err() {
        tracing::debug!("the session did not end when asked");
    }
    session.gone.cancel();
}
