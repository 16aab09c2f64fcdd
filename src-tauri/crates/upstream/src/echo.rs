use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, StreamExt};
use postern_protocol::account;
use postern_protocol::chat::{
    Effort, Event, Failure, Finish, Message, Modality, Part, Request, ResponseFormat, Role, Tool, ToolCall,
    ToolChoice, Usage,
};
use serde_json::{Value, json};

use crate::example::example;
use crate::{Call, EventStream, ModelCard, Upstream};

/// The name under which the product's own models are listed. They always carry it, so that nobody takes
/// one for a provider's.
pub const HOUSE: &str = "postern";

const MODEL: &str = "echo";
const NAME: &str = "postern/echo";
const CALL: &str = "call ";
const THOUGHT: &str = "The last message is to be repeated.";
/// A word longer than this is sent in several pieces.
const PIECE: usize = 16;

/// The built-in model: it needs no account and answers with what it was sent, so that a client can be
/// wired up and tested.
///
/// - The answer is the text of the last user message, or of the tool results that came last.
/// - With `tool_choice` `required` or a named function, or when the message begins with `call `, it calls
///   a tool (the named one, the one whose name follows `call `, else the first) with the least arguments
///   its schema allows; texts among them are the message.
/// - With a `response_format` it answers with JSON of that form.
/// - When an effort is asked for, it thinks one sentence first.
/// - A token is a word with the white space around it, at most 16 characters long. `max_tokens` and the
///   usage count these; they are no provider's tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo;

impl Upstream for Echo {
    fn name(&self) -> &str {
        HOUSE
    }

    fn lanes(&self) -> Option<usize> {
        None
    }

    fn accounts(&self) -> Vec<account::Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = ModelCard {
            id: MODEL.to_owned(),
            display_name: Some("Postern Echo (built-in test model)".to_owned()),
            description: Some(
                "Not a language model: repeats the last message, for trying out a client without an account."
                    .to_owned(),
            ),
            thinking: true,
            ..ModelCard::default()
        };
        async { Ok(vec![card]) }.boxed()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        let sampling = &request.sampling;
        let unused = [
            ("temperature", sampling.temperature.is_some()),
            ("top_p", sampling.top_p.is_some()),
            ("top_k", sampling.top_k.is_some()),
            ("seed", sampling.seed.is_some()),
            ("presence_penalty", sampling.presence_penalty.is_some()),
            ("frequency_penalty", sampling.frequency_penalty.is_some()),
            ("logit_bias", !sampling.logit_bias.is_empty()),
            ("logprobs", sampling.logprobs.is_some_and(|wanted| wanted)),
            ("top_logprobs", sampling.top_logprobs.is_some()),
            ("attachments", !request.attachments.is_empty()),
            ("modalities", request.wishes.modalities.iter().any(|modality| *modality != Modality::Text)),
            ("safety_settings", !request.wishes.safety.is_empty()),
            ("media_resolution", request.wishes.media_resolution.is_some()),
        ];
        unused.into_iter().filter_map(|(name, set)| set.then_some(name)).collect()
    }

    fn chat(&self, call: Call) -> EventStream {
        let request = &call.request;
        let started = Event::Started { model: NAME.to_owned(), warnings: Vec::new() };
        let prompt =
            request.messages.iter().map(|message| pieces(&message.plain_text()).count() as u64).sum();
        let events = match tool_to_call(request) {
            Some(tool) => calling(tool, &call, prompt),
            None => saying(request, prompt),
        };
        stream::iter(std::iter::once(started).chain(events)).map(Ok).boxed()
    }
}

type Events = Box<dyn Iterator<Item = Event> + Send>;

fn calling(tool: &Tool, call: &Call, prompt: u64) -> Events {
    let said = said(&call.request);
    let text = said.strip_prefix(CALL).unwrap_or(&said);
    let arguments = match &tool.parameters {
        Some(schema) => example(schema, text).to_string(),
        None => "{}".to_owned(),
    };
    let usage = Usage { prompt, completion: pieces(&arguments).count() as u64, ..Usage::default() };
    let id = format!("call_{}", call.id);
    let event = Event::ToolCall(ToolCall { id, name: tool.name.clone(), arguments });
    Box::new([event, Event::Usage(usage), Event::Finished(Finish::ToolCalls)].into_iter())
}

/// The tool that the request asks for, if it asks for one.
fn tool_to_call(request: &Request) -> Option<&Tool> {
    let by_name = |name: &str| request.tools.iter().find(|tool| tool.name == name);
    match &request.tool_choice {
        ToolChoice::None => None,
        ToolChoice::Named(name) => by_name(name),
        ToolChoice::Required => request.tools.first(),
        ToolChoice::Auto => {
            let last = request.messages.last().filter(|message| message.role == Role::User)?;
            let text = last.plain_text();
            let wanted = text.strip_prefix(CALL)?.split_whitespace().next().unwrap_or_default();
            by_name(wanted).or(request.tools.first())
        }
    }
}

/// An answer of text, piece by piece.
fn saying(request: &Request, prompt: u64) -> Events {
    let budget =
        request.sampling.max_tokens.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    let thinks = !matches!(request.effort, None | Some(Effort::None | Effort::Budget(0)));
    let thought = cut(if thinks { THOUGHT } else { "" }, budget);
    let reasoning = pieces(thought).count();
    let mut text = until_stop(answer(request), &request.sampling.stop);
    let said = cut(&text, budget - reasoning).len();
    let finish = if said == text.len() { Finish::Stop } else { Finish::Length };
    text.truncate(said);
    let completion = (reasoning + pieces(&text).count()) as u64;
    let usage = Usage { prompt, completion, cached: 0, reasoning: reasoning as u64 };
    let thought = (!thought.is_empty()).then(|| Event::Reasoning { text: thought.to_owned() });
    let mut at = 0;
    let texts = std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let piece = rest.get(..piece_end(rest)).filter(|piece| !piece.is_empty())?;
        at += piece.len();
        Some(Event::Text { text: piece.to_owned() })
    });
    Box::new(thought.into_iter().chain(texts).chain([Event::Usage(usage), Event::Finished(finish)]))
}

/// The text before the first of the stop texts in it.
fn until_stop(mut text: String, stops: &[String]) -> String {
    let stops = stops.iter().filter(|stop| !stop.is_empty());
    if let Some(end) = stops.filter_map(|stop| text.find(stop.as_str())).min() {
        text.truncate(end);
    }
    text
}

/// The first `most` pieces of the text.
fn cut(text: &str, most: usize) -> &str {
    let end = pieces(text).take(most).map(str::len).sum();
    text.get(..end).unwrap_or(text)
}

fn answer(request: &Request) -> String {
    let said = said(request);
    match &request.response_format {
        ResponseFormat::Text => said,
        ResponseFormat::JsonObject => json!({ "echo": said }).to_string(),
        ResponseFormat::JsonSchema { schema, .. } => example(schema, &said).to_string(),
    }
}

/// What is to be repeated.
fn said(request: &Request) -> String {
    let messages = &request.messages;
    if messages.last().is_some_and(|last| last.role == Role::Tool) {
        return results(messages);
    }
    let last_user = messages.iter().rev().find(|message| message.role == Role::User);
    last_user.or(messages.last()).map(repeat).unwrap_or_default()
}

/// The results that end the conversation, one a line.
fn results(messages: &[Message]) -> String {
    let begin = messages.iter().rposition(|message| message.role != Role::Tool).map_or(0, |last| last + 1);
    let parts = messages.iter().skip(begin).flat_map(|message| &message.parts);
    let text = |part: &Part| match part {
        Part::ToolResult { text, .. } | Part::Text { text } => Some(text.clone()),
        _ => None,
    };
    parts.filter_map(text).collect::<Vec<_>>().join("\n")
}

/// The text of a message; of one without text, what else it holds.
fn repeat(message: &Message) -> String {
    let text = message.plain_text();
    if !text.is_empty() {
        return text;
    }
    let kind = |part: &Part| {
        let part = serde_json::to_value(part).ok()?;
        let kind = part.get("type").and_then(Value::as_str).filter(|kind| *kind != "text")?;
        Some(format!("[{kind}]"))
    };
    message.parts.iter().filter_map(kind).collect::<Vec<_>>().join(" ")
}

/// The text in pieces: words with the white space after them, long words cut.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = piece_end(rest);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn piece_end(text: &str) -> usize {
    let mut after_space = false;
    for (count, (at, c)) in text.char_indices().enumerate() {
        let space = c.is_whitespace();
        if count == PIECE || (after_space && !space) {
            return at;
        }
        after_space = space;
    }
    text.len()
}
