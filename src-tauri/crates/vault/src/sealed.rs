//! What is sealed with a master key.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::{Error, KeyId, MasterKey};

/// The first byte of what is sealed; a later layout gets another.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Sealed bytes, and the name of the key that opens them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key.
    pub key: KeyId,
    /// Version, nonce, and XChaCha20-Poly1305 over the secret.
    pub bytes: Vec<u8>,
}

/// Seals for this place alone: in another one the bytes do not open.
pub(crate) fn seal(key: &MasterKey, kind: &str, id: &str, secret: &[u8]) -> Result<Sealed, Error> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| Error::Random(error.to_string()))?;
    let place = place(kind, id);
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &place });
    // The only failure is a secret of more than 256 GiB.
    let sealed = sealed.map_err(|_| Error::Damaged)?;
    Ok(Sealed { key: key.id(), bytes: [&[VERSION][..], &nonce, &sealed].concat() })
}

pub(crate) fn open(
    key: &MasterKey,
    kind: &str,
    id: &str,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (version, rest) = sealed.split_first().ok_or(Error::Damaged)?;
    let (nonce, bytes) = rest.split_first_chunk::<NONCE>().ok_or(Error::Damaged)?;
    if *version != VERSION {
        return Err(Error::Damaged);
    }
    let place = place(kind, id);
    let opened = cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: bytes, aad: &place });
    opened.map(Zeroizing::new).map_err(|_| Error::Damaged)
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// The length keeps kind and id apart.
fn place(kind: &str, id: &str) -> Vec<u8> {
    let length = u64::try_from(kind.len()).unwrap_or(u64::MAX);
    [b"postern row", &[VERSION][..], &length.to_be_bytes(), kind.as_bytes(), id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_in_its_own_place_only() {
        let key = MasterKey::generate().expect("random");
        let sealed = seal(&key, "state", "ada", b"secret").expect("sealed");
        let opened = |key: &MasterKey, kind: &str, id: &str| open(key, kind, id, &sealed.bytes);
        assert_eq!(opened(&key, "state", "ada").expect("opens")[..], *b"secret");
        for (kind, id) in [("state", "bob"), ("other", "ada"), ("statea", "da"), ("", "stateada")] {
            assert!(matches!(opened(&key, kind, id), Err(Error::Damaged)), "{kind} {id}");
        }
        let other = MasterKey::generate().expect("random");
        assert!(matches!(opened(&other, "state", "ada"), Err(Error::Damaged)));
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let key = MasterKey::generate().expect("random");
        let sealed = seal(&key, "state", "ada", b"secret").expect("sealed").bytes;
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&key, "state", "ada", &changed).is_err(), "byte {place}");
            assert!(open(&key, "state", "ada", &sealed[..place]).is_err(), "{place} bytes");
        }
    }

    #[test]
    fn what_is_sealed_shows_nothing_of_the_secret() {
        let key = MasterKey::generate().expect("random");
        let secret = b"SID=planted-and-easily-found".repeat(4);
        let (one, two) = (seal(&key, "k", "i", &secret), seal(&key, "k", "i", &secret));
        let (one, two) = (one.expect("sealed").bytes, two.expect("sealed").bytes);
        assert!(!one.windows(8).any(|window| secret.windows(8).any(|part| part == window)));
        assert_ne!(one[1..25], two[1..25], "a nonce is used once");
    }
}
