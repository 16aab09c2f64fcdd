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

/// How many dialogs in a row are dismissed for one command.
const DIALOGS: usize = 5;

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

    /// Whether its browser runs on this machine.
    pub(crate) fn is_local(&self) -> bool {
        self.session.local
    }

    /// From now on every call fails, and watches end.
    pub(crate) fn retire(&self) {
        self.closed.cancel();
        if let Listener::Network(tap) = &self.listener {
            tap.detach();
        }
    }

    /// Runs one command in this tab.
    pub(crate) async fn call<T, F>(
        &self,
        what: &'static str,
        command: impl Fn(Client) -> F,
    ) -> Result<T, BrowserError>
    where
        F: Future<Output = Result<T, CmdError>>,
    {
        self.call_within(deadline::COMMAND, what, command).await
    }

    /// Like [`Tab::call`], with its own time limit.
    pub(crate) async fn call_within<T, F>(
        &self,
        limit: Duration,
        what: &'static str,
        command: impl Fn(Client) -> F,
    ) -> Result<T, BrowserError>
    where
        F: Future<Output = Result<T, CmdError>>,
    {
        if let Listener::Page(observer) = &self.listener {
            observer.command_comes();
        }
        let work = self.past_dialogs(limit, what, command);
        self.closed.run_until_cancelled(work).await.unwrap_or(Err(BrowserError::Gone))
    }

    /// The driver dismisses a dialog that is in a command's way, but gives up when the next one follows at
    /// once. A command that was refused for that was not carried out, so it may be given again.
    async fn past_dialogs<T, F>(
        &self,
        limit: Duration,
        what: &'static str,
        command: impl Fn(Client) -> F,
    ) -> Result<T, BrowserError>
    where
        F: Future<Output = Result<T, CmdError>>,
    {
        let client = &self.session.client;
        for _ in 1..DIALOGS {
            match self.session.call_within(limit, what, command(client.clone())).await {
                Err(BrowserError::Dialog(text)) => tracing::debug!(text, "a dialog was in the way"),
                other => return other,
            }
        }
        self.session.call_within(limit, what, command(client.clone())).await
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
