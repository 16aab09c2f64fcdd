//! Takes known texts out of bytes that come in pieces.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::REMOVED;

/// What is looked for, and the end of what came so far, in which one may begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    secrets: Vec<Arc<Finder<'static>>>,
    longest: usize,
    tail: Vec<u8>,
}

impl Known {
    /// Looks for this too.
    pub(super) fn add(&mut self, secret: &[u8]) {
        if !self.secrets.iter().any(|known| known.needle() == secret) {
            self.secrets.push(Arc::new(Finder::new(secret).into_owned()));
            self.longest = self.longest.max(secret.len());
        }
    }

    /// Takes a piece and appends to `out` what is sure to stay.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.secrets.is_empty() {
            out.extend_from_slice(piece);
        } else if self.tail.is_empty() {
            let kept = self.clean(piece, self.longest - 1, out);
            self.tail.extend_from_slice(&piece[kept..]);
        } else {
            let mut all = std::mem::take(&mut self.tail);
            all.extend_from_slice(piece);
            let kept = self.clean(&all, self.longest - 1, out);
            all.drain(..kept);
            self.tail = all;
        }
    }

    /// Appends what is left.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let tail = std::mem::take(&mut self.tail);
        self.clean(&tail, 0, out);
    }

    /// Bytes without them.
    pub(super) fn clean_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.first(bytes).is_none() {
            return bytes.into();
        }
        let mut out = Vec::with_capacity(bytes.len());
        self.clean(bytes, 0, &mut out);
        out.into()
    }

    /// A text without them.
    pub(super) fn clean_text<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match self.clean_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => String::from_utf8_lossy(&clean).into_owned().into(),
        }
    }

    /// Appends `bytes` without the secrets, but for those that begin in the last `open` bytes: there a longer one may
    /// begin than is to be seen. Returns up to where it came.
    fn clean(&self, bytes: &[u8], open: usize, out: &mut Vec<u8>) -> usize {
        let sure = bytes.len().saturating_sub(open);
        let mut at = 0;
        while let Some((start, length)) = self.first(&bytes[at..]).filter(|(start, _)| at + start < sure) {
            out.extend_from_slice(&bytes[at..at + start]);
            out.extend_from_slice(REMOVED.as_bytes());
            at += start + length;
        }
        if at < sure {
            out.extend_from_slice(&bytes[at..sure]);
            at = sure;
        }
        at
    }

    /// The secret that begins first, and the longest of those: where, and how long.
    fn first(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let found =
            self.secrets.iter().filter_map(|secret| Some((secret.find(bytes)?, secret.needle().len())));
        found.min_by_key(|(start, length)| (*start, usize::MAX - length))
    }
}
