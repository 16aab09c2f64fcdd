//! Everything of OpenAI that is no conversation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::super::Answered;
use super::super::deliver::{Frames, SSE};
use super::super::desk::Desk;
use super::super::received::Received;
use super::super::refusal::Refused;
use super::super::said::pieces;
use super::checks::wrong;
use super::{asked_model, data, finish, said, text_of, trouble, usage};
use crate::answer::echo_picture;

type Made = Result<Frames, Refused>;

/// Sound as a vendor sends it: bytes that are no text.
pub(super) fn sound() -> Vec<u8> {
    (0_u32..6_000).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// The old way of asking: one prompt, one text.
pub(super) fn completion(desk: &Desk, request: &Received) -> Answered {
    let body = request.json();
    let model = asked_model(&body)?;
    if body["prompt"].is_null() {
        return Err(wrong("prompt", "you must provide a prompt parameter"));
    }
    let turn = desk.take();
    let said = said(&turn, request, &text_of(&body["prompt"]), 1).remove(0);
    let chunk = |text: &str, finish: Value| {
        let choice = json!({ "text": text, "index": 0, "logprobs": null, "finish_reason": finish });
        json!({ "id": format!("cmpl-standin{}", request.id), "object": "text_completion", "created": 1_770_000_000, "model": model, "choices": [choice] })
    };
    let text = said.visible();
    let frames = if body["stream"] == true {
        let words = pieces(&text).map(|piece| data(&chunk(piece, Value::Null)));
        let end = [data(&chunk("", finish(&said).into())), Bytes::from_static(b"data: [DONE]\n\n")];
        Frames::stream(SSE, words.chain(end).collect()).or_trouble(trouble(&turn.delivery))
    } else {
        let mut whole = chunk(&text, finish(&said).into());
        whole["usage"] = usage(&[said]);
        Frames::json(&whole)
    };
    Ok((frames, turn.delivery))
}

/// Vectors that say something of the text: four numbers, or as many as were asked for.
pub(super) fn embeddings(request: &Received) -> Made {
    let body = request.json();
    let model = asked_model(&body)?;
    let inputs: Vec<String> = match &body["input"] {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().map(text_of).collect()
        }
        Value::Array(items) if !items.is_empty() => vec![items.len().to_string()],
        _ => {
            return Err(wrong(
                "input",
                "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
            ));
        }
    };
    let size = usize::try_from(body["dimensions"].as_u64().unwrap_or(4)).unwrap_or(4);
    let packed = body["encoding_format"] == "base64";
    let rows = inputs.iter().enumerate().map(|(index, text)| {
        let vector = vector(text, size);
        let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
        let embedding = if packed { STANDARD.encode(bytes).into() } else { json!(vector) };
        json!({ "object": "embedding", "index": index, "embedding": embedding })
    });
    let tokens = inputs.iter().map(|text| text.len().div_ceil(4)).sum::<usize>();
    Ok(Frames::json(&json!({
        "object": "list", "data": rows.collect::<Vec<_>>(), "model": model,
        "usage": { "prompt_tokens": tokens, "total_tokens": tokens },
    })))
}

/// A vector of a text: its length, then halves of it.
pub(in super::super) fn vector(text: &str, size: usize) -> Vec<f32> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    (0..size).scan(f32::from(length), |number, _| Some(std::mem::replace(number, *number / 2.0))).collect()
}

/// Documents, the longest first. No vendor's own: Jina, Cohere and SiliconFlow have it in this form.
pub(super) fn rerank(request: &Received) -> Made {
    let body = request.json();
    let documents =
        body["documents"].as_array().ok_or_else(|| wrong("documents", "documents is required"))?;
    let text = |document: &Value| document.as_str().map_or_else(|| text_of(&document["text"]), str::to_owned);
    let mut order: Vec<(usize, usize)> =
        documents.iter().enumerate().map(|(index, document)| (index, text(document).len())).collect();
    order.sort_by_key(|(index, length)| (std::cmp::Reverse(*length), *index));
    let top = usize::try_from(body["top_n"].as_u64().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let results = order.iter().take(top).enumerate().map(|(place, (index, _))| {
        let mut result = json!({ "index": index, "relevance_score": 0.99 / (place + 1) as f64 });
        if body["return_documents"] == true {
            result["document"] = json!({ "text": text(&documents[*index]) });
        }
        result
    });
    Ok(Frames::json(&json!({
        "id": format!("rerank-{}", request.id), "model": body["model"],
        "results": results.collect::<Vec<_>>(), "usage": { "total_tokens": 15 },
    })))
}

/// The same sound for every text.
pub(super) fn speech(request: &Received) -> Made {
    let body = request.json();
    asked_model(&body)?;
    if !body["input"].is_string() {
        return Err(wrong("input", "Missing required parameter: 'input'."));
    }
    let mime = match body["response_format"].as_str().unwrap_or("mp3") {
        "wav" => "audio/wav",
        "pcm" => "audio/pcm",
        "opus" => "audio/opus",
        _ => "audio/mpeg",
    };
    let sound = sound().chunks(1_000).map(Bytes::copy_from_slice).collect();
    Ok(Frames::stream(mime, sound))
}

/// What was said in a file: how long it is.
pub(super) fn transcription(request: &Received) -> Made {
    let form = Form::of(request).ok_or_else(|| wrong("file", "The request is no multipart form."))?;
    let file = form.field("file").ok_or_else(|| wrong("file", "Missing required parameter: 'file'."))?;
    form.field("model").ok_or_else(|| wrong("model", "you must provide a model parameter"))?;
    let text = format!("A sound of {} bytes.", file.len());
    let format = form.field("response_format").unwrap_or(b"json");
    Ok(match format {
        b"text" => Frames::whole("text/plain; charset=utf-8", format!("{text}\n")),
        b"srt" => Frames::whole(
            "text/plain; charset=utf-8",
            format!("1\n00:00:00,000 --> 00:00:01,000\n{text}\n\n"),
        ),
        b"verbose_json" => Frames::json(
            &json!({ "task": "transcribe", "language": "english", "duration": 1.0, "text": text, "segments": [] }),
        ),
        _ => Frames::json(&json!({ "text": text, "usage": { "type": "duration", "seconds": 1 } })),
    })
}

/// The same picture for every prompt.
pub(super) fn images(request: &Received) -> Made {
    let body = request.json();
    asked_model(&body)?;
    if !body["prompt"].is_string() {
        return Err(wrong("prompt", "Missing required parameter: 'prompt'."));
    }
    let count = usize::try_from(body["n"].as_u64().unwrap_or(1)).unwrap_or(1);
    let pictures = vec![json!({ "b64_json": echo_picture() }); count];
    Ok(Frames::json(
        &json!({ "created": 1_770_000_000, "data": pictures, "output_format": "png", "size": "1024x1024" }),
    ))
}

/// A form with files, as browsers send it.
struct Form<'a> {
    boundary: String,
    body: &'a [u8],
}

impl<'a> Form<'a> {
    fn of(request: &'a Received) -> Option<Self> {
        let (_, boundary) = request.header("content-type")?.split_once("boundary=")?;
        Some(Self { boundary: format!("\r\n--{}", boundary.trim_matches('"')), body: &request.body })
    }

    /// The bytes of the field of this name.
    fn field(&self, name: &str) -> Option<&'a [u8]> {
        let name = format!("name=\"{name}\"");
        let at = find(self.body, name.as_bytes())?;
        let begin = at + find(&self.body[at..], b"\r\n\r\n")? + 4;
        let end = find(&self.body[begin..], self.boundary.as_bytes())?;
        Some(&self.body[begin..begin + end])
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
