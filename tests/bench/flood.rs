//! The list of requests while very many arrive: how long the page's main thread is busy at a stretch, and whether
//! the server's clients feel that somebody watches.
//!
//! The browser that watches takes processor time from every program of the machine, the client that measures
//! included. A second server, which gets the same requests and which nobody watches, tells how much that is.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use serde_json::json;
use tempfile::TempDir;
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

/// What is between a request to one server and the next to the other.
const TURN: Duration = Duration::from_micros(2_500);

/// What requests to one server took.
struct Seen {
    /// Milliseconds of each, for the client.
    latencies: Vec<f64>,
    /// Microseconds of processor time for the server, all requests together.
    cpu: f64,
}

/// The same for the server that is watched, and for the one beside it.
struct Both {
    watched: Seen,
    beside: Seen,
}

/// The two servers.
struct Servers {
    watched: Server,
    beside: Server,
    /// The folder of the first.
    data: TempDir,
    _beside_data: TempDir,
}

impl Servers {
    async fn start() -> anyhow::Result<Self> {
        let (data, beside_data) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let (watched, beside) = (serve(data.path()).await?, serve(beside_data.path()).await?);
        Ok(Self { watched, beside, data, _beside_data: beside_data })
    }

    /// So many requests to each, in turns.
    async fn requests(&self, count: usize) -> anyhow::Result<Both> {
        let beside = async {
            tokio::time::sleep(TURN).await;
            requests(&self.beside, count).await
        };
        let (watched, beside) = tokio::try_join!(requests(&self.watched, count), beside)?;
        Ok(Both { watched, beside })
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.beside.stop().await?;
        self.watched.stop().await
    }
}

async fn requests(server: &Server, count: usize) -> anyhow::Result<Seen> {
    let body = json!({
        "model": "postern/echo",
        "messages": [{ "role": "user", "content": "The river rises to the postern." }],
    });
    let before = server.cpu_us()?;
    let latencies = load::paced(&server.address, &Bytes::from(body.to_string()), PER_SECOND, count).await?;
    Ok(Seen { latencies, cpu: server.cpu_us()? - before })
}

async fn serve(data: &Path) -> anyhow::Result<Server> {
    let data = data.to_str().context("the temporary folder's name")?;
    Server::start(&process::built("postern")?, &["serve", "--port", "0", "--data-dir", data]).await
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let servers = Servers::start().await?;
    let arguments = browser::FLAGS.map(str::to_owned);
    let mut page = BarePage::open(&browser::chromium(), &arguments).await?;
    let measured = flood(&servers, &mut page).await;
    page.close().await?;
    servers.stop().await?;
    let (tasks, latencies) = measured?;
    tasks.print(&format!("List of requests in Chromium while {WATCHED} arrive, {PER_SECOND} a second"));
    latencies.print(&format!(
        "The same requests, seen by their client, and as many to a server beside it that nobody watches; \
         {} processors for all",
        std::thread::available_parallelism()?
    ));
    Ok(())
}

async fn flood(servers: &Servers, page: &mut BarePage) -> anyhow::Result<(Table, Table)> {
    let address = &servers.watched.address;
    page.go(&format!("http://{address}/console/")).await?;
    sign_in(page, servers.data.path()).await?;
    page.go("about:blank").await?;
    // A journal with rows, and connections and code that are warm.
    servers.requests(500).await?;
    let before = servers.requests(UNWATCHED).await?;
    open_list(page, address).await?;
    page.begin_trace().await?;
    let watched = servers.requests(WATCHED).await;
    let tasks = page.end_trace().await?;
    let watched = watched?;
    see_the_newest(page, &servers.watched).await?;
    page.go("about:blank").await?;
    let after = servers.requests(UNWATCHED).await?;
    Ok((smoothness(tasks)?, latencies(before, watched, after)))
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

impl Seen {
    /// Median and 99th percentile of the milliseconds, and microseconds of processor time per request.
    fn summary(&mut self) -> [f64; 3] {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let requests = self.latencies.len() as f64;
        [median(&mut self.latencies), percentile(&mut self.latencies, 0.99), self.cpu / requests]
    }

    fn and(&self, other: &Self) -> Self {
        let latencies = [&*self.latencies, &*other.latencies].concat();
        Self { latencies, cpu: self.cpu + other.cpu }
    }
}

fn latencies(before: Both, mut open: Both, after: Both) -> Table {
    let mut table = Table::new(&[
        "server", "page", "requests", "p50 ms", "ratio", "target", "p99 ms", "ratio", "target", "CPU µs",
        "ratio",
    ]);
    let mut row = |server: &str, page: &str, seen: &mut Seen, bound: [f64; 3], judged: bool| {
        let [p50, p99, cpu] = seen.summary();
        let ratio = [p50 / bound[0], p99 / bound[1], cpu / bound[2]];
        let target = |ratio| if judged { verdict(ratio, 1.2) } else { String::new() };
        table.row(&[
            server.to_owned(),
            page.to_owned(),
            seen.latencies.len().to_string(),
            format!("{p50:.3}"),
            format!("{:.2}", ratio[0]),
            target(ratio[0]),
            format!("{p99:.3}"),
            format!("{:.2}", ratio[1]),
            target(ratio[1]),
            format!("{cpu:.0}"),
            format!("{:.2}", ratio[2]),
        ]);
    };
    let mut closed = |server: &str, mut before: Seen, mut after: Seen| {
        let closed = before.and(&after).summary();
        row(server, "not open yet", &mut before, closed, false);
        row(server, "left again", &mut after, closed, false);
        closed
    };
    let beside = closed("beside it", before.beside, after.beside);
    let watched = closed("watched", before.watched, after.watched);
    row("beside it", "open", &mut open.beside, beside, false);
    row("watched", "open", &mut open.watched, watched, false);
    // At the same moments and on the same processors: what the browser takes, it takes from both.
    let bound = open.beside.summary();
    row("watched, to the one beside it", "open", &mut open.watched, bound, true);
    table
}
