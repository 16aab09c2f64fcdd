//! The whole console with keys alone.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::host::{Console, Host};
use super::page::{CONTROL, ENTER, ESCAPE, RELEASE, SHIFT, TAB};

const DOWN: &str = "\u{e015}";
const UP: &str = "\u{e013}";
/// Each with the key that leads there, held with Control.
const PAGES: [(&str, char); 11] = [
    ("/", '1'),
    ("/accounts", '2'),
    ("/upstreams", '3'),
    ("/keys", '4'),
    ("/models", '5'),
    ("/connect", '6'),
    ("/proxy", '7'),
    ("/requests", '8'),
    ("/conversations", '9'),
    ("/playground", '0'),
    ("/settings", ','),
];

/// What has the focus, and what is wrong with that.
const FOCUSED: &str = "
    const element = document.activeElement;
    if (element === document.body) return ['', ''];
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    const inSight = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    element.dataset.visited = '';
    const name = `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40)}`;
    const wrong = !marked ? 'the focus is not seen' : !inSight ? 'the focus is out of sight' : '';
    return [name, wrong];
";
/// What Tab should reach and has not.
const MISSED: &str = "
    const wanted = 'a[href], button, input, select, textarea, summary, [tabindex]';
    // Of these Tab reaches one, and arrows the others.
    const roving = (element) => element.closest('[role=tablist], [role=radiogroup], [role=menu]') || element.role === 'row';
    return [...document.querySelectorAll(wanted)]
        .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility() && !roving(element))
        .filter((element) => element.type !== 'hidden' && element.dataset.visited === undefined)
        .map((element) => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40)}`);
";

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_reached_with_keys() -> anyhow::Result<()> {
    if !super::can_open(Host::Browser) {
        return Ok(());
    }
    let console = Console::open(Host::Browser, "").await?;
    let walked = walk(&console).await;
    if walked.is_err() {
        console.complain().await;
    }
    walked?;
    console.close().await
}

async fn walk(console: &Console) -> anyhow::Result<()> {
    skip_to_the_page(console).await?;
    go_to_pages(console).await?;
    let mut defects = BTreeSet::new();
    for (page, _) in PAGES {
        tab_through(console, page, &mut defects).await?;
    }
    anyhow::ensure!(defects.is_empty(), "{defects:#?}");
    run_a_command(console).await?;
    read_the_help(console).await?;
    open_a_row(console).await?;
    add_an_account(console).await?;
    stop_and_start(console).await
}

/// The first thing that Tab reaches leads past the rail.
async fn skip_to_the_page(console: &Console) -> anyhow::Result<()> {
    console.press(TAB).await?;
    console.becomes("document.activeElement.textContent", json!("Skip to the page")).await?;
    console.press(ENTER).await?;
    console.becomes("document.activeElement.id", json!("main")).await
}

async fn go_to_pages(console: &Console) -> anyhow::Result<()> {
    for (page, key) in PAGES.iter().rev() {
        console.press(&format!("{CONTROL}{key}{RELEASE}")).await?;
        console.becomes("location.hash", json!(format!("#{page}"))).await?;
        // Whoever comes to a page is told where they are.
        console.becomes("document.activeElement.tagName", json!("H1")).await?;
    }
    Ok(())
}

/// Tab goes through all of a page, in the order of the page, and the focus is always seen.
async fn tab_through(console: &Console, page: &str, defects: &mut BTreeSet<String>) -> anyhow::Result<()> {
    console.go(page).await?;
    console.becomes("location.hash", json!(format!("#{page}"))).await?;
    console.becomes("document.activeElement.tagName", json!("H1")).await?;
    console.becomes("document.querySelector('.animate-pulse-soft')", Value::Null).await?;
    anyhow::ensure!(
        console
            .eval("document.querySelector('[tabindex]:not([tabindex=\"0\"]):not([tabindex=\"-1\"])')")
            .await?
            .is_null(),
        "{page} forces an order"
    );
    let (mut steps, mut around) = (0, 0);
    // Twice past the end of the document is once around from wherever it began.
    while around < 2 {
        console.press(TAB).await?;
        let seen = console.client.execute(FOCUSED, vec![]).await?;
        let (name, wrong) = (seen[0].as_str().unwrap_or_default(), seen[1].as_str().unwrap_or_default());
        around += usize::from(name == "A Skip to the page");
        if !wrong.is_empty() {
            defects.insert(format!("{page}: {wrong}: {name}"));
        }
        steps += 1;
        anyhow::ensure!(steps < 400, "Tab does not come around on {page}");
    }
    let missed: Vec<String> = serde_json::from_value(console.client.execute(MISSED, vec![]).await?)?;
    defects.extend(missed.into_iter().map(|name| format!("{page}: Tab does not reach {name}")));
    let forget = "for (const one of document.querySelectorAll('[data-visited]')) delete one.dataset.visited";
    console.client.execute(forget, vec![]).await?;
    Ok(())
}

async fn run_a_command(console: &Console) -> anyhow::Result<()> {
    console.press(&format!("{CONTROL}k{RELEASE}")).await?;
    console.there("[cmdk-input]").await?;
    console.press(&format!("theme dark{ENTER}")).await?;
    console.becomes("document.documentElement.dataset.theme", json!("dark")).await
}

async fn read_the_help(console: &Console) -> anyhow::Result<()> {
    console.press(&format!("{CONTROL}4{RELEASE}")).await?;
    console.becomes("document.activeElement.textContent", json!("Keys")).await?;
    console.press("?").await?;
    console.find("dialog", "Keyboard shortcuts").await?;
    console.press(ESCAPE).await?;
    console.becomes("document.querySelector('[role=dialog]')", Value::Null).await?;
    console.becomes("document.activeElement.textContent", json!("Keys")).await
}

/// Rows are walked with arrows, opened with Enter and left with Esc, to where one was.
async fn open_a_row(console: &Console) -> anyhow::Result<()> {
    let row = "document.activeElement.dataset.row ?? null";
    console.press(&format!("{CONTROL}5{RELEASE}")).await?;
    console.becomes("document.querySelectorAll('[data-row]').length > 2", json!(true)).await?;
    console.press("/").await?;
    console.becomes("document.activeElement.type", json!("search")).await?;
    console.press("gemini").await?;
    console.press(ESCAPE).await?;
    console.becomes("document.activeElement.value ?? ''", json!("")).await?;
    let mut steps = 0;
    while console.eval(row).await?.is_null() {
        console.press(TAB).await?;
        steps += 1;
        anyhow::ensure!(steps < 60, "Tab does not reach the rows");
    }
    let first = console.eval(row).await?;
    console.press(DOWN).await?;
    console.becomes(&format!("({row}) !== {first}"), json!(true)).await?;
    let second = console.eval(row).await?;
    console.press(UP).await?;
    console.becomes(row, first).await?;
    console.press(DOWN).await?;
    console.press(ENTER).await?;
    console.there("#inspector").await?;
    console.press(ESCAPE).await?;
    console.becomes("document.querySelector('#inspector')", Value::Null).await?;
    console.becomes(row, second).await
}

/// A dialog takes the focus, keeps it, and gives it back to where it was called from, also when one leads to the next.
async fn add_an_account(console: &Console) -> anyhow::Result<()> {
    let focused =
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()";
    console.press(&format!("{CONTROL}2{RELEASE}")).await?;
    console.becomes("document.activeElement.textContent", json!("Accounts")).await?;
    let mut steps = 0;
    while console.eval(focused).await? != json!("Other ways to add an account") {
        console.press(TAB).await?;
        steps += 1;
        anyhow::ensure!(steps < 60, "Tab does not reach the ways to add an account");
    }
    console.press(ENTER).await?;
    for way in ["Sign in with Google", "Import files"] {
        console.becomes(focused, json!(way)).await?;
        console.press(DOWN).await?;
    }
    console.becomes(focused, json!("Without a screen")).await?;
    console.press(ENTER).await?;
    console.find("dialog", "A server without a screen").await?;
    for _ in 0..12 {
        console.press(TAB).await?;
        console.becomes("document.activeElement.closest('[role=dialog]') !== null", json!(true)).await?;
    }
    let mut steps = 0;
    while console.eval(focused).await? != json!("Import files") {
        console.press(TAB).await?;
        steps += 1;
        anyhow::ensure!(steps < 12, "Tab does not reach the import");
    }
    console.press(ENTER).await?;
    console.find("dialog", "Import accounts").await?;
    console.press(ESCAPE).await?;
    console.becomes("document.querySelector('[role=dialog]')", Value::Null).await?;
    console.becomes(focused, json!("Other ways to add an account")).await
}

async fn stop_and_start(console: &Console) -> anyhow::Result<()> {
    console.press(&format!("{CONTROL}1{RELEASE}")).await?;
    for words in ["The server is stopped", "The server is running"] {
        console.press(&format!("{CONTROL}{SHIFT}s{RELEASE}")).await?;
        console.see(words).await?;
    }
    Ok(())
}
