//! Code that a provider ran for the model, and what came of it, told in the answer's text as blocks of Markdown.

/// Puts blocks between what is said in words.
#[derive(Debug, Default)]
pub struct Blocks {
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
    /// Another frame begins, which may begin with the blocks of the one before. Only for providers that repeat themselves.
    pub fn frame(&mut self) {
        if !self.current.is_empty() {
            self.previous = std::mem::take(&mut self.current);
        }
    }

    /// Words of the answer, apart from a block before them.
    pub fn words(&mut self, text: &str) -> String {
        self.previous.clear();
        let apart = if self.tail == Tail::Block { "\n\n" } else { "" };
        self.tail = if text.ends_with('\n') { Tail::Line } else { Tail::Words };
        format!("{apart}{text}")
    }

    /// The text for a block of code or output; `None` where there is nothing to tell. What a frame repeats is not told.
    pub fn block(&mut self, language: &str, text: &str) -> Option<String> {
        let text = text.trim_end();
        let block = (!text.is_empty()).then(|| fenced(language, text))?;
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

/// A fence longer than any within.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}
