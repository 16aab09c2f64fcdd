//! The browser path: what the way through Chromium adds to each chunk, and how long a request takes until
//! the site has it, against the same steps made by bare DevTools calls on the same site.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use postern_tests::{Control, Outcome, Record, Scenario, Script, Standin, Usage};
use serde_json::json;

use crate::devtools::BarePage;
use crate::load;
use crate::process::{self, Server};
use crate::stats::{Table, median, percentile, verdict};

pub(crate) const MODEL: &str = "gemini-3-flash-preview";
const REQUESTS: usize = 9;
const CHUNKS: usize = 200;
const PACE: Duration = Duration::from_millis(20);
/// A browser that talks to nobody but the page.
pub(crate) const FLAGS: [&str; 6] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];

pub(crate) async fn measure() -> anyhow::Result<()> {
    let site = Standin::start().await?;
    let arguments: Vec<String> = FLAGS.into_iter().map(str::to_owned).chain(site.browser_args()).collect();
    let folder = tempfile::tempdir()?;
    let server = product(folder.path(), &arguments, None).await?;
    let delays = chunk_delays(&server, &site.control()).await;
    let requests = requests(&server, &site.control(), &arguments).await;
    server.stop().await?;
    delays?
        .print("AI Studio in Chromium: delay added per chunk, from the site's send to the client's receive");
    requests?.print("AI Studio in Chromium: from the request until the site has it, settings unchanged");
    Ok(())
}

/// The server with one account, and with this driver or the one that it finds.
pub(crate) async fn product(
    folder: &Path,
    arguments: &[String],
    driver: Option<&Path>,
) -> anyhow::Result<Server> {
    std::fs::create_dir_all(folder.join("accounts/bench"))?;
    let config = format!(
        "[aistudio]\npause_ms = 0\n[browser]\nheadless = true\nargs = {}\ndriver = {}\n",
        serde_json::to_string(arguments)?,
        serde_json::to_string(driver.unwrap_or(Path::new("")))?
    );
    std::fs::write(folder.join("config.toml"), config)?;
    let folder = folder.to_str().context("the temporary folder's name")?;
    Server::start(&process::built("postern")?, &["serve", "--port", "0", "--data-dir", folder]).await
}

fn ask(prompt: &str, stream: bool) -> Bytes {
    let messages = json!([{ "role": "user", "content": prompt }]);
    Bytes::from(json!({ "model": MODEL, "stream": stream, "messages": messages }).to_string())
}

/// One long paced answer: every chunk of text is sent by the site and received by the client under the
/// same clock.
async fn chunk_delays(server: &Server, site: &Control) -> anyhow::Result<Table> {
    load::run(&server.address, &ask("Warm up, please.", false), 1, 1).await?;
    let mut script = Script::new();
    for index in 0..CHUNKS {
        script = script.text(format!("<{index}>")).pause(PACE);
    }
    let usage = Usage { prompt: 1, output: 1, thoughts: 0, cached: 0 };
    site.set_scenario(Scenario::answering(script.finish(1, usage)));
    let frames = load::arrivals(&server.address, &ask("Speak slowly.", true)).await?;
    site.set_scenario(Scenario::default());
    let record = site.records().pop().context("the site received nothing")?;
    let mut delays: Vec<f64> = (0..CHUNKS).filter_map(|index| delay(index, &record, &frames)).collect();
    anyhow::ensure!(delays.len() == CHUNKS, "{} of {CHUNKS} chunks were matched", delays.len());
    let mut table = Table::new(&["chunks", "p50 ms", "target", "p95 ms", "target", "max ms"]);
    let (p50, p95) = (median(&mut delays), percentile(&mut delays, 0.95));
    table.row(&[
        CHUNKS.to_string(),
        format!("{p50:.2}"),
        verdict(p50, 3.0),
        format!("{p95:.2}"),
        verdict(p95, 10.0),
        format!("{:.2}", percentile(&mut delays, 1.0)),
    ]);
    Ok(table)
}

/// Milliseconds between the site's send of the chunk with this index and its arrival.
fn delay(index: usize, record: &Record, frames: &[(Instant, Bytes)]) -> Option<f64> {
    let sent = record.sent.get(index)?.at.0;
    let mark = format!("<{index}>");
    let (received, _) = frames.iter().find(|(_, data)| String::from_utf8_lossy(data).contains(&mark))?;
    Some(received.saturating_duration_since(sent).as_secs_f64() * 1e3)
}

async fn requests(server: &Server, site: &Control, arguments: &[String]) -> anyhow::Result<Table> {
    let mut bare = BarePage::open(&chromium(), arguments).await?;
    let mut table = Table::new(&["prompt", "bare DevTools, ms", "Postern, ms", "ratio", "target"]);
    for (name, size) in [("1 kB", 1_000), ("100 kB", 100_000)] {
        let prompt = "0123456789".repeat(size / 10);
        let (mut plain, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..REQUESTS {
            plain.push(arrival(site, bare_request(&mut bare, &prompt)).await?.2.arrived_ms);
            let body = ask(&prompt, false);
            ours.push(arrival(site, load::run(&server.address, &body, 1, 1)).await?.2.arrived_ms);
        }
        let (plain, ours) = (median(&mut plain), median(&mut ours));
        let ratio = ours / plain;
        table.row(&[
            name.to_owned(),
            format!("{plain:.0}"),
            format!("{ours:.0}"),
            format!("{ratio:.2}"),
            verdict(ratio, 1.5),
        ]);
    }
    bare.close().await?;
    Ok(table)
}

/// When the site got a request and when all was done, in milliseconds from its beginning.
pub(crate) struct Arrival {
    pub(crate) arrived_ms: f64,
    pub(crate) whole_ms: f64,
}

/// Makes a request, waits until the site has answered it too, and tells what came of it on both sides.
pub(crate) async fn arrival<T>(
    site: &Control,
    request: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<(T, Record, Arrival)> {
    let before = site.records().len();
    let begun = Instant::now();
    let outcome = request.await?;
    let ended = |record: &Record| record.outcome != Outcome::Open;
    let mut records = site.wait_for(|records| records.get(before).is_some_and(ended)).await?;
    let whole_ms = begun.elapsed().as_secs_f64() * 1e3;
    anyhow::ensure!(records.len() == before + 1, "the site got more than the one request");
    let record = records.pop().context("the record")?;
    let arrived_ms = record.arrived.0.saturating_duration_since(begun).as_secs_f64() * 1e3;
    Ok((outcome, record, Arrival { arrived_ms, whole_ms }))
}

/// The steps of a fresh request and nothing else: open a new chat, wait for the prompt box, fill it, wait
/// until Run can be pressed, press it.
async fn bare_request(page: &mut BarePage, prompt: &str) -> anyhow::Result<()> {
    let url = format!("https://aistudio.google.com/prompts/new_chat?model={MODEL}&temporary=true");
    page.call("Page.navigate", json!({ "url": url })).await?;
    let steps = format!(
        r#"new Promise((resolve) => {{
            const prompt = {prompt};
            let filled = false;
            const step = () => {{
                const box = document.querySelector("ms-prompt-box textarea");
                const run = document.querySelector('ms-run-button button[type="submit"]');
                if (!box || !run) return;
                if (!filled) {{
                    filled = true;
                    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, prompt);
                    box.dispatchEvent(new Event("input", {{ bubbles: true }}));
                }}
                if (run.disabled || run.getAttribute("aria-disabled") === "true") return;
                observer.disconnect();
                run.click();
                resolve(true);
            }};
            const observer = new MutationObserver(step);
            observer.observe(document, {{ subtree: true, childList: true, attributes: true }});
            step();
        }})"#,
        prompt = serde_json::to_string(prompt)?
    );
    page.evaluate(&steps).await?;
    Ok(())
}

/// The browser of this machine.
pub(crate) fn chromium() -> PathBuf {
    ["/usr/bin/chromium", "/usr/bin/google-chrome"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from("chromium"))
}
