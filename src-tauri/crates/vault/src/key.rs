//! The master key, its name, and the form in which people keep it.

use std::fmt;
use std::fmt::Write as _;

use postern_protocol::Secret;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

const BYTES: usize = 32;
/// A recovery key is this many groups of as many signs: in each 4 bytes of the key and a byte that checks them.
const GROUPS: usize = 8;
const SIGNS: usize = 8;
/// Crockford's signs for 5 bits each: nothing that is read as something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 32 random bytes that seal everything. Wiped when dropped; never shown but as a recovery key.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey(Zeroizing<[u8; BYTES]>);

/// Names a key without telling it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

/// Why a text is no key. Says nothing of the text that could be a part of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Some signs are too many or too few.
    #[error("a recovery key has {GROUPS} groups of {SIGNS} characters; this has {0} characters")]
    Length(usize),
    /// A sign that no recovery key has.
    #[error("group {0} has a character that no recovery key has")]
    Sign(usize),
    /// A group whose check fails.
    #[error("group {0} has a typo, or stands in the place of another")]
    Group(usize),
    /// Neither a recovery key nor 32 bytes in another known form.
    #[error("this is no master key: use a recovery key, or 32 random bytes as 64 hexadecimal digits")]
    Form,
}

impl MasterKey {
    /// A new one.
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(&mut bytes[..]).map_err(|error| Error::Random(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// From the bytes as they were kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadKey> {
        let mut key = Zeroizing::new([0; BYTES]);
        if bytes.len() != BYTES {
            return Err(BadKey::Form);
        }
        key.copy_from_slice(bytes);
        Ok(Self(key))
    }

    /// From the form in which people keep it. Small letters and missing hyphens are all the same, and so are
    /// letters that look like digits.
    pub fn from_recovery(text: &str) -> Result<Self, BadKey> {
        let signs = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-');
        let signs = Zeroizing::new(signs.collect::<String>());
        let count = signs.chars().count();
        if count != GROUPS * SIGNS {
            return Err(BadKey::Length(count));
        }
        let mut key = Zeroizing::new([0; BYTES]);
        let mut signs = signs.chars();
        for (number, bytes) in (1..).zip(key.chunks_mut(BYTES / GROUPS)) {
            let mut group: u64 = 0;
            for sign in signs.by_ref().take(SIGNS) {
                group = group << 5 | value(sign).ok_or(BadKey::Sign(number))?;
            }
            let mut all = group.to_be_bytes();
            bytes.copy_from_slice(&all[3..7]);
            let checked = all[7] == check(number, bytes);
            all.zeroize();
            if !checked {
                return Err(BadKey::Group(number));
            }
        }
        Ok(Self(key))
    }

    /// From what somebody gave: a recovery key, or 64 hexadecimal digits.
    pub fn from_text(text: &str) -> Result<Self, BadKey> {
        let text = text.trim();
        if text.len() == BYTES * 2 && text.bytes().all(|sign| sign.is_ascii_hexdigit()) {
            return from_hex(text).map_or_else(|| Self::from_recovery(text), Ok);
        }
        // A text that is not nearly a recovery key was not meant to be one.
        Self::from_recovery(text).map_err(|error| match error {
            BadKey::Length(_) => BadKey::Form,
            other => other,
        })
    }

    /// The form in which people keep it.
    pub fn recovery(&self) -> Secret {
        let mut text = String::with_capacity(GROUPS * (SIGNS + 1));
        for (number, bytes) in (1..).zip(self.0.chunks(BYTES / GROUPS)) {
            let group =
                bytes.iter().chain([&check(number, bytes)]).fold(0, |all, byte| all << 8 | u64::from(*byte));
            if number > 1 {
                text.push('-');
            }
            text.extend((0..SIGNS).rev().map(|place| sign(group >> (place * 5))));
        }
        Secret::new(text)
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        let hash: [u8; 32] =
            Sha256::new().chain_update("postern key id").chain_update(&self.0[..]).finalize().into();
        let mut text = String::with_capacity(16);
        for byte in &hash[..8] {
            // A String takes everything.
            let _ = write!(text, "{byte:02x}");
        }
        KeyId(text)
    }

    pub(crate) fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

impl KeyId {
    /// A name as it was written down.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Found out for each group, so that a typo is pointed at. That the whole is the right key is known by its name.
fn check(number: usize, bytes: &[u8]) -> u8 {
    let number = u8::try_from(number).unwrap_or(u8::MAX);
    let hash: [u8; 32] = Sha256::new()
        .chain_update("postern recovery key")
        .chain_update([number])
        .chain_update(bytes)
        .finalize()
        .into();
    hash[0]
}

fn sign(bits: u64) -> char {
    let place = usize::try_from(bits & 31).unwrap_or_default();
    char::from(ALPHABET[place])
}

fn value(sign: char) -> Option<u64> {
    let sign = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        sign => sign,
    };
    (0..).zip(ALPHABET).find(|(_, known)| char::from(**known) == sign).map(|(value, _)| value)
}

fn from_hex(text: &str) -> Option<MasterKey> {
    let mut key = Zeroizing::new([0; BYTES]);
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(MasterKey(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted() -> MasterKey {
        let bytes: Vec<u8> = (0..32).collect();
        MasterKey::from_bytes(&bytes).expect("32 bytes")
    }

    #[test]
    fn a_recovery_key_stays_what_it_is() {
        // People have it on paper: a change here locks them out.
        let text = counted().recovery();
        assert_eq!(text.expose(), "000G40SQ-0G2GC1Z0-104GM2VN-1G6GW3V3-208H44YW-2GAHC5R7-30CHM6V3-3GEHW7RW");
        assert_eq!(counted().id().as_str(), "97818e5acfe68201");
    }

    #[test]
    fn a_recovery_key_is_read_however_it_was_written_down() {
        let key = MasterKey::generate().expect("random");
        let text = key.recovery();
        let text = text.expose();
        let sloppy = text.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " \n");
        for written in [text.to_owned(), sloppy, text.replace('-', "")] {
            assert_eq!(MasterKey::from_recovery(&written).expect("the key"), key);
            assert_eq!(MasterKey::from_text(&written).expect("the key"), key);
        }
    }

    #[test]
    fn a_typo_is_pointed_at() {
        let text = counted().recovery().expose().to_owned();
        let at = |place: usize, sign: &str| {
            let mut text = text.clone();
            text.replace_range(place..=place, sign);
            MasterKey::from_recovery(&text).expect_err("a typo")
        };
        assert_eq!(at(0, "1"), BadKey::Group(1));
        assert_eq!(at(9 * 4 + 3, "0"), BadKey::Group(5));
        assert_eq!(at(9 * 7, "U"), BadKey::Sign(8));
        let mut groups: Vec<&str> = text.split('-').collect();
        groups.swap(1, 2);
        assert_eq!(MasterKey::from_recovery(&groups.join("-")), Err(BadKey::Group(2)));
        assert_eq!(MasterKey::from_recovery(&text[..70]), Err(BadKey::Length(63)));
        let told = BadKey::Length(63).to_string();
        assert!(told.contains("8 groups of 8 characters; this has 63"), "{told}");
    }

    #[test]
    fn a_given_key_may_be_hexadecimal() {
        let hex: String = (0..32).map(|byte| format!("{byte:02X}")).collect();
        assert_eq!(MasterKey::from_text(&format!(" {hex}\n")).expect("the key"), counted());
        for bad in ["", "secret", &hex[1..], &"ü".repeat(32)] {
            assert_eq!(MasterKey::from_text(bad), Err(BadKey::Form), "{bad}");
        }
    }

    #[test]
    fn a_key_does_not_show_itself() {
        let shown = format!("{:?}", counted());
        assert_eq!(shown, "MasterKey(97818e5acfe68201)");
    }
}
