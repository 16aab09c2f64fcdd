//! The path proxy while it records, against a minimal hyper pass-through. What is still done after the last answer, to keep
//! and to read what was recorded, is waited for before the other one has its turn, and counts as processor time too.

use bytes::Bytes;

use crate::load;
use crate::proxy::{ROUNDS, body};
use crate::servers::CHUNKS;
use crate::stats::{Case, Summary, Table, at_least, median, verdict};
use crate::ways::Ways;

/// What is asked for, and what is to be reached.
struct Row {
    answers: String,
    body: Bytes,
    connections: &'static [usize],
    requests: usize,
    /// Least of the rate of the hyper pass-through.
    rate: Option<f64>,
    /// Most of its processor time.
    cpu: Option<f64>,
    /// Most of its 99th percentile.
    tail: Option<f64>,
}

impl Row {
    fn new(answers: &str, model: &str, stream: bool) -> Self {
        let (answers, body) = (answers.to_owned(), body(model, stream));
        let both = &[16, 128];
        Self { answers, body, connections: both, requests: 4_000, rate: None, cpu: None, tail: None }
    }
}

fn rows() -> Vec<Row> {
    let large =
        |answers, model, requests| Row { requests, rate: Some(0.5), ..Row::new(answers, model, false) };
    let chunks = format!("{CHUNKS} chunks at full speed");
    vec![
        Row { connections: &[1], requests: 2_000, tail: Some(1.5), ..Row::new("small", "full", false) },
        Row { rate: Some(0.5), cpu: Some(2.5), ..Row::new("small", "full", false) },
        large("64 kB", "full-64kB", 2_000),
        large("1 MB", "full-1MB", 300),
        Row { requests: 2_000, cpu: Some(1.8), ..Row::new(&chunks, "full", true) },
    ]
}

/// What one way saw and cost.
struct Measured {
    summary: Summary,
    /// Microseconds of processor time per request, with what was done after the last answer.
    whole: f64,
}

pub(crate) async fn measure(ways: &Ways) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        "answers",
        "connections",
        "rate ratio",
        "target",
        "hyper, CPU µs/request",
        "recording",
        "ratio",
        "with what follows",
        "ratio",
        "target",
        "hyper, p99 ms",
        "recording",
        "ratio",
        "target",
    ]);
    let (mut asked, before) = (0, ways.recorded()?);
    for row in rows() {
        for &connections in row.connections {
            asked += row.requests / connections * connections * ROUNDS;
            let [theirs, ours] = compare(ways, &row, connections).await?;
            table.row(
                &[vec![row.answers.clone(), connections.to_string()], cells(&row, &theirs, &ours)].concat(),
            );
        }
    }
    table.print("Path proxy, recording what goes through");
    println!("  {} of {asked} exchanges are in the database", ways.recorded()? - before);
    Ok(())
}

fn cells(row: &Row, theirs: &Measured, ours: &Measured) -> Vec<String> {
    let ratio = |of: fn(&Measured) -> f64| of(ours) / of(theirs);
    let (rate, tail) = (ratio(|way| way.summary.rate), ratio(|way| way.summary.p99));
    let (cpu, whole) = (ratio(|way| way.summary.cpu), ratio(|way| way.whole));
    vec![
        format!("{rate:.2}"),
        row.rate.map(|least| at_least(rate, least)).unwrap_or_default(),
        format!("{:.1}", theirs.summary.cpu),
        format!("{:.1}", ours.summary.cpu),
        format!("{cpu:.2}"),
        format!("{:.1}", ours.whole),
        format!("{whole:.2}"),
        row.cpu.map(|most| verdict(whole, most)).unwrap_or_default(),
        format!("{:.3}", theirs.summary.p99),
        format!("{:.3}", ours.summary.p99),
        format!("{tail:.2}"),
        row.tail.map(|most| verdict(tail, most)).unwrap_or_default(),
    ]
}

/// The hyper pass-through, then the path proxy.
async fn compare(ways: &Ways, row: &Row, connections: usize) -> anyhow::Result<[Measured; 2]> {
    let through = ways.through(&ways.recorder);
    let each = [(&ways.pass_through, ways.pass_through.address.as_str()), (&ways.recorder, &through)];
    let mut cases = [(Case::default(), Vec::new()), (Case::default(), Vec::new())];
    for _ in 0..ROUNDS {
        for ((server, place), (case, wholes)) in each.iter().zip(&mut cases) {
            let before = server.cpu_us()?;
            let seen = load::run(place, &row.body, connections, row.requests).await?;
            let answered = server.cpu_us()?;
            if !server.rest().await? {
                println!("{}: what was recorded was not read in two minutes", row.answers);
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
            wholes.push((server.cpu_us()? - before) / seen.latencies.len() as f64);
            case.take(seen, answered - before);
        }
    }
    Ok(cases.map(|(case, mut wholes)| Measured { summary: case.summary(), whole: median(&mut wholes) }))
}
