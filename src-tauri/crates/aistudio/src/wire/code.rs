//! Code that the model had run, and what came of it, told in the answer's text as blocks of Markdown.

use serde_json::Value;

use super::loose::at;

/// Where a part keeps code, and what running it printed.
const CODE: usize = 7;
const OUTPUT: usize = 8;

/// Puts blocks between what is said in words.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Those of the frame that is read, and those of the one before, as long as no word came since.
    current: Vec<String>,
    previous: Vec<String>,
    tail: Tail,
}

/// What the text told so far ends with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tail {
    /// Nothing was told.
    #[default]
    Nothing,
    Words,
    Line,
    Block,
}

impl Blocks {
    /// Another frame begins.
    pub(super) fn frame(&mut self) {
        if !self.current.is_empty() {
            self.previous = std::mem::take(&mut self.current);
        }
    }

    /// Words of the answer, apart from a block before them.
    pub(super) fn words(&mut self, text: &str) -> String {
        self.previous.clear();
        let apart = if self.tail == Tail::Block { "\n\n" } else { "" };
        self.tail = if text.ends_with('\n') { Tail::Line } else { Tail::Words };
        format!("{apart}{text}")
    }

    /// The text for a part that is code or its output. The site sends some frames again; what they repeat is not told.
    pub(super) fn part(&mut self, part: &Value) -> Option<String> {
        let block = block_of(part)?;
        let told = self.previous.get(self.current.len()) == Some(&block);
        self.current.push(block.clone());
        if told {
            return None;
        }
        self.previous.truncate(self.current.len() - 1);
        let apart = match self.tail {
            Tail::Nothing => "",
            Tail::Line => "\n",
            Tail::Words | Tail::Block => "\n\n",
        };
        self.tail = Tail::Block;
        Some(format!("{apart}{block}"))
    }
}

/// `[language, code]` or `[outcome, output]`.
fn block_of(part: &Value) -> Option<String> {
    let text = |index| at(part, index).and_then(|entry| at(entry, 1)).and_then(Value::as_str);
    let (language, text) = match text(CODE) {
        // The site runs nothing else.
        Some(code) => ("python", code),
        None => ("text", text(OUTPUT)?),
    };
    let text = text.trim_end();
    (!text.is_empty()).then(|| fenced(language, text))
}

/// A fence longer than any within.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
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
                    None => told += &blocks.part(part).unwrap_or_default(),
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
