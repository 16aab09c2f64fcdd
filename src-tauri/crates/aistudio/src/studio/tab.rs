//! A browser with its tab and what listens to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use futures::FutureExt;
use postern_browser::{Browser, BrowserError, ExchangeId, Lane, NetEvent, Page, Watch};
use postern_protocol::chat::{Failure, FailureKind};

use super::shared::{ModelList, Models};
use crate::page::{Kept, Shown, Site};
use crate::selectors::Selectors;
use crate::tools::Tools;
use crate::wire::{Model, parse_models};

/// What a tab lives in.
pub(super) enum Vessel {
    /// A browser of its own.
    Own(Box<Browser>),
    /// A browser that another worker started.
    Lent(Box<Lane>),
}

impl Vessel {
    pub(super) fn own(&self) -> Result<&Browser, BrowserError> {
        match self {
            Self::Own(browser) => Ok(browser),
            // Whoever asks this asks it of the one that started the browser.
            Self::Lent(_) => Err(BrowserError::Gone),
        }
    }

    fn page(&self) -> Page {
        match self {
            Self::Own(browser) => browser.page(),
            Self::Lent(lane) => lane.page(),
        }
    }

    async fn new_tab(&mut self) -> Result<(), BrowserError> {
        match self {
            Self::Own(browser) => browser.new_tab().await,
            Self::Lent(lane) => lane.new_tab().await,
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        match self {
            Self::Own(browser) => browser.is_alive(),
            Self::Lent(lane) => lane.is_alive(),
        }
    }

    pub(super) async fn exited(&self) {
        match self {
            Self::Own(browser) => browser.exited().await,
            Self::Lent(lane) => lane.exited().await,
        }
    }

    /// Closes the browser, or the tab of one that is lent.
    pub(super) async fn close(self) {
        match self {
            // Dropping the profile lets go of the lock.
            Self::Own(browser) => drop(browser.close().await),
            Self::Lent(lane) => lane.close().await,
        }
    }
}

/// A running browser, its tab, and what is known of the page in it.
pub(super) struct Tab {
    pub(super) browser: Vessel,
    pub(super) site: Site,
    /// The page's requests for answers.
    pub(super) chats: Watch,
    /// The page that was loaded last, if it may still be there.
    pub(super) loaded: Option<Loaded>,
    /// A page was opened in this browser before, so that the next one loads faster.
    pub(super) warm: bool,
    /// Run was pressed and the answer has not ended.
    pub(super) running: bool,
}

/// What is known of a loaded page.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) model: String,
    /// Its settings before anything was changed.
    pub(super) initial: Option<Shown>,
    /// The thinking levels it offers.
    pub(super) levels: Option<Vec<String>>,
    /// The system text it was last given.
    pub(super) system: Option<String>,
    /// The declarations of functions that its editor holds.
    pub(super) declared: Option<String>,
    /// Tools that it shows switched on since it was loaded, though they were to be switched off.
    pub(super) stays_on: Tools,
    /// It has no boxes for the results of calls.
    pub(super) no_boxes: bool,
    /// It holds no stop texts.
    pub(super) no_stops: bool,
    /// It was given no file that may still be in the prompt.
    pub(super) no_files: bool,
    /// What requests changed that is not in sight.
    pub(super) kept: Kept,
}

impl Loaded {
    pub(super) fn new(model: &str) -> Self {
        Self { model: model.to_owned(), ..Self::default() }
    }
}

impl Tab {
    /// Listens to the tab.
    pub(super) async fn of(
        browser: Vessel,
        selectors: &Arc<Selectors>,
        models: &Models,
    ) -> Result<Self, BrowserError> {
        let site = Site::new(browser.page(), Arc::clone(selectors));
        match listen(&site, models).await {
            Ok(chats) => Ok(Self { browser, site, chats, loaded: None, warm: false, running: false }),
            Err(error) => {
                browser.close().await;
                Err(error)
            }
        }
    }

    /// Replaces the tab by a fresh one.
    pub(super) async fn renew(&mut self, models: &Models) -> Result<(), BrowserError> {
        self.loaded = None;
        self.running = false;
        self.browser.new_tab().await?;
        self.site = Site::new(self.browser.page(), Arc::new(self.site.selectors().clone()));
        self.chats = listen(&self.site, models).await?;
        Ok(())
    }

    /// Works with other selectors from now on.
    pub(super) async fn take_up(
        &mut self,
        selectors: &Arc<Selectors>,
        models: &Models,
    ) -> Result<(), BrowserError> {
        let elsewhere = self.site.selectors().network != selectors.network;
        self.site = Site::new(self.browser.page(), Arc::clone(selectors));
        if elsewhere {
            self.chats = listen(&self.site, models).await?;
        }
        Ok(())
    }

    /// Forgets what happened before now.
    pub(super) fn drain(&mut self) {
        while let Some(Some(_)) = self.chats.next().now_or_never() {}
    }
}

async fn listen(site: &Site, models: &Models) -> Result<Watch, BrowserError> {
    let network = &site.selectors().network;
    let lists = site.page().watch(&network.models).await?;
    tokio::spawn(follow_models(lists, models.clone()));
    site.page().watch(&network.generate).await
}

/// Keeps the model list up to date: the page asks for it on every load.
async fn follow_models(mut lists: Watch, models: Models) {
    let mut bodies: HashMap<ExchangeId, Vec<u8>> = HashMap::new();
    while let Some(event) = lists.next().await {
        match event {
            NetEvent::Data { id, bytes } => bodies.entry(id).or_default().extend_from_slice(&bytes),
            NetEvent::Done { id } => {
                let list = bodies.remove(&id).as_deref().and_then(parse_models);
                if let Some(list) = list {
                    let list = ModelList { models: Arc::new(chatting(list)), read_at: SystemTime::now() };
                    models.send_replace(Some(list));
                }
            }
            NetEvent::Broken { id, .. } => drop(bodies.remove(&id)),
            NetEvent::Sent { .. } | NetEvent::Answered { .. } => {}
        }
    }
}

fn chatting(list: Vec<Model>) -> Vec<Model> {
    list.into_iter().filter(Model::chats).collect()
}

/// What a browser failure means to the caller.
pub(super) fn failure_of(error: &BrowserError) -> Failure {
    let kind = match error {
        BrowserError::Find(_)
        | BrowserError::ProfileInUse
        | BrowserError::Profile(_)
        | BrowserError::Start(_)
        | BrowserError::Navigation(_) => FailureKind::Unavailable,
        BrowserError::Gone => FailureKind::Interrupted,
        BrowserError::NoSuchElement(_) | BrowserError::NotInteractable(_) | BrowserError::Script(_) => {
            FailureKind::PageChanged
        }
        BrowserError::Timeout(_) | BrowserError::Dialog(_) => FailureKind::Timeout,
        BrowserError::Elsewhere => FailureKind::BadRequest,
        BrowserError::Driver(_) => FailureKind::UpstreamError,
    };
    let text = match error {
        BrowserError::ProfileInUse => {
            "the account's browser profile is open elsewhere; close that window and try again".to_owned()
        }
        BrowserError::Navigation(why) => format!("AI Studio cannot be reached: {why}"),
        BrowserError::Elsewhere => {
            let text = "this account's browser runs on another machine (browser.webdriver_url), to which pictures and \
                        files cannot be brought; send text, or use an account whose browser runs on this computer";
            text.to_owned()
        }
        other => other.to_string(),
    };
    Failure::new(kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_do_not_chat_are_not_offered() {
        let model = |id: &str, methods: &[&str]| Model {
            id: id.into(),
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            ..Model::default()
        };
        let list = vec![model("a", &["generateContent"]), model("c", &["embedContent"])];
        let ids: Vec<String> = chatting(list).into_iter().map(|model| model.id).collect();
        assert_eq!(ids, ["a"]);
    }
}
