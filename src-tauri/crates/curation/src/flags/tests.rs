use std::collections::HashSet;

use postern_store::Standing;
use serde_json::json;

use super::{bands, flags};
use crate::{Conversation, Flag, Kind, Part, Role, Tool, Turn};

fn turn(role: Role, parts: Vec<Part>) -> Turn {
    Turn { role, name: None, parts, train: None }
}

fn text(text: &str) -> Part {
    Part::Text { text: text.into() }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() }
}

fn result(call_id: &str, words: &str) -> Part {
    Part::ToolResult { call_id: call_id.into(), name: None, parts: vec![text(words)], failed: false }
}

/// A question and its answer.
fn answered(asked: &str, said: &str) -> Conversation {
    let turns = vec![turn(Role::User, vec![text(asked)]), turn(Role::Assistant, vec![text(said)])];
    Conversation { turns, ..Conversation::default() }
}

fn of(conversation: &Conversation) -> Vec<Flag> {
    flags(conversation).list()
}

fn has(said: &str, flag: Flag) -> bool {
    flags(&answered("Well?", said)).has(flag)
}

#[test]
fn an_ordinary_conversation_has_none() {
    let said = "You can read a file with `std::fs::read`:\n\n```rust\nlet bytes = std::fs::read(path)?;\n```\n\nIt fails when there is none.";
    assert_eq!(of(&answered("How do I read a file in Rust?", said)), []);
    assert_eq!(of(&answered("今天天气怎么样？", "今天杭州有小雨，气温十五度，出门请带伞。")), []);
    assert_eq!(of(&answered("Is it late?", "Yes.")), []);
}

#[test]
fn an_end_that_went_wrong_is_flagged_by_its_kind() {
    for (standing, flag) in [
        (Standing::Truncated, Flag::Truncated),
        (Standing::ClientAbort, Flag::Aborted),
        (Standing::UpstreamError, Flag::Error),
        (Standing::Blocked, Flag::Blocked),
    ] {
        let conversation = Conversation { standing, ..answered("Well?", "Half an ans") };
        assert_eq!(of(&conversation), [flag]);
    }
}

#[test]
fn refusals_are_found_in_both_languages_and_talk_about_refusals_is_none() {
    for said in [
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "I’m unable to provide medical advice of that kind.",
        "As an AI language model, I cannot create such content.",
        "Unfortunately, I am not able to share that.",
        "抱歉，我无法提供这方面的信息。",
        "很抱歉，我不能协助您完成该请求。",
        "作为一个人工智能语言模型，我无法回答这个问题。",
    ] {
        assert!(has(said, Flag::Refusal), "{said}");
    }
    for said in [
        "If the server cannot help with a range, it answers 416.",
        "She said she was sorry, but could come later. I can help you write back.",
        "I can't believe how well this works!",
        "如果服务器无法提供该范围，则返回 416。",
        "我们不能保证结果，但可以提高概率。",
    ] {
        assert!(!has(said, Flag::Refusal), "{said}");
    }
    let mut declined = answered("Well?", "");
    declined.turns[1].parts = vec![Part::Refusal { text: "No.".into() }];
    assert_eq!(of(&declined), [Flag::Refusal]);
}

#[test]
fn an_answer_that_goes_round_in_circles_is_flagged_and_a_table_is_not() {
    assert!(has(&"and then we go on ".repeat(60), Flag::Loop));
    assert!(has(&"Let me check the file again to be sure. ".repeat(30), Flag::Loop));
    assert!(has(&"好的，我再看一下。".repeat(40), Flag::Loop));
    assert!(has(&"again ".repeat(41), Flag::Loop) && !has(&"again ".repeat(40), Flag::Loop));
    // Words between them, never at the same distance.
    let often: String = (0..50_usize)
        .map(|at| format!("so I look at the file once more {} ", ["and", "now"].repeat(at % 5).join(" ")))
        .collect();
    assert!(has(&often, Flag::Loop));
    let table: String =
        (0..200).map(|row| format!("| {row} | value {} | {} |\n", row * 7, row % 13)).collect();
    assert!(!has(&table, Flag::Loop));
    assert!(!has(&"| --- | --- |\n".repeat(100), Flag::Loop));
    let code: String = (0..100).map(|at| format!("    assert_eq!(f({at}), {});\n", at * at)).collect();
    assert!(!has(&code, Flag::Loop));
}

#[test]
fn what_is_empty_short_or_long_is_flagged() {
    let mut empty = answered("Well?", " \n");
    assert_eq!(of(&empty), [Flag::Empty]);
    empty.turns[1].parts = vec![Part::Reasoning { text: "hm".into(), seal: None }];
    assert_eq!(of(&empty), [Flag::Empty]);
    assert!(has("ok", Flag::Short) && !has("好的", Flag::Short) && !has("Fine.", Flag::Short));
    let long =
        Conversation { turns: vec![turn(Role::User, vec![text("x")]); 101], ..Conversation::default() };
    assert!(flags(&long).has(Flag::Long));
    let call_only = turn(Role::Assistant, vec![call("1", "f", "{}")]);
    assert_eq!(
        of(&Conversation {
            turns: vec![turn(Role::User, vec![text("Go")]), call_only],
            ..Conversation::default()
        }),
        []
    );
}

fn with_tool(arguments: &str) -> Conversation {
    let schema = json!({"type": "OBJECT", "properties": {"x": {"type": "INTEGER"}}, "required": ["x"]});
    Conversation {
        tools: vec![Tool { name: "f".into(), description: None, parameters: Some(schema) }],
        turns: vec![
            turn(Role::User, vec![text("Go")]),
            turn(Role::Assistant, vec![call("1", "f", arguments)]),
        ],
        ..Conversation::default()
    }
}

#[test]
fn arguments_are_held_against_the_schema_of_their_function() {
    assert_eq!(of(&with_tool("{\"x\": 1}")), []);
    for arguments in ["{\"x\": \"one\"}", "{}", "{\"x\": 1", "x"] {
        assert_eq!(of(&with_tool(arguments)), [Flag::BadArguments], "{arguments}");
    }
    let mut unknown = with_tool("{\"x\": 1}");
    unknown.turns[1].parts = vec![call("1", "g", "{}")];
    assert_eq!(of(&unknown), [Flag::UnknownTool]);
    let mut free = with_tool("any text");
    free.tools[0].parameters = None;
    assert_eq!(of(&free), []);
}

#[test]
fn calls_and_results_that_miss_each_other_are_flagged() {
    let of_turns = |turns: Vec<Turn>| of(&Conversation { turns, ..Conversation::default() });
    let ask = || turn(Role::User, vec![text("Go")]);
    let both = || turn(Role::Assistant, vec![call("a", "f", "{}"), call("b", "f", "{}")]);
    let done = || turn(Role::Assistant, vec![text("It is done.")]);
    let tool = |id: &str, words: &str| turn(Role::Tool, vec![result(id, words)]);
    assert_eq!(of_turns(vec![ask(), both(), tool("b", "1"), tool("a", "2"), done()]), []);
    assert_eq!(of_turns(vec![ask(), both(), tool("b", "1"), done()]), [Flag::UnansweredCall]);
    assert_eq!(
        of_turns(vec![ask(), both(), tool("a", "1"), tool("b", "2"), tool("c", "3"), done()]),
        [Flag::OrphanResult]
    );
    assert_eq!(of_turns(vec![ask(), both()]), []);
    for words in ["Error: no such file", "Traceback (most recent call last):\n  File", "{\"error\": \"x\"}"] {
        assert_eq!(
            of_turns(vec![ask(), both(), tool("a", "1"), tool("b", words), done()]),
            [Flag::ToolError],
            "{words}"
        );
    }
    // Dialects without ids answer in order.
    let nameless = turn(Role::Assistant, vec![call("", "f", "{}")]);
    let answer = Part::ToolResult {
        call_id: String::new(),
        name: Some("f".into()),
        parts: vec![text("1")],
        failed: false,
    };
    assert_eq!(of_turns(vec![ask(), nameless, turn(Role::User, vec![answer]), done()]), []);
}

#[test]
fn json_that_was_asked_for_in_any_dialect_has_to_be_json() {
    let asked = [
        json!({"response_format": {"type": "json_schema"}}),
        json!({"text": {"format": {"type": "json_object"}}}),
        json!({"generationConfig": {"responseMimeType": "application/json"}}),
        json!({"format": {"type": "object"}}),
        json!({"output_config": {"format": {"type": "json_schema"}}}),
    ];
    for parameters in asked {
        let of_answer = |said: &str| {
            let parameters = parameters.as_object().expect("object").clone();
            of(&Conversation { parameters, ..answered("Well?", said) })
        };
        assert_eq!(of_answer(" {\"a\": [1]}\n"), [], "{parameters}");
        assert_eq!(of_answer("Here it is: {\"a\": [1]}"), [Flag::BadJson], "{parameters}");
    }
    assert!(!has("Here it is: {", Flag::BadJson));
}

#[test]
fn a_block_of_code_has_to_end() {
    assert!(has("Look:\n\n```rust\nfn main() {}\n", Flag::OpenCode));
    assert!(has("```\na\n```\n\n~~~\nb", Flag::OpenCode));
    for said in [
        "```\na\n```",
        "````md\n```\ninner\n````",
        "Use ``` to begin a block.",
        "```inline``` code",
        "- a\n  ```\n  b\n  ```",
    ] {
        assert!(!has(said, Flag::OpenCode), "{said}");
    }
}

#[test]
fn an_answer_in_another_language_is_flagged_unless_it_was_asked_for() {
    let english = "The weather in the north of the country is going to be rainy tomorrow, with some wind from the sea in the evening.";
    let german = "Das Wetter im Norden des Landes wird morgen regnerisch sein, mit etwas Wind vom Meer her am späten Abend und in der Nacht.";
    let chinese =
        "明天北方地区将有小到中雨，傍晚海上有风，请大家注意带伞，出行注意安全，晚上气温会有所下降。";
    assert_eq!(of(&answered(english, german)), [Flag::LanguageMismatch]);
    assert_eq!(of(&answered(chinese, english)), [Flag::LanguageMismatch]);
    assert_eq!(of(&answered(&format!("Translate into German: {english}"), german)), []);
    assert_eq!(of(&answered(english, english)), []);
    assert_eq!(of(&answered("Wie?", english)), []);
}

#[test]
fn secrets_people_and_late_instructions_are_flagged() {
    assert_eq!(of(&answered("Write to anna@kth.se", "I wrote a letter.")), [Flag::Personal]);
    assert_eq!(
        of(&answered("Here", &["Use gh", "p_Zt7Kq2mVx9Lw4RnB8sYc3HdF6gJ1Pa5Te0Ui now"].concat())),
        [Flag::Secret]
    );
    let mut changed = answered("Well?", "Good.");
    changed.turns.insert(0, turn(Role::System, vec![text("Be.")]));
    assert_eq!(of(&changed), []);
    changed.turns.push(turn(Role::Developer, vec![text("Be other.")]));
    changed.turns.push(turn(Role::Assistant, vec![text("I am.")]));
    assert_eq!(of(&changed), [Flag::SystemChanged]);
}

#[test]
fn only_conversations_have_flags_of_conversations() {
    let vectors = Conversation { kind: Kind::Embedding, ..answered("```", "") };
    let other = Part::Other { raw: json!({"dimensions": 3}) };
    let vectors =
        Conversation { turns: vec![vectors.turns[0].clone(), turn(Role::Assistant, vec![other])], ..vectors };
    assert_eq!(of(&vectors), []);
}

fn shared(one: &str, other: &str) -> usize {
    let of = |said: &str| bands(&answered("Well?", said)).into_iter().collect::<HashSet<u64>>();
    of(one).intersection(&of(other)).count()
}

#[test]
fn near_duplicates_share_a_band_and_others_do_not() {
    let words = |seed: u64, count: u64| -> String {
        (0..count).map(|at| format!("w{} ", (at * 7919 + seed * 104_729) % 99_991)).collect()
    };
    let base = words(1, 400);
    let near = base.replacen("w", "x", 3);
    assert!(shared(&base, &near) >= 1);
    assert_eq!(shared(&base, &base.to_uppercase()), 12);
    assert_eq!(shared(&base, &words(2, 400)), 0);
    // Half of it is another text.
    assert_eq!(shared(&words(1, 400), &format!("{}{}", words(1, 200), words(3, 200))), 0);
    let chinese: String =
        (0..300).map(|at| char::from_u32(0x4e00 + (at * 37) % 5000).expect("a letter")).collect();
    let near: String =
        chinese.chars().enumerate().map(|(at, letter)| if at == 150 { '的' } else { letter }).collect();
    assert!(shared(&chinese, &near) >= 1);
    assert!(bands(&answered("Hi", "Hello")).is_empty());
}

#[test]
fn bands_are_the_same_in_every_run_of_the_program() {
    let text: String = (0..60).map(|at| format!("word{at} ")).collect();
    let bands = bands(&answered("Well?", &text));
    assert_eq!(bands.len(), 12);
    assert_eq!(bands[0], FIRST_BAND);
}

/// The store compares bands of conversations that were derived by different runs, so they never change without a new
/// version of the rules.
const FIRST_BAND: u64 = 589_195_159_564_645_948;
