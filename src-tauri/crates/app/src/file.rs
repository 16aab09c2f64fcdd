//! Writing small files whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Puts `text` in the place of the file, for its owner alone. Whoever reads it sees the old or the new text.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Where the file is a link, what it leads to is replaced and not the link.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidFilename)?;
    // Such a file is its owner's alone from the beginning.
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        for text in ["one", "two"] {
            replace(&path, text).expect("replaced");
            assert_eq!(std::fs::read_to_string(&path).expect("readable"), text);
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
            let link = folder.path().join("link.toml");
            std::os::unix::fs::symlink(&path, &link).expect("linked");
            replace(&link, "three").expect("replaced");
            assert!(link.symlink_metadata().expect("there").is_symlink());
            assert_eq!(std::fs::read_to_string(&path).expect("readable"), "three");
        }
    }
}
