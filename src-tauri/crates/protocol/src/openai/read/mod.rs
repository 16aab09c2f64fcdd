//! Answers of providers of this dialect, streamed and whole, in all the ways that they deviate from it.

mod delta;
mod models;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::Value;

use self::delta::Delta;
use self::queue::Queue;
use super::Stamp;
use super::trouble::of_object;
use crate::chat::{Event, Failure, FailureKind, Finish, Usage};
use crate::dialect::AnswerReader;
use crate::sse::{SseEvent, SseReader};

pub use models::read_models;

/// Reads the answer of a provider of Chat Completions.
#[derive(Debug)]
pub struct ChatReader {
    model: String,
    sse: SseReader,
    /// The bytes of an answer that is no stream although one was asked for.
    whole: Option<Vec<u8>>,
    told: Told,
    phase: Phase,
    /// What went wrong after events that had to be told first.
    failed: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No byte came that says in what form the answer is.
    Fresh,
    /// Nothing of the answer came.
    Waiting,
    Open,
    Ended,
}

/// What was said, and waits for its time.
#[derive(Debug)]
struct Told {
    queue: Queue,
    /// Each alternative, by its number.
    choices: BTreeMap<u32, Choice>,
    usage: Option<Usage>,
    /// Sources that come with every chunk, beside the choices.
    citations: Vec<Value>,
    whole: bool,
}

/// What is known of one alternative.
#[derive(Debug, Default)]
struct Choice {
    finish: Option<Finish>,
    called: bool,
    /// Its thinking came as `reasoning_content`, so that other fields say it again.
    plain_thoughts: bool,
}

impl ChatReader {
    /// A reader for one answer. The stamp says which model answers, as the caller asked for it.
    pub fn new(stamp: &Stamp) -> Self {
        let told = Told {
            queue: Queue::new(stamp.id.as_str()),
            choices: BTreeMap::new(),
            usage: None,
            citations: Vec::new(),
            whole: false,
        };
        Self {
            model: stamp.model.clone(),
            sse: SseReader::default(),
            whole: None,
            told,
            phase: Phase::Fresh,
            failed: None,
        }
    }

    /// What these frames tell. What went wrong is told after what came before it.
    fn frames(&mut self, frames: &[SseEvent]) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        for frame in frames {
            let Err(failure) = self.frame(frame, &mut events) else { continue };
            self.phase = Phase::Ended;
            if events.is_empty() {
                return Err(failure);
            }
            self.failed = Some(failure);
            break;
        }
        Ok(events)
    }

    fn frame(&mut self, frame: &SseEvent, events: &mut Vec<Event>) -> Result<(), Failure> {
        let data = frame.data.trim();
        if self.phase == Phase::Ended || data.is_empty() {
            return Ok(());
        }
        if data == "[DONE]" {
            return self.finish(true, events);
        }
        let chunk: Value = serde_json::from_str(data).map_err(|_| strange("what is not JSON"))?;
        if frame.event.as_deref() == Some("error") {
            return Err(of_object(&chunk));
        }
        self.chunk(&chunk, events)
    }

    fn chunk(&mut self, chunk: &Value, events: &mut Vec<Event>) -> Result<(), Failure> {
        if !chunk["error"].is_null() || chunk["object"] == "error" {
            return Err(of_object(chunk));
        }
        self.told.chunk(chunk)?;
        if self.phase != Phase::Open {
            self.phase = Phase::Open;
            events.push(Event::Started { model: self.model.clone(), warnings: Vec::new() });
        }
        self.told.queue.drain(events)
    }

    /// Ends the answer. `said` is whether the provider said that it is complete.
    fn finish(&mut self, said: bool, events: &mut Vec<Event>) -> Result<(), Failure> {
        self.phase = Phase::Ended;
        self.told.finish(said, events)
    }
}

impl AnswerReader for ChatReader {
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        if self.phase == Phase::Fresh
            && let Some(first) = bytes.iter().find(|byte| !byte.is_ascii_whitespace())
        {
            self.phase = Phase::Waiting;
            self.whole = matches!(first, b'{' | b'[').then(Vec::new);
        }
        if let Some(whole) = &mut self.whole {
            whole.extend_from_slice(bytes);
            return Ok(Vec::new());
        }
        let frames = self.sse.push(bytes);
        self.frames(&frames)
    }

    fn end(&mut self) -> Result<Vec<Event>, Failure> {
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        if let Some(whole) = self.whole.take() {
            self.phase = Phase::Ended;
            self.told.whole = true;
            return read(&whole, &self.model, &mut self.told);
        }
        // A frame that no empty line ended may have been cut off; then the answer was.
        let frame = self.sse.end().filter(|frame| {
            let data = frame.data.trim();
            data == "[DONE]" || serde_json::from_str::<IgnoredAny>(data).is_ok()
        });
        let mut events = self.frames(frame.as_slice())?;
        if self.phase != Phase::Ended {
            self.finish(false, &mut events)?;
        }
        Ok(events)
    }
}

/// Reads a whole answer.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] for what is no answer.
pub fn read_whole(stamp: &Stamp, body: &[u8]) -> Result<Vec<Event>, Failure> {
    let mut told = ChatReader::new(stamp).told;
    told.whole = true;
    read(body, &stamp.model, &mut told)
}

fn read(body: &[u8], model: &str, told: &mut Told) -> Result<Vec<Event>, Failure> {
    let mut answer: Value = serde_json::from_slice(body).map_err(|_| strange("what is not JSON"))?;
    // Google wraps errors into an array.
    if let Some(first) = answer.get_mut(0) {
        answer = first.take();
    }
    let has_choices = answer["choices"].as_array().is_some_and(|choices| !choices.is_empty());
    if !has_choices {
        let is_error = ["error", "message", "detail"].iter().any(|key| !answer[*key].is_null());
        return Err(if is_error { of_object(&answer) } else { strange("an answer without choices") });
    }
    if !answer["error"].is_null() {
        return Err(of_object(&answer));
    }
    let mut events = vec![Event::Started { model: model.to_owned(), warnings: Vec::new() }];
    told.chunk(&answer)?;
    told.finish(true, &mut events)?;
    Ok(events)
}

impl Told {
    fn chunk(&mut self, chunk: &Value) -> Result<(), Failure> {
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            self.choice(choice)?;
        }
        if let Some(usage) = usage(&chunk["usage"]) {
            self.usage = Some(usage);
        }
        if let Some(citations) = chunk["citations"].as_array() {
            self.citations.clone_from(citations);
        }
        Ok(())
    }

    fn choice(&mut self, choice: &Value) -> Result<(), Failure> {
        if !choice["error"].is_null() {
            return Err(of_object(choice));
        }
        let number = choice["index"].as_u64().and_then(|index| u32::try_from(index).ok()).unwrap_or_default();
        let known = self.choices.entry(number).or_default();
        let said = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        let mut delta = Delta { candidate: number, choice: known, queue: &mut self.queue, whole: self.whole };
        delta.read(said);
        if let Some(text) = choice["text"].as_str() {
            delta.text(text);
        }
        if let Some(finish) = finish(&choice["finish_reason"])? {
            known.finish = Some(finish);
            self.queue.end(number);
        }
        if let Some(usage) = usage(&choice["usage"]) {
            self.usage = Some(usage);
        }
        Ok(())
    }

    fn finish(&mut self, said: bool, events: &mut Vec<Event>) -> Result<(), Failure> {
        let ended = !self.choices.is_empty() && self.choices.values().all(|choice| choice.finish.is_some());
        if self.choices.is_empty() || !ended && !said {
            let message = "The provider's answer broke off before its end.";
            return Err(Failure::new(FailureKind::Interrupted, message));
        }
        for number in self.choices.keys() {
            self.queue.end(*number);
        }
        for raw in std::mem::take(&mut self.citations) {
            self.queue.piece(0, Event::Citation { raw });
        }
        self.queue.drain(events)?;
        events.extend(self.usage.map(Event::Usage));
        let last = self.choices.len() - 1;
        for (at, (number, choice)) in self.choices.iter().enumerate() {
            self.queue.turn(*number, events);
            let finish = match choice.finish {
                // Some say `stop` to calls, and some nothing.
                Some(Finish::Stop) | None if choice.called => Finish::ToolCalls,
                finish => finish.unwrap_or(Finish::Stop),
            };
            let end = if at == last { Event::Finished(finish) } else { Event::CandidateFinished(finish) };
            events.push(end);
        }
        Ok(())
    }
}

/// Why an answer ended, in the words of the dialect and in those of others that some providers hand on.
fn finish(reason: &Value) -> Result<Option<Finish>, Failure> {
    let Some(word) = reason.as_str().filter(|word| !word.is_empty()) else { return Ok(None) };
    match word.to_ascii_lowercase().as_str() {
        "length" | "max_tokens" | "model_length" | "max_output_tokens" | "model_context_window_exceeded" => {
            Ok(Some(Finish::Length))
        }
        "tool_calls" | "function_call" | "tool_use" | "tool_call" => Ok(Some(Finish::ToolCalls)),
        "content_filter" | "safety" | "recitation" | "blocklist" | "prohibited_content" | "spii"
        | "refusal" | "sensitive" | "image_safety" => Ok(Some(Finish::ContentFilter)),
        "error" | "network_error" | "insufficient_system_resource" | "abort" | "aborted" => {
            let message = format!("The provider ended its answer with '{word}'.");
            Err(Failure::new(FailureKind::UpstreamError, message))
        }
        _ => Ok(Some(Finish::Stop)),
    }
}

/// Token counts, in the dialect's fields and in those of providers that have others for the same.
fn usage(usage: &Value) -> Option<Usage> {
    let count = |value: &Value| value.as_u64();
    let prompt = count(&usage["prompt_tokens"])?;
    let mut completion = count(&usage["completion_tokens"]).unwrap_or_default();
    let cached = count(&usage["prompt_tokens_details"]["cached_tokens"])
        .or_else(|| count(&usage["prompt_cache_hit_tokens"]))
        .or_else(|| count(&usage["cached_tokens"]));
    let reasoning = count(&usage["completion_tokens_details"]["reasoning_tokens"])
        .or_else(|| count(&usage["reasoning_tokens"]))
        .unwrap_or_default();
    // Some do not count thinking among the tokens of the answer, which only the sum tells.
    if reasoning > 0 && count(&usage["total_tokens"]) == Some(prompt + completion + reasoning) {
        completion += reasoning;
    }
    Some(Usage { prompt, completion, cached: cached.unwrap_or_default(), reasoning })
}

fn strange(what: &str) -> Failure {
    Failure::new(FailureKind::UpstreamError, format!("The provider sent {what}."))
}
