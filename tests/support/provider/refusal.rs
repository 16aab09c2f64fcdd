//! Why a vendor answers nothing, in its own words.

use serde_json::{Value, json};

use super::Vendor;

/// A bad day of a vendor, or a mistake of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400, with this message.
    Wrong(String),
    /// 401: the key is not known (Google: 400 with `API_KEY_INVALID`).
    Key,
    /// 403: the key may not do this.
    Forbidden,
    /// 404: no such model.
    Model(String),
    /// 408.
    Timeout,
    /// 413.
    TooLarge,
    /// 429: too much in too short a time; told when to come back, in seconds, or not.
    Rate(Option<u32>),
    /// 429: nothing is left of what was paid for, or of the day's allowance.
    Quota,
    /// 500.
    Internal,
    /// 503.
    Unavailable,
    /// 529: too much to do (Google: 503, OpenAI: 503).
    Overloaded,
}

/// A refusal in a vendor's words, before it is put into its form.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) status: u16,
    /// OpenAI's and Anthropic's `type`, Google's `status`.
    pub(super) word: &'static str,
    pub(super) message: String,
    /// OpenAI: `param` and `code`. Google: the list of details.
    pub(super) more: Box<Value>,
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Refused {
    pub(super) fn new(status: u16, word: &'static str, message: impl Into<String>) -> Self {
        Self { status, word, message: message.into(), more: Box::default(), headers: Vec::new() }
    }

    pub(super) fn more(mut self, more: Value) -> Self {
        *self.more = more;
        self
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Refusal {
    pub(super) fn by(&self, vendor: Vendor) -> Refused {
        match vendor {
            Vendor::OpenAi => self.by_openai(),
            Vendor::Anthropic => self.by_anthropic(),
            Vendor::Gemini => self.by_google(),
        }
    }

    fn by_openai(&self) -> Refused {
        let code = |code: &str| json!({ "param": null, "code": code });
        match self {
            Self::Wrong(message) => refused(400, "invalid_request_error", message),
            Self::Key => refused(401, "invalid_request_error", "Incorrect API key provided: sk-wrong***********. You can find your API key at https://platform.openai.com/account/api-keys.")
                .more(code("invalid_api_key")),
            Self::Forbidden => refused(403, "request_forbidden", "Country, region, or territory not supported")
                .more(code("unsupported_country_region_territory")),
            Self::Model(name) => refused(404, "invalid_request_error", &format!("The model `{name}` does not exist or you do not have access to it."))
                .more(code("model_not_found")),
            Self::Timeout => refused(408, "timeout", "Request timed out."),
            Self::TooLarge => refused(413, "invalid_request_error", "Request body is too large."),
            Self::Rate(seconds) => {
                let told = refused(429, "requests", "Rate limit reached for this model in organization org-standin on requests per min (RPM): Limit 3, Used 3, Requested 1.")
                    .more(code("rate_limit_exceeded"))
                    .header("x-ratelimit-remaining-requests", "0");
                match seconds {
                    Some(seconds) => told.header("retry-after", seconds.to_string()).header("retry-after-ms", (seconds * 1000).to_string()),
                    None => told,
                }
            }
            Self::Quota => refused(429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")
                .more(code("insufficient_quota")),
            Self::Internal => refused(500, "server_error", "The server had an error while processing your request. Sorry about that!"),
            Self::Unavailable | Self::Overloaded => {
                refused(503, "service_unavailable_error", "The engine is currently overloaded, please try again later")
            }
        }
    }

    fn by_anthropic(&self) -> Refused {
        match self {
            Self::Wrong(message) => refused(400, "invalid_request_error", message),
            Self::Key => refused(401, "authentication_error", "invalid x-api-key"),
            Self::Forbidden => refused(
                403,
                "permission_error",
                "Your API key does not have permission to use the specified resource.",
            ),
            Self::Model(name) => refused(404, "not_found_error", &format!("model: {name}")),
            Self::Timeout => refused(408, "timeout_error", "Request timed out"),
            Self::TooLarge => refused(413, "request_too_large", "Request exceeds the maximum size"),
            Self::Rate(seconds) => {
                let told = refused(
                    429,
                    "rate_limit_error",
                    "This request would exceed your organization's rate limit of 50 requests per minute.",
                )
                .header("anthropic-ratelimit-requests-remaining", "0");
                match seconds {
                    Some(seconds) => told.header("retry-after", seconds.to_string()),
                    None => told,
                }
            }
            Self::Quota => refused(
                400,
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
            ),
            Self::Internal => refused(500, "api_error", "Internal server error"),
            Self::Unavailable => refused(503, "api_error", "Service unavailable"),
            Self::Overloaded => refused(529, "overloaded_error", "Overloaded"),
        }
    }

    fn by_google(&self) -> Refused {
        match self {
            Self::Wrong(message) => refused(400, "INVALID_ARGUMENT", message),
            Self::Key => refused(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
                .more(json!([reason("API_KEY_INVALID")])),
            Self::Forbidden => refused(
                403,
                "PERMISSION_DENIED",
                "Your project has been denied access. Please contact support.",
            ),
            Self::Model(name) => refused(
                404,
                "NOT_FOUND",
                &format!(
                    "models/{name} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods."
                ),
            ),
            Self::Timeout => {
                refused(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.")
            }
            Self::TooLarge => {
                refused(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes.")
            }
            Self::Rate(seconds) => {
                let per_minute = quota_failure("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "15");
                let retry = seconds.map(|seconds| json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s") }));
                let details: Vec<Value> = std::iter::once(per_minute).chain(retry).collect();
                refused(429, "RESOURCE_EXHAUSTED", EXCEEDED).more(Value::Array(details))
            }
            Self::Quota => refused(429, "RESOURCE_EXHAUSTED", EXCEEDED)
                .more(json!([quota_failure("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "250")])),
            Self::Internal => refused(
                500,
                "INTERNAL",
                "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
            ),
            Self::Unavailable | Self::Overloaded => {
                refused(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            }
        }
    }
}

fn refused(status: u16, word: &'static str, message: &str) -> Refused {
    Refused::new(status, word, message)
}

const EXCEEDED: &str = "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.";

/// Google's machine-readable reason.
pub(super) fn reason(reason: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": { "service": "generativelanguage.googleapis.com" },
    })
}

fn quota_failure(id: &str, value: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{
            "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            "quotaId": id,
            "quotaDimensions": { "location": "global", "model": "gemini-3-flash-preview" },
            "quotaValue": value,
        }],
    })
}
