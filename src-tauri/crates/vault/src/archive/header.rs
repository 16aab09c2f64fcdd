//! The beginning of an archive: what the passphrase costs, and whether it is the right one.

use std::io::Read;

use aead_stream::{NewStream, StreamBE32};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use postern_protocol::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ArchiveError;
use super::frames::{Frames, read_full};

const MAGIC: [u8; 8] = *b"POSTERN\x1a";
const VERSION: u8 = 1;
/// Everything before the checksum.
const PLAIN: usize = 8 + 1 + 4 + 4 + 1 + 16 + 19;
const CHECKSUM: usize = 4;
const TAG: usize = 16;

/// What a new archive costs: 64 MiB and three passes.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
/// What a foreign archive may cost at most, each by itself. Newer versions of Postern may ask for more than this
/// one does, but nobody's file takes the machine down.
const MOST: Cost = Cost { memory_kib: 256 * 1024, passes: 8, lanes: 4 };

/// How much work argon2id makes of a passphrase.
#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u8,
}

pub(super) struct Header {
    cost: Cost,
    salt: [u8; 16],
    pub(super) nonce: [u8; 19],
}

/// Both keys that a passphrase gives.
pub(super) struct Keys(Zeroizing<[u8; 64]>);

impl Header {
    pub(super) fn new() -> Result<Self, ArchiveError> {
        let mut header = Self { cost: COST, salt: [0; 16], nonce: [0; 19] };
        for bytes in [&mut header.salt[..], &mut header.nonce[..]] {
            getrandom::fill(bytes).map_err(|error| ArchiveError::System(error.to_string()))?;
        }
        Ok(header)
    }

    /// The header as it stands in the file.
    pub(super) fn sealed(&self, keys: &Keys) -> Vec<u8> {
        let mut bytes = self.checked();
        // An empty message cannot be too long, so there is a tag; without one nobody could open the archive.
        bytes.extend(keys.tag(&bytes));
        bytes
    }

    /// Reads a header and its tag.
    pub(super) fn read(reader: &mut impl Read) -> Result<(Self, Vec<u8>), ArchiveError> {
        let mut bytes = [0; PLAIN + CHECKSUM + TAG];
        let length = read_full(reader, &mut bytes)?;
        let known = length.min(MAGIC.len());
        if bytes[..known] != MAGIC[..known] || length == 0 {
            return Err(ArchiveError::Foreign);
        }
        let mut rest = Cutter(&bytes);
        let _magic: [u8; 8] = rest.cut();
        let [version] = rest.cut();
        // The rest of a newer format may look otherwise.
        if length > MAGIC.len() && version > VERSION {
            return Err(ArchiveError::Newer(version));
        }
        if length < bytes.len() {
            return Err(ArchiveError::Incomplete);
        }
        let (memory_kib, passes) = (u32::from_be_bytes(rest.cut()), u32::from_be_bytes(rest.cut()));
        let [lanes] = rest.cut();
        let header = Self { cost: Cost { memory_kib, passes, lanes }, salt: rest.cut(), nonce: rest.cut() };
        if version != VERSION || header.checked() != bytes[..PLAIN + CHECKSUM] {
            return Err(ArchiveError::Damaged);
        }
        Ok((header, bytes[PLAIN + CHECKSUM..].to_vec()))
    }

    /// Whether the passphrase was the right one.
    pub(super) fn verify(&self, keys: &Keys, tag: &[u8]) -> Result<(), ArchiveError> {
        let checked = self.checked();
        let opened = keys.header().decrypt(&XNonce::default(), Payload { msg: tag, aad: &checked });
        opened.map(|_| ()).map_err(|_| ArchiveError::WrongPassphrase)
    }

    /// Makes keys of the passphrase. This is the slow part.
    pub(super) fn keys(&self, passphrase: &Secret) -> Result<Keys, ArchiveError> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        if memory_kib > MOST.memory_kib || passes > MOST.passes || lanes > MOST.lanes {
            return Err(ArchiveError::TooCostly);
        }
        let mut keys = Keys(Zeroizing::new([0; 64]));
        let parameters = Params::new(memory_kib, passes, u32::from(lanes), Some(keys.0.len()));
        // What no argon2id takes was never written by this program.
        let argon2 =
            Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters.map_err(|_| ArchiveError::Damaged)?);
        let made = argon2.hash_password_into(passphrase.expose().as_bytes(), &self.salt, &mut keys.0[..]);
        made.map_err(|error| ArchiveError::System(error.to_string()))?;
        Ok(keys)
    }

    /// Everything before the tag.
    fn checked(&self) -> Vec<u8> {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let mut bytes = Vec::with_capacity(PLAIN + CHECKSUM + TAG);
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.extend(memory_kib.to_be_bytes());
        bytes.extend(passes.to_be_bytes());
        bytes.push(lanes);
        bytes.extend(self.salt);
        bytes.extend(self.nonce);
        let checksum: [u8; 32] = Sha256::digest(&bytes).into();
        bytes.extend(&checksum[..CHECKSUM]);
        bytes
    }
}

impl Keys {
    /// What works on the frames.
    pub(super) fn frames(&self, nonce: &[u8; 19]) -> Frames {
        StreamBE32::from_aead(cipher(&self.0[..32]), &(*nonce).into())
    }

    fn header(&self) -> XChaCha20Poly1305 {
        cipher(&self.0[32..])
    }

    /// The key is used once, so that any nonce is good.
    fn tag(&self, header: &[u8]) -> Vec<u8> {
        self.header().encrypt(&XNonce::default(), Payload { msg: &[], aad: header }).unwrap_or_default()
    }
}

fn cipher(half: &[u8]) -> XChaCha20Poly1305 {
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(half);
    XChaCha20Poly1305::new(&(*key).into())
}

/// Takes fields from the front.
struct Cutter<'a>(&'a [u8]);

impl Cutter<'_> {
    fn cut<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        let mut bytes = [0; N];
        bytes[..field.len()].copy_from_slice(field);
        bytes
    }
}
