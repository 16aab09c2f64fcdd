//! How a client's credential becomes one that the other server understands.
//!
//! Every vendor has its own place for the same thing. A client may use any of them; what arrives is in the place
//! of the server that is asked, and nowhere else: some refuse a request that has one too many.

use std::borrow::Cow;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use postern_protocol::Secret;
use postern_protocol::gemini::Method;
use postern_upstream::is_azure;

use super::allow::AuthType;
use crate::auth::bearer;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const API_KEY: HeaderName = HeaderName::from_static("api-key");
const X_GOOG_API_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// A place where a credential can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `x-goog-api-key: K`
    Google,
    /// `Authorization: Bearer K`, or `K` alone.
    Bearer,
    /// `x-api-key: K`
    XApiKey,
    /// `api-key: K`
    ApiKey,
    /// `?key=K`
    Query,
}

/// All places. Where several are filled and none is the server's own, the first counts.
pub(crate) const PLACES: [Place; 5] =
    [Place::Google, Place::Bearer, Place::XApiKey, Place::ApiKey, Place::Query];

/// Servers that want their credential in the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    OpenAi,
    Azure,
    Anthropic,
    Google,
    /// Google's imitation of `OpenAI`.
    GoogleCompat,
}

impl Family {
    /// The family of a server, as its owner says or as host and path tell; `None` where credentials stay as they are.
    pub(crate) fn of(auth: AuthType, host: &str, path: &str) -> Option<Self> {
        let google = || if path.contains("/openai/") { Self::GoogleCompat } else { Self::Google };
        match auth {
            AuthType::Off => None,
            AuthType::OpenAi => Some(Self::OpenAi),
            AuthType::Azure => Some(Self::Azure),
            AuthType::Google => Some(google()),
            // Its imitation of OpenAI takes what OpenAI does.
            AuthType::Anthropic if path.ends_with("/chat/completions") => Some(Self::OpenAi),
            AuthType::Anthropic => Some(Self::Anthropic),
            AuthType::Auto if is_azure(host) => Some(Self::Azure),
            AuthType::Auto if host == "generativelanguage.googleapis.com" => Some(google()),
            AuthType::Auto if is_messages(path) => Some(Self::Anthropic),
            AuthType::Auto if is_gemini(path) => Some(google()),
            AuthType::Auto => Some(Self::OpenAi),
        }
    }

    /// Where servers of this family look first.
    fn place(self) -> Place {
        match self {
            Self::OpenAi | Self::GoogleCompat => Place::Bearer,
            Self::Azure => Place::ApiKey,
            Self::Anthropic => Place::XApiKey,
            Self::Google => Place::Google,
        }
    }

    /// Whether they understand this credential where it stands.
    fn understands(self, place: Place, secret: &str) -> bool {
        place == self.place()
            || match (self, place) {
                (Self::Google, Place::Query) => true,
                (Self::Google, Place::Bearer) => secret.starts_with("ya29.") || is_jwt(secret),
                (Self::Azure, Place::Bearer) => is_jwt(secret),
                (Self::Anthropic, Place::Bearer) => secret.starts_with("sk-ant-oat"),
                _ => false,
            }
    }
}

/// Whether this is how Anthropic is asked; `OpenAI` has messages in threads.
pub(crate) fn is_messages(path: &str) -> bool {
    path.ends_with("/v1/messages") || path.contains("/v1/messages/")
}

/// Whether this is how Google is asked.
pub(crate) fn is_gemini(path: &str) -> bool {
    // Escapes stand for what they stand for.
    let path =
        if path.contains('%') { percent_decode_str(path).decode_utf8_lossy() } else { Cow::Borrowed(path) };
    let last = path.rsplit('/').next().unwrap_or_default();
    path.contains("/v1beta/") || Method::split(last).is_some()
}

/// Whether it is a signed token, which is no key, as Azure and Google hand them out.
fn is_jwt(secret: &str) -> bool {
    secret.starts_with("eyJ") && secret.matches('.').count() == 2
}

/// What of a request can hold a credential.
#[derive(Debug)]
pub(crate) struct Papers<'a> {
    pub(crate) headers: HeaderMap,
    /// Path and query.
    pub(crate) rest: Cow<'a, str>,
}

impl Papers<'_> {
    /// The places in which something stands, in the order of [`PLACES`]. One look at each header tells it: most requests
    /// have one credential, and many none.
    pub(crate) fn filled(&self) -> impl Iterator<Item = Place> + use<> {
        let mut filled = [false; PLACES.len()];
        for name in self.headers.keys() {
            match name.as_str() {
                "x-goog-api-key" => filled[0] = true,
                "authorization" => filled[1] = true,
                "x-api-key" => filled[2] = true,
                "api-key" => filled[3] = true,
                _ => {}
            }
        }
        filled[4] = self.rest.contains('?');
        PLACES.into_iter().zip(filled).filter_map(|(place, filled)| filled.then_some(place))
    }

    /// What stands in this place, if anything does.
    pub(crate) fn read(&self, place: Place) -> Option<String> {
        let text = |name: HeaderName| Some(self.headers.get(name)?.to_str().ok()?.trim().to_owned());
        let found = match place {
            Place::Google => text(X_GOOG_API_KEY),
            Place::Bearer => text(AUTHORIZATION).map(|text| bearer(&text).unwrap_or_default().to_owned()),
            Place::XApiKey => text(X_API_KEY),
            Place::ApiKey => text(API_KEY),
            Place::Query => self.keys_of_query().find(|key| !key.is_empty()),
        };
        found.filter(|secret| !secret.is_empty())
    }

    /// All that the query calls a key, of which other servers may have several.
    pub(crate) fn keys_of_query(&self) -> impl Iterator<Item = String> {
        let query = self.rest.split_once('?').map_or("", |(_, query)| query);
        let keys = query.split('&').filter(|pair| is_key(pair));
        let values = keys.map(|pair| pair.split_once('=').map_or("", |(_, value)| value));
        values.map(|value| percent_decode_str(value).decode_utf8_lossy().into_owned())
    }

    /// Whether one of the headers is there twice: whoever looks at one of them does not see the other.
    pub(crate) fn are_ambiguous(&self) -> bool {
        let mut headers = self.filled().filter(|&place| place != Place::Query);
        headers.any(|place| self.headers.get_all(header(place)).iter().nth(1).is_some())
    }

    /// Whether there is any.
    pub(crate) fn are_shown(&self) -> bool {
        self.filled().any(|place| self.read(place).is_some())
    }

    /// Empties this place.
    pub(crate) fn clear(&mut self, place: Place) {
        match place {
            Place::Query => self.rest = Cow::Owned(without_key(&self.rest)),
            place => drop(self.headers.remove(header(place))),
        }
    }

    fn put(&mut self, place: Place, secret: &str) {
        let text = if place == Place::Bearer { format!("Bearer {secret}") } else { secret.to_owned() };
        if let Ok(mut value) = HeaderValue::try_from(text) {
            value.set_sensitive(true);
            self.headers.insert(header(place), value);
        }
    }

    /// Puts the credential where servers of this family look for it. `stored` is asked where the client has none.
    pub(crate) fn present(&mut self, family: Family, stored: impl FnOnce() -> Option<Secret>) {
        // Signatures and passwords are between the client and the server.
        if self.headers.get(AUTHORIZATION).is_some_and(|value| value.to_str().ok().and_then(bearer).is_none())
        {
            return;
        }
        if family == Family::Anthropic && !self.headers.contains_key(ANTHROPIC_VERSION) {
            self.headers.insert(ANTHROPIC_VERSION, HeaderValue::from_static("2023-06-01"));
        }
        let own = self.filled().filter(|&place| place == family.place());
        let found = own.chain(self.filled()).find_map(|place| Some((place, self.read(place)?)));
        let Some((place, secret)) = found else {
            if let Some(secret) = stored() {
                self.clear_others(family.place());
                self.put(family.place(), secret.expose());
            }
            return;
        };
        if family.understands(place, &secret) {
            self.clear_others(place);
        } else {
            if place == Place::Query {
                self.clear(place);
            }
            self.clear_others(family.place());
            self.put(family.place(), &secret);
        }
    }

    /// Empties the headers but that of `place`. A query may mean something else by its `key`.
    fn clear_others(&mut self, place: Place) {
        for other in self.filled().filter(|&other| other != place && other != Place::Query) {
            self.headers.remove(header(other));
        }
    }
}

fn header(place: Place) -> HeaderName {
    match place {
        Place::Google => X_GOOG_API_KEY,
        Place::Bearer | Place::Query => AUTHORIZATION,
        Place::XApiKey => X_API_KEY,
        Place::ApiKey => API_KEY,
    }
}

/// Whether this part of a query is a key, however that is written.
fn is_key(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    percent_decode_str(name).eq(b"key".iter().copied())
}

/// Takes `key` out of the query and leaves every other byte as it is.
fn without_key(rest: &str) -> String {
    let Some((path, query)) = rest.split_once('?') else { return rest.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_key(pair)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJh.eyJz.c2ln";

    /// What arrives of `line` (a header as `name: value`, or `?query`) at a server of the family.
    fn arrives(lines: &[&str], family: Family, stored: Option<&str>) -> Vec<String> {
        let mut headers = HeaderMap::new();
        let mut rest = Cow::Borrowed("/v1/x");
        for line in lines {
            match line.split_once(": ") {
                Some((name, value)) => {
                    drop(headers.insert(
                        name.parse::<HeaderName>().expect("a name"),
                        value.parse().expect("a value"),
                    ));
                }
                None => rest = Cow::Owned(format!("/v1/x{line}")),
            }
        }
        let mut papers = Papers { headers, rest };
        papers.present(family, || stored.map(Secret::new));
        let Papers { headers, rest } = papers;
        let mut arrived: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
            .collect();
        arrived.retain(|line| !line.starts_with("anthropic-version"));
        arrived.extend(rest.strip_prefix("/v1/x").filter(|query| !query.is_empty()).map(str::to_owned));
        arrived
    }

    const BEARER: &str = "authorization: Bearer K";
    const GOOG: &str = "x-goog-api-key: K";

    /// Each row a way to bring a credential; the columns `OpenAI`, Azure, Anthropic, Google, Google's imitation.
    const TABLE: [(&str, [&str; 5]); 5] = [
        (BEARER, [BEARER, "api-key: K", "x-api-key: K", GOOG, BEARER]),
        ("x-api-key: K", [BEARER, "api-key: K", "x-api-key: K", GOOG, BEARER]),
        ("api-key: K", [BEARER, "api-key: K", "x-api-key: K", GOOG, BEARER]),
        (GOOG, [BEARER, "api-key: K", "x-api-key: K", GOOG, BEARER]),
        ("?key=K", [BEARER, "api-key: K", "x-api-key: K", "?key=K", BEARER]),
    ];
    const COLUMNS: [Family; 5] =
        [Family::OpenAi, Family::Azure, Family::Anthropic, Family::Google, Family::GoogleCompat];

    #[test]
    fn every_credential_arrives_in_the_place_of_its_server() {
        for (brought, row) in TABLE {
            for (family, expected) in COLUMNS.into_iter().zip(row) {
                assert_eq!(arrives(&[brought], family, Some("S")), [expected], "{brought} to {family:?}");
            }
        }
    }

    #[test]
    fn tokens_that_are_no_keys_stay_where_they_are() {
        let jwt = format!("authorization: Bearer {JWT}");
        for (line, family) in [
            (jwt.as_str(), Family::Azure),
            (jwt.as_str(), Family::Google),
            ("authorization: Bearer ya29.abc", Family::Google),
            ("authorization: Bearer sk-ant-oat01-x", Family::Anthropic),
        ] {
            assert_eq!(arrives(&[line], family, None), [line], "{family:?}");
        }
        assert_eq!(arrives(&[&jwt], Family::Anthropic, None), [format!("x-api-key: {JWT}")]);
    }

    #[test]
    fn of_several_the_servers_own_counts_and_the_others_go() {
        let all = ["authorization: Bearer B", "x-api-key: X", "api-key: A", "x-goog-api-key: G", "?key=Q"];
        for (family, expected) in [
            (Family::OpenAi, "authorization: Bearer B"),
            (Family::Azure, "api-key: A"),
            (Family::Anthropic, "x-api-key: X"),
            (Family::Google, "x-goog-api-key: G"),
        ] {
            assert_eq!(arrives(&all, family, None), [expected, "?key=Q"], "{family:?}");
        }
        assert_eq!(
            arrives(&["x-api-key: X", "api-key: A"], Family::OpenAi, None),
            ["authorization: Bearer X"]
        );
        assert_eq!(arrives(&["api-key: A", "?key=Q"], Family::Google, None), ["x-goog-api-key: A", "?key=Q"]);
    }

    #[test]
    fn without_one_the_stored_one_is_shown() {
        for (family, expected) in [
            (Family::OpenAi, "authorization: Bearer S"),
            (Family::Azure, "api-key: S"),
            (Family::Anthropic, "x-api-key: S"),
            (Family::Google, "x-goog-api-key: S"),
            (Family::GoogleCompat, "authorization: Bearer S"),
        ] {
            assert_eq!(arrives(&[], family, Some("S")), [expected]);
            assert_eq!(
                arrives(&["authorization: Bearer "], family, Some("S")),
                [expected],
                "an empty one is none"
            );
            assert!(arrives(&[], family, None).is_empty());
        }
    }

    #[test]
    fn other_schemes_are_left_alone() {
        let signed = ["authorization: AWS4-HMAC-SHA256 Credential=x", "x-api-key: K"];
        assert_eq!(arrives(&signed, Family::OpenAi, Some("S")), signed);
    }

    #[test]
    fn the_rest_of_a_query_keeps_its_bytes() {
        let query = "?a=%2F+b&key=K%2B1&alt=sse&&c=%zz";
        assert_eq!(
            arrives(&[query], Family::OpenAi, None),
            ["authorization: Bearer K+1", "?a=%2F+b&alt=sse&&c=%zz"]
        );
        assert_eq!(arrives(&["?monkey=1&key=K"], Family::Google, None), ["?monkey=1&key=K"]);
        assert_eq!(arrives(&["?a=1&k%65y=K"], Family::OpenAi, None), ["authorization: Bearer K", "?a=1"]);
    }

    #[test]
    fn a_version_is_said_to_anthropic_where_the_client_says_none() {
        for (said, expected) in [(None, "2023-06-01"), (Some("2099-01-01"), "2099-01-01")] {
            let mut headers = HeaderMap::new();
            headers.extend(said.map(|said| (ANTHROPIC_VERSION, HeaderValue::from_static(said))));
            let mut papers = Papers { headers, rest: Cow::Borrowed("/v1/messages") };
            papers.present(Family::Anthropic, || None);
            assert_eq!(papers.headers[ANTHROPIC_VERSION], expected);
        }
    }

    #[test]
    fn the_family_is_what_its_owner_says_or_what_host_and_path_tell() {
        use Family::{Anthropic, Azure, Google, GoogleCompat, OpenAi};
        let chat = "/v1/chat/completions";
        let gemini = "/v1beta/models/x:streamGenerateContent";
        for (auth, host, path, expected) in [
            (AuthType::Off, "api.openai.com", chat, None),
            (AuthType::OpenAi, "generativelanguage.googleapis.com", gemini, Some(OpenAi)),
            (AuthType::Google, "g.example", gemini, Some(Google)),
            (AuthType::Google, "g.example", "/v1beta/openai/chat/completions", Some(GoogleCompat)),
            (AuthType::Anthropic, "api.anthropic.com", "/v1/messages", Some(Anthropic)),
            (AuthType::Anthropic, "api.anthropic.com", chat, Some(OpenAi)),
            (AuthType::Azure, "a.example", chat, Some(Azure)),
            (AuthType::Auto, "mine.openai.azure.com", chat, Some(Azure)),
            (AuthType::Auto, "generativelanguage.googleapis.com", "/upload/v1/files", Some(Google)),
            (AuthType::Auto, "relay.example", gemini, Some(Google)),
            (AuthType::Auto, "relay.example", "/v1/models/x:countTokens", Some(Google)),
            (AuthType::Auto, "relay.example", "/v1/models/org%2Fx%3AbatchEmbedContents", Some(Google)),
            (AuthType::Auto, "relay.example", "/v1/models/x:embedContent/more", Some(OpenAi)),
            (AuthType::Auto, "relay.example", "/anthropic/v1/messages", Some(Anthropic)),
            (AuthType::Auto, "relay.example", "/v1/messages/count_tokens", Some(Anthropic)),
            (AuthType::Auto, "relay.example", "/v1/threads/t/messages", Some(OpenAi)),
            (AuthType::Auto, "relay.example", chat, Some(OpenAi)),
        ] {
            assert_eq!(Family::of(auth, host, path), expected, "{auth:?} {host} {path}");
        }
    }
}
