//! What providers of this dialect say when they refuse: the error object, and what others send in its place.

use std::time::Duration;

use serde_json::Value;

use crate::chat::{Failure, FailureKind};

/// Most characters of a provider's message that are handed on.
const LONGEST: usize = 600;

/// The failure that a refusal stands for. `retry_after` is what the `Retry-After` header says.
pub fn read_error(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let said = Said::of(body);
    let failure = said.failure(status);
    match retry_after.or(failure.retry_after) {
        Some(after) if is_spent(&said.words) => {
            Failure { retry_after: retry_after.map(|_| after), ..failure }
        }
        after => Failure { retry_after: after, ..failure },
    }
}

/// The failure that an error object inside an answer stands for.
pub(super) fn of_object(object: &Value) -> Failure {
    let said = Said::of_value(object);
    let status = said.status.unwrap_or_else(|| status_of(&said.words));
    said.failure(status)
}

/// What a refusal says, in whatever form.
#[derive(Debug, Default)]
struct Said {
    message: String,
    /// Type, code and status together, in small letters.
    words: String,
    /// An HTTP status inside the object.
    status: Option<u16>,
    param: Option<String>,
    retry_after: Option<Duration>,
    /// It is an error object, and not a page of a web server.
    formal: bool,
}

impl Said {
    fn of(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        match serde_json::from_str::<Value>(text) {
            Ok(value) => Self::of_value(&value),
            Err(_) => Self { message: shortened(&plain(text)), ..Self::default() },
        }
    }

    /// The forms: `{"error": {…}}`, `{"error": "…"}`, the object alone, arrays of them, and `detail` of web frameworks.
    fn of_value(value: &Value) -> Self {
        let value = value.get(0).unwrap_or(value);
        let error = match &value["error"] {
            Value::Null => value["errors"].get(0).unwrap_or(value),
            error => error,
        };
        let texts =
            [&error["message"], error, &value["message"], &value["detail"], &error["msg"], &error["detail"]];
        let mut message = texts.iter().find_map(|text| text.as_str()).unwrap_or_default().to_owned();
        if let Some(first) = value["detail"].get(0) {
            message = first["msg"].as_str().unwrap_or_default().to_owned();
        }
        // Servers that stand before others put the true words inside.
        if let Some(raw) = error["metadata"]["raw"].as_str().filter(|raw| !raw.is_empty()) {
            message = format!("{message}: {raw}");
        }
        let words: Vec<&str> = ["type", "code", "status"]
            .iter()
            .filter_map(|key| error[*key].as_str())
            .chain(reasons(error))
            .collect();
        let code = [&error["code"], &value["code"], &error["status"]].into_iter().find_map(Value::as_u64);
        Self {
            retry_after: delay_of(error).or_else(|| wait_in(&message)),
            message: shortened(&message),
            words: words.join(" ").to_ascii_lowercase(),
            status: code.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code)),
            param: error["param"].as_str().map(str::to_owned),
            formal: value.is_object(),
        }
    }

    fn failure(&self, status: u16) -> Failure {
        let kind = self.kind(status);
        let known = !self.message.is_empty();
        let message = match (kind, known) {
            (FailureKind::SignInExpired, true) => {
                format!("The provider does not accept the key: {}", self.message)
            }
            (FailureKind::SignInExpired, false) => "The provider does not accept the key.".to_owned(),
            (FailureKind::Quota, true) if is_spent(&self.words) => {
                format!("The quota of the key at the provider is used up: {}", self.message)
            }
            (_, true) => format!("The provider says: {}", self.message),
            (_, false) => format!("The provider refused the request with HTTP status {status}."),
        };
        let failure = Failure::new(kind, message);
        Failure {
            param: self.param.clone().filter(|_| kind == FailureKind::BadRequest),
            retry_after: self.retry_after.filter(|_| !is_spent(&self.words)),
            ..failure
        }
    }

    fn kind(&self, status: u16) -> FailureKind {
        let bad_key = self.words.contains("invalid_api_key") || self.words.contains("api_key_invalid");
        let spent = is_spent(&self.words);
        match status {
            401 => FailureKind::SignInExpired,
            400 | 403 if bad_key => FailureKind::SignInExpired,
            402 => FailureKind::Quota,
            400 | 403 | 429 if spent => FailureKind::Quota,
            403 => FailureKind::Refused,
            404 if self.formal => FailureKind::UnknownModel,
            408 | 504 | 524 => FailureKind::Timeout,
            409 | 425 | 503 | 529 => FailureKind::Unavailable,
            429 => FailureKind::Quota,
            400..=499 if status != 404 => FailureKind::BadRequest,
            _ => FailureKind::UpstreamError,
        }
    }
}

/// The status that stands for these words, where there is none.
fn status_of(words: &str) -> u16 {
    let known = [
        ("insufficient_quota", 429),
        ("rate_limit", 429),
        ("resource_exhausted", 429),
        ("too_many_requests", 429),
        ("authentication", 401),
        ("invalid_api_key", 401),
        ("permission", 403),
        ("model_not_found", 404),
        ("overloaded", 503),
        ("unavailable", 503),
        ("timeout", 504),
        ("invalid_request", 400),
        ("invalid_prompt", 400),
        ("context_length", 400),
        ("bad_request", 400),
    ];
    known.iter().find(|(word, _)| words.contains(word)).map_or(502, |(_, status)| *status)
}

/// Whether it is the quota that is used up, for which waiting a little does not help.
fn is_spent(words: &str) -> bool {
    [
        "insufficient_quota",
        "billing",
        "payment",
        "insufficient_balance",
        "insufficient_credits",
        "quota_exceeded",
    ]
    .iter()
    .any(|word| words.contains(word))
}

/// The reasons inside Google's details.
fn reasons(error: &Value) -> impl Iterator<Item = &str> {
    error["details"].as_array().into_iter().flatten().filter_map(|detail| detail["reason"].as_str())
}

/// When Google's details say to try again.
fn delay_of(error: &Value) -> Option<Duration> {
    let details = error["details"].as_array()?;
    duration(details.iter().find_map(|detail| detail["retryDelay"].as_str())?)
}

/// When a message says to try again: "try again in 6m0.5s", "retry after 20 seconds".
fn wait_in(message: &str) -> Option<Duration> {
    let small = message.to_ascii_lowercase();
    let starts = ["again in ", "retry in ", "retry after ", "again after "];
    let rest = starts.iter().find_map(|start| small.split_once(start).map(|(_, rest)| rest))?;
    duration(rest)
}

/// A length of time at the start of a text: `20s`, `1.5s`, `350ms`, `6m0s`, `1h2m`, `20 seconds`.
fn duration(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let mut rest = text;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        let Ok(number) = rest[..digits].trim_end_matches('.').parse::<f64>() else { break };
        let after = rest[digits..].trim_start_matches(' ');
        let letters = after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit = match &after[..letters] {
            "ms" | "milliseconds" => 0.001,
            "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            _ => break,
        };
        total += number * unit;
        rest = after[letters..].trim_start_matches([' ', ',']);
    }
    (total > 0.0).then(|| Duration::try_from_secs_f64(total).ok()).flatten()
}

/// The words of a page: its title, or what is not markup.
fn plain(text: &str) -> String {
    if !text.starts_with('<') {
        return text.to_owned();
    }
    let small = text.to_ascii_lowercase();
    let title = small.split_once("<title>").and_then(|(before, rest)| {
        let start = before.len() + "<title>".len();
        Some(&text[start..start + rest.find("</title>")?])
    });
    title.unwrap_or_default().trim().to_owned()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
