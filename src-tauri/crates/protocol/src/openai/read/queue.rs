//! Brings what a provider says about several things at once into the order of the house: one thing after the other.

use std::collections::VecDeque;

use serde::de::IgnoredAny;

use crate::chat::{Event, Failure, FailureKind};

/// A piece of a call, as it came.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    /// Its place among the calls of the answer; some leave it out, some say 0 for all.
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// The arguments are the free text of a custom tool.
    pub(super) custom: bool,
}

/// A call as far as it is known.
#[derive(Debug)]
struct Call {
    candidate: u32,
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    custom: bool,
    /// Whether its beginning was told, and of its arguments so many bytes.
    begun: bool,
    told: usize,
    /// Nothing of it can come any more.
    ended: bool,
}

#[derive(Debug)]
enum Item {
    Piece { candidate: u32, event: Event },
    Call(Call),
}

/// What was said and could not be told yet. A call is told as it grows while it is the first here; what is said meanwhile
/// waits until the call is whole.
#[derive(Debug)]
pub(super) struct Queue {
    /// What ids are made of that the provider did not give.
    answer: String,
    items: VecDeque<Item>,
    /// The calls that were told to the end, without their arguments.
    over: Vec<Call>,
    /// The alternative that is being told.
    told: u32,
}

impl Queue {
    pub(super) fn new(answer: &str) -> Self {
        Self { answer: answer.to_owned(), items: VecDeque::new(), over: Vec::new(), told: 0 }
    }

    pub(super) fn piece(&mut self, candidate: u32, event: Event) {
        self.items.push_back(Item::Piece { candidate, event });
    }

    pub(super) fn fragment(&mut self, candidate: u32, fragment: Fragment) {
        let place = self.place(candidate, &fragment);
        let Some(at) = place else {
            if self.is_late(candidate, &fragment) {
                return;
            }
            let Fragment { index, id, name, arguments, custom } = fragment;
            let call =
                Call { candidate, index, id, name, arguments, custom, begun: false, told: 0, ended: false };
            self.items.push_back(Item::Call(call));
            return;
        };
        if let Some(Item::Call(call)) = self.items.get_mut(at) {
            call.arguments += &fragment.arguments;
            if call.name.is_empty() {
                call.name = fragment.name;
            }
            if call.id.is_empty() {
                call.id = fragment.id;
            }
        }
    }

    /// Which of the calls that wait a fragment goes on; `None` for the beginning of a new one.
    fn place(&self, candidate: u32, fragment: &Fragment) -> Option<usize> {
        let own =
            |item: &&Item| matches!(item, Item::Call(call) if call.candidate == candidate && !call.ended);
        let known = |fits: &dyn Fn(&Call) -> bool| {
            let fits = |item: &Item| matches!(item, Item::Call(call) if fits(call)) && own(&item);
            self.items.iter().rposition(fits)
        };
        if !fragment.id.is_empty()
            && let Some(at) = known(&|call| call.id == fragment.id)
        {
            return Some(at);
        }
        let at = match fragment.index {
            Some(index) => known(&|call| call.index == Some(index))?,
            None if fragment.id.is_empty() && fragment.name.is_empty() => known(&|_| true)?,
            None => return None,
        };
        let Some(Item::Call(call)) = self.items.get(at) else { return None };
        let other_id = !fragment.id.is_empty() && !call.id.is_empty();
        // Where all calls have the same place and no id, each brings its name.
        let again = !fragment.name.is_empty() && !call.name.is_empty() && is_whole(&call.arguments);
        (!other_id && !again).then_some(at)
    }

    /// Whether a fragment belongs to a call that was whole without it, or to none.
    fn is_late(&self, candidate: u32, fragment: &Fragment) -> bool {
        let nameless = fragment.name.is_empty() && fragment.id.is_empty();
        let same = |call: &Call| {
            let same_id = !fragment.id.is_empty() && fragment.id == call.id;
            call.candidate == candidate && (same_id || nameless && fragment.index == call.index)
        };
        nameless && fragment.arguments.trim().is_empty() || self.over.iter().any(same)
    }

    /// Nothing more comes from this alternative.
    pub(super) fn end(&mut self, candidate: u32) {
        for item in &mut self.items {
            if let Item::Call(call) = item
                && call.candidate == candidate
            {
                call.ended = true;
            }
        }
    }

    /// What can be told now.
    pub(super) fn drain(&mut self, events: &mut Vec<Event>) -> Result<(), Failure> {
        while let Some(item) = self.items.pop_front() {
            match item {
                Item::Piece { candidate, event } => {
                    self.turn(candidate, events);
                    events.push(event);
                }
                Item::Call(mut call) => {
                    let followed = !self.items.is_empty();
                    let done = call.ended || followed && is_whole(&call.arguments);
                    self.tell(&mut call, done, events)?;
                    if !done {
                        self.items.push_front(Item::Call(call));
                        return Ok(());
                    }
                    self.over.push(Call { arguments: String::new(), ..call });
                }
            }
        }
        Ok(())
    }

    /// Tells as much of a call as is known.
    fn tell(&mut self, call: &mut Call, done: bool, events: &mut Vec<Event>) -> Result<(), Failure> {
        if call.name.is_empty() {
            let message = "The provider calls a function without saying which.";
            return if done { Err(Failure::new(FailureKind::UpstreamError, message)) } else { Ok(()) };
        }
        if !call.begun {
            if call.id.is_empty() {
                call.id = format!("call_{}_{}", self.answer, self.over.len());
            }
            call.begun = true;
            self.turn(call.candidate, events);
            events.push(Event::CallBegun { id: call.id.clone(), name: call.name.clone() });
        }
        if call.custom && done {
            call.arguments = serde_json::json!({ "input": call.arguments }).to_string();
        }
        let text = &call.arguments[call.told..];
        // The free text of a custom tool becomes JSON once it is whole.
        if !text.is_empty() && (!call.custom || done) {
            events.push(Event::Arguments { text: text.to_owned() });
            call.told = call.arguments.len();
        }
        Ok(())
    }

    /// Turns to this alternative.
    pub(super) fn turn(&mut self, candidate: u32, events: &mut Vec<Event>) {
        if self.told != candidate {
            self.told = candidate;
            events.push(Event::Candidate { index: candidate });
        }
    }
}

/// Whether these arguments can be all there are. Some providers begin every call with `{}` and mean nothing by it.
fn is_whole(arguments: &str) -> bool {
    let text = arguments.trim();
    text != "{}" && text.starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
}
