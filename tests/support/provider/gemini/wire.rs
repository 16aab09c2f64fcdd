//! An answer of Gemini: whole, as events, and as a list that comes bit by bit.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::said::{Finish, Said, Word, pieces};

/// An answer.
pub(super) struct Content<'a> {
    pub(super) id: String,
    pub(super) model: &'a str,
    pub(super) said: &'a [Said],
}

impl Content<'_> {
    pub(super) fn whole(&self) -> Value {
        if let Some(blocked) = self.blocked() {
            return blocked;
        }
        let candidates = self.said.iter().enumerate().map(|(index, said)| {
            let parts: Vec<Value> = said.words.iter().flat_map(|word| parts(word, false)).collect();
            candidate(index, &parts, Some(said))
        });
        self.envelope(candidates.collect(), true)
    }

    pub(super) fn events(&self) -> Vec<Bytes> {
        self.chunks().iter().map(|chunk| Bytes::from(format!("data: {chunk}\r\n\r\n"))).collect()
    }

    pub(super) fn array(&self) -> Vec<Bytes> {
        let chunks = self.chunks();
        let before = |index: usize| if index == 0 { "[" } else { ",\r\n" };
        let chunks = chunks.iter().enumerate().map(|(index, chunk)| format!("{}{chunk:#}\n", before(index)));
        chunks.chain(["]\n".to_owned()]).map(Bytes::from).collect()
    }

    /// Every piece by itself; the end comes behind a last, empty text, also after a call.
    fn chunks(&self) -> Vec<Value> {
        if let Some(blocked) = self.blocked() {
            return vec![blocked];
        }
        let mut chunks = Vec::new();
        for (index, said) in self.said.iter().enumerate() {
            let parts = said.words.iter().flat_map(|word| parts(word, true));
            chunks.extend(parts.map(|part| self.envelope(vec![candidate(index, &[part], None)], false)));
        }
        let ends = self.said.iter().enumerate();
        let ends = ends.map(|(index, said)| candidate(index, &[json!({ "text": "" })], Some(said))).collect();
        chunks.push(self.envelope(ends, true));
        chunks
    }

    /// A question to which nothing at all is said, because a filter stepped in before.
    fn blocked(&self) -> Option<Value> {
        let blocked = self.said.iter().all(|said| said.words.is_empty() && said.finish == Finish::Filtered);
        blocked.then(|| {
            let mut envelope = self.envelope(Vec::new(), false);
            if let Some(envelope) = envelope.as_object_mut() {
                envelope.remove("candidates");
            }
            envelope["promptFeedback"] = json!({ "blockReason": "PROHIBITED_CONTENT" });
            envelope
        })
    }

    fn envelope(&self, candidates: Vec<Value>, last: bool) -> Value {
        json!({
            "candidates": candidates, "usageMetadata": self.usage(last), "modelVersion": self.model, "responseId": self.id,
        })
    }

    /// Counts grow from chunk to chunk and are right in the last.
    fn usage(&self, last: bool) -> Value {
        let told = self.said.first().map(|said| said.usage).unwrap_or_default();
        let sum = |count: fn(&Said) -> u64| self.said.iter().map(count).sum::<u64>();
        let (output, thoughts) =
            if last { (sum(|said| said.usage.output), sum(|said| said.usage.thoughts)) } else { (1, 0) };
        let mut usage = json!({
            "promptTokenCount": told.prompt, "candidatesTokenCount": output,
            "totalTokenCount": told.prompt + output + thoughts,
            "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": told.prompt }],
        });
        if told.cached > 0 {
            usage["cachedContentTokenCount"] = told.cached.into();
        }
        if thoughts > 0 {
            usage["thoughtsTokenCount"] = thoughts.into();
        }
        usage
    }
}

fn candidate(index: usize, parts: &[Value], ends: Option<&Said>) -> Value {
    let mut candidate = json!({ "content": { "parts": parts, "role": "model" }, "index": index });
    if let Some(said) = ends {
        candidate["finishReason"] = finish(said).into();
    }
    candidate
}

fn finish(said: &Said) -> String {
    match &said.finish {
        Finish::Done | Finish::StopSequence(_) => "STOP".to_owned(),
        Finish::Length => "MAX_TOKENS".to_owned(),
        Finish::Filtered => "SAFETY".to_owned(),
        Finish::Native(reason) => reason.clone(),
    }
}

/// One word, in one part or as it comes. Calls come whole: this interface knows no fragments of them.
fn parts(word: &Word, streams: bool) -> Vec<Value> {
    let cut = |text: &str| -> Vec<String> {
        if streams { pieces(text).map(str::to_owned).collect() } else { vec![text.to_owned()] }
    };
    match word {
        Word::Text(text) => cut(text).into_iter().map(|text| json!({ "text": text })).collect(),
        Word::Thought { text, .. } => {
            cut(text).into_iter().map(|text| json!({ "text": text, "thought": true })).collect()
        }
        Word::Call { id, name, arguments, signature } => {
            let mut part = json!({ "functionCall": { "name": name, "args": arguments } });
            if let Some(id) = id {
                part["functionCall"]["id"] = id.as_str().into();
            }
            if let Some(signature) = signature {
                part["thoughtSignature"] = signature.as_str().into();
            }
            vec![part]
        }
    }
}
