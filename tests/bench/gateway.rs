//! The gateway against a minimal hyper pass-through and against going direct.

use std::time::Instant;

use anyhow::Context;
use bytes::Bytes;

use crate::crowd::{self, one_stream};
use crate::load;

use crate::process::{self, Server};
use crate::servers::CHUNKS;
use crate::stats::{Case, Summary, Table, median, verdict};

/// Every case is measured this often, in turns with the others, and the median counts.
const ROUNDS: usize = 3;
const REQUESTS: usize = 4_000;
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
                case.take(seen, server.cpu_us()? - before);
            }
        }
        let summary = cases.map(Case::summary);
        let bound = summary[1].cpu;
        for (name, Summary { rate, p50, p99, cpu }) in
            ["direct", "hyper pass-through", "gateway"].into_iter().zip(summary)
        {
            let ratio = cpu / bound;
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

async fn open_streams(ways: &Ways) -> anyhow::Result<()> {
    let body = body("slow-20ms", true);
    crowd::compare(
        "gateway",
        (&ways.pass_through, &ways.pass_through.address),
        (&ways.gateway, &ways.gateway.address),
        &body,
    )
    .await?;
    let (mut bound, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        bound.push(one_stream(&ways.pass_through.address, &body).await?.0);
        ours.push(one_stream(&ways.gateway.address, &body).await?.0);
    }
    let (bound, ours) = (median(&mut bound), median(&mut ours));
    let mut table = Table::new(&["hyper pass-through, ms", "gateway, ms", "ratio", "target"]);
    let ratio = ours / bound;
    table.row(&[format!("{bound:.2}"), format!("{ours:.2}"), format!("{ratio:.2}"), verdict(ratio, 1.2)]);
    table.print("Time to the first chunk of one paced stream");
    Ok(())
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
