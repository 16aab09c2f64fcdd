//! The detectors: a pattern for each kind of thing, and a check of what it matches.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Sensitive;
use super::checks::{card, chinese_id, entropy, iban, public_v4, public_v6};
use super::random::{DIGITS, tokens};

/// Something in a text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: Sensitive,
    pub(super) start: usize,
    pub(super) end: usize,
}

struct Detector {
    kind: Sensitive,
    /// What is found is the group `x`, or all of it where there is none.
    pattern: Regex,
    /// Says whether a match is one.
    check: fn(&str) -> bool,
    /// A text with fewer digits has nothing that passes.
    digits: usize,
    /// A text without any of these has no match.
    signs: &'static [&'static str],
}

/// What a look at each byte says of a text, so that most patterns need not be tried.
struct Glance<'a> {
    text: &'a str,
    digits: usize,
    /// The bytes that occur.
    bytes: [bool; 256],
}

impl<'a> Glance<'a> {
    fn at(text: &'a str) -> Self {
        let mut bytes = [false; 256];
        text.bytes().for_each(|byte| bytes[usize::from(byte)] = true);
        let digits = match b"0123456789".iter().any(|digit| bytes[usize::from(*digit)]) {
            true => text.bytes().filter(u8::is_ascii_digit).count(),
            false => 0,
        };
        Self { text, digits, bytes }
    }

    fn has(&self, sign: &str) -> bool {
        sign.bytes().all(|byte| self.bytes[usize::from(byte)]) && self.text.contains(sign)
    }

    fn may_have(&self, detector: &Detector) -> bool {
        let Detector { digits, signs, .. } = detector;
        self.digits >= *digits && (signs.is_empty() || signs.iter().any(|sign| self.has(sign)))
    }
}

/// Longer texts are looked at piece by piece, cut at blanks, so that no pattern sees too much at once.
const MOST: usize = 128 << 10;

/// The kind, how many digits there are at least, signs, the pattern and the check.
type Row = (Sensitive, usize, &'static [&'static str], &'static str, fn(&str) -> bool);

/// The more telling comes first: where two meet, the first has it.
static DETECTORS: LazyLock<Vec<Detector>> = LazyLock::new(|| {
    let rows: [Row; 20] = [
        (
            Sensitive::PrivateKey,
            0,
            &["PRIVATE KEY"],
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:,.\-()]{40,}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
            any,
        ),
        (
            Sensitive::Jwt,
            0,
            &["eyJ"],
            r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
            any,
        ),
        (
            Sensitive::UrlCredentials,
            0,
            &["://"],
            r"\b[a-z][a-z0-9+.-]{1,15}://(?P<x>[^\s/:@<>{}$%'\x22]{1,128}:[^\s/@<>{}$'\x22]{3,256})@[\w.\[-]",
            url_credentials,
        ),
        // OpenAI's, Anthropic's, OpenRouter's, DeepSeek's and others': they all took to the same beginning.
        (
            Sensitive::ApiKey,
            2,
            &["sk-"],
            r"\b(?P<x>sk-(?:ant-|or-|proj-|svcacct-|admin-|lf-)?[A-Za-z0-9_-]{20,})",
            looks_random,
        ),
        (Sensitive::ApiKey, 0, &["AIza"], r"\bAIza[0-9A-Za-z_-]{35}", any),
        (
            Sensitive::ApiKey,
            0,
            &["gh", "github_pat_"],
            r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b",
            any,
        ),
        (
            Sensitive::ApiKey,
            0,
            &["xox", "xapp-"],
            r"\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,})",
            any,
        ),
        (Sensitive::ApiKey, 0, &["AKIA", "ASIA"], r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", not_an_example),
        (
            Sensitive::ApiKey,
            0,
            &[
                "hf_", "glpat-", "npm_", "pypi-", "gsk_", "xai-", "_live_", "_test_", "SG.", "ya29.", "r8_",
                "pplx-",
            ],
            r"\b(?:hf_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|ya29\.[A-Za-z0-9_-]{20,}|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{40,})",
            any,
        ),
        (Sensitive::Bearer, 2, &["earer"], r"\b[Bb]earer\s+(?P<x>[A-Za-z0-9._~+/-]{16,}=*)", looks_random),
        (
            Sensitive::Cookie,
            0,
            &["ookie"],
            r"(?i)\b(?:set-)?cookie\s*:\s*(?P<x>[\w.!#$%&*+^`|~-]+=[^\s;'\x22]{6,}(?:;\s*[\w.!#$%&*+^`|~-]+=[^\s;'\x22]*)*)",
            any,
        ),
        (
            Sensitive::Password,
            1,
            &["ey", "ecret", "ECRET", "oken", "OKEN", "assw", "ASSW", "EY", "pwd", "PWD", "密码", "密钥"],
            r#"(?i)(?:secret|token|passw(?:or)?d|passwd|pwd|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|密码|密钥)(?:[_-]?(?:key|value)|[_-][\w-]{0,20})?["']?\s{0,3}(?:[:=]|=>|:=|：|是|为)\s{0,3}["'`]?(?P<x>[A-Za-z0-9_~+/.!@#$%^&*-]{8,200}={0,2})"#,
            looks_secret,
        ),
        (
            Sensitive::Email,
            0,
            &["@"],
            r"\b(?P<x>[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})\b",
            email,
        ),
        (Sensitive::Iban, 2, &[], r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", iban),
        (Sensitive::ChineseId, 17, &[], r"\b\d{17}[\dXx]\b", chinese_id),
        (
            Sensitive::CreditCard,
            13,
            &[],
            r"\b\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b",
            card,
        ),
        (
            Sensitive::Phone,
            8,
            &["+"],
            r"(?:^|[^0-9A-Za-z_+.])(?P<x>\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4})\b",
            phone,
        ),
        (
            Sensitive::Phone,
            2,
            &[],
            r"(?:^|[^0-9A-Za-z_.+-])(?P<x>1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?:$|[^0-9A-Za-z_.-])",
            any,
        ),
        (
            Sensitive::Ip,
            4,
            &["."],
            r"(?:^|[^0-9A-Za-z_.-])(?P<x>\d{1,3}(?:\.\d{1,3}){3})(?:$|[^0-9A-Za-z_.-]|\.(?:$|\s)|-(?:$|\s))",
            public_v4,
        ),
        (
            Sensitive::HomeUser,
            0,
            &["/home/", "/Users/", "\\Users\\", "\\\\Users"],
            r"(?:/home/|/Users/|\b[A-Za-z]:\\{1,2}Users\\{1,2})(?P<x>[A-Za-z0-9][A-Za-z0-9._-]{1,31})(?:[/\\\s'\x22:)\]]|$)",
            home_user,
        ),
    ];
    let mut detectors: Vec<Detector> = rows
        .into_iter()
        .filter_map(|(kind, digits, signs, pattern, check)| {
            Some(Detector {
                kind,
                digits,
                signs,
                check,
                pattern: Regex::new(&between_letters(pattern)).ok()?,
            })
        })
        .collect();
    let v6 = Regex::new(
        r"(?:^|[^0-9A-Za-z_:.])(?P<x>(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4})(?::[0-9A-Fa-f]{1,4}){0,5}|(?:[0-9A-Fa-f]{1,4}:){1,6}:(?:[0-9A-Fa-f]{1,4}:?){0,5}[0-9A-Fa-f]{1,4})(?:$|[^0-9A-Za-z_:.])",
    );
    detectors.extend(v6.ok().map(|pattern| Detector {
        kind: Sensitive::Ip,
        pattern,
        check: public_v6,
        digits: 1,
        signs: &[":"],
    }));
    detectors
});

/// A pattern whose edges of words are those of Latin ones: Chinese stands beside an address without a blank.
fn between_letters(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

/// Everything sensitive in a text, in its order. None reaches into another.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = piece_end(text, at);
        in_piece(&text[at..end], at, &mut spans);
        at = end;
    }
    spans.sort_unstable_by_key(|span| span.start);
    spans
}

/// Where the piece that begins here ends: at a blank, if there is one.
fn piece_end(text: &str, at: usize) -> usize {
    if text.len() - at <= MOST {
        return text.len();
    }
    let mut end = at + MOST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[at..end].rfind(char::is_whitespace).filter(|blank| *blank > 0).map_or(end, |blank| at + blank)
}

fn in_piece(piece: &str, from: usize, spans: &mut Vec<Span>) {
    let glance = Glance::at(piece);
    for detector in DETECTORS.iter().filter(|detector| glance.may_have(detector)) {
        let mut at = 0;
        while let Some(found) = detector.pattern.captures_at(piece, at) {
            let Some((start, end)) = place(&found) else { break };
            // What stands behind one may begin the next.
            at = end.max(at + 1);
            while !piece.is_char_boundary(at) {
                at += 1;
            }
            let span = Span { kind: detector.kind, start: from + start, end: from + end };
            let free = spans.iter().all(|other| span.end <= other.start || other.end <= span.start);
            if free && (detector.check)(&piece[start..end]) {
                spans.push(span);
            }
            if at > piece.len() {
                break;
            }
        }
    }
    if glance.digits >= DIGITS {
        random(piece, from, spans);
    }
}

/// Long random tokens, where nothing more telling is.
fn random(piece: &str, from: usize, spans: &mut Vec<Span>) {
    for (start, end) in tokens(piece) {
        let span = Span { kind: Sensitive::RandomToken, start: from + start, end: from + end };
        if spans.iter().all(|other| span.end <= other.start || other.end <= span.start) {
            spans.push(span);
        }
    }
}

fn place(found: &Captures<'_>) -> Option<(usize, usize)> {
    let inner = found.name("x").or_else(|| found.get(0))?;
    Some((inner.start(), inner.end()))
}

fn any(_text: &str) -> bool {
    true
}

/// Whether somebody wrote this to show what stands in its place.
fn stands_for_another(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "example",
        "your",
        "xxxx",
        "placeholder",
        "changeme",
        "redacted",
        "dummy",
        "sample",
        "fake",
        "1234567890",
        "abcdef",
        "insert",
        "replace",
        "....",
        "****",
        "____",
        "<",
        "${",
        "process.env",
        "todo",
    ];
    let small = text.to_ascii_lowercase();
    WORDS.iter().any(|word| small.contains(word))
}

fn not_an_example(text: &str) -> bool {
    !stands_for_another(text)
}

/// Whether letters and digits follow each other as nobody would write them.
fn looks_random(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    !stands_for_another(text) && digits >= 2 && letters >= 4 && entropy(text) > 3.2
}

/// Whether the value of something called a secret is one: random, or a password with signs of several kinds, and no name in a
/// program.
fn looks_secret(text: &str) -> bool {
    if stands_for_another(text) {
        return false;
    }
    let kinds = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    let kinds = kinds.iter().filter(|is| text.bytes().any(|byte| is(&byte))).count();
    let signs = text.bytes().any(|byte| b"!@#$%^&*".contains(&byte));
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let is_path =
        text.contains("::") || text.contains("()") || text.matches(['.', '/', '_']).count() > 2 && !has_digit;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"._-".contains(&byte));
    !is_path
        && !is_number
        && has_digit
        && (kinds == 3 || signs && kinds >= 2 || text.len() >= 20)
        && entropy(text) > 2.7
}

fn url_credentials(text: &str) -> bool {
    let password = text.split_once(':').map_or("", |(_, password)| password);
    !stands_for_another(text)
        && !matches!(password, "pass" | "password" | "pwd" | "secret" | "postgres" | "user" | "root")
}

/// Addresses that nobody has: of documents, of programs, of decorators.
fn email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let host = host.to_ascii_lowercase();
    let reserved =
        ["example.com", "example.org", "example.net", "users.noreply.github.com", "localhost.localdomain"];
    let reserved = reserved.iter().any(|end| host == *end || host.ends_with(&format!(".{end}")));
    let ends = [
        ".test",
        ".example",
        ".invalid",
        ".local",
        ".localhost",
        ".png",
        ".jpg",
        ".svg",
        ".js",
        ".ts",
        ".css",
        ".py",
    ];
    let name = name.to_ascii_lowercase();
    !reserved
        && !ends.iter().any(|end| host.ends_with(end))
        && !matches!(name.as_str(), "noreply" | "no-reply" | "git")
}

/// Numbers with a country's code have eight digits at least and fifteen at most (E.164).
fn phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // In the United States, 555-01xx is for films and examples.
    (8..=15).contains(&digits) && !text.replace(['-', ' ', '.', '(', ')'], "").contains("55501")
}

/// Names that stand for anybody's.
fn home_user(text: &str) -> bool {
    const NOBODY: [&str; 26] = [
        "user",
        "username",
        "users",
        "you",
        "me",
        "name",
        "shared",
        "public",
        "default",
        "runner",
        "ubuntu",
        "node",
        "app",
        "root",
        "admin",
        "git",
        "www",
        "www-data",
        "vscode",
        "linuxbrew",
        "your-user",
        "yourname",
        "your_username",
        "guest",
        "home",
        "someone",
    ];
    !NOBODY.contains(&text.to_ascii_lowercase().as_str()) && !stands_for_another(text)
}
