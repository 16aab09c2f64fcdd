//! Medians and the table.

use crate::load::Seen;

/// The value below which the share `p` (0 to 1) of the values lies.
pub(crate) fn percentile(values: &mut [f64], p: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = (last as f64 * p).round() as usize;
    values[index.min(last)]
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

/// Lines of a table, printed with aligned columns.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    pub(crate) fn print(&self, title: &str) {
        println!("\n{title}");
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
            })
            .map(Option::unwrap_or_default)
            .collect();
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
            println!("  {}", cells.join("  ").trim_end());
        }
    }
}

/// A measured value against the target it should meet.
pub(crate) fn verdict(value: f64, target: f64) -> String {
    let word = if value <= target { "ok" } else { "MISSED" };
    format!("<= {target} {word}")
}

/// One case on one way: what each round saw.
#[derive(Default)]
pub(crate) struct Case {
    rates: Vec<f64>,
    medians: Vec<f64>,
    tails: Vec<f64>,
    cpu: Vec<f64>,
}

/// Medians over the rounds.
pub(crate) struct Summary {
    /// Requests per second.
    pub(crate) rate: f64,
    /// Median of the milliseconds of a request.
    pub(crate) p50: f64,
    /// Their 99th percentile.
    pub(crate) p99: f64,
    /// Microseconds of processor time per request.
    pub(crate) cpu: f64,
}

impl Case {
    /// Takes in one round, which cost the server so many microseconds of processor time.
    pub(crate) fn take(&mut self, mut seen: Seen, cpu: f64) {
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let requests = seen.latencies.len() as f64;
        self.rates.push(seen.rate);
        self.medians.push(median(&mut seen.latencies));
        self.tails.push(percentile(&mut seen.latencies, 0.99));
        self.cpu.push(cpu / requests);
    }

    pub(crate) fn summary(mut self) -> Summary {
        Summary {
            rate: median(&mut self.rates),
            p50: median(&mut self.medians),
            p99: median(&mut self.tails),
            cpu: median(&mut self.cpu),
        }
    }
}

/// A measured value against the least it should be.
pub(crate) fn at_least(value: f64, target: f64) -> String {
    let word = if value >= target { "ok" } else { "MISSED" };
    format!(">= {target} {word}")
}
