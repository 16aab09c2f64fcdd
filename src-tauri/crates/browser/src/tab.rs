//! One tab: commands to it through the session, and what is heard of its network.

use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use tokio_util::sync::CancellationToken;

use crate::devtools::{Connection, Tap};
use crate::observer::Observer;
use crate::session::Session;
use crate::{BrowserError, Watch, deadline};

/// A tab and its listener.
#[derive(Debug)]
pub(crate) struct Tab {
    session: Session,
    handle: WindowHandle,
    listener: Listener,
    /// Cancelled when the tab was closed or replaced, and when the browser died.
    closed: CancellationToken,
}

/// How the tab's network is heard.
#[derive(Debug)]
enum Listener {
    Network(Tap),
    Page(Observer),
}

impl Tab {
    /// Takes the session's current window. Listens through DevTools when there is a connection, else from
    /// inside the page.
    pub(crate) async fn current(
        session: &Session,
        devtools: Option<&Connection>,
    ) -> Result<Self, BrowserError> {
        let handle = session.call("asking for the tab", session.client.window()).await?;
        let closed = session.gone.child_token();
        let listener = match devtools {
            Some(connection) => {
                Listener::Network(Tap::attach(connection, &String::from(handle.clone())).await?)
            }
            None => Listener::Page(Observer::new(session.clone(), closed.clone())),
        };
        Ok(Self { session: session.clone(), handle, listener, closed })
    }

    /// The tab's name in the session.
    pub(crate) fn handle(&self) -> &WindowHandle {
        &self.handle
    }

    /// From now on every call fails, and watches end.
    pub(crate) fn retire(&self) {
        self.closed.cancel();
        if let Listener::Network(tap) = &self.listener {
            tap.detach();
        }
    }

    /// Runs one command in this tab.
    pub(crate) async fn call<T>(
        &self,
        what: &'static str,
        command: impl AsyncFnOnce(&Client) -> Result<T, CmdError>,
    ) -> Result<T, BrowserError> {
        self.call_within(deadline::COMMAND, what, command).await
    }

    /// Like [`Tab::call`], with its own time limit.
    pub(crate) async fn call_within<T>(
        &self,
        limit: Duration,
        what: &'static str,
        command: impl AsyncFnOnce(&Client) -> Result<T, CmdError>,
    ) -> Result<T, BrowserError> {
        if let Listener::Page(observer) = &self.listener {
            observer.command_comes();
        }
        let work = self.session.call_within(limit, what, command(&self.session.client));
        self.closed.run_until_cancelled(work).await.unwrap_or(Err(BrowserError::Gone))
    }

    /// Starts a watch.
    pub(crate) async fn watch(&self, path_contains: &str) -> Result<Watch, BrowserError> {
        let watch = async {
            match &self.listener {
                Listener::Network(tap) => tap.watch(path_contains).await,
                Listener::Page(observer) => observer.watch(path_contains).await,
            }
        };
        self.closed.run_until_cancelled(watch).await.unwrap_or(Err(BrowserError::Gone))
    }

    /// The last lines the browser logged for this tab.
    pub(crate) fn console(&self) -> Vec<String> {
        match &self.listener {
            Listener::Network(tap) => tap.console(),
            Listener::Page(_) => Vec::new(),
        }
    }
}
