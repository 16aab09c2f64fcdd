//! Listening from inside the page, where the network cannot be heard: a script that observes
//! `XMLHttpRequest` and `fetch`, and a task that fetches what it saw.
//!
//! Where the driver can install scripts ahead of a document (Chromium's family, and Firefox on this machine), nothing
//! is missed. Elsewhere the observer is put into each document as soon as that is found without one, and requests that
//! a document makes while loading can be missed.
//!
//! The driver does one thing at a time, and waiting for news is such a thing. So the wait is short while
//! commands are being given and grows while nothing else is asked of the driver; news ends it at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::session::Session;
use crate::watchers::{Exchange, Watcher};
use crate::{BrowserError, Watch};

const SCRIPT: &str = include_str!("observer.js");
/// Asks a document's observer for news; null when it has none.
const POLL: &str = "const [name, patterns, wait, done] = arguments; const seen = window[Symbol.for(name)]; \
                    if (!seen) return done(null); seen.look(patterns); seen.poll(wait, done);";

/// The shortest and the longest wait for news.
const WAIT: (Duration, Duration) = (Duration::from_millis(40), Duration::from_millis(500));
/// Before asking again after the driver refused, as it does while a document is being replaced.
const PAUSE: Duration = Duration::from_millis(50);

/// The observer of one tab; its task ends with the tab.
#[derive(Debug)]
pub(crate) struct Observer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    session: Session,
    closed: CancellationToken,
    /// Under which the script keeps itself in a document; different every time.
    name: String,
    state: tokio::sync::Mutex<State>,
    wake: Notify,
    last_command: Mutex<Instant>,
}

/// What is watched and what is under way. Held while news are fetched, so that a watch begins between two
/// deliveries.
#[derive(Debug, Default)]
struct State {
    watchers: Vec<Late>,
    open: HashMap<u64, Exchange>,
    /// The document whose numbers `open` uses.
    doc: String,
    /// The driver's name for the script that is installed ahead of every document.
    ahead: Option<String>,
}

/// A watch that began when its document had already seen `after` requests.
#[derive(Debug)]
struct Late {
    watcher: Watcher,
    doc: String,
    after: u64,
}

#[derive(Deserialize)]
struct Standing {
    doc: String,
    last: u64,
}

#[derive(Deserialize)]
struct News {
    doc: String,
    events: Vec<Seen>,
}

#[derive(Deserialize)]
struct Seen {
    id: u64,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What {
    Sent { url: String, body: Option<String> },
    Answered { status: u16 },
    Text { text: String },
    Bytes { base64: String },
    Done,
    Broken { why: String },
}

impl Observer {
    pub(crate) fn new(session: Session, closed: CancellationToken) -> Self {
        let shared = Arc::new(Shared {
            session,
            closed: closed.clone(),
            name: uuid::Uuid::new_v4().simple().to_string(),
            state: tokio::sync::Mutex::default(),
            wake: Notify::new(),
            last_command: Mutex::new(Instant::now()),
        });
        let task = shared.clone();
        tokio::spawn(async move {
            closed.run_until_cancelled(task.listen()).await;
            // Ends the watches of a tab that is gone, even while somebody still holds a handle on it.
            *task.state.lock().await = State::default();
        });
        Self { shared }
    }

    /// Somebody is about to give the driver a command.
    pub(crate) fn command_comes(&self) {
        *self.shared.last_command.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Starts a watch.
    pub(crate) async fn watch(&self, path_contains: &str) -> Result<Watch, BrowserError> {
        let (events, incoming) = mpsc::unbounded_channel();
        let watcher = Watcher { path_contains: path_contains.to_owned(), events };
        let mut state = self.shared.state.lock().await;
        let mut patterns = state.patterns();
        patterns.push(watcher.path_contains.clone());
        self.shared.install_ahead(&mut state, &patterns).await?;
        let standing = self.shared.install(&patterns).await?;
        state.watchers.push(Late { watcher, doc: standing.doc, after: standing.last });
        self.shared.wake.notify_one();
        Ok(Watch { events: incoming })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.shared.closed.cancel();
    }
}

impl Shared {
    /// Fetches news for as long as somebody wants them.
    async fn listen(&self) {
        loop {
            let mut state = self.state.lock().await;
            let idle = state.prune();
            let result = self.round(&mut state).await;
            drop(state);
            match result {
                Ok(()) if idle => self.wake.notified().await,
                Ok(()) => {}
                Err(BrowserError::Gone) => return,
                Err(error) => {
                    tracing::debug!(%error, "the page's observer could not be asked");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn round(&self, state: &mut State) -> Result<(), BrowserError> {
        let patterns = state.patterns();
        if patterns.is_empty() {
            // Nobody listens: the page is left alone.
            self.remove_ahead(state).await?;
            return self.install(&patterns).await.map(drop);
        }
        let wait = self.wait().as_millis() as u64;
        let args = vec![json!(self.name), json!(patterns), json!(wait)];
        let client = &self.session.client;
        let news = self.session.call("asking for news", client.execute_async(POLL, args)).await?;
        match serde_json::from_value::<Option<News>>(news) {
            Ok(Some(news)) => state.take(news),
            Ok(None) => {
                let standing = self.install(&patterns).await?;
                state.enter(&standing.doc);
            }
            Err(error) => return Err(BrowserError::Script(error.to_string())),
        }
        Ok(())
    }

    fn wait(&self) -> Duration {
        let idle = self.last_command.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        (idle / 4).clamp(WAIT.0, WAIT.1)
    }

    /// Puts the observer into the document that is open.
    async fn install(&self, patterns: &[String]) -> Result<Standing, BrowserError> {
        let script = format!("return ({SCRIPT})(...arguments);");
        let args = vec![json!(self.name), json!(patterns)];
        let standing =
            self.session.call("observing the page", self.session.client.execute(&script, args)).await?;
        serde_json::from_value(standing).map_err(|error| BrowserError::Script(error.to_string()))
    }

    /// Puts the observer ahead of every document to come, where the driver can.
    async fn install_ahead(&self, state: &mut State, patterns: &[String]) -> Result<(), BrowserError> {
        self.remove_ahead(state).await?;
        let source = format!("({SCRIPT})({}, {});", json!(self.name), json!(patterns));
        if let Some(bidi) = &self.session.bidi {
            state.ahead = Some(bidi.run_ahead(&source).await?);
            return Ok(());
        }
        match self.vendor("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await {
            Ok(added) => {
                state.ahead = added.get("identifier").and_then(Value::as_str).map(str::to_owned);
                Ok(())
            }
            Err(BrowserError::Driver(why)) => {
                tracing::debug!(why, "the driver cannot install scripts ahead of a document");
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    async fn remove_ahead(&self, state: &mut State) -> Result<(), BrowserError> {
        let Some(identifier) = state.ahead.take() else { return Ok(()) };
        if let Some(bidi) = &self.session.bidi {
            return bidi.forget(&identifier).await;
        }
        let params = json!({ "identifier": identifier });
        self.vendor("Page.removeScriptToEvaluateOnNewDocument", params).await.map(drop)
    }

    async fn vendor(&self, command: &'static str, params: Value) -> Result<Value, BrowserError> {
        let command = Vendor { command, params };
        self.session.call("preparing the page", self.session.client.issue_cmd(command)).await
    }
}

impl State {
    fn patterns(&self) -> Vec<String> {
        self.watchers.iter().map(|late| late.watcher.path_contains.clone()).collect()
    }

    /// Forgets watches that were dropped; true when none is left.
    fn prune(&mut self) -> bool {
        self.watchers.retain(|late| !late.watcher.events.is_closed());
        self.watchers.is_empty()
    }

    /// Another document has taken the place of the one before, and ended its requests.
    fn enter(&mut self, doc: &str) {
        if self.doc != doc {
            self.doc = doc.to_owned();
            for (_, exchange) in self.open.drain() {
                exchange.broken("the page was left".to_owned());
            }
        }
    }

    fn take(&mut self, news: News) {
        self.enter(&news.doc);
        for Seen { id, what } in news.events {
            match what {
                What::Sent { url, body } => self.sent(id, url, body),
                What::Done => {
                    if let Some(exchange) = self.open.remove(&id) {
                        exchange.done();
                    }
                }
                What::Broken { why } => {
                    if let Some(exchange) = self.open.remove(&id) {
                        exchange.broken(why);
                    }
                }
                What::Answered { status } => self.on(id, |exchange| exchange.answered(status)),
                What::Text { text } => self.on(id, |exchange| exchange.data(Bytes::from(text))),
                What::Bytes { base64 } => self.on(id, |exchange| {
                    exchange.data(BASE64_STANDARD.decode(base64).unwrap_or_default().into());
                }),
            }
        }
    }

    fn sent(&mut self, id: u64, url: String, body: Option<String>) {
        let doc = &self.doc;
        let in_time = self.watchers.iter().filter(|late| late.doc != *doc || id > late.after);
        if let Some(exchange) = Exchange::open(in_time.map(|late| &late.watcher), &url) {
            exchange.sent(url, body);
            self.open.insert(id, exchange);
        }
    }

    fn on(&self, id: u64, tell: impl FnOnce(&Exchange)) {
        if let Some(exchange) = self.open.get(&id) {
            tell(exchange);
        }
    }
}

/// A DevTools command through the driver's own door for it.
#[derive(Debug)]
struct Vendor {
    command: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.params });
        (http::Method::POST, Some(body.to_string()))
    }
}
