//! What is no text, in files of its own below `media`, named by its SHA-256. The same picture sent a hundred times is
//! kept once.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fmt, fs};

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::Seq;
use crate::clock::{millis, signed, unsigned};
use crate::{Conversations, Error, database, worker};

/// Removed at once so many at most.
const BATCH: u32 = 200;

/// A file of media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMedia {
    /// Where it is.
    pub path: PathBuf,
    /// Its type.
    pub mime: String,
    /// Its length.
    pub bytes: u64,
}

impl Conversations {
    /// Keeps what the exchange `of` says as a file, as long as the exchange. Returns its SHA-256 in hex.
    pub async fn keep_media(&self, of: Seq, mime: String, bytes: Bytes) -> Result<String, Error> {
        let folder = self.folder.clone();
        self.writer
            .run(move |connection| {
                let failed = |source| Error::Files { path: folder.join("media"), source };
                let part = write(&folder, &bytes, mime).map_err(failed)?;
                worker::write(connection, |transaction| {
                    register(transaction, of.0, &part)?;
                    // One that was deleted meanwhile has nothing, and what nobody has is swept away.
                    transaction
                        .prepare_cached(
                            "DELETE FROM media_uses WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM exchanges WHERE seq = ?1)",
                        )?
                        .execute([of.0])?;
                    Ok(())
                })?;
                Ok(part.sha.to_string())
            })
            .await
    }

    /// The file with this SHA-256, in hex.
    pub async fn media(&self, sha: &str) -> Result<Option<KeptMedia>, Error> {
        let Some(sha) = Sha::from_hex(sha) else { return Ok(None) };
        let folder = self.folder.clone();
        self.reader
            .run(move |connection| {
                let mut select = connection.prepare_cached("SELECT mime, bytes FROM media WHERE sha = ?1")?;
                let found = select.query_row([sha.to_string()], |row| {
                    Ok(KeptMedia { path: sha.path(&folder), mime: row.get(0)?, bytes: unsigned(row.get(1)?) })
                });
                Ok(found.optional()?)
            })
            .await
    }
}

/// The SHA-256 of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sha([u8; 32]);

impl Sha {
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn from_hex(hex: &str) -> Option<Self> {
        let digits: Vec<u8> = hex.chars().map_while(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        Self::from_bytes(&bytes).filter(|sha| sha.to_string() == hex)
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Where the file is below the folder of the conversations.
    fn path(&self, folder: &Path) -> PathBuf {
        let name = self.to_string();
        folder.join("media").join(&name[..2]).join(name)
    }
}

impl fmt::Display for Sha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Media as it is known to the database.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) sha: Sha,
    pub(super) mime: String,
    bytes: u64,
}

/// Writes the file, unless it is there.
pub(super) fn write(folder: &Path, bytes: &[u8], mime: String) -> io::Result<Part> {
    let sha = Sha(Sha256::digest(bytes).into());
    let part = Part { sha, mime, bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX) };
    let path = part.sha.path(folder);
    if !is_there(&path, part.bytes) {
        let new = beside(&path)?;
        let written = File::create(&new)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&new, &path));
        if let Err(error) = written {
            // Half a file takes room that somebody needs.
            let _ = fs::remove_file(&new);
            return Err(error);
        }
    }
    Ok(part)
}

/// Makes a file of somebody else's one of media, unless it is there. The other one stays until the media is registered.
pub(super) fn adopt(folder: &Path, from: &Path, mime: String) -> io::Result<Part> {
    let mut file = File::open(from)?;
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 256 << 10], 0_u64);
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        bytes += u64::try_from(length).unwrap_or_default();
    }
    let part = Part { sha: Sha(hash.finalize().into()), mime, bytes };
    let path = part.sha.path(folder);
    if !is_there(&path, bytes) {
        let new = beside(&path)?;
        // What a crash left behind may be this very file under another name, which a copy would empty.
        let _ = fs::remove_file(&new);
        // The same file under two names takes no room; where that cannot be, it is copied.
        fs::hard_link(from, &new).or_else(|_| fs::copy(from, &new).map(|_| ()))?;
        fs::rename(&new, &path)?;
    }
    Ok(part)
}

pub(super) fn read(folder: &Path, sha: &Sha) -> io::Result<Vec<u8>> {
    fs::read(sha.path(folder))
}

/// Notes that the exchange has this media. A conversation whose exchanges are gone has it by its negative id.
pub(super) fn register(connection: &Connection, of: i64, part: &Part) -> rusqlite::Result<()> {
    let sha = part.sha.to_string();
    let new = connection
        .prepare_cached("INSERT OR IGNORE INTO media (sha, mime, bytes, at_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![sha, part.mime, signed(part.bytes), millis(SystemTime::now())])?;
    if new > 0 {
        connection
            .prepare_cached("UPDATE totals SET media_bytes = media_bytes + ?1")?
            .execute([signed(part.bytes)])?;
    }
    connection
        .prepare_cached("INSERT OR IGNORE INTO media_uses (seq, sha) VALUES (?1, ?2)")?
        .execute(params![of, sha])?;
    Ok(())
}

/// Removes some of the files that nobody has any more. Whether there may be more.
pub(super) fn sweep(connection: &mut Connection, folder: &Path) -> Result<bool, Error> {
    worker::write(connection, |transaction| {
        let mut select = transaction.prepare_cached(
            "SELECT sha FROM media WHERE NOT EXISTS (SELECT 1 FROM media_uses WHERE media_uses.sha = media.sha) LIMIT ?1",
        )?;
        let unused: Vec<String> = select.query_map([BATCH], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for sha in &unused {
            transaction.prepare_cached("DELETE FROM media WHERE sha = ?1")?.execute([sha])?;
            if let Some(path) = Sha::from_hex(sha).map(|sha| sha.path(folder))
                && let Err(error) = fs::remove_file(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "media that nobody has cannot be removed");
            }
        }
        Ok(!unused.is_empty())
    })
}

fn is_there(path: &Path, bytes: u64) -> bool {
    fs::metadata(path).is_ok_and(|known| known.len() == bytes)
}

/// A name for what is to become this file.
fn beside(path: &Path) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        database::private_folder(folder)?;
    }
    Ok(path.with_extension("new"))
}
