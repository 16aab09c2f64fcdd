//! Where the words of a question stand in a text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::query::{Search, Term};
use super::script::{folded, is_dense};

/// A piece of a text around the first word that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Snippet {
    /// The piece; `…` stands for what is left out.
    pub text: String,
    /// Where words stand in it, as [`highlights`] gives it.
    pub marks: Vec<(u32, u32)>,
}

/// A word, or one character of a dense script.
struct Unit {
    folded: String,
    /// In UTF-16 code units, as the window counts.
    start: u32,
    end: u32,
    dense: bool,
}

/// Where the words of `query` stand in `text`: beginnings and ends in UTF-16 code units, in order, none within another.
pub fn highlights(text: &str, query: &str) -> Vec<(u32, u32)> {
    let units = units(text);
    let mut marks = Vec::new();
    for term in Search::new(query).terms {
        mark(&units, &term, &mut marks);
    }
    marks.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(marks.len());
    for (start, end) in marks {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// A piece of `text` of about `width` characters with the first of the words of `query`; `None` when none stands in it.
pub fn snippet(text: &str, query: &str, width: usize) -> Option<Snippet> {
    let first = highlights(text, query).first()?.0;
    let mut passed = 0;
    let at = text.chars().take_while(|letter| {
        passed += wide(*letter);
        passed <= first
    });
    let from = at.count().saturating_sub(width / 3);
    let mut rest = text.chars().skip(from);
    let piece: String =
        rest.by_ref().take(width).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if rest.next().is_some() { "…" } else { "" };
    let text = format!("{before}{}{after}", piece);
    let marks = highlights(&text, query);
    Some(Snippet { text, marks })
}

fn wide(letter: char) -> u32 {
    if u32::from(letter) > 0xFFFF { 2 } else { 1 }
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut word = String::new();
    let (mut start, mut at) = (0, 0);
    for letter in text.chars() {
        let dense = is_dense(letter);
        let of_word = !dense && (letter.is_alphanumeric() || (!word.is_empty() && is_joined(letter)));
        if !of_word && !word.is_empty() {
            units.push(Unit { folded: folded(&word), start, end: at, dense: false });
            word.clear();
        }
        if of_word {
            if word.is_empty() {
                start = at;
            }
            word.push(letter);
        }
        let end = at + wide(letter);
        if dense {
            units.push(Unit { folded: letter.to_string(), start: at, end, dense });
        }
        at = end;
    }
    if !word.is_empty() {
        units.push(Unit { folded: folded(&word), start, end: at, dense: false });
    }
    units
}

/// A mark that belongs to the letter before it.
fn is_joined(letter: char) -> bool {
    matches!(u32::from(letter), 0x300..=0x36F)
}

fn mark(text: &[Unit], term: &Term, marks: &mut Vec<(u32, u32)>) {
    let wanted = units(&term.text);
    if wanted.is_empty() {
        return;
    }
    let last = wanted.len() - 1;
    for found in text.windows(wanted.len()) {
        let fits = found.iter().zip(&wanted).enumerate().all(|(at, (unit, wanted))| {
            unit.folded == wanted.folded
                || (at == last && term.prefix && !wanted.dense && unit.folded.starts_with(&wanted.folded))
        });
        if fits
            && touching(found, &wanted)
            && let (Some(first), Some(end)) = (found.first(), found.last())
        {
            marks.push((first.start, end.end));
        }
    }
}

/// Whether dense characters that stand side by side in the question do so in the text.
fn touching(found: &[Unit], wanted: &[Unit]) -> bool {
    found.windows(2).zip(wanted.windows(2)).all(|(found, wanted)| match (found, wanted) {
        ([a, b], [c, d]) if c.dense && d.dense => (a.end == b.start) == (c.end == d.start),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_case_and_marks() {
        assert_eq!(highlights("The Café, a CAFE.", "cafe "), [(4, 8), (12, 16)]);
        assert_eq!(highlights("helloworld hello", "hello "), [(11, 16)], "a whole word");
        assert_eq!(highlights("helloworld hello", "hello"), [(0, 10), (11, 16)], "one that is being written");
    }

    #[test]
    fn quotes_want_the_words_side_by_side() {
        assert_eq!(highlights("one two, one. two three two one", "\"one two\""), [(0, 7), (9, 17)]);
    }

    #[test]
    fn any_part_of_a_chinese_text_is_found() {
        assert_eq!(highlights("今天天气很好。", "天气"), [(2, 4)]);
        assert_eq!(highlights("今天天气很好。", "天"), [(1, 2), (2, 3)]);
        assert_eq!(highlights("天，气", "天气"), []);
        assert_eq!(highlights("用Rust语言", "rust语"), [(1, 6)]);
    }

    #[test]
    fn offsets_count_as_the_window_does() {
        assert_eq!(highlights("😀 word", "word"), [(3, 7)]);
    }

    #[test]
    fn a_snippet_has_the_word_in_it() {
        let text = format!("{}needle{}", "hay ".repeat(100), " hay".repeat(100));
        let snippet = snippet(&text, "needle", 40).expect("found");
        assert_eq!(snippet.marks.len(), 1);
        let (start, end) = snippet.marks[0];
        let units: Vec<u16> = snippet.text.encode_utf16().collect();
        let marked = String::from_utf16_lossy(&units[start as usize..end as usize]);
        assert_eq!(marked, "needle");
        assert!(snippet.text.starts_with('…') && snippet.text.ends_with('…'));
        assert!(super::snippet("nothing", "needle", 40).is_none());
    }
}
