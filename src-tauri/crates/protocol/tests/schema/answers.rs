//! What goes out is what the official document describes.

use postern_protocol::chat::{Completion, Event, Failure};
use postern_protocol::dialect::{AnswerWriter as _, Asked};
use postern_protocol::embedding::{Input, Request, Vectors};
use postern_protocol::openai::{
    ErrorBody, ErrorType, Model, SoundForm, StreamEncoder, VectorForm, ask_embeddings, decode_completions,
    encode_completion, encode_embeddings, encode_error, encode_images, encode_model, encode_models,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::events::{answer, failure, stamp};
use crate::spec::Spec;

#[test]
fn whole_answers() {
    let Some(spec) = Spec::load() else { return };
    let response = spec.component("CreateChatCompletionResponse");
    run(answer(), |events| {
        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        response.check(&parsed(&encode_completion(&stamp(), &completion, SoundForm::Wav)));
    });
}

#[test]
fn chunks() {
    let Some(spec) = Spec::load() else { return };
    let chunk = spec.component("CreateChatCompletionStreamResponse");
    run((answer(), any::<bool>()), |(events, include_usage)| {
        let frames = streamed(&events, None, include_usage);
        assert_eq!(frames.last(), Some(&None), "the stream ends with [DONE]");
        for value in frames.into_iter().flatten() {
            chunk.check(&value);
        }
    });
}

#[test]
fn a_stream_that_fails() {
    let Some(spec) = Spec::load() else { return };
    let chunk = spec.component("CreateChatCompletionStreamResponse");
    let error = spec.component("ErrorResponse");
    run((answer(), failure(), any::<bool>()), |(mut events, failure, include_usage)| {
        events.pop();
        let mut frames = streamed(&events, Some(&failure), include_usage);
        assert_eq!(frames.pop(), Some(None), "the stream ends with [DONE]");
        error.check(&frames.pop().flatten().expect("the error comes before [DONE]"));
        for value in frames.into_iter().flatten() {
            chunk.check(&value);
        }
    });
}

#[test]
fn answers_of_the_older_completions() {
    let Some(spec) = Spec::load() else { return };
    let response = spec.component("CreateCompletionResponse");
    let body = br#"{"model":"m","prompt":"Hi","echo":true,"stream_options":{"include_usage":true}}"#;
    let asked: Asked = decode_completions(body).expect("it is read").into();
    run(answer(), |events| {
        let mut completion = Completion::default();
        let mut writer = asked.form.writer(stamp());
        let mut text = String::new();
        for event in events {
            text += &writer.event(&event);
            completion.push(event);
        }
        let whole = parsed(&asked.form.whole(&stamp(), &completion));
        response.check(&whole);
        let frames = text.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").expect("data"));
        let mut told = String::new();
        for mut chunk in frames.filter(|data| *data != "[DONE]").map(|data| parsed(data.as_bytes())) {
            // The document gives chunks no schema of their own; all but the last have no reason.
            if let Some(choice) = chunk["choices"].get_mut(0) {
                told += choice["text"].as_str().unwrap_or_default();
                if choice["finish_reason"].is_null() {
                    choice["finish_reason"] = "stop".into();
                }
            }
            response.check(&chunk);
        }
        // A chunk tells text and refusal in the order they came, a whole answer one after the other.
        assert_eq!(told.len(), whole["choices"][0]["text"].as_str().unwrap_or_default().len());
    });
}

#[test]
fn vectors() {
    let Some(spec) = Spec::load() else { return };
    let vectors = Vectors { vectors: vec![vec![0.5, -1.0], vec![0.25, 3.0]], tokens: None };
    let body = encode_embeddings("m", &vectors, VectorForm::Float);
    spec.component("CreateEmbeddingResponse").check(&parsed(&body));
    let request = Request {
        model: "m".to_owned(),
        input: Input::Texts(vec!["a".to_owned()]),
        dimensions: Some(2),
        user: None,
        extra: serde_json::Map::new(),
    };
    spec.component("CreateEmbeddingRequest").check(&ask_embeddings(&request));
}

#[test]
fn drawn_pictures() {
    let Some(spec) = Spec::load() else { return };
    let response = spec.component("ImagesResponse");
    run((answer(), any::<bool>()), |(events, as_url)| {
        let mut completion = Completion::default();
        events.into_iter().for_each(|event| completion.push(event));
        response.check(&parsed(&encode_images(&stamp(), &[completion.clone(), completion], as_url)));
    });
}

#[test]
fn errors() {
    let Some(spec) = Spec::load() else { return };
    let error = spec.component("ErrorResponse");
    run(failure(), |failure| error.check(&parsed(&encode_error(&failure))));
    let foreign = ErrorBody::new(ErrorType::InvalidRequestError, "invalid_api_key", "No such key.");
    error.check(&parsed(&foreign.to_bytes()));
}

#[test]
fn model_lists() {
    let Some(spec) = Spec::load() else { return };
    let bare = Model { id: "a".to_owned(), created: 1, owned_by: "b".to_owned(), ..Model::default() };
    let full = Model {
        display_name: Some("A".to_owned()),
        context_length: Some(1_048_576),
        default_temperature: Some(1.0),
        thinking: Some(true),
        ..bare.clone()
    };
    spec.component("Model").check(&parsed(&encode_model(&full)));
    let list = spec.component("ListModelsResponse");
    list.check(&parsed(&encode_models(&[])));
    list.check(&parsed(&encode_models(&[bare, full])));
}

/// The frames of a stream as JSON; `[DONE]` is `None`.
fn streamed(events: &[Event], failure: Option<&Failure>, include_usage: bool) -> Vec<Option<Value>> {
    let mut encoder = StreamEncoder::new(stamp(), include_usage);
    let mut text = encoder.keep_alive();
    for event in events {
        text += &encoder.event(event);
    }
    if let Some(failure) = failure {
        text += &encoder.failure(failure);
    }
    let mut frames: Vec<&str> = text.split("\n\n").filter(|frame| !frame.starts_with(':')).collect();
    assert_eq!(frames.pop(), Some(""), "every frame ends with an empty line");
    let data = frames.into_iter().map(|frame| frame.strip_prefix("data: ").expect("every frame is data"));
    data.map(|data| (data != "[DONE]").then(|| parsed(data.as_bytes()))).collect()
}

fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("JSON comes out")
}

pub(crate) fn run<S: Strategy>(strategy: S, check: impl Fn(S::Value)) {
    let outcome = TestRunner::default().run(&strategy, |value| {
        check(value);
        Ok(())
    });
    outcome.expect("every case holds");
}
