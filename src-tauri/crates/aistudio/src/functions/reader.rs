//! Calls that a model writes into its text: as an element, as a block of code, or as the whole answer.
//!
//! In come pieces of text of any size, out comes the text without the calls, and the calls. What may yet become a call
//! is held back, and told as text as soon as it is none.

use serde_json::Value;

use super::CALL_TAG;

const FENCE: &str = "```";
/// What a block of code with a call in it may call itself.
const FENCE_WORDS: [&str; 6] = ["", "json", "tool_call", "tool_code", "function_call", "tool_calls"];
const NAMES: [&str; 5] = ["name", "function", "tool", "function_name", "tool_name"];
const ARGUMENTS: [&str; 5] = ["arguments", "args", "parameters", "params", "input"];
/// What models put around calls.
const WRAPS: [&str; 4] = ["tool_calls", "tool_call", "function_call", "function_calls"];

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Something said.
    Text(String),
    /// A call: the function's name as the caller declared it, and the arguments as JSON text.
    Call { name: String, arguments: String },
}

/// Reads one answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reader {
    held: String,
    /// The last character that was told.
    told: Option<char>,
    called: bool,
    /// `held` begins with something that may be a call and has not ended.
    open: bool,
    elements_only: bool,
}

/// The declared name of a function that a model may have meant.
pub(crate) type Known<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What stands at a place that looks like a call.
enum Block {
    /// It is not all there.
    Open,
    /// So many bytes that are no call.
    Text(usize),
    /// So many bytes of calls.
    Calls(usize, Vec<Piece>),
}

impl Reader {
    /// One that leaves JSON and blocks of code alone: where no function is offered, they are what was asked for.
    pub(crate) fn of_elements() -> Self {
        Self { elements_only: true, ..Self::default() }
    }

    /// Takes the next piece of text.
    pub(crate) fn push(&mut self, text: &str, known: Known<'_>) -> Vec<Piece> {
        self.held.push_str(text);
        // Only these can end what is open.
        if self.open && !text.contains(['}', ']', '>', '`']) {
            return Vec::new();
        }
        self.read(known, false)
    }

    /// The text is over.
    pub(crate) fn finish(&mut self, known: Known<'_>) -> Vec<Piece> {
        self.read(known, true)
    }

    fn read(&mut self, known: Known<'_>, over: bool) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.open = false;
        loop {
            let Some(at) = self.opening() else {
                let end = if over { self.held.len() } else { self.sure() };
                self.tell(end, &mut pieces);
                return pieces;
            };
            match block(&self.held[at..], known, over) {
                Block::Open => {
                    let before = self.held[..at].trim_end().len();
                    self.tell(before, &mut pieces);
                    self.open = true;
                    return pieces;
                }
                Block::Text(length) => self.tell(at + length, &mut pieces),
                Block::Calls(length, calls) => {
                    let before = self.held[..at].trim_end().len();
                    self.tell(before, &mut pieces);
                    self.held.drain(..at - before + length);
                    self.called = true;
                    pieces.extend(calls);
                }
            }
        }
    }

    /// Tells the first bytes as text. What stands behind a call is made up, as its result is not there yet.
    fn tell(&mut self, end: usize, pieces: &mut Vec<Piece>) {
        let text: String = self.held.drain(..end).collect();
        if let Some(last) = text.chars().last()
            && !self.called
        {
            self.told = Some(last);
            pieces.push(Piece::Text(text));
        }
    }

    /// Where the next thing stands that looks like a call.
    fn opening(&self) -> Option<usize> {
        let tag = self.held.find(&format!("<{CALL_TAG}>"));
        if self.elements_only {
            return tag;
        }
        let line = |at: usize| match self.held[..at].chars().last() {
            Some(before) => before == '\n',
            None => self.told.is_none_or(|before| before == '\n'),
        };
        let fence = self.held.match_indices(FENCE).map(|(at, _)| at).find(|at| line(*at));
        let start = self.held.len() - self.held.trim_start().len();
        let bare = Some(start).filter(|_| self.told.is_none() && self.held[start..].starts_with(['{', '[']));
        [tag, fence, bare].into_iter().flatten().min()
    }

    /// How much can be told although more may follow: not what may be the beginning of a call, nor the white space
    /// before one.
    fn sure(&self) -> usize {
        let tag = format!("<{CALL_TAG}>");
        let begins = |length: &usize| self.held.ends_with(&tag[..*length]);
        let tag = (1..tag.len()).rev().find(begins).unwrap_or(0);
        let ticks = self.held.len() - self.held.trim_end_matches('`').len();
        let end = self.held.len() - tag.max(ticks.min(FENCE.len() - 1));
        self.held[..end].trim_end().len()
    }
}

fn block(text: &str, known: Known<'_>, over: bool) -> Block {
    let tag = format!("<{CALL_TAG}>");
    if let Some(inner) = text.strip_prefix(&tag) {
        return element(text, inner, known, over);
    }
    match text.strip_prefix(FENCE) {
        Some(inner) => fenced(text, inner, known, over),
        None => bare(text, known, over),
    }
}

/// `<tag>JSON</tag>`, where the JSON may hold the end of the element in a text.
fn element(text: &str, inner: &str, known: Known<'_>, over: bool) -> Block {
    let close = format!("</{CALL_TAG}>");
    let opened = text.len() - inner.len();
    match json(inner) {
        Json::Whole(value, length) => {
            let rest = inner[length..].trim_start();
            let Some(calls) = calls_of(&value, known) else { return Block::Text(opened) };
            // The end of the element may be on its way.
            if !over && rest.len() < close.len() && close.starts_with(rest) {
                return Block::Open;
            }
            let end = rest.strip_prefix(&close).map_or(opened + length, |behind| text.len() - behind.len());
            return Block::Calls(end, calls);
        }
        // What ends an element may stand in a text that has not ended.
        Json::Cut if !over => return Block::Open,
        Json::Cut | Json::Broken => {}
    }
    match inner.find(&close).or(over.then_some(inner.len())) {
        Some(end) => {
            let whole = opened + (end + close.len()).min(inner.len());
            let calls = mended(&inner[..end]).and_then(|value| calls_of(&value, known));
            calls.map_or(Block::Text(opened), |calls| Block::Calls(whole, calls))
        }
        None => Block::Open,
    }
}

/// A block of code that holds nothing but calls.
fn fenced(text: &str, inner: &str, known: Known<'_>, over: bool) -> Block {
    let opened = text.len() - inner.len();
    let Some((word, body)) = inner.split_once('\n') else {
        let possible = FENCE_WORDS.iter().any(|word| word.starts_with(inner.trim_end()));
        return if over || !possible { Block::Text(opened) } else { Block::Open };
    };
    let start = body.trim_start();
    if !FENCE_WORDS.contains(&word.trim()) || !(start.is_empty() || start.starts_with(['{', '['])) {
        return Block::Text(opened);
    }
    match json(body) {
        Json::Whole(value, length) => {
            let rest = &body[length..];
            let Some(calls) = calls_of(&value, known) else { return Block::Text(opened) };
            let trimmed = rest.trim_start();
            if trimmed.starts_with(FENCE) {
                return Block::Calls(text.len() - trimmed.len() + FENCE.len(), calls);
            }
            match (over, FENCE.starts_with(trimmed)) {
                (false, true) => Block::Open,
                (true, true) => Block::Calls(text.len(), calls),
                (_, false) => Block::Text(opened),
            }
        }
        Json::Cut if !over => Block::Open,
        Json::Cut | Json::Broken => Block::Text(opened),
    }
}

/// An answer that begins with a call and says nothing of it.
fn bare(text: &str, known: Known<'_>, over: bool) -> Block {
    match json(text) {
        Json::Whole(value, length) => match calls_of(&value, known) {
            Some(calls) => Block::Calls(length, calls),
            None => Block::Text(length),
        },
        Json::Cut if !over => Block::Open,
        Json::Cut | Json::Broken => Block::Text(text.chars().next().map_or(0, char::len_utf8)),
    }
}

enum Json {
    /// A value that ends after so many bytes.
    Whole(Value, usize),
    /// The beginning of one.
    Cut,
    Broken,
}

fn json(text: &str) -> Json {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Json::Whole(value, values.byte_offset()),
        Some(Err(error)) if error.is_eof() => Json::Cut,
        None => Json::Cut,
        Some(Err(_)) => Json::Broken,
    }
}

/// What models get wrong most: a block of code around it, line breaks inside of texts, commas at the end.
fn mended(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches(FENCE).trim_end_matches(FENCE);
    let text = text.trim_start_matches("json").trim();
    let mut out = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    for c in text.chars() {
        if inside {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => inside = false,
                _ => {}
            }
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                other => out.push(other),
            }
            continue;
        }
        inside = c == '"';
        if matches!(c, '}' | ']') && out.trim_end().ends_with(',') {
            out.truncate(out.trim_end().len() - 1);
        }
        out.push(c);
    }
    serde_json::from_str(&out).ok()
}

/// The calls that a value makes, if it makes any and nothing else.
fn calls_of(value: &Value, known: Known<'_>) -> Option<Vec<Piece>> {
    if let Value::Array(all) = value {
        let calls: Option<Vec<Vec<Piece>>> = all.iter().map(|one| calls_of(one, known)).collect();
        return calls.map(|calls| calls.concat()).filter(|calls| !calls.is_empty());
    }
    let fields = value.as_object()?;
    if let Some(inner) = WRAPS.iter().find_map(|wrap| fields.get(*wrap)).filter(|_| fields.len() == 1) {
        return calls_of(inner, known);
    }
    if let Some(inner @ Value::Object(_)) = fields.get("function") {
        return calls_of(inner, known);
    }
    let name = NAMES.iter().find_map(|key| fields.get(*key)).and_then(Value::as_str).and_then(known)?;
    let arguments = match ARGUMENTS.iter().find_map(|key| fields.get(*key)) {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => {
            serde_json::from_str::<Value>(text).ok().filter(Value::is_object)?.to_string()
        }
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(_) => return None,
    };
    Some(vec![Piece::Call { name, arguments }])
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
