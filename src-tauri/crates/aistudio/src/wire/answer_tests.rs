use proptest::prelude::*;
use serde_json::json;

use super::*;

/// All events of a body and how it ended, the body cut at `cuts`.
fn read(body: &[u8], cuts: &[usize]) -> (Vec<Event>, Result<Finish, Failure>) {
    let mut answer = Answer::new("r1");
    let mut events = Vec::new();
    let mut from = 0;
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
    cuts.sort_unstable();
    for to in cuts.into_iter().chain([body.len()]) {
        events.extend(answer.push(&body[from..to]));
        from = to;
    }
    (events, answer.finish(200))
}

fn text_frame(text: &str) -> Value {
    json!([[[[[[null, text]], "model"]]]])
}

/// A signed part has fifteen places.
fn signed(mut part: Vec<Value>) -> Value {
    part.resize(14, Value::Null);
    part.push(json!("c2ln"));
    Value::Array(part)
}

fn body() -> String {
    let thought = {
        let mut part = vec![Value::Null; 13];
        part[1] = json!("Considering ]],\"model\"] and [brackets]");
        part[12] = json!(1);
        part
    };
    let call = json!([
        "lookup",
        [[
            ["q", [null, null, "x, \"y\" ]"]],
            ["n", [null, 3]],
            ["none", [0]],
            ["deep", [null, null, null, null, [[["flag", [null, null, null, 0]]]]]],
            ["list", [null, null, null, null, null, [[[null, null, "a"], [null, 1.5]]]]]
        ]],
        "c-1"
    ]);
    let mut call_part = vec![Value::Null; 11];
    call_part[10] = call;
    json!([[
        [[[[[thought], "model"]]], null, [11, null, 20, null, null, null, null, null, null, 9]],
        text_frame("Grüße 👋🏽 ]],\"model\"] \\ \" [[,,"),
        [[[[
            [
                signed(vec![Value::Null, json!("signed")]),
                [null, " twin"],
                [null, null, ["image/png", "AAAA"]]
            ],
            "model"
        ]]]],
        [[[[[signed(call_part.clone())], "model"]]]],
        [[[[[call_part], "model"]]]],
        [[[null, 1]], null, [11, 6, 26, 4, null, null, null, 2, null, 9], null, null, null, null, "id"]
    ]])
    .to_string()
    .replace("[null,", "[,")
    .replace(",null,", ",,")
}

fn expected() -> Vec<Event> {
    let text = |text: &str| Event::Text { text: text.into() };
    let usage = |prompt, completion, cached| Event::Usage(Usage { prompt, completion, cached, reasoning: 9 });
    vec![
        Event::Reasoning { text: "Considering ]],\"model\"] and [brackets]".into() },
        usage(11, 9, 0),
        text("Grüße 👋🏽 ]],\"model\"] \\ \" [[,,"),
        text("signed"),
        text(" twin"),
        Event::Image { mime: "image/png".into(), base64: "AAAA".into() },
        Event::ToolCall(ToolCall {
            id: "c-1".into(),
            name: "lookup".into(),
            arguments: r#"{"q":"x, \"y\" ]","n":3,"none":null,"deep":{"flag":false},"list":["a",1.5]}"#
                .into(),
        }),
        usage(13, 15, 4),
    ]
}

#[test]
fn an_answer_is_read_whole() {
    let (events, end) = read(body().as_bytes(), &[]);
    assert_eq!(events, expected());
    assert_eq!(end, Ok(Finish::ToolCalls));
}

#[test]
fn one_byte_at_a_time_says_the_same() {
    let body = body();
    let cuts: Vec<usize> = (0..body.len()).collect();
    assert_eq!(read(body.as_bytes(), &cuts).0, expected());
}

proptest! {
    #[test]
    fn any_cut_says_the_same(cuts in prop::collection::vec(any::<usize>(), 0..12)) {
        let (events, end) = read(body().as_bytes(), &cuts);
        prop_assert_eq!(events, expected());
        prop_assert_eq!(end, Ok(Finish::ToolCalls));
    }

    #[test]
    fn any_text_arrives_as_it_is(texts in prop::collection::vec(any::<String>(), 1..6), cut in any::<usize>()) {
        let frames: Vec<Value> = texts.iter().map(|text| text_frame(text)).collect();
        let body = json!([frames]).to_string();
        let (events, _) = read(body.as_bytes(), &[cut]);
        let said: Vec<String> = events.into_iter().map(|event| match event {
            Event::Text { text } => text,
            other => panic!("unexpected {other:?}"),
        }).collect();
        let wanted: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        prop_assert_eq!(said, wanted);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &[]);
    }
}

#[test]
fn code_and_its_output_are_told_in_the_text() {
    let part = |place: usize, of: Value| {
        let mut part = vec![Value::Null; place];
        part.push(of);
        Value::Array(part)
    };
    let frame = |parts: Vec<Value>| json!([[[[parts, "model"]]]]);
    let run = frame(vec![part(7, json!([1, "print(2 + 2)\n"]))]);
    let out = frame(vec![part(8, json!([1, "4\n"]))]);
    let drafted = {
        let mut draft = vec![Value::Null; 13];
        (draft[7], draft[12]) = (json!([1, "draft()"]), json!(1));
        frame(vec![Value::Array(draft)])
    };
    let end = json!([[[null, 1]]]);
    let frames = [text_frame("See:"), drafted, run.clone(), run, out, text_frame("Four."), end];
    let body = json!([frames]).to_string();
    let said = |mut answer: Answer| {
        let events = answer.push(body.as_bytes());
        assert_eq!(answer.finish(200), Ok(Finish::Stop));
        let text = events.into_iter().map(|event| match event {
            Event::Text { text } => text,
            other => panic!("unexpected {other:?}"),
        });
        text.collect::<String>()
    };
    let told = "See:\n\n```python\nprint(2 + 2)\n```\n\n```text\n4\n```\n\nFour.";
    assert_eq!(said(Answer::new("r1")), told);
    assert_eq!(said(Answer::new("r1").without_code()), "See:Four.");
}

#[test]
fn a_cut_answer_is_interrupted() {
    let body = body();
    let (events, end) = read(&body.as_bytes()[..body.len() / 2], &[]);
    assert!(!events.is_empty());
    assert_eq!(end.unwrap_err().kind, FailureKind::Interrupted);
}

#[test]
fn errors_in_the_body_are_failures() {
    let kind = |body: &str| read(body.as_bytes(), &[]).1.unwrap_err().kind;
    assert_eq!(kind(r#"[,[8,"user has exceeded quota",[["x",[1]]]]]"#), FailureKind::Quota);
    assert_eq!(
        kind(
            r#")]}'
[[[[[[[[null,"Hi"]],"model"]]]]],[13,"Internal"]]"#
        ),
        FailureKind::UpstreamError
    );
    assert_eq!(kind("[[]]"), FailureKind::UpstreamError);
    assert_eq!(kind("[[[nonsense]]]"), FailureKind::PageChanged);
    assert_eq!(kind(""), FailureKind::Interrupted);
}

#[test]
fn what_comes_behind_the_status_is_no_error() {
    let body = json!([[text_frame("Fine."), [[[null, 1]]]], null, [3, "not a status"]]).to_string();
    let (events, end) = read(body.as_bytes(), &[]);
    assert_eq!(events, [Event::Text { text: "Fine.".to_owned() }]);
    assert_eq!(end, Ok(Finish::Stop));
}

#[test]
fn finish_codes_are_mapped() {
    let end = |code: u64| read(json!([[text_frame("a"), [[[null, code]]]]]).to_string().as_bytes(), &[]).1;
    assert_eq!(end(1), Ok(Finish::Stop));
    assert_eq!(end(2), Ok(Finish::Length));
    for code in [3, 4, 7, 8, 9, 11, 14, 17, 19] {
        assert_eq!(end(code), Ok(Finish::ContentFilter));
    }
    assert_eq!(end(10), Ok(Finish::Stop));
    let silent = read(b"[[[[[null,10]]]]]", &[]).1;
    assert_eq!(silent.unwrap_err().kind, FailureKind::UpstreamError);
    let quiet = read(b"[[[[[null,1]]]]]", &[]).1;
    assert_eq!(quiet, Ok(Finish::Stop));
}

#[test]
fn calls_without_ids_get_one_and_repeats_are_dropped() {
    let call = |name: &str| {
        let mut part = vec![Value::Null; 11];
        part[10] = json!([name, [[["a", [null, 1]]]]]);
        json!([[[[[part], "model"]]]])
    };
    let body = json!([[call("f"), call("f"), call("g")]]).to_string();
    let ids: Vec<String> = read(body.as_bytes(), &[])
        .0
        .into_iter()
        .map(|event| match event {
            Event::ToolCall(call) => call.id,
            other => panic!("unexpected {other:?}"),
        })
        .collect();
    assert_eq!(ids, ["call_r1_0", "call_r1_1"]);
}

#[test]
fn two_equal_calls_of_one_frame_are_two_and_a_repeated_frame_adds_none() {
    let part = |id: Option<&str>| {
        let mut part = vec![Value::Null; 11];
        part[10] = json!(["f", [[["a", [null, 1]]]], id]);
        Value::Array(part)
    };
    let frame = |parts: Vec<Value>| json!([[[[parts, "model"]]]]);
    let ids = |frames: Vec<Value>| {
        let events = read(json!([frames]).to_string().as_bytes(), &[]).0;
        let ids: Vec<String> = events
            .into_iter()
            .filter_map(|event| match event {
                Event::ToolCall(call) => Some(call.id),
                _ => None,
            })
            .collect();
        ids
    };
    let twice = || frame(vec![part(None), part(None)]);
    assert_eq!(ids(vec![twice(), twice()]), ["call_r1_0", "call_r1_1"]);
    // What was told without an id may come again with one.
    assert_eq!(ids(vec![frame(vec![part(None)]), frame(vec![part(Some("x"))])]), ["call_r1_0"]);
    let named = || frame(vec![part(Some("x")), part(Some("y"))]);
    assert_eq!(ids(vec![named(), named()]), ["x", "y"]);
    assert_eq!(ids(vec![frame(vec![part(Some("x")), part(Some("x"))])]), ["x"]);
}

#[test]
fn what_stands_beside_a_call_or_a_picture_is_told_once_when_the_frame_comes_again() {
    let frame = |parts: &[Value]| json!([[[[parts, "model"]]]]);
    let call = {
        let mut part = vec![Value::Null; 11];
        part[10] = json!(["f", [[["a", [null, 1]]]]]);
        Value::Array(part)
    };
    let media = |mime: &str| json!([null, null, [mime, "AAAA"]]);
    let text = json!([null, "See. "]);
    let count = |frames: &[Vec<Value>]| {
        let frames: Vec<Value> = frames.iter().map(|parts| frame(parts)).collect();
        read(json!([frames]).to_string().as_bytes(), &[]).0.len()
    };
    let beside_call = vec![text.clone(), call.clone()];
    let now_signed = vec![text.clone(), signed(call.as_array().unwrap().clone())];
    let beside_picture = vec![text.clone(), media("image/png")];
    for (frames, told) in [
        (vec![beside_call.clone(), beside_call.clone()], 2),
        (vec![beside_call.clone(), now_signed], 2),
        (vec![beside_picture.clone(), beside_picture], 2),
        // A text alone that comes twice was said twice, and so was one with more behind it.
        (vec![vec![text.clone()], vec![text.clone()]], 2),
        (vec![beside_call.clone(), vec![text], beside_call], 4),
        (vec![vec![media("audio/L16")], vec![media("audio/L16")]], 2),
    ] {
        assert_eq!(count(&frames), told, "{frames:?}");
    }
}
