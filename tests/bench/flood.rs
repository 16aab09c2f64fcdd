//! The list of requests while very many arrive: how long the page's main thread is busy at a stretch, and whether
//! the server's clients feel that somebody watches.

use std::path::Path;

use anyhow::{Context, ensure};
use bytes::Bytes;
use serde_json::json;
use tokio::process::Command;

use crate::browser;
use crate::devtools::{BarePage, Tasks};
use crate::load;
use crate::process::{self, Server};
use crate::stats::{Table, median, percentile, verdict};

const WATCHED: usize = 10_000;
/// Before the page is open, and again after it was left.
const UNWATCHED: usize = 5_000;
const PER_SECOND: u32 = 200;
const PASSWORD: &str = "a flood at the gate";

pub(crate) async fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("the temporary folder's name")?;
    let server =
        Server::start(&process::built("postern")?, &["serve", "--port", "0", "--data-dir", data]).await?;
    let arguments = browser::FLAGS.map(str::to_owned);
    let mut page = BarePage::open(&browser::chromium(), &arguments).await?;
    let measured = flood(&server, &mut page, folder.path()).await;
    page.close().await?;
    server.stop().await?;
    let (tasks, latencies) = measured?;
    tasks.print(&format!("List of requests in Chromium while {WATCHED} arrive, {PER_SECOND} a second"));
    latencies.print("The same requests, seen by their client");
    Ok(())
}

async fn flood(server: &Server, page: &mut BarePage, data: &Path) -> anyhow::Result<(Table, Table)> {
    page.go(&format!("http://{}/console/", server.address)).await?;
    sign_in(page, data).await?;
    page.go("about:blank").await?;
    // A journal with rows, and connections and code that are warm.
    requests(server, 500).await?;
    let mut before = requests(server, UNWATCHED).await?;
    open_list(page, &server.address).await?;
    page.begin_trace().await?;
    let watched = requests(server, WATCHED).await;
    let tasks = page.end_trace().await?;
    let mut watched = watched?;
    see_the_newest(page, server).await?;
    page.go("about:blank").await?;
    let mut after = requests(server, UNWATCHED).await?;
    Ok((smoothness(tasks)?, latencies(&mut before, &mut watched, &mut after)))
}

async fn requests(server: &Server, count: usize) -> anyhow::Result<Vec<f64>> {
    let body = json!({
        "model": "postern/echo",
        "messages": [{ "role": "user", "content": "The river rises to the postern." }],
    });
    load::paced(&server.address, &Bytes::from(body.to_string()), PER_SECOND, count).await
}

/// With a link, as for the first time.
async fn sign_in(page: &mut BarePage, data: &Path) -> anyhow::Result<()> {
    let output = Command::new(process::built("postern")?)
        .args(["console", "link", "--data-dir"])
        .arg(data)
        .output()
        .await?;
    let printed = String::from_utf8(output.stdout)?;
    let link = printed.split_whitespace().find_map(|word| word.split_once("#link=")).context("a link")?.1;
    for (method, path, body) in [
        ("POST", "/api/session", json!({ "link": link })),
        ("PUT", "/api/session/password", json!({ "new": PASSWORD })),
    ] {
        let call = json!({
            "method": method,
            "headers": { "content-type": "application/json", "x-postern-console": "1" },
            "body": body.to_string(),
        });
        let accepted = page.evaluate(&format!("fetch('{path}', {call}).then((answer) => answer.ok)")).await?;
        ensure!(accepted == true, "{method} {path} was refused");
    }
    Ok(())
}

/// Shows the list and waits until it has rows.
async fn open_list(page: &mut BarePage, address: &str) -> anyhow::Result<()> {
    page.go(&format!("http://{address}/console/#/requests")).await?;
    let rows =
        page.evaluate(&until_true("document.querySelectorAll('[role=row][tabindex]').length > 5")).await?;
    ensure!(rows == true, "the page shows no list of requests");
    Ok(())
}

/// What was measured counts only if the page kept up: what comes last is seen.
async fn see_the_newest(page: &mut BarePage, server: &Server) -> anyhow::Result<()> {
    let body = Bytes::from_static(
        br#"{"model":"the-very-last","messages":[{"role":"user","content":"Is anybody there?"}]}"#,
    );
    ensure!(load::run(&server.address, &body, 1, 1).await.is_err(), "an unknown model answered");
    let seen = page.evaluate(&until_true("document.body.innerText.includes('the-very-last')")).await?;
    ensure!(seen == true, "the list of requests does not show what came last");
    Ok(())
}

/// A promise of whether this becomes true within ten seconds.
fn until_true(condition: &str) -> String {
    format!(
        r"new Promise((resolve) => {{
            const end = (holds) => {{ observer.disconnect(); clearTimeout(timer); resolve(holds); }};
            const look = () => {{ if ({condition}) end(true); }};
            const observer = new MutationObserver(look);
            const timer = setTimeout(() => end(false), 10_000);
            observer.observe(document, {{ subtree: true, childList: true, characterData: true }});
            look();
        }})"
    )
}

fn smoothness(mut tasks: Tasks) -> anyhow::Result<Table> {
    ensure!(tasks.lasted.len() > 1_000, "the trace has only {} tasks", tasks.lasted.len());
    let longer = |limit: f64| tasks.lasted.iter().filter(|&&lasted| lasted > limit).count().to_string();
    let (over_50, over_100) = (longer(50.0), longer(100.0));
    let longest = percentile(&mut tasks.lasted, 1.0);
    let mut table = Table::new(&[
        "main-thread tasks",
        "longest ms",
        "target",
        "most CPU ms",
        "p99.9 ms",
        "over 50 ms",
        "over 100 ms",
        "CPU s",
    ]);
    table.row(&[
        tasks.lasted.len().to_string(),
        format!("{longest:.1}"),
        verdict(longest, 100.0),
        format!("{:.1}", percentile(&mut tasks.ran, 1.0)),
        format!("{:.1}", percentile(&mut tasks.lasted, 0.999)),
        over_50,
        over_100,
        format!("{:.1}", tasks.ran.iter().sum::<f64>() / 1e3),
    ]);
    Ok(table)
}

fn latencies(before: &mut [f64], watched: &mut [f64], after: &mut [f64]) -> Table {
    let mut table =
        Table::new(&["page", "requests", "p50 ms", "ratio", "target", "p99 ms", "ratio", "target"]);
    let mut quiet = [&*before, &*after].concat();
    let bound = [median(&mut quiet), percentile(&mut quiet, 0.99)];
    let mut row = |name: &str, values: &mut [f64], judged: bool| {
        let seen = [median(values), percentile(values, 0.99)];
        let mut cells = vec![name.to_owned(), values.len().to_string()];
        for (value, bound) in seen.into_iter().zip(bound) {
            let ratio = value / bound;
            let target = if judged { verdict(ratio, 1.2) } else { String::new() };
            cells.extend([format!("{value:.3}"), format!("{ratio:.2}"), target]);
        }
        table.row(&cells);
    };
    row("not open yet", before, false);
    row("left again", after, false);
    row("open", watched, true);
    table
}
