//! Versions as programs and folders tell them.

use std::cmp::Ordering;

/// The first dotted number in what a program printed, such as `156.0.8078.79`, without what tells an edition
/// (`140.1.0esr`, `141.0b9`).
pub(super) fn in_text(text: &str) -> Option<String> {
    text.split_whitespace().map(without_edition).find(|word| is_version(word)).map(str::to_owned)
}

fn without_edition(word: &str) -> &str {
    let end = word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len());
    if word.starts_with(|c: char| c.is_ascii_digit()) { &word[..end] } else { word }
}

/// Whether this is nothing but a dotted number.
pub(super) fn is_version(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// The part that browser and driver must share.
pub(super) fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// Compares number by number.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let numbers =
        |version: &str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>();
    numbers(a).cmp(&numbers(b))
}
