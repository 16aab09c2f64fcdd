//! Conversations, recorded from requests and reviewed with keys alone.

use anyhow::Context;
use serde_json::{Value, json};

use super::gallery::LOOKS;
use super::host::{Console, Host};
use super::page::ENTER;

const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";
const CONTROL: &str = "\u{e009}";
const SHIFT: &str = "\u{e008}";
const RELEASE: &str = "\u{e000}";

const ROWS: &str = "document.querySelectorAll('[role=row][data-row]').length";
/// The title of the open conversation.
const OPEN: &str = "document.querySelector('#conversation h2')?.textContent ?? ''";
/// The decisions in the list, from its top.
const DECISIONS: &str =
    "[...document.querySelectorAll('[role=row][data-row] [title] > .sr-only')].map(one => one.textContent)
        .filter(one => ['New', 'Approved', 'Rejected', 'Later'].includes(one))";

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_reviewed_with_keys_alone() -> anyhow::Result<()> {
    if !super::can_open(Host::Browser) {
        return Ok(());
    }
    let console = Console::open(Host::Browser, "").await?;
    let reviewed = review(&console).await;
    if reviewed.is_err() {
        console.complain().await;
    }
    reviewed?;
    console.close().await
}

async fn review(console: &Console) -> anyhow::Result<()> {
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
    export(console).await.context("export")
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
        console.press(TAB).await?;
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
