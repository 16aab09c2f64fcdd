//! Bodies as they were before they were packed for the way (RFC 9110, 8.4).
//!
//! The recorder unpacks what it can while it looks for secrets, and takes the header away then. What comes here packed is
//! what it leaves: bodies that were packed several times over, and those that were packed otherwise than their header says.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// A body larger than this is not unpacked further: a few kilobytes can unpack to gigabytes.
const MOST: u64 = 512 << 20;

/// A body, unpacked as far as it goes.
pub(super) struct Unpacked<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether all of it could be unpacked.
    pub(super) whole: bool,
}

/// Unpacks a body by its `content-encoding`. A body that broke off is unpacked up to there.
pub(super) fn unpacked<'a>(encoding: Option<&str>, body: &'a [u8]) -> Unpacked<'a> {
    let mut unpacked = Unpacked { bytes: Cow::Borrowed(body), whole: true };
    // The last that was applied is the first to be undone.
    for coding in encoding.unwrap_or_default().rsplit(',').map(str::trim) {
        // It was recorded unpacked already, and the header stayed.
        if is_plain(&unpacked.bytes) {
            break;
        }
        let coding = coding.to_ascii_lowercase();
        let Some(mut reader) = reader(&coding, &unpacked.bytes) else {
            unpacked.whole &= matches!(coding.as_str(), "" | "identity");
            continue;
        };
        let mut bytes = Vec::new();
        let whole = reader.by_ref().take(MOST).read_to_end(&mut bytes).is_ok();
        drop(reader);
        if !whole && bytes.is_empty() {
            unpacked.whole &= unpacked.bytes.is_empty();
            continue;
        }
        unpacked = Unpacked { bytes: Cow::Owned(bytes), whole: unpacked.whole && whole };
    }
    unpacked
}

fn reader<'a>(coding: &str, body: &'a [u8]) -> Option<Box<dyn Read + 'a>> {
    Some(match coding {
        "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(body)),
        // Some send the bare stream, although the name means the one with a head.
        "deflate" if is_zlib(body) => Box::new(ZlibDecoder::new(body)),
        "deflate" => Box::new(DeflateDecoder::new(body)),
        "br" => Box::new(brotli_decompressor::Decompressor::new(body, 64 << 10)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(body).ok()?),
        _ => return None,
    })
}

/// Whether a body is JSON or events as it stands. What is packed is hardly ever text, and never so begun.
fn is_plain(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'[' | b':' | b'd' | b'e'))
        && std::str::from_utf8(body).is_ok()
}

/// Whether these bytes begin with the head of RFC 1950.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31))
}

/// A body for people to look at: by its `content-encoding` as far as that can be undone.
pub fn decoded<'a>(encoding: Option<&str>, body: &'a [u8]) -> Cow<'a, [u8]> {
    unpacked(encoding, body).bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = br#"{"text":"Hello, hello, hello, hello"}"#;

    /// The text as zlib's brotli packs it.
    const BROTLI: &[u8] = &[
        27, 36, 0, 248, 141, 212, 98, 205, 25, 238, 148, 34, 104, 123, 165, 211, 151, 146, 108, 178, 76, 38,
        32, 2, 76, 86, 24, 170, 19, 2,
    ];

    fn gzip() -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(TEXT).expect("packed");
        packer.finish().expect("packed")
    }

    #[test]
    fn every_coding_of_the_web_is_undone() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).expect("packed");
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(TEXT).expect("packed");
        let cases = [
            ("gzip", gzip()),
            ("deflate", zlib.finish().expect("packed")),
            ("deflate", bare.finish().expect("packed")),
            ("br", BROTLI.to_vec()),
            ("zstd", zstd::encode_all(TEXT, 3).expect("packed")),
            ("zstd, GZIP", {
                let mut packer = GzEncoder::new(Vec::new(), Compression::default());
                packer.write_all(&zstd::encode_all(TEXT, 3).expect("packed")).expect("packed");
                packer.finish().expect("packed")
            }),
            ("identity", TEXT.to_vec()),
        ];
        for (coding, body) in cases {
            let unpacked = unpacked(Some(coding), &body);
            assert_eq!((unpacked.bytes.as_ref(), unpacked.whole), (TEXT, true), "{coding}");
        }
    }

    #[test]
    fn what_broke_off_is_unpacked_up_to_there() {
        let packed = gzip();
        let cut = unpacked(Some("gzip"), &packed[..packed.len() - 8]);
        assert_eq!((cut.bytes.as_ref(), cut.whole), (TEXT, false));
    }

    #[test]
    fn a_body_that_is_not_packed_although_its_header_says_so_stays_as_it_is() {
        for coding in ["gzip", "deflate", "br", "zstd", "br, gzip"] {
            let plain = unpacked(Some(coding), TEXT);
            assert_eq!((plain.bytes.as_ref(), plain.whole), (TEXT, true), "{coding}");
        }
    }
}
