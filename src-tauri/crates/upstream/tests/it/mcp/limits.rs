//! Servers that are slow, gone or in the way, and models that do not end.

use std::time::Duration;

use futures::StreamExt;
use postern_protocol::chat::{Event, FailureKind, Request, Step};
use postern_upstream::McpConfig;
use serde_json::json;
use tokio::time::{Instant, advance, timeout};

use super::servers::{Hung, Server};
use super::stage::{Stage, answer, asking, calls, events, results, says};
use super::{allowing, with_servers};

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

fn hasty() -> McpConfig {
    McpConfig { timeout: Duration::from_millis(300), ..McpConfig::default() }
}

#[tokio::test]
async fn the_model_is_told_of_a_call_that_takes_too_long_and_the_server_stops() {
    let (mcp_server, plain) = (Server::mcp().await, Server::plain().await);
    for (server, address) in [(&mcp_server, mcp_server.url()), (&plain, format!("plain+{}", plain.base()))] {
        let mcp = with_servers(&[("weather", address)], hasty());
        let stage = Stage::new([
            calls(&[("c1", "wait", json!({}))]),
            calls(&[("c2", "weather", json!({ "city": "Oslo" }))]),
            says("done"),
        ]);
        let answer = answer(&mcp, &stage, asking(&["wait", "weather"])).await.expect("answered");
        assert_eq!(answer.text(), "done");
        let asked = stage.last();
        let told = results(&asked);
        assert!(told[0].1.contains("mcp.timeout_s"), "{told:?}");
        assert!(!told[1].1.contains("Error"), "{told:?}");
        timeout(LONG, server.stopped()).await.expect("the server stops");
    }
}

#[tokio::test]
async fn who_hangs_up_stops_the_server() {
    let (mcp_server, plain) = (Server::mcp().await, Server::plain().await);
    for (server, address) in [(&mcp_server, mcp_server.url()), (&plain, format!("plain+{}", plain.base()))] {
        let mcp = with_servers(&[("weather", address)], McpConfig::default());
        let stage = Stage::new([calls(&[("c1", "wait", json!({}))])]);
        let mut events = events(&mcp, &stage, asking(&["wait"]));
        let reading = async { while events.next().await.is_some() {} };
        tokio::select! {
            () = reading => panic!("the answer ended"),
            () = server.waits() => {}
        }
        drop(events);
        timeout(LONG, server.stopped()).await.expect("the server stops");
    }
}

#[tokio::test]
async fn the_model_is_told_of_a_result_that_is_too_large() {
    let (mcp_server, json, plain) = (Server::mcp().await, Server::mcp_in_json().await, Server::plain().await);
    for address in [mcp_server.url(), json.url(), format!("plain+{}", plain.base())] {
        let mcp =
            with_servers(&[("weather", address)], McpConfig { result_bytes: 5000, ..McpConfig::default() });
        let stage = Stage::new([
            calls(&[("c1", "huge", json!({})), ("c2", "weather", json!({ "city": "Oslo" }))]),
            says("done"),
        ]);
        let answer = answer(&mcp, &stage, asking(&["huge", "weather"])).await.expect("answered");
        assert_eq!(answer.text(), "done");
        let asked = stage.last();
        let told = results(&asked);
        assert!(told[0].1.contains("5000 bytes (mcp.result_bytes)"), "{}", &told[0].1[..200]);
        assert!(!told[1].1.contains("Error"), "{told:?}");
    }
}

#[tokio::test]
async fn a_result_of_any_signs_fits_when_its_text_does() {
    let server = Server::mcp().await;
    let fits = McpConfig { result_bytes: super::servers::HUGE, ..McpConfig::default() };
    let mcp = with_servers(&[("weather", server.url())], fits);
    let stage = Stage::new([calls(&[("c1", "huge", json!({}))]), says("done")]);
    answer(&mcp, &stage, asking(&["huge"])).await.expect("answered");
    assert_eq!(results(&stage.last())[0].1.len(), super::servers::HUGE);
}

#[tokio::test]
async fn a_named_server_that_is_gone_is_told_to_the_caller_and_the_next_request_is_fine() {
    let server = Server::mcp().await;
    let (at, url) = (server.at, server.url());
    drop(server);
    let mcp = allowing(std::slice::from_ref(&url));
    let mut request = asking(&["weather"]);
    request.mcp_endpoint = Some(url.clone());
    let stage = Stage::new([]);
    let failure = answer(&mcp, &stage, request.clone()).await.expect_err("refused");
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::UpstreamError, Some("mcp_endpoint")));
    assert!(failure.message.contains(&url) && failure.message.contains("cannot be reached"), "{failure}");

    let _server = Server::mcp_at(at).await;
    let stage = Stage::new([calls(&[("c1", "weather", json!({ "city": "Oslo" }))]), says("done")]);
    answer(&mcp, &stage, request).await.expect("answered");
    assert_eq!(results(&stage.last()), [("c1", "sunny in Oslo")]);
}

#[tokio::test]
async fn a_server_of_the_settings_that_is_gone_is_a_warning_and_its_calls_are_the_callers() {
    let server = Server::mcp().await;
    let url = server.url();
    drop(server);
    let mcp = with_servers(&[("weather", url)], McpConfig::default());
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))])]);
    let answer = answer(&mcp, &stage, asking(&["weather"])).await.expect("answered");
    assert_eq!(answer.tool_calls().len(), 1);
    let told = answer.warnings.iter().any(|warning| warning.contains("MCP server weather cannot be reached"));
    assert!(told, "{:?}", answer.warnings);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_delays_one_request_and_not_those_after_it() {
    let server = Hung::new();
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let stage = Stage::always(says("done"));
    let ask = async || {
        let begun = Instant::now();
        let answer = answer(&mcp, &stage, asking(&["weather"])).await.expect("answered");
        assert!(answer.warnings.iter().any(|warning| warning.contains("MCP server weather")), "{answer:?}");
        begun.elapsed()
    };
    // Those who come meanwhile share what comes of it.
    let (first, second) = tokio::join!(ask(), ask());
    assert!(first == second && first > Duration::from_secs(1), "{first:?}, {second:?}");
    assert_eq!((ask().await, server.asked()), (Duration::ZERO, 1), "it is left alone");
    advance(LONG).await;
    assert!(ask().await > Duration::from_secs(1), "it is asked again");
    assert_eq!(server.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_named_server_that_hangs_is_asked_by_each_request_that_comes_later() {
    let server = Hung::new();
    let mcp = allowing(&[server.url()]);
    let stage = Stage::new([]);
    let ask = async || {
        let request = Request { mcp_endpoint: Some(server.url()), ..asking(&["weather"]) };
        let failure = answer(&mcp, &stage, request).await.expect_err("refused");
        assert_eq!(failure.param.as_deref(), Some("mcp_endpoint"), "{failure}");
    };
    tokio::join!(ask(), ask());
    assert_eq!(server.asked(), 1, "they share what comes of it");
    advance(Duration::from_millis(1)).await;
    ask().await;
    assert_eq!(server.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_gives_signs_of_life_while_a_function_runs_and_while_servers_are_asked() {
    let (server, hung) = (Server::plain().await, Hung::new());
    let servers = [("plain", format!("plain+{}", server.base())), ("hung", hung.url())];
    let mcp = with_servers(&servers, McpConfig { timeout: LONG, ..McpConfig::default() });
    let stage = Stage::new([calls(&[("c1", "wait", json!({}))]), says("done")]);
    let events: Vec<Event> =
        events(&mcp, &stage, asking(&["wait"])).map(|event| event.expect("told")).collect().await;
    let begun = events.iter().position(|event| matches!(event, Event::Started { .. })).expect("started");
    let signs = |events: &[Event]| events.iter().filter(|event| **event == Event::Step(Step::Waits)).count();
    // Four times within a minute, and once more when both clocks end together.
    assert!(matches!(signs(&events[..begun]), 3..=4), "{events:?}");
    assert!(matches!(signs(&events[begun..]), 3..=4), "{events:?}");
    assert!(results(&stage.last())[0].1.contains("mcp.timeout_s"));
}

#[tokio::test]
async fn what_a_later_round_could_not_do_is_told_once() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let further = |warnings: &[&str]| Event::Started {
        model: "m".to_owned(),
        warnings: warnings.iter().map(|warning| (*warning).to_owned()).collect(),
    };
    let mut last = says("done");
    last.insert(0, further(&["later", "of the stage"]));
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), last]);
    let events: Vec<Event> =
        events(&mcp, &stage, asking(&["weather"])).map(|event| event.expect("told")).collect().await;
    let started: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Started { .. })).collect();
    assert_eq!(started, [&further(&["of the stage"]), &further(&["later"])]);
}

#[tokio::test]
async fn a_function_that_its_server_does_not_have_is_told() {
    let server = Server::mcp().await;
    let mcp = allowing(&[server.base()]);
    let mut request = asking(&["weather", "snow"]);
    for tool in &mut request.tools {
        tool.mcp_endpoint = Some(server.url());
    }
    let failure = answer(&mcp, &Stage::new([]), request).await.expect_err("refused");
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("tools")));
    for word in [server.url().as_str(), "no function `snow`", "weather, huge"] {
        assert!(failure.message.contains(word), "{failure}");
    }
    // One server for all may lack some: those are the caller's.
    let stage = Stage::new([calls(&[("c1", "snow", json!({}))])]);
    let request = Request { mcp_endpoint: Some(server.url()), ..asking(&["weather", "snow"]) };
    let answer = answer(&mcp, &stage, request).await.expect("answered");
    assert_eq!(answer.tool_calls().len(), 1);
    assert!(answer.warnings.iter().any(|warning| warning.contains("no function snow")), "{answer:?}");
}

#[tokio::test]
async fn a_server_that_goes_during_an_answer_is_told_to_the_model() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig::default());
    let stage = Stage::new([calls(&[("c1", "wait", json!({}))]), says("done")]);
    let mut events = events(&mcp, &stage, asking(&["wait"]));
    let mut server = Some(server);
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        let event = event.expect("no failure");
        // The call comes with the first usage.
        if matches!(event, Event::Usage(_))
            && let Some(server) = server.take()
        {
            drop(server);
        }
        told.push(event);
    }
    assert!(told.contains(&Event::Text { text: "done".to_owned() }));
    let asked = stage.last();
    assert!(results(&asked)[0].1.starts_with("Error: `wait` gave no result."), "{:?}", results(&asked));
}

#[tokio::test]
async fn a_model_that_calls_without_end_is_stopped() {
    let server = Server::mcp().await;
    let mcp = with_servers(&[("weather", server.url())], McpConfig { max_rounds: 3, ..McpConfig::default() });
    let stage = Stage::always(calls(&[("c1", "weather", json!({}))]));
    let failure = answer(&mcp, &stage, asking(&["weather"])).await.expect_err("stopped");
    assert_eq!(failure.kind, FailureKind::UpstreamError);
    assert!(failure.message.contains("mcp.max_rounds") && failure.message.contains("`weather`"), "{failure}");
    assert_eq!((stage.asked().len(), server.calls().len()), (4, 3));
}

#[tokio::test]
async fn what_is_no_mcp_server_is_told_with_what_it_says() {
    let plain = Server::plain().await;
    let mcp = allowing(&[plain.base()]);
    let mut request = asking(&["weather"]);
    request.mcp_endpoint = Some(plain.base());
    let failure = answer(&mcp, &Stage::new([]), request).await.expect_err("refused");
    assert!(failure.message.contains("HTTP 404"), "{failure}");
}
