use crate::chat::Finish;

/// What a reason to end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// An end as others know it.
    As(Finish),
    /// The model stopped, for a reason that is worth a word.
    Oddly,
    /// The model meant to do something and failed. What it said before is its answer; without any there is none.
    Failed,
}

/// Reads a reason. One that is new counts as an odd stop.
pub(super) fn ended(reason: &str) -> Ended {
    match reason {
        "STOP" => Ended::As(Finish::Stop),
        "MAX_TOKENS" => Ended::As(Finish::Length),
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "ESCALATION"
        | "LANGUAGE" => Ended::As(Finish::ContentFilter),
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE"
        | "MALFORMED_RESPONSE" => Ended::Failed,
        // OTHER, IMAGE_OTHER, NO_IMAGE, FINISH_REASON_UNSPECIFIED
        _ => Ended::Oddly,
    }
}

/// The word for the end.
pub(super) fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::ToolCalls => "STOP",
        Finish::Length => "MAX_TOKENS",
        Finish::ContentFilter => "SAFETY",
    }
}
