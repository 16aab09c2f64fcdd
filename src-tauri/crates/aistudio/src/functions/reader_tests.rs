use postern_protocol::chat::Tool;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::functions::Declared;

proptest! {
    #[test]
    fn text_without_calls_comes_out_as_it_went_in(text in "[ -~\n`<{\\[]{0,120}", cuts in prop::collection::vec(0usize..120, 0..6)) {
        let mut reader = Reader::default();
        let none = |_: &str| None;
        let mut out = String::new();
        let mut take = |pieces: Vec<Piece>| for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Call { .. } => panic!("a call of nothing"),
            }
        };
        let mut rest = text.as_str();
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            take(reader.push(head, &none));
            rest = tail;
        }
        take(reader.push(rest, &none));
        take(reader.finish(&none));
        prop_assert_eq!(out, text);
    }
}

fn tool(name: &str) -> Tool {
    let parameters = json!({ "type": "object", "properties": { "max-days": { "type": "integer" } } });
    Tool { name: name.into(), parameters: Some(parameters), ..Tool::default() }
}

/// What is read of a text, cut after every so many characters.
fn read(text: &str, size: usize) -> Vec<Piece> {
    let declared = Declared::of(&[tool("weather"), tool("now")]).unwrap();
    let known = |name: &str| declared.known(name).map(str::to_owned);
    let mut reader = Reader::default();
    let characters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    for cut in characters.chunks(size) {
        pieces.extend(reader.push(&cut.iter().collect::<String>(), &known));
    }
    pieces.extend(reader.finish(&known));
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(text)), Piece::Text(more)) => text.push_str(&more),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

fn said(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

fn called(name: &str, arguments: &str) -> Piece {
    Piece::Call { name: name.to_owned(), arguments: arguments.to_owned() }
}

#[test]
fn written_calls_are_read_in_every_form() {
    let one = vec![called("weather", r#"{"max-days":3}"#)];
    let json = r#"{"name": "weather", "arguments": {"max-days": 3}}"#;
    let forms = [
        format!("<tool_call>\n{json}\n</tool_call>"),
        format!("<tool_call>{json}"),
        format!("<tool_call>\n```json\n{json}\n```\n</tool_call>"),
        format!("```json\n{json}\n```\n"),
        format!("```tool_code\n[{json}]\n```"),
        format!(" {json}"),
        format!("[{json}]\n"),
        format!(r#"{{"tool_calls": [{{"id": "x", "type": "function", "function": {json}}}]}}"#),
        r#"<tool_call>{"tool": "default_api.weather", "args": "{\"max-days\": 3}",}</tool_call>"#.to_owned(),
        format!("<tool_call>{json}</tool_call>\nResult of call 1: sun"),
    ];
    for form in forms {
        for size in [1, 3, 1000] {
            assert_eq!(read(&form, size), one, "{form} in pieces of {size}");
        }
    }
}

#[test]
fn text_beside_calls_is_told() {
    let now = r#"<tool_call>{"name":"now"}</tool_call>"#;
    for size in [1, 7, 1000] {
        let two = format!("Let me look.\n\n{now}\n{now}\n");
        assert_eq!(read(&two, size), [said("Let me look."), called("now", "{}"), called("now", "{}")]);
        let tricky = r#"<tool_call>{"name":"weather","arguments":{"q":"a </tool_call> b"}}</tool_call>"#;
        assert_eq!(read(tricky, size), [called("weather", r#"{"q":"a </tool_call> b"}"#)]);
        let broken = "<tool_call>{\"name\":\"weather\",\"arguments\":{\"q\":\"two\nlines\",},}</tool_call>";
        assert_eq!(read(broken, size), [called("weather", r#"{"q":"two\nlines"}"#)]);
    }
}

#[test]
fn what_is_no_call_stays_text() {
    let texts = [
        "Use `<tool_call>` to call.",
        "```json\n{\"name\": \"other\", \"arguments\": {}}\n```\nand on",
        "```rust\nfn main() {}\n```\n",
        "{\"name\": \"weather\", \"arguments\": 5} is JSON",
        "<tool_call>not json</tool_call> ok",
        "a < b and c",
        "   ",
        "```json\n{\"cut",
    ];
    for text in texts {
        for size in [1, 4, 1000] {
            assert_eq!(read(text, size), [said(text)], "{text:?} in pieces of {size}");
        }
    }
}

#[test]
fn text_is_told_as_soon_as_it_is_no_call() {
    let mut reader = Reader::default();
    let known = |_: &str| None;
    assert_eq!(reader.push("Hello <", &known), [said("Hello")]);
    assert_eq!(reader.push("b> there", &known), [said(" <b> there")]);
}

#[test]
fn only_elements_are_read_where_nothing_is_offered() {
    let any = |name: &str| Some(name.to_owned());
    let read = |text: &str| {
        let mut reader = Reader::of_elements();
        [reader.push(text, &any), reader.finish(&any)].concat()
    };
    let call = r#"{"name":"any","arguments":{}}"#;
    for text in [call.to_owned(), format!("```json\n{call}\n```"), "<tool_call>".to_owned()] {
        let pieces = read(&text);
        assert!(pieces.iter().all(|piece| matches!(piece, Piece::Text(_))), "{text}: {pieces:?}");
    }
    let pieces = read(&format!("<tool_call>{call}</tool_call>"));
    assert_eq!(pieces, [Piece::Call { name: "any".into(), arguments: "{}".into() }]);
}
