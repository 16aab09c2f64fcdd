//! How much lies in a folder.

use std::fs::DirEntry;
use std::path::Path;

/// The files in a folder and below. Links are neither followed nor counted; what cannot be read, or goes
/// away meanwhile, is passed over.
pub(crate) fn files(folder: &Path) -> Vec<DirEntry> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry),
                Ok(_) | Err(_) => {}
            }
        }
    }
    found
}

/// The bytes of all files in a folder and below.
pub(crate) fn folder(folder: &Path) -> u64 {
    files(folder).iter().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}

/// The bytes of one file; 0 when there is none.
pub(crate) fn file(path: &Path) -> u64 {
    std::fs::symlink_metadata(path).map_or(0, |meta| meta.len())
}

/// Bytes as people say them: `12.3 MB`.
pub fn in_words(bytes: u64) -> String {
    const STEP: u64 = 1000;
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let mut tenths = bytes.saturating_mul(10);
    let mut unit = 0;
    while tenths >= STEP * 10 && unit + 1 < units.len() {
        tenths /= STEP;
        unit += 1;
    }
    if unit == 0 {
        format!("{bytes} bytes")
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_words() {
        let table = [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (12_345_678, "12.3 MB"),
            (2_500_000_000, "2.5 GB"),
        ];
        for (bytes, expected) in table {
            assert_eq!(in_words(bytes), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let place = tempfile::tempdir().expect("a folder");
        let inner = place.path().join("a/b");
        std::fs::create_dir_all(&inner).expect("created");
        std::fs::write(inner.join("file"), [0; 100]).expect("written");
        std::fs::write(place.path().join("other"), [0; 11]).expect("written");
        std::os::unix::fs::symlink(place.path(), inner.join("loop")).expect("linked");
        std::os::unix::fs::symlink(place.path().join("other"), inner.join("link")).expect("linked");
        assert_eq!(folder(place.path()), 111);
        assert_eq!(folder(&inner), 100);
    }
}
