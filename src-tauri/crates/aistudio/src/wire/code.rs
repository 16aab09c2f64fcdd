//! Code that the model had run, and what came of it, as the site's parts tell it.

use postern_protocol::blocks::Blocks;
use serde_json::Value;

use super::loose::at;

/// Where a part keeps code, and what running it printed.
const CODE: usize = 7;
const OUTPUT: usize = 8;

/// The text for a part that is code or its output: `[language, code]` or `[outcome, output]`.
pub(super) fn block_of(part: &Value, blocks: &mut Blocks) -> Option<String> {
    let text = |index| at(part, index).and_then(|entry| at(entry, 1)).and_then(Value::as_str);
    match text(CODE) {
        // The site runs nothing else.
        Some(code) => blocks.block("python", code),
        None => blocks.block("text", text(OUTPUT)?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(text: &str) -> Value {
        json!([null, null, null, null, null, null, null, [1, text]])
    }

    fn output(text: &str) -> Value {
        json!([null, null, null, null, null, null, null, null, [1, text]])
    }

    const CODE_BLOCK: &str = "```python\nprint(4)\n```";
    const OUTPUT_BLOCK: &str = "```text\n4\n```";

    /// The text of frames of parts.
    fn told(frames: &[Vec<Value>]) -> String {
        let mut blocks = Blocks::default();
        let mut told = String::new();
        for frame in frames {
            blocks.frame();
            for part in frame {
                match at(part, 1).and_then(Value::as_str) {
                    Some(text) => told += &blocks.words(text),
                    None => told += &block_of(part, &mut blocks).unwrap_or_default(),
                }
            }
        }
        told
    }

    #[test]
    fn blocks_stand_apart_in_their_order() {
        let (run, out) = (code("print(4)\n"), output("4\n"));
        let words = |text: &str| json!([null, text]);
        assert_eq!(told(&[vec![run.clone()], vec![out.clone()]]), format!("{CODE_BLOCK}\n\n{OUTPUT_BLOCK}"));
        assert_eq!(
            told(&[
                vec![words("Let me see.")],
                vec![run.clone(), out.clone(), words("Four"), words(".\n"), run]
            ]),
            format!("Let me see.\n\n{CODE_BLOCK}\n\n{OUTPUT_BLOCK}\n\nFour.\n\n{CODE_BLOCK}")
        );
        assert_eq!(told(&[vec![output("\n"), json!([null, null, "x"])]]), "", "nothing was printed");
        assert_eq!(told(&[vec![code("a = '''```'''")]]), "````python\na = '''```'''\n````");
    }

    #[test]
    fn what_a_frame_repeats_is_told_once() {
        let (run, out) = (code("print(4)"), output("4"));
        let whole = format!("{CODE_BLOCK}\n\n{OUTPUT_BLOCK}");
        let both = || vec![run.clone(), out.clone()];
        assert_eq!(told(&[both(), both(), vec![], both()]), whole);
        assert_eq!(
            told(&[vec![run.clone()], vec![run.clone()], vec![out.clone()], vec![out.clone()]]),
            whole
        );
        assert_eq!(told(&[vec![run.clone()], both()]), whole, "a frame that begins with what was told");
        let again = format!("{whole}\n\n{whole}");
        assert_eq!(
            told(&[vec![run.clone()], vec![out.clone()], vec![run.clone()], vec![out.clone()]]),
            again,
            "it ran twice"
        );
        assert_eq!(told(&[vec![run.clone(), run.clone()]]), format!("{CODE_BLOCK}\n\n{CODE_BLOCK}"));
        let after = json!([null, "Again:\n"]);
        assert_eq!(
            told(&[vec![run.clone()], vec![after, run]]),
            format!("{CODE_BLOCK}\n\nAgain:\n\n{CODE_BLOCK}")
        );
    }
}
