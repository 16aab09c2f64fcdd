//! Conversations, recorded from requests and reviewed with keys alone: those of a driver in a browser, those of the
//! screen's own keyboard in the window.

use std::time::{Duration, Instant};

use anyhow::Context;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::gallery::LOOKS;
use super::host::{Console, Host};
use super::page::{CONTROL, ENTER, ESCAPE, RELEASE, SHIFT};
use crate::product::PATIENCE;

const ROWS: &str = "document.querySelectorAll('[role=row][data-row]').length";
/// The title of the open conversation.
const OPEN: &str = "document.querySelector('#conversation h2')?.textContent ?? ''";
/// The decisions in the list, from its top.
const DECISIONS: &str =
    "[...document.querySelectorAll('[role=row][data-row] [title] > .sr-only')].map(one => one.textContent)
        .filter(one => ['New', 'Approved', 'Rejected', 'Later'].includes(one))";

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_reviewed_with_keys_alone() -> anyhow::Result<()> {
    reviewed(Host::Browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_reviewed_in_the_window_with_keys_alone() -> anyhow::Result<()> {
    reviewed(Host::Window).await
}

async fn reviewed(host: Host) -> anyhow::Result<()> {
    if !super::can_open(host) {
        return Ok(());
    }
    let console = Console::open(host, "").await?;
    // A driver may wait for ever where a page does not answer.
    let reviewed = tokio::time::timeout(PATIENCE * 10, review(&console)).await.map_err(Into::into).flatten();
    if reviewed.is_err() {
        console.complain().await;
    }
    reviewed?;
    console.close().await
}

async fn review(console: &Console) -> anyhow::Result<()> {
    // What was refused is kept, and is not among what waits for review.
    console.send("no-such-model", "Is anybody there?").await?;
    for text in ["Who keeps the gate?", "What is a portcullis?", "Where is the key of the postern?"] {
        console.send("postern/echo", text).await?;
    }
    console.press(&format!("{CONTROL}9{RELEASE}")).await?;
    console.becomes(ROWS, json!(3)).await.context("three conversations are listed")?;
    search(console).await.context("search")?;
    decide(console).await.context("decide")?;
    for look in &LOOKS[..2] {
        console.wear(*look).await?;
        let violations: Vec<String> = console
            .violations()
            .await?
            .into_iter()
            .map(|one| format!("{}: {:?}", one.help, one.nodes))
            .collect();
        anyhow::ensure!(violations.is_empty(), "{} {violations:#?}", look.theme);
    }
    export(console).await.context("export")?;
    kept(console).await.context("what the store keeps")?;
    hear(console).await.context("hear a recording")
}

/// Words find what says them, and are marked; Esc shows everything again.
async fn search(console: &Console) -> anyhow::Result<()> {
    console.press("/").await?;
    console.becomes("document.activeElement.type", json!("search")).await?;
    console.press("portcullis").await?;
    console.becomes(ROWS, json!(1)).await?;
    console.becomes("document.querySelector('[role=row] mark')?.textContent", json!("portcullis")).await?;
    console.press(ESCAPE).await?;
    console.becomes(ROWS, json!(3)).await?;
    console.press(ESCAPE).await
}

/// One is edited and approved while it is still being written, one rejected by mistake and undone, then rated and tagged.
async fn decide(console: &Console) -> anyhow::Result<()> {
    console.press("j").await?;
    console.becomes(OPEN, json!("Where is the key of the postern?")).await?;
    console.becomes("document.querySelectorAll('#conversation [data-turn]').length", json!(2)).await?;
    console.press("e").await?;
    console.becomes("document.activeElement.tagName", json!("TEXTAREA")).await?;
    console.press("Indeed: ").await?;
    console
        .becomes("document.querySelector('#conversation ins')?.textContent.trim()", json!("Indeed:"))
        .await?;
    console.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
    console.becomes(OPEN, json!("What is a portcullis?")).await?;
    console.becomes(DECISIONS, json!(["Approved", "New", "New"])).await?;
    console.press("x").await?;
    console.becomes(OPEN, json!("Who keeps the gate?")).await?;
    console.becomes(DECISIONS, json!(["Approved", "Rejected", "New"])).await?;
    console.press("z").await?;
    console.becomes(OPEN, json!("What is a portcullis?")).await?;
    console.becomes(DECISIONS, json!(["Approved", "New", "New"])).await?;
    console.press("j").await?;
    console.becomes(OPEN, json!("Who keeps the gate?")).await?;
    console.press("k").await?;
    console.becomes(OPEN, json!("What is a portcullis?")).await?;
    console.press("4").await?;
    console
        .becomes("document.querySelectorAll('#conversation footer .fill-current').length", json!(4))
        .await?;
    console.press("t").await?;
    console.becomes("document.activeElement.getAttribute('role')", json!("combobox")).await?;
    console.press(&format!("golden{ENTER}")).await?;
    console
        .becomes(
            "document.querySelector('#conversation footer')?.textContent.includes('golden')",
            json!(true),
        )
        .await
}

/// What is approved is written, as it was edited, once the preview has been seen.
async fn export(console: &Console) -> anyhow::Result<()> {
    console.becomes("document.querySelector('[role=dialog]')", Value::Null).await?;
    console.press(&format!("{SHIFT}E{RELEASE}")).await?;
    console.becomes("document.querySelectorAll('[role=dialog] dd')[1]?.textContent", json!("1")).await?;
    let mut steps = 0;
    while console.eval("document.activeElement.textContent").await? != json!("Export") {
        console.tab().await?;
        steps += 1;
        anyhow::ensure!(steps < 80, "Tab does not reach the button");
    }
    console.press(ENTER).await?;
    console.find("dialog", "Exported").await?;
    let folder = console.eval("document.querySelector('[role=dialog] code').textContent").await?;
    let folder = std::path::Path::new(folder.as_str().context("a folder")?);
    let rows = std::fs::read_dir(folder)?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "jsonl"))
        .map(|entry| std::fs::read_to_string(entry.path()))
        .collect::<Result<String, _>>()?;
    anyhow::ensure!(rows.contains("Indeed: ") && rows.lines().count() == 1, "{rows}");
    Ok(())
}

/// The store has what was done, and the answer as it came besides.
async fn kept(console: &Console) -> anyhow::Result<()> {
    let all = json!({ "filter": {}, "sort": "newest", "limit": 10 });
    let found = console.api("POST", "/api/conversations/search", &all).await?;
    let rows = found["rows"].as_array().context("rows")?;
    let states: Vec<&Value> = rows.iter().map(|row| &row["state"]).collect();
    anyhow::ensure!(states == ["approved", "new", "new", "new"], "{found}");
    anyhow::ensure!(rows[3]["standing"] == "blocked", "{found}");
    anyhow::ensure!(rows[1]["rating"] == 4 && rows[1]["tags"] == json!(["golden"]), "{found}");
    let edited = console.api("GET", &format!("/api/conversations/{}", rows[0]["id"]), &Value::Null).await?;
    let answer = |version: &str| edited[version]["turns"][1]["parts"][0]["text"].as_str().unwrap_or_default();
    let (now, before) = (answer("conversation"), answer("original"));
    anyhow::ensure!(!before.is_empty() && now == format!("Indeed: {before}"), "{before:?} became {now:?}");
    Ok(())
}

/// The page's policy lets a recording play that came with a request.
async fn hear(console: &Console) -> anyhow::Result<()> {
    let parts = json!([
        { "type": "text", "text": "Who calls?" },
        { "type": "input_audio", "input_audio": { "data": BASE64_STANDARD.encode(second()), "format": "wav" } },
    ]);
    console.send("postern/echo", parts).await?;
    let filter = json!({ "filter": { "text": "calls" }, "sort": "newest", "limit": 1 });
    let deadline = Instant::now() + PATIENCE;
    let id = loop {
        let found = console.api("POST", "/api/conversations/search", &filter).await?;
        if let Some(id) = found["rows"][0]["id"].as_u64() {
            break id;
        }
        anyhow::ensure!(Instant::now() < deadline, "it is not recorded");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    console.go(&format!("/conversations?id={id}")).await?;
    console.becomes("document.querySelector('#conversation audio')?.duration ?? null", json!(1)).await
}

/// One second of silence, as a WAV file of 8 kHz and 8 bits.
fn second() -> Vec<u8> {
    let samples = [0x80; 8000];
    let mut wav = Vec::from(*b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0");
    wav.extend(samples);
    wav
}
