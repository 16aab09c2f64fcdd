//! A running browser: its processes, its session, its current tab.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::devtools::{self, Connection, Whereabouts};
use crate::find::{Family, Kind};
use crate::lane::{Host, Windows};
use crate::process::Crew;
use crate::remote::{self, Remote};
use crate::session::Session;
use crate::tab::Tab;
use crate::{BrowserError, CaptureMode, Options, Page, Profile, deadline, driver, find, process};

/// Where a fresh tab begins.
pub(crate) const EMPTY_PAGE: &str = "about:blank";

/// A browser with one WebDriver session on one profile. Dropping it ends every process of it.
#[derive(Debug)]
pub struct Browser {
    // In this order: the processes end before the profile is unlocked.
    processes: Processes,
    session: Session,
    /// Also kept when answers are read inside the page: its end tells that the browser died.
    devtools: Option<Connection>,
    capture: CaptureMode,
    page: Page,
    profile: Profile,
    version: Option<String>,
    /// For further tabs; those of another machine take none.
    host: Option<Host>,
    /// Keeps the session of a remote browser.
    _kept: Option<DropGuard>,
}

/// The processes on a profile of this machine; none for a remote browser. Ended when dropped.
#[derive(Debug)]
struct Processes(Option<PathBuf>);

impl Browser {
    /// Finds driver and browser, starts them on the profile, and opens one empty tab.
    pub async fn start(options: &Options, profile: Profile) -> Result<Self, BrowserError> {
        let gone = CancellationToken::new();
        let remote = Remote::of(options)?;
        let (processes, local, session) = match &remote {
            Some(at) => (Processes(None), None, Session::start(at.url(), None, options, gone).await?),
            None => {
                let (wanted, dir) = (options.clone(), profile.dir().to_owned());
                let family = Family::of_profile(&dir);
                let found = tokio::task::spawn_blocking(move || find::find_for(&wanted, family)).await;
                let installed = found.map_err(|error| BrowserError::Start(error.to_string()))??;
                let processes = Processes(Some(dir.clone()));
                let url = driver::start(&installed, &dir, &options.log_dir, &gone).await?;
                let session = Session::start(&url, Some((&installed, &dir)), options, gone).await?;
                (processes, Some((installed.kind, url)), session)
            }
        };
        let kept = remote.is_some().then(|| remote::keep(&session));
        // Inside the page only the life of a browser on this machine is followed through DevTools.
        let wanted = session.bidi.is_none() && (local.is_some() || options.capture == CaptureMode::Network);
        let devtools = if wanted { devtools(&session, remote.as_ref()).await } else { None };
        let (tab, devtools) = first_tab(&session, devtools, options.capture).await?;
        if let Some(connection) = &devtools {
            end_together(&session.gone, connection.closed());
        }
        if let Some(bidi) = &session.bidi {
            end_together(&session.gone, bidi.closed());
        }
        let page = Page { tab: Arc::new(tab) };
        let version = version(local.as_ref().map(|(kind, _)| *kind), &session);
        let capture = options.capture;
        let host = local.and_then(|(kind, driver)| {
            Some(Host {
                driver,
                address: devtools_address(&session)?.to_owned(),
                edge: kind == Kind::Edge,
                devtools: devtools.clone().filter(|_| capture == CaptureMode::Network),
                gone: session.gone.clone(),
                windows: Windows::default(),
            })
        });
        let mut browser =
            Self { processes, session, devtools, capture, page, profile, version, host, _kept: kept };
        browser.close_others().await?;
        browser.page.goto(EMPTY_PAGE).await?;
        Ok(browser)
    }

    /// Its name and version, such as `Chromium 156.0.8078.79`, as far as the driver tells.
    pub fn version(&self) -> Option<String> {
        self.version.clone()
    }

    /// For further tabs of it; `None` where it takes none.
    pub fn host(&self) -> Option<Host> {
        self.host.clone()
    }

    /// The current tab.
    pub fn page(&self) -> Page {
        self.page.clone()
    }

    /// Opens a fresh tab and closes the old ones. Handles on those say [`BrowserError::Gone`] from then on,
    /// and [`Browser::page`] gives the new one.
    pub async fn new_tab(&mut self) -> Result<(), BrowserError> {
        let client = &self.session.client;
        let opened = self.session.call("opening a tab", client.new_window(true)).await?;
        self.session.call("entering the tab", client.switch_to_window(opened.handle)).await?;
        let tab = Tab::current(&self.session, self.listening()).await?;
        self.page.tab.retire();
        self.page = Page { tab: Arc::new(tab) };
        self.close_others().await
    }

    /// Names the current tab.
    fn handle(&self) -> String {
        String::from(self.page.tab.handle().clone())
    }

    /// Follows the current tab from page to page. Needs a connection beside the driver's, which a browser on this
    /// machine has.
    pub async fn follow(&self) -> Result<Whereabouts, BrowserError> {
        if let Some(bidi) = &self.session.bidi {
            return bidi.follow(&self.handle()).await;
        }
        let (connection, handle) = self.window()?;
        devtools::follow(connection, &handle).await
    }

    /// Brings the window of the current tab to the front.
    pub async fn raise(&self) -> Result<(), BrowserError> {
        if let Some(bidi) = &self.session.bidi {
            return bidi.raise(&self.handle()).await;
        }
        let (connection, handle) = self.window()?;
        devtools::raise(connection, &handle).await
    }

    /// Resolves when the browser or its driver died.
    pub async fn exited(&self) {
        self.session.gone.cancelled().await;
    }

    /// Whether browser and driver still run, as far as is known.
    pub fn is_alive(&self) -> bool {
        !self.session.gone.is_cancelled()
    }

    /// The processes of driver and browser; empty for a remote one. Blocks for a moment.
    pub fn process_ids(&self) -> Vec<u32> {
        let dir = self.processes.0.as_deref();
        dir.map(process::of_profile).unwrap_or_default().into_iter().map(sysinfo::Pid::as_u32).collect()
    }

    /// Asks the browser to quit, so that it writes its profile down, ends whatever is left after a deadline,
    /// and hands the profile back.
    pub async fn close(self) -> Profile {
        let Self { mut processes, session, devtools, page, profile, .. } = self;
        page.tab.retire();
        let crew = processes.crew().await;
        let quit = session.client.clone().close();
        let alive = !session.gone.is_cancelled();
        let asked = session.call_within(deadline::QUIT, "closing the browser", quit).await;
        // It may be gone before the driver can say so.
        let leaving = alive && matches!(asked, Ok(()) | Err(BrowserError::Gone));
        if !leaving {
            tracing::debug!("the browser did not quit when asked");
        }
        session.gone.cancel();
        drop(devtools);
        let ended = tokio::task::spawn_blocking(move || {
            if leaving {
                crew.leave(deadline::QUIT);
            }
            processes.end()
        });
        if !ended.await.unwrap_or(false) {
            tracing::warn!(profile = %profile.dir().display(), "processes of the browser are left");
        }
        profile
    }

    /// The connection beside the driver's, if there is one.
    pub(crate) fn devtools(&self) -> Option<&Connection> {
        self.devtools.as_ref()
    }

    fn window(&self) -> Result<(&Connection, String), BrowserError> {
        let none = || BrowserError::Driver("there is no DevTools connection".to_owned());
        Ok((self.devtools.as_ref().ok_or_else(none)?, self.handle()))
    }

    fn listening(&self) -> Option<&Connection> {
        self.devtools.as_ref().filter(|_| self.capture == CaptureMode::Network)
    }

    /// Closes every tab but the current.
    async fn close_others(&mut self) -> Result<(), BrowserError> {
        let client = &self.session.client;
        let current = self.page.tab.handle().clone();
        let all = self.session.call("listing the tabs", client.windows()).await?;
        let lent = |handle: &_| self.host.as_ref().is_some_and(|host| host.windows.has(handle));
        for other in all.into_iter().filter(|handle| *handle != current && !lent(handle)) {
            let close = async {
                client.switch_to_window(other).await?;
                client.close_window().await
            };
            match self.session.call("closing a tab", close).await {
                // It closed by itself meanwhile.
                Ok(()) | Err(BrowserError::Gone) if self.is_alive() => {}
                Err(error) => return Err(error),
                Ok(()) => return Err(BrowserError::Gone),
            }
        }
        self.session.call("entering the tab", client.switch_to_window(current)).await
    }
}

impl Processes {
    /// The browser's.
    async fn crew(&self) -> Crew {
        let Some(dir) = self.0.clone() else { return Crew::default() };
        tokio::task::spawn_blocking(move || Crew::of(&dir)).await.unwrap_or_default()
    }

    /// Blocks until none is left, or gives up and says false.
    fn end(&mut self) -> bool {
        self.0.take().is_none_or(|dir| process::end_all(&dir))
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.end();
    }
}

fn version(kind: Option<Kind>, session: &Session) -> Option<String> {
    let capabilities = session.client.capabilities()?;
    let told = |name: &str| capabilities.get(name).and_then(Value::as_str).map(str::to_owned);
    // The driver calls a Chromium by its sister's name.
    let name = kind.map(|kind| kind.to_string()).or_else(|| told("browserName"))?;
    Some(format!("{name} {}", told("browserVersion")?))
}

/// Where the driver says that the browser's DevTools listen.
fn devtools_address(session: &Session) -> Option<&str> {
    let capabilities = session.client.capabilities()?;
    let told = |name: &&str| capabilities.get(*name)?.get("debuggerAddress").and_then(Value::as_str);
    ["goog:chromeOptions", "ms:edgeOptions"].iter().find_map(told)
}

/// The address of DevTools is what the driver says, or the grid that passes them on; that of a driver elsewhere
/// is often out of reach.
async fn devtools(session: &Session, remote: Option<&Remote>) -> Option<Connection> {
    let address = devtools_address(session);
    let passed_on = session.client.capabilities().and_then(|all| all.get("se:cdp")).and_then(Value::as_str);
    let connection = match (remote.zip(passed_on), address) {
        (Some((remote, offered)), _) => remote.devtools(offered).await,
        (None, Some(address)) => Connection::open(address).await,
        (None, None) => Err(BrowserError::Driver("the driver names no DevTools address".to_owned())),
    };
    connection
        .inspect_err(
            |error| tracing::warn!(%error, "no DevTools connection; answers are read inside the page"),
        )
        .ok()
}

/// The first tab, with the listener that is wanted if it can be had. The address of DevTools may lead to
/// another browser than the remote one, where this tab is not known; such a connection is dropped.
async fn first_tab(
    session: &Session,
    devtools: Option<Connection>,
    capture: CaptureMode,
) -> Result<(Tab, Option<Connection>), BrowserError> {
    if capture == CaptureMode::Network
        && let Some(connection) = devtools
    {
        match Tab::current(session, Some(&connection)).await {
            Err(BrowserError::Driver(error)) => {
                tracing::warn!(error, "DevTools does not know this tab; answers are read inside the page");
            }
            heard => return Ok((heard?, Some(connection))),
        }
        return Ok((Tab::current(session, None).await?, None));
    }
    Ok((Tab::current(session, None).await?, devtools))
}

/// The end of one is the end of both.
fn end_together(gone: &CancellationToken, closed: &CancellationToken) {
    let (gone, closed) = (gone.clone(), closed.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = gone.cancelled() => closed.cancel(),
            () = closed.cancelled() => gone.cancel(),
        }
    });
}
