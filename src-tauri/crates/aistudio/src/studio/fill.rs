//! From any state of browser and page to a filled form.

use std::sync::Arc;
use std::time::Duration;

use postern_browser::{Browser, BrowserError, Options, Profile};
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind, Step};
use tokio::time::Instant;

use super::ladder::{Rung, Stuck};
use super::limits;
use super::serve::Job;
use super::tab::{Loaded, Tab, Vessel, failure_of};
use super::worker::Worker;
use crate::page::{PageState, Prepared, Problem, Settings, Settled, Thinking, Wanted, asked};
use crate::prompt::{Conversation, Plan};
use crate::wire::Model;

/// How often a page may go elsewhere while it loads.
const MOVES: u32 = 5;

/// A form that waits for Run.
#[derive(Debug)]
pub(super) struct Filled {
    /// Whether the chat was empty before.
    pub(super) fresh: bool,
    /// How many turns the chat had before.
    pub(super) turns: usize,
    /// What the model may be called.
    pub(super) names: Vec<String>,
    pub(super) prompt: String,
    pub(super) settings: Settings,
    pub(super) thinking: Option<Thinking>,
    pub(super) system_in_box: bool,
    pub(super) prompt_css: Option<String>,
    pub(super) warnings: Vec<String>,
}

impl Worker {
    /// Fills the form, climbing the ladder until it works or the ladder ends.
    pub(super) async fn fill(&mut self, job: &Job, talk: &Conversation) -> Result<Filled, Failure> {
        loop {
            let failure = match self.try_fill(job, talk).await {
                Ok(filled) => return Ok(filled),
                Err(Stuck::Final(failure)) => return Err(failure),
                Err(Stuck::Climb(failure)) => failure,
            };
            match self.rung.against(&failure) {
                Some(next) => {
                    tracing::info!(account = %self.config.name, why = %failure, ?next, "recovering");
                    self.rung = next;
                }
                None => return Err(failure),
            }
        }
    }

    async fn try_fill(&mut self, job: &Job, talk: &Conversation) -> Result<Filled, Stuck> {
        let model = job.request.model.as_str();
        if self.take_berth().await {
            job.step(Step::Turn);
        }
        self.go_aboard().await?;
        self.open_browser().await?;
        job.step(Step::Browser);
        self.open_page(model).await?;
        job.step(Step::Page);
        let known = self.model_known(model).await?;
        let names = names_of(model, known.as_ref());
        let held = self.shared.held().filter(|held| held.model == model);
        let plan = talk.plan(held.as_ref().map(|held| &held.conversation));
        // Whatever happens from here on, the page no longer holds exactly that.
        self.shared.hold(None);
        let (fresh, prompt) = match plan {
            Plan::Continue { new_turn } => (false, new_turn),
            Plan::Fresh { prompt } => (true, prompt),
        };
        let tab = self.tab.as_ref().ok_or_else(gone)?;
        let loaded = tab.loaded.as_ref().ok_or_else(gone)?;
        let settings = Settings::new(&job.request.sampling, known.as_ref(), loaded.initial.as_ref());
        let restored = loaded.initial.as_ref().and_then(|initial| initial.thinking());
        let thinking = job.request.effort.map(Thinking::of).or(restored);
        let wanted = Wanted {
            fresh,
            temporary: self.config.temporary_chat,
            untouched: loaded.initial.is_none(),
            names: &names,
            model_deadline: if self.rung > Rung::Stay { limits::MODEL_SHOWN } else { limits::MODEL_KEPT },
            system: &talk.system,
            system_known: loaded.system.as_deref() == Some(talk.system.as_str()),
            temperature: settings.temperature,
            top_p: settings.top_p,
            max_tokens: settings.max_tokens,
            stop: &job.request.sampling.stop,
            thinking,
            levels: loaded.levels.as_deref(),
            asked: asked(&job.request),
            prompt: &prompt,
        };
        let prepared = self.prepare(model, &wanted).await?;
        self.note(model, &prepared, &talk.system);
        job.step(Step::Form);
        Ok(Filled {
            fresh,
            turns: prepared.turns,
            names,
            settings,
            thinking,
            system_in_box: prepared.system_in_box,
            prompt_css: prepared.prompt_css,
            warnings: prepared.warnings,
            prompt,
        })
    }

    /// Fills the form once; where the page opened with another model, the other ways to choose it are tried.
    async fn prepare(&self, model: &str, wanted: &Wanted<'_>) -> Result<Prepared, Stuck> {
        let tab = self.tab.as_ref().ok_or_else(gone)?;
        let mut prepared = tab.site.prepare(wanted).await.map_err(climb)?;
        if prepared.problem == Some(Problem::Model) && self.rung > Rung::Stay {
            tab.site.prefer(&self.id_of(model)).await.map_err(climb)?;
            self.load(tab, model).await?;
            prepared = tab.site.prepare(wanted).await.map_err(climb)?;
            if prepared.problem == Some(Problem::Model) && tab.site.pick(wanted.names).await.map_err(climb)? {
                prepared = tab.site.prepare(wanted).await.map_err(climb)?;
            }
        }
        self.verdict(model, prepared).await
    }

    async fn verdict(&self, model: &str, prepared: Prepared) -> Result<Prepared, Stuck> {
        if let Some(failure) = prepared.seen.failure() {
            return Err(self.stuck(prepared.seen.state, failure));
        }
        if prepared.seen.state == PageState::Generating {
            if let Some(tab) = &self.tab {
                let _ = tab.site.stop(false, limits::STOP).await;
            }
            let text = "AI Studio's page was still writing an answer and could not be stopped";
            return Err(Stuck::Climb(Failure::new(FailureKind::Timeout, text)));
        }
        let Some(problem) = prepared.problem else { return Ok(prepared) };
        let text = match problem {
            Problem::NotFresh => "AI Studio's page did not begin a new chat".to_owned(),
            Problem::Model => {
                let shown = prepared.model.as_deref().unwrap_or("none");
                format!("AI Studio's page did not open the model {model}; it shows {shown}")
            }
            Problem::NoPrompt => "AI Studio's prompt box did not take the prompt".to_owned(),
            Problem::NoRun => "AI Studio's page has no Run button where Postern looks for it".to_owned(),
            Problem::RunDisabled => "AI Studio's Run button stayed disabled".to_owned(),
        };
        Err(Stuck::Climb(Failure::new(FailureKind::PageChanged, text)))
    }

    /// Brings a browser up; a fresh one where the current rung asks for it.
    pub(super) async fn open_browser(&mut self) -> Result<(), Stuck> {
        let dead = self.tab.as_ref().is_some_and(|tab| !tab.browser.is_alive());
        if dead {
            // Whoever closes the window wants none.
            self.window = None;
        }
        if dead || self.rung == Rung::Browser {
            self.end_browser().await;
        }
        if self.tab.is_none() {
            self.start_browser().await?;
        }
        Ok(())
    }

    /// Brings the editor up in the running browser, as far as the current rung asks for.
    pub(super) async fn open_page(&mut self, model: &str) -> Result<(), Stuck> {
        let tab = self.tab.as_mut().ok_or_else(gone)?;
        if self.rung == Rung::Tab {
            tab.renew(&self.shared.models).await.map_err(climb)?;
        }
        // A page that was opened without a wish may show the right model; filling the form finds out.
        let fits = |loaded: &Loaded| loaded.model == model || loaded.model.is_empty();
        let open = tab.loaded.as_ref().is_some_and(fits);
        if open && self.rung == Rung::Stay {
            return Ok(());
        }
        // Only a page that was just loaded may be given its model in other ways than by its address.
        self.rung = self.rung.max(Rung::Load);
        self.shared.hold(None);
        tab.loaded = None;
        let tab = self.tab.as_ref().ok_or_else(gone)?;
        let mut outcome = self.load(tab, model).await;
        if signed_out(&outcome) && self.bring_session_back().await {
            let tab = self.tab.as_ref().ok_or_else(gone)?;
            outcome = self.load(tab, model).await;
        }
        let tab = self.tab.as_mut().ok_or_else(gone)?;
        tab.warm = true;
        outcome?;
        tab.loaded = Some(Loaded::new(model));
        tab.running = false;
        self.keeping.let_in();
        Ok(())
    }

    async fn load(&self, tab: &Tab, model: &str) -> Result<(), Stuck> {
        let address = self.address(&self.id_of(model));
        match self.load_once(tab, &address).await {
            // A network that changes just now breaks one navigation only.
            Err(Stuck::Final(failure)) if failure.kind == FailureKind::Unavailable => {
                self.load_once(tab, &address).await
            }
            other => other,
        }
    }

    async fn load_once(&self, tab: &Tab, address: &str) -> Result<(), Stuck> {
        match tab.site.page().goto(address).await {
            Err(error @ BrowserError::Navigation(_)) => return Err(Stuck::Final(failure_of(&error))),
            // A slow page may still become usable; the next step waits for that.
            Err(BrowserError::Timeout(_)) | Ok(()) => {}
            Err(error) => return Err(climb(error)),
        }
        let known = self.shared.identity().is_some();
        let patience = if known { Duration::ZERO } else { limits::OWNER };
        let Settled { seen, owner } = settled(tab, patience).await.map_err(climb)?;
        self.note_owner(owner.as_deref());
        if seen.state == PageState::Ready && owner.is_none() && !tab.warm {
            tracing::warn!(account = %self.config.name, "the page does not show whose account it is");
        }
        match seen.failure() {
            Some(failure) => Err(self.stuck(seen.state, failure)),
            None => Ok(()),
        }
    }

    /// The model's id, where the list is known; an address or a preference is not told by another name.
    fn id_of(&self, model: &str) -> String {
        let list = self.shared.models.borrow();
        let known = list.as_ref().and_then(|list| list.models.iter().find(|known| known.is_called(model)));
        known.map_or(model, |known| &known.id).to_owned()
    }

    fn address(&self, model: &str) -> String {
        let base = self.config.url.trim_end_matches('/');
        let mut query = Vec::new();
        if !model.is_empty() {
            query.push(format!("model={}", encoded(model)));
        }
        if self.config.temporary_chat {
            query.push("temporary=true".to_owned());
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{base}{}{mark}{}", self.selectors.urls.new_chat, query.join("&"))
    }

    pub(super) async fn start_browser(&mut self) -> Result<(), Stuck> {
        if !self.part.is_owner() {
            return self.open_lane().await;
        }
        let profile = Profile::open(&self.config.profile_dir).map_err(|error| self.no_browser(&error))?;
        let shown = self.window.is_some();
        let options =
            Options { headless: self.config.browser.headless && !shown, ..self.config.browser.clone() };
        let started = Browser::start(&options, profile).await.map_err(|error| self.no_browser(&error))?;
        let version = started.version();
        let tab = Tab::of(Vessel::Own(Box::new(started)), &self.selectors, &self.shared.models).await;
        self.tab = Some(tab.map_err(|error| self.no_browser(&error))?);
        if shown {
            self.follow_window().await;
        } else {
            self.lend();
        }
        self.shared.set_browser(|browser| {
            browser.running = true;
            browser.shown = shown;
            browser.version = version.or_else(|| browser.version.take());
        });
        Ok(())
    }

    fn stuck(&self, state: PageState, failure: Failure) -> Stuck {
        match state {
            PageState::Loading | PageState::Unknown | PageState::Ready | PageState::Generating => {
                Stuck::Climb(failure)
            }
            PageState::Blocked => {
                self.shared.state.send_replace(State::Blocked { why: failure.message.clone() });
                Stuck::Final(failure)
            }
            PageState::Unreachable
            | PageState::SignIn
            | PageState::Verification
            | PageState::Captcha
            | PageState::RegionBlocked
            | PageState::Restricted => Stuck::Final(failure),
        }
    }

    fn no_browser(&self, error: &BrowserError) -> Stuck {
        let failure = failure_of(error);
        if !matches!(error, BrowserError::ProfileInUse) {
            self.shared.state.send_replace(State::BrowserMissing { why: failure.message.clone() });
        }
        Stuck::Final(failure)
    }

    /// The model as the site lists it; refuses one that the site does not list.
    async fn model_known(&self, model: &str) -> Result<Option<Model>, Stuck> {
        let mut lists = self.shared.models.subscribe();
        // A page that was open before has asked for its models, or never will.
        let patience = if self.rung > Rung::Stay { limits::MODEL_LIST } else { Duration::ZERO };
        let list = tokio::time::timeout(patience, lists.wait_for(Option::is_some)).await;
        let list = list
            .ok()
            .and_then(Result::ok)
            .and_then(|list| list.as_ref().map(|list| Arc::clone(&list.models)));
        let Some(list) = list else {
            tracing::warn!(account = %self.config.name, "the page did not ask for its models");
            return Ok(None);
        };
        match list.iter().find(|known| known.is_called(model)) {
            Some(known) => Ok(Some(known.clone())),
            None => {
                let text = format!("AI Studio offers no model {model} to this account");
                Err(Stuck::Final(Failure::new(FailureKind::UnknownModel, text).param("model")))
            }
        }
    }

    pub(super) fn note_owner(&self, owner: Option<&str>) {
        if let Some(owner) = owner {
            self.shared.identify(owner);
        }
    }

    fn note(&mut self, model: &str, prepared: &Prepared, system: &str) {
        self.note_owner(prepared.owner.as_deref());
        let Some(loaded) = self.tab.as_mut().and_then(|tab| tab.loaded.as_mut()) else { return };
        model.clone_into(&mut loaded.model);
        if loaded.initial.is_none() {
            loaded.initial.clone_from(&prepared.before);
        }
        if prepared.levels.is_some() {
            loaded.levels.clone_from(&prepared.levels);
        }
        loaded.system = prepared.system_in_box.then(|| system.to_owned());
    }
}

/// Waits until the page shows the editor, or that it will not.
pub(super) async fn settled(tab: &Tab, owner: Duration) -> Result<Settled, BrowserError> {
    let end = Instant::now() + if tab.warm { limits::SETTLE } else { limits::FIRST_SETTLE };
    let mut moves = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match tab.site.settle(left.min(limits::SETTLE_SLICE), owner).await {
            Ok(settled) => {
                let undecided = matches!(settled.seen.state, PageState::Loading | PageState::Unknown);
                if !undecided || Instant::now() >= end {
                    return Ok(settled);
                }
            }
            // The page went elsewhere while it was looked at, as on the way to a sign-in and back.
            Err(BrowserError::Script(_) | BrowserError::Driver(_)) if moves < MOVES => moves += 1,
            Err(error) => return Err(error),
        }
    }
}

fn names_of(model: &str, known: Option<&Model>) -> Vec<String> {
    let mut names = vec![model.to_owned(), format!("models/{model}")];
    if let Some(known) = known {
        names.push(known.id.clone());
        names.extend(known.display_name.clone());
        names.extend(known.aliases.iter().cloned());
    }
    names
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn climb(error: BrowserError) -> Stuck {
    Stuck::Climb(failure_of(&error))
}

fn gone() -> Stuck {
    climb(BrowserError::Gone)
}

/// A model's name as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Whether the site wanted a sign-in.
fn signed_out(outcome: &Result<(), Stuck>) -> bool {
    let (Err(Stuck::Final(failure)) | Err(Stuck::Climb(failure))) = outcome else { return false };
    failure.kind == FailureKind::SignInExpired
}
