//! The path proxy of the real server against a minimal hyper pass-through and, where it is installed, nginx.

use bytes::Bytes;

use crate::crowd::{self, one_stream};
use crate::servers::CHUNKS;
use crate::stats::{Case, Summary, Table, at_least, median, verdict};
use crate::ways::Ways;
use crate::{load, recorded};

pub(crate) const ROUNDS: usize = 3;
const TRANSLATED: usize = 2_000;
const FIRSTS: usize = 15;

pub(crate) async fn measure() -> anyhow::Result<()> {
    let ways = Ways::start().await?;
    let slow = body("slow-20ms", true);
    // Before all others: what those leave in the memory of a server would hide what this takes.
    let places = ways.each();
    let place = |index: usize| (places[index].1, places[index].2.as_str());
    crowd::compare("path proxy", place(0), place(1), &slow).await?;
    drop(places);
    for (form, model, requests, bounds) in [
        ("whole answers", "full", 8_000, WHOLE),
        ("whole answers of 64 kB", "full-64kB", 4_000, WHOLE),
        ("whole answers of 1 MB", "full-1MB", 600, WHOLE),
    ] {
        throughput(&ways, form, &body(model, false), requests, &bounds).await?;
    }
    let form = format!("answers streamed in {CHUNKS} chunks at full speed");
    throughput(&ways, &form, &body("full", true), 3_000, &STREAMED).await?;
    first_chunk(&ways, &slow).await?;
    translation(&ways).await?;
    recorded::measure(&ways).await?;
    ways.stop().await
}

pub(crate) fn body(model: &str, stream: bool) -> Bytes {
    Bytes::from(format!(
        r#"{{"model":"{model}","stream":{stream},"messages":[{{"role":"user","content":"Hello"}}]}}"#
    ))
}

/// What the path proxy should reach, as ratios.
struct Bounds {
    /// Least of the rate of the hyper pass-through.
    rate: Option<f64>,
    /// Most of its processor time.
    cpu: f64,
    /// Least of the rate of nginx.
    nginx: Option<f64>,
}

const WHOLE: Bounds = Bounds { rate: Some(0.9), cpu: 1.2, nginx: Some(0.7) };
const STREAMED: Bounds = Bounds { rate: None, cpu: 1.3, nginx: None };

async fn throughput(
    ways: &Ways,
    form: &str,
    body: &Bytes,
    requests: usize,
    bounds: &Bounds,
) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        "connections",
        "way",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/request",
        "rate ratio",
        "target",
        "CPU ratio",
        "target",
        "rate to nginx",
        "target",
    ]);
    for connections in [16, 128] {
        let each = ways.each();
        let mut cases: Vec<Case> = each.iter().map(|_| Case::default()).collect();
        for _ in 0..ROUNDS {
            for ((_, server, place), case) in each.iter().zip(&mut cases) {
                let before = server.cpu_us()?;
                let seen = load::run(place, body, connections, requests).await?;
                case.take(seen, server.cpu_us()? - before);
            }
        }
        let summaries: Vec<Summary> = cases.into_iter().map(Case::summary).collect();
        for ((name, ..), summary) in each.iter().zip(&summaries) {
            let cells = row(name, summary, &summaries, bounds);
            table.row(&[vec![connections.to_string()], cells].concat());
        }
    }
    table.print(&format!("Path proxy, {form}"));
    Ok(())
}

fn row(name: &str, summary: &Summary, all: &[Summary], bounds: &Bounds) -> Vec<String> {
    let Summary { rate, p50, p99, cpu } = summary;
    let mut cells = vec![
        name.to_owned(),
        format!("{rate:.0}"),
        format!("{p50:.3}"),
        format!("{p99:.3}"),
        format!("{cpu:.1}"),
    ];
    let ours = name == "path proxy";
    let judged = |ratio: f64, target: Option<String>| [format!("{ratio:.2}"), target.unwrap_or_default()];
    if let Some(bound) = all.first() {
        let (rate, cpu) = (rate / bound.rate, cpu / bound.cpu);
        cells.extend(judged(rate, bounds.rate.filter(|_| ours).map(|least| at_least(rate, least))));
        cells.extend(judged(cpu, ours.then(|| verdict(cpu, bounds.cpu))));
    }
    if let Some(nginx) = all.get(2) {
        let rate = rate / nginx.rate;
        cells.extend(judged(rate, bounds.nginx.filter(|_| ours).map(|least| at_least(rate, least))));
    }
    cells
}

/// Chat Completions in, Google's dialect at the provider, and back. The bound carries the bytes that the provider is asked
/// for: the same events.
async fn translation(ways: &Ways) -> anyhow::Result<()> {
    let google = Bytes::from_static(br#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#);
    let bound = format!("{}/v1beta/models/full:streamGenerateContent?alt=sse", ways.pass_through.address);
    let mut table = Table::new(&[
        "answer",
        "connections",
        "hyper, CPU µs/request",
        "Postern, CPU µs/request",
        "ratio",
        "target",
    ]);
    for stream in [false, true] {
        let chat = body("bench/full", stream);
        for connections in [1, 16] {
            let (mut theirs, mut ours) = (Case::default(), Case::default());
            for _ in 0..ROUNDS {
                for (server, place, body, case) in [
                    (&ways.pass_through, &bound, &google, &mut theirs),
                    (&ways.postern, &ways.postern.address, &chat, &mut ours),
                ] {
                    let before = server.cpu_us()?;
                    let seen = load::run(place, body, connections, TRANSLATED).await?;
                    case.take(seen, server.cpu_us()? - before);
                }
            }
            let (theirs, ours) = (theirs.summary().cpu, ours.summary().cpu);
            let ratio = ours / theirs;
            table.row(&[
                if stream { "streamed" } else { "whole" }.to_owned(),
                connections.to_string(),
                format!("{theirs:.1}"),
                format!("{ours:.1}"),
                format!("{ratio:.2}"),
                verdict(ratio, 3.0),
            ]);
        }
    }
    table.print(&format!("Chat to Gemini and back, {CHUNKS} chunks of the provider"));
    Ok(())
}

async fn first_chunk(ways: &Ways, body: &Bytes) -> anyhow::Result<()> {
    let each = ways.each();
    let mut firsts: Vec<Vec<f64>> = each.iter().map(|_| Vec::new()).collect();
    for _ in 0..FIRSTS {
        for ((_, _, place), firsts) in each.iter().zip(&mut firsts) {
            firsts.push(one_stream(place, body).await?.0);
        }
    }
    let mut table = Table::new(&["way", "first chunk p50, ms", "ratio", "target"]);
    let medians: Vec<f64> = firsts.iter_mut().map(|all| median(all)).collect();
    for ((name, ..), first) in each.iter().zip(&medians) {
        let ratio = first / medians[0];
        let target = if *name == "path proxy" { verdict(ratio, 1.2) } else { String::new() };
        table.row(&[(*name).to_owned(), format!("{first:.2}"), format!("{ratio:.2}"), target]);
    }
    table.print(
        "Path proxy, time to the first chunk of one paced stream, over a new connection of the client",
    );
    Ok(())
}
