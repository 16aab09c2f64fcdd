//! The paths of the public door, and what follows from a path alone: in which dialect is answered, whether a key is
//! asked for, whether it counts.

use std::borrow::Cow;

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use postern_protocol::dialect::Dialect;
use postern_protocol::gemini::Method;

pub(crate) const CHAT: &str = "/v1/chat/completions";
pub(crate) const SPEECH: &str = "/v1/audio/speech";
pub(crate) const IMAGES: &str = "/v1/images/generations";
pub(crate) const RESPONSES: &str = "/v1/responses";
pub(crate) const COMPLETIONS: &str = "/v1/completions";
pub(crate) const MESSAGES: &str = "/v1/messages";
pub(crate) const COUNT_TOKENS: &str = "/v1/messages/count_tokens";
pub(crate) const TRANSCRIPTIONS: &str = "/v1/audio/transcriptions";
pub(crate) const TRANSLATIONS: &str = "/v1/audio/translations";
pub(crate) const EMBEDDINGS: &str = "/v1/embeddings";
pub(crate) const RERANK: &str = "/v1/rerank";
pub(crate) const MODERATIONS: &str = "/v1/moderations";
pub(crate) const IMAGE_EDITS: &str = "/v1/images/edits";
pub(crate) const IMAGE_VARIATIONS: &str = "/v1/images/variations";
pub(crate) const MODELS: &str = "/v1/models";
pub(crate) const MODEL: &str = "/v1/models/{*id}";
pub(crate) const GEMINI_MODELS: &str = "/v1beta/models";
pub(crate) const GEMINI_MODEL: &str = "/v1beta/models/{*id}";

/// Where answers are asked for, which counts towards the limits of a key; beside them the calls of [`call`].
const ANSWERING: [&str; 13] = [
    CHAT,
    RESPONSES,
    COMPLETIONS,
    MESSAGES,
    SPEECH,
    TRANSCRIPTIONS,
    TRANSLATIONS,
    IMAGES,
    IMAGE_EDITS,
    IMAGE_VARIATIONS,
    EMBEDDINGS,
    RERANK,
    MODERATIONS,
];
/// Names the dialect of a request where its path does not.
const VERSION: &str = "anthropic-version";
/// Tells of a client of Google's where the path does not.
const GOOGLE_KEY: &str = "x-goog-api-key";

/// What may be asked for, for those who asked for something else.
pub(crate) const TOLD: &str = "POST /v1/chat/completions, POST /v1/responses, POST /v1/completions, POST /v1/messages, POST /v1/messages/count_tokens, \
                               POST /v1beta/models/{id}:generateContent (or :streamGenerateContent, :countTokens, \
                               :embedContent, :batchEmbedContents), GET /v1beta/models, GET /v1beta/models/{id}, \
                               POST /v1/audio/speech, POST /v1/audio/transcriptions, POST /v1/audio/translations, \
                               POST /v1/images/generations, POST /v1/images/edits, POST /v1/images/variations, \
                               POST /v1/embeddings, POST /v1/rerank, POST /v1/moderations, GET /v1/models, \
                               GET /v1/models/{id}, GET /v1/queue, POST /v1/cancel/{id}, GET /health, GET /api/info";

/// A path below a model that says what is to be done, as Google's clients write it: `models/NAME:METHOD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelCall {
    pub(crate) model: String,
    pub(crate) method: Method,
}

/// The call that the path names, if it names one. Escapes stand for what they stand for: a limit that a `%3A` gets
/// round is none.
pub(crate) fn call(path: &str) -> Option<ModelCall> {
    let rest = path.strip_prefix("/v1beta/models/").or_else(|| path.strip_prefix("/v1/models/"))?;
    let rest = percent_decode_str(rest).decode_utf8().ok()?;
    Method::split(&rest).map(|(model, method)| ModelCall { model: model.to_owned(), method })
}

/// In whose words the path is answered, refusals included.
pub(crate) fn dialect(path: &str, headers: &HeaderMap) -> Dialect {
    if path == MESSAGES || path.starts_with("/v1/messages/") {
        Dialect::Messages
    } else if path == "/v1beta" || path.starts_with("/v1beta/") || call(path).is_some() {
        Dialect::Gemini
    } else if ANSWERING.contains(&path) {
        Dialect::Chat
    } else if headers.contains_key(VERSION) {
        Dialect::Messages
    } else if is_list(path) && headers.contains_key(GOOGLE_KEY) {
        // Google's SDKs look below `/v1` since their third version, where the others have their lists.
        Dialect::Gemini
    } else {
        Dialect::Chat
    }
}

/// Whether the path belongs to what clients of models ask for.
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with("/v1beta/")
}

/// Whether this asks for a key where one is needed. Neither what methods a path knows is a secret nor what models there
/// are.
pub(crate) fn guarded(method: &http::Method, path: &str) -> bool {
    let looks = matches!(*method, http::Method::GET | http::Method::HEAD) && is_list(path);
    is_api(path) && *method != http::Method::OPTIONS && !looks
}

fn is_list(path: &str) -> bool {
    [MODELS, GEMINI_MODELS]
        .into_iter()
        .any(|list| path.strip_prefix(list).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Whether this counts towards the limits of a key: asking for an answer does, looking around and counting tokens do
/// not.
pub(crate) fn counted(method: &http::Method, path: &str) -> bool {
    let answers =
        || ANSWERING.contains(&path) || call(path).is_some_and(|call| call.method != Method::CountTokens);
    *method == http::Method::POST && answers()
}

/// Whether the path is one of ours that lacks its version.
pub(crate) fn without_version(path: &str) -> bool {
    let versioned = format!("/v1{path}");
    ANSWERING.contains(&versioned.as_str()) || is_list(&versioned)
}

/// The value of a query's field, its escapes undone.
pub(crate) fn query<'a>(query: Option<&'a str>, name: &str) -> Option<Cow<'a, str>> {
    let fields = query?.split('&').map(|field| field.split_once('=').unwrap_or((field, "")));
    let value = fields.into_iter().find(|(field, _)| *field == name)?.1;
    percent_decode_str(value).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_call_is_read_however_it_is_written() {
        let written = [
            ("/v1beta/models/a:generateContent", "a", Method::GenerateContent),
            ("/v1/models/a%3AstreamGenerateContent", "a", Method::StreamGenerateContent),
            ("/v1beta/models/postern/echo:countTokens", "postern/echo", Method::CountTokens),
            ("/v1beta/models/x%2Fy:free:embedContent", "x/y:free", Method::EmbedContent),
        ];
        for (path, model, method) in written {
            assert_eq!(call(path), Some(ModelCall { model: model.to_owned(), method }), "{path}");
        }
        for path in
            ["/v1beta/models/a", "/v1beta/models/:generateContent", "/v1beta/models/a:b", "/v1/a:countTokens"]
        {
            assert_eq!(call(path), None, "{path}");
        }
    }

    #[test]
    fn the_path_says_the_dialect_and_a_header_where_it_does_not() {
        let none = HeaderMap::new();
        let claude =
            HeaderMap::from_iter([(http::HeaderName::from_static(VERSION), HeaderValue::from_static("x"))]);
        for (path, without, with) in [
            ("/v1/chat/completions", Dialect::Chat, Dialect::Chat),
            ("/v1/messages/count_tokens", Dialect::Messages, Dialect::Messages),
            ("/v1/models", Dialect::Chat, Dialect::Messages),
            ("/v1beta/models", Dialect::Gemini, Dialect::Gemini),
            ("/v1/models/a:generateContent", Dialect::Gemini, Dialect::Gemini),
            ("/v1/messages-of-mine", Dialect::Chat, Dialect::Messages),
        ] {
            assert_eq!((dialect(path, &none), dialect(path, &claude)), (without, with), "{path}");
        }
    }

    #[test]
    fn a_list_is_in_the_words_of_whose_key_is_shown() {
        let google = HeaderMap::from_iter([(
            http::HeaderName::from_static(GOOGLE_KEY),
            HeaderValue::from_static("x"),
        )]);
        for (path, answered) in [
            ("/v1/models", Dialect::Gemini),
            ("/v1/models/a", Dialect::Gemini),
            ("/v1/chat/completions", Dialect::Chat),
            ("/v1/queue", Dialect::Chat),
        ] {
            assert_eq!(dialect(path, &google), answered, "{path}");
        }
    }

    #[test]
    fn lists_are_open_and_calls_are_not() {
        for path in ["/v1/models", "/v1/models/a", "/v1beta/models", "/v1beta/models/a", "/health", "/v1"] {
            assert!(!guarded(&http::Method::GET, path), "{path}");
        }
        for path in ["/v1/models/a:generateContent", "/v1beta/models/a:countTokens", "/v1/x", "/v1/modelsx"] {
            assert!(guarded(&http::Method::POST, path), "{path}");
        }
        assert!(guarded(&http::Method::GET, "/v1/modelsx") && guarded(&http::Method::GET, "/v1beta/x"));
    }

    #[test]
    fn answers_count_and_counting_does_not() {
        for path in
            ["/v1/chat/completions", "/v1beta/models/a%3AgenerateContent", "/v1/models/a:embedContent"]
        {
            assert!(counted(&http::Method::POST, path) && !counted(&http::Method::GET, path), "{path}");
        }
        for path in ["/v1beta/models/a:countTokens", "/v1/models", "/v1/cancel/a"] {
            assert!(!counted(&http::Method::POST, path), "{path}");
        }
    }

    #[test]
    fn a_field_of_a_query_is_found() {
        assert_eq!(query(Some("a=1&key=x%2By&alt"), "key").as_deref(), Some("x+y"));
        assert_eq!(query(Some("alt&key"), "alt").as_deref(), Some(""));
        assert_eq!((query(Some("monkey=1"), "key"), query(None, "key")), (None, None));
    }
}
