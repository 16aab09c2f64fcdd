use postern_protocol::chat::{Request, Tool, ToolChoice};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::functions::ToolSetting;

fn request(choice: ToolChoice) -> Request {
    let parameters = json!({ "type": "object", "properties": { "a-b": { "type": "integer" } } });
    let tool = Tool { name: "my fn".into(), parameters: Some(parameters), ..Tool::default() };
    Request { tools: vec![tool], tool_choice: choice, ..Request::default() }
}

fn offer(request: &Request, setting: ToolSetting) -> Offer {
    Offer::of(request, setting).unwrap()
}

fn call(id: &str) -> Event {
    Event::ToolCall(ToolCall { id: id.into(), name: "my_fn".into(), arguments: r#"{"a_b":1.0}"#.into() })
}

fn text(text: &str) -> Event {
    Event::Text { text: text.into() }
}

fn sent(inbox: &mut UnboundedReceiver<Result<Event, Failure>>) -> Vec<Event> {
    std::iter::from_fn(|| inbox.try_recv().ok()).map(Result::unwrap).collect()
}

/// Without the signs that something is held back.
fn told(inbox: &mut UnboundedReceiver<Result<Event, Failure>>) -> Vec<Event> {
    sent(inbox).into_iter().filter(|event| *event != text("")).collect()
}

#[test]
fn calls_are_told_as_they_were_declared() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    teller.begin(&offer(&request(ToolChoice::Auto), ToolSetting::Auto), false);
    teller.start(Vec::new());
    assert_eq!(told(&mut inbox).len(), 1, "the start is told at once");
    teller.tell(vec![text("<tool_call>"), call("c1")]);
    let whole = ToolCall { id: "c1".into(), name: "my fn".into(), arguments: r#"{"a-b":1}"#.into() };
    assert_eq!(told(&mut inbox), [text("<tool_call>"), Event::ToolCall(whole)]);
    assert!(teller.said);
}

#[test]
fn what_is_owed_is_told_when_it_is_there() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    let offer = offer(&request(ToolChoice::Required), ToolSetting::Auto);
    teller.begin(&offer, false);
    teller.start(Vec::new());
    teller.tell(vec![text("No.")]);
    teller.end();
    assert_eq!((sent(&mut inbox), teller.said), (vec![text("")], false), "only that something comes");
    // The next try knows nothing of the first.
    teller.begin(&offer, false);
    teller.start(vec!["w".into()]);
    teller.tell(vec![call("c2")]);
    teller.end();
    teller.release();
    let events = told(&mut inbox);
    assert_eq!(events[0], Event::Started { model: "m".into(), warnings: vec!["w".into()] });
    assert!(matches!(&events[1..], [Event::ToolCall(call)] if call.id == "c2"), "{events:?}");
    assert_eq!(teller.whole.text(), "");
}

#[test]
fn one_call_is_told_where_one_is_wanted() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    let single = Request { parallel_tool_calls: Some(false), ..request(ToolChoice::Auto) };
    teller.begin(&offer(&single, ToolSetting::Auto), false);
    teller.start(Vec::new());
    teller.tell(vec![call("c1"), call("c2"), call("c3")]);
    teller.end();
    teller.release();
    let events = told(&mut inbox);
    let Event::Started { warnings, .. } = &events[0] else { panic!("{events:?}") };
    assert!(warnings.len() == 1 && warnings[0].contains("3 calls"), "{warnings:?}");
    assert!(matches!(&events[1..], [Event::ToolCall(call)] if call.id == "c1"), "{events:?}");
    assert_eq!(teller.dropped(), 2);
    // A text is told as it comes all the same.
    teller.begin(&offer(&single, ToolSetting::Auto), false);
    teller.tell(vec![text("Hi")]);
    assert_eq!(told(&mut inbox), [text("Hi")]);
}

#[test]
fn written_calls_get_ids() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    teller.begin(&offer(&request(ToolChoice::Auto), ToolSetting::Emulated), false);
    teller.start(Vec::new());
    let one = r#"<tool_call>{"name":"my fn","arguments":{"a-b":1}}</tool_call>"#;
    teller.tell(vec![text("Wait. "), text(one), text(&one[..20]), text(&one[20..])]);
    teller.end();
    let events = told(&mut inbox);
    assert_eq!(events[1], text("Wait."));
    let calls = teller.whole.tool_calls();
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids, ["call_r1_0", "call_r1_1"]);
    assert_eq!(teller.whole.tool_calls()[0].arguments, r#"{"a-b":1}"#);
}

#[test]
fn calls_that_nobody_wants_are_not_told() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    teller.begin(&offer(&request(ToolChoice::None), ToolSetting::Auto), false);
    teller.start(Vec::new());
    assert_eq!(told(&mut inbox).len(), 1, "the start is told at once");
    let written = r#"<tool_call>{"name":"any","arguments":{}}</tool_call>"#;
    let block = "```json\n{\"name\":\"my fn\"}\n```\n";
    teller.tell(vec![text("Well, "), text(block), call("c1"), text(&written[..20]), text(&written[20..])]);
    teller.end();
    teller.release();
    let mut events = told(&mut inbox);
    let late = events.pop();
    assert!(matches!(late, Some(Event::Started { ref warnings, .. }) if warnings.len() == 2), "{late:?}");
    let texts = events.into_iter().map(|event| match event {
        Event::Text { text } => text,
        other => panic!("{other:?}"),
    });
    let said: String = texts.collect();
    assert_eq!(said, format!("Well, {}", block.trim_end()));
    assert!(teller.spoke() && teller.whole.tool_calls().is_empty());
    assert_eq!((teller.calls().len(), teller.dropped()), (2, 2));
    // The next try knows nothing of them.
    teller.begin(&offer(&request(ToolChoice::None), ToolSetting::Auto), false);
    assert!(!teller.spoke() && teller.calls().is_empty());
}

#[test]
fn what_earlier_tries_took_counts_and_their_start_does_not() {
    let (out, mut inbox) = unbounded_channel();
    let mut teller = Teller::over(&out, "m", "r1");
    let offer = offer(&request(ToolChoice::Auto), ToolSetting::Auto);
    let usage = |completion| Event::Usage(Usage { prompt: 10, completion, ..Usage::default() });
    let start = |warning: &str| Event::Started { model: "m".into(), warnings: vec![warning.into()] };
    teller.begin(&offer, false);
    teller.start(vec!["one".into()]);
    teller.tell(vec![usage(3), usage(5)]);
    assert_eq!(told(&mut inbox), [start("one"), usage(3), usage(5)]);
    teller.begin(&offer, false);
    teller.start(vec!["two".into()]);
    teller.tell(vec![Event::Reasoning { text: "hm".into() }, usage(7)]);
    let both = Event::Usage(Usage { prompt: 20, completion: 12, ..Usage::default() });
    assert_eq!(told(&mut inbox), [start("two"), Event::Reasoning { text: "hm".into() }, both]);
    assert!(teller.said && !teller.answered, "only thoughts were told");
    teller.begin(&offer, false);
    teller.start(vec!["three".into()]);
    teller.tell(vec![text("Hi")]);
    assert_eq!(told(&mut inbox), [text("Hi")], "the caller heard of the second one");
    assert!(teller.answered);
}
