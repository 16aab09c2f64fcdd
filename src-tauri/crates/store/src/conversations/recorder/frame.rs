//! An exchange in a file of the spool: its length and a checksum, then its parts one after the other. All numbers are
//! little endian.

use super::body::BodyNumber;

/// A file of exchanges begins with this. A later layout of frames has another.
pub(super) const MAGIC: &[u8; 8] = b"PSPOOL1\n";

/// Length and checksum.
const HEAD: usize = 8;

/// Stands for nothing where a length is.
const NONE: u32 = u32::MAX;

/// One exchange, secrets removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Its number among the frames of one spool, rising.
    pub(super) number: u64,
    pub(super) id: &'a str,
    pub(super) at_ms: i64,
    pub(super) via: &'a str,
    pub(super) method: &'a str,
    pub(super) host: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) key: Option<i64>,
    pub(super) credential: Option<&'a str>,
    pub(super) upstream: &'a str,
    pub(super) model: &'a str,
    pub(super) account: Option<&'a str>,
    pub(super) status: i64,
    pub(super) ended: &'a str,
    pub(super) first_byte_ms: Option<i64>,
    pub(super) total_ms: i64,
    /// Headers are JSON.
    pub(super) request_headers: &'a str,
    pub(super) response_headers: &'a str,
    /// The types of the bodies.
    pub(super) request_type: &'a str,
    pub(super) response_type: &'a str,
    pub(super) request: Kept<'a>,
    pub(super) response: Kept<'a>,
}

/// Where a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept<'a> {
    Here(&'a [u8]),
    File(BodyNumber),
}

impl Default for Kept<'_> {
    fn default() -> Self {
        Self::Here(&[])
    }
}

impl<'a> Frame<'a> {
    /// Appends the frame to `out`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; HEAD]);
        let mut pen = Pen(out);
        pen.number(self.number.cast_signed());
        pen.text(self.id);
        pen.number(self.at_ms);
        pen.text(self.via);
        pen.text(self.method);
        pen.maybe_text(self.host);
        pen.text(self.path);
        pen.maybe_number(self.key);
        pen.maybe_text(self.credential);
        pen.text(self.upstream);
        pen.text(self.model);
        pen.maybe_text(self.account);
        pen.number(self.status);
        pen.text(self.ended);
        pen.maybe_number(self.first_byte_ms);
        pen.number(self.total_ms);
        pen.text(self.request_headers);
        pen.text(self.response_headers);
        pen.text(self.request_type);
        pen.text(self.response_type);
        pen.body(self.request);
        pen.body(self.response);
        let payload = start + HEAD;
        let length = u32::try_from(out.len() - payload).unwrap_or(NONE).to_le_bytes();
        let sum = crc32fast::hash(&out[payload..]).to_le_bytes();
        out[start..start + 4].copy_from_slice(&length);
        out[start + 4..payload].copy_from_slice(&sum);
    }

    /// The frame at the beginning of `bytes`, and how long it is. `None` when it is torn.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let length = usize::try_from(u32::from_le_bytes(*bytes.first_chunk()?)).ok()?;
        let sum = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
        let payload = bytes.get(HEAD..HEAD.checked_add(length)?)?;
        if crc32fast::hash(payload) != sum {
            return None;
        }
        Self::parts(&mut Eye(payload)).map(|frame| (frame, HEAD + length))
    }

    fn parts(eye: &mut Eye<'a>) -> Option<Self> {
        Some(Self {
            number: eye.number()?.cast_unsigned(),
            id: eye.text()?,
            at_ms: eye.number()?,
            via: eye.text()?,
            method: eye.text()?,
            host: eye.maybe_text()?,
            path: eye.text()?,
            key: eye.maybe_number()?,
            credential: eye.maybe_text()?,
            upstream: eye.text()?,
            model: eye.text()?,
            account: eye.maybe_text()?,
            status: eye.number()?,
            ended: eye.text()?,
            first_byte_ms: eye.maybe_number()?,
            total_ms: eye.number()?,
            request_headers: eye.text()?,
            response_headers: eye.text()?,
            request_type: eye.text()?,
            response_type: eye.text()?,
            request: eye.body()?,
            response: eye.body()?,
        })
    }
}

struct Pen<'a>(&'a mut Vec<u8>);

impl Pen<'_> {
    fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn maybe_number(&mut self, number: Option<i64>) {
        self.0.push(u8::from(number.is_some()));
        self.number(number.unwrap_or_default());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // A text that fits into memory here is shorter by far.
        let length = u32::try_from(bytes.len()).unwrap_or(NONE);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn maybe_text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.extend_from_slice(&NONE.to_le_bytes()),
        }
    }

    fn body(&mut self, body: Kept<'_>) {
        match body {
            Kept::Here(bytes) => self.bytes(bytes),
            Kept::File(number) => {
                self.0.extend_from_slice(&NONE.to_le_bytes());
                self.number(number.cast_signed());
            }
        }
    }
}

struct Eye<'a>(&'a [u8]);

impl<'a> Eye<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<i64> {
        Some(i64::from_le_bytes(*self.take(8)?.first_chunk()?))
    }

    fn maybe_number(&mut self) -> Option<Option<i64>> {
        let there = *self.take(1)?.first()? == 1;
        let number = self.number()?;
        Some(there.then_some(number))
    }

    fn maybe_bytes(&mut self) -> Option<Option<&'a [u8]>> {
        match u32::from_le_bytes(*self.take(4)?.first_chunk()?) {
            NONE => Some(None),
            length => Some(Some(self.take(usize::try_from(length).ok()?)?)),
        }
    }

    fn maybe_text(&mut self) -> Option<Option<&'a str>> {
        self.maybe_bytes()?
            .map(|bytes| std::str::from_utf8(bytes).ok())
            .map_or(Some(None), |text| text.map(Some))
    }

    fn text(&mut self) -> Option<&'a str> {
        self.maybe_text()?
    }

    fn body(&mut self) -> Option<Kept<'a>> {
        match self.maybe_bytes()? {
            Some(bytes) => Some(Kept::Here(bytes)),
            None => Some(Kept::File(self.number()?.cast_unsigned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Kept};

    fn frame() -> Frame<'static> {
        Frame {
            number: 7,
            id: "req-1",
            at_ms: -5,
            host: Some("api.example"),
            path: "/v1/chat?x=1",
            key: Some(3),
            status: 200,
            first_byte_ms: Some(0),
            request: Kept::Here(b"\x00\xffbody"),
            response: Kept::File(u64::MAX),
            ..Frame::default()
        }
    }

    #[test]
    fn a_frame_comes_back_as_it_was_written() {
        let mut out = vec![1, 2, 3];
        frame().write(&mut out);
        Frame::default().write(&mut out);
        let (first, length) = Frame::read(&out[3..]).expect("whole");
        assert_eq!(first, frame());
        let (second, end) = Frame::read(&out[3 + length..]).expect("whole");
        assert_eq!(second, Frame::default());
        assert_eq!(3 + length + end, out.len());
    }

    #[test]
    fn a_torn_or_changed_frame_is_none() {
        let mut out = Vec::new();
        frame().write(&mut out);
        for length in 0..out.len() {
            assert_eq!(Frame::read(&out[..length]), None, "cut at {length}");
        }
        for at in 0..out.len() {
            let mut changed = out.clone();
            changed[at] ^= 0x40;
            assert_eq!(Frame::read(&changed), None, "changed at {at}");
        }
    }
}
