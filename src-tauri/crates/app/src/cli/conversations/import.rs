//! Conversations from a file.

use std::path::Path;

use anyhow::Result;
use postern_app::Paths;
use postern_curation::import::{Imported, import};
use postern_store::ConversationStore;

use super::super::Output;
use super::alone::Alone;

pub(super) async fn run(paths: &Paths, store: &ConversationStore, file: &Path, output: Output) -> Result<()> {
    let alone = Alone::here(paths, &store.conversations())?;
    let report = import(file, &store.recorder(), &store.conversations()).await;
    if let Some(alone) = alone {
        alone.end().await;
    }
    let report = report?;
    output.show(&report, || described(&report))
}

fn described(report: &Imported) -> String {
    let mut lines = vec![format!(
        "Took {} of {} rows; {} were there already. Approved {}, rejected {}.",
        report.taken, report.rows, report.known, report.approved, report.rejected
    )];
    lines.extend(report.refused.iter().map(|refused| format!("  row {}: {}", refused.row, refused.why)));
    lines.join("\n")
}
