//! One account: a browser profile, its browser with one tab, and the worker that owns both.

mod compare;
mod converse;
mod fill;
mod keeping;
mod ladder;
mod lanes;
mod limits;
mod open;
mod press;
mod reshape;
mod self_test;
mod serve;
mod shared;
mod show;
mod tab;
mod teller;
mod upload;
mod worker;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use futures::stream::BoxStream;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Failure, FailureKind, Request, Step};
use postern_protocol::page::{PackStatus, PageReport};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::files::Files;
use crate::fleet::Fleet;
use crate::functions::ToolSetting;
use crate::selectors::Pack;
use crate::session::{Session, SessionKeeper};
use crate::tools::Tools;
use crate::wire::Model;
use lanes::{Hull, Part};
use serve::Job;
use shared::{Pending, Shared};
pub use show::ShowError;
use worker::{Order, Worker};

/// One account and how it is served.
#[derive(Clone, Debug)]
pub struct Config {
    /// The site, for example `https://aistudio.google.com`.
    pub url: String,
    /// The browser to use.
    pub browser: postern_browser::Options,
    /// The account's browser profile.
    pub profile_dir: PathBuf,
    /// The account's name.
    pub name: String,
    /// Keep the chats out of the account's history.
    pub temporary_chat: bool,
    /// How functions are offered to models.
    pub tool_mode: ToolSetting,
    /// The site's own tools that are on where a request says nothing of them.
    pub tools: Tools,
    /// A file with selectors that replace the built-in ones, once there is one.
    pub selectors_file: Option<PathBuf>,
    /// Where snapshots of failures go.
    pub snapshots_dir: PathBuf,
    /// How many of them are kept.
    pub max_snapshots: usize,
    /// How long the first page of a browser may take to show its editor; it may have to fetch everything.
    pub first_page_timeout: Duration,
    /// How long the site may take until its answer begins.
    pub first_byte_timeout: Duration,
    /// How long an answer that has begun may be silent.
    pub silence_timeout: Duration,
    /// Shortest time between the end of an answer and the next request.
    pub pause: Duration,
    /// The browsers among which this account's has its place.
    pub fleet: Fleet,
    /// How many requests the account answers at once, each in a tab of its own. A browser on another machine has one.
    pub tabs: usize,
}

/// A handle on one account. Clones share it; when the last one is gone, the browser is closed.
#[derive(Clone)]
pub struct Studio {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    orders: mpsc::UnboundedSender<Order>,
    shared: Shared,
    /// The other tabs.
    guests: Vec<Guest>,
    closing: CancellationToken,
    tasks: TaskTracker,
}

/// A tab beside the one that the browser's owner has.
struct Guest {
    orders: mpsc::UnboundedSender<Order>,
    shared: Shared,
}

impl Studio {
    /// Takes the account into service. The browser is started by the first request, or by
    /// [`Studio::warm`]. Must be called within a tokio runtime.
    pub fn open(config: Config) -> Self {
        Self::open_after(config, async {})
    }

    /// [`Studio::open`], but nothing is done with the profile until `free` resolves: another browser may
    /// still be on it. What is asked meanwhile waits.
    pub fn open_after(config: Config, free: impl Future<Output = ()> + Send + 'static) -> Self {
        let (orders, inbox) = mpsc::unbounded_channel();
        let shared = Shared::new(Pack::new(config.selectors_file.clone()));
        let closing = CancellationToken::new();
        let tasks = TaskTracker::new();
        let name = config.name.clone();
        let hull = Hull::default();
        let others =
            if config.browser.takes_tabs(&config.profile_dir) { config.tabs.saturating_sub(1) } else { 0 };
        let guest = |_| {
            let (to_guest, inbox) = mpsc::unbounded_channel();
            let (shared, part) = (shared.of_lane(), Part::guest_of(&orders));
            let worker = Worker::new(config.clone(), shared.clone(), closing.clone(), part, hull.clone());
            tasks.spawn(worker.run(inbox));
            Guest { orders: to_guest, shared }
        };
        let guests = (0..others).map(guest).collect();
        let worker = Worker::new(config, shared.clone(), closing.clone(), Part::Owner, hull);
        let end = closing.clone();
        tasks.spawn(async move {
            tokio::select! {
                biased;
                () = end.cancelled() => {}
                () = free => {}
            }
            worker.run(inbox).await;
        });
        tasks.close();
        Self { inner: Arc::new(Inner { name, orders, shared, guests, closing, tasks }) }
    }

    /// The account's name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What the account can do now.
    pub fn state(&self) -> State {
        self.inner.shared.state.borrow().clone()
    }

    /// Follows the account's state.
    pub fn subscribe(&self) -> watch::Receiver<State> {
        self.inner.shared.state.subscribe()
    }

    /// Switches the account on or off. One that is switched off takes no requests, ends the one it answers
    /// and closes its browser.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.shared.enabled.store(enabled, Ordering::SeqCst);
        if !enabled {
            self.inner.shared.state.send_if_modified(|state| {
                // One that answers says so until it is done; then the worker puts it to rest.
                let idle = !matches!(state, State::Busy | State::Off);
                if idle {
                    *state = State::Off;
                }
                idle
            });
        }
        for (orders, _) in self.inner.tabs() {
            // A worker that is gone has nothing to switch.
            let _ = orders.send(Order::Switched);
        }
    }

    /// Whether it is switched on.
    pub fn is_enabled(&self) -> bool {
        self.inner.shared.is_enabled()
    }

    /// The address of the account, as the page showed it last; `None` before its first page, and where the
    /// page does not show it.
    pub fn identity(&self) -> Option<String> {
        self.inner.shared.identity()
    }

    /// Name and version of the account's browser, as it last ran.
    pub fn browser_version(&self) -> Option<String> {
        self.inner.shared.browser().version
    }

    /// Whether the account's browser runs. [`Studio::subscribe`] hears when that changes.
    pub fn is_running(&self) -> bool {
        self.inner.shared.browser().running
    }

    /// Whether the account's browser is shown in a window that somebody asked for.
    pub fn is_shown(&self) -> bool {
        self.inner.shared.browser().shown
    }

    /// Opens the site in a window of the account's browser and brings it to the front, so that a person can do there
    /// what the site asks; or closes that window. Meanwhile the account takes no requests. It is ready again as soon
    /// as the editor shows, and the window is closed when it was not used for a while.
    pub async fn show(&self, shown: bool) -> Result<(), ShowError> {
        if shown && self.pending() > 0 {
            return Err(ShowError::Busy);
        }
        self.order(|reply| Order::Show(shown, reply)).await.unwrap_or(Err(ShowError::Gone))
    }

    /// How many requests it has and has not finished.
    pub fn pending(&self) -> usize {
        self.inner.tabs().map(|(_, shared)| shared.pending()).sum()
    }

    /// How many requests it answers at once.
    pub fn lanes(&self) -> usize {
        1 + self.inner.guests.len()
    }

    /// Whether the request goes on with the chat that a tab holds.
    pub fn holds(&self, request: &Request) -> bool {
        self.holds_for(&request.model, request)
    }

    /// The same where the request means this model, by whatever name it asks for it.
    pub fn holds_for(&self, model: &str, request: &Request) -> bool {
        self.inner.tabs().any(|(_, shared)| shared.goes_on(model, request))
    }

    /// Starts the browser and opens the page, if they are not open.
    pub async fn warm(&self) -> Result<(), Failure> {
        self.named(self.order(Order::Warm).await.unwrap_or_else(|| Err(closed())))
    }

    /// The models the account can use, as the page itself got them. Opens the page, and waits for its first
    /// list, unless the account is in service with its list known.
    pub async fn models(&self) -> Result<Vec<Model>, Failure> {
        let mut models = self.inner.shared.models.subscribe();
        if self.state().usable()
            && let Some(known) = self.known_models()
        {
            return Ok(known.to_vec());
        }
        self.warm().await?;
        let list = tokio::time::timeout(limits::MODEL_LIST, models.wait_for(Option::is_some)).await;
        let known =
            list.ok().and_then(Result::ok).and_then(|list| list.as_ref().map(|list| list.models.to_vec()));
        known.ok_or_else(no_models)
    }

    /// Loads the page again, so that it asks for its models anew. Waits until what runs is done.
    pub async fn refresh_models(&self) -> Result<(), Failure> {
        let mut models = self.inner.shared.models.subscribe();
        self.named(self.order(Order::Reload).await.unwrap_or_else(|| Err(closed())))?;
        let list = tokio::time::timeout(limits::MODEL_LIST, models.changed()).await;
        list.ok().and_then(Result::ok).ok_or_else(no_models)
    }

    /// The models as far as they are known now; `None` before the page's first list.
    pub fn known_models(&self) -> Option<Arc<Vec<Model>>> {
        self.inner.shared.models.borrow().as_ref().map(|list| Arc::clone(&list.models))
    }

    /// When the page last got its models.
    pub fn models_read_at(&self) -> Option<SystemTime> {
        self.inner.shared.models.borrow().as_ref().map(|list| list.read_at)
    }

    /// Asks the model. Dropping the stream before its end presses Stop.
    pub fn chat(&self, id: RequestId, request: Arc<Request>) -> BoxStream<'static, Result<Event, Failure>> {
        self.chat_with(id, request, Files::default())
    }

    /// [`Studio::chat`] with the files that the request mentions.
    pub fn chat_with(
        &self,
        id: RequestId,
        request: Arc<Request>,
        files: Files,
    ) -> BoxStream<'static, Result<Event, Failure>> {
        let (out, mut events) = mpsc::unbounded_channel();
        // The other end is in this function.
        let _ = out.send(Ok(Event::Step(Step::Account { name: self.name().to_owned() })));
        let cancel = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        let (orders, shared) = self.inner.tab_for(&request);
        let pending = Pending::new(&shared.pending);
        // A worker that is gone drops the job and with it `out`, which the stream below reports.
        let _ = orders.send(Order::Chat(Job { id, request, files, out, cancel, pending }));
        let studio = self.clone();
        async_stream::stream! {
            let _guard = guard;
            let mut over = false;
            while let Some(event) = events.recv().await {
                let event = studio.named(event);
                over = matches!(event, Err(_) | Ok(Event::Finished(_)));
                yield event;
                if over {
                    break;
                }
            }
            if !over {
                yield Err(closed());
            }
        }
        .boxed()
    }

    /// Opens the page and looks at what it shows.
    pub async fn check(&self) -> State {
        self.order(Order::Check).await.unwrap_or(State::Off)
    }

    /// Opens the page, unless it is open, and tells which of its controls are there. Waits until what runs is done,
    /// asks the model nothing, and leaves the page as it was.
    pub async fn self_test(&self) -> Result<PageReport, Failure> {
        self.named(self.order(Order::SelfTest).await.unwrap_or_else(|| Err(closed())))
    }

    /// What the last [`Studio::self_test`] found.
    pub fn page_report(&self) -> Option<Arc<PageReport>> {
        self.inner.shared.report()
    }

    /// Which selectors are in force. Reads the file again, if it has changed.
    pub fn pack(&self) -> PackStatus {
        self.inner.shared.pack.status()
    }

    /// The session of the account, read off its page, which is opened for it. Fails unless the page shows its editor.
    pub async fn session(&self) -> Result<Session, Failure> {
        self.named(self.order(Order::Session).await.unwrap_or_else(|| Err(closed())))
    }

    /// From now on the session is given to `keeper` in regular intervals, after some answers and before the browser
    /// is closed. When the browser has lost it, the last good one is tried once before the account counts as signed
    /// out. Only the first keeper counts.
    pub fn keep_with(&self, keeper: Arc<dyn SessionKeeper>) {
        self.inner.shared.keep_with(keeper);
    }

    /// Ends what is running and closes the browser. Resolves when it is gone.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.tasks.wait().await;
    }

    /// The failure with the account's name in the command that mends it.
    fn named<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        outcome.map_err(|mut failure| {
            let command = format!("account add {}", self.name());
            failure.message = failure.message.replace("account add NAME", &command);
            failure
        })
    }

    async fn order<T>(&self, order: impl FnOnce(oneshot::Sender<T>) -> Order) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.inner.orders.send(order(reply)).ok()?;
        answer.await.ok()
    }
}

impl Inner {
    /// Every tab, that of the browser's owner first.
    fn tabs(&self) -> impl Iterator<Item = (&mpsc::UnboundedSender<Order>, &Shared)> {
        let others = self.guests.iter().map(|guest| (&guest.orders, &guest.shared));
        std::iter::once((&self.orders, &self.shared)).chain(others)
    }

    /// The tab for a request: a free one that holds its conversation, else a free one, else the one with the fewest
    /// requests.
    fn tab_for(&self, request: &Request) -> (&mpsc::UnboundedSender<Order>, &Shared) {
        let own = (&self.orders, &self.shared);
        if self.guests.is_empty() {
            return own;
        }
        let wish = |shared: &Shared| {
            (shared.pending(), !(shared.pending() == 0 && shared.goes_on(&request.model, request)))
        };
        self.tabs().min_by_key(|(_, shared)| wish(shared)).unwrap_or(own)
    }
}

impl fmt::Debug for Studio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Studio").field("name", &self.inner.name).field("state", &self.state()).finish()
    }
}

fn no_models() -> Failure {
    Failure::new(FailureKind::PageChanged, "AI Studio's page did not ask for its models")
}

fn closed() -> Failure {
    Failure::new(FailureKind::Unavailable, "This account was taken out of service")
}
