//! OpenAI's older Completions: a text goes on where the prompt ends. Here the prompt is what the user says.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answer::{WireUsage, finish_reason};
use super::decode::{candidates, include_usage, sampling};
use super::field::{Field, Object, Read, invalid, parse};
use super::{ErrorBody, to_json};
use crate::chat::{self, Completion, Event, Failure, Finish, Message, Role, Usage};
use crate::dialect::{AnswerForm, AnswerWriter, Asked, Dialect, Stamp};

/// A decoded `POST /v1/completions` body.
#[derive(Clone, Debug, PartialEq)]
pub struct CompletionsCall {
    /// What is asked.
    pub request: chat::Request,
    /// Whether the answer comes in chunks.
    pub stream: bool,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
struct Form {
    include_usage: bool,
    /// The prompt, where the answer shall begin with it.
    echo: Option<String>,
}

impl From<CompletionsCall> for Asked {
    fn from(call: CompletionsCall) -> Self {
        Self { request: call.request, stream: call.stream, form: Box::new(call.form) }
    }
}

/// Reads a request body.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_completions(body: &[u8]) -> Result<CompletionsCall, Failure> {
    let mut body = Object::root(parse(body)?);
    let model = body.need("model")?.non_empty()?;
    let prompt = prompt(body.need("prompt")?)?;
    if body.take("suffix").is_some_and(|field| field.value != "") {
        let message = "'suffix' cannot be honoured: models that chat do not fill gaps; leave it out.";
        return Err(invalid("suffix", message));
    }
    let echo = body.take("echo").map(Field::boolean).transpose()?.unwrap_or_default();
    let candidates = candidates(&mut body)?;
    best_of(&mut body, candidates)?;
    body.take("logprobs").map(|field| field.integer(0..=5)).transpose()?;
    let stream = body.take("stream").map(Field::boolean).transpose()?.unwrap_or_default();
    let include_usage = include_usage(&mut body)?;
    let mut request = chat::Request {
        model,
        messages: vec![Message::text(Role::User, prompt.as_str())],
        sampling: sampling(&mut body)?,
        candidates,
        user: body.take("user").map(Field::string).transpose()?,
        ..chat::Request::default()
    };
    request.extra = body.rest();
    Ok(CompletionsCall { request, stream, form: Form { include_usage, echo: echo.then_some(prompt) } })
}

/// One text, alone or in an array.
fn prompt(field: Field) -> Read<String> {
    const EXPECTED: &str = "a string, or an array with one string (tokens and several prompts are not taken)";
    if field.value.is_string() {
        return field.non_empty();
    }
    match field.value.as_array().map(Vec::as_slice) {
        Some([Value::String(text)]) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(field.wrong(EXPECTED)),
    }
}

/// More answers than are given cannot be asked for: nothing here could choose the best.
fn best_of(body: &mut Object, candidates: Option<u32>) -> Read<()> {
    let Some(field) = body.take("best_of") else { return Ok(()) };
    let path = field.path.clone();
    let count = field.integer(0..=20)?;
    if count > i64::from(candidates.unwrap_or(1)) {
        let message = "'best_of' may not be more than 'n': nothing here can say which answer is best.";
        return Err(invalid(path, message));
    }
    Ok(())
}

impl AnswerForm for Form {
    fn dialect(&self) -> Dialect {
        Dialect::Completions
    }

    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter> {
        let form = self.clone();
        Box::new(Writer { stamp, form, candidate: 0, begun: BTreeSet::new(), usage: None, ended: false })
    }

    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        let prompt = self.echo.as_deref().unwrap_or_default();
        let choices = (0..).zip(&completion.candidates).map(|(index, told)| {
            let text = format!("{prompt}{}{}", told.text(), told.refusal());
            choice(index, &text, Some(told.finish.unwrap_or(Finish::Length)))
        });
        let mut answer = object(stamp, choices.collect());
        if let Some(usage) = completion.usage {
            answer.insert("usage".to_owned(), json!(WireUsage::from(usage)));
        }
        to_json(&answer).into_bytes()
    }
}

fn object(stamp: &Stamp, choices: Vec<Value>) -> Map<String, Value> {
    Map::from_iter([
        ("id".to_owned(), format!("cmpl-{}", stamp.id).into()),
        ("object".to_owned(), "text_completion".into()),
        ("created".to_owned(), stamp.created.into()),
        ("model".to_owned(), stamp.model.as_str().into()),
        ("choices".to_owned(), choices.into()),
    ])
}

fn choice(index: u32, text: &str, finish: Option<Finish>) -> Value {
    // There are no calls here.
    let reason = finish.map(|finish| finish_reason(finish, false));
    json!({ "text": text, "index": index, "logprobs": null, "finish_reason": reason })
}

/// Writes the text of an answer as chunks. What is not text has no place in this dialect.
struct Writer {
    stamp: Stamp,
    form: Form,
    candidate: u32,
    /// Which alternatives have begun.
    begun: BTreeSet<u32>,
    usage: Option<Usage>,
    ended: bool,
}

impl Writer {
    fn chunk(&self, text: &str, finish: Option<Finish>) -> String {
        let chunk = object(&self.stamp, vec![choice(self.candidate, text, finish)]);
        format!("data: {}\n\n", to_json(&chunk))
    }

    /// The prompt, before the first words of an alternative.
    fn begin(&mut self) -> String {
        let first = self.begun.insert(self.candidate);
        match &self.form.echo {
            Some(prompt) if first => self.chunk(prompt, None),
            _ => String::new(),
        }
    }

    fn end(&mut self, finish: Finish) -> String {
        let mut out = self.begin() + &self.chunk("", Some(finish));
        self.ended = true;
        if let Some(usage) = self.usage.filter(|_| self.form.include_usage) {
            let mut last = object(&self.stamp, Vec::new());
            last.insert("usage".to_owned(), json!(WireUsage::from(usage)));
            out += &format!("data: {}\n\n", to_json(&last));
        }
        out + "data: [DONE]\n\n"
    }
}

impl AnswerWriter for Writer {
    fn event(&mut self, event: &Event) -> String {
        if self.ended {
            return String::new();
        }
        match event {
            Event::Text { text } | Event::Refusal { text } if !text.is_empty() => {
                self.begin() + &self.chunk(text, None)
            }
            Event::Usage(usage) => {
                self.usage = Some(*usage);
                String::new()
            }
            Event::Candidate { index } => {
                self.candidate = *index;
                String::new()
            }
            Event::CandidateFinished(finish) => self.begin() + &self.chunk("", Some(*finish)),
            Event::Finished(finish) => self.end(*finish),
            _ => String::new(),
        }
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if std::mem::replace(&mut self.ended, true) {
            return String::new();
        }
        format!("data: {}\n\ndata: [DONE]\n\n", ErrorBody::from(failure).to_text())
    }

    fn keep_alive(&mut self) -> String {
        ": keep-alive\n\n".to_owned()
    }
}
