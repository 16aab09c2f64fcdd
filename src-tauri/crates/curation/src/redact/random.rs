//! Long random tokens that nothing beside them calls secret.
//!
//! Much is random and no secret: digests, ids, addresses of coins, pieces of files. What could be one of these is not
//! taken, so that a part of the tokens is missed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::checks::entropy;

/// Shorter ones may be ids, longer ones files.
const LONG: std::ops::RangeInclusive<usize> = 32..=100;

/// Every one of them has so many digits at least.
pub(super) const DIGITS: usize = 3;

/// A line of so many letters of base64 beside it says that it is a piece of a file.
const LINE: usize = 40;

/// What files, certificates, public keys, digests and content addresses begin with in base64 or beside it.
const OTHERS: [&str; 16] = [
    "iVBORw0KGgo",
    "R0lGOD",
    "/9j/",
    "UklGR",
    "JVBERi",
    "UEsDB",
    "AAAA",
    "MII",
    "eyJ",
    "PD94",
    "H4sI",
    "sha",
    "Qm",
    "bafy",
    "T2dnUw",
    "SUkq",
];

/// Every one of them in a text, by their places.
pub(super) fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(is_letter).map(|begin| at + begin) {
        let end = text[begin..].find(|c| !is_letter(c)).map_or(text.len(), |length| begin + length);
        at = end;
        // `NAME=token` is one run, since the sign ends base64 as well.
        let name = text[begin..end].trim_end_matches('=').rfind('=').map_or(0, |sign| sign + 1);
        let start = begin + name;
        if LONG.contains(&(end - start)) && stands_alone(text, begin, end) && is_random(&text[start..end]) {
            found.push((start, end));
        }
    }
    found
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=')
}

/// Whether it is a word of its own: no part of an address, of a path or of a file.
fn stands_alone(text: &str, begin: usize, end: usize) -> bool {
    let (before, after) = (&text[..begin], &text[end..]);
    let opened =
        before.chars().next_back().is_none_or(|c| c.is_whitespace() || "\"'`([{<>,，。：（“”「".contains(c));
    let mut behind = after.chars();
    let closed = match behind.next() {
        None => true,
        Some('.') => behind.next().is_none_or(char::is_whitespace),
        Some(c) => c.is_whitespace() || "\"'`)]}<>,;!?，。；）“”」".contains(c),
    };
    let is_piece = |line: Option<&str>| {
        line.is_some_and(|line| line.trim().len() >= LINE && line.trim().chars().all(is_letter))
    };
    let above = before.strip_suffix('\n').and_then(|before| before.lines().next_back());
    let below = after.strip_prefix('\n').and_then(|after| after.lines().next());
    opened && closed && !before.ends_with("base64,") && !is_piece(above) && !is_piece(below)
}

fn is_random(token: &str) -> bool {
    let bare = token.trim_end_matches('=');
    let count = |is: fn(&u8) -> bool| bare.bytes().filter(is).count();
    let mixed = count(u8::is_ascii_digit) >= DIGITS
        && count(u8::is_ascii_uppercase) >= 5
        && count(u8::is_ascii_lowercase) >= 5;
    mixed
        && token.len() - bare.len() <= 2
        && !bare.contains('=')
        && !OTHERS.iter().any(|other| bare.starts_with(other))
        && !is_named(bare)
        // The alphabet of addresses of coins.
        && bare.contains(['0', 'O', 'I', 'l'])
        && changes(bare) * 100 >= (bare.len() - 1) * 45
        && longest_run(bare) < 6
        && !bare.starts_with('/')
        && entropy(bare) > 4.2
        && !says_something(bare)
}

/// Whether it has a word before it that says what it is an id of, such as `chatcmpl-`.
fn is_named(bare: &str) -> bool {
    let word = bare.bytes().take_while(u8::is_ascii_lowercase).count();
    (2..=12).contains(&word) && matches!(bare.as_bytes().get(word), Some(b'-' | b'_'))
}

/// 0 for a digit, 1 for a small letter, 2 for a large one, 3 for another sign.
fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

/// How often another kind of sign follows.
fn changes(bare: &str) -> usize {
    bare.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count()
}

/// The longest run of letters that are all small or all large: what people write has words.
fn longest_run(bare: &str) -> usize {
    let same = |one: &u8, other: &u8| class(*one) == class(*other);
    let runs = bare.as_bytes().chunk_by(same).filter(|run| matches!(class(run[0]), 1 | 2));
    runs.map(<[u8]>::len).max().unwrap_or_default()
}

/// Whether it is a text in base64.
fn says_something(bare: &str) -> bool {
    let bytes = STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare));
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.is_some_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}
