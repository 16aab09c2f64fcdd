use std::io::{self, Cursor, Read};

use super::frames::FRAME;
use super::*;

fn passphrase() -> Secret {
    Secret::new("correct horse battery staple")
}

fn sealed(plain: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    assert_eq!(seal(&passphrase(), plain, &mut archive).expect("sealed"), plain.len() as u64);
    archive
}

fn opened(archive: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let mut plain = Vec::new();
    open(&passphrase(), archive, &mut plain).map(|_| plain)
}

/// Bytes of which no two places look alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 31 + place / 251) as u8).collect()
}

/// Gives a few bytes at a time, as sockets do.
struct Drops<R>(R);

impl<R: Read> Read for Drops<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(1000);
        self.0.read(&mut buffer[..most])
    }
}

#[test]
fn what_was_sealed_comes_out_again_whatever_its_length() {
    for length in [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME] {
        let plain = bytes(length);
        let archive = sealed(&plain);
        assert!(opened(&archive).expect("opens") == plain, "{length}");
        let mut slow = Vec::new();
        open(&passphrase(), Drops(Cursor::new(&archive)), &mut slow).expect("opens");
        assert!(slow == plain, "{length} in drops");
    }
}

#[test]
fn two_archives_of_the_same_have_nothing_in_common_but_the_format() {
    let plain = b"a secret that is easily found".repeat(10);
    let (one, other) = (sealed(&plain), sealed(&plain));
    assert_eq!(one[..18], other[..18]);
    assert_ne!(one[18..34], other[18..34], "the salt");
    assert_ne!(one[73..], other[73..], "the frames");
    assert!(!one.windows(12).any(|window| plain.windows(12).any(|part| part == window)));
}

#[test]
fn another_passphrase_is_told_from_damage() {
    let archive = sealed(b"plain");
    let wrong = open(&Secret::new("correct horse battery stable"), &archive[..], io::sink());
    assert!(matches!(wrong, Err(ArchiveError::WrongPassphrase)), "{wrong:?}");
    // The last byte of the header's tag says the same as a wrong passphrase; all before is checked.
    for place in 9..57 {
        let mut damaged = archive.clone();
        damaged[place] ^= 1;
        assert!(matches!(opened(&damaged), Err(ArchiveError::Damaged)), "byte {place}");
    }
}

#[test]
fn every_changed_byte_of_a_frame_is_noticed() {
    let archive = sealed(b"plain");
    for place in 73..archive.len() {
        let mut damaged = archive.clone();
        damaged[place] ^= 1;
        let told = opened(&damaged);
        assert!(matches!(told, Err(ArchiveError::Damaged | ArchiveError::Incomplete)), "byte {place}");
    }
    let longer = [archive, vec![0]].concat();
    assert!(matches!(opened(&longer), Err(ArchiveError::Damaged)));
}

#[test]
fn an_archive_that_was_cut_is_incomplete() {
    let archive = sealed(&bytes(2 * FRAME + 100));
    let whole_frames = 73 + 2 * (4 + FRAME + 16);
    for length in [8, 40, 72, 73, 75, 73 + 4 + FRAME + 16, whole_frames, archive.len() - 1] {
        let told = opened(&archive[..length]);
        assert!(matches!(told, Err(ArchiveError::Incomplete)), "{length}: {told:?}");
    }
}

#[test]
fn frames_cannot_be_exchanged_left_out_or_made_the_last() {
    let archive = sealed(&bytes(3 * FRAME));
    let frame = |number: usize| {
        let start = 73 + number * (4 + FRAME + 16);
        &archive[start..start + 4 + FRAME + 16]
    };
    let head = &archive[..73];
    let mut last = frame(0).to_vec();
    last[0] |= 0x80;
    let orders: [Vec<u8>; 4] = [
        [head, frame(1), frame(0), frame(2)].concat(),
        [head, frame(0), frame(2)].concat(),
        [head, frame(0), frame(0), frame(2)].concat(),
        [head, &last].concat(),
    ];
    for order in orders {
        assert!(matches!(opened(&order), Err(ArchiveError::Damaged)));
    }
}

#[test]
fn what_is_no_archive_is_named_so() {
    for foreign in [&b""[..], b"PK\x03\x04", b"POSTERN", b"{\"cookies\": []}", &[0; 200]] {
        let told = opened(foreign);
        let fits = match foreign {
            b"POSTERN" => matches!(told, Err(ArchiveError::Incomplete)),
            _ => matches!(told, Err(ArchiveError::Foreign)),
        };
        assert!(fits, "{foreign:?}: {told:?}");
    }
    let mut newer = sealed(b"plain");
    newer[8] = 2;
    assert!(matches!(opened(&newer), Err(ArchiveError::Newer(2))));
}

/// The checksum is no secret, so that whoever makes a harmful file makes a fitting one.
fn with_cost(memory_kib: u32, passes: u32, lanes: u8) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut archive = sealed(b"plain");
    archive[9..13].copy_from_slice(&memory_kib.to_be_bytes());
    archive[13..17].copy_from_slice(&passes.to_be_bytes());
    archive[17] = lanes;
    let checksum: [u8; 32] = Sha256::digest(&archive[..53]).into();
    archive[53..57].copy_from_slice(&checksum[..4]);
    archive
}

#[test]
fn a_harmful_file_takes_neither_memory_nor_time() {
    for (memory, passes, lanes) in
        [(u32::MAX, 1, 1), (256 * 1024 + 1, 1, 1), (64, u32::MAX, 1), (8192, 1, 255)]
    {
        let told = opened(&with_cost(memory, passes, lanes));
        assert!(matches!(told, Err(ArchiveError::TooCostly)), "{memory} {passes} {lanes}: {told:?}");
    }
    for (memory, passes, lanes) in [(0, 1, 1), (64, 0, 1), (64, 1, 0)] {
        let told = opened(&with_cost(memory, passes, lanes));
        assert!(matches!(told, Err(ArchiveError::Damaged)), "{memory} {passes} {lanes}: {told:?}");
    }
    // What is cheaper than ours is read, and is not ours.
    assert!(matches!(opened(&with_cost(64, 1, 1)), Err(ArchiveError::WrongPassphrase)));
}

#[test]
fn a_short_passphrase_seals_nothing() {
    let told = seal(&Secret::new("ninechars"), &b"plain"[..], io::sink());
    assert!(matches!(told, Err(ArchiveError::ShortPassphrase)), "{told:?}");
}

#[test]
fn a_failing_disk_is_told_from_a_failing_archive() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    assert!(matches!(seal(&passphrase(), Broken, io::sink()), Err(ArchiveError::Read(_))));
    assert!(matches!(open(&passphrase(), Broken, io::sink()), Err(ArchiveError::Read(_))));
    let archive = sealed(b"plain");
    assert!(matches!(open(&passphrase(), &archive[..], &mut [0; 2][..]), Err(ArchiveError::Write(_))));
}
