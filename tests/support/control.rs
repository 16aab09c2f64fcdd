use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use serde_json::Value;

use crate::answer::Makes;
use crate::files::{Upload, UploadCourse};
use crate::layout::Layout;
use crate::models::{Model, default_models};
use crate::people::{People, Who};
use crate::record::{Moment, Outcome, Record, Sent};
use crate::scenario::{Misbehaviour, Scenario};
use crate::watched::Watched;

mod people;

/// The handle of a running stand-in. Clones share it.
#[derive(Clone)]
pub struct Control(Watched<State>);

#[derive(Default)]
struct State {
    scenario: Scenario,
    /// Towards single accounts, by their addresses.
    scenarios: HashMap<String, Scenario>,
    people: People,
    layout: Layout,
    models: Vec<Model>,
    records: Vec<Record>,
    next_record: u64,
    next_upload: u64,
    seeds: HashSet<String>,
    refused_seeds: HashSet<String>,
    tokens: HashSet<String>,
    gates: HashMap<String, u32>,
    visits: VecDeque<String>,
    chats: Vec<SavedChat>,
    uploads: Vec<Upload>,
}

/// A chat that the page saved.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct SavedChat {
    /// The last segment of its address.
    pub id: String,
    /// Its turns as the page sent them.
    pub turns: Value,
}

/// What a request is answered with, decided when it arrives.
pub(crate) struct Course {
    pub(crate) scenario: Scenario,
    pub(crate) thinks: bool,
    pub(crate) makes: Makes,
}

impl Control {
    pub(crate) fn new() -> Self {
        Self(Watched::new(State { models: default_models(), ..State::default() }))
    }

    /// Behaves like this from the next request on.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.0.change(|state| state.scenario = scenario);
    }

    /// Looks like this from the next page load on.
    pub fn set_layout(&self, layout: Layout) {
        self.0.change(|state| state.layout = layout);
    }

    /// Lists these models from the next page load on.
    pub fn set_models(&self, models: Vec<Model>) {
        self.0.change(|state| state.models = models);
    }

    /// Lets one answer pass the gate of this name, now or when it comes there.
    pub fn open_gate(&self, name: &str) {
        self.0.change(|state| *state.gates.entry(name.to_owned()).or_default() += 1);
    }

    /// All requests for an answer so far.
    pub fn records(&self) -> Vec<Record> {
        self.0.now().records.clone()
    }

    /// Addresses of the pages that were loaded so far, redirected ones included.
    pub fn visits(&self) -> Vec<String> {
        self.0.now().visits.iter().cloned().collect()
    }

    /// Chats that the page saved.
    pub fn saved_chats(&self) -> Vec<SavedChat> {
        self.0.now().chats.clone()
    }

    /// Files that the page uploaded, in order.
    pub fn uploads(&self) -> Vec<Upload> {
        self.0.now().uploads.clone()
    }

    /// Forgets records, visits, saved chats, uploads and open gates, and behaves and looks as in the beginning.
    /// Accounts stay, and who is signed in stays so.
    pub fn clear(&self) {
        self.0.change(|state| {
            *state = State {
                models: default_models(),
                people: std::mem::take(&mut state.people),
                seeds: std::mem::take(&mut state.seeds),
                tokens: std::mem::take(&mut state.tokens),
                next_record: state.next_record,
                next_upload: state.next_upload,
                ..State::default()
            };
        });
    }

    /// Forgets the records.
    pub fn clear_records(&self) {
        self.0.change(|state| state.records.clear());
    }

    /// Waits until the records satisfy the predicate. Fails after a minute: the test is lost.
    pub async fn wait_for(&self, predicate: impl Fn(&[Record]) -> bool) -> anyhow::Result<Vec<Record>> {
        let met = |state: &mut State| predicate(&state.records).then(|| state.records.clone());
        self.0.wait(met, |state| state.records.clone()).await
    }

    /// Waits until so many files were uploaded. Fails after a minute.
    pub async fn wait_for_uploads(&self, count: usize) -> anyhow::Result<Vec<Upload>> {
        let met = |state: &mut State| (state.uploads.len() >= count).then(|| state.uploads.clone());
        self.0.wait(met, |state| state.uploads.clone()).await
    }

    pub(crate) async fn pass_gate(&self, name: &str) {
        self.0
            .until(|state| {
                let open = state.gates.get_mut(name).filter(|open| **open > 0)?;
                *open -= 1;
                Some(())
            })
            .await;
    }

    pub(crate) fn layout(&self) -> Layout {
        self.0.now().layout.clone()
    }

    /// What the site lists for this visitor.
    pub(crate) fn models(&self, who: &Who) -> Vec<Model> {
        let state = self.0.now();
        let account = who.email().and_then(|email| state.people.account(email));
        let offered = |model: &&Model| account.is_none_or(|account| account.may_use(model));
        state.models.iter().filter(offered).cloned().collect()
    }

    /// What stands in the way of a page load, used up by it.
    pub(crate) fn visit(&self, who: &Who, address: &str) -> Misbehaviour {
        self.0.change(|state| {
            state.visits.push_back(address.to_owned());
            let misbehaviour = state.scenario(who).misbehaviour;
            if *who == Who::Nobody || !misbehaviour.guards_the_page() {
                return Misbehaviour::None;
            }
            state.use_scenario(who);
            misbehaviour
        })
    }

    /// What kept this visitor out does so no longer.
    pub(crate) fn sign_in(&self, who: &Who) {
        self.0.change(|state| {
            if state.scenario(who).misbehaviour.guards_the_page() {
                state.end_scenario(who);
            }
        });
    }

    pub(crate) fn signed_in(&self, who: &Who) -> bool {
        let misbehaviour = self.0.change(|state| state.scenario(who).misbehaviour);
        *who != Who::Nobody
            && !matches!(misbehaviour, Misbehaviour::ExpiredSession | Misbehaviour::Verification)
    }

    /// Whether a page may have what it makes its tokens from; a refusal is used up by it.
    pub(crate) fn attests(&self, who: &Who) -> bool {
        self.0.change(|state| {
            let refused = state.scenario(who).misbehaviour == Misbehaviour::Unattested;
            if refused {
                state.use_scenario(who);
            }
            !refused
        })
    }

    /// How a request for an answer is met, used up by it. A page that was refused once is refused
    /// until it is loaded again, when it gets another seed.
    pub(crate) fn course(&self, who: &Who, model: &str, seed: &str) -> Course {
        self.0.change(|state| {
            let known = state.models.iter().find(|known| known.id == model);
            let thinks = known.is_some_and(Model::thinks);
            let makes = known.map(Model::makes).unwrap_or_default();
            let course = |scenario| Course { scenario, thinks, makes };
            if state.refused_seeds.contains(seed) {
                return course(Scenario::misbehaving(Misbehaviour::Refused));
            }
            if !state.scenario(who).concerns(model) {
                return course(Scenario::default());
            }
            let answer = state.scenario(who).answer.take();
            let scenario = Scenario { answer, ..state.use_scenario(who) };
            if scenario.misbehaviour == Misbehaviour::Refused {
                state.refused_seeds.insert(seed.to_owned());
            }
            course(scenario)
        })
    }

    pub(crate) fn upload_course(&self, who: &Who) -> UploadCourse {
        self.0.change(|state| state.scenario(who).upload.clone())
    }

    /// Keeps a file under a new id, which it returns.
    pub(crate) fn add_upload(&self, upload: impl FnOnce(String) -> Upload) -> String {
        self.0.change(|state| {
            let id = format!("standin-file-{}", state.next_upload);
            state.next_upload += 1;
            state.uploads.push(upload(id.clone()));
            id
        })
    }

    pub(crate) fn add_record(&self, mut record: Record) -> u64 {
        self.0.change(|state| {
            record.id = state.next_record;
            state.next_record += 1;
            let id = record.id;
            state.records.push(record);
            id
        })
    }

    pub(crate) fn note_sent(&self, id: u64, sent: Sent) {
        self.change_record(id, |record| record.sent.push(sent));
    }

    pub(crate) fn end_record(&self, id: u64, outcome: Outcome) {
        self.change_record(id, |record| {
            record.outcome = outcome;
            record.ended = Some(Moment::now());
        });
    }

    /// Stop was pressed: belongs to the last request that was sent from the page.
    pub(crate) fn note_stop(&self, pressed: f64, run_pressed: f64) {
        let Some(run) = Moment::of_page_clock(run_pressed) else { return };
        self.0.change(|state| {
            let distance = |record: &Record| {
                record.run_pressed.map_or(Duration::MAX, |pressed| {
                    pressed.0.max(run.0).saturating_duration_since(pressed.0.min(run.0))
                })
            };
            if let Some(record) = state.records.iter_mut().min_by_key(|record| distance(record)) {
                record.stop_pressed = Moment::of_page_clock(pressed);
            }
        });
    }

    /// A seed from which a page makes its tokens.
    pub(crate) fn add_seed(&self, seed: &str) {
        self.0.change(|state| state.seeds.insert(seed.to_owned()));
    }

    /// Whether the token's seed was given out here and the token was never used before.
    pub(crate) fn use_token(&self, token: &str, seed: &str) -> bool {
        self.0.change(|state| state.seeds.contains(seed) && state.tokens.insert(token.to_owned()))
    }

    pub(crate) fn save_chat(&self, id: Option<&str>, turns: Value) -> String {
        self.0.change(|state| {
            if let Some(chat) = state.chats.iter_mut().find(|chat| Some(chat.id.as_str()) == id) {
                chat.turns = turns;
                return chat.id.clone();
            }
            let id = format!("1standin{:04}", state.chats.len() + 1);
            state.chats.push(SavedChat { id: id.clone(), turns });
            id
        })
    }

    fn change_record(&self, id: u64, change: impl FnOnce(&mut Record)) {
        self.0.change(|state| {
            if let Some(record) = state.records.iter_mut().find(|record| record.id == id) {
                change(record);
            }
        });
    }
}

impl State {
    /// The one that is in force: an account's own before the one for all.
    fn scenario(&mut self, who: &Who) -> &mut Scenario {
        match who.email() {
            Some(email) => self.scenarios.get_mut(email).unwrap_or(&mut self.scenario),
            None => &mut self.scenario,
        }
    }

    fn use_scenario(&mut self, who: &Who) -> Scenario {
        let scenario = self.scenario(who).clone();
        if let Some(times) = &mut self.scenario(who).times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.end_scenario(who);
            }
        }
        scenario
    }

    fn end_scenario(&mut self, who: &Who) {
        if who.email().and_then(|email| self.scenarios.remove(email)).is_none() {
            self.scenario = Scenario::default();
        }
    }
}
