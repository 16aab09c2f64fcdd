//! Frames of an answer and their parts, as the site writes them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::wire;

/// Token counts of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt: u64,
    /// Tokens of the visible answer.
    pub output: u64,
    /// Tokens of the thoughts.
    pub thoughts: u64,
    /// Prompt tokens that came from a cache.
    pub cached: u64,
}

/// One part of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text of the answer.
    Text(String),
    /// Text of a thought.
    Thought(String),
    /// Text that carries a thought signature: a part of length 15.
    SignedText {
        /// The text.
        text: String,
        /// The signature.
        signature: String,
    },
    /// A function call.
    Call {
        /// The function.
        name: String,
        /// Its arguments.
        arguments: Map<String, Value>,
        /// The call's id.
        id: Option<String>,
        /// The thought signature; with it the part has length 15.
        signature: Option<String>,
    },
    /// Bytes, such as an image.
    Inline {
        /// Their type.
        mime: String,
        /// Base64.
        data: String,
    },
    /// Python that the model had run.
    Code(String),
    /// What that printed.
    CodeResult(String),
    /// Anything else, as it goes over the wire.
    Raw(Value),
}

impl Part {
    /// A call without id and signature. Arguments that are no object are none.
    pub fn call(name: &str, arguments: Value) -> Self {
        let arguments = if let Value::Object(arguments) = arguments { arguments } else { Map::new() };
        Self::Call { name: name.to_owned(), arguments, id: None, signature: None }
    }

    /// The same call with an id.
    #[must_use]
    pub fn with_id(mut self, new: &str) -> Self {
        if let Self::Call { id, .. } = &mut self {
            *id = Some(new.to_owned());
        }
        self
    }

    /// The same call with a thought signature.
    #[must_use]
    pub fn signed(mut self, new: &str) -> Self {
        if let Self::Call { signature, .. } = &mut self {
            *signature = Some(new.to_owned());
        }
        self
    }

    fn value(&self) -> Value {
        match self {
            Self::Text(text) => wire::slots([(1, json!(text))]),
            Self::Thought(text) => wire::slots([(1, json!(text)), (12, json!(1))]),
            Self::SignedText { text, signature } => wire::slots([(1, json!(text)), (14, json!(signature))]),
            Self::Call { name, arguments, id, signature } => {
                let call = wire::slots([(0, json!(name)), (1, wire::arguments(arguments)), (2, json!(id))]);
                wire::slots([(10, call), (14, json!(signature))])
            }
            Self::Inline { mime, data } => wire::slots([(2, json!([mime, data]))]),
            Self::Code(source) => wire::slots([(7, json!([1, source]))]),
            Self::CodeResult(output) => wire::slots([(8, json!([1, output]))]),
            Self::Raw(value) => value.clone(),
        }
    }
}

/// What an answer leans on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grounding {
    /// Pages of the web.
    pub chunks: Vec<Source>,
    /// Which piece of the answer leans on which pages.
    pub supports: Vec<Support>,
    /// What was searched for.
    pub queries: Vec<String>,
}

/// A page of the web.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its address.
    pub uri: String,
    /// Its title.
    pub title: String,
}

/// A piece of the answer and what it leans on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// Its first byte in the answer.
    pub start: u64,
    /// The byte after its last one.
    pub end: u64,
    /// The piece itself.
    pub text: String,
    /// Places in [`Grounding::chunks`].
    pub sources: Vec<u64>,
}

impl Grounding {
    fn value(&self) -> Value {
        let chunks: Vec<Value> = self.chunks.iter().map(|page| json!([[page.uri, page.title]])).collect();
        let support = |support: &Support| {
            // A start of nought is not written, as in any protobuf.
            let start = Some(support.start).filter(|start| *start > 0);
            json!([[null, start, support.end, support.text], support.sources])
        };
        let supports: Vec<Value> = self.supports.iter().map(support).collect();
        json!([null, chunks, supports, null, self.queries])
    }
}

/// One element of the streamed array.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Frame {
    /// What it carries.
    pub parts: Vec<Part>,
    /// Finish code, in the closing frame.
    pub finish: Option<u32>,
    /// Finish message.
    pub message: Option<String>,
    /// What the answer leans on.
    pub grounding: Option<Grounding>,
    /// Token counts so far.
    pub usage: Option<Usage>,
}

impl Frame {
    pub(super) fn value(&self) -> Value {
        let parts: Vec<Value> = self.parts.iter().map(Part::value).collect();
        let content = if parts.is_empty() { Value::Null } else { json!([parts, "model"]) };
        let grounding = self.grounding.as_ref().map_or(Value::Null, Grounding::value);
        let candidate =
            wire::slots([(0, content), (1, json!(self.finish)), (3, json!(self.message)), (7, grounding)]);
        let usage = self.usage.map_or(Value::Null, |usage| {
            let total = usage.prompt + usage.output + usage.thoughts;
            json!([
                usage.prompt,
                usage.output,
                total,
                usage.cached,
                null,
                null,
                null,
                null,
                null,
                usage.thoughts
            ])
        });
        let response_id = if usage.is_null() { Value::Null } else { json!("v1_standin") };
        wire::slots([(0, json!([candidate])), (2, usage), (7, response_id)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_shape_of_the_wire() {
        let thought = Frame { parts: vec![Part::Thought("t".into())], ..Frame::default() };
        assert_eq!(
            thought.value().to_string(),
            r#"[[[[[[null,"t",null,null,null,null,null,null,null,null,null,null,1]],"model"]]]]"#
        );
        let usage = Usage { prompt: 11, output: 6, thoughts: 9, cached: 0 };
        let closing = Frame { finish: Some(1), usage: Some(usage), ..Frame::default() };
        assert_eq!(
            closing.value().to_string(),
            r#"[[[null,1]],null,[11,6,26,0,null,null,null,null,null,9],null,null,null,null,"v1_standin"]"#
        );
    }

    #[test]
    fn signed_parts_are_fifteen_long() {
        let text = Part::SignedText { text: "a".into(), signature: "s".into() };
        let call = Part::call("f", json!({})).with_id("c").signed("s");
        for part in [text, call] {
            assert_eq!(part.value().as_array().map(Vec::len), Some(15));
        }
        assert_eq!(Part::call("f", json!({})).value().as_array().map(Vec::len), Some(11), "unsigned");
    }

    #[test]
    fn grounding_lies_in_the_candidate() {
        let page = Source { uri: "https://a.example/".into(), title: "A".into() };
        let support = Support { start: 0, end: 3, text: "abc".into(), sources: vec![0] };
        let grounding =
            Grounding { chunks: vec![page], supports: vec![support], queries: vec!["a b c".into()] };
        let frame = Frame { grounding: Some(grounding), ..Frame::default() };
        let expected = r#"[null,[[["https://a.example/","A"]]],[[[null,null,3,"abc"],[0]]],null,["a b c"]]"#;
        assert_eq!(frame.value()[0][0][7].to_string(), expected);
    }
}
