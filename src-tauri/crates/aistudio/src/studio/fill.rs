//! From any state of browser and page to a filled form.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use postern_browser::Handle;
use postern_protocol::chat::{Failure, FailureKind, Request, Step, ToolMode};

use super::ladder::{Rung, Stuck};
use super::limits;
use super::open::{climb, gone};
use super::serve::Job;
use super::tab::Loaded;
use super::worker::Worker;
use crate::functions::{Offer, Shape};
use crate::page::{
    BoxedResult, Controls, Functions, Kept, Meets, PageState, Prepared, Problem, Settings, Shown, Structured,
    Thinking, Wanted, Wish, asked,
};
use crate::prompt::{CallResult, Conversation, Held, Plan};
use crate::tools::{Tool, Tools};
use crate::wire::Model;

/// A form that waits for Run.
#[derive(Debug)]
pub(super) struct Filled {
    /// Whether the chat was empty before.
    pub(super) fresh: bool,
    /// How many turns the chat had before.
    pub(super) turns: usize,
    /// The chat shows calls as text.
    pub(super) written: bool,
    /// What the model may be called.
    pub(super) names: Vec<String>,
    pub(super) prompt: String,
    /// The system instructions as they were put in.
    pub(super) system: String,
    pub(super) settings: Settings,
    pub(super) thinking: Option<Thinking>,
    /// The thinking level that the page shows; empty where it shows none.
    pub(super) level: String,
    pub(super) controls: Controls,
    /// The way back from the form in the page's editor to the one that was asked for.
    pub(super) shape: Shape,
    /// What the switches of tools show; `None` for one that is not there, or that nothing switches off.
    pub(super) tools_shown: BTreeMap<Tool, Option<bool>>,
    pub(super) system_in_box: bool,
    /// The prompt box, where there is a prompt in it.
    pub(super) prompt_box: Option<Handle>,
    /// The Run button.
    pub(super) run: Option<Handle>,
    /// What came of offering functions.
    pub(super) functions: Functions,
    /// The functions that are offered, as the page calls them.
    pub(super) offered: Vec<String>,
    /// The page has no boxes for the results of calls.
    pub(super) no_boxes: bool,
    /// How many files go with the prompt.
    pub(super) files: usize,
    /// How many results of calls are in their boxes.
    pub(super) results: usize,
    pub(super) warnings: Vec<String>,
}

impl Worker {
    /// Fills the form, climbing the ladder until it works or the ladder ends.
    pub(super) async fn fill(
        &mut self,
        job: &Job,
        talk: &Conversation,
        offer: &Offer,
    ) -> Result<Filled, Failure> {
        self.refuse_early(&job.request, offer)?;
        loop {
            let failure = match self.try_fill(job, talk, offer).await {
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

    /// What cannot be had anyway is refused before anything is opened for it.
    fn refuse_early(&self, request: &Request, offer: &Offer) -> Result<(), Failure> {
        let listed = self.shared.models.borrow();
        let model =
            listed.as_ref().and_then(|list| list.models.iter().find(|one| one.is_called(&request.model)));
        let meets = Meets {
            model,
            defaults: self.config.tools,
            functions: offer.declarations().is_some(),
            described: offer.mode() == Some(ToolMode::Emulated),
            initial: None,
            kept: &Kept::default(),
        };
        Wish::of(request, meets).map(drop)
    }

    async fn try_fill(&mut self, job: &Job, talk: &Conversation, offer: &Offer) -> Result<Filled, Stuck> {
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
        let mut held = self.shared.held().filter(|held| held.model == model);
        // Whatever happens from here on, the page no longer holds exactly that.
        self.shared.hold(None);
        let names = names_of(model, known.as_ref());
        let mut form = Form::new(&job.request, names, known, offer);
        let (staged, mut filled) = loop {
            let boxless = self.loaded().is_some_and(|loaded| loaded.no_boxes);
            form.follow(plan(talk, &mut held, offer.mode(), boxless));
            let goes_on = held.as_ref().filter(|_| !form.fresh);
            let from = goes_on.map_or(0, |held| held.conversation.turns.len());
            let staged = job.files.take(&talk.files_from(from)).await.map_err(Stuck::Final)?;
            let filled = self.fill_form(&form, talk).await?;
            if !filled.no_boxes {
                break (staged, filled);
            }
            // A fresh chat is told of the results in words.
            held = None;
        };
        // A form without its functions is not sent, and its files would have to be given again.
        if filled.functions.failure().is_none() {
            self.attach(&staged).await?;
        }
        filled.files = staged.len();
        filled.written = held.filter(|_| !form.fresh).map_or_else(|| talk.has_calls(), |held| held.written);
        filled.warnings.extend(staged.iter().filter_map(|file| file.warning.clone()));
        job.step(Step::Form);
        Ok(filled)
    }

    /// Fills the form of an open page; where the page has no editor for the form of the answer, a second time with
    /// words for it.
    async fn fill_form(&mut self, form: &Form<'_>, talk: &Conversation) -> Result<Filled, Stuck> {
        let loaded = self.loaded().ok_or_else(gone)?;
        let (initial, kept) = (loaded.initial.clone(), loaded.kept.for_chat(form.fresh));
        let meets = Meets {
            model: form.known.as_ref(),
            defaults: self.config.tools,
            functions: form.offer.declarations().is_some(),
            described: form.offer.mode() == Some(ToolMode::Emulated),
            initial: initial.as_ref(),
            kept: &kept,
        };
        let mut wish = Wish::of(form.request, meets).map_err(Stuck::Final)?;
        let own = form.offer.system(&talk.system);
        let mut system = with_words(&own, wish.words.as_deref());
        let mut prepared = self.prepare(form, &wish.controls, &system).await?;
        if prepared.structured == Structured::Missing {
            wish.in_words(&form.request.response_format);
            system = with_words(&own, wish.words.as_deref());
            prepared = self.prepare(form, &wish.controls, &system).await?;
        }
        self.note(form, &prepared, &system);
        let Wish { mut controls, shape, mut warnings, .. } = wish;
        if prepared.safety_before.is_none() {
            // That it could not be set was told.
            controls.safety = None;
        }
        warnings.extend(prepared.warnings);
        let stays_on = self.loaded().map_or_else(Tools::default, |loaded| loaded.stays_on);
        let switches = prepared.tools.into_iter();
        let tools_shown = switches.map(|(tool, on)| (tool, on.filter(|_| !stays_on.has(tool)))).collect();
        Ok(Filled {
            fresh: form.fresh,
            turns: prepared.turns,
            written: false,
            names: form.names.clone(),
            prompt: form.prompt.clone(),
            settings: form.settings(initial.as_ref()),
            thinking: form.thinking(initial.as_ref()),
            system,
            level: prepared.level,
            controls,
            shape,
            tools_shown,
            system_in_box: prepared.system_in_box,
            // Results alone are sent by Run; the keys are for a prompt.
            prompt_box: prepared.prompt.filter(|_| !form.prompt.is_empty()),
            run: prepared.run,
            functions: prepared.functions,
            offered: form.offer.site_names(),
            no_boxes: prepared.problem.is_some_and(Problem::is_about_results),
            files: 0,
            results: form.results.len(),
            warnings,
        })
    }

    /// Fills the form once; where the page opened with another model, the other ways to choose it are tried.
    async fn prepare(
        &mut self,
        form: &Form<'_>,
        controls: &Controls,
        system: &str,
    ) -> Result<Prepared, Stuck> {
        let model = form.request.model.as_str();
        let tab = self.tab.as_ref().ok_or_else(gone)?;
        let loaded = tab.loaded.as_ref().ok_or_else(gone)?;
        let settings = form.settings(loaded.initial.as_ref());
        let wanted = Wanted {
            fresh: form.fresh,
            temporary: self.config.temporary_chat,
            untouched: loaded.initial.is_none(),
            names: &form.names,
            model_deadline: if self.rung > Rung::Stay { limits::MODEL_SHOWN } else { limits::MODEL_KEPT },
            system,
            system_known: loaded.system.as_deref() == Some(system),
            temperature: settings.temperature,
            top_p: settings.top_p,
            max_tokens: settings.max_tokens,
            stop: &form.request.sampling.stop,
            no_stops: loaded.no_stops,
            no_files: loaded.no_files,
            thinking: form.thinking(loaded.initial.as_ref()),
            thoughtless: form
                .known
                .as_ref()
                .is_some_and(|known| known.capabilities.known() && !known.thinks()),
            controls,
            levels: loaded.levels.as_deref(),
            asked: asked(form.request),
            prompt: &form.prompt,
            declarations: form.offer.declarations(),
            declared: loaded.declared.as_deref(),
            results: &form.results,
        };
        let mut prepared = tab.site.prepare(&wanted).await.map_err(climb)?;
        if prepared.problem == Some(Problem::Model) && self.rung > Rung::Stay {
            tab.site.prefer(&self.id_of(model)).await.map_err(climb)?;
            self.load(tab, model).await?;
            prepared = tab.site.prepare(&wanted).await.map_err(climb)?;
            if prepared.problem == Some(Problem::Model) && tab.site.pick(wanted.names).await.map_err(climb)? {
                prepared = tab.site.prepare(&wanted).await.map_err(climb)?;
            }
        }
        // Also of a form that is refused: what was changed for it must not be taken for the page's own.
        self.remember(form, &prepared, controls);
        let prepared = self.verdict(model, prepared).await?;
        match prepared.refusal(controls, model) {
            Some(failure) => Err(Stuck::Final(failure)),
            None => Ok(prepared),
        }
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
        let Some(problem) = prepared.problem.filter(|problem| !problem.is_about_results()) else {
            return Ok(prepared);
        };
        let text = match problem {
            Problem::NotFresh => "AI Studio's page did not begin a new chat".to_owned(),
            Problem::Model => {
                let shown = prepared.model.as_deref().unwrap_or("none");
                format!("AI Studio's page did not open the model {model}; it shows {shown}")
            }
            Problem::NoPrompt => "AI Studio's prompt box did not take the prompt".to_owned(),
            Problem::NoRun => "AI Studio's page has no Run button where Postern looks for it".to_owned(),
            Problem::NoBoxes | Problem::NoResults => "AI Studio's page takes no results of calls".to_owned(),
            Problem::RunDisabled => "AI Studio's Run button stayed disabled".to_owned(),
        };
        Err(Stuck::Climb(Failure::new(FailureKind::PageChanged, text)))
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

    fn loaded(&self) -> Option<&Loaded> {
        self.tab.as_ref()?.loaded.as_ref()
    }

    /// What the page showed at first, and what is otherwise now.
    fn remember(&mut self, form: &Form<'_>, prepared: &Prepared, controls: &Controls) {
        let Some(loaded) = self.tab.as_mut().and_then(|tab| tab.loaded.as_mut()) else { return };
        if loaded.initial.is_none() && prepared.before.is_some() {
            loaded.initial.clone_from(&prepared.before);
            let on = |tool| prepared.tools.get(&tool) == Some(&Some(true));
            loaded.stays_on = Tools::of(|tool| on(tool) && !controls.tools.has(tool));
        }
        if prepared.touched {
            loaded.kept.note(form.request, controls, prepared);
            loaded.no_stops = prepared.no_stops;
            loaded.no_files = true;
        }
        loaded.no_boxes |= prepared.problem == Some(Problem::NoBoxes);
        let declared = form.offer.declarations().filter(|_| prepared.functions == Functions::Set);
        loaded.declared = declared.map(str::to_owned);
    }

    fn note(&mut self, form: &Form<'_>, prepared: &Prepared, system: &str) {
        self.note_owner(prepared.owner.as_deref());
        let Some(loaded) = self.tab.as_mut().and_then(|tab| tab.loaded.as_mut()) else { return };
        form.request.model.clone_into(&mut loaded.model);
        if prepared.levels.is_some() {
            loaded.levels.clone_from(&prepared.levels);
        }
        loaded.system = prepared.system_in_box.then(|| system.to_owned());
    }
}

/// What goes into the form whatever the page offers.
struct Form<'a> {
    request: &'a Request,
    /// What the model may be called.
    names: Vec<String>,
    /// The model as the site lists it.
    known: Option<Model>,
    fresh: bool,
    prompt: String,
    /// Results of the calls that the chat ends with.
    results: Vec<BoxedResult>,
    offer: &'a Offer,
}

impl<'a> Form<'a> {
    fn new(request: &'a Request, names: Vec<String>, known: Option<Model>, offer: &'a Offer) -> Self {
        Self { request, names, known, fresh: true, prompt: String::new(), results: Vec::new(), offer }
    }

    fn follow(&mut self, plan: Plan) {
        self.results.clear();
        (self.fresh, self.prompt) = match plan {
            Plan::Continue { new_turn } => (false, new_turn),
            Plan::Fresh { prompt } => (true, prompt),
            Plan::Results { results, new_turn } => {
                let boxed = |result: &CallResult| BoxedResult::of(result, self.offer.site_name(&result.name));
                self.results = results.iter().map(boxed).collect();
                (false, new_turn)
            }
        };
    }

    fn settings(&self, initial: Option<&Shown>) -> Settings {
        Settings::new(&self.request.sampling, self.known.as_ref(), initial)
    }

    fn thinking(&self, initial: Option<&Shown>) -> Option<Thinking> {
        self.request.effort.map(Thinking::of).or_else(|| initial.and_then(Shown::thinking))
    }
}

/// How the chat goes on; in one of its own where the page is known to take no results of calls.
fn plan(talk: &Conversation, held: &mut Option<Held>, mode: Option<ToolMode>, boxless: bool) -> Plan {
    let plan = talk.plan(held.as_ref(), mode);
    if boxless && matches!(plan, Plan::Results { .. }) {
        *held = None;
        return talk.plan(None, mode);
    }
    plan
}

fn with_words(system: &str, words: Option<&str>) -> String {
    let texts = [Some(system), words].into_iter().flatten().filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n\n")
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

#[cfg(test)]
mod tests {
    use postern_protocol::chat::{Message, Part, Role, ToolCall};

    use super::*;

    #[test]
    fn a_page_without_boxes_is_told_of_results_in_words_at_once() {
        let call = ToolCall { id: "c".into(), name: "now".into(), arguments: "{}".into() };
        let message = |role, part| Message { role, name: None, parts: vec![part] };
        let mut request = Request { messages: vec![Message::text(Role::User, "Hi")], ..Request::default() };
        let conversation = Conversation::of(&request).unwrap().answered("", vec![call.clone()]);
        let mode = Some(ToolMode::Native);
        let holding = Held { model: "m".into(), conversation, mode, written: false };
        request.messages.push(message(Role::Assistant, Part::ToolCall(call)));
        let result = Part::ToolResult { call_id: "c".into(), text: "noon".into(), failed: false };
        request.messages.push(message(Role::Tool, result));
        let talk = Conversation::of(&request).unwrap();
        for (boxless, in_place) in [(false, true), (true, false)] {
            let mut held = Some(holding.clone());
            let plan = plan(&talk, &mut held, mode, boxless);
            assert_eq!((matches!(plan, Plan::Results { .. }), held.is_some()), (in_place, in_place));
            assert_eq!(matches!(plan, Plan::Fresh { .. }), !in_place, "{plan:?}");
        }
    }
}
