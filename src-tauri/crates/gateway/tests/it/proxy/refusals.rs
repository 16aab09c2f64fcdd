//! Who is not reached, and what is said about it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use postern_gateway::{AuthType, Config, ProbeFilter, ProbeRequest, ProxyConfig};
use postern_net::{Means, Network, NetworkConfig, ProxyRule};
use postern_store::Outcome;
use serde_json::Value;

use super::{Far, Played, config, get, house, house_with, network, plain};
use crate::log::keep;
use crate::support::{Answer, House};

#[tokio::test]
async fn a_domain_that_nobody_allowed_is_refused_in_the_callers_words() {
    let far = Far::open().await;
    let house = house(&far).await;
    let answer = house.get("/evil.example/v1/chat/completions").await;
    answer.assert_error(403, "domain_not_allowed");
    assert_eq!(answer.header("x-postern-error"), "domain_not_allowed");
    assert!(!answer.header("x-postern-request-id").is_empty());
    for part in
        ["`evil.example`", "in the window", "`allowed_domains.\"evil.example\" = true`", "config.toml"]
    {
        let message = answer.json["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{message}");
    }
    let answer = house.get("/evil.example:8443/v1/messages?beta=true").await;
    let told =
        |pointer: &str| answer.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    assert_eq!(
        (answer.status, told("/type"), told("/error/type")),
        (403, "error".into(), "permission_error".into())
    );
    assert!(told("/error/message").contains("evil.example:8443"));
    let answer = house.get("/Evil.example/v1beta/models/x:generateContent").await;
    assert_eq!((answer.status, &answer.json["error"]["code"]), (403, &Value::from(403)));
    assert_eq!(answer.json["error"]["status"], "PERMISSION_DENIED");
    let refused = house.gateway.refused_domains();
    let told: Vec<(&str, u64)> = refused.iter().map(|one| (one.domain.as_str(), one.times)).collect();
    assert_eq!(told, [("evil.example", 2), ("evil.example:8443", 1)]);
    assert!(refused[0].last <= SystemTime::now());
    let row = &house.journal().await[0].row;
    assert_eq!(
        (row.outcome, row.code.as_deref(), row.status),
        (Outcome::Failed, Some("domain_not_allowed"), Some(403))
    );
    // From now on it may be asked, and need not be told of.
    let mut proxy = config(&far);
    proxy.allowed.push(plain("evil.example".to_owned(), AuthType::Auto));
    house.gateway.configure(Config { proxy, ..Config::default() });
    assert_eq!(house.gateway.refused_domains().len(), 1);
    house.get("/evil.example/v1/chat/completions").await.assert_error(502, "upstream_not_found");
}

#[tokio::test]
async fn paths_of_this_server_stay_its_own() {
    let far = Far::open().await;
    let house = house(&far).await;
    for path in ["/v1/models", "/health", "/v1//models/", "/api/info"] {
        assert_eq!(house.get(path).await.status, 200, "{path}");
    }
    for path in ["/favicon.ico", "/api.openai.com", "/ollama/v1", "/v1.5/models"] {
        house.get(path).await.assert_error(404, "unknown_url");
    }
    house.get("/https://a..b/x").await.assert_error(400, "invalid_target");
    assert!(house.gateway.refused_domains().is_empty());
    let closed = House::open().await;
    closed.get("/api.openai.com/v1/models").await.assert_error(404, "unknown_url");
}

/// An allowed name is no leave to go anywhere: what it means is judged where the connection is made.
#[tokio::test]
async fn a_name_that_leads_into_this_network_is_refused() {
    let far = Far::open().await;
    let port = far.address.port();
    let names: Vec<(&str, IpAddr)> = [
        ("loop.example", "127.0.0.1"),
        ("private.example", "10.0.0.7"),
        ("metadata.example", "169.254.169.254"),
        ("mapped.example", "::ffff:127.0.0.1"),
        ("six.example", "fd00::1"),
        ("shared.example", "100.64.0.1"),
    ]
    .map(|(name, address)| (name, address.parse().expect("an address")))
    .to_vec();
    let mut allowed: Vec<_> =
        names.iter().map(|(name, _)| plain((*name).to_owned(), AuthType::Auto)).collect();
    allowed.push(plain(format!("loop.example:{port}"), AuthType::Auto));
    let proxy = ProxyConfig { allowed, ..ProxyConfig::default() };
    let house = House::with(Config { proxy, ..Config::default() }, &[], Vec::new()).await;
    house.gateway.open_way_out(&network(names.clone()), ());
    for (name, _) in names {
        let answer = house.get(&format!("/{name}/v1/models")).await;
        answer.assert_error(403, "address_not_allowed");
        assert!(answer.text.contains(name) && answer.text.contains("with its port"), "{}", answer.text);
    }
    assert!(far.is_quiet());
    // With its port it is the owner's word.
    let _client = get(&house, &format!("/loop.example:{port}/v1/models")).await;
    assert_eq!(far.accept().await.request().await.line, "GET /v1/models HTTP/1.1");
}

#[tokio::test]
async fn other_names_and_foreign_pages_are_refused_before_anything_is_sent() {
    let far = Far::open().await;
    let house = house(&far).await;
    let path = format!("/{}/v1/models", far.address);
    let answer = Answer::of(house.request("POST", &path).header("host", "evil.example").body("x")).await;
    answer.assert_error(403, "host_not_allowed");
    let answer =
        Answer::of(house.request("POST", &path).header("origin", "https://evil.example").body("x")).await;
    answer.assert_error(403, "origin_not_allowed");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert!(far.is_quiet());
}

/// Their scripts would run in the origin of the console, and their pictures be paid with stored keys.
#[tokio::test]
async fn no_answer_becomes_a_page_of_this_server() {
    let far = Far::open().await;
    let house = house(&far).await;
    let path = format!("/{}/v1/models", far.address);
    for headers in [
        [("sec-fetch-dest", "document"), ("sec-fetch-site", "none")],
        [("sec-fetch-dest", "script"), ("sec-fetch-site", "same-origin")],
        [("sec-fetch-dest", "serviceworker"), ("sec-fetch-site", "same-origin")],
        [("sec-fetch-dest", "image"), ("sec-fetch-site", "cross-site")],
    ] {
        let asked = headers
            .iter()
            .fold(house.request("GET", &path), |asked, (name, value)| asked.header(*name, *value));
        let answer = Answer::of(asked).await;
        answer.assert_error(403, "page_not_allowed");
        assert_eq!(answer.header("x-postern-error"), "page_not_allowed");
    }
    assert!(far.is_quiet());
    // A browser that does not say what it wants gets a page that can do nothing.
    let asked = tokio::spawn(Answer::of(house.request("GET", &path)));
    let mut line = far.accept().await;
    line.request().await;
    line.write("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nservice-worker-allowed: /\r\ncontent-length: 0\r\n\r\n").await;
    let answer = asked.await.expect("answered");
    assert_eq!(
        (answer.header("content-security-policy"), answer.header("service-worker-allowed")),
        ("sandbox", "")
    );
}

#[tokio::test]
async fn a_page_may_ask_with_any_method_where_it_may_ask() {
    let far = Far::open().await;
    let house = house_with(config(&far), &["sk-the-right-key"]).await;
    let path = format!("/{}/v1/models", far.address);
    let preflight = house.request("OPTIONS", &path).header("origin", "https://chat.example");
    let preflight = preflight.header("access-control-request-method", "DELETE");
    let answer = Answer::of(preflight.header("access-control-request-headers", "x-postern-key, x-a")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, "DELETE"));
    assert_eq!(answer.header("access-control-allow-headers"), "x-postern-key, x-a");
    assert!(far.is_quiet());
    let request = house.request("DELETE", &path).header("origin", "https://chat.example");
    let asked = tokio::spawn(Answer::of(request.header("x-postern-key", "sk-the-right-key")));
    let mut line = far.accept().await;
    let seen = line.request().await;
    assert_eq!((seen.header("origin"), seen.header("x-postern-key")), (None, None));
    line.write("HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n").await;
    let answer = asked.await.expect("answered");
    assert_eq!(answer.header("access-control-allow-origin"), "https://chat.example");
    assert_eq!(answer.header("access-control-expose-headers"), "*");
}

#[tokio::test]
async fn servers_that_are_not_there_are_told_apart() {
    let far = Far::open().await;
    let house = house(&far).await;
    let address = far.address;
    let cases =
        [("public.example", 502, "upstream_not_found"), (&address.to_string(), 502, "upstream_unreachable")];
    drop(far);
    for (host, status, code) in cases {
        let answer = house.get(&format!("/{host}/v1/models")).await;
        answer.assert_error(status, code);
        assert_eq!(answer.header("x-postern-error"), code);
    }
}

/// How this server gets out is nobody's business but its owner's.
#[tokio::test]
async fn callers_are_not_told_of_the_owners_proxy() {
    let far = Far::open().await;
    let house = House::with(Config { proxy: config(&far), ..Config::default() }, &[], Vec::new()).await;
    let gone = Far::open().await.address;
    let rule = ProxyRule::Via(format!("http://{gone}").parse().expect("a proxy"));
    let config = NetworkConfig { rule, ..NetworkConfig::default() };
    let lookup = Arc::new(Played(vec![("public.example", IpAddr::from([93, 184, 216, 34]))]));
    let network = Network::with_means(config, Means { lookup, ..Means::default() });
    house.gateway.open_way_out(&network, ());
    let answer = house.get("/public.example/v1/models").await;
    answer.assert_error(502, "proxy_failed");
    assert!(!answer.text.contains(&gone.port().to_string()), "{}", answer.text);
}

#[tokio::test]
async fn what_the_owner_turns_away_does_not_come_in_anywhere_but_at_the_console() {
    let lines = keep();
    let far = Far::open().await;
    let mut proxy = config(&far);
    proxy.probe_request = ProbeRequest {
        path_blocklist: vec!["/health".to_owned(), "/api/keys".to_owned()],
        user_agent_substrings: vec!["Censys".to_owned()],
        ..ProbeRequest::default()
    };
    proxy.probe_filter =
        ProbeFilter { patterns: vec!["^GET /v1/models".to_owned()], ..ProbeFilter::default() };
    let house = house_with(proxy, &[]).await;
    house.get("/health").await.assert_error(404, "blocked_by_owner");
    let scan = house
        .request("GET", &format!("/{}/v1/models", far.address))
        .header("user-agent", "CensysInspect/1.1");
    Answer::of(scan).await.assert_error(404, "blocked_by_owner");
    house.get("//health/").await.assert_error(404, "blocked_by_owner");
    house.get("/api/keys").await.assert_error(404, "unknown_url");
    assert_eq!(house.get("/v1/models").await.status, 200);
    assert!(far.is_quiet());
    let paths: Vec<String> = lines.taken().iter().filter_map(|line| line.get("path").cloned()).collect();
    assert!(
        paths.contains(&"/api/keys".to_owned()) && !paths.contains(&"/v1/models".to_owned()),
        "{paths:?}"
    );
}

#[tokio::test]
async fn those_who_are_turned_away_are_told_so_in_their_words() {
    let far = Far::open().await;
    let probe_request =
        ProbeRequest { user_agent_substrings: vec!["Censys".to_owned()], ..ProbeRequest::default() };
    let house = house_with(ProxyConfig { probe_request, ..config(&far) }, &[]).await;
    let elsewhere = format!("/{}/v1/messages", far.address);
    for (path, error) in [("/v1/messages", ""), (elsewhere.as_str(), "blocked_by_owner")] {
        let scan = house.request("POST", path).header("user-agent", "CensysInspect/1.1");
        // More than fits on the way.
        let answer =
            Answer::of(scan.header("origin", "http://localhost:3000").body(vec![b'x'; 4 << 20])).await;
        assert_eq!((answer.status, answer.json["type"].as_str()), (404, Some("error")), "{}", answer.text);
        assert_eq!(answer.header("x-postern-error"), error);
        assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3000");
    }
    let rows = house.journal().await;
    let told: Vec<_> =
        rows.iter().map(|detail| (detail.row.path.as_str(), detail.row.code.as_deref())).collect();
    for path in ["/v1/messages", &elsewhere] {
        assert!(told.contains(&(path, Some("blocked_by_owner"))), "{told:?}");
    }
    assert!(far.is_quiet());
}
