//! How answers end: by their own words, and by what is known of the way.

use postern_store::{Ended, Exchange, Standing};
use serde_json::Value;

use super::page::Page;
use super::value::{field, text, text_of};

/// What OpenAI's reason to finish means; `None` for none. The words of other providers, which some hand through, count
/// as well.
pub(super) fn of_openai(finish: &str) -> Option<Standing> {
    match finish {
        "" => None,
        "length" | "max_tokens" | "MAX_TOKENS" | "max_output_tokens" | "model_length" => {
            Some(Standing::Truncated)
        }
        "content_filter" | "sensitive" | "SAFETY" | "RECITATION" | "PROHIBITED_CONTENT" | "refusal" => {
            Some(Standing::Blocked)
        }
        "error" | "network_error" | "insufficient_system_resource" | "failed" => {
            Some(Standing::UpstreamError)
        }
        _ => Some(Standing::Ok),
    }
}

/// Takes down the error that this object has, if it has one.
pub(super) fn take(page: &mut Page, said: &Value) {
    if let Some(error) = field(said, "error") {
        note(page, error);
    }
}

/// Takes down an error.
pub(super) fn note(page: &mut Page, error: &Value) {
    const FILTERS: [&str; 7] = [
        "content_filter",
        "content_policy",
        "content management policy",
        "safety system",
        "data_inspection",
        "PROHIBITED_CONTENT",
        "moderation",
    ];
    let kinds = format!("{} {} {}", error, text(error, "code"), text(error, "type"));
    let filtered = FILTERS.iter().any(|word| kinds.contains(word));
    if page.conversation.error.is_none() {
        page.ending = Some(if filtered { Standing::Blocked } else { Standing::UpstreamError });
        page.conversation.error = Some(words(error));
    }
}

/// The message of an error, or the whole of one without.
fn words(error: &Value) -> String {
    match (error, text_of(error, &["message", "msg"])) {
        (Value::String(words), _) => words.clone(),
        (error, "") => error.to_string(),
        (_, words) => words.to_owned(),
    }
}

/// Takes down what stands in place of an answer with a status that says it is none.
pub(super) fn of_status(page: &mut Page, body: &Value, plain: &[u8]) {
    /// Of a page in place of an answer, so many letters.
    const MOST: usize = 1000;
    if page.conversation.error.is_some() {
        return;
    }
    let named = ["error", "detail", "message", "errors"].iter().find_map(|name| field(body, name));
    match named {
        Some(error) => note(page, error),
        None if !body.is_null() => note(page, body),
        None => {
            let words: String = String::from_utf8_lossy(plain).trim().chars().take(MOST).collect();
            note(page, &Value::String(words));
        }
    }
}

/// Says how the answer ended, after what it said itself, what the status says, and who ended it.
pub(super) fn settle(page: &mut Page, exchange: &Exchange, pieces: bool) {
    let refused = exchange.ended == Ended::Refused && matches!(exchange.status, 400..=428 | 430..=499);
    page.conversation.standing = match (exchange.ended, page.ending) {
        _ if refused => Standing::Blocked,
        // Clients may leave as soon as they have read the end.
        (_, Some(ending)) => ending,
        _ if exchange.status >= 400 => Standing::UpstreamError,
        (Ended::Left, None) => Standing::ClientAbort,
        (Ended::Refused | Ended::Broken, None) => Standing::UpstreamError,
        (Ended::Whole, None) if pieces || exchange.status == 0 => Standing::UpstreamError,
        (Ended::Whole, None) => Standing::Ok,
    };
}
