//! What stands out in the words of an answer.

use std::sync::LazyLock;

use regex::RegexSet;
use serde_json::Value;

use super::answer;
use super::near::{of_sequence, of_word};
use crate::language::language;
use crate::text::{is_dense, words};
use crate::{Conversation, Flag, Flags, Part, Role};

/// A refusal is said at the beginning, within so many letters.
const REFUSAL_WITHIN: usize = 240;
/// Texts shorter than this repeat themselves by chance.
const LOOP_FROM: usize = 200;

/// How models decline. Each stands at the beginning of a sentence, so that a text about refusals is none.
static REFUSALS: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
    let begin = r"(?i)(?:^|[.!?。！？\n]\s*)(?:(?:i['’]?m|i am) (?:very |so |really |truly )?sorry,? (?:but )?|sorry,? (?:but )?|unfortunately,? |i apologi[sz]e,? (?:but )?|as an ai(?: language model)?(?: \w+){0,4},? )?";
    let english = [
        r"i (?:can['’]?t|cannot|can not|am unable to|['’]m unable to|won['’]?t|will not|am not able to|['’]m not able to|must decline to|have to decline to) (?:help|assist|comply|provide|do that|fulfil|create|generate|write|engage|support|participate|answer|discuss|continue|share|produce|give)",
        r"i(?:['’]m| am) (?:not able|unable) to (?:help|assist|comply|provide|fulfil|create|generate|write|engage|answer|discuss|share|give)",
        r"i must (?:respectfully )?(?:decline|refuse)",
    ];
    let chinese = [
        r"(?:^|[。！？\n]\s*)(?:(?:很|非常|十分)?(?:抱歉|对不起|遗憾)[，,。！]?\s*(?:但是|但|不过)?)?我(?:无法|不能|没法|没有办法|不可以|不会)(?:为您|为你|向您|向你|帮您|帮你|给您|给你)?(?:提供|回答|协助|帮助|满足|完成|生成|继续|参与|讨论|创作|编写|给出|处理)",
        r"(?:^|[。！？\n]\s*)(?:很|非常|十分)?(?:抱歉|对不起)[，,]\s*(?:这个问题|该问题|您的请求|你的请求|我还没有学会)",
        r"(?:^|[。！？\n]\s*)作为(?:一个|一名)?(?:人工智能|AI)(?:语言模型|助手|模型)?[，,]\s*我(?:无法|不能)",
    ];
    let all = english.iter().map(|phrase| format!("{begin}{phrase}")).chain(chinese.map(str::to_owned));
    RegexSet::new(all).ok()
});

pub(super) fn look(conversation: &Conversation, flags: &mut Flags) {
    let Some(turn) = answer(conversation) else { return };
    let said = words(turn);
    if turn.parts.iter().any(|part| matches!(part, Part::Refusal { .. })) || declines(&said) {
        flags.set(Flag::Refusal);
    }
    if repeats(&said) {
        flags.set(Flag::Loop);
    }
    if is_open(&said) {
        flags.set(Flag::OpenCode);
    }
    let calls = turn.parts.iter().any(|part| matches!(part, Part::ToolCall { .. }));
    if !calls
        && !said.trim().is_empty()
        && wants_json(conversation)
        && serde_json::from_str::<Value>(said.trim()).is_err()
    {
        flags.set(Flag::BadJson);
    }
    let asked = conversation
        .turns
        .iter()
        .rev()
        .skip(1)
        .find(|turn| turn.role == Role::User && !words(turn).trim().is_empty());
    if asked.is_some_and(|asked| strangers(&words(asked), &said)) {
        flags.set(Flag::LanguageMismatch);
    }
}

fn declines(said: &str) -> bool {
    let begin: String = said.trim_start().chars().take(REFUSAL_WITHIN).collect();
    REFUSALS.as_ref().is_some_and(|refusals| refusals.is_match(&begin))
}

/// Whether much of a text is one sequence of words, again and again: one that follows itself many times, or one that makes
/// up a large part. A table or a program repeats itself as well, but not so much.
fn repeats(said: &str) -> bool {
    let units = units(said);
    (1..=24).any(|period| follows_itself(&units, period)) || fills(&units)
}

/// A word, or a single letter where those are words.
struct Unit {
    hash: u64,
    /// Whether there is a letter or digit in it, and whether there is a letter.
    said: bool,
    worded: bool,
}

impl Unit {
    fn of(word: &str) -> Self {
        let worded = word.chars().any(char::is_alphabetic);
        Self { hash: of_word(word), said: worded || word.chars().any(char::is_alphanumeric), worded }
    }
}

fn units(said: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    for word in said.split_whitespace() {
        if !word.chars().any(is_dense) {
            units.push(Unit::of(word));
            continue;
        }
        units.extend(word.char_indices().map(|(at, letter)| Unit::of(&word[at..at + letter.len_utf8()])));
    }
    units
}

/// Whether a sequence of this many words stands behind itself often enough that nobody meant it.
fn follows_itself(units: &[Unit], period: usize) -> bool {
    let enough = (8 * period).max(40);
    if units.len() < period + enough {
        return false;
    }
    let mut run = 0;
    for (unit, before) in units[period..].iter().zip(units) {
        // Rules and columns of signs are drawn, not said.
        run = if unit.hash == before.hash && unit.said { run + 1 } else { 0 };
        if run >= enough {
            return true;
        }
    }
    false
}

/// Whether one sequence of eight words makes up a third of a long text.
fn fills(units: &[Unit]) -> bool {
    const WORDS: usize = 8;
    if units.len() < LOOP_FROM {
        return false;
    }
    let hashes: Vec<u64> = units.iter().map(|unit| unit.hash).collect();
    let worded = units.windows(WORDS).map(|window| window.iter().any(|unit| unit.worded));
    let mut sequences: Vec<u64> = hashes
        .windows(WORDS)
        .zip(worded)
        .filter(|(_, worded)| *worded)
        .map(|(window, _)| of_sequence(window))
        .collect();
    sequences.sort_unstable();
    sequences.chunk_by(u64::eq).any(|same| same.len() * WORDS * 3 > units.len() && same.len() > 5)
}

/// Whether a block of code begins and does not end: a fence at the beginning of a line that nothing closes.
fn is_open(said: &str) -> bool {
    let mut open: Option<(char, usize)> = None;
    for line in said.lines() {
        let line = line.trim_start();
        let Some(sign) = line.chars().next().filter(|sign| matches!(sign, '`' | '~')) else { continue };
        let length = line.chars().take_while(|letter| *letter == sign).count();
        let rest = &line[length..];
        match open {
            None if length >= 3 && !(sign == '`' && rest.contains('`')) => open = Some((sign, length)),
            Some((of, from)) if sign == of && length >= from && rest.trim().is_empty() => open = None,
            None | Some(_) => {}
        }
    }
    open.is_some()
}

/// Whether JSON was asked for, in the words of any dialect.
pub(super) fn wants_json(conversation: &Conversation) -> bool {
    let parameters = &conversation.parameters;
    let kind = |path: &str| {
        let mut names = path.split('/');
        let first = parameters.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))?.as_str()
    };
    let is_json = |word: &str| matches!(word, "json" | "json_object" | "json_schema" | "application/json");
    [
        "response_format/type",
        "text/format/type",
        "output_config/format/type",
        "output_format/type",
        "format",
        "generationConfig/responseMimeType",
        "generation_config/response_mime_type",
        "generationConfig/response_mime_type",
        "response_mime_type",
    ]
    .iter()
    .any(|path| kind(path).is_some_and(is_json))
        || parameters.get("format").is_some_and(Value::is_object)
}

/// Whether a question and its answer are in different languages, both clearly. A question that is about a language or asks
/// for one wants just that.
fn strangers(asked: &str, said: &str) -> bool {
    const FROM: usize = 40;
    let long_enough =
        |text: &str| text.chars().map(|letter| if is_dense(letter) { 3 } else { 1 }).sum::<usize>() >= FROM;
    if !long_enough(asked) || !long_enough(said) || asked.contains("```") && asked.len() > 2000 {
        return false;
    }
    static ASKS: LazyLock<Option<regex::Regex>> = LazyLock::new(|| {
        regex::Regex::new(r"(?i)translat|翻译|譯|traduc|tradui|übersetz|переве|\b(?:in|into|to|auf|en|em) (?:english|chinese|german|french|spanish|japanese|korean|russian|italian|portuguese|arabic|hindi|deutsch|englisch|español|français|中文|英文|日文)|用(?:中文|英文|英语|日语|法语|德语)|english|中文|英文").ok()
    });
    if ASKS.as_ref().is_some_and(|asks| asks.is_match(asked)) {
        return false;
    }
    match (language(asked), language(said)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}
