//! A body that grows in a file of its own.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::coding::Decoder;
use crate::conversations::secrets::Cleaner;

/// The file, and what is not in it yet.
pub(super) struct Pour {
    file: File,
    len: u64,
    decoder: Option<Decoder>,
    decoded: Vec<u8>,
    /// `None` after the end.
    cleaner: Option<Cleaner>,
    pending: Vec<u8>,
}

impl Pour {
    pub(super) fn create(path: &Path, decoder: Option<Decoder>, cleaner: Cleaner) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self { file, len: 0, decoder, decoded: Vec::new(), cleaner: Some(cleaner), pending: Vec::new() })
    }

    /// Takes the piece, or fails without having taken it.
    pub(super) fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.flush()?;
        let Some(cleaner) = &mut self.cleaner else { return Ok(()) };
        if let Some(decoder) = &mut self.decoder {
            self.decoded.clear();
            if decoder.push(piece, &mut self.decoded) {
                cleaner.push(&self.decoded, &mut self.pending);
                return Ok(());
            }
            // It is not encoded as it says: it is kept as it came.
            self.decoder = None;
        }
        cleaner.push(piece, &mut self.pending);
        Ok(())
    }

    /// Writes what is left. May be called again when it failed.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if let Some(cleaner) = self.cleaner.take() {
            cleaner.finish(&mut self.pending);
        }
        self.flush()
    }

    /// Whether what is in the file is no longer encoded.
    pub(super) fn is_decoded(&self) -> bool {
        self.decoder.is_some()
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        // Behind a write that failed half-way the file goes on where it was.
        self.file.seek(SeekFrom::Start(self.len))?;
        self.file.write_all(&self.pending)?;
        self.len += u64::try_from(self.pending.len()).unwrap_or_default();
        self.pending.clear();
        Ok(())
    }
}
