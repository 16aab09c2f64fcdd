//! What each page's routes answer.

use http::Method;
use serde_json::{Value, json};

use crate::desk::BUNDLE;
use crate::support::{Answer, House};

async fn put(house: &House, path: &str, body: Value) -> Answer {
    house.window(Method::PUT, path, Some(body)).await
}

async fn patch(house: &House, path: &str, body: Value) -> Answer {
    house.window(Method::PATCH, path, Some(body)).await
}

async fn delete(house: &House, path: &str) -> Answer {
    house.window(Method::DELETE, path, None).await
}

fn question(stream: bool) -> Value {
    json!({ "model": "postern/echo", "stream": stream, "messages": [{ "role": "user", "content": "it's me" }] })
}

#[tokio::test]
async fn the_server_starts_and_stops() {
    let house = House::new();
    assert_eq!(house.get("/api/server").await.ok()["base_url"], "http://127.0.0.1:2048/v1");
    assert_eq!(house.post("/api/server/stop", json!({})).await.ok()["state"], "stopped");
    assert_eq!(house.post("/api/server/stop", json!({})).await.refused(409), "conflict");
    assert_eq!(house.post("/api/server/start", json!({})).await.ok()["state"], "running");
    assert_eq!(house.post("/api/server/restart", json!({})).await.ok()["state"], "starting");
}

#[tokio::test]
async fn the_first_page_shows_it_all() {
    let house = House::new();
    house.post("/api/playground/chat", question(false)).await.ok();
    let bad = json!({ "model": "no-such-model", "messages": [{ "role": "user", "content": "x" }] });
    assert_eq!(house.post("/api/playground/chat", bad).await.status, 404);
    let overview = house.get("/api/overview").await.ok();
    assert_eq!((&overview["today"]["requests"], &overview["today"]["failed"]), (&json!(2), &json!(1)));
    assert_eq!(overview["totals"]["requests"], 2);
    assert_eq!(overview["failures"][0]["code"], "model_not_found");
    assert_eq!(overview["accounts"][0]["name"], "ada");
    assert_eq!(overview["setup"]["has_account"], true);
    assert_eq!(overview["server"]["state"], "running");
    let answer = house.get("/api/overview?day_start=0").await;
    assert_eq!((answer.refused(400).as_str(), answer.field().as_str()), ("invalid", "day_start"));
}

#[tokio::test]
async fn the_first_steps_are_remembered() {
    let house = House::new();
    let setup = house.get("/api/setup").await.ok();
    assert_eq!((&setup["consent_at"], &setup["has_key"]), (&json!(null), &json!(false)));
    let setup = patch(&house, "/api/setup", json!({ "consent": true, "dismissed": true })).await.ok();
    assert!(setup["consent_at"].is_i64());
    assert_eq!(setup["dismissed"], true);
    let setup = patch(&house, "/api/setup", json!({ "consent": false })).await.ok();
    assert_eq!((&setup["consent_at"], &setup["dismissed"]), (&json!(null), &json!(true)));
    assert_eq!(patch(&house, "/api/setup", json!({ "consent": "yes" })).await.refused(400), "invalid");
}

#[tokio::test]
async fn the_queue_is_shown_and_cancelled() {
    let house = House::new();
    house.desk.push_queue("waiting");
    assert_eq!(house.get("/api/queue").await.ok()["queue"][0]["position"], 1);
    assert_eq!(house.post("/api/requests/waiting/cancel", json!({})).await.status, 204);
    assert_eq!(house.post("/api/requests/waiting/cancel", json!({})).await.refused(404), "not_found");
}

#[tokio::test]
async fn names_that_are_changed_at_once_are_all_kept() {
    let house = House::new();
    let alias = |path| put(&house, path, json!({ "target": "postern/echo" }));
    let (one, two) = tokio::join!(alias("/api/models/aliases/one"), alias("/api/models/aliases/two"));
    one.ok();
    two.ok();
    let both = json!({ "one": "postern/echo", "two": "postern/echo" });
    assert_eq!(house.desk.setting("models.aliases"), both);
}

#[tokio::test]
async fn aliases_and_exclusions_become_settings() {
    let house = House::new();
    let models = house.get("/api/models").await.ok();
    let echo = &models["upstreams"][0]["models"][0];
    assert_eq!((&echo["name"], &echo["excluded"]), (&json!("postern/echo"), &json!(false)));
    house.post("/api/models/refresh", json!({})).await.ok();

    let models = put(&house, "/api/models/aliases/gpt-4%2Fo", json!({ "target": "postern/echo" })).await.ok();
    assert_eq!(models["aliases"][0], json!({ "name": "gpt-4/o", "target": "postern/echo", "problem": null }));
    assert_eq!(house.desk.setting("models.aliases"), json!({ "gpt-4/o": "postern/echo" }));
    let found = house.get("/api/models/resolve?name=gpt-4/o").await.ok();
    assert_eq!((&found["via"], &found["model"]), (&json!("alias"), &json!("echo")));
    let chained = put(&house, "/api/models/aliases/other", json!({ "target": "gpt-4/o" })).await;
    assert_eq!(chained.refused(400), "invalid");
    delete(&house, "/api/models/aliases/gpt-4%2Fo").await.ok();
    assert_eq!(delete(&house, "/api/models/aliases/gpt-4%2Fo").await.refused(404), "not_found");
    let lost = house.get("/api/models/resolve?name=gpt-4/o").await.ok();
    assert!(lost["problem"].is_string(), "{lost}");
    assert_eq!(house.get("/api/models/resolve").await.refused(400), "invalid");

    let exclude = |model: &str, excluded: bool| {
        let body = json!({ "upstream": "aistudio", "model": model, "excluded": excluded });
        put(&house, "/api/models/exclusion", body)
    };
    exclude("a", true).await.ok();
    exclude("b", true).await.ok();
    exclude("a", true).await.ok();
    assert_eq!(house.desk.setting("models.excluded"), json!(["aistudio/a", "aistudio/b"]));
    let older = json!({ "changes": [{ "key": "aistudio.excluded_models", "value": ["b", "c"] }] });
    patch(&house, "/api/settings", older).await.ok();
    exclude("b", false).await.ok();
    assert_eq!(house.desk.setting("models.excluded"), json!(["aistudio/a"]));
    assert_eq!(house.desk.setting("aistudio.excluded_models"), json!(["c"]));
}

#[tokio::test]
async fn accounts_are_checked_changed_and_removed() {
    let house = House::new();
    assert_eq!(house.get("/api/accounts").await.ok()["accounts"][1]["name"], "bob");
    let checked = house.post("/api/accounts/ada/check", json!({})).await.ok();
    assert_eq!(checked["status"]["state"], "cooling_down");
    let changed = patch(&house, "/api/accounts/ada", json!({ "name": "eve", "enabled": false })).await.ok();
    assert_eq!((&changed["name"], &changed["enabled"]), (&json!("eve"), &json!(false)));
    assert_eq!(house.post("/api/accounts/ada/check", json!({})).await.refused(404), "not_found");
    assert_eq!(patch(&house, "/api/accounts/ada", json!({})).await.refused(404), "not_found");
    assert_eq!(delete(&house, "/api/accounts/eve").await.status, 204);
    assert_eq!(delete(&house, "/api/accounts/eve").await.refused(404), "not_found");
}

#[tokio::test]
async fn the_journal_is_read_page_by_page_and_cleared() {
    let house = House::new();
    for _ in 0..3 {
        house.post("/api/playground/chat", question(false)).await.ok();
    }
    let page = house.get("/api/requests?limit=2&model=postern/echo&outcome=ok&class=success").await.ok();
    assert_eq!(page["rows"].as_array().map(Vec::len), Some(2));
    let next = page["next"].as_str().expect("a next page");
    let page = house.get(&format!("/api/requests?limit=2&before={next}")).await.ok();
    assert_eq!((page["rows"].as_array().map(Vec::len), &page["next"]), (Some(1), &json!(null)));
    assert_eq!(house.get("/api/requests?key=1").await.ok()["rows"], json!([]));
    assert_eq!(house.get("/api/requests?search=nothing-of-it").await.ok()["rows"], json!([]));
    assert_eq!(house.get("/api/requests?colour=red").await.refused(400), "invalid");

    let id = page["rows"][0]["id"].as_str().expect("an id");
    let detail = house.get(&format!("/api/requests/{id}")).await.ok();
    assert_eq!(detail["timeline"]["marks"][0]["name"], "received");
    assert!(detail["body"].as_str().is_some_and(|body| body.contains("it's me")));
    assert_eq!(delete(&house, "/api/requests").await.status, 204);
    assert_eq!(house.get(&format!("/api/requests/{id}")).await.refused(404), "not_found");
    assert_eq!(house.get("/api/requests").await.ok()["rows"], json!([]));
}

#[tokio::test]
async fn a_request_is_shown_for_curl_with_its_key_masked() {
    let house = House::new();
    house.keys.import("my-very-own-key").await.expect("a key");
    let tested = json!({ "model": "postern/echo", "key": "my-very-own-key" });
    let id = house.post("/api/connect/test", tested).await.ok()["request_id"].clone();
    let path = format!("/api/requests/{}/curl", id.as_str().expect("an id"));
    let curl = house.get(&path).await;
    assert_eq!(curl.headers["content-type"], "text/plain; charset=utf-8");
    let curl = curl.text();
    assert!(
        curl.starts_with(
            "curl 'http://127.0.0.1:2048/v1/chat/completions' \\\n  -H 'Authorization: Bearer my-ve****ey'"
        ),
        "{curl}"
    );
    assert!(!curl.contains("my-very-own-key"), "{curl}");

    house.post("/api/playground/chat", question(true)).await;
    let newest = house.get("/api/requests?limit=1").await.ok();
    let path = format!("/api/requests/{}/curl", newest["rows"][0]["id"].as_str().expect("an id"));
    let curl = house.get(&path).await.text();
    assert!(curl.contains(r"it'\''s me") && curl.contains("--no-buffer"), "{curl}");
    assert!(!curl.contains("Authorization"), "{curl}");
    assert_eq!(house.get("/api/requests/unknown/curl").await.refused(404), "not_found");
}

#[tokio::test]
async fn the_playground_hands_answers_on_as_they_are() {
    let house = House::new();
    let answer = house.post("/api/playground/chat", question(false)).await.ok();
    assert_eq!(answer["choices"][0]["message"]["content"], "it's me");
    let stream = house.post("/api/playground/chat", question(true)).await;
    assert!(stream.headers["content-type"].to_str().expect("text").starts_with("text/event-stream"));
    assert!(stream.text().ends_with("data: [DONE]\n\n"), "{}", stream.text());
    let refused = house.post("/api/playground/chat", json!({ "model": 1 })).await;
    assert_eq!(refused.status, 400);
    let error: Value = serde_json::from_slice(&refused.body).expect("JSON");
    assert_eq!(error["error"]["type"], "invalid_request_error");
    // Its bodies may be larger than others.
    let large =
        json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": "x".repeat(2 << 20) }] });
    house.post("/api/playground/chat", large).await.ok();
}

#[tokio::test]
async fn one_request_shows_whether_a_client_would_be_answered() {
    let house = House::new();
    house.keys.import("my-very-own-key").await.expect("a key");
    let test =
        |key: Option<&str>| house.post("/api/connect/test", json!({ "model": "postern/echo", "key": key }));
    for key in [None, Some("my-very-own-key")] {
        let result = test(key).await.ok();
        assert_eq!(
            (&result["ok"], &result["status"], &result["error"]),
            (&json!(true), &json!(200), &json!(null))
        );
        assert_eq!(
            (&result["model"], &result["answer"]),
            (&json!("postern/echo"), &json!("Say hello in one short sentence."))
        );
        assert!(result["first_ms"].as_u64() <= result["total_ms"].as_u64() && result["first_ms"].is_u64());
        assert!(result["prompt_tokens"].is_u64() && result["completion_tokens"].is_u64());
        assert!(result["request_id"].is_string());
    }
    let result = test(Some("a-wrong-key")).await.ok();
    assert_eq!((&result["ok"], &result["status"]), (&json!(false), &json!(401)));
    assert!(result["error"].is_string() && !result.to_string().contains("a-wrong-key"));
    let result = house.post("/api/connect/test", json!({ "model": "gone" })).await.ok();
    assert_eq!((&result["ok"], &result["status"]), (&json!(false), &json!(404)));
    assert_eq!(test(Some("line\nbreak")).await.refused(400), "invalid");

    house.post("/api/server/stop", json!({})).await.ok();
    let result = test(None).await.ok();
    assert_eq!((&result["ok"], &result["status"]), (&json!(false), &json!(503)), "no client can reach it");
    assert!(result["error"].is_string());
}

#[tokio::test]
async fn settings_change_all_or_nothing() {
    let house = House::new();
    assert_eq!(house.get("/api/settings").await.ok()["settings"][1]["key"], "server.port");
    let change = |changes: Value| patch(&house, "/api/settings", json!({ "changes": changes }));
    let bad = change(json!([
        { "key": "server.port", "value": 1 },
        { "key": "server.port", "value": "many" },
    ]))
    .await;
    assert_eq!((bad.refused(400).as_str(), bad.field().as_str()), ("invalid", "changes[1].value"));
    assert_eq!(house.desk.setting("server.port"), 2048);
    assert_eq!(change(json!([{ "key": "server.host", "value": "::1" }])).await.refused(409), "locked");
    change(json!([{ "key": "server.port", "value": 1 }])).await.ok();
    assert_eq!(house.desk.setting("server.port"), 1);
    change(json!([{ "key": "server.port", "value": null }])).await.ok();
    assert_eq!(house.desk.setting("server.port"), 2048);
    assert_eq!(change(json!([{ "key": "server.port" }])).await.refused(400), "invalid");
}

#[tokio::test]
async fn logs_storage_and_doctor_are_shown() {
    let house = House::new();
    assert_eq!(house.get("/api/logs").await.ok()["lines"][0]["level"], "warn");
    assert_eq!(house.get("/api/logs?level=error").await.ok()["lines"], json!([]));
    assert_eq!(house.get("/api/logs?level=loud").await.refused(400), "invalid");
    assert_eq!(house.get("/api/storage").await.ok()["items"][0]["kind"], "logs");
    house.post("/api/storage/clear", json!({ "kind": "logs" })).await.ok();
    assert_eq!(
        house.post("/api/storage/clear", json!({ "kind": "profiles" })).await.refused(409),
        "conflict"
    );
    assert_eq!(house.post("/api/storage/clear", json!({ "kind": "all" })).await.refused(400), "invalid");
    assert_eq!(house.get("/api/doctor").await.ok()["findings"][0]["health"], "problem");
}

#[tokio::test]
async fn a_bundle_is_made_and_fetched_and_no_other_file() {
    let house = House::new();
    assert_eq!(house.post("/api/diagnostics", json!({})).await.ok()["name"], BUNDLE);
    let bundle = house.get(&format!("/api/diagnostics/{BUNDLE}")).await;
    assert_eq!(bundle.headers["content-type"], "application/zip");
    assert_eq!(bundle.body, b"PK");
    assert_eq!(bundle.headers["content-disposition"], format!("attachment; filename=\"{BUNDLE}\""));
    for name in ["other.zip", "..%2Fstore.sqlite", "%2Fetc%2Fpasswd", ".hidden", "a%0D%0Ab"] {
        assert_eq!(house.get(&format!("/api/diagnostics/{name}")).await.refused(404), "not_found", "{name}");
    }
}

#[tokio::test]
async fn a_clients_file_is_previewed_written_and_put_back() {
    let house = House::new();
    assert_eq!(house.get("/api/clients").await.ok()["clients"][0]["id"], "aider");
    let preview = house.post("/api/clients/aider/preview", json!({ "model": "echo" })).await.ok();
    assert_eq!(preview["diff"], "+model: echo");
    let apply = |revision: &str| json!({ "model": "echo", "revision": revision });
    house.post("/api/clients/aider/apply", apply("1")).await.ok();
    assert_eq!(house.post("/api/clients/aider/apply", apply("0")).await.refused(409), "conflict");
    assert_eq!(house.post("/api/clients/aider/restore", json!({})).await.refused(404), "not_found");
    assert_eq!(
        house.post("/api/clients/emacs/preview", json!({ "model": "echo" })).await.refused(400),
        "invalid"
    );
}
