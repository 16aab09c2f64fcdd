//! Cuts the one growing array of an answer into its frames.

use serde_json::Value;

use super::Status;
use super::loose::{self, Text};

/// Takes an answer's bytes in pieces of any size and hands out each frame as soon as it is whole.
///
/// The body is `[[frame, frame, …], status]`; where something went wrong the first member may be absent.
/// Brackets are counted outside strings only, so what a text holds cannot end a frame.
#[derive(Debug, Default)]
pub struct Splitter {
    /// Bytes from the start of the open frame or status on; empty between them.
    open: Vec<u8>,
    text: Text,
    depth: usize,
    /// Which member of the root the cursor is in.
    member: usize,
    closed: bool,
    unreadable: usize,
    status: Option<Status>,
}

impl Splitter {
    /// Takes the next bytes and returns the frames they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Value> {
        let mut frames = Vec::new();
        for &byte in bytes {
            if self.closed {
                break;
            }
            self.step(byte, &mut frames);
        }
        frames
    }

    /// Whether the root array is complete.
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// How many frames could not be read.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// The status at the end of the root, if one came.
    pub fn status(&self) -> Option<&Status> {
        self.status.as_ref()
    }

    fn step(&mut self, byte: u8, frames: &mut Vec<Value>) {
        // Before the root only its bracket counts: a guard or white space may stand there.
        if self.depth == 0 {
            self.depth = usize::from(byte == b'[');
            return;
        }
        let recording = self.depth >= self.floor();
        if self.text.step(byte) {
            if recording {
                self.open.push(byte);
            }
            return;
        }
        match byte {
            b'[' | b'{' => {
                self.depth += 1;
                if self.depth >= self.floor() {
                    self.open.push(byte);
                }
            }
            b']' | b'}' => self.close(byte, recording, frames),
            b',' if self.depth == 1 => self.member += 1,
            _ if recording => self.open.push(byte),
            _ => {}
        }
    }

    /// The depth inside a frame, or inside the status.
    fn floor(&self) -> usize {
        if self.member == 0 { 3 } else { 2 }
    }

    fn close(&mut self, byte: u8, recording: bool, frames: &mut Vec<Value>) {
        if recording {
            self.open.push(byte);
        }
        self.depth -= 1;
        if recording && self.depth < self.floor() {
            let whole = std::mem::take(&mut self.open);
            match loose::parse(&whole) {
                Some(frame) if self.member == 0 => frames.push(frame),
                Some(status) if self.member == 1 => self.status = Status::of(&status),
                // Members that nothing is known of.
                Some(_) => {}
                None => self.unreadable += 1,
            }
        }
        self.closed = self.depth == 0;
    }
}
