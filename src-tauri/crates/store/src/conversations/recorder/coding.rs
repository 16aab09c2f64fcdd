//! Undoes the content-encoding of bodies, so that secrets are found in them and what is kept can be read.

use std::borrow::Cow;
use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use zstd::stream::write::Decoder as ZstdDecoder;

use crate::conversations::Headers;

/// What a body may become. Some hundred bytes can say a gigabyte of nothing.
const LARGEST: usize = 256 << 20;

/// How much brotli decodes at a time.
const BUFFER: usize = 16 << 10;

/// Takes what is decoded, up to a bound.
#[derive(Debug)]
struct Sink {
    bytes: Vec<u8>,
    room: usize,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(self.room);
        self.room -= length;
        self.bytes.extend_from_slice(&bytes[..length]);
        // Nothing written is an error to whoever writes.
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Decodes a body that comes in pieces.
pub(super) struct Decoder {
    decoding: Decoding,
    /// Whether something has come out.
    any: bool,
    /// Nothing more comes out.
    broken: bool,
}

enum Decoding {
    Gzip(Box<MultiGzDecoder<Sink>>),
    /// Zlib or bare, as the first byte tells.
    Deflate(Sink),
    Zlib(Box<ZlibDecoder<Sink>>),
    Bare(Box<DeflateDecoder<Sink>>),
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd(Box<ZstdDecoder<'static, Sink>>),
}

impl Decoder {
    /// For a body with these headers. `None` when it is not encoded, or by several encodings or one that is not known.
    pub(super) fn of(headers: &Headers) -> Option<Self> {
        Self::with_room(headers, LARGEST)
    }

    fn with_room(headers: &Headers, room: usize) -> Option<Self> {
        let sink = || Sink { bytes: Vec::new(), room };
        let encoding = value(headers, "content-encoding").to_ascii_lowercase();
        let decoding = match encoding.as_str() {
            "gzip" | "x-gzip" => Decoding::Gzip(Box::new(MultiGzDecoder::new(sink()))),
            "deflate" => Decoding::Deflate(sink()),
            "br" => Decoding::Brotli(Box::new(DecompressorWriter::new(sink(), BUFFER))),
            "zstd" => Decoding::Zstd(Box::new(ZstdDecoder::new(sink()).ok()?)),
            _ => return None,
        };
        Some(Self { decoding, any: false, broken: false })
    }

    /// Takes a piece and appends what it says to `out`. What comes behind a mistake is left out. False when it was a
    /// mistake from the beginning.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> bool {
        if !self.broken {
            let before = out.len();
            self.broken = self.decoding.write(piece, out).is_err();
            self.any |= out.len() > before;
        }
        !self.broken || self.any
    }
}

impl Decoding {
    fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        if let (Self::Deflate(sink), Some(first)) = (&*self, piece.first()) {
            let sink = Sink { bytes: Vec::new(), room: sink.room };
            // Zlib begins with the number of its method, 8; a bare block never does.
            *self = if first & 0x0f == 8 {
                Self::Zlib(Box::new(ZlibDecoder::new(sink)))
            } else {
                Self::Bare(Box::new(DeflateDecoder::new(sink)))
            };
        }
        match self {
            Self::Gzip(decoder) => through(&mut **decoder, piece, MultiGzDecoder::get_mut, out),
            Self::Deflate(_) => Ok(()),
            Self::Zlib(decoder) => through(&mut **decoder, piece, ZlibDecoder::get_mut, out),
            Self::Bare(decoder) => through(&mut **decoder, piece, DeflateDecoder::get_mut, out),
            Self::Brotli(decoder) => through(&mut **decoder, piece, DecompressorWriter::get_mut, out),
            Self::Zstd(decoder) => through(&mut **decoder, piece, ZstdDecoder::get_mut, out),
        }
    }
}

/// Writes the piece, and appends what came out.
fn through<D: Write>(
    decoder: &mut D,
    piece: &[u8],
    sink: impl Fn(&mut D) -> &mut Sink,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let written = decoder.write_all(piece).and_then(|()| decoder.flush());
    out.append(&mut sink(decoder).bytes);
    written
}

/// A whole body as it was meant, and whether an encoding was undone. What cannot be decoded stays as it is.
pub(super) fn decode<'a>(pieces: &'a [Bytes], headers: &Headers) -> (Cow<'a, [u8]>, bool) {
    if let Some(mut decoder) = Decoder::of(headers) {
        let mut out = Vec::new();
        if pieces.iter().all(|piece| decoder.push(piece, &mut out)) {
            return (out.into(), true);
        }
    }
    match pieces {
        [one] => (Cow::Borrowed(one), false),
        many => (many.concat().into(), false),
    }
}

/// The value of the header with this name, whatever its case.
pub(super) fn value<'a>(headers: &'a Headers, name: &str) -> Cow<'a, str> {
    let value = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    value.map_or(Cow::Borrowed(""), |(_, value)| String::from_utf8_lossy(value.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::{Decoder, Headers, decode};

    const TEXT: &[u8] = b"{\"said\": \"the same, the same, the same, the same\"}";

    fn encoded(encoding: &str, body: &[u8]) -> Vec<u8> {
        let level = Compression::default();
        let mut gzip = GzEncoder::new(Vec::new(), level);
        let mut zlib = ZlibEncoder::new(Vec::new(), level);
        let mut bare = DeflateEncoder::new(Vec::new(), level);
        gzip.write_all(body).expect("memory");
        zlib.write_all(body).expect("memory");
        bare.write_all(body).expect("memory");
        match encoding {
            "gzip" => gzip.finish().expect("memory"),
            "zlib" => zlib.finish().expect("memory"),
            "bare" => bare.finish().expect("memory"),
            _ => zstd::encode_all(body, 0).expect("memory"),
        }
    }

    fn headers(encoding: &str) -> Headers {
        [("Content-Encoding", encoding)].into_iter().collect()
    }

    fn split(body: &[u8], at: usize) -> Vec<Bytes> {
        body.chunks(at).map(Bytes::copy_from_slice).collect()
    }

    #[test]
    fn what_is_encoded_is_decoded_in_any_pieces() {
        for (name, how) in [("gzip", "gzip"), ("deflate", "zlib"), ("deflate", "bare"), ("zstd", "zstd")] {
            let body = encoded(how, TEXT);
            for at in 1..=body.len() {
                assert_eq!(decode(&split(&body, at), &headers(name)), (TEXT.into(), true), "{how} by {at}");
            }
        }
    }

    #[test]
    fn a_body_that_broke_off_is_decoded_up_to_there() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|number| number.to_string().into_bytes()).collect();
        let body = encoded("gzip", &text);
        let half = [Bytes::copy_from_slice(&body[..body.len() / 2])];
        let (out, decoded) = decode(&half, &headers("gzip"));
        assert!(decoded);
        assert!(out.len() > text.len() / 4 && text.starts_with(&out), "{} of {}", out.len(), text.len());
    }

    #[test]
    fn what_is_not_what_it_says_stays_as_it_is() {
        for name in ["gzip", "zstd", "gzip, br", "mystery"] {
            assert_eq!(decode(&split(TEXT, 7), &headers(name)), (TEXT.into(), false), "{name}");
        }
    }

    #[test]
    fn a_body_that_grows_without_end_is_cut() {
        let zeros = vec![0; 1 << 20];
        let mut out = Vec::new();
        for encoding in ["gzip", "zstd"] {
            out.clear();
            let mut decoder = Decoder::with_room(&headers(encoding), 100_000).expect("known");
            assert!(decoder.push(&encoded(encoding, &zeros), &mut out));
            assert!(decoder.push(b"more", &mut out), "what came is kept");
            assert_eq!(out.len(), 100_000, "{encoding}");
        }
    }
}
