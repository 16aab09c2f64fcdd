//! The body of an archive, frame by frame.

use std::io::{self, Read, Write};

use aead_stream::{StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use zeroize::Zeroizing;

use super::ArchiveError;

/// What seals and opens frames.
pub(super) type Frames = StreamBE32<XChaCha20Poly1305>;

/// Bytes in every frame but the last.
pub(super) const FRAME: usize = 64 * 1024;
const TAG: usize = 16;
/// Marks the last frame.
const LAST: u32 = 1 << 31;

pub(super) fn seal_frames(
    frames: &Frames,
    mut reader: impl Read,
    writer: &mut impl Write,
) -> Result<u64, ArchiveError> {
    let (mut now, mut next) = (Zeroizing::new(vec![0; FRAME]), Zeroizing::new(vec![0; FRAME]));
    let mut length = read_full(&mut reader, &mut now)?;
    let mut total = 0;
    for position in 0..=u32::MAX {
        // A frame is the last when nothing comes behind it.
        let follows = if length < FRAME { 0 } else { read_full(&mut reader, &mut next)? };
        let last = follows == 0;
        let head = head(length, last);
        let plain = Payload { msg: &now[..length], aad: &head };
        let frame = frames.encrypt(position, last, plain).map_err(|_| ArchiveError::TooLong)?;
        writer.write_all(&head).and_then(|()| writer.write_all(&frame)).map_err(ArchiveError::Write)?;
        total += u64::try_from(length).unwrap_or(u64::MAX);
        if last {
            return Ok(total);
        }
        std::mem::swap(&mut now, &mut next);
        length = follows;
    }
    Err(ArchiveError::TooLong)
}

pub(super) fn open_frames(
    frames: &Frames,
    mut reader: impl Read,
    writer: &mut impl Write,
) -> Result<u64, ArchiveError> {
    let mut frame = vec![0; FRAME + TAG];
    let mut total = 0;
    for position in 0..=u32::MAX {
        let mut head = [0; 4];
        whole(&mut reader, &mut head)?;
        let number = u32::from_be_bytes(head);
        let last = number & LAST != 0;
        let length = usize::try_from(number & !LAST).unwrap_or(usize::MAX);
        let frame = frame.get_mut(..length).ok_or(ArchiveError::Damaged)?;
        whole(&mut reader, frame)?;
        let opened = frames.decrypt(position, last, Payload { msg: frame, aad: &head });
        let plain = Zeroizing::new(opened.map_err(|_| ArchiveError::Damaged)?);
        writer.write_all(&plain).map_err(ArchiveError::Write)?;
        total += u64::try_from(plain.len()).unwrap_or(u64::MAX);
        if last {
            let behind = read_full(&mut reader, &mut [0])?;
            return if behind == 0 { Ok(total) } else { Err(ArchiveError::Damaged) };
        }
    }
    Err(ArchiveError::TooLong)
}

fn head(length: usize, last: bool) -> [u8; 4] {
    let length = u32::try_from(length + TAG).unwrap_or(u32::MAX);
    (if last { length | LAST } else { length }).to_be_bytes()
}

/// Fills the buffer; an archive that ends before is not complete.
fn whole(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), ArchiveError> {
    let length = read_full(reader, buffer)?;
    if length == buffer.len() { Ok(()) } else { Err(ArchiveError::Incomplete) }
}

/// Reads until the buffer is full or nothing comes any more.
pub(super) fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ArchiveError::Read(error)),
        }
    }
    Ok(filled)
}
