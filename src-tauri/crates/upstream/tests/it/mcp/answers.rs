//! What becomes of an answer in which servers run functions.

use futures::StreamExt;
use postern_protocol::chat::{
    Event, Finish, Message, Modality, Part, Request, ResponseFormat, Role, ToolChoice, Usage,
};
use postern_upstream::{McpConfig, McpOffer};
use serde_json::json;

use super::servers::Server;
use super::stage::{Stage, answer, asking, called, calls, events, results, says, usage};
use super::{allowing, with_servers};

#[tokio::test]
async fn a_function_is_run_and_the_caller_gets_one_answer() {
    for server in [Server::mcp().await, Server::mcp_in_json().await] {
        let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
        let mut first = vec![Event::Text { text: "Let me look.".to_owned() }];
        first.extend(calls(&[("c1", "weather", json!({ "city": "Oslo" }))]));
        let stage = Stage::new([first, says("It is sunny.")]);
        let answer = answer(&mcp, &stage, asking(&["weather"])).await.expect("answered");
        assert_eq!(answer.text(), "Let me look.\n\nIt is sunny.");
        assert_eq!((answer.finish(), answer.tool_calls().len()), (Some(Finish::Stop), 0));
        let twice = Usage { prompt: 20, completion: 6, cached: 4, reasoning: 2 };
        assert_eq!((answer.usage, answer.warnings), (Some(twice), vec!["of the stage".to_owned()]));
        assert_eq!(server.calls(), [("weather".to_owned(), json!({ "city": "Oslo" }))]);
        let said = Message {
            role: Role::Assistant,
            name: None,
            parts: vec![
                Part::Text { text: "Let me look.".to_owned() },
                Part::ToolCall(called("c1", "weather", &json!({ "city": "Oslo" }))),
            ],
        };
        let asked = stage.last();
        assert_eq!(asked.messages[1], said);
        assert_eq!(results(&asked), [("c1", "sunny in Oslo")]);
        assert_eq!(asked.messages.len(), 3);
    }
}

#[tokio::test]
async fn a_server_without_mcp_runs_functions_too() {
    let server = Server::plain().await;
    let plain = format!("plain+{}/", server.base());
    let mcp = with_servers(&[("plain", plain)], McpConfig::default());
    let stage = Stage::new([
        calls(&[("c1", "weather", json!({ "city": "Oslo" })), ("c2", "broken", json!({}))]),
        says("It is clear."),
    ]);
    let answer = answer(&mcp, &stage, asking(&["weather", "broken"])).await.expect("answered");
    assert_eq!(answer.text(), "It is clear.");
    let asked = stage.last();
    let results = results(&asked);
    assert_eq!(results[0], ("c1", r#"{"sky":"clear"}"#));
    assert!(results[1].1.contains("500") && results[1].1.contains("the sensor is gone"), "{results:?}");
    assert!(server.calls().contains(&("weather".to_owned(), json!({ "city": "Oslo" }))));
}

#[tokio::test]
async fn request_function_and_settings_can_name_the_server() {
    let server = Server::mcp().await;
    let plain = Server::plain().await;
    let mcp = allowing(&[server.base(), format!("plain+{}", plain.base())]);
    let rounds = || Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);

    let stage = rounds();
    let mut request = asking(&["weather"]);
    request.mcp_endpoint = Some(server.url());
    answer(&mcp, &stage, request).await.expect("answered");
    assert_eq!(results(&stage.last()), [("c1", "sunny in no city")]);

    let stage = rounds();
    let mut request = asking(&["weather"]);
    request.mcp_endpoint = Some(server.url());
    request.tools[0].mcp_endpoint = Some(plain.base());
    answer(&mcp, &stage, request).await.expect("answered");
    assert_eq!(results(&stage.last()), [("c1", r#"{"sky":"clear"}"#)]);
}

#[tokio::test]
async fn calls_of_other_functions_go_to_the_caller() {
    let (server, plain) = (Server::mcp().await, Server::plain().await);
    let servers = [("weather", server.url()), ("plain", format!("plain+{}", plain.base()))];
    let mcp = with_servers(&servers, McpConfig::default());
    let stage = Stage::new([calls(&[("c1", "edit", json!({ "file": "a" }))])]);
    let answer = answer(&mcp, &stage, asking(&["weather", "edit"])).await.expect("answered");
    assert_eq!(answer.tool_calls(), [called("c1", "edit", &json!({ "file": "a" }))]);
    assert_eq!(answer.finish(), Some(Finish::ToolCalls));
    assert_eq!(server.calls(), []);
    // It cannot say what it has, so it was asked.
    assert_eq!(plain.calls(), [("edit".to_owned(), json!({ "file": "a" }))]);
}

#[tokio::test]
async fn what_was_run_beside_a_call_for_the_caller_is_there_when_it_comes_back() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let stage = Stage::new([
        calls(&[("c1", "weather", json!({ "city": "Oslo" }))]),
        calls(&[("c2", "edit", json!({})), ("c3", "weather", json!({ "city": "Rome" }))]),
        says("Written."),
    ]);
    let first = answer(&mcp, &stage, asking(&["weather", "edit"])).await.expect("answered");
    assert_eq!(first.tool_calls(), [called("c2", "edit", &json!({}))]);

    let mut request = asking(&["weather", "edit"]);
    let parts = vec![Part::ToolCall(first.tool_calls()[0].clone())];
    request.messages.push(Message { role: Role::Assistant, name: None, parts });
    let result = Part::ToolResult { call_id: "c2".to_owned(), text: "saved".to_owned(), failed: false };
    request.messages.push(Message { role: Role::Tool, name: None, parts: vec![result] });
    answer(&mcp, &stage, request).await.expect("answered");
    let asked = stage.last();
    assert_eq!(results(&asked), [("c1", "sunny in Oslo"), ("c3", "sunny in Rome"), ("c2", "saved")]);
    let calls = asked.messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
        Part::ToolCall(call) => Some(call.id.as_str()),
        _ => None,
    });
    assert_eq!(calls.collect::<Vec<_>>(), ["c1", "c2", "c3"]);
}

#[tokio::test]
async fn calls_of_one_answer_run_at_once() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let stage = Stage::new([calls(&[("c1", "meet", json!({})), ("c2", "meet", json!({}))]), says("done")]);
    answer(&mcp, &stage, asking(&["meet"])).await.expect("answered");
    assert_eq!(results(&stage.last()), [("c1", "met"), ("c2", "met")]);
}

#[tokio::test]
async fn errors_of_a_function_go_to_the_model() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let mut first = calls(&[("c1", "fails", json!({})), ("c2", "refuses", json!({}))]);
    let mut broken = called("c3", "weather", &json!({}));
    broken.arguments = "{".to_owned();
    first.insert(0, Event::ToolCall(broken));
    let stage = Stage::new([first, says("sorry")]);
    let answer = answer(&mcp, &stage, asking(&["fails", "refuses", "weather"])).await.expect("answered");
    assert_eq!(answer.text(), "sorry");
    let asked = stage.last();
    let told = results(&asked);
    assert!(told[0].0 == "c3" && told[0].1.contains("not a JSON object"), "{told:?}");
    assert_eq!(told[1], ("c1", "Error: no such city"));
    assert!(told[2].1.contains("that is not possible"), "{told:?}");
}

#[tokio::test]
async fn a_choice_that_was_obeyed_does_not_go_on() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);
    let mut request = asking(&["weather"]);
    request.tool_choice = ToolChoice::Required;
    answer(&mcp, &stage, request).await.expect("answered");
    let choices: Vec<ToolChoice> = stage.asked().into_iter().map(|asked| asked.tool_choice).collect();
    assert_eq!(choices, [ToolChoice::Required, ToolChoice::Auto]);
}

#[tokio::test]
async fn models_are_offered_all_functions_when_the_owner_says_so() {
    let server = Server::mcp().await;
    let names = |stage: &Stage| stage.last().tools.into_iter().map(|tool| tool.name).collect::<Vec<_>>();
    let offers =
        |offer| with_servers(&[("weather", server.url())], McpConfig { offer, ..McpConfig::default() });

    let stage = Stage::new([calls(&[("c1", "weather", json!({ "city": "Oslo" }))]), says("done")]);
    answer(&offers(McpOffer::All), &stage, asking(&["edit"])).await.expect("answered");
    assert_eq!(names(&stage), ["edit", "weather", "huge", "wait", "meet", "fails", "refuses"]);
    assert_eq!(stage.last().tools[1].description.as_deref(), Some("Does weather."));
    assert_eq!(results(&stage.last()), [("c1", "sunny in Oslo")]);

    let stage = Stage::always(says("done"));
    answer(&offers(McpOffer::Declared), &stage, asking(&["edit"])).await.expect("answered");
    assert_eq!(names(&stage), ["edit"]);
    // What does not go together with functions everywhere gets no more of them than it brings.
    type Change = fn(&mut Request);
    let alone: [(&str, Change); 5] = [
        ("no calls", |request| request.tool_choice = ToolChoice::None),
        ("search", |request| request.provider_tools.search = Some(true)),
        ("an answer in JSON", |request| request.response_format = ResponseFormat::JsonObject),
        ("speech", |request| request.wishes.modalities = vec![Modality::Audio]),
        ("pictures", |request| request.wishes.modalities = vec![Modality::Text, Modality::Image]),
    ];
    for (what, change) in alone {
        for declared in [&["edit"][..], &[]] {
            let mut request = asking(declared);
            change(&mut request);
            answer(&offers(McpOffer::All), &stage, request).await.expect("answered");
            assert_eq!(names(&stage), declared, "{what}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_off_runs_nothing() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let cut =
        vec![Event::ToolCall(called("c1", "weather", &json!({}))), usage(), Event::Finished(Finish::Length)];
    let stage = Stage::new([cut]);
    let answer = answer(&mcp, &stage, asking(&["weather"])).await.expect("answered");
    assert_eq!((answer.finish(), answer.tool_calls().len()), (Some(Finish::Length), 1));
    assert_eq!(server.calls(), []);
}

#[tokio::test]
async fn pieces_are_told_as_they_come() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let mut first = vec![Event::Text { text: "Let ".to_owned() }, Event::Text { text: "me.".to_owned() }];
    first.extend(calls(&[("c1", "wait", json!({}))]));
    let stage = Stage::new([first]);
    let mut events = events(&mcp, &stage, asking(&["wait"]));
    let mut text = String::new();
    while text != "Let me." {
        match events.next().await.expect("an event").expect("no failure") {
            Event::Text { text: piece } => text += &piece,
            other => assert!(!matches!(other, Event::Finished(_))),
        }
    }
}
