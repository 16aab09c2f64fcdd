//! What one chunk, or the message of a whole answer, adds to an alternative.

use serde_json::Value;

use super::Choice;
use super::queue::{Fragment, Queue};
use crate::chat::{Event, Part};
use crate::dialect::{Dialect, Signature};
use crate::field::Object;
use crate::openai::seals::thoughts;

/// Samples of speech, as this dialect streams them.
const STREAMED_SOUND: &str = "audio/L16;rate=24000";
/// The form in which whole speech is asked for.
const WHOLE_SOUND: &str = "audio/wav";

/// Where it goes.
pub(super) struct Delta<'a> {
    pub(super) candidate: u32,
    pub(super) choice: &'a mut Choice,
    pub(super) queue: &'a mut Queue,
    /// It is a whole message.
    pub(super) whole: bool,
}

impl Delta<'_> {
    pub(super) fn read(&mut self, said: &Value) {
        self.thinking(said);
        self.content(&said["content"]);
        let refusal = said["refusal"].as_str().unwrap_or_default();
        self.say(refusal, |text| Event::Refusal { text });
        for image in list(&said["images"]) {
            self.image(&image["image_url"]["url"]);
        }
        self.audio(said);
        self.seal(said);
        self.calls(said);
        for key in ["annotations", "citations"] {
            for raw in list(&said[key]) {
                self.put(Event::Citation { raw: raw.clone() });
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.say(text, |text| Event::Text { text });
    }

    fn put(&mut self, event: Event) {
        self.queue.piece(self.candidate, event);
    }

    fn say(&mut self, text: &str, event: impl FnOnce(String) -> Event) {
        if !text.is_empty() {
            self.put(event(text.to_owned()));
        }
    }

    fn think(&mut self, text: &str) {
        self.say(text, |text| Event::Reasoning { text });
    }

    /// A text, or items as some have them in answers too.
    fn content(&mut self, content: &Value) {
        if let Some(text) = content.as_str() {
            self.text(text);
        }
        for item in list(content) {
            match item["type"].as_str() {
                Some("text" | "output_text") => self.text(item["text"].as_str().unwrap_or_default()),
                Some("thinking") => {
                    self.think(item["thinking"].as_str().unwrap_or_default());
                    for inner in list(&item["thinking"]) {
                        self.think(inner["text"].as_str().unwrap_or_default());
                    }
                }
                Some("refusal") => {
                    let text = item["refusal"].as_str().unwrap_or_default();
                    self.say(text, |text| Event::Refusal { text });
                }
                Some("image_url") => self.image(&item["image_url"]["url"]),
                _ => {}
            }
        }
    }

    /// Thinking has a field of its own with every server, and some send it in two of them.
    fn thinking(&mut self, said: &Value) {
        if self.whole && self.whole_thoughts(said) {
            return;
        }
        let details: Vec<&Value> = list(&said["reasoning_details"]).collect();
        let of_detail = |detail: &Value| {
            detail["text"].as_str().or(detail["summary"].as_str()).unwrap_or_default().to_owned()
        };
        let detailed = details.iter().any(|detail| !of_detail(detail).is_empty());
        let plain = said["reasoning_content"].as_str().or(said["reasoning"].as_str()).unwrap_or_default();
        if !detailed && !plain.is_empty() {
            self.choice.plain_thoughts = true;
            self.think(plain);
        }
        for detail in details {
            let thought = of_detail(detail);
            self.think(&thought);
            self.seal_thought(Dialect::Chat, &detail["signature"], &thought);
            self.sealed(Dialect::Chat, &detail["data"], Event::Sealed);
        }
        for block in list(&said["thinking_blocks"]) {
            let thought = block["thinking"].as_str().unwrap_or_default();
            if !self.choice.plain_thoughts {
                self.think(thought);
            }
            self.seal_thought(Dialect::Messages, &block["signature"], thought);
            self.sealed(Dialect::Messages, &block["data"], Event::Sealed);
        }
    }

    /// The thoughts of a whole message, in their order. Whether they could be read.
    fn whole_thoughts(&mut self, said: &Value) -> bool {
        let Some(members) = said.as_object() else { return false };
        let Ok(parts) = thoughts(&mut Object::root(members.clone())) else { return false };
        for part in parts {
            match part {
                Part::Reasoning { text } => self.put(Event::Reasoning { text }),
                Part::Signature(seal) => self.put(Event::Signature(seal)),
                Part::Sealed(seal) => self.put(Event::Sealed(seal)),
                _ => {}
            }
        }
        true
    }

    /// The seal of a thought. One that is not told is empty, so that the seal is no other's.
    fn seal_thought(&mut self, by: Dialect, seal: &Value, thought: &str) {
        if thought.is_empty() && seal.as_str().is_some_and(|seal| !seal.is_empty()) {
            self.put(Event::Reasoning { text: String::new() });
        }
        self.sealed(by, seal, Event::Signature);
    }

    fn seal(&mut self, said: &Value) {
        self.sealed(Dialect::Gemini, &said["extra_content"]["google"]["thought_signature"], Event::Signature);
    }

    fn sealed(&mut self, by: Dialect, seal: &Value, event: impl FnOnce(Signature) -> Event) {
        if let Some(text) = seal.as_str().filter(|text| !text.is_empty()) {
            self.put(event(Signature::from_client(by, text)));
        }
    }

    /// A picture. One that is elsewhere can only be told by its address.
    fn image(&mut self, url: &Value) {
        let Some(url) = url.as_str() else { return };
        let inline = url.strip_prefix("data:").and_then(|data| data.split_once(";base64,"));
        match inline {
            Some((mime, base64)) => {
                self.put(Event::Image { mime: mime.to_owned(), base64: base64.to_owned() });
            }
            None => self.text(&format!("![]({url})")),
        }
    }

    fn audio(&mut self, said: &Value) {
        let audio = &said["audio"];
        // The words of speech are told as text, unless they are there already.
        if said["content"].as_str().is_none_or(str::is_empty) {
            self.text(audio["transcript"].as_str().unwrap_or_default());
        }
        if let Some(base64) = audio["data"].as_str().filter(|data| !data.is_empty()) {
            let mime = if self.whole { WHOLE_SOUND } else { STREAMED_SOUND };
            self.put(Event::Audio { mime: mime.to_owned(), base64: base64.to_owned() });
        }
    }

    fn calls(&mut self, said: &Value) {
        for (place, call) in (0..).zip(list(&said["tool_calls"])) {
            let custom = call["custom"].is_object();
            let body = if custom { &call["custom"] } else { &call["function"] };
            let mut fragment = fragment(call, body, if custom { "input" } else { "arguments" });
            fragment.custom = custom;
            if self.whole {
                fragment.index = Some(place);
            }
            self.called(fragment);
            let seal = &call["extra_content"]["google"]["thought_signature"];
            self.sealed(Dialect::Gemini, seal, Event::Signature);
        }
        let older = &said["function_call"];
        if older.is_object() {
            self.called(fragment(&Value::Null, older, "arguments"));
        }
    }

    fn called(&mut self, fragment: Fragment) {
        self.choice.called = true;
        self.queue.fragment(self.candidate, fragment);
    }
}

fn fragment(call: &Value, body: &Value, arguments: &str) -> Fragment {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let arguments = match &body[arguments] {
        // Some forget that arguments are text.
        object @ Value::Object(_) => object.to_string(),
        said => text(said),
    };
    Fragment {
        index: call["index"].as_u64(),
        id: text(&call["id"]),
        name: text(&body["name"]),
        arguments,
        custom: false,
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
