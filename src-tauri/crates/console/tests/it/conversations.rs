//! Conversations in the console: found, read, decided, edited and written to files.

use bytes::Bytes;
use http::{Method, StatusCode};
use postern_console::Desk;
use postern_store::Seq;
use serde_json::{Value, json};

use crate::support::House;

const SEARCH: &str = "/api/conversations/search";

async fn first(house: &House, filter: Value) -> Option<Value> {
    let page = house.post(SEARCH, json!({ "filter": filter })).await.ok();
    page["rows"].get(0).cloned()
}

#[tokio::test]
async fn a_word_leads_to_its_conversation_and_to_its_place_there() {
    let house = House::new();
    let thread = house.desk.converse().await.0;
    let page = house.post(SEARCH, json!({ "filter": { "text": "lovelace" } })).await.ok();
    assert_eq!(page["rows"][0]["id"], thread, "{page}");
    let snippet = &page["snippets"][thread.to_string()];
    let (text, mark) = (snippet["text"].as_str().expect("a text"), &snippet["marks"][0]);
    let part = |from: &Value, to: &Value| {
        let place = |value: &Value| usize::try_from(value.as_u64().expect("a place")).expect("small");
        text[place(from)..place(to)].to_owned()
    };
    assert_eq!(part(&mark[0], &mark[1]), "lovelace");
    let view = house.get(&format!("/api/conversations/{thread}?text=lovelace")).await.ok();
    assert_eq!(view["highlights"], json!([{ "turn": 0, "part": 0, "start": 15, "end": 23 }]), "{view}");
    let found = &view["findings"][0];
    assert_eq!((&found["kind"], &found["replacement"]), (&json!("email"), &json!("<EMAIL_1>")));
    assert_eq!(first(&house, json!({ "text": "nowhere" })).await, None);
}

#[tokio::test]
async fn a_decision_can_be_taken_back_and_made_again() {
    let house = House::new();
    let thread = house.desk.converse().await.0;
    let change = json!({ "selection": { "ids": [thread] }, "change": { "state": "approved", "rating": 4 } });
    let done = house.post("/api/conversations/change", change).await.ok();
    assert_eq!(done["changed"], 1);
    let approved = json!({ "states": ["approved"] });
    assert_eq!(first(&house, approved.clone()).await.expect("it is approved")["rating"], 4);
    house.post("/api/conversations/undo", json!({})).await;
    assert_eq!(first(&house, approved.clone()).await, None);
    house.post("/api/conversations/redo", json!({})).await;
    assert!(first(&house, approved).await.is_some());
    assert_eq!(house.post("/api/conversations/redo", json!({})).await.ok(), Value::Null);
    let bad = json!({ "selection": { "ids": [thread] }, "change": { "rating": 6 } });
    let answer = house.post("/api/conversations/change", bad).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.field(), "change.rating");
}

#[tokio::test]
async fn an_edit_stands_beside_what_was_said() {
    let house = House::new();
    let thread = house.desk.converse().await.0;
    let path = format!("/api/conversations/{thread}");
    let mut conversation = house.get(&path).await.ok()["conversation"].clone();
    conversation["turns"][1]["parts"][0]["text"] = "Good morning".into();
    let edit = format!("{path}/edit");
    assert_eq!(house.window(Method::PUT, &edit, Some(conversation.clone())).await.status, StatusCode::OK);
    let view = house.get(&path).await.ok();
    assert_eq!(view["conversation"], conversation);
    assert_eq!(view["original"]["turns"][1]["parts"][0]["text"], "Hello");
    house.window(Method::DELETE, &edit, None).await;
    let view = house.get(&path).await.ok();
    assert_eq!(
        (&view["conversation"]["turns"][1]["parts"][0]["text"], &view["original"]),
        (&json!("Hello"), &Value::Null)
    );
    conversation["turns"] = json!([]);
    let answer = house.window(Method::PUT, &edit, Some(conversation)).await;
    assert_eq!(answer.field(), "turns");
    let missing = house.window(Method::DELETE, "/api/conversations/999/edit", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_redaction_is_seen_before_it_is_used() {
    let house = House::new();
    let thread = house.desk.converse().await.0;
    let path = format!("/api/conversations/{thread}/redaction");
    let seen = house.post(&path, json!({ "profile": {} })).await.ok();
    assert_eq!(seen["conversation"]["turns"][0]["parts"][0]["text"], "My mail is <EMAIL_1>.");
    let seen = house.post(&path, json!({ "profile": { "action": "drop" } })).await.ok();
    assert_eq!((&seen["conversation"], seen["findings"].as_array().map(Vec::len)), (&Value::Null, Some(1)));
}

#[tokio::test]
async fn a_file_of_somebody_never_becomes_a_page() {
    let house = House::new();
    house.desk.converse().await;
    let kept = house.desk.conversations().expect("they are open");
    for (mime, told, way) in [
        ("image/png", "image/png", "inline"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
    ] {
        let bytes = Bytes::from(format!("bytes of {mime}"));
        let sha = kept.keep_media(Seq(1), mime.to_owned(), bytes.clone()).await.expect("it is kept");
        let answer = house.get(&format!("/api/conversations/media/{sha}")).await;
        assert_eq!(answer.body, bytes);
        assert_eq!(
            (&answer.headers["content-type"], &answer.headers["content-disposition"]),
            (&told.parse().expect("a type"), &way.parse().expect("a way"))
        );
        assert_eq!(answer.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    }
    assert_eq!(house.get("/api/conversations/media/..%2f..%2fx").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_export_is_tried_then_written_and_fetched_file_by_file() {
    let house = House::new();
    let thread = house.desk.converse().await.0;
    let spec = json!({ "filter": { "states": ["new"] } });
    let preview = house.post("/api/exports/preview", spec.clone()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    let mut changes = house.desk.exports().expect("they are open").jobs.changes();
    let job = house.post("/api/exports", json!({ "spec": spec, "folder": "mine" })).await.ok();
    let job = loop {
        let jobs = house.get("/api/exports").await.ok();
        assert_eq!(jobs[0]["id"], job["id"]);
        if jobs[0]["state"]["state"] != "running" {
            break jobs[0].clone();
        }
        changes.changed().await.expect("it goes on");
    };
    let files = job["state"]["summary"]["files"].as_array().expect("it is written").clone();
    assert!(files.iter().any(|file| file["name"] == "export.json"), "{job}");
    for file in files {
        let name = file["name"].as_str().expect("a name").replace('/', "%2F");
        let answer = house.get(&format!("/api/exports/{}/files/{name}", job["id"])).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_eq!(answer.body.len() as u64, file["bytes"].as_u64().expect("a length"));
    }
    let again = house.post("/api/exports", json!({ "folder": "mine" })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let outside = house.post("/api/exports", json!({ "folder": "../../etc" })).await;
    assert_eq!(outside.field(), "folder");
    assert!(thread > 0);
}
