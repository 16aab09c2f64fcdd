//! The file for keys where there is no keyring: one key a line, for its owner alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{KeyId, MasterKey};

const OPENING: &str =
    "# Opens the secrets of this Postern. Whoever has this file and the database has them all.\n";

/// The file, which need not be there.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) path: PathBuf,
}

impl Shelf {
    /// The keys in the file. Lines that are no keys are passed over.
    pub(crate) fn keys(&self) -> io::Result<Vec<MasterKey>> {
        let text = match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => Zeroizing::new(text?),
        };
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        Ok(lines.filter_map(|line| MasterKey::from_text(line).ok()).collect())
    }

    pub(crate) fn put(&self, key: &MasterKey) -> io::Result<()> {
        let _turn = self.turn()?;
        let mut keys = self.keys()?;
        if !keys.contains(key) {
            keys.push(key.clone());
        }
        self.write(&keys)
    }

    /// Forgets the key. A file without keys is removed.
    pub(crate) fn remove(&self, id: &KeyId) -> io::Result<()> {
        if !self.path.exists() {
            return Ok(());
        }
        let _turn = self.turn()?;
        let mut keys = self.keys()?;
        let before = keys.len();
        keys.retain(|key| key.id() != *id);
        match keys.len() {
            left if left == before => Ok(()),
            0 => std::fs::remove_file(&self.path),
            _ => self.write(&keys),
        }
    }

    /// Writes the file whole or not at all. Such a temporary file is its owner's alone from the beginning.
    fn write(&self, keys: &[MasterKey]) -> io::Result<()> {
        let mut new = NamedTempFile::new_in(self.path.parent().ok_or(io::ErrorKind::InvalidFilename)?)?;
        new.write_all(OPENING.as_bytes())?;
        for key in keys {
            writeln!(new, "{}", key.recovery().expose())?;
        }
        new.as_file().sync_all()?;
        new.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Several programs may work on one data folder; each that changes the file waits for the others.
    fn turn(&self) -> io::Result<File> {
        let mut path = self.path.clone();
        path.as_mut_os_string().push(".lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_and_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf { path: folder.path().join("master.key") };
        let keys: Vec<MasterKey> = (0..2).map(|_| MasterKey::generate().expect("random")).collect();
        assert!(shelf.keys().expect("no file").is_empty());
        for key in [&keys[0], &keys[1], &keys[0]] {
            shelf.put(key).expect("kept");
        }
        assert_eq!(shelf.keys().expect("readable"), keys);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let rights = shelf.path.metadata().expect("there").permissions().mode();
            assert_eq!(rights & 0o777, 0o600);
        }
        shelf.remove(&keys[0].id()).expect("removed");
        assert_eq!(shelf.keys().expect("readable"), keys[1..]);
        shelf.remove(&keys[0].id()).expect("not there");
        shelf.remove(&keys[1].id()).expect("removed");
        assert!(!shelf.path.exists());
    }

    #[test]
    fn those_who_write_at_once_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf { path: folder.path().join("master.key") };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| shelf.put(&MasterKey::generate().expect("random")).expect("kept"));
            }
        });
        assert_eq!(shelf.keys().expect("readable").len(), 8);
    }
}
