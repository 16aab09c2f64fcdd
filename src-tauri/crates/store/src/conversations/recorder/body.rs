//! A body while it is said: pieces in memory, and when they become many, in a file.

use bytes::{Bytes, BytesMut};

/// A smaller piece is copied beside its neighbours: a slice of a network buffer holds on to all of that buffer.
const COPIED: usize = 2048;

/// A body that grows beyond this leaves memory.
const IN_MEMORY: usize = 1 << 20;

/// What comes after that leaves in parts of this size.
const PART: usize = 256 << 10;

/// Names the file of a body within its spool.
pub(super) type BodyNumber = u64;

/// The body so far.
#[derive(Debug, Default)]
pub(super) struct Body {
    pieces: Vec<Bytes>,
    small: BytesMut,
    /// Bytes of both.
    len: usize,
    /// Where the beginning went.
    pub(super) file: Option<BodyNumber>,
    /// It is not complete, since memory was short.
    pub(super) lost: bool,
}

impl Body {
    /// Adds a piece. Whether so much is in memory now that it should leave.
    pub(super) fn push(&mut self, piece: Bytes) -> bool {
        if self.lost {
            return false;
        }
        self.len += piece.len();
        if piece.len() < COPIED {
            self.small.extend_from_slice(&piece);
        } else {
            self.gather();
            self.pieces.push(piece);
        }
        self.len > if self.file.is_some() { PART } else { IN_MEMORY }
    }

    /// What is in memory; nothing of it is after.
    pub(super) fn take(&mut self) -> Vec<Bytes> {
        self.gather();
        self.len = 0;
        std::mem::take(&mut self.pieces)
    }

    /// What is in memory and was gathered, in order.
    pub(super) fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    /// How many bytes are in memory.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Makes a piece of what was copied.
    pub(super) fn gather(&mut self) {
        if !self.small.is_empty() {
            self.pieces.push(self.small.split().freeze());
        }
    }
}
