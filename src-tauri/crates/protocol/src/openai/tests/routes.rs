//! The routes for speech and pictures.

use serde_json::{Value, json};

use super::super::{ImageCall, SoundForm, SpeechCall, Stamp, decode_images, decode_speech, encode_images};
use crate::RequestId;
use crate::chat::{Completion, Event, Failure, FailureKind, Modality, Usage};

fn speech(fields: &Value) -> Result<SpeechCall, Failure> {
    let mut body = json!({ "model": "tts", "input": "Hello" });
    merge(&mut body, fields);
    decode_speech(body.to_string().as_bytes())
}

fn images(fields: &Value) -> Result<ImageCall, Failure> {
    let mut body = json!({ "model": "draw", "prompt": "A cat" });
    merge(&mut body, fields);
    decode_images(body.to_string().as_bytes())
}

fn merge(body: &mut Value, fields: &Value) {
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
}

#[track_caller]
fn param<T: std::fmt::Debug>(read: Result<T, Failure>) -> String {
    let failure = read.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BadRequest);
    failure.param.unwrap()
}

#[test]
fn a_text_is_to_be_spoken() {
    let call =
        speech(&json!({ "voice": "Kore", "response_format": "pcm", "speed": 1, "stream_format": "audio" }))
            .unwrap();
    assert_eq!((call.request.model.as_str(), call.form), ("tts", Some(SoundForm::Pcm)));
    assert_eq!(call.request.messages[0].plain_text(), "Hello");
    assert_eq!(call.request.wishes.modalities, [Modality::Audio]);
    assert_eq!(call.request.wishes.voice.as_deref(), Some("Kore"));
    let plain = speech(&json!({ "instructions": " Say it kindly. " })).unwrap();
    assert_eq!(plain.request.messages[0].plain_text(), "Say it kindly:\nHello");
    assert_eq!(plain.form, None);
    let by_habit = |voice: &str| speech(&json!({ "voice": voice })).unwrap().request.wishes.voice_by_habit;
    assert!(by_habit("alloy") && !by_habit("Kore"));
}

#[test]
fn fields_that_the_routes_do_not_know_are_kept() {
    let more = json!({ "google": { "a": 1 }, "seed": 7 });
    let kept = more.as_object().unwrap();
    assert_eq!(speech(&more).unwrap().request.extra, *kept);
    assert_eq!(images(&more).unwrap().request.extra, *kept);
}

#[test]
fn wrong_wishes_for_speech_are_named() {
    let wrong = [
        ("model", json!("")),
        ("input", json!(null)),
        ("voice", json!(5)),
        ("response_format", json!("mp3")),
        ("speed", json!(1.5)),
        ("stream_format", json!("sse")),
        ("instructions", json!([])),
    ];
    for (field, value) in wrong {
        assert_eq!(param(speech(&json!({ field: value }))), field);
    }
    assert!(speech(&json!({ "response_format": "mp3" })).unwrap_err().message.contains("'wav' or 'pcm'"));
}

#[test]
fn pictures_are_to_be_drawn() {
    let call =
        images(&json!({ "n": 3, "response_format": "url", "quality": "high", "style": null })).unwrap();
    assert_eq!((call.count, call.as_url, call.ignored), (3, true, vec!["quality"]));
    assert_eq!(call.request.messages[0].plain_text(), "A cat");
    assert_eq!(call.request.wishes.modalities, [Modality::Text, Modality::Image]);
    assert_eq!(call.request.wishes.aspect_ratio, None);
}

#[test]
fn a_size_becomes_sides_and_a_size_that_models_know() {
    let expected = [
        ("auto", None, None),
        ("1024x1024", Some("1:1"), None),
        ("256X256", Some("1:1"), None),
        ("1536x1024", Some("3:2"), None),
        ("1024x1536", Some("2:3"), None),
        ("1792x1024", Some("16:9"), None),
        ("1024x1792", Some("9:16"), None),
        ("2048x2048", Some("1:1"), Some("2K")),
        ("3840x2160", Some("16:9"), Some("4K")),
        ("21:9", Some("21:9"), None),
    ];
    for (size, ratio, large) in expected {
        let wishes = images(&json!({ "size": size })).unwrap().request.wishes;
        assert_eq!((wishes.aspect_ratio.as_deref(), wishes.image_size.as_deref()), (ratio, large), "{size}");
    }
}

#[test]
fn wrong_wishes_for_pictures_are_named() {
    let wrong = [
        ("model", json!(null)),
        ("prompt", json!(" ")),
        ("n", json!(0)),
        ("n", json!(11)),
        ("size", json!("large")),
        ("size", json!("0x5")),
        ("size", json!("4000x1000")),
        ("size", json!("16:")),
        ("response_format", json!("png")),
        ("stream", json!(true)),
    ];
    for (field, value) in wrong {
        assert_eq!(param(images(&json!({ field: value }))), field, "{value}");
    }
    let message = images(&json!({ "size": "4000x1000" })).unwrap_err().message;
    assert!(message.contains("21:9") && message.contains("4000 by 1000"), "{message}");
}

#[test]
fn drawn_pictures_leave_in_the_official_form() {
    let one = |base64: &str, usage| {
        let mut whole = Completion::default();
        whole.usage = usage;
        whole.push(Event::Image { mime: "image/png".to_owned(), base64: base64.to_owned() });
        whole
    };
    let usage = Usage { prompt: 5, completion: 100, cached: 0, reasoning: 10 };
    let drawn = [one("AAAA", Some(usage)), one("BBBB", Some(usage))];
    let stamp = Stamp { id: RequestId::new("abc"), created: 7, model: "draw".to_owned() };
    let encoded = |as_url| serde_json::from_slice::<Value>(&encode_images(&stamp, &drawn, as_url)).unwrap();
    let expected = json!({
        "created": 7,
        "data": [{ "b64_json": "AAAA" }, { "b64_json": "BBBB" }],
        "output_format": "png",
        "usage": { "total_tokens": 210, "input_tokens": 10, "output_tokens": 200,
            "input_tokens_details": { "text_tokens": 10, "image_tokens": 0 } },
    });
    assert_eq!(encoded(false), expected);
    assert_eq!(encoded(true)["data"][1]["url"], "data:image/png;base64,BBBB");
    let untold: Value = serde_json::from_slice(&encode_images(&stamp, &[one("AAAA", None)], false)).unwrap();
    assert!(untold.get("usage").is_none());
}
