//! Conversations from a file.

use std::path::Path;

use anyhow::Result;
use postern_app::{DataLock, LockError, Paths};
use postern_curation::Deriving;
use postern_curation::import::{Imported, import};
use postern_store::ConversationStore;

use super::super::Output;

pub(super) async fn run(paths: &Paths, store: &ConversationStore, file: &Path, output: Output) -> Result<()> {
    // A server that runs derives what comes; without one it is done here, and none begins meanwhile.
    let alone = match DataLock::take(paths) {
        Ok(lock) => Some(lock),
        Err(LockError::InUse { .. }) => None,
        Err(error @ LockError::Io { .. }) => return Err(error.into()),
    };
    let deriving = alone.as_ref().map(|_| Deriving::start(store.conversations()));
    let report = import(file, &store.recorder(), &store.conversations()).await;
    if let Some(deriving) = deriving {
        deriving.stop().await;
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
