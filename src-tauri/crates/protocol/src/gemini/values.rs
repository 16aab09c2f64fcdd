//! The objects of a JSON array that comes in pieces, or of one that is none: a single object is a list of itself.

/// Splits bytes into objects, wherever the bytes are cut.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// The object that is read.
    bytes: Vec<u8>,
    /// How many brackets are open within it.
    depth: usize,
    inside_text: bool,
    escaped: bool,
    /// Something stands where none may.
    garbled: bool,
}

impl Values {
    /// The objects that are complete with these bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut whole = Vec::new();
        for &byte in bytes {
            if self.depth == 0 {
                self.outside(byte);
                continue;
            }
            self.bytes.push(byte);
            if self.inside_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.inside_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.inside_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                whole.push(std::mem::take(&mut self.bytes));
            }
        }
        whole
    }

    /// Whether the bytes end within an object, or were no list of objects.
    pub(super) fn broken(&self) -> bool {
        self.depth > 0 || self.garbled
    }

    /// A byte between objects.
    fn outside(&mut self, byte: u8) {
        match byte {
            b'{' => {
                self.depth = 1;
                self.bytes.push(byte);
            }
            b'[' | b']' | b',' => {}
            byte => self.garbled |= !byte.is_ascii_whitespace(),
        }
    }
}
