//! A thousand streams at once.

use std::time::Instant;

use anyhow::Context;
use bytes::Bytes;

use crate::load;
use crate::process::Server;
use crate::servers::CHUNKS;
use crate::stats::{Table, median, percentile, verdict};

pub(crate) const OPEN_STREAMS: usize = 1_000;

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

/// A server and where chats are asked for at it.
pub(crate) type Place<'a> = (&'a Server, &'a str);

/// Measures the bound and the server of this name, and prints how they compare.
pub(crate) async fn compare(
    name: &str,
    bound: Place<'_>,
    ours: Place<'_>,
    body: &Bytes,
) -> anyhow::Result<()> {
    let bound = crowd(bound, body).await?;
    let ours = crowd(ours, body).await?;
    let mut table = Table::new(&["measured", "hyper pass-through", name, "target"]);
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
    Ok(())
}

async fn crowd((server, place): Place<'_>, body: &Bytes) -> anyhow::Result<Crowd> {
    let idle = server.memory_mb()?;
    let mut streams = Vec::new();
    for _ in 0..OPEN_STREAMS {
        let (address, body) = (place.to_owned(), body.clone());
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
pub(crate) async fn one_stream(address: &str, body: &Bytes) -> anyhow::Result<(f64, Vec<f64>)> {
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
