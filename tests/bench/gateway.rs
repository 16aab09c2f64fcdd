//! The gateway against a minimal hyper pass-through and against going direct.

use std::time::Instant;

use anyhow::Context;
use bytes::Bytes;

use crate::load::{self, Seen};
use crate::process::{self, Server};
use crate::servers::CHUNKS;
use crate::stats::{Table, median, percentile, verdict};

/// Every case is measured this often, in turns with the others, and the median counts.
const ROUNDS: usize = 3;
const REQUESTS: usize = 4_000;
const OPEN_STREAMS: usize = 1_000;
const STARTS: usize = 5;

/// The three ways to the same answer, in the order of the columns.
struct Ways {
    direct: Server,
    pass_through: Server,
    gateway: Server,
}

impl Ways {
    async fn start() -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let direct = Server::start(&program, &["serve", "backend"]).await?;
        let pass_through = Server::start(&program, &["serve", "pass-through", &direct.address]).await?;
        let gateway = Server::start(&program, &["serve", "gateway"]).await?;
        Ok(Self { direct, pass_through, gateway })
    }

    fn each(&self) -> [&Server; 3] {
        [&self.direct, &self.pass_through, &self.gateway]
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.pass_through.stop().await?;
        self.gateway.stop().await?;
        self.direct.stop().await
    }
}

/// One case on one way: medians over the rounds.
#[derive(Default)]
struct Case {
    rates: Vec<f64>,
    medians: Vec<f64>,
    tails: Vec<f64>,
    cpu: Vec<f64>,
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let ways = Ways::start().await?;
    for stream in [false, true] {
        throughput(&ways, stream).await?;
    }
    open_streams(&ways).await?;
    ways.stop().await?;
    start_and_idle().await
}

fn body(model: &str, stream: bool) -> Bytes {
    let body = format!(
        r#"{{"model":"bench/{model}","stream":{stream},"messages":[{{"role":"user","content":"Hello"}}]}}"#
    );
    Bytes::from(body)
}

async fn throughput(ways: &Ways, stream: bool) -> anyhow::Result<()> {
    let body = body("full", stream);
    let mut table = Table::new(&[
        "connections",
        "way",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/request",
        "CPU ratio",
        "target",
    ]);
    for connections in [1, 16, 128] {
        let mut cases: [Case; 3] = std::array::from_fn(|_| Case::default());
        for _ in 0..ROUNDS {
            for (server, case) in ways.each().into_iter().zip(&mut cases) {
                let before = server.cpu_us()?;
                let seen = load::run(&server.address, &body, connections, REQUESTS).await?;
                take(case, seen, server.cpu_us()? - before);
            }
        }
        let mut summary = cases.map(|mut case| {
            [
                median(&mut case.rates),
                median(&mut case.medians),
                median(&mut case.tails),
                median(&mut case.cpu),
            ]
        });
        let bound = summary[1][3];
        for (name, [rate, p50, p99, cpu]) in
            ["direct", "hyper pass-through", "gateway"].into_iter().zip(&mut summary)
        {
            let ratio = *cpu / bound;
            let target = if name == "gateway" { verdict(ratio, 3.0) } else { String::new() };
            table.row(&[
                connections.to_string(),
                name.to_owned(),
                format!("{rate:.0}"),
                format!("{p50:.3}"),
                format!("{p99:.3}"),
                format!("{cpu:.1}"),
                format!("{ratio:.2}"),
                target,
            ]);
        }
    }
    let form = if stream { format!("streamed in {CHUNKS} chunks at full speed") } else { "whole".to_owned() };
    table.print(&format!("Chat, {form}; the gateway makes the answer itself, the others carry its bytes"));
    Ok(())
}

fn take(case: &mut Case, mut seen: Seen, cpu: f64) {
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let requests = seen.latencies.len() as f64;
    case.rates.push(seen.rate);
    case.medians.push(median(&mut seen.latencies));
    case.tails.push(percentile(&mut seen.latencies, 0.99));
    case.cpu.push(cpu / requests);
}

/// What a thousand streams at once saw and cost.
struct Crowd {
    /// Median milliseconds to the first chunk.
    first: f64,
    /// By how much the most late percent of the chunks missed their 20 ms.
    late: f64,
    /// Megabytes over the server at rest.
    memory: f64,
    broken: usize,
}

async fn open_streams(ways: &Ways) -> anyhow::Result<()> {
    let bound = crowd(&ways.pass_through).await?;
    let ours = crowd(&ways.gateway).await?;
    let mut table = Table::new(&["measured", "hyper pass-through", "gateway", "target"]);
    let mut row = |name: &str, bound: f64, ours: f64, target: String| {
        table.row(&[name.to_owned(), format!("{bound:.1}"), format!("{ours:.1}"), target]);
    };
    row("first chunk p50, ms", bound.first, ours.first, String::new());
    row("lateness p99, ms", bound.late, ours.late, verdict(ours.late, (bound.late + 2.0).round()));
    row("memory over idle, MB", bound.memory, ours.memory, verdict(ours.memory, 60.0));
    #[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
    let [theirs, broken] = [bound.broken as f64, ours.broken as f64];
    row("broken", theirs, broken, verdict(broken, 0.0));
    table.print(&format!("{OPEN_STREAMS} open streams of {CHUNKS} chunks, 20 ms apart"));

    let (mut bound, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        bound.push(one_stream(&ways.pass_through.address, &body("slow-20ms", true)).await?.0);
        ours.push(one_stream(&ways.gateway.address, &body("slow-20ms", true)).await?.0);
    }
    let (bound, ours) = (median(&mut bound), median(&mut ours));
    let mut table = Table::new(&["hyper pass-through, ms", "gateway, ms", "ratio", "target"]);
    let ratio = ours / bound;
    table.row(&[format!("{bound:.2}"), format!("{ours:.2}"), format!("{ratio:.2}"), verdict(ratio, 1.2)]);
    table.print("Time to the first chunk of one paced stream");
    Ok(())
}

async fn crowd(server: &Server) -> anyhow::Result<Crowd> {
    let idle = server.memory_mb()?;
    let body = body("slow-20ms", true);
    let mut streams = Vec::new();
    for _ in 0..OPEN_STREAMS {
        let (address, body) = (server.address.clone(), body.clone());
        streams.push(tokio::spawn(async move { one_stream(&address, &body).await }));
    }
    let (mut firsts, mut late, mut broken, mut peak) = (Vec::new(), Vec::new(), 0, idle);
    for stream in streams {
        match stream.await? {
            Ok((first, lateness)) => {
                firsts.push(first);
                late.extend(lateness);
            }
            Err(_) => broken += 1,
        }
        peak = peak.max(server.memory_mb()?);
    }
    let late = percentile(&mut late, 0.99);
    Ok(Crowd { first: median(&mut firsts), late, memory: peak - idle, broken })
}

/// Time to the first chunk, and how much later than 20 ms after its forerunner each other chunk came.
async fn one_stream(address: &str, body: &Bytes) -> anyhow::Result<(f64, Vec<f64>)> {
    let begun = Instant::now();
    let frames = load::arrivals(address, body).await?;
    anyhow::ensure!(
        frames.iter().any(|(_, data)| data.ends_with(b"data: [DONE]\n\n")),
        "the stream broke off"
    );
    let first = frames.first().context("an empty stream")?.0;
    let late = frames.windows(2).filter_map(|pair| {
        let [(earlier, _), (later, _)] = pair else { return None };
        Some(((*later - *earlier).as_secs_f64() * 1e3 - 20.0).max(0.0))
    });
    Ok(((first - begun).as_secs_f64() * 1e3, late.collect()))
}

async fn start_and_idle() -> anyhow::Result<()> {
    let program = process::built("postern")?;
    let (mut starts, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().context("the temporary folder's name")?;
        let begun = Instant::now();
        let server = Server::start(&program, &["serve", "--port", "0", "--data-dir", data]).await?;
        starts.push(load::until_healthy(&server.address, begun).await?.as_secs_f64() * 1e3);
        idle.push(server.memory_mb()?);
        server.stop().await?;
    }
    let (start, idle) = (median(&mut starts), median(&mut idle));
    let mut table = Table::new(&["headless server", "measured", "target"]);
    table.row(&[
        "process start to /health, ms".to_owned(),
        format!("{start:.0}"),
        verdict(start.round(), 150.0),
    ]);
    table.row(&["idle memory, MB".to_owned(), format!("{idle:.1}"), verdict(idle.round(), 30.0)]);
    table.print("Start and rest");
    Ok(())
}
