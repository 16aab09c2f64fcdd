//! The words of a conversation, for those who look at words alone.

use crate::{Conversation, Part, Role, Turn};

/// Runs of blanks as one blank, none around it.
pub(crate) fn collapsed(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut all = words.next().unwrap_or_default().to_owned();
    for word in words {
        all.push(' ');
        all.push_str(word);
    }
    all
}

/// The beginning of a text on one line, so many letters at most.
pub(crate) fn beginning(text: &str, most: usize) -> String {
    // Blanks shrink, so a text many times as long has enough in its beginning.
    let head = text.char_indices().nth(most.saturating_mul(8)).map_or(text, |(end, _)| &text[..end]);
    let mut line = String::new();
    for word in head.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        // No letter has more than four bytes, so these are more letters than are wanted.
        if line.len() > most.saturating_mul(4) {
            break;
        }
    }
    if line.chars().count() <= most {
        return line;
    }
    let mut cut: String = line.chars().take(most.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// What is said in a turn in plain words: its texts, and no thoughts, calls or results.
pub(crate) fn words(turn: &Turn) -> String {
    let mut words = String::new();
    for part in &turn.parts {
        if let Part::Text { text } | Part::Refusal { text } | Part::Audio { transcript: Some(text), .. } =
            part
        {
            words.push_str(text);
        }
    }
    words
}

/// Everything that can be searched for in a turn: texts, thoughts, calls and their arguments, results, names of files.
pub fn searchable(turn: &Turn) -> String {
    let mut all = String::new();
    turn.parts.iter().for_each(|part| search_part(part, &mut all));
    all
}

fn search_part(part: &Part, all: &mut String) {
    let mut line = |text: &str| {
        if !text.is_empty() {
            if !all.is_empty() {
                all.push('\n');
            }
            all.push_str(text);
        }
    };
    match part {
        Part::Text { text } | Part::Refusal { text } | Part::Reasoning { text, .. } => line(text),
        Part::Audio { transcript, .. } => line(transcript.as_deref().unwrap_or_default()),
        Part::File { name, .. } => line(name.as_deref().unwrap_or_default()),
        Part::ToolCall { name, arguments, .. } => {
            line(name);
            line(arguments);
        }
        Part::ToolResult { parts, .. } => parts.iter().for_each(|part| search_part(part, all)),
        Part::Image { .. } | Part::Video { .. } | Part::Citation { .. } | Part::Other { .. } => {}
    }
}

/// How many tokens a text has, roughly: a letter of Chinese, Japanese or Korean is about one, of others about a quarter.
pub(crate) fn tokens(text: &str) -> u64 {
    let (mut dense, mut others) = (0_u64, 0_u64);
    for letter in text.chars() {
        if is_dense(letter) {
            dense += 1;
        } else {
            others += 1;
        }
    }
    dense + others.div_ceil(4)
}

/// Whether a letter is one of those that stand for a syllable or a word.
pub(crate) fn is_dense(letter: char) -> bool {
    matches!(u32::from(letter),
        0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3134f)
}

/// The words of what people and models said, without instructions.
pub(crate) fn dialogue(conversation: &Conversation) -> String {
    let turns = conversation.turns.iter().filter(|turn| matches!(turn.role, Role::User | Role::Assistant));
    let mut all = String::new();
    for turn in turns {
        all.push_str(&words(turn));
        all.push('\n');
    }
    all
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_beginning_is_one_line_of_so_many_letters_at_most() {
        assert_eq!(beginning(" one\n\n two\tthree ", 13), "one two three");
        assert_eq!(beginning("one two three", 12), "one two thr…");
        assert_eq!(beginning("one two three", 9), "one two…");
        assert_eq!(beginning(&"語".repeat(50), 50), "語".repeat(50));
        assert_eq!(beginning(&"語 ".repeat(500), 6), "語 語 語…");
        assert_eq!(beginning(&"𝒳".repeat(51), 50), format!("{}…", "𝒳".repeat(49)));
        assert_eq!(beginning("  \n", 5), "");
    }
}
