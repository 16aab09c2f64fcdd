//! Versions as programs and folders tell them.

use std::cmp::Ordering;

/// The first dotted number in what a program printed, such as `156.0.8078.79`.
pub(super) fn in_text(text: &str) -> Option<String> {
    text.split_whitespace().find(|word| is_version(word)).map(str::to_owned)
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
