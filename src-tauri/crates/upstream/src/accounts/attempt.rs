//! What one account says before it is known whether its answer is told or another account is asked.

use postern_protocol::chat::{Event, ResponseFormat};

/// What one account said so far.
#[derive(Default)]
pub(crate) struct Attempt {
    /// The caller is told of the answer's text only when it is whole.
    whole: bool,
    /// The caller was told a piece of the answer.
    pub(crate) begun: bool,
    /// What is not told before a piece of the answer is.
    held: Vec<Event>,
}

impl Attempt {
    /// One of a request for an answer of this form.
    pub(crate) fn of(format: &ResponseFormat) -> Self {
        Self { whole: *format != ResponseFormat::Text, ..Self::default() }
    }

    /// What the caller is told now. A piece that is held back is told as an empty one, so that whoever waits knows of it.
    pub(crate) fn told(&mut self, event: Event) -> Vec<Event> {
        match event {
            Event::Step(_) => vec![event],
            Event::Text { ref text } if text.is_empty() && !self.begun => vec![event],
            Event::Text { .. } | Event::Image { .. } | Event::Audio { .. } | Event::Citation { .. }
                if self.whole && !self.begun =>
            {
                self.held.push(event);
                vec![Event::Text { text: String::new() }]
            }
            Event::Started { .. } | Event::Usage(_) if !self.begun => {
                self.held.push(event);
                Vec::new()
            }
            _ => {
                self.begun = true;
                let mut told = std::mem::take(&mut self.held);
                told.push(event);
                told
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use postern_protocol::chat::{Finish, Step, Usage};

    use super::*;

    #[test]
    fn nothing_is_told_of_an_answer_before_its_first_piece() {
        let mut attempt = Attempt::default();
        let started = Event::Started { model: "m".into(), warnings: Vec::new() };
        let usage = Event::Usage(Usage::default());
        assert_eq!(attempt.told(Event::Step(Step::Sent)), [Event::Step(Step::Sent)]);
        assert_eq!(attempt.told(started.clone()), []);
        assert_eq!(attempt.told(usage.clone()), []);
        assert!(!attempt.begun);
        let text = Event::Text { text: "x".into() };
        assert_eq!(attempt.told(text.clone()), [started, usage.clone(), text]);
        assert!(attempt.begun);
        assert_eq!(attempt.told(usage.clone()), [usage]);
        let end = Event::Finished(Finish::Stop);
        assert_eq!(attempt.told(end.clone()), [end]);
    }

    #[test]
    fn an_answer_of_which_only_empty_pieces_were_told_has_not_begun() {
        let empty = Event::Text { text: String::new() };
        let mut attempt = Attempt::default();
        assert_eq!(attempt.told(empty.clone()), [empty]);
        assert!(!attempt.begun);
    }

    #[test]
    fn an_answer_that_is_wanted_whole_begins_when_it_is_there() {
        let (empty, text) = (Event::Text { text: String::new() }, Event::Text { text: "{}".into() });
        let started = Event::Started { model: "m".into(), warnings: Vec::new() };
        let source = Event::Citation { raw: "a".into() };
        let end = Event::Finished(Finish::Stop);
        let mut attempt = Attempt::of(&ResponseFormat::JsonObject);
        assert_eq!(attempt.told(started.clone()), []);
        for piece in [&text, &source] {
            assert_eq!(attempt.told(piece.clone()), std::slice::from_ref(&empty));
        }
        assert!(!attempt.begun, "another account may still be asked");
        assert_eq!(attempt.told(end.clone()), [started.clone(), text.clone(), source, end]);
        // What is told at once begins it: a thought, or a call.
        let mut attempt = Attempt::of(&ResponseFormat::JsonObject);
        let thought = Event::Reasoning { text: "Hm.".into() };
        assert_eq!(attempt.told(text.clone()), [empty]);
        assert_eq!(attempt.told(thought.clone()), [text, thought]);
        assert!(attempt.begun);
    }
}
