//! Bodies as they are kept: packed, with what is no text in files of its own.

use std::io;
use std::path::Path;

use zstd::bulk::{Compressor, Decompressor};

use crate::Error;

/// A body that is kept as it is.
const PLAIN: u8 = 0;
/// A body packed by zstd.
const ZSTD: u8 = 1;

/// The lowest level: it packs text to a fifth, and the processor is needed elsewhere.
const LEVEL: i32 = 1;

/// A shorter body is not worth packing.
const WORTH: usize = 128;

/// Packs bodies, one after the other.
pub(super) struct Packer {
    zstd: Compressor<'static>,
}

impl Packer {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { zstd: Compressor::new(LEVEL)? })
    }

    /// The body as it is kept.
    pub(super) fn pack(&mut self, body: &[u8]) -> io::Result<Vec<u8>> {
        if body.len() >= WORTH {
            let mut packed = Vec::with_capacity(1 + zstd::zstd_safe::compress_bound(body.len()));
            let small = self.zstd.compress(body)?;
            if small.len() < body.len() {
                packed.push(ZSTD);
                packed.extend_from_slice(&small);
                return Ok(packed);
            }
        }
        Ok([&[PLAIN], body].concat())
    }
}

/// The body as it was.
pub(super) fn unpack(packed: &[u8], _folder: &Path) -> Result<Vec<u8>, Error> {
    match packed.split_first() {
        None => Ok(Vec::new()),
        Some((&PLAIN, body)) => Ok(body.to_vec()),
        Some((&ZSTD, body)) => unzstd(body),
        Some(_) => Err(Error::Damaged("a packed body")),
    }
}

fn unzstd(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let damaged = |_| Error::Damaged("a packed body");
    let length = Decompressor::upper_bound(packed).ok_or(Error::Damaged("a packed body"))?;
    Decompressor::new().map_err(damaged)?.decompress(packed, length).map_err(damaged)
}
