use ::base64::Engine;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use tempfile::TempDir;

use super::{MEDIA, Packer, unpack};
use crate::conversations::media::Sha;

/// What looks like a picture, different for each seed.
fn picture(seed: usize, length: usize) -> Vec<u8> {
    let mut state = u32::try_from(seed).expect("small").wrapping_mul(2_654_435_761).wrapping_add(12345);
    let noise = std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24).to_le_bytes()[0]
    });
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(noise).take(length).collect()
}

/// Packs and unpacks; the types of the media.
fn there_and_back(body: &[u8], content_type: &str) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    let packed = Packer::new().expect("zstd").pack(body, content_type, folder.path()).expect("packs");
    assert_eq!(packed.bytes[0] == MEDIA, !packed.media.is_empty());
    assert!(unpack(&packed.bytes, folder.path()).expect("unpacks") == body, "the body changed");
    packed.media.iter().map(|part| part.mime.clone()).collect()
}

#[test]
fn a_picture_in_a_data_url_is_kept_as_a_file() {
    let url = STANDARD.encode(picture(1, 4096));
    let body = format!("{{\"url\": \"data:image/PNG;base64,{url}\", \"text\": \"see\"}}");
    assert_eq!(there_and_back(body.as_bytes(), "application/json"), ["image/png"]);
}

#[test]
fn bare_base64_is_kept_as_a_file_when_it_is_long() {
    for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        for length in [40_000, 40_001, 40_002] {
            let text = engine.encode(picture(2, length));
            let body = format!("{{\"data\":\"{text}\",\"more\":\"{}\"}}", engine.encode(picture(3, 5000)));
            assert_eq!(there_and_back(body.as_bytes(), "text/event-stream"), ["image/png"]);
        }
    }
}

#[test]
fn the_same_picture_twice_is_one_file() {
    let folder = TempDir::new().expect("a folder");
    let text = STANDARD.encode(picture(4, 50_000));
    let body = format!("[\"{text}\",\"{text}\"]");
    let packed = Packer::new().expect("zstd").pack(body.as_bytes(), "", folder.path()).expect("packs");
    assert_eq!(packed.media.len(), 2);
    assert!(packed.bytes.len() < 200, "{}", packed.bytes.len());
    let files = walk(&folder.path().join("media"));
    assert_eq!(files.len(), 1);
    assert_eq!(std::fs::read(&files[0]).expect("readable"), picture(4, 50_000));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn base64_that_would_be_written_otherwise_stays() {
    let mut text = STANDARD.encode(picture(5, 40_001));
    // Bits behind the last byte that should be zero.
    let end = text.trim_end_matches('=').len();
    text.replace_range(end - 1..end, "B");
    assert!(there_and_back(format!("\"{text}\"").as_bytes(), "").is_empty());
}

#[test]
fn what_is_no_text_is_a_file_as_a_whole() {
    assert_eq!(there_and_back(&picture(6, 9000), "audio/mpeg"), ["audio/mpeg"]);
    assert!(there_and_back(&picture(6, 100), "audio/mpeg").is_empty(), "small ones stay");
    assert!(there_and_back(&picture(6, 9000), "application/json").is_empty());
}

#[test]
fn files_in_a_form_are_kept_as_files() {
    let (sound, note) = (picture(7, 8000), picture(8, 8000));
    let mut body =
        b"--XyZ\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--XyZ\r\n".to_vec();
    body.extend_from_slice(b"Content-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n");
    body.extend_from_slice(b"Content-Type: audio/mpeg\r\n\r\n");
    body.extend_from_slice(&sound);
    body.extend_from_slice(
        b"\r\n--XyZ\r\nContent-Disposition: form-data; name=\"f2\"; filename=\"b\"\r\n\r\n",
    );
    body.extend_from_slice(&note);
    body.extend_from_slice(b"\r\n--XyZ--\r\n");
    let found = there_and_back(&body, "multipart/form-data; boundary=\"XyZ\"");
    assert_eq!(found, ["audio/mpeg", "application/octet-stream"]);
    // Without its boundary it is bytes like others.
    assert!(there_and_back(&body, "multipart/form-data").is_empty());
}

#[test]
fn a_body_whose_media_is_gone_keeps_the_rest() {
    let folder = TempDir::new().expect("a folder");
    let body = format!("{{\"url\": \"data:image/png;base64,{}\"}}", STANDARD.encode(picture(9, 5000)));
    let packed = Packer::new().expect("zstd").pack(body.as_bytes(), "", folder.path()).expect("packs");
    std::fs::remove_dir_all(folder.path().join("media")).expect("removed");
    let rest = unpack(&packed.bytes, folder.path()).expect("unpacks");
    assert_eq!(rest, b"{\"url\": \"data:image/png;base64,\"}");
}

#[test]
fn a_damaged_body_is_an_error() {
    let folder = TempDir::new().expect("a folder");
    let packed = Packer::new().expect("zstd").pack(&[b'x'; 2000], "", folder.path()).expect("packs").bytes;
    assert!(unpack(&packed[..packed.len() - 3], folder.path()).is_err());
    assert!(unpack(&[MEDIA, 9, 0, 0, 0, 1], folder.path()).is_err());
    assert!(unpack(&[77], folder.path()).is_err());
}

#[test]
fn a_name_of_media_is_64_digits() {
    let name = "00ff".repeat(16);
    assert_eq!(Sha::from_hex(&name).map(|sha| sha.to_string()), Some(name.clone()));
    for wrong in ["", "00", "../../etc/passwd", &name[1..], &name.to_uppercase(), &"0g".repeat(32)] {
        assert_eq!(Sha::from_hex(wrong), None, "{wrong}");
    }
}

/// Something between other things.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "\\PC{0,40}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..200),
        (0..50_usize, 0..60_000_usize)
            .prop_map(|(seed, length)| STANDARD.encode(picture(seed, length)).into_bytes()),
        (0..50_usize, 0..60_000_usize).prop_map(|(seed, length)| {
            format!("data:x/y;base64,{}", URL_SAFE.encode(picture(seed, length))).into_bytes()
        }),
        Just(b"\"".to_vec()),
        Just(b"\r\n--b\r\n".to_vec()),
        Just(b"\r\n--b\r\nContent-Type: image/png\r\n\r\n".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_body_comes_back_byte_for_byte(pieces in proptest::collection::vec(piece(), 0..8), kind in 0..4_usize) {
        let kind = ["application/json", "image/png", "multipart/form-data; boundary=b", ""][kind];
        there_and_back(&pieces.concat(), kind);
    }
}
