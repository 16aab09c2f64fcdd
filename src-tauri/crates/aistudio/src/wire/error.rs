//! The site's errors, told apart by what has to be done about them.

use std::time::Duration;

use postern_protocol::chat::{Failure, FailureKind};
use serde_json::Value;

use super::loose;

/// The status the site puts into a body: a code of the RPC family and a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// 3 bad argument, 7 refused, 8 quota, 13 and 14 the site's own trouble, 16 signed out.
    pub code: u64,
    /// What the site says.
    pub message: String,
}

impl Status {
    /// Reads `[code, message, …]`; `None` for anything else and for success.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let code = loose::at(value, 0)?.as_u64().filter(|code| *code != 0)?;
        let message = loose::at(value, 1).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { code, message })
    }

    /// Reads the body of an error answer: `[null, [code, message]]`.
    pub fn of_body(body: &[u8]) -> Option<Self> {
        let root = loose::parse(loose::without_guard(body))?;
        Self::of(loose::at(&root, 1)?)
    }
}

/// The failure that an HTTP status, a status in the body, or both stand for. The code in the body is the
/// more exact of the two and wins.
pub fn failure_of(http: Option<u16>, status: Option<&Status>) -> Failure {
    let said = status.map(|status| status.message.trim()).filter(|text| !text.is_empty());
    let kind = status
        .and_then(|status| kind_of_code(status.code, &status.message))
        .or_else(|| http.map(kind_of_http))
        .unwrap_or(FailureKind::UpstreamError);
    let failure = Failure::new(kind, sentence(kind, http, status.map(|status| status.code), said));
    match said.and_then(retry_hint) {
        Some(after) => failure.retry_after(after),
        None => failure,
    }
}

fn kind_of_code(code: u64, message: &str) -> Option<FailureKind> {
    Some(match code {
        1 => FailureKind::Interrupted,
        9 if message.to_ascii_lowercase().contains("location") => FailureKind::Refused,
        3 | 9 | 11 => FailureKind::BadRequest,
        5 => FailureKind::UnknownModel,
        7 => FailureKind::Refused,
        8 => FailureKind::Quota,
        16 => FailureKind::SignInExpired,
        2 | 4 | 10 | 12 | 13 | 14 | 15 => FailureKind::UpstreamError,
        _ => return None,
    })
}

fn kind_of_http(status: u16) -> FailureKind {
    match status {
        400 | 413 => FailureKind::BadRequest,
        401 => FailureKind::SignInExpired,
        403 => FailureKind::Refused,
        429 => FailureKind::Quota,
        _ => FailureKind::UpstreamError,
    }
}

fn sentence(kind: FailureKind, http: Option<u16>, code: Option<u64>, said: Option<&str>) -> String {
    let what = match kind {
        FailureKind::BadRequest => "AI Studio did not accept the request",
        FailureKind::UnknownModel => "AI Studio does not know this model",
        FailureKind::Quota => "This account's AI Studio quota for the model is used up",
        FailureKind::Refused => {
            "AI Studio refused this browser session (this is not a matter of quota; \
             signing in again or using the account less for a while helps)"
        }
        FailureKind::SignInExpired => "AI Studio asks for a new sign-in: postern account add NAME",
        FailureKind::Interrupted => "AI Studio broke the answer off",
        _ => "AI Studio failed to answer",
    };
    let mut text = what.to_owned();
    match (http, code) {
        (Some(http), Some(code)) => text.push_str(&format!(" (HTTP {http}, code {code})")),
        (Some(http), None) => text.push_str(&format!(" (HTTP {http})")),
        (None, Some(code)) => text.push_str(&format!(" (code {code})")),
        (None, None) => {}
    }
    if let Some(said) = said {
        text.push_str(": ");
        text.extend(said.chars().take(500));
    }
    text
}

/// Reads "retry in 12.5s" out of a message.
fn retry_hint(message: &str) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let rest = lower.split_once("retry in ")?.1;
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let unit = rest[number.len()..].trim_start();
    let factor = match unit.chars().next()? {
        's' => 1.0,
        'm' if unit.starts_with("ms") => 0.001,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * factor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(http: u16, body: &str) -> FailureKind {
        failure_of(Some(http), Status::of_body(body.as_bytes()).as_ref()).kind
    }

    #[test]
    fn the_classes_are_kept_apart() {
        assert_eq!(kind(401, r#"[,[16,"Request had invalid credentials"]]"#), FailureKind::SignInExpired);
        assert_eq!(kind(403, r#"[,[7,"The caller does not have permission"]]"#), FailureKind::Refused);
        assert_eq!(kind(429, r#"[null,[8,"user has exceeded quota"]]"#), FailureKind::Quota);
        assert_eq!(kind(400, r#"[null,[3,"too long"]]"#), FailureKind::BadRequest);
        assert_eq!(kind(500, r#"[null,[13,"internal"]]"#), FailureKind::UpstreamError);
        assert_eq!(kind(503, "<html>"), FailureKind::UpstreamError);
        assert_eq!(kind(403, "<html>"), FailureKind::Refused);
        assert_eq!(
            kind(
                200,
                r#")]}'
[,[8,"quota",[["details"]]]]"#
            ),
            FailureKind::Quota
        );
    }

    #[test]
    fn a_hint_when_to_retry_is_read() {
        let status = Status { code: 8, message: "Quota exceeded. Please retry in 37.5s.".into() };
        assert_eq!(failure_of(Some(429), Some(&status)).retry_after, Some(Duration::from_millis(37_500)));
        assert_eq!(retry_hint("please retry in 2 minutes"), Some(Duration::from_secs(120)));
        assert_eq!(retry_hint("please retry later"), None);
    }
}
