//! The site's JSON leaves out nulls (`[,[7,"no"]]`), which no JSON parser takes.

use serde_json::Value;

/// Reads one value; `None` when it is none even with its nulls put back.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    if let Ok(value) = serde_json::from_slice(bytes) {
        return Some(value);
    }
    serde_json::from_str(&String::from_utf8_lossy(&with_nulls(bytes))).ok()
}

/// Skips the guard `)]}'` that some answers begin with.
pub(super) fn without_guard(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    bytes[start..].strip_prefix(b")]}'").unwrap_or(bytes)
}

fn with_nulls(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut text = Text::default();
    // The last byte outside strings that is not white space.
    let mut before = b' ';
    for &byte in bytes {
        let structural = !text.step(byte);
        if structural && byte == b',' && matches!(before, b'[' | b',') {
            out.extend_from_slice(b"null");
        }
        if structural && byte == b']' && before == b',' {
            out.extend_from_slice(b"null");
        }
        if !byte.is_ascii_whitespace() {
            before = if structural { byte } else { b'"' };
        }
        out.push(byte);
    }
    out
}

/// Follows whether a byte belongs to a string.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    inside: bool,
    escaped: bool,
}

impl Text {
    /// Takes the next byte; whether it is part of a string, quotes included.
    pub(super) fn step(&mut self, byte: u8) -> bool {
        if !self.inside {
            self.inside = byte == b'"';
            return self.inside;
        }
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.inside = false,
            _ => {}
        }
        true
    }
}

/// The member at `index`, unless it is absent or null.
pub(super) fn at(value: &Value, index: usize) -> Option<&Value> {
    value.get(index).filter(|member| !member.is_null())
}

/// The member at the end of `path`, unless it is absent or null.
pub(super) fn dig<'a>(value: &'a Value, path: &[usize]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, &index| at(value, index))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn left_out_nulls_come_back() {
        assert_eq!(parse(b"[,[7,\"no\"]]"), Some(json!([null, [7, "no"]])));
        assert_eq!(parse(b"[1,,\n ,2,]"), Some(json!([1, null, null, 2, null])));
    }

    #[test]
    fn strings_keep_their_commas() {
        assert_eq!(parse(br#"[,"a,,b [, \" ,,"]"#), Some(json!([null, "a,,b [, \" ,,"])));
    }

    #[test]
    fn the_guard_is_skipped() {
        assert_eq!(without_guard(b")]}'\n[1]"), b"\n[1]");
        assert_eq!(without_guard(b"[1]"), b"[1]");
    }
}
