//! The older Completions.

use serde_json::{Value, json};

use crate::RequestId;
use crate::chat::{Completion, Event, Failure, FailureKind, Finish, Message, Role, Usage};
use crate::dialect::{Asked, Stamp};
use crate::openai::{CompletionsCall, decode_completions};

fn read(fields: &Value) -> Result<CompletionsCall, Failure> {
    let mut body = json!({ "model": "m", "prompt": "Once" });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    decode_completions(body.to_string().as_bytes())
}

fn asked(fields: &Value) -> Asked {
    read(fields).unwrap_or_else(|failure| panic!("{failure}")).into()
}

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc"), created: 7, model: "m".to_owned() }
}

fn events() -> Vec<Event> {
    vec![
        Event::Reasoning { text: "Hm".to_owned() },
        Event::Text { text: " upon".to_owned() },
        Event::Text { text: " a".to_owned() },
        Event::Usage(Usage { prompt: 1, completion: 2, cached: 0, reasoning: 0 }),
        Event::Finished(Finish::Stop),
    ]
}

fn streamed(asked: &Asked) -> Vec<Value> {
    let mut writer = asked.form.writer(stamp());
    let text: String = events().iter().map(|event| writer.event(event)).collect();
    let frames = text.strip_suffix("data: [DONE]\n\n").expect("it ends with [DONE]");
    let data = frames.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[test]
fn a_prompt_is_what_the_user_says() {
    for prompt in [json!("Once"), json!(["Once"])] {
        let call =
            read(&json!({ "prompt": prompt, "n": 2, "best_of": 2, "max_tokens": 5, "logprobs": null }))
                .unwrap();
        assert_eq!(call.request.messages, [Message::text(Role::User, "Once")]);
        assert_eq!((call.request.candidates, call.request.sampling.max_tokens), (Some(2), Some(5)));
    }
}

#[test]
fn what_cannot_be_honoured_is_refused() {
    let cases = [
        (json!({ "prompt": ["a", "b"] }), "prompt"),
        (json!({ "prompt": [1, 2] }), "prompt"),
        (json!({ "prompt": "" }), "prompt"),
        (json!({ "suffix": "end" }), "suffix"),
        (json!({ "best_of": 3 }), "best_of"),
        (json!({ "logprobs": 9 }), "logprobs"),
        (json!({ "temperature": "hot" }), "temperature"),
    ];
    for (fields, param) in cases {
        let failure = read(&fields).unwrap_err();
        assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some(param)));
    }
    assert!(read(&json!({ "suffix": "", "best_of": 1 })).is_ok());
}

#[test]
fn chunks_hold_text() {
    let told = streamed(&asked(&json!({ "stream_options": { "include_usage": true } })));
    let expected = json!({ "id": "cmpl-abc", "object": "text_completion", "created": 7, "model": "m",
        "choices": [{ "text": " upon", "index": 0, "logprobs": null, "finish_reason": null }] });
    assert_eq!(told[0], expected);
    assert_eq!(told[2]["choices"][0]["finish_reason"], "stop");
    assert_eq!((&told[3]["choices"], &told[3]["usage"]["total_tokens"]), (&json!([]), &json!(3)));
    assert_eq!(told.len(), 4);
}

#[test]
fn the_prompt_is_told_again_on_request_and_streams_add_up() {
    for echo in [false, true] {
        let asked = asked(&json!({ "echo": echo }));
        let told = streamed(&asked);
        let text: String = told.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
        assert_eq!(text, if echo { "Once upon a" } else { " upon a" });
        let mut completion = Completion::default();
        events().into_iter().for_each(|event| completion.push(event));
        let whole: Value = serde_json::from_slice(&asked.form.whole(&stamp(), &completion)).unwrap();
        assert_eq!(whole["choices"][0]["text"], text);
        assert_eq!(whole["usage"]["prompt_tokens"], 1);
    }
}

#[test]
fn a_failure_ends_the_stream() {
    let mut writer = asked(&json!({})).form.writer(stamp());
    let failure = Failure::new(FailureKind::Quota, "Used up.");
    let text = writer.failure(&failure);
    assert!(
        text.starts_with("data: {\"error\":{\"message\":\"Used up.\"") && text.ends_with("data: [DONE]\n\n")
    );
    assert_eq!(writer.failure(&failure) + &writer.event(&events()[1]), "");
}
