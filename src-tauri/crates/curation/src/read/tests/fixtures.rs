//! Answers in the vendors' own wire form (`tests/fixtures/vendors`).

use postern_store::Standing;
use serde_json::{Value, json};

use super::{answer, call, exchange, hello, reasoning, text, told};
use crate::read::Read;
use crate::{Conversation, Part};

const CHAT: &str = "/v1/chat/completions";
const GEMINI: &str = "/v1beta/models/gemini-3-flash-preview:generateContent";

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/../../../tests/fixtures/vendors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).expect(&path)
}

fn asked(path: &str) -> Value {
    match path {
        GEMINI => json!({"contents": [{"parts": [{"text": "Hello"}]}]}),
        "/v1/responses" => json!({"model": "m", "input": "Hello"}),
        _ => hello(),
    }
}

fn of(name: &str, path: &str, kind: &str) -> Read {
    let read = told(&exchange(path, &asked(path), kind, fixture(name)));
    assert!(!read.unreadable, "{name}");
    read
}

#[test]
fn every_vendors_answer_is_read_without_a_loss() {
    let weather = |arguments: &str| call("get_weather:0", "get_weather", arguments);
    let cases: [(&str, Vec<Part>, &str); 9] = [
        ("azure-chat.sse", vec![text("Grüß Gott 👋")], "stop"),
        ("deepseek-chat.sse", vec![reasoning("用户想知道 the weather.", None), text("It is 下雨 🌧")], "stop"),
        (
            "deepseek-chat.json",
            vec![
                reasoning("用户想知道天气。I call the tool.", None),
                call("call_00_s7bYc1lTq0nWvEoRzUxAmKdP", "get_weather", "{\"city\": \"杭州\"}"),
            ],
            "tool_calls",
        ),
        (
            "moonshot-chat.sse",
            vec![reasoning("先查天气。", None), text("好的，我来查。"), weather("{\"city\": \"北京\"}")],
            "tool_calls",
        ),
        ("siliconflow-chat.sse", vec![reasoning("想一想", None), text("\n\n你好！")], "stop"),
        ("spark-chat.sse", vec![text("你好！")], ""),
        (
            "openrouter-chat.sse",
            vec![reasoning("The user greets me 👋.", None), text("Hello there – 你好!")],
            "stop",
        ),
        (
            "openrouter-chat.json",
            vec![reasoning("The user greets me 👋.", None), text("Hello there – 你好!")],
            "stop",
        ),
        (
            "gemini-compat-chat.sse",
            vec![
                reasoning("先查", None),
                call("", "get_weather", "{\"city\":\"Tromsø\"}"),
                reasoning("", Some("EpwBCpkBAb4+9vtHb2xkZmlzaA==")),
            ],
            "stop",
        ),
    ];
    for (name, parts, finish) in cases {
        let kind = if name.ends_with("sse") { "text/event-stream" } else { "application/json" };
        let read = of(name, CHAT, kind);
        assert_eq!(answer(&read), parts, "{name}");
        let ended = (read.conversation.finish.as_str(), read.conversation.standing);
        assert_eq!(ended, (finish, Standing::Ok), "{name}");
        assert!(
            name.starts_with("azure") || name.starts_with("gemini") || read.counted.output.is_some(),
            "{name}"
        );
    }
}

#[test]
fn openais_own_answers_have_their_alternatives_and_their_calls() {
    let at_once = of("openai-chat.json", CHAT, "application/json").conversation;
    assert_eq!(at_once.turns[1].parts, [text("Grüße aus Oslo 👋🏽 – 今天有雨。")]);
    assert_eq!(at_once.alternatives[0].turn.parts, [text("Rain, then sun.")]);
    assert_eq!((at_once.finish.as_str(), at_once.alternatives[0].finish.as_str()), ("stop", "length"));
    let in_pieces = of("openai-chat.sse", CHAT, "text/event-stream");
    let names = answer(&in_pieces).iter().filter_map(|part| match part {
        Part::ToolCall { name, arguments, .. } => {
            Some((name.as_str(), serde_json::from_str::<Value>(arguments).is_ok()))
        }
        _ => None,
    });
    let names: Vec<_> = names.collect();
    assert_eq!(names, [("get_weather", true), ("now", true)]);
    assert_eq!(in_pieces.counted.output, Some(41));
}

#[test]
fn the_same_answer_of_responses_and_of_messages_is_the_same_streamed_or_whole() {
    for (stem, path) in [("openai-responses", "/v1/responses"), ("anthropic-messages", "/v1/messages")] {
        let at_once = of(&format!("{stem}.json"), path, "application/json");
        let in_pieces = of(&format!("{stem}.sse"), path, "text/event-stream");
        assert_eq!(at_once.conversation, in_pieces.conversation);
        assert!(answer(&at_once).len() >= 3, "{stem}");
    }
}

#[test]
fn googles_answers_are_the_same_in_events_and_in_a_list() {
    let events = of("gemini-stream.sse", GEMINI, "text/event-stream").conversation;
    let list = of("gemini-stream-array.json", GEMINI, "application/json");
    assert_eq!(list.conversation.turns, events.turns);
    assert_eq!(
        answer(&list)[..2],
        [reasoning("**Two cities**\n\n先查两个。", None), text("Ich sehe nach ☔.\n")]
    );
    assert_eq!(events.finish, "STOP");
    let whole = of("gemini-generate.json", GEMINI, "application/json");
    assert_eq!(answer(&whole).len(), 4);
    let cut = of("gemini-cut.sse", GEMINI, "text/event-stream");
    assert_eq!(answer(&cut), [text("Half of an answer")]);
    assert_eq!(cut.conversation.standing, Standing::Truncated);
    assert_eq!((cut.counted.input, cut.counted.output), (Some(24), Some(16)));
}

#[test]
fn ollamas_answers_are_read_line_by_line() {
    let whole = of("ollama-chat.json", "/api/chat", "application/json; charset=UTF-8");
    assert_eq!(answer(&whole), [reasoning("嗯, rain", None), text("Regen ☔")]);
    let lines = of("ollama-chat.ndjson", "/api/chat", "application/x-ndjson");
    let weather = call("", "get_weather", "{\"city\":\"Tromsø\"}");
    assert_eq!(answer(&lines), [reasoning("嗯, rain", None), text("Regen ☔"), weather]);
    assert_eq!((lines.counted.input, lines.counted.output), (Some(26), Some(18)));
}

#[test]
fn trouble_in_the_middle_is_no_part_of_the_answer() {
    let cases = [
        ("openrouter-trouble.sse", CHAT, "Hel", "Provider disconnected"),
        ("anthropic-trouble.sse", "/v1/messages", "Hello", "Overloaded"),
    ];
    for (name, path, said, error) in cases {
        let Conversation { standing, error: told, turns, .. } =
            of(name, path, "text/event-stream").conversation;
        assert_eq!(turns[1].parts, [text(said)]);
        assert_eq!((standing, told.as_deref()), (Standing::UpstreamError, Some(error)), "{name}");
    }
}
