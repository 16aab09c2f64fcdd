//! Keys from a file that somebody put into the data folder.

use anyhow::{Context, Result};
use postern_store::{ImportReport, Keys};

use crate::Paths;

/// Takes the keys from `key.txt` and sets the file aside, so that a key removed later does not come back
/// with the next start.
pub(super) async fn key_file(paths: &Paths, keys: &Keys) -> Result<()> {
    let file = paths.key_file();
    let text = match std::fs::read_to_string(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        text => text.with_context(|| format!("cannot read {}", file.display()))?,
    };
    let report = keys.import(&text).await.with_context(|| format!("cannot import {}", file.display()))?;
    if report == ImportReport::default() {
        return Ok(());
    }
    let aside = file.with_extension("txt.imported");
    std::fs::rename(&file, &aside).with_context(|| format!("cannot rename {}", file.display()))?;
    #[cfg(unix)]
    std::fs::set_permissions(&aside, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    tracing::info!(
        added = report.added.len(),
        already_there = report.already_there,
        "imported {} and renamed it to {}; that file still shows the keys, so delete it when you have them \
         elsewhere",
        file.display(),
        aside.display()
    );
    if !report.unsendable.is_empty() {
        tracing::warn!(lines = ?report.unsendable, "some lines of key.txt hold what no client can send as a key");
    }
    if !report.too_short.is_empty() {
        tracing::warn!(lines = ?report.too_short, "some lines of key.txt are too short to be a key");
    }
    Ok(())
}
