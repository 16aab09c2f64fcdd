//! What commands show: a result on stdout, for people or as JSON, and explanations on stderr.

use std::io::Write;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

/// Chooses between text and JSON.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Output {
    /// Show the result as JSON.
    #[arg(long, global = true)]
    json: bool,
}

impl Output {
    /// Shows `value` as JSON, or else the text.
    pub(crate) fn show(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.json { say(&serde_json::to_string_pretty(value)?) } else { say(&text()) }
    }

    /// Whether a program reads it.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// An explanation for people. A program that reads JSON has no use for it.
    pub(crate) fn explain(self, text: &str) {
        if !self.json {
            explain(text);
        }
    }
}

/// A line on stdout, out at once. A reader that went away is no error.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// A line on stderr.
pub(crate) fn explain(text: &str) {
    // Nobody is left to be told that stderr cannot be written to.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A table with aligned columns.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].len()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let body = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(head.to_vec())).chain(body).collect::<Vec<_>>().join("\n")
}
