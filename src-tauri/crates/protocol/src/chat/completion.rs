use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Event, Finish, Part, Source, ToolCall, Usage};

/// A whole answer: the fold of its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The model that answered.
    pub model: String,
    /// What the upstream could not do as asked.
    pub warnings: Vec<String>,
    /// The answer; further ones are alternatives to it. Never empty once something was said.
    pub candidates: Vec<Candidate>,
    /// Token counts, if the upstream told them.
    pub usage: Option<Usage>,
    /// Which candidate is being told.
    #[serde(skip)]
    current: usize,
}

/// One of the alternative answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// What was said, in order; pieces of a kind that follow each other are one.
    pub parts: Vec<Part>,
    /// Its sources, in the upstream's own form.
    pub citations: Vec<Value>,
    /// Why it ended; `None` while it has not.
    pub finish: Option<Finish>,
}

impl Completion {
    /// Takes in the next event.
    pub fn push(&mut self, event: Event) {
        match event {
            Event::Started { model, warnings } => {
                self.model = model;
                self.warnings.extend(warnings);
            }
            Event::Step(_) => {}
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Candidate { index } => self.current = index as usize,
            Event::CandidateFinished(finish) | Event::Finished(finish) => self.told().finish = Some(finish),
            Event::Citation { raw } => self.told().citations.push(raw),
            piece => self.told().push(piece),
        }
    }

    /// The first of the alternatives, which is the answer as a rule.
    pub fn first(&self) -> Option<&Candidate> {
        self.candidates.first()
    }

    /// Why the answer ended; `None` while it has not.
    pub fn finish(&self) -> Option<Finish> {
        self.first()?.finish
    }

    /// The text of the first candidate.
    pub fn text(&self) -> String {
        self.first().map(|told| told.text().into_owned()).unwrap_or_default()
    }

    /// The thinking of the first candidate.
    pub fn reasoning(&self) -> String {
        self.first().map(|told| told.reasoning().into_owned()).unwrap_or_default()
    }

    /// The calls of the first candidate, in order.
    pub fn tool_calls(&self) -> Vec<ToolCall> {
        self.first().map(|told| told.tool_calls().cloned().collect()).unwrap_or_default()
    }

    /// Pictures in the first candidate: media type and base64.
    pub fn images(&self) -> Vec<(&str, &str)> {
        self.first().map(|told| told.images().collect()).unwrap_or_default()
    }

    /// Sounds in the first candidate: media type and base64, in order.
    pub fn audio(&self) -> Vec<(&str, &str)> {
        self.first().map(|told| told.audio().collect()).unwrap_or_default()
    }

    /// Leaves out the pictures beyond the first so many.
    pub fn keep_images(&mut self, most: usize) {
        let mut seen = 0;
        for candidate in &mut self.candidates {
            candidate.parts.retain(|part| {
                let image = matches!(part, Part::Image { .. });
                seen += usize::from(image);
                !image || seen <= most
            });
        }
    }

    fn told(&mut self) -> &mut Candidate {
        let least = self.current + 1;
        if self.candidates.len() < least {
            self.candidates.resize_with(least, Candidate::default);
        }
        &mut self.candidates[self.current]
    }
}

impl FromIterator<Event> for Completion {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut whole = Self::default();
        events.into_iter().for_each(|event| whole.push(event));
        whole
    }
}

impl Candidate {
    fn push(&mut self, piece: Event) {
        match (piece, self.parts.last_mut()) {
            (Event::Text { text }, _) if text.is_empty() => {}
            (Event::Text { text }, Some(Part::Text { text: said }))
            | (Event::Reasoning { text }, Some(Part::Reasoning { text: said }))
            | (Event::Refusal { text }, Some(Part::Refusal { text: said })) => said.push_str(&text),
            (Event::Arguments { text }, Some(Part::ToolCall(call))) => call.arguments.push_str(&text),
            (piece, _) => self.parts.extend(part(piece)),
        }
    }

    /// Its text.
    pub fn text(&self) -> Cow<'_, str> {
        joined(self.parts.iter().filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            _ => None,
        }))
    }

    /// The thinking before it.
    pub fn reasoning(&self) -> Cow<'_, str> {
        joined(self.parts.iter().filter_map(|part| match part {
            Part::Reasoning { text } => Some(text.as_str()),
            _ => None,
        }))
    }

    /// In what words the model declined; empty when it did not.
    pub fn refusal(&self) -> Cow<'_, str> {
        joined(self.parts.iter().filter_map(|part| match part {
            Part::Refusal { text } => Some(text.as_str()),
            _ => None,
        }))
    }

    /// Its calls, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.parts.iter().filter_map(|part| if let Part::ToolCall(call) = part { Some(call) } else { None })
    }

    /// Pictures in it: media type and base64.
    pub fn images(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Image { source, .. } => inline(source),
            _ => None,
        })
    }

    /// Sounds in it: media type and base64, in order.
    pub fn audio(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Audio { source } => inline(source),
            _ => None,
        })
    }
}

fn inline(source: &Source) -> Option<(&str, &str)> {
    match source {
        Source::Data { mime, base64 } => Some((mime.as_deref().unwrap_or_default(), base64)),
        Source::Url(_) | Source::FileId(_) => None,
    }
}

/// The texts as one, borrowed where there is only one.
fn joined<'a>(mut texts: impl Iterator<Item = &'a str>) -> Cow<'a, str> {
    let Some(first) = texts.next() else { return Cow::default() };
    texts.fold(Cow::Borrowed(first), |mut all, text| {
        all.to_mut().push_str(text);
        all
    })
}

/// What begins with this piece of an answer.
fn part(piece: Event) -> Option<Part> {
    let data = |mime, base64| Source::Data { mime: Some(mime), base64 };
    match piece {
        Event::Text { text } => Some(Part::Text { text }),
        Event::Reasoning { text } => Some(Part::Reasoning { text }),
        Event::Refusal { text } => Some(Part::Refusal { text }),
        Event::Signature(signature) => Some(Part::Signature(signature)),
        Event::Sealed(sealed) => Some(Part::Sealed(sealed)),
        Event::ToolCall(call) => Some(Part::ToolCall(call)),
        Event::CallBegun { id, name } => {
            Some(Part::ToolCall(ToolCall { id, name, arguments: String::new() }))
        }
        Event::Image { mime, base64 } => Some(Part::Image { source: data(mime, base64), detail: None }),
        Event::Audio { mime, base64 } => Some(Part::Audio { source: data(mime, base64) }),
        // Arguments without a call belong to nothing; the rest is no piece of an answer.
        Event::Arguments { .. }
        | Event::Started { .. }
        | Event::Step(_)
        | Event::Citation { .. }
        | Event::Usage(_)
        | Event::Candidate { .. }
        | Event::CandidateFinished(_)
        | Event::Finished(_) => None,
    }
}

/// Puts calls that are told in pieces together, for those who need them whole.
#[derive(Debug, Default)]
pub struct WholeCalls {
    open: Option<ToolCall>,
}

impl WholeCalls {
    /// What is to be told in place of this event: the call that it makes whole comes before it.
    pub fn push(&mut self, event: Event) -> impl Iterator<Item = Event> {
        let (whole, event) = match event {
            Event::CallBegun { id, name } => {
                (self.open.replace(ToolCall { id, name, arguments: String::new() }), None)
            }
            Event::Arguments { text } => {
                if let Some(call) = &mut self.open {
                    call.arguments.push_str(&text);
                }
                (None, None)
            }
            event => (self.open.take(), Some(event)),
        };
        whole.map(Event::ToolCall).into_iter().chain(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Dialect, Signature};

    fn text(text: &str) -> Event {
        Event::Text { text: text.to_owned() }
    }

    fn begun(id: &str) -> Event {
        Event::CallBegun { id: id.to_owned(), name: "f".to_owned() }
    }

    fn arguments(text: &str) -> Event {
        Event::Arguments { text: text.to_owned() }
    }

    fn call(id: &str, arguments: &str) -> ToolCall {
        ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: arguments.to_owned() }
    }

    #[test]
    fn pieces_of_a_kind_become_one_part_and_keep_their_order() {
        let seal = Signature::new(Dialect::Gemini, "s");
        let events = [
            Event::Reasoning { text: "h".into() },
            Event::Reasoning { text: "m".into() },
            Event::Signature(seal.clone()),
            text("a"),
            text(""),
            text("b"),
            begun("1"),
            arguments("{"),
            arguments("}"),
            begun("2"),
            text("c"),
            Event::Finished(Finish::Stop),
        ];
        let whole: Completion = events.into_iter().collect();
        let expected = [
            Part::Reasoning { text: "hm".into() },
            Part::Signature(seal),
            Part::Text { text: "ab".into() },
            Part::ToolCall(call("1", "{}")),
            Part::ToolCall(call("2", "")),
            Part::Text { text: "c".into() },
        ];
        assert_eq!(whole.candidates[0].parts, expected);
        assert_eq!((whole.text().as_ref(), whole.reasoning().as_ref()), ("abc", "hm"));
    }

    #[test]
    fn alternatives_are_kept_apart() {
        let events = [
            text("a"),
            Event::Candidate { index: 1 },
            text("x"),
            Event::Candidate { index: 0 },
            text("b"),
            Event::CandidateFinished(Finish::Length),
            Event::Candidate { index: 1 },
            Event::Finished(Finish::Stop),
        ];
        let whole: Completion = events.into_iter().collect();
        let told: Vec<_> =
            whole.candidates.iter().map(|candidate| (candidate.text(), candidate.finish)).collect();
        assert_eq!(told, [("ab".into(), Some(Finish::Length)), ("x".into(), Some(Finish::Stop))]);
    }

    #[test]
    fn a_call_in_pieces_is_told_whole_before_what_follows_it() {
        let mut calls = WholeCalls::default();
        let events = [begun("1"), arguments("{"), arguments("}"), begun("2"), text("a")];
        let told: Vec<Event> =
            events.into_iter().flat_map(|event| calls.push(event).collect::<Vec<_>>()).collect();
        assert_eq!(told, [Event::ToolCall(call("1", "{}")), Event::ToolCall(call("2", "")), text("a")]);
    }
}
