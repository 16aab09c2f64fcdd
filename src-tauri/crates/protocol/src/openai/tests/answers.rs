//! Streams, whole answers, errors and model lists, as they go over the wire.

use std::time::Duration;

use serde_json::{Value, json};

use crate::RequestId;
use crate::chat::{Completion, Event, Failure, FailureKind, Finish, Step, ToolCall, Usage};
use crate::dialect::AnswerWriter as _;
use crate::openai::{
    ErrorBody, ErrorType, Model, Sound, SoundForm, Stamp, StreamEncoder, encode_completion, encode_error,
    encode_model, encode_models,
};

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc"), created: 1_770_000_000, model: "ai_studio/gemini-x".to_owned() }
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned() }
}

fn call(id: &str) -> Event {
    Event::ToolCall(ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: "{\"a\":1}".to_owned() })
}

fn usage() -> Event {
    Event::Usage(Usage { prompt: 12, completion: 34, cached: 5, reasoning: 6 })
}

fn started() -> Event {
    Event::Started { model: "gemini-x".to_owned(), warnings: Vec::new() }
}

/// One event of every kind.
fn everything() -> Vec<Event> {
    let citation = json!({ "type": "url_citation", "url_citation":
        { "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 5 } });
    vec![
        started(),
        Event::Reasoning { text: "Hm.".to_owned() },
        text("Héllo\n"),
        text("🦀"),
        call("c1"),
        call("c2"),
        Event::Image { mime: "image/png".to_owned(), base64: "iVBORw==".to_owned() },
        Event::Citation { raw: citation },
        Event::Citation { raw: json!(["https://b.example/"]) },
        usage(),
        Event::Finished(Finish::Stop),
    ]
}

fn stream(events: &[Event], include_usage: bool) -> String {
    let mut encoder = StreamEncoder::new(stamp(), include_usage);
    events.iter().map(|event| encoder.event(event)).collect()
}

fn whole(events: Vec<Event>) -> Value {
    sounding(events, SoundForm::Wav)
}

fn sounding(events: Vec<Event>, form: SoundForm) -> Value {
    let mut completion = Completion::default();
    events.into_iter().for_each(|event| completion.push(event));
    serde_json::from_slice(&encode_completion(&stamp(), &completion, form)).unwrap()
}

fn sound(base64: &str) -> Event {
    Event::Audio { mime: "audio/L16;codec=pcm;rate=24000".to_owned(), base64: base64.to_owned() }
}

#[test]
fn speech_comes_whole_in_the_form_that_was_asked_for() {
    let events = vec![started(), sound("AQI="), sound("AwQ="), Event::Finished(Finish::Stop)];
    let answer = sounding(events.clone(), SoundForm::Pcm);
    let audio = &answer["choices"][0]["message"]["audio"];
    let expected =
        json!({ "id": "audio-abc", "expires_at": 1_770_000_000, "data": "AQIDBA==", "transcript": "" });
    assert_eq!(*audio, expected);
    assert_eq!(answer["choices"][0]["message"]["content"], Value::Null);
    let answer = whole(events);
    let wav = answer["choices"][0]["message"]["audio"]["data"].as_str().unwrap().to_owned();
    let file = Sound::of(&[("audio/wav".to_owned(), wav)]).unwrap();
    assert_eq!((file.rate(), file.samples()), (24_000, &[1, 2, 3, 4][..]));
    let spoken = whole(vec![text("Hi"), sound("AQI="), Event::Finished(Finish::Stop)]);
    let message = &spoken["choices"][0]["message"];
    assert_eq!((&message["content"], &message["audio"]["transcript"]), (&json!("Hi"), &json!("Hi")));
    assert!(whole(vec![text("Hi")])["choices"][0]["message"].get("audio").is_none());
}

#[test]
fn speech_that_cannot_be_turned_is_handed_on() {
    let piece = |base64: &str| Event::Audio { mime: "audio/ogg".to_owned(), base64: base64.to_owned() };
    let data = |events: Vec<Event>| whole(events)["choices"][0]["message"]["audio"]["data"].clone();
    assert_eq!(data(vec![piece("AQI=")]), "AQI=");
    assert_eq!(data(vec![piece("AQI="), piece("AwQ=")]), "AQIDBA==");
}

#[test]
fn speech_streams_as_bare_samples() {
    let mut encoder = StreamEncoder::new(stamp(), false);
    encoder.event(&started());
    let wav = Sound::of(&[("audio/pcm".to_owned(), "AQI=".to_owned())]).unwrap().to_wav();
    let wav = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, wav);
    let wav = Event::Audio { mime: "audio/wav".to_owned(), base64: wav };
    let mut frames = String::new();
    for event in [sound("AQI="), wav, sound("AwQ="), Event::Finished(Finish::Stop)] {
        frames += &encoder.event(&event);
    }
    // Clients join the pieces of base64, and the ids.
    let said: String = frames.matches("audio-abc").collect();
    assert_eq!(said, "audio-abc");
    let pieces = frames.split("\"data\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(pieces.collect::<Vec<_>>(), ["AQIB", "AgME"]);
}

/// As official clients put lists together: what has no index may come once.
#[test]
fn sources_come_in_one_piece_at_the_end() {
    let annotation = |url: &str| {
        let citation = json!({ "url": url, "title": "A", "start_index": 0, "end_index": 1 });
        Event::Citation { raw: json!({ "type": "url_citation", "url_citation": citation }) }
    };
    let raw = |number: u8| Event::Citation { raw: json!([number]) };
    let streamed = stream(
        &[
            raw(1),
            text("a"),
            annotation("https://a.example"),
            raw(2),
            annotation("https://b.example"),
            Event::Finished(Finish::Stop),
        ],
        false,
    );
    let frames: Vec<&str> = streamed.split("\n\n").collect();
    assert!(
        frames[2].contains("https://a.example") && frames[2].contains("https://b.example"),
        "{}",
        frames[2]
    );
    assert!(frames[3].contains(r#""delta":{"citations":[[1],[2]]}"#), "{}", frames[3]);
    assert!(frames[4].contains(r#""finish_reason":"stop""#), "{}", frames[4]);
}

#[test]
fn a_stream_with_everything() {
    insta::assert_snapshot!(stream(&everything(), false));
}

#[test]
fn a_stream_with_usage() {
    insta::assert_snapshot!(stream(&[started(), usage(), text("Hi"), Event::Finished(Finish::Length)], true));
}

#[test]
fn a_whole_answer_with_everything() {
    insta::assert_json_snapshot!(whole(everything()));
}

#[test]
fn usage_that_nobody_told_is_not_invented() {
    let events = [started(), text("Hi"), Event::Finished(Finish::Stop)];
    let streamed = stream(&events, true);
    assert!(!streamed.contains("prompt_tokens") && !streamed.contains("\"choices\":[]"), "{streamed}");
    assert!(whole(events.to_vec()).get("usage").is_none());
}

#[test]
fn the_role_comes_first_even_without_a_start() {
    let streamed = stream(&[text("Hi")], false);
    let first = streamed.split("\n\n").next().unwrap();
    assert!(first.contains(r#""delta":{"role":"assistant","content":""}"#), "{first}");
}

#[test]
fn empty_pieces_are_not_sent() {
    let mut encoder = StreamEncoder::new(stamp(), false);
    encoder.event(&started());
    assert_eq!(encoder.event(&text("")), "");
    assert_eq!(encoder.event(&Event::Reasoning { text: String::new() }), "");
}

#[test]
fn a_stream_that_fails_says_so_and_ends() {
    let mut encoder = StreamEncoder::new(stamp(), true);
    encoder.event(&started());
    encoder.event(&text("Hi"));
    let failure = Failure::new(FailureKind::Interrupted, "The answer broke off.");
    insta::assert_snapshot!(encoder.failure(&failure), @r#"
    data: {"error":{"message":"The answer broke off.","type":"server_error","param":null,"code":"interrupted"}}

    data: [DONE]
    "#);
}

#[test]
fn nothing_follows_the_end() {
    let failure = Failure::new(FailureKind::Internal, "Late.");
    let mut finished = StreamEncoder::new(stamp(), false);
    finished.event(&Event::Finished(Finish::Stop));
    let mut failed = StreamEncoder::new(stamp(), false);
    failed.failure(&failure);
    for mut encoder in [finished, failed] {
        assert_eq!(encoder.event(&text("Late.")), "");
        assert_eq!(encoder.event(&Event::Finished(Finish::Stop)), "");
        assert_eq!(encoder.failure(&failure), "");
    }
}

#[test]
fn the_finish_reason_fits_what_was_said() {
    let expected = [
        (Finish::Stop, false, "stop"),
        (Finish::Stop, true, "tool_calls"),
        (Finish::ToolCalls, true, "tool_calls"),
        (Finish::ToolCalls, false, "stop"),
        (Finish::Length, true, "length"),
        (Finish::ContentFilter, false, "content_filter"),
    ];
    for (finish, with_call, reason) in expected {
        let mut events = vec![started(), text("Hi")];
        events.extend(with_call.then(|| call("c")));
        events.push(Event::Finished(finish));
        assert!(stream(&events, false).contains(&format!(r#""finish_reason":"{reason}""#)));
        assert_eq!(whole(events)["choices"][0]["finish_reason"], reason);
    }
}

#[test]
fn content_is_null_only_beside_calls() {
    let content = |events: Vec<Event>| whole(events)["choices"][0]["message"]["content"].clone();
    assert_eq!(content(vec![call("c")]), Value::Null);
    assert_eq!(content(vec![text("Hi"), call("c")]), "Hi");
    assert_eq!(content(vec![started()]), "");
}

#[test]
fn an_answer_that_never_finished_is_not_called_complete() {
    assert_eq!(whole(vec![text("Hi")])["choices"][0]["finish_reason"], "length");
}

#[test]
fn steps_on_the_way_are_not_part_of_the_answer() {
    let step = || Event::Step(Step::Account { name: "ada".to_owned() });
    assert_eq!(whole(vec![step(), text("Hi")]), whole(vec![text("Hi")]));
    let mut encoder = StreamEncoder::new(stamp(), false);
    assert_eq!(encoder.event(&step()), "", "not even the first chunk");
    assert!(encoder.event(&started()).contains("assistant"));
}

#[test]
fn failures_have_a_status_a_type_and_a_code() {
    let expected = [
        (FailureKind::BadRequest, 400, "invalid_request_error", json!(null)),
        (FailureKind::UnknownModel, 404, "invalid_request_error", json!("model_not_found")),
        (FailureKind::Quota, 429, "rate_limit_error", json!("rate_limit_exceeded")),
        (FailureKind::Refused, 403, "permission_error", json!("session_refused")),
        (FailureKind::NotAllowed, 403, "permission_error", json!("model_not_allowed")),
        (FailureKind::SignInExpired, 503, "server_error", json!("sign_in_expired")),
        (FailureKind::NeedsVerification, 503, "server_error", json!("verification_needed")),
        (FailureKind::Unavailable, 503, "server_error", json!("unavailable")),
        (FailureKind::UpstreamError, 502, "server_error", json!("upstream_error")),
        (FailureKind::Interrupted, 502, "server_error", json!("interrupted")),
        (FailureKind::PageChanged, 502, "server_error", json!("page_changed")),
        (FailureKind::Timeout, 504, "server_error", json!("timeout")),
        (FailureKind::Cancelled, 499, "request_cancelled", json!("cancelled")),
        (FailureKind::Internal, 500, "server_error", json!("internal_error")),
    ];
    for (kind, code, group, name) in expected {
        assert_eq!(kind.status(), code);
        let failure = Failure::new(kind, "So it is.").param("p").retry_after(Duration::from_secs(3));
        let error: Value = serde_json::from_slice(&encode_error(&failure)).unwrap();
        let body = json!({ "message": "So it is.", "type": group, "param": "p", "code": name });
        assert_eq!(error, json!({ "error": body }));
    }
}

#[test]
fn errors_that_are_no_failures_have_the_same_form() {
    let error = ErrorBody::new(ErrorType::InvalidRequestError, "invalid_api_key", "No such key.");
    let expected = r#"{"error":{"message":"No such key.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#;
    assert_eq!(error.to_bytes(), expected.as_bytes());
}

#[test]
fn a_model_shows_what_is_known_of_it() {
    let bare =
        Model { id: "echo".to_owned(), created: 7, owned_by: "postern".to_owned(), ..Model::default() };
    let official = r#"{"object":"model","id":"echo","created":7,"owned_by":"postern"}"#;
    assert_eq!(encode_model(&bare), official.as_bytes());
    assert_eq!(encode_models(&[bare]), format!(r#"{{"object":"list","data":[{official}]}}"#).as_bytes());
}
