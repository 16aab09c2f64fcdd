//! Scripts that are written without spaces.
//!
//! SQLite's tokenizer parts text at what is neither letter nor digit, so a Chinese sentence is one word to it. Here a
//! run of such characters becomes its overlapping pairs and its last character alone: `你好吗` becomes `你好 好吗 吗`.
//! Then any part of two or more characters is a phrase of pairs, and one character is the beginning of some word.

use std::fmt::Write as _;

/// Whether a character is of a script that is written without spaces between words: Chinese, Japanese or Korean.
pub(crate) fn is_dense(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x11FF            // Hangul letters
        | 0x3005..=0x3007          // 々 〆 〇
        | 0x3041..=0x3096          // Hiragana
        | 0x309D..=0x309F
        | 0x30A1..=0x30FA          // Katakana
        | 0x30FC..=0x30FF
        | 0x3105..=0x318E          // Bopomofo, Hangul letters
        | 0x31A0..=0x31BF
        | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF          // Han
        | 0x4E00..=0x9FFF
        | 0xA960..=0xA97C
        | 0xAC00..=0xD7FB          // Hangul
        | 0xF900..=0xFAFF          // Han once more
        | 0xFF66..=0xFFDC          // halfwidth forms
        | 0x20000..=0x3FFFF        // Han beyond
    )
}

/// A text as the index takes it.
pub(crate) fn prepared(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    write(text, true, &mut out);
    out
}

/// A part of a question as the index would hold it. Its last run may go on in a text, so that the character at its end
/// is not put alone; only one that is alone is, and then it is the beginning of a word.
pub(crate) fn asked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    write(text, false, &mut out);
    out
}

fn write(text: &str, ends: bool, out: &mut String) {
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if !is_dense(character) {
            out.push(character);
            continue;
        }
        out.push(' ');
        let mut last = character;
        let mut length = 1;
        while let Some(next) = rest.next_if(|next| is_dense(*next)) {
            // Writing to a text cannot fail.
            let _ = write!(out, "{last}{next} ");
            last = next;
            length += 1;
        }
        if ends || length == 1 || rest.peek().is_some() {
            out.push(last);
            out.push(' ');
        }
    }
}

/// A word as the index compares it: small letters, without marks above and below the Latin ones.
pub(crate) fn folded(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).filter(|letter| !is_mark(*letter)).map(plain).collect()
}

fn is_mark(letter: char) -> bool {
    matches!(u32::from(letter), 0x300..=0x331)
}

/// Marked letters of the European languages, each behind the plain one.
const MARKED: [&str; 19] = [
    "aàáâãäåāăąǎạảấầẩẫậắằẳẵặ",
    "cçćĉċč",
    "dď",
    "eèéêëēĕėęěẹẻẽếềểễệ",
    "gĝğġģǧ",
    "hĥ",
    "iìíîïĩīĭįǐỉị",
    "jĵ",
    "kķ",
    "lĺļľ",
    "nñńņňǹ",
    "oòóôõöōŏőǒơọỏốồổỗộớờởỡợ",
    "rŕŗř",
    "sśŝşšș",
    "tţťț",
    "uùúûüũūŭůűųǔưụủứừửữự",
    "wŵẁẃẅ",
    "yýÿŷỳỵỷỹ",
    "zźżž",
];

fn plain(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let group = MARKED.iter().find(|group| group.contains(letter));
    group.and_then(|group| group.chars().next()).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_becomes_pairs_and_the_last_character() {
        assert_eq!(prepared("你好吗").trim(), "你好 好吗 吗");
        assert_eq!(
            prepared("使用Rust语言").split_whitespace().collect::<Vec<_>>(),
            ["使用", "用", "Rust", "语言", "言"]
        );
        assert_eq!(prepared("plain words, as they are"), "plain words, as they are");
    }

    #[test]
    fn the_end_of_a_question_may_go_on_in_the_text() {
        assert_eq!(asked("你好").trim(), "你好");
        assert_eq!(asked("好").trim(), "好");
        assert_eq!(asked("用Rust语").split_whitespace().collect::<Vec<_>>(), ["用", "Rust", "语"]);
        assert_eq!(asked("使用Rust").split_whitespace().collect::<Vec<_>>(), ["使用", "用", "Rust"]);
    }
}
