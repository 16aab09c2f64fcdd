//! Takes the values of fields that hold credentials out of JSON that comes in pieces, and leaves everything else as it is,
//! JSON or not.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memchr2;

use super::REMOVED;

/// The names, with their quotes. `token` is none: it is what answers are made of.
const NAMES: &[&str] = &[
    "\"authorization\"",
    "\"authorization_token\"",
    "\"authorizationtoken\"",
    "\"proxy-authorization\"",
    "\"api_key\"",
    "\"api-key\"",
    "\"apikey\"",
    "\"x-api-key\"",
    "\"x-goog-api-key\"",
    "\"access_token\"",
    "\"accesstoken\"",
    "\"access_key\"",
    "\"auth_token\"",
    "\"bearer_token\"",
    "\"refresh_token\"",
    "\"client_secret\"",
    "\"clientsecret\"",
    "\"secret_access_key\"",
    "\"secretaccesskey\"",
    "\"session_token\"",
    "\"cookie\"",
    "\"password\"",
];

/// The longest name.
const LONGEST: usize = 21;

/// So much white space may be on both sides of the colon.
const SPACE: usize = 64;

/// So much of a value is remembered.
const REMEMBERED: usize = 4096;

// Nothing is found in place of a failure that no list of plain texts has.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(NAMES).ok()
});

/// Where the reading is.
#[derive(Debug, Default)]
enum At {
    #[default]
    Outside,
    /// Within the value of such a field.
    Value { any: bool, escaped: bool },
}

/// The JSON so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    at: At,
    /// The end of what came, in which a name may begin.
    tail: Vec<u8>,
    /// The value that is read.
    value: Vec<u8>,
    found: Vec<Vec<u8>>,
}

/// What follows a name.
enum After {
    /// A text, from here on.
    Text(usize),
    /// Something else.
    Other,
    /// More is to come.
    Unclear,
}

impl Fields {
    /// Takes a piece and appends to `out` what is sure to stay.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        if self.tail.is_empty() {
            let kept = self.clean(piece, false, out);
            self.tail.extend_from_slice(&piece[kept..]);
        } else {
            let mut all = std::mem::take(&mut self.tail);
            all.extend_from_slice(piece);
            let kept = self.clean(&all, false, out);
            all.drain(..kept);
            self.tail = all;
        }
    }

    /// Appends what is left.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let tail = std::mem::take(&mut self.tail);
        self.clean(&tail, true, out);
    }

    /// The values that were taken out.
    pub(super) fn found(&self) -> &[Vec<u8>] {
        &self.found
    }

    /// Returns up to where it came.
    fn clean(&mut self, bytes: &[u8], end: bool, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if let At::Value { .. } = self.at {
                at += self.skip(&bytes[at..], out);
                continue;
            }
            let found = FINDER.as_ref().and_then(|finder| finder.find(&bytes[at..]));
            let Some(name) = found else {
                // A name may begin in the last bytes.
                let sure = if end { bytes.len() } else { bytes.len().saturating_sub(LONGEST).max(at) };
                out.extend_from_slice(&bytes[at..sure]);
                return sure;
            };
            let (start, stop) = (at + name.start(), at + name.end());
            match after(&bytes[stop..]) {
                After::Text(from) => {
                    out.extend_from_slice(&bytes[at..stop + from]);
                    at = stop + from;
                    self.at = At::Value { any: false, escaped: false };
                }
                After::Unclear if !end => {
                    out.extend_from_slice(&bytes[at..start]);
                    return start;
                }
                After::Other | After::Unclear => {
                    // The quote at its end may begin the next name.
                    out.extend_from_slice(&bytes[at..stop - 1]);
                    at = stop - 1;
                }
            }
        }
        at
    }

    /// Skips what is within a value. Returns how much.
    fn skip(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> usize {
        let At::Value { mut any, mut escaped } = self.at else { return 0 };
        let mut at = 0;
        while at < bytes.len() {
            let plain =
                if escaped { 1 } else { memchr2(b'"', b'\\', &bytes[at..]).unwrap_or(bytes.len() - at) };
            if plain > 0 {
                if !any {
                    out.extend_from_slice(REMOVED.as_bytes());
                }
                (any, escaped) = (true, false);
                if self.value.len() < REMEMBERED {
                    self.value.extend_from_slice(&bytes[at..at + plain]);
                }
                at += plain;
                continue;
            }
            if bytes[at] == b'"' {
                self.at = At::Outside;
                if any {
                    self.found.push(std::mem::take(&mut self.value));
                }
                // The quote is what follows.
                return at;
            }
            escaped = true;
            at += 1;
        }
        self.at = At::Value { any, escaped };
        at
    }
}

/// Whether one of the names is in there.
pub(super) fn are_in(bytes: &[u8]) -> bool {
    FINDER.as_ref().is_some_and(|finder| finder.is_match(bytes))
}

/// What follows a name.
fn after(bytes: &[u8]) -> After {
    let mut colon = false;
    for (at, byte) in bytes.iter().enumerate().take(SPACE) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b':' if !colon => colon = true,
            b'"' if colon => return After::Text(at + 1),
            _ => return After::Other,
        }
    }
    if bytes.len() >= SPACE { After::Other } else { After::Unclear }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, NAMES};

    #[test]
    fn no_name_is_longer_than_the_longest() {
        assert_eq!(NAMES.iter().map(|name| name.len()).max(), Some(LONGEST));
    }
}
