//! Servers that are slow, gone or in the way, and models that do not end.

use std::time::Duration;

use futures::StreamExt;
use postern_protocol::chat::{Event, FailureKind};
use postern_upstream::McpConfig;
use serde_json::json;
use tokio::time::timeout;

use super::servers::Server;
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
        assert_eq!(answer.text, "done");
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
        assert_eq!(answer.text, "done");
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
    assert_eq!(answer.tool_calls.len(), 1);
    let told = answer.warnings.iter().any(|warning| warning.contains("MCP server weather cannot be reached"));
    assert!(told, "{:?}", answer.warnings);
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
