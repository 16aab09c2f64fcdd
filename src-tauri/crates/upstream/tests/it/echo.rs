use std::sync::Arc;

use futures::StreamExt;
use postern_protocol::RequestId;
use postern_protocol::chat::{
    Completion, Effort, Event, Finish, Message, Part, Request, ResponseFormat, Role, Source, Tool, ToolCall,
    ToolChoice, Usage,
};
use postern_upstream::{Call, Echo, Principal, Upstream};
use serde_json::json;

fn asking(text: &str) -> Request {
    Request { messages: vec![Message::text(Role::User, text)], ..Request::default() }
}

async fn events(request: Request) -> Vec<Event> {
    let call = Call { id: RequestId::new("r1"), principal: Principal::Anonymous, request: Arc::new(request) };
    Echo.chat(call).map(|event| event.expect("the echo does not fail")).collect().await
}

async fn answer(request: Request) -> Completion {
    let mut completion = Completion::default();
    for event in events(request).await {
        completion.push(event);
    }
    completion
}

fn texts(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| if let Event::Text { text } = event { Some(text.as_str()) } else { None })
        .collect()
}

#[tokio::test]
async fn says_again_what_it_was_told_last() {
    let mut request = asking("first");
    request.messages.push(Message::text(Role::Assistant, "an answer"));
    request.messages.push(Message::text(Role::User, "  second\n\nline 🙂 "));
    let said = answer(request).await;
    assert_eq!((said.text().as_str(), said.model.as_str()), ("  second\n\nline 🙂 ", "postern/echo"));
    assert_eq!(said.finish(), Some(Finish::Stop));
    assert_eq!(said.usage, Some(Usage { prompt: 7, completion: 4, cached: 0, reasoning: 0 }));
}

#[tokio::test]
async fn comes_in_words_and_cuts_long_ones() {
    let events = events(asking("one two 一二三四五六七八九十一二三四五六七")).await;
    assert_eq!(texts(&events), ["one ", "two ", "一二三四五六七八九十一二三四五六", "七"]);
    assert!(matches!(events.first(), Some(Event::Started { .. })));
    assert!(matches!(events.last(), Some(Event::Finished(Finish::Stop))));
}

#[tokio::test]
async fn an_empty_message_gives_an_empty_answer() {
    let said = answer(asking("")).await;
    assert_eq!((said.text().as_str(), said.finish()), ("", Some(Finish::Stop)));
}

#[tokio::test]
async fn a_picture_alone_is_named() {
    let source = Source::Url("https://example.org/a.png".to_owned());
    let message = Message { role: Role::User, name: None, parts: vec![Part::Image { source, detail: None }] };
    let said = answer(Request { messages: vec![message], ..Request::default() }).await;
    assert_eq!(said.text(), "[image]");
}

#[tokio::test]
async fn stops_at_the_limit_and_at_stop_texts() {
    for (most, text, finish) in [
        (Some(2), "one two ", Finish::Length),
        (Some(3), "one two three", Finish::Stop),
        (None, "one two three", Finish::Stop),
    ] {
        let mut request = asking("one two three");
        request.sampling.max_tokens = most;
        let said = answer(request).await;
        assert_eq!((said.text().as_str(), said.finish()), (text, Some(finish)));
    }
    let mut request = asking("one two three");
    request.sampling.stop = vec!["three".to_owned(), "two".to_owned(), String::new()];
    let said = answer(request).await;
    assert_eq!((said.text().as_str(), said.finish()), ("one ", Some(Finish::Stop)));
}

#[tokio::test]
async fn thinks_when_asked_to_and_counts_it() {
    for (effort, thinks) in [
        (None, false),
        (Some(Effort::None), false),
        (Some(Effort::Budget(0)), false),
        (Some(Effort::Low), true),
    ] {
        let mut request = asking("one two");
        request.effort = effort;
        let said = answer(request).await;
        assert_eq!(!said.reasoning().is_empty(), thinks, "{effort:?}");
        let usage = said.usage.expect("usage");
        assert_eq!((usage.reasoning > 0, usage.completion), (thinks, 2 + usage.reasoning));
    }
    let mut request = asking("one two");
    request.effort = Some(Effort::High);
    request.sampling.max_tokens = Some(1);
    let said = answer(request).await;
    assert_eq!(
        (said.reasoning().as_str(), said.text().as_str(), said.finish()),
        ("The ", "", Some(Finish::Length))
    );
}

fn with_tools(text: &str, tool_choice: ToolChoice) -> Request {
    let schema = json!({ "type": "object", "properties": { "q": { "type": "string" } }, "required": ["q"] });
    let tool = |name: &str, parameters| Tool { name: name.to_owned(), parameters, ..Tool::default() };
    let tools = vec![tool("search", Some(schema)), tool("now", None)];
    Request { tools, tool_choice, ..asking(text) }
}

#[tokio::test]
async fn calls_a_tool_when_it_must_or_is_told_to() {
    let call = |name: &str, arguments: &str| ToolCall {
        id: "call_r1".to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
    };
    for (text, choice, expected) in [
        ("rain", ToolChoice::Required, Some(call("search", r#"{"q":"rain"}"#))),
        ("rain", ToolChoice::Named("now".to_owned()), Some(call("now", "{}"))),
        ("call now", ToolChoice::Auto, Some(call("now", "{}"))),
        ("call me", ToolChoice::Auto, Some(call("search", r#"{"q":"me"}"#))),
        ("rain", ToolChoice::Auto, None),
        ("call now", ToolChoice::None, None),
    ] {
        let said = answer(with_tools(text, choice)).await;
        assert_eq!(said.tool_calls().first(), expected.as_ref(), "{text}");
        let finish = if expected.is_some() { Finish::ToolCalls } else { Finish::Stop };
        assert_eq!((said.finish(), said.text().is_empty()), (Some(finish), expected.is_some()));
    }
}

#[tokio::test]
async fn ends_a_tool_loop_with_the_results() {
    let mut request = with_tools("call search", ToolChoice::Auto);
    for text in ["sunny", "warm"] {
        let result = Part::ToolResult { call_id: "call_r1".to_owned(), text: text.to_owned(), failed: false };
        request.messages.push(Message { role: Role::Tool, name: None, parts: vec![result] });
    }
    let said = answer(request).await;
    assert_eq!((said.text().as_str(), said.tool_calls().len()), ("sunny\nwarm", 0));
}

#[tokio::test]
async fn answers_in_the_form_asked_for() {
    let mut request = asking("hi");
    request.response_format = ResponseFormat::JsonObject;
    assert_eq!(answer(request.clone()).await.text(), r#"{"echo":"hi"}"#);
    let schema = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] });
    request.response_format = ResponseFormat::JsonSchema { name: "s".to_owned(), schema, strict: true };
    assert_eq!(answer(request).await.text(), r#"{"n":0}"#);
}

#[test]
fn says_what_it_does_not_honour() {
    let mut request = asking("x");
    assert_eq!(Echo.ignores(&request), Vec::<&str>::new());
    request.sampling.temperature = Some(1.0);
    request.sampling.logprobs = Some(true);
    assert_eq!(Echo.ignores(&request), ["temperature", "logprobs"]);
}
