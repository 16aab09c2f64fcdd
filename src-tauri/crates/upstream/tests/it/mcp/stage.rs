//! An upstream that says what it is told to, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use postern_protocol::RequestId;
use postern_protocol::account::Status;
use postern_protocol::chat::{
    Completion, Event, Failure, Finish, Message, Part, Request, Role, Tool, ToolCall, Usage,
};
use postern_upstream::{Call, EventStream, Mcp, ModelCard, Principal, Upstream};
use serde_json::{Value, json};

/// What each question is answered with, and what was asked.
#[derive(Default)]
pub(crate) struct Stage {
    answers: Mutex<VecDeque<Vec<Event>>>,
    /// Once nothing is left.
    always: Option<Vec<Event>>,
    asked: Mutex<Vec<Request>>,
}

impl Stage {
    pub(crate) fn new(answers: impl IntoIterator<Item = Vec<Event>>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() })
    }

    pub(crate) fn always(answer: Vec<Event>) -> Arc<Self> {
        Arc::new(Self { always: Some(answer), ..Self::default() })
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().expect("a lock").clone()
    }

    /// What was asked last.
    pub(crate) fn last(&self) -> Request {
        self.asked().pop().expect("asked")
    }
}

impl Upstream for Stage {
    fn name(&self) -> &'static str {
        "stage"
    }

    fn lanes(&self) -> Option<usize> {
        Some(3)
    }

    fn accounts(&self) -> Vec<Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        async { Ok(vec![ModelCard { id: "m".to_owned(), ..ModelCard::default() }]) }.boxed()
    }

    fn ignores(&self, _: &Request) -> Vec<&'static str> {
        vec!["seed"]
    }

    fn chat(&self, call: Call) -> EventStream {
        self.asked.lock().expect("a lock").push(Request::clone(&call.request));
        let next = self.answers.lock().expect("a lock").pop_front().or_else(|| self.always.clone());
        let started = Event::Started { model: "m".to_owned(), warnings: vec!["of the stage".to_owned()] };
        let answer = next.expect("asked too often");
        stream::iter(std::iter::once(started).chain(answer)).map(Ok).boxed()
    }
}

/// An answer of text.
pub(crate) fn says(text: &str) -> Vec<Event> {
    vec![Event::Text { text: text.to_owned() }, usage(), Event::Finished(Finish::Stop)]
}

/// An answer that calls functions, by id, name and arguments.
pub(crate) fn calls(calls: &[(&str, &str, Value)]) -> Vec<Event> {
    let call = |(id, name, arguments): &(&str, &str, Value)| Event::ToolCall(called(id, name, arguments));
    calls.iter().map(call).chain([usage(), Event::Finished(Finish::ToolCalls)]).collect()
}

pub(crate) fn called(id: &str, name: &str, arguments: &Value) -> ToolCall {
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_string() }
}

/// What every answer took.
pub(crate) fn usage() -> Event {
    Event::Usage(Usage { prompt: 10, completion: 3, cached: 2, reasoning: 1 })
}

/// A request with these functions.
pub(crate) fn asking(functions: &[&str]) -> Request {
    let tool = |name: &&str| Tool {
        name: (*name).to_owned(),
        parameters: Some(json!({ "type": "object" })),
        ..Tool::default()
    };
    Request {
        model: "m".to_owned(),
        messages: vec![Message::text(Role::User, "How is the weather?")],
        tools: functions.iter().map(tool).collect(),
        ..Request::default()
    }
}

/// The whole answer, or why there is none.
pub(crate) async fn answer(mcp: &Mcp, stage: &Arc<Stage>, request: Request) -> Result<Completion, Failure> {
    let mut events = events(mcp, stage, request);
    let mut completion = Completion::default();
    while let Some(event) = events.next().await {
        completion.push(event?);
    }
    Ok(completion)
}

pub(crate) fn events(mcp: &Mcp, stage: &Arc<Stage>, request: Request) -> EventStream {
    let upstream = mcp.over(Arc::<Stage>::clone(stage));
    upstream.chat(Call {
        id: RequestId::new("r1"),
        principal: Principal::Anonymous,
        request: Arc::new(request),
    })
}

/// The results that the model was given, in order.
pub(crate) fn results(request: &Request) -> Vec<(&str, &str)> {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    parts
        .filter_map(|part| match part {
            Part::ToolResult { call_id, text, .. } => Some((call_id.as_str(), text.as_str())),
            _ => None,
        })
        .collect()
}
