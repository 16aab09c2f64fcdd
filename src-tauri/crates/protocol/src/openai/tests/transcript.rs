//! Recordings that are to be written down.

use serde_json::{Value, json};

use crate::RequestId;
use crate::chat::{Completion, Event, Failure, FailureKind, Finish, Part, Source, Usage};
use crate::dialect::{Asked, Stamp};
use crate::openai::{Hearing, TranscriptCall, decode_transcript};

const KIND: &str = "multipart/form-data; boundary=x";

fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.MP3\"\r\n";
    body += "Content-Type: application/octet-stream\r\n\r\nabc\r\n--x--\r\n";
    body.into_bytes()
}

fn read(fields: &[(&str, &str)]) -> Result<TranscriptCall, Failure> {
    decode_transcript(Hearing::Transcribe, KIND, &form(fields))
}

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("r1"), created: 7, model: "ear".to_owned() }
}

fn events() -> Vec<Event> {
    let text = |text: &str| Event::Text { text: text.to_owned() };
    let usage = Usage { prompt: 5, completion: 2, ..Usage::default() };
    vec![
        Event::Started { model: "ear".to_owned(), warnings: Vec::new() },
        text("Hello "),
        text("there."),
        Event::Usage(usage),
        Event::Finished(Finish::Stop),
    ]
}

#[test]
fn a_form_becomes_a_conversation_with_a_recording() {
    let call = read(&[("model", "ear"), ("language", "fr"), ("prompt", "Brest"), ("temperature", "0.5")])
        .expect("read");
    let parts = &call.request.messages[0].parts;
    let Part::Text { text } = &parts[0] else { panic!("no instruction") };
    assert!(text.contains("word for word") && text.contains("fr") && text.contains("Brest"), "{text}");
    let source = Source::Data { mime: Some("audio/mpeg".to_owned()), base64: "YWJj".to_owned() };
    assert_eq!(parts[1], Part::Audio { source });
    assert_eq!((call.request.model.as_str(), call.request.sampling.temperature), ("ear", Some(0.5)));
    assert!(!call.stream && !call.plain);
}

#[test]
fn what_cannot_be_done_is_refused_by_its_field() {
    let model = ("model", "ear");
    for (fields, param) in [
        (vec![], "model"),
        (vec![model, ("response_format", "srt")], "response_format"),
        (vec![model, ("timestamp_granularities[]", "word")], "timestamp_granularities"),
        (vec![model, ("temperature", "hot")], "temperature"),
    ] {
        let failure = read(&fields).expect_err("refused");
        assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some(param)));
    }
    let no_form = decode_transcript(Hearing::Translate, "application/json", b"{}").expect_err("refused");
    assert_eq!(no_form.param.as_deref(), Some("file"));
}

#[test]
fn the_text_is_answered_as_json_bare_or_in_pieces() {
    let completion: Completion = events().into_iter().collect();
    let answered = |fields: &[(&str, &str)]| {
        let asked = Asked::from(read(fields).expect("read"));
        (asked.form.whole_type(), String::from_utf8(asked.form.whole(&stamp(), &completion)).expect("text"))
    };
    let (kind, json_text) = answered(&[("model", "ear")]);
    let usage = json!({ "type": "tokens", "input_tokens": 5, "output_tokens": 2, "total_tokens": 7 });
    assert_eq!(kind, "application/json");
    let told: Value = serde_json::from_str(&json_text).expect("JSON");
    assert_eq!(told, json!({ "text": "Hello there.", "usage": usage }));
    let plain = answered(&[("model", "ear"), ("response_format", "text")]);
    assert_eq!(plain, ("text/plain; charset=utf-8", "Hello there.\n".to_owned()));

    let asked = Asked::from(read(&[("model", "ear"), ("stream", "true")]).expect("read"));
    assert!(asked.stream);
    let mut writer = asked.form.writer(stamp());
    let told: String = events().iter().map(|event| writer.event(event)).collect();
    let frames: Vec<Value> = told
        .split_terminator("\n\n")
        .map(|frame| serde_json::from_str(frame.strip_prefix("data: ").expect("data")).expect("JSON"))
        .collect();
    assert_eq!(frames[0], json!({ "type": "transcript.text.delta", "delta": "Hello " }));
    assert_eq!(frames[2], json!({ "type": "transcript.text.done", "text": "Hello there.", "usage": usage }));
    assert_eq!(writer.failure(&Failure::new(FailureKind::Quota, "late")), "");
}
