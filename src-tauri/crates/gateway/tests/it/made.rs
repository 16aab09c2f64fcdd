//! Speech, pictures, and what is told of functions and of texts that are held back.

use std::time::Duration;

use postern_gateway::Config;
use postern_protocol::chat::{
    Event, Failure, FailureKind, Finish, Modality, Step, ToolCall, ToolMode, Usage,
};
use postern_store::{MarkName, NewKey, Outcome};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::{Answer, House, play, soon, streamed};

const SPEECH: &str = "/v1/audio/speech";
const IMAGES: &str = "/v1/images/generations";

fn sound() -> Event {
    Event::Audio { mime: "audio/L16;codec=pcm;rate=16000".to_owned(), base64: "AQL/gA==".to_owned() }
}

fn picture(base64: &str) -> Event {
    Event::Image { mime: "image/png".to_owned(), base64: base64.to_owned() }
}

fn usage() -> Event {
    Event::Usage(Usage { prompt: 5, completion: 100, cached: 0, reasoning: 0 })
}

fn spawn(house: &House, path: &str, body: &Value) -> JoinHandle<Answer> {
    tokio::spawn(Answer::of(house.request("POST", path).json(body)))
}

#[tokio::test]
async fn a_text_is_spoken_as_a_file() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let pcm = "audio/pcm; rate=16000; channels=1";
    for (form, kind, head) in [(Some("wav"), "audio/wav", 44), (Some("pcm"), pcm, 0), (None, "audio/wav", 44)]
    {
        let body = json!({ "model": "play", "input": "Hello", "voice": "Kore", "response_format": form });
        let asked = tokio::spawn(house.request("POST", SPEECH).json(&body).send());
        let turn = turns.next().await;
        assert_eq!((turn.prompt(), turn.request.wishes.voice.as_deref()), ("Hello".to_owned(), Some("Kore")));
        assert_eq!(turn.request.wishes.modalities, [Modality::Audio]);
        turn.started().event(sound()).event(sound()).event(usage()).finish();
        let response = soon(asked).await.expect("runs").expect("a response");
        assert_eq!(
            (response.status().as_u16(), response.headers()["content-type"].to_str().ok()),
            (200, Some(kind))
        );
        assert_eq!(response.headers()["x-postern-upstream"], "stage");
        let warned = response.headers().get("x-postern-warnings").map(|text| text.to_str().expect("text"));
        assert_eq!(warned.is_some_and(|text| text.contains("WAV")), form.is_none(), "{warned:?}");
        let bytes = soon(response.bytes()).await.expect("a body");
        assert_eq!(bytes[head..], [1, 2, 255, 128, 1, 2, 255, 128]);
        assert_eq!(bytes.starts_with(b"RIFF"), head > 0);
        let row = house.journal().await.pop().expect("a row").row;
        assert_eq!((row.path.as_str(), row.model.as_deref(), row.status), (SPEECH, Some("play"), Some(200)));
        assert_eq!((row.completion_tokens, row.outcome), (Some(100), Outcome::Ok));
    }
}

#[tokio::test]
async fn an_answer_without_speech_is_told_as_such() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let body = json!({ "model": "play", "input": "Hello" });
    let asked = spawn(&house, SPEECH, &body);
    turns.next().await.started().text("Hello to you").finish();
    let answer = asked.await.expect("answered");
    answer.assert_error(502, "upstream_error");
    assert!(answer.text.contains("without speech"), "{}", answer.text);
    let asked = spawn(&house, SPEECH, &body);
    let strange = Event::Audio { mime: "audio/ogg".to_owned(), base64: "AQI=".to_owned() };
    turns.next().await.started().event(strange).finish();
    let answer = asked.await.expect("answered");
    answer.assert_error(502, "upstream_error");
    assert!(answer.text.contains("audio/ogg"), "{}", answer.text);
    let asked = spawn(&house, SPEECH, &body);
    turns.next().await.fail(Failure::new(FailureKind::Quota, "Used up."));
    asked.await.expect("answered").assert_error(429, "rate_limit_exceeded");
    let mp3 = Answer::of(
        house
            .request("POST", SPEECH)
            .json(&json!({ "model": "play", "input": "Hello", "response_format": "mp3" })),
    );
    let answer = mp3.await;
    assert_eq!((answer.status, answer.json["error"]["param"].as_str()), (400, Some("response_format")));
}

#[tokio::test]
async fn pictures_are_drawn_one_after_the_other() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let body = json!({ "model": "play", "prompt": "A cat", "n": 3, "size": "1536x1024", "quality": "hd" });
    let asked = spawn(&house, IMAGES, &body);
    let turn = turns.next().await;
    assert_eq!(turn.request.wishes.aspect_ratio.as_deref(), Some("3:2"));
    assert!(turn.request.wishes.modalities.contains(&Modality::Image));
    turn.started().text("Here").event(picture("AAAA")).event(usage()).finish();
    let turn = turns.next().await;
    turn.started()
        .event(picture("BBBB"))
        .event(picture("CCCC"))
        .event(picture("DDDD"))
        .event(usage())
        .finish();
    let answer = asked.await.expect("answered");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected = json!([{ "b64_json": "AAAA" }, { "b64_json": "BBBB" }, { "b64_json": "CCCC" }]);
    assert_eq!((&answer.json["data"], &answer.json["usage"]["total_tokens"]), (&expected, &json!(210)));
    assert_eq!(answer.header("x-postern-ignored"), "quality");
    let row = house.journal().await.pop().expect("a row").row;
    assert_eq!((row.path.as_str(), row.completion_tokens), (IMAGES, Some(200)), "the tokens of both");
    assert!(turns.none());
}

#[tokio::test]
async fn an_answer_without_a_picture_is_told_as_such() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let body = json!({ "model": "play", "prompt": "A cat", "n": 2, "response_format": "url" });
    let asked = spawn(&house, IMAGES, &body);
    turns.next().await.started().text("I would rather not.").finish();
    let answer = asked.await.expect("answered");
    answer.assert_error(502, "upstream_error");
    assert!(answer.text.contains("I would rather not."), "{}", answer.text);
    let asked = spawn(&house, IMAGES, &body);
    turns.next().await.started().event(Event::Finished(Finish::ContentFilter));
    let answer = asked.await.expect("answered");
    assert!(answer.status == 502 && answer.text.contains("withheld"), "{}", answer.text);
    let answer = Answer::of(
        house.request("POST", IMAGES).json(&json!({ "model": "play", "prompt": "x", "size": "9" })),
    );
    assert_eq!(answer.await.json["error"]["param"], "size");
}

#[tokio::test]
async fn pictures_that_were_drawn_before_one_is_refused_are_handed_over() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = spawn(&house, IMAGES, &json!({ "model": "play", "prompt": "A cat", "n": 3 }));
    turns.next().await.started().event(picture("AAAA")).event(usage()).finish();
    turns.next().await.started().text("I would rather not.").finish();
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, &answer.json["data"]), (200, &json!([{ "b64_json": "AAAA" }])));
    let warning = answer.header("x-postern-warnings");
    assert!(warning.contains("only 1 of 3") && warning.contains("I would rather not."), "{warning}");
    assert!(turns.none());
}

#[tokio::test]
async fn all_pictures_of_a_request_share_its_time() {
    let config = Config { total_timeout: Duration::from_secs(2), ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let asked = spawn(&house, IMAGES, &json!({ "model": "play", "prompt": "A cat", "n": 2 }));
    let first = turns.next().await;
    // It takes a part of the time, so that less is left for the second.
    tokio::time::sleep(Duration::from_millis(20)).await;
    first.started().event(picture("AAAA")).finish();
    let _never = turns.next().await;
    let answer = asked.await.expect("answered");
    assert_eq!(answer.status, 200, "{}", answer.text);
    let warning = answer.header("x-postern-warnings");
    assert!(warning.contains("only 1 of 2") && warning.contains("pictures took too long"), "{warning}");
}

#[tokio::test]
async fn warnings_of_all_parts_of_an_answer_are_told() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = house.spawn(&play("x"));
    let turn = turns.next().await;
    for warning in ["the first", "the second", "the first"] {
        turn.event(Event::Started { model: "play".to_owned(), warnings: vec![warning.to_owned()] });
    }
    turn.text("Hi").finish();
    assert_eq!(asked.await.expect("answered").header("x-postern-warnings"), "the first; the second");
}

#[tokio::test]
async fn keys_and_pages_meet_the_same_rules_as_with_a_chat() {
    let house = House::with(Config::default(), &["sk-the-right-key"], Vec::new()).await;
    let (_, limited) = house.keys.add(NewKey { per_day: Some(1), ..NewKey::default() }).await.expect("a key");
    for (path, field) in [(SPEECH, "input"), (IMAGES, "prompt")] {
        let body = json!({ "model": "postern/echo", field: "x" });
        Answer::of(house.request("POST", path).json(&body)).await.assert_error(401, "invalid_api_key");
        let page = house.request("POST", path).json(&body).bearer_auth("sk-the-right-key");
        let answer = Answer::of(page.header("origin", "https://chat.example")).await;
        answer.assert_error(502, "upstream_error");
        assert_eq!(answer.header("access-control-allow-origin"), "https://chat.example");
        assert!(answer.header("access-control-expose-headers").contains("x-postern-tools"));
    }
    let body = json!({ "model": "postern/echo", "prompt": "x" });
    let ask = || Answer::of(house.request("POST", IMAGES).json(&body).bearer_auth(limited.expose()));
    ask().await.assert_error(502, "upstream_error");
    ask().await.assert_error(429, "rate_limit_exceeded");
}

#[tokio::test]
async fn how_functions_were_offered_is_told() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let call = |id: &str| {
        Event::ToolCall(ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: "{}".to_owned() })
    };
    for (body, tries, told) in [
        (play("x"), vec![ToolMode::Native], "native"),
        (streamed(play("x")), vec![ToolMode::Native, ToolMode::Emulated], "emulated"),
        (play("x"), vec![], ""),
    ] {
        let asked = house.spawn(&body);
        let turn = turns.next().await;
        for mode in &tries {
            turn.event(Event::Step(Step::Tools { mode: *mode }));
        }
        turn.started().event(call("a")).event(call("b")).event(Event::Finished(Finish::ToolCalls));
        let answer = asked.await.expect("answered");
        assert_eq!(answer.header("x-postern-tools"), told);
        let marks = house.journal().await.pop().expect("a row").timeline.marks;
        let of_tools = marks.iter().filter(|mark| mark.name == MarkName::Tools);
        assert_eq!(of_tools.filter_map(|mark| mark.mode).collect::<Vec<_>>(), tries);
    }
}

/// What the official clients put calls together by: an index for each, the id, type and name in its first piece.
#[tokio::test]
async fn parallel_calls_stream_with_indexes_of_their_own() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = house.spawn(&streamed(play("x")));
    let turn = turns.next().await;
    turn.started();
    for (id, city) in [("call_a", "Oslo"), ("call_b", "Rome")] {
        let arguments = json!({ "city": city }).to_string();
        turn.event(Event::ToolCall(ToolCall { id: id.to_owned(), name: "weather".to_owned(), arguments }));
    }
    turn.event(Event::Finished(Finish::ToolCalls));
    let chunks = asked.await.expect("answered").chunks();
    let calls: Vec<&Value> =
        chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0]).collect();
    for (index, (id, city)) in [("call_a", "Oslo"), ("call_b", "Rome")].into_iter().enumerate() {
        let arguments = json!({ "city": city }).to_string();
        let function = json!({ "name": "weather", "arguments": arguments });
        assert_eq!(
            *calls[index + 1],
            json!({ "index": index, "id": id, "type": "function", "function": function })
        );
    }
    assert_eq!(chunks.last().expect("chunks")["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn thoughts_that_are_not_wanted_are_not_told() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for (wanted, told) in [(json!(null), true), (json!(true), true), (json!(false), false)] {
        for stream in [false, true] {
            let mut body = play("x");
            body["google"] = json!({ "thinking_config": { "include_thoughts": wanted } });
            body["stream"] = json!(stream);
            let asked = house.spawn(&body);
            let turn = turns.next().await;
            turn.started().event(Event::Reasoning { text: "Well, well.".to_owned() }).text("Yes.").finish();
            let answer = asked.await.expect("answered");
            assert_eq!(answer.text.contains("Well, well."), told, "{}", answer.text);
            assert!(answer.text.contains("Yes."), "{}", answer.text);
        }
    }
}

/// An upstream that holds a text back until it is checked tells empty pieces. The answer counts as coming, so it may
/// not pause for long; but it has not begun, so that a failure is still an HTTP error.
#[tokio::test]
async fn a_text_that_is_held_back_counts_as_coming() {
    let config = Config { silence_timeout: Duration::from_millis(20), ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let asked = house.spawn(&streamed(play("x")));
    let turn = turns.next().await;
    turn.started().text("");
    let answer = asked.await.expect("answered");
    answer.assert_error(504, "timeout");
    assert!(answer.text.contains("stopped coming"), "{}", answer.text);
}
