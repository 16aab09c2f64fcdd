//! Looks for what must be found nowhere.

use std::io::Read;
use std::path::{Path, PathBuf};

/// The first of the secrets that stands in these bytes.
pub(super) fn found_in_bytes(bytes: &[u8], secrets: &[String]) -> Option<String> {
    let has = |secret: &&String| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    secrets.iter().find(has).cloned()
}

/// Files that have a secret in them, zip archives unpacked; profiles of browsers are left out.
pub(super) fn found_below(folder: &Path, secrets: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in files_below(folder)? {
        // It may be a file that was there a moment ago only.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let mut has = found_in_bytes(&bytes, secrets).is_some();
        if bytes.starts_with(b"PK") {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes))?;
            for index in 0..archive.len() {
                let mut inside = Vec::new();
                archive.by_index(index)?.read_to_end(&mut inside)?;
                has |= found_in_bytes(&inside, secrets).is_some();
            }
        }
        if has {
            found.push(path);
        }
    }
    Ok(found)
}

/// Every file below the folder; profiles of browsers are left out.
pub(super) fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != "profile" {
            files.append(&mut files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// The command line of every process there is.
pub(super) fn command_lines() -> anyhow::Result<String> {
    let processes = std::fs::read_dir("/proc")?.flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    Ok(lines.map(|line| String::from_utf8_lossy(&line).into_owned()).collect::<Vec<_>>().join("\n"))
}
