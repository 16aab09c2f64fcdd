//! Near duplicates by MinHash: texts that share most of their word sequences share most of their signature, and with it a
//! band (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.3 and 3.4).

use crate::Conversation;
use crate::text::{dialogue, is_dense};

/// Bands of a signature.
const BANDS: usize = 12;
/// Values of a band. With 12 bands of 10, two texts whose sequences are alike by 0.85 share a band nine times of ten,
/// by 0.9 ninety-nine times of a hundred, by 0.6 seven times of a hundred.
const ROWS: usize = 10;
/// Words in a sequence.
const SHINGLE: usize = 5;
/// A conversation of fewer sequences is too short to be nearly like another one.
const LEAST: usize = 20;
/// Of a longer one, only so many words count.
const MOST: usize = 100_000;

/// Bands of the signature; empty for conversations that are too short for one.
pub fn bands(conversation: &Conversation) -> Vec<u64> {
    let text = dialogue(conversation).to_lowercase();
    let shingles = shingles(&text);
    if shingles.len() < LEAST {
        return Vec::new();
    }
    let signature = signature(&shingles);
    let banded = signature.chunks_exact(ROWS).enumerate();
    banded
        .map(|(at, rows)| rows.iter().fold(mixed(at as u64 + 1), |band, value| mixed(band ^ value)))
        .collect()
}

/// The hashes of all sequences: of words, of single letters where those are words.
fn shingles(text: &str) -> Vec<u64> {
    let mut units: Vec<u64> = Vec::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if units.len() > MOST {
            break;
        }
        if word.chars().any(is_dense) {
            units.extend(word.chars().map(|letter| mixed(u64::from(u32::from(letter)))));
        } else {
            units.push(of_word(word));
        }
    }
    let mut shingles: Vec<u64> = units.windows(SHINGLE).map(of_sequence).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// The least hash of all sequences under each of the permutations. They are linear ones (Bohman, Cooper and Frieze:
/// Min-wise independent linear permutations, 2000): the hashes are mixed well already.
fn signature(shingles: &[u64]) -> [u64; BANDS * ROWS] {
    std::array::from_fn(|at| {
        let factor = mixed((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635) | 1;
        let added = mixed(factor);
        let permuted = shingles.iter().map(|shingle| shingle.wrapping_mul(factor).wrapping_add(added));
        permuted.min().unwrap_or(u64::MAX)
    })
}

/// The hash of a word (FNV-1a).
pub(super) fn of_word(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The hash of words in their order.
pub(super) fn of_sequence(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash: u64, word| mixed(hash.rotate_left(7) ^ word))
}

/// A good mixture of the bits (SplitMix64, Steele, Lea and Flood 2014).
fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
