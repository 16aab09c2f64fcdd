//! A JSON answer on its way back: the page's editor takes fewer schemas than callers write, so an answer may have
//! the form that the editor was given rather than the one that was asked for.
//!
//! In come the events of an answer; its text is held until it is whole, and comes out in the caller's form.

use postern_protocol::chat::Event;

use crate::functions::Shape;

/// Holds the text of an answer.
#[derive(Debug)]
pub(super) struct Reshape {
    shape: Shape,
    text: String,
}

impl Reshape {
    /// For answers of this shape; `None` where there is nothing to change.
    pub(super) fn new(shape: &Shape) -> Option<Self> {
        (*shape != Shape::Same).then(|| Self { shape: shape.clone(), text: String::new() })
    }

    /// Keeps what an event says of the text. An empty piece takes its place, by which the answer is known to come.
    pub(super) fn hold(&mut self, event: Event) -> Event {
        match event {
            Event::Text { text } => {
                self.text.push_str(&text);
                Event::Text { text: String::new() }
            }
            other => other,
        }
    }

    /// The whole text in the caller's form; as it came where it is no JSON.
    pub(super) fn release(self) -> Event {
        let text = match serde_json::from_str(&self.text) {
            Ok(value) => self.shape.restore(value).to_string(),
            Err(_) => self.text,
        };
        Event::Text { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_comes_back_whole_and_in_the_callers_form() {
        let shape = Shape::Object([("city_name".to_owned(), ("city name".to_owned(), Shape::Whole))].into());
        let held = |pieces: &[&str]| {
            let mut reshape = Reshape::new(&shape).unwrap();
            for piece in pieces {
                let event = reshape.hold(Event::Text { text: (*piece).to_owned() });
                assert_eq!(event, Event::Text { text: String::new() });
            }
            let Event::Text { text } = reshape.release() else { panic!("no text") };
            text
        };
        assert_eq!(held(&["{\"city_na", "me\":3.0}"]), "{\"city name\":3}");
        assert_eq!(held(&["{\"city_na"]), "{\"city_na", "it broke off");
        assert!(Reshape::new(&Shape::Same).is_none());
        let mut reshape = Reshape::new(&shape).unwrap();
        let thought = Event::Reasoning { text: "hm".into() };
        assert_eq!(reshape.hold(thought.clone()), thought);
    }
}
