//! Sealed archives: any bytes, locked with a passphrase, to be carried to another machine.
//!
//! A file is a header and frames, numbers big endian:
//!
//! | Bytes | What |
//! |---|---|
//! | 8 | `POSTERN`, then 0x1A, which ends a file that is looked at as text |
//! | 1 | version of the format: 1 |
//! | 4, 4, 1 | argon2id: KiB of memory, passes, lanes |
//! | 16 | salt |
//! | 19 | beginning of every frame's nonce |
//! | 4 | the first bytes of SHA-256 of all above: tells damage from a wrong passphrase |
//! | 16 | tag over all above, made with the second half of the 64 bytes that argon2id gives |
//! | frames | 4 bytes: highest bit set on the last frame, the rest is the length; then so many bytes |
//!
//! A frame is XChaCha20-Poly1305 of up to 64 KiB, with the first half of those bytes for a key, in the STREAM
//! construction (32 bits of counter and the mark of the last frame end the nonce), its own 4 bytes being
//! authenticated with it. So frames cannot be left out, repeated, reordered or cut off unnoticed, and an
//! archive of any size passes through without lying in memory.

mod frames;
mod header;
#[cfg(test)]
mod tests;

use std::io::{Read, Write};

use postern_protocol::Secret;

use frames::{open_frames, seal_frames};
use header::Header;

/// Fewer characters are guessed too soon by somebody who has the file.
pub const SHORTEST_PASSPHRASE: usize = 10;

/// Why an archive could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Somebody who has the file could guess it.
    #[error("the passphrase is too short: use at least {SHORTEST_PASSPHRASE} characters")]
    ShortPassphrase,
    /// The file begins otherwise.
    #[error("this is no sealed archive of Postern")]
    Foreign,
    /// A newer program wrote it.
    #[error("a newer Postern wrote this archive (format {0}); update this program")]
    Newer(u8),
    /// It asks for more memory or time than an archive of ours ever does.
    #[error("the archive asks for too much memory or time to be opened; it may be made to do harm")]
    TooCostly,
    /// The file is whole, and the passphrase is another one.
    #[error("this is not the passphrase of the archive")]
    WrongPassphrase,
    /// The file was changed.
    #[error("the archive is damaged; copy it once more from where it was made")]
    Damaged,
    /// The file ends too early.
    #[error("the archive is not complete; copy it once more from where it was made")]
    Incomplete,
    /// There is more than the format can hold.
    #[error("this is too much for one archive")]
    TooLong,
    /// The system has no random bytes, or no memory for the passphrase.
    #[error("the archive cannot be worked on: {0}")]
    System(String),
    /// What goes in could not be read.
    #[error("cannot read: {0}")]
    Read(#[source] std::io::Error),
    /// What comes out could not be written.
    #[error("cannot write: {0}")]
    Write(#[source] std::io::Error),
}

/// Seals everything of `reader` with the passphrase into `writer`, and returns how many bytes it sealed. What was
/// written until an error is no archive. Takes 64 MiB and some tenths of a second for the passphrase, so async
/// code calls it on a thread for blocking work.
pub fn seal(passphrase: &Secret, reader: impl Read, mut writer: impl Write) -> Result<u64, ArchiveError> {
    if passphrase.expose().chars().count() < SHORTEST_PASSPHRASE {
        return Err(ArchiveError::ShortPassphrase);
    }
    let header = Header::new()?;
    let keys = header.keys(passphrase)?;
    writer.write_all(&header.sealed(&keys)).map_err(ArchiveError::Write)?;
    let bytes = seal_frames(&keys.frames(&header.nonce), reader, &mut writer)?;
    writer.flush().map_err(ArchiveError::Write)?;
    Ok(bytes)
}

/// Opens an archive of `reader` with the passphrase into `writer`, and returns how many bytes it held. Every frame
/// is checked before it is written, but only `Ok` means that all of it came: after an error throw away what was
/// written. The passphrase costs what it costs in [`seal`]; an archive that wants much more is refused.
pub fn open(passphrase: &Secret, mut reader: impl Read, mut writer: impl Write) -> Result<u64, ArchiveError> {
    let (header, tag) = Header::read(&mut reader)?;
    let keys = header.keys(passphrase)?;
    header.verify(&keys, &tag)?;
    let bytes = open_frames(&keys.frames(&header.nonce), reader, &mut writer)?;
    writer.flush().map_err(ArchiveError::Write)?;
    Ok(bytes)
}
