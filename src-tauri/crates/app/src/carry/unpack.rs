//! Opening a sealed profile into a folder. Nothing in an archive is trusted: what leads out of the folder, what is no
//! plain file, and what is too much is refused.

use std::fs::{File, OpenOptions};
use std::io::{self, PipeReader, Read};
use std::path::{Component, Path, PathBuf};

use postern_browser::StorageState;
use postern_protocol::Secret;
use postern_vault::{ArchiveError, archive};
use tar::{Archive, Entry, EntryType};

use super::pack::{ACCOUNT, MOST_BYTES, PROFILE, SESSION};
use crate::accounts::Kept;
use crate::paths::private_folder;

const MOST_ENTRIES: usize = 100_000;
const MOST_SMALL: u64 = 16 << 20;

/// Why an archive cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// It cannot be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// What is in it is no profile of Postern.
    #[error("what is in it is not what Postern packs")]
    Tar,
    /// Something in it is refused.
    #[error("it has {0}, which no archive of Postern has")]
    Refused(&'static str),
    /// A file could not be written.
    #[error("{0}")]
    Disk(#[from] io::Error),
}

/// What was beside the profile.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) kept: Option<Kept>,
    pub(super) session: Option<StorageState>,
    pub(super) files: usize,
}

/// Opens the archive into the profile folder. After an error the folder holds parts of it. Blocks.
pub(super) fn unpack(passphrase: &Secret, sealed: &[u8], profile: &Path) -> Result<Unpacked, UnpackError> {
    let (read, write) = io::pipe()?;
    std::thread::scope(|threads| {
        let unpacking = threads.spawn(|| unpack_tar(read, profile));
        // The end of the pipe is written when the archive is open; a reader that gave up breaks it.
        let opened = archive::open(passphrase, sealed, write);
        let unpacked = unpacking.join().unwrap_or(Err(UnpackError::Tar));
        match (opened, unpacked) {
            (Ok(_), unpacked) => unpacked,
            // The pipe broke because the other side refused something.
            (Err(ArchiveError::Write(_)), Err(refused)) => Err(refused),
            (Err(error), _) => Err(error.into()),
        }
    })
}

fn unpack_tar(read: PipeReader, profile: &Path) -> Result<Unpacked, UnpackError> {
    let mut archive = Archive::new(read);
    let mut unpacked = Unpacked::default();
    let mut room = MOST_BYTES;
    for (index, entry) in archive.entries().map_err(|_| UnpackError::Tar)?.enumerate() {
        let entry = entry.map_err(|_| UnpackError::Tar)?;
        if index >= MOST_ENTRIES {
            return Err(UnpackError::Refused("too many files"));
        }
        room = room.checked_sub(entry.size()).ok_or(UnpackError::Refused("more than 2 GB"))?;
        unpack_entry(entry, profile, &mut unpacked)?;
    }
    // Whatever follows the end of the tar is read away, so that the archive is checked to its end.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink())?;
    Ok(unpacked)
}

fn unpack_entry(
    mut entry: Entry<'_, impl Read>,
    profile: &Path,
    unpacked: &mut Unpacked,
) -> Result<(), UnpackError> {
    let path = entry.path().map_err(|_| UnpackError::Refused("a name that is none"))?.into_owned();
    let kind = entry.header().entry_type();
    if kind != EntryType::Regular && kind != EntryType::Directory {
        return Err(UnpackError::Refused("a link or a device"));
    }
    if kind == EntryType::Regular && path == Path::new(ACCOUNT) {
        let text = String::from_utf8(small(entry)?).map_err(|_| UnpackError::Tar)?;
        unpacked.kept = Some(toml::from_str(&text).map_err(|_| UnpackError::Tar)?);
        return Ok(());
    }
    if kind == EntryType::Regular && path == Path::new(SESSION) {
        unpacked.session = Some(StorageState::read(&small(entry)?).map_err(|_| UnpackError::Tar)?);
        return Ok(());
    }
    let target = place(&path, profile).ok_or(UnpackError::Refused("a file outside of the profile"))?;
    if kind == EntryType::Directory {
        private_folder(&target)?;
        return Ok(());
    }
    if let Some(folder) = target.parent() {
        private_folder(folder)?;
    }
    let mut file = private_file(&target)?;
    io::copy(&mut entry, &mut file)?;
    file.sync_all()?;
    unpacked.files += 1;
    Ok(())
}

/// Where in the profile a path of the archive lies; `None` when it does not.
fn place(path: &Path, profile: &Path) -> Option<PathBuf> {
    let inside = path.strip_prefix(PROFILE).ok()?;
    let mut target = profile.to_owned();
    for component in inside.components() {
        match component {
            // On some systems these separate folders or name streams of a file.
            Component::Normal(name) if !name.to_string_lossy().contains([':', '\\', '\0']) => {
                target.push(name)
            }
            _ => return None,
        }
    }
    Some(target)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // A name that comes twice is refused, and so is one that leads elsewhere.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn small(entry: Entry<'_, impl Read>) -> Result<Vec<u8>, UnpackError> {
    if entry.size() > MOST_SMALL {
        return Err(UnpackError::Refused("a description of more than 16 MB"));
    }
    let mut bytes = Vec::new();
    entry.take(MOST_SMALL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
