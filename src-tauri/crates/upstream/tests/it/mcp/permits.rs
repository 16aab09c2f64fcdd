//! Who may be asked.

use postern_net::Network;
use postern_protocol::Secret;
use postern_protocol::chat::{FailureKind, Request};
use postern_upstream::{Mcp, McpConfig, McpServer};
use serde_json::json;

use super::servers::Server;
use super::stage::{Stage, answer, asking, calls, results, says};
use super::{allowing, with_servers};

fn naming(address: &str) -> Request {
    Request { mcp_endpoint: Some(address.to_owned()), ..asking(&["weather"]) }
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_refused_and_nobody_is_asked() {
    let (server, other) = (Server::plain().await, Server::mcp().await);
    let stage = Stage::new([]);
    for mcp in
        [Mcp::default(), allowing(&[other.url()]), with_servers(&[("a", other.url())], McpConfig::default())]
    {
        let failure = answer(&mcp, &stage, naming(&server.base())).await.expect_err("refused");
        assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("mcp_endpoint")));
        assert!(failure.message.contains("mcp.allowed"), "{failure}");

        let mut request = asking(&["weather"]);
        request.tools[0].mcp_endpoint = Some(server.base());
        let failure = answer(&mcp, &stage, request).await.expect_err("refused");
        assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::BadRequest, Some("tools")));
    }
    assert_eq!((stage.asked().len(), server.calls().len()), (0, 0));
}

#[tokio::test]
async fn without_a_server_nothing_is_different() {
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))])]);
    let answer = answer(&Mcp::default(), &stage, asking(&["weather"])).await.expect("answered");
    assert_eq!(answer.tool_calls().len(), 1);
    let upstream = Mcp::default().over(stage);
    assert!(!upstream.may_intervene());
    assert_eq!(upstream.ignores(&asking(&[])), ["seed"]);
    assert_eq!((upstream.name(), upstream.lanes()), ("stage", Some(3)));
    assert_eq!(upstream.offers("m").await, Ok(Some(true)));
    assert_eq!(upstream.models().await.expect("models").len(), 1);
}

#[tokio::test]
async fn with_a_server_of_the_owners_any_conversation_may_concern_it() {
    let mcp = with_servers(&[("a", "http://127.0.0.1:9/mcp".to_owned())], McpConfig::default());
    assert!(mcp.over(Stage::new([])).may_intervene());
}

#[tokio::test]
async fn nobody_is_sent_to_another_address() {
    let other = Server::plain().await;
    let server = Server::redirecting(format!("{}/tools/execute", other.base())).await;
    let mcp = allowing(&[format!("plain+{}", server.base())]);
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);
    answer(&mcp, &stage, naming(&server.base())).await.expect("answered");
    let asked = stage.last();
    assert!(results(&asked)[0].1.contains("307"), "{:?}", results(&asked));
    assert_eq!(other.calls(), []);
}

#[tokio::test]
async fn a_token_goes_to_its_server_alone() {
    let (server, other) = (Server::plain().await, Server::plain().await);
    let address = format!("plain+{}/", server.base());
    let token = Some(Secret::new("open-sesame"));
    let config = McpConfig {
        servers: vec![McpServer { name: "a".to_owned(), address, token }],
        allowed: vec![format!("plain+{}", other.base())],
        ..McpConfig::default()
    };
    let mcp = Mcp::new(config, Network::default());
    for address in [server.base(), other.base()] {
        let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);
        answer(&mcp, &stage, naming(&address)).await.expect("answered");
    }
    assert_eq!(server.tokens(), [Some("Bearer open-sesame".to_owned())]);
    assert_eq!(other.tokens(), [None]);
}

#[tokio::test]
async fn other_choices_count_for_the_next_request() {
    let server = Server::mcp().await;
    let mcp = Mcp::default();
    let upstream_mcp = mcp.clone();
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);
    answer(&upstream_mcp, &stage, naming(&server.url())).await.expect_err("refused");
    mcp.configure(McpConfig { allowed: vec![server.base()], ..McpConfig::default() });
    answer(&upstream_mcp, &stage, naming(&server.url())).await.expect("answered");
    mcp.configure(McpConfig::default());
    answer(&upstream_mcp, &stage, naming(&server.url())).await.expect_err("refused");
}

#[tokio::test]
async fn localhost_is_this_machine() {
    let server = Server::mcp().await;
    let named = format!("http://localhost:{}/mcp", server.at.port());
    let mcp = allowing(std::slice::from_ref(&named));
    let stage = Stage::new([calls(&[("c1", "weather", json!({}))]), says("done")]);
    answer(&mcp, &stage, naming(&named)).await.expect("answered");
    assert_eq!(results(&stage.last()), [("c1", "sunny in no city")]);
}
