//! Takes secrets out of texts that others may come to see: log lines, differences, reports.
//!
//! A secret is known by its own looks, such as `sk-…`, or by the name that it stands behind, such as
//! `apiKey:`. What is taken out leaves `****`, so that a reader sees that there was something.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};

/// Between a name and its value. Log lines for a terminal have colours there.
const IS: &str = r#"(?:["']|\x1b\[[\d;]*m)*\s*[:=]\s*(?:["']|\x1b\[[\d;]*m)*"#;

/// Where a word begins, also right behind a colour.
const WORD: &str = r"(\x1b\[[\d;]*m|\b)";

static SECRETS: LazyLock<Rules> = LazyLock::new(|| {
    let named = format!(
        r#"(?i)([\w-]*(?:api[_-]?key|authorization|passwd|password|access[_-]?token|refresh[_-]?token)|{WORD}(?:token|secret))({IS})[^\s"',;\x1b]+"#
    );
    compiled([
        (r#"#link=[^\s"'<>&]+"#, "#link=****"),
        // Name and password in an address; who logs its connections names the scheme apart.
        (r#"(\w://|"https?", )[^\s"'/@]+@"#, "$1****@"),
        (&format!(r"(?i)(authorization{IS}basic)\s+[\w+/=-]+"), "$1 ****"),
        (&format!(r"(?i){WORD}(bearer|sapisidhash)\s+[\w.~+/=-]{{8,}}"), "$1$2 ****"),
        (&format!(r"{WORD}sk-[\w-]{{6,}}"), "${1}sk-****"),
        (&format!(r"{WORD}(?:AIza[\w-]{{20,}}|ya29\.[\w.-]+)"), "$1****"),
        (&format!(r#"(?i){WORD}((?:set-)?cookie)({IS})[^"'\r\n]+"#), "$1$2$3****"),
        (
            &format!(
                r#"{WORD}((?:__Secure-|__Host-)[\w-]+|S?APISID|[HS]?SID|SSID|SIDCC|NID|postern_session)=[^;\s"',]+"#
            ),
            "$1$2=****",
        ),
        (&named, "$1$3****"),
    ])
});

static ADDRESSES: LazyLock<Rules> =
    LazyLock::new(|| compiled([(r"\b(\w)[\w.+-]*@(\w)[\w-]*(?:\.[\w-]+)*", "$1…@$2…")]));

/// Keys that are written as items of a list, such as `- gemini=…`.
static LISTED: LazyLock<Rules> =
    LazyLock::new(|| compiled([(r#"(?m)^([ +-]?\s*-\s*["']?[\w-]+=)[^\s"']+"#, "$1****")]));

/// What is taken out, and what is put there instead.
struct Rules {
    each: Vec<(Regex, &'static str)>,
    /// Tells by one look which of them find anything: nearly always none does.
    any: Option<RegexSet>,
}

/// A pattern that does not compile takes nothing out; a test sees to it that there is none.
fn compiled<const N: usize>(rules: [(&str, &'static str); N]) -> Rules {
    let each: Vec<_> = rules
        .into_iter()
        .filter_map(|(pattern, instead)| Some((Regex::new(pattern).ok()?, instead)))
        .collect();
    let any = RegexSet::new(each.iter().map(|(pattern, _)| pattern.as_str())).ok();
    Rules { each, any }
}

/// The text without keys, tokens, cookies and sign-in links.
pub fn secrets(text: &str) -> Cow<'_, str> {
    apply(&SECRETS, text)
}

/// The text with e-mail addresses reduced to `m…@e…`, which is still enough to tell two of them apart.
pub fn addresses(text: &str) -> Cow<'_, str> {
    apply(&ADDRESSES, text)
}

/// The text of a configuration file without the keys of any service.
pub fn settings(text: &str) -> String {
    apply(&LISTED, &secrets(text)).into_owned()
}

fn apply<'a>(rules: &Rules, text: &'a str) -> Cow<'a, str> {
    let mut out = Cow::Borrowed(text);
    let found = rules.any.as_ref().map(|any| any.matches(text));
    for (at, (pattern, instead)) in rules.each.iter().enumerate() {
        if found.as_ref().is_some_and(|found| !found.matched(at)) {
            continue;
        }
        if let Cow::Owned(changed) = pattern.replace_all(&out, *instead) {
            out = Cow::Owned(changed);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for (rules, patterns) in [(&SECRETS, 9), (&LISTED, 1), (&ADDRESSES, 1)] {
            assert_eq!((rules.each.len(), rules.any.as_ref().map(RegexSet::len)), (patterns, Some(patterns)));
        }
    }

    #[test]
    fn secrets_go_and_their_places_stay() {
        let table = [
            ("key sk-abcdefgh1234567890 used", "key sk-**** used"),
            ("Authorization: Bearer abc.def-ghi_jkl", "Authorization: **** ****"),
            ("authorization: Basic bWU6Z2VoZWlt\r\n", "authorization: **** ****\r\n"),
            ("a basic explanation", "a basic explanation"),
            ("sent bearer 0123456789abcdef to it", "sent bearer **** to it"),
            ("http://127.0.0.1:2048/console/#link=AbC-123_x.", "http://127.0.0.1:2048/console/#link=****"),
            ("idle (\"http\", me:hunter2@grid:4444)", "idle (\"http\", ****@grid:4444)"),
            ("at https://me:hunter2@grid.example/hub.", "at https://****@grid.example/hub."),
            ("cookie: SID=abc; HSID=def", "cookie: ****"),
            ("got SAPISID=abc/def; path=/", "got SAPISID=****; path=/"),
            ("postern_session=0a1b2c; HttpOnly", "postern_session=****; HttpOnly"),
            ("apiKey: hunter2hunter2", "apiKey: ****"),
            ("openai-api-key: 'hunter2'", "openai-api-key: '****'"),
            (r#""apiKey": "hunter2""#, r#""apiKey": "****""#),
            ("token=abc error=none", "token=**** error=none"),
            ("\x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0mabc next", "\x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0m**** next"),
            ("\x1b[2m=\x1b[0msk-abcdefgh12345", "\x1b[2m=\x1b[0msk-****"),
            ("AIzaSyA1234567890123456789012345678901", "****"),
        ];
        for (text, expected) in table {
            assert_eq!(secrets(text), expected, "{text}");
        }
    }

    #[test]
    fn keys_in_lists_go_too() {
        assert_eq!(settings("+  - gemini=planted\n   - \"x=planted\""), "+  - gemini=****\n   - \"x=****\"");
        assert_eq!(settings("-  - name: GPT"), "-  - name: GPT");
    }

    #[test]
    fn ordinary_words_stay() {
        let table = [
            "prompt_tokens=12 completion_tokens=30",
            "task-queue is full, risk-free",
            "no bearer given",
            "3 cookies loaded",
            "http://127.0.0.1:2048/v1 listening",
            "account ready model=gemini-2.5-pro",
        ];
        for text in table {
            assert_eq!(secrets(text), text);
        }
    }

    #[test]
    fn addresses_are_shortened() {
        assert_eq!(addresses("account jane.doe+x@example.org: ready"), "account j…@e…: ready");
        assert_eq!(addresses("@ai-sdk/openai-compatible"), "@ai-sdk/openai-compatible");
    }
}
