//! Keeps the form that an answer must have: its text is held back until it is whole, checked, asked for once more with
//! what is wrong with it, and only told when it is right.

use std::sync::Arc;

use async_stream::stream;
use futures::{Stream, StreamExt, stream};
use postern_aistudio::files::settle_attachments;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, Message, Request, Role, Usage};

use super::{AiStudio, Lease};
use crate::accounts::relay;
use crate::structure::Contract;
use crate::{Call, EventStream};

/// The answer of the pool, in the form that the call asks for.
pub(super) fn answer(pool: AiStudio, call: Call, mut lane: Option<Lease>) -> EventStream {
    match Contract::of(&call.request.response_format) {
        Ok(None) => relay(pool, call, lane).boxed(),
        Ok(Some(contract)) => {
            keep(contract, call, move |call| relay(pool.clone(), call, lane.take()).boxed()).boxed()
        }
        Err(failure) => stream::once(async move { Err(failure) }).boxed(),
    }
}

/// The answer of `ask` to `call`, in the form of `contract`. `ask` is called once or twice.
///
/// While the text is held back, with its pictures, sounds and sources, a piece of it is told as an empty one, so that
/// whoever waits knows of it. An answer that calls functions has no form, and one that was cut off is told as it is, with
/// the reason for its end: that is what clients of the official API expect.
fn keep(
    contract: Contract,
    call: Call,
    mut ask: impl FnMut(Call) -> EventStream + Send + 'static,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    stream! {
        let mut first: Option<Answered> = None;
        loop {
            let asked = first.as_ref().map_or_else(|| call.clone(), |answered| answered.again(&call));
            let mut answer = Held::default();
            let mut events = ask(asked);
            let finish = loop {
                match events.next().await {
                    Some(Ok(Event::Finished(finish))) => break finish,
                    Some(Ok(event)) => {
                        if let Some(event) = answer.told(event, first.as_ref()) {
                            yield Ok(event);
                        }
                    }
                    Some(Err(failure)) => {
                        yield Err(failure);
                        return;
                    }
                    None => {
                        yield Err(Failure::new(FailureKind::Interrupted, "The answer broke off before its end."));
                        return;
                    }
                }
            };
            drop(events);
            let free = answer.calls || matches!(finish, Finish::Length | Finish::ContentFilter);
            let text = match contract.check(&answer.text) {
                Ok(json) => json,
                Err(_) if free => answer.text.clone(),
                Err(faults) if first.is_some() => {
                    yield Err(unkept(&faults));
                    return;
                }
                Err(faults) => {
                    tracing::info!(request = %call.id, faults = faults.len(), "asking once more for the form");
                    first = Some(Answered { text: answer.text, faults, usage: answer.usage });
                    continue;
                }
            };
            if !text.is_empty() {
                yield Ok(Event::Text { text });
            }
            for event in answer.beside {
                yield Ok(event);
            }
            yield Ok(Event::Finished(finish));
            return;
        }
    }
}

/// An answer as far as it came.
#[derive(Default)]
struct Held {
    text: String,
    /// What came with the text and goes with it.
    beside: Vec<Event>,
    usage: Option<Usage>,
    calls: bool,
}

/// An answer that had not the form.
struct Answered {
    text: String,
    faults: Vec<String>,
    usage: Option<Usage>,
}

impl Held {
    /// What the caller is told of an event now. `first` is the answer before this one.
    fn told(&mut self, event: Event, first: Option<&Answered>) -> Option<Event> {
        match event {
            Event::Text { text } => {
                self.text.push_str(&text);
                Some(Event::Text { text: String::new() })
            }
            Event::Image { .. } | Event::Audio { .. } | Event::Citation { .. } => {
                self.beside.push(event);
                Some(Event::Text { text: String::new() })
            }
            Event::Started { .. } if first.is_some() => None,
            Event::Usage(usage) => {
                self.usage = Some(usage);
                let spent = first.and_then(|first| first.usage).unwrap_or_default();
                Some(Event::Usage(spent + usage))
            }
            Event::ToolCall(_) => {
                self.calls = true;
                Some(event)
            }
            _ => Some(event),
        }
    }
}

impl Answered {
    /// The conversation with this answer and what is wrong with it.
    fn again(&self, call: &Call) -> Call {
        let mut request = Request::clone(&call.request);
        // They belong to the last message of the user, which is about to be another one.
        settle_attachments(&mut request);
        request.messages.push(Message::text(Role::Assistant, self.text.clone()));
        let complaint = format!(
            "Your answer does not have the form that was asked for:\n- {}\nAnswer again with the corrected JSON and \
             nothing else.",
            self.faults.join("\n- ")
        );
        request.messages.push(Message::text(Role::User, complaint));
        Call { request: Arc::new(request), ..call.clone() }
    }
}

fn unkept(faults: &[String]) -> Failure {
    let message = format!(
        "The model's answer has not the form that response_format asks for, also after it was told so: {}. Make the \
         schema simpler, or say in the prompt what it means.",
        faults.join("; ")
    );
    Failure::new(FailureKind::UpstreamError, message).param("response_format")
}

#[cfg(test)]
mod tests {
    use postern_protocol::RequestId;
    use postern_protocol::chat::{Attachment, Part, ResponseFormat, Source, ToolCall};

    use super::*;
    use crate::Principal;

    fn text(text: &str) -> Event {
        Event::Text { text: text.to_owned() }
    }

    fn answer(pieces: &[&str]) -> Vec<Event> {
        let mut events = vec![Event::Started { model: "m".to_owned(), warnings: Vec::new() }];
        events.extend(pieces.iter().map(|piece| text(piece)));
        events.push(Event::Usage(Usage { prompt: 3, completion: 2, cached: 0, reasoning: 1 }));
        events.push(Event::Finished(Finish::Stop));
        events
    }

    /// What is told, empty pieces left out, and what was asked.
    fn kept(answers: Vec<Vec<Event>>) -> (Vec<Result<Event, Failure>>, Vec<Arc<Request>>) {
        let (asked, questions) = std::sync::mpsc::channel();
        let attachments = vec![Attachment { source: Source::FileId("a".to_owned()), name: None }];
        let messages = vec![Message::text(Role::User, "Hi")];
        let request = Request { messages, attachments, ..Request::default() };
        let call =
            Call { id: RequestId::new("r"), principal: Principal::Anonymous, request: Arc::new(request) };
        let mut answers = answers.into_iter();
        let contract = Contract::of(&ResponseFormat::JsonObject).unwrap().unwrap();
        let kept = keep(contract, call, move |call| {
            asked.send(call.request).unwrap();
            stream::iter(answers.next().expect("one answer more").into_iter().map(Ok)).boxed()
        });
        let told = futures::executor::block_on(kept.collect::<Vec<_>>());
        let told = told.into_iter().filter(|event| *event != Ok(text(""))).collect();
        (told, questions.iter().collect())
    }

    #[test]
    fn what_has_the_form_is_told_in_one_piece() {
        let (told, asked) = kept(vec![answer(&["```json\n{\"a\"", ":1}\n```"])]);
        let expected = [
            Event::Started { model: "m".to_owned(), warnings: Vec::new() },
            Event::Usage(Usage { prompt: 3, completion: 2, cached: 0, reasoning: 1 }),
            text("{\"a\":1}"),
            Event::Finished(Finish::Stop),
        ];
        assert_eq!(told, expected.map(Ok));
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn what_has_not_is_asked_for_once_more_in_the_same_conversation() {
        let (told, asked) = kept(vec![answer(&["Sure!"]), answer(&["{}"])]);
        let twice = Usage { prompt: 6, completion: 4, cached: 0, reasoning: 2 };
        assert_eq!(told[2..], [Ok(Event::Usage(twice)), Ok(text("{}")), Ok(Event::Finished(Finish::Stop))]);
        let started = |event: &&Result<Event, Failure>| matches!(event, Ok(Event::Started { .. }));
        assert_eq!(told.iter().filter(started).count(), 1);
        let messages = &asked[1].messages;
        assert_eq!(messages[0].parts[..1], asked[0].messages[0].parts);
        let file = Part::File { source: Source::FileId("a".to_owned()), name: None };
        assert_eq!((&messages[0].parts[1], asked[1].attachments.len()), (&file, 0), "where it belongs");
        assert_eq!(messages[1], Message::text(Role::Assistant, "Sure!"));
        assert_eq!(messages[2].role, Role::User);
        assert!(messages[2].plain_text().contains("not valid JSON"), "{}", messages[2].plain_text());
    }

    #[test]
    fn a_second_answer_without_the_form_is_a_failure() {
        let (told, asked) = kept(vec![answer(&["Sure!"]), answer(&["[1]"])]);
        assert_eq!(asked.len(), 2);
        let failure = told.last().unwrap().clone().unwrap_err();
        assert_eq!(
            (failure.kind, failure.param.as_deref()),
            (FailureKind::UpstreamError, Some("response_format"))
        );
        assert!(failure.message.contains("JSON object"), "{failure}");
        assert!(!told.iter().any(|event| matches!(event, Ok(Event::Text { .. }))), "nothing of it was told");
    }

    #[test]
    fn what_belongs_to_a_text_without_the_form_goes_with_it() {
        let source = |name: &str| Event::Citation { raw: name.into() };
        let picture = |base64: &str| Event::Image { mime: "image/png".to_owned(), base64: base64.to_owned() };
        let mut first = answer(&["Sure!"]);
        first.splice(2..2, [source("wrong"), picture("AAAA")]);
        let mut second = answer(&["{}"]);
        second.splice(1..1, [source("right"), picture("BBBB")]);
        let (told, _) = kept(vec![first, second]);
        let end = [text("{}"), source("right"), picture("BBBB"), Event::Finished(Finish::Stop)];
        assert_eq!(told[3..], end.map(Ok), "{told:?}");
        let of_the_first =
            |event: &Result<Event, Failure>| [Ok(source("wrong")), Ok(picture("AAAA"))].contains(event);
        assert!(!told.iter().any(of_the_first), "{told:?}");
    }

    #[test]
    fn calls_and_what_was_cut_off_are_told_as_they_are() {
        let call = ToolCall { id: "c".into(), name: "f".into(), arguments: "{}".into() };
        let calling =
            vec![text("Let me look."), Event::ToolCall(call.clone()), Event::Finished(Finish::ToolCalls)];
        let (told, asked) = kept(vec![calling]);
        assert_eq!(told[0], Ok(Event::ToolCall(call)));
        assert_eq!((&told[1], asked.len()), (&Ok(text("Let me look.")), 1));
        let cut = vec![text("{\"a\":"), Event::Finished(Finish::Length)];
        let (told, asked) = kept(vec![cut]);
        assert_eq!((told, asked.len()), (vec![Ok(text("{\"a\":")), Ok(Event::Finished(Finish::Length))], 1));
    }
}
