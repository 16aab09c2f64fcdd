//! Bodies as they are kept: packed by zstd, and what is no text in files of its own, wherever it stands in the body.
//!
//! The first byte of a packed body says how it is packed. One with media names them behind it: how many, then for each
//! the place in the rest at which it stands (8 bytes), how it is written there (1 byte) and its SHA-256 (32 bytes); behind
//! them comes the rest, packed itself. Numbers are little endian.

mod base64;
mod multipart;

use std::cell::RefCell;
use std::io;
use std::ops::Range;
use std::path::Path;

use zstd::bulk::{Compressor, Decompressor};

use self::base64::Writing;
use super::media::{self, Part, Sha};
use crate::Error;

/// A body that is kept as it is.
const PLAIN: u8 = 0;
/// A body packed by zstd.
const ZSTD: u8 = 1;
/// A body with media.
const MEDIA: u8 = 2;

/// The lowest level: it packs text to a fifth, and the processor is needed elsewhere.
const LEVEL: i32 = 1;

/// A shorter body is not worth packing: that takes longer than all else that is done to keep it, and what it saves is less
/// than what its headers take.
const WORTH: usize = 1 << 10;

/// So much room for what is packed stays reserved.
const KEPT: usize = 1 << 20;

/// A body of media that is shorter is kept with the rest.
const MEDIUM: usize = 4 << 10;

/// A body in a file that is larger than this is kept as a file, text or not.
pub(super) const LARGEST: u64 = 64 << 20;

/// A body as it is kept, and what it needs beside it.
#[derive(Debug, Default)]
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    pub(super) media: Vec<Part>,
}

/// A part of a body that is no text.
#[derive(Debug)]
struct Found {
    /// Where it stands.
    range: Range<usize>,
    writing: Writing,
    mime: String,
    /// What it is, unless it is just what stands there.
    decoded: Option<Vec<u8>>,
}

/// Packs bodies, one after the other.
pub(super) struct Packer {
    zstd: Compressor<'static>,
    /// What is packed last.
    packed: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { zstd: Compressor::new(LEVEL)?, packed: Vec::new() })
    }

    /// The body as it is kept. Its media are files below `folder` afterwards.
    pub(super) fn pack(&mut self, body: &[u8], content_type: &str, folder: &Path) -> io::Result<Packed> {
        let found = find(body, content_type);
        if found.is_empty() {
            return Ok(Packed { bytes: self.squeeze(body)?, media: Vec::new() });
        }
        let mut packed = Packed::default();
        let mut table = Vec::new();
        let (mut rest, mut from) = (Vec::new(), 0);
        for Found { range, writing, mime, decoded } in found {
            rest.extend_from_slice(&body[from..range.start]);
            from = range.end;
            let part = media::write(folder, decoded.as_deref().unwrap_or(&body[range]), mime)?;
            line(&mut table, rest.len(), writing, &part.sha);
            packed.media.push(part);
        }
        rest.extend_from_slice(&body[from..]);
        packed.bytes = with_media(packed.media.len(), &table);
        packed.bytes.extend_from_slice(&self.squeeze(&rest)?);
        Ok(packed)
    }

    /// Packs without a look into it.
    fn squeeze(&mut self, body: &[u8]) -> io::Result<Vec<u8>> {
        if body.len() >= WORTH {
            self.packed.clear();
            self.packed.reserve(zstd::zstd_safe::compress_bound(body.len()));
            self.zstd.compress_to_buffer(body, &mut self.packed)?;
            if self.packed.len() < body.len() {
                let packed = [&[ZSTD], self.packed.as_slice()].concat();
                self.packed.shrink_to(KEPT);
                return Ok(packed);
            }
        }
        Ok([&[PLAIN], body].concat())
    }
}

/// A body that is a file as a whole.
pub(super) fn whole(part: Part) -> Packed {
    let mut table = Vec::new();
    line(&mut table, 0, Writing::Raw, &part.sha);
    let mut bytes = with_media(1, &table);
    bytes.push(PLAIN);
    Packed { bytes, media: vec![part] }
}

fn with_media(count: usize, table: &[u8]) -> Vec<u8> {
    let count = u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    [&[MEDIA], &count[..], table].concat()
}

fn line(table: &mut Vec<u8>, at: usize, writing: Writing, sha: &Sha) {
    table.extend_from_slice(&u64::try_from(at).unwrap_or(u64::MAX).to_le_bytes());
    table.push(writing.number());
    table.extend_from_slice(sha.bytes());
}

/// What of a body is no text.
fn find(body: &[u8], content_type: &str) -> Vec<Found> {
    let mime = mime(content_type);
    if body.len() < MEDIUM {
        Vec::new()
    } else if mime.eq_ignore_ascii_case("multipart/form-data") {
        multipart::find(body, content_type)
    } else if is_media(mime) {
        vec![Found { range: 0..body.len(), writing: Writing::Raw, mime: mime.to_owned(), decoded: None }]
    } else {
        base64::find(body)
    }
}

/// The type without its parameters.
pub(super) fn mime(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// Whether what is of this type is no text.
pub(super) fn is_media(mime: &str) -> bool {
    let mime = mime.to_ascii_lowercase();
    let (kind, of) = mime.split_once('/').unwrap_or_default();
    matches!(kind, "image" | "audio" | "video" | "font" | "model") && !of.contains("xml")
        || kind == "application"
            && (of.starts_with("vnd.openxmlformats")
                || of.starts_with("vnd.ms-")
                || matches!(
                    of,
                    "octet-stream"
                        | "pdf"
                        | "zip"
                        | "gzip"
                        | "x-tar"
                        | "x-7z-compressed"
                        | "msword"
                        | "epub+zip"
                ))
}

/// The body as it was.
pub(super) fn unpack(packed: &[u8], folder: &Path) -> Result<Vec<u8>, Error> {
    match packed.split_first() {
        None => Ok(Vec::new()),
        Some((&PLAIN, body)) => Ok(body.to_vec()),
        Some((&ZSTD, body)) => unzstd(body),
        Some((&MEDIA, body)) => put_together(body, folder),
        Some(_) => Err(Error::Damaged("a packed body")),
    }
}

thread_local! {
    /// Making one takes longer than unpacking most bodies.
    static UNPACKER: RefCell<io::Result<Decompressor<'static>>> = RefCell::new(Decompressor::new());
}

fn unzstd(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let damaged = || Error::Damaged("a packed body");
    let length = Decompressor::upper_bound(packed).ok_or_else(damaged)?;
    UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = unpacker.as_mut().map_err(|_| damaged())?;
        unpacker.decompress(packed, length).map_err(|_| damaged())
    })
}

/// A body with its media where they were.
fn put_together(packed: &[u8], folder: &Path) -> Result<Vec<u8>, Error> {
    const LINE: usize = 8 + 1 + 32;
    let damaged = || Error::Damaged("a packed body");
    let (count, packed) = packed.split_first_chunk().ok_or_else(damaged)?;
    let count = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| damaged())?;
    let (table, rest) =
        count.checked_mul(LINE).and_then(|length| packed.split_at_checked(length)).ok_or_else(damaged)?;
    let rest = unpack(rest, folder)?;
    let (mut body, mut from) = (Vec::with_capacity(rest.len()), 0);
    for line in table.chunks_exact(LINE) {
        let at = line.first_chunk().map(|at| u64::from_le_bytes(*at)).and_then(|at| usize::try_from(at).ok());
        let sha = Sha::from_bytes(&line[9..]).ok_or_else(damaged)?;
        let writing = Writing::numbered(line[8]).ok_or_else(damaged)?;
        body.extend_from_slice(at.and_then(|at| rest.get(from..at)).ok_or_else(damaged)?);
        from = at.unwrap_or(from);
        match media::read(folder, &sha) {
            Ok(bytes) => writing.write(bytes, &mut body),
            // The rest of the exchange is worth reading without it.
            Err(error) => tracing::warn!(%sha, %error, "a part of a body is missing"),
        }
    }
    body.extend_from_slice(&rest[from..]);
    Ok(body)
}

#[cfg(test)]
mod tests;
