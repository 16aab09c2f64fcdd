//! One answer in which servers run functions: the upstream is asked, its calls are run, and it is asked again with their
//! results, until it calls nothing that a server has.

use std::pin::pin;
use std::sync::Arc;

use async_stream::try_stream;
use futures::future::join_all;
use futures::{Stream, StreamExt};
use postern_protocol::RequestId;
use postern_protocol::chat::{
    Event, Failure, FailureKind, Finish, Message, Part, Request, Role, ToolCall, ToolChoice, Usage,
    WholeCalls,
};
use serde_json::{Map, Value};

use super::Kit;
use super::links::{Link, Links};
use super::past::Past;
use super::plan::Plan;
use crate::alive::{WAITS, for_a_while};
use crate::{Call, Principal, Upstream};

/// Between what the model says before and after a call.
const GAP: &str = "\n\n";

/// The events of the whole answer. Dropping it stops the upstream and the servers.
pub(super) fn work(
    upstream: Arc<dyn Upstream>,
    call: Call,
    kit: Arc<Kit>,
    past: Arc<Past>,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    try_stream! {
        let mut work = {
            let mut beginning = pin!(Work::begin(call, kit, past));
            loop {
                match for_a_while(beginning.as_mut()).await {
                    Some(begun) => break begun?,
                    None => yield WAITS,
                }
            }
        };
        while !work.over {
            let mut events = upstream.chat(work.ask());
            let mut calls = WholeCalls::default();
            while let Some(event) = events.next().await {
                for event in calls.push(event?) {
                    if let Some(event) = work.hear(event) {
                        yield event;
                    }
                }
                if work.round.finish.is_some() {
                    break;
                }
            }
            // Whoever answered is free before anybody is asked again.
            drop(events);
            let told = {
                let mut going = pin!(work.go_on());
                loop {
                    match for_a_while(going.as_mut()).await {
                        Some(told) => break told?,
                        None => yield WAITS,
                    }
                }
            };
            for event in told {
                yield event;
            }
        }
    }
}

struct Work {
    id: RequestId,
    principal: Principal,
    kit: Arc<Kit>,
    past: Arc<Past>,
    plan: Plan,
    /// What is asked next: it grows with every round.
    request: Request,
    /// How many messages the caller's conversation has.
    asked: usize,
    rounds: usize,
    round: Round,
    told: Told,
    over: bool,
}

/// What the upstream said since it was last asked.
#[derive(Default)]
struct Round {
    text: String,
    calls: Vec<ToolCall>,
    usage: Option<Usage>,
    finish: Option<Finish>,
}

/// What the caller was told in all rounds.
#[derive(Default)]
struct Told {
    started: bool,
    warnings: Vec<String>,
    text: bool,
    /// Of the rounds that are over.
    usage: Usage,
}

impl Work {
    async fn begin(call: Call, kit: Arc<Kit>, past: Arc<Past>) -> Result<Self, Failure> {
        let mut request = Request::clone(&call.request);
        past.restore(&mut request.messages);
        let plan = Plan::of(&kit, &mut Links::default(), &mut request).await?;
        Ok(Self {
            id: call.id,
            principal: call.principal,
            asked: request.messages.len(),
            kit,
            past,
            plan,
            request,
            rounds: 0,
            round: Round::default(),
            told: Told::default(),
            over: false,
        })
    }

    fn ask(&self) -> Call {
        Call {
            id: self.id.clone(),
            principal: self.principal.clone(),
            request: Arc::new(self.request.clone()),
        }
    }

    /// What of it the caller is told at once.
    fn hear(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::Started { model, mut warnings } => {
                warnings.append(&mut self.plan.warnings);
                warnings.retain(|warning| !self.told.warnings.contains(warning));
                self.told.warnings.extend_from_slice(&warnings);
                let first = !std::mem::replace(&mut self.told.started, true);
                (first || !warnings.is_empty()).then_some(Event::Started { model, warnings })
            }
            Event::Text { text } => Some(Event::Text { text: self.says(text) }),
            Event::ToolCall(call) => {
                self.round.calls.push(call);
                None
            }
            Event::Usage(usage) => {
                self.round.usage = Some(usage);
                Some(Event::Usage(self.usage()))
            }
            Event::Finished(finish) => {
                self.round.finish = Some(finish);
                None
            }
            // Calls are whole by now.
            Event::CallBegun { .. } | Event::Arguments { .. } => None,
            Event::Step(_)
            | Event::Reasoning { .. }
            | Event::Refusal { .. }
            | Event::Signature(_)
            | Event::Sealed(_)
            | Event::Candidate { .. }
            | Event::CandidateFinished(_)
            | Event::Image { .. }
            | Event::Audio { .. }
            | Event::Citation { .. } => Some(event),
        }
    }

    fn says(&mut self, text: String) -> String {
        let goes_on = self.told.text && self.round.text.is_empty() && !text.is_empty();
        self.told.text |= !text.is_empty();
        self.round.text += &text;
        if goes_on { format!("{GAP}{text}") } else { text }
    }

    /// What all rounds took together.
    fn usage(&self) -> Usage {
        self.told.usage + self.round.usage.unwrap_or_default()
    }

    /// Runs what was called and prepares the next question, or ends the answer. Tells what the caller is told of it.
    async fn go_on(&mut self) -> Result<Vec<Event>, Failure> {
        let Some(finish) = self.round.finish else {
            return Err(Failure::new(FailureKind::Interrupted, "The answer broke off before its end."));
        };
        // Calls of an answer that was cut off may be cut off too.
        let whole = matches!(finish, Finish::Stop | Finish::ToolCalls);
        let runs = whole && self.round.calls.iter().any(|call| self.plan.runner(&call.name).is_some());
        if !runs {
            let calls = std::mem::take(&mut self.round.calls);
            return Ok(self.end(calls, finish));
        }
        if self.rounds == self.kit.config.max_rounds {
            return Err(self.too_many());
        }
        let results = self.run().await;
        Ok(self.settle(results))
    }

    /// The results of the calls, in their order; `None` for those that are the caller's.
    async fn run(&self) -> Vec<Option<String>> {
        let runs = self.round.calls.iter().map(|call| async move {
            match self.plan.runner(&call.name) {
                Some(link) => result(link, &self.id, call).await,
                None => None,
            }
        });
        join_all(runs).await
    }

    /// Goes on with the results; with calls left for the caller, the answer ends with those.
    fn settle(&mut self, results: Vec<Option<String>>) -> Vec<Event> {
        let calls = std::mem::take(&mut self.round.calls);
        let text = std::mem::take(&mut self.round.text);
        let text = (!text.is_empty()).then_some(Part::Text { text });
        let parts = text.into_iter().chain(calls.iter().cloned().map(Part::ToolCall)).collect();
        self.request.messages.push(Message { role: Role::Assistant, name: None, parts });
        let mut left = Vec::new();
        for (call, result) in calls.into_iter().zip(results) {
            match result {
                Some(text) => {
                    let result = Part::ToolResult { call_id: call.id, text, failed: false };
                    self.request.messages.push(Message { role: Role::Tool, name: None, parts: vec![result] });
                }
                None => left.push(call),
            }
        }
        if !left.is_empty() {
            return self.end(left, Finish::ToolCalls);
        }
        self.told.usage = self.usage();
        self.round = Round::default();
        self.rounds += 1;
        // What had to be called was called.
        if self.request.tool_choice != ToolChoice::Auto {
            self.request.tool_choice = ToolChoice::Auto;
        }
        vec![Event::Usage(self.usage())]
    }

    /// Ends the answer, with calls for the caller if there are any. What the caller will not know when it comes back with
    /// their results is kept.
    fn end(&mut self, calls: Vec<ToolCall>, finish: Finish) -> Vec<Event> {
        self.over = true;
        let untold = self.request.messages.split_off(self.asked);
        if !calls.is_empty() && !untold.is_empty() {
            let untold = self.with_last(untold, &calls);
            self.past.keep(&self.request.messages, &calls, untold);
        }
        let usage = self.usage();
        let usage = (usage != Usage::default()).then_some(Event::Usage(usage));
        calls.into_iter().map(Event::ToolCall).chain(usage).chain([Event::Finished(finish)]).collect()
    }

    /// The rounds before and the last answer, which is among them when some of its calls were run.
    fn with_last(&mut self, mut untold: Vec<Message>, calls: &[ToolCall]) -> Vec<Message> {
        let is_of = |message: &Message| {
            message
                .parts
                .iter()
                .any(|part| matches!(part, Part::ToolCall(call) if Some(call) == calls.first()))
        };
        if !untold.iter().any(is_of) {
            let text = std::mem::take(&mut self.round.text);
            let text = (!text.is_empty()).then_some(Part::Text { text });
            let parts = text.into_iter().chain(calls.iter().cloned().map(Part::ToolCall)).collect();
            untold.push(Message { role: Role::Assistant, name: None, parts });
        }
        untold
    }

    fn too_many(&self) -> Failure {
        let called = self.round.calls.first().map(|call| call.name.as_str()).unwrap_or_default();
        let most = self.kit.config.max_rounds;
        Failure::new(
            FailureKind::UpstreamError,
            format!(
                "The model was given results of MCP servers {most} times, which is the limit (mcp.max_rounds), and calls \
                 `{called}` again. Ask for less at once, or let the server's owner raise the limit."
            ),
        )
    }
}

/// What the model is told about its call; `None` when the server has no such function.
async fn result(link: &Link, request: &RequestId, call: &ToolCall) -> Option<String> {
    let Some(arguments) = arguments(&call.arguments) else {
        return Some(format!(
            "Error: the arguments of `{}` are not a JSON object. Call it again with one.",
            call.name
        ));
    };
    match link.call(request.as_str(), &call.name, arguments).await {
        Ok(text) => text,
        Err(trouble) => Some(trouble.for_model(&call.name)),
    }
}

fn arguments(text: &str) -> Option<Map<String, Value>> {
    if text.trim().is_empty() {
        return Some(Map::new());
    }
    serde_json::from_str(text).ok()
}
