//! Takes credentials out of what is recorded, before it is on any disk.
//!
//! Headers and query parameters that carry credentials lose their values, and so do the strings of fields like
//! `authorization` in a request's JSON: the servers for tools that a request describes have such. What the client itself
//! sent as a credential is taken out wherever else it stands. What is left of a credential is a keyed hash.

mod fields;
mod known;

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Call, Headers};
use fields::Fields;
use known::Known;

/// What stands in the place of a secret.
const REMOVED: &str = "[removed]";

/// Headers whose values are credentials, in lower case. Others are told by their endings.
const HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "apikey",
    "x-goog-api-key",
    "x-postern-key",
    "cookie",
    "set-cookie",
    "x-auth",
    "helicone-auth",
    "x-goog-iam-authorization-token",
];

/// So end the names of other headers with credentials.
const HEADER_ENDS: &[&str] =
    &["-token", "-secret", "api-key", "subscription-key", "access-key", "-authorization", "-password"];

/// Query parameters whose values are credentials, in lower case.
const PARAMETERS: &[&str] = &[
    "key",
    "api_key",
    "api-key",
    "apikey",
    "access_token",
    "access_key",
    "auth",
    "auth_token",
    "authorization",
    "token",
    "sig",
    "signature",
    "secret",
    "client_secret",
    "password",
    "subscription-key",
    "x-amz-credential",
    "x-amz-security-token",
    "x-amz-signature",
    "x-goog-credential",
    "x-goog-signature",
];

/// A secret shorter than this is looked for only when it does not look like a word: clients of local servers send
/// `ollama` or `not-needed`.
const TELLING: usize = 16;
const SHORTEST: usize = 8;

/// The secrets of one exchange.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    known: Known,
    credential: Option<Vec<u8>>,
}

impl Secrets {
    /// What the client sent as credentials.
    pub(super) fn of(call: &Call) -> Self {
        let mut secrets = Self::default();
        for (name, value) in call.headers.iter().filter(|(name, _)| is_secret_header(name)) {
            if name.eq_ignore_ascii_case("cookie") {
                for pair in value.split(|byte| *byte == b';') {
                    secrets.learn(pair.split(|byte| *byte == b'=').next_back().unwrap_or_default());
                }
                continue;
            }
            // A scheme stands before it, or nothing.
            let value = value.trim_ascii().rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            secrets.learn(value);
            if !name.eq_ignore_ascii_case("x-postern-key") && !value.is_empty() {
                secrets.credential.get_or_insert_with(|| value.to_vec());
            }
        }
        for (name, value) in parameters(&call.path).filter(|(name, _)| is_secret_parameter(name)) {
            secrets.learn(value.as_bytes());
            if name.ends_with("key") && !value.is_empty() {
                secrets.credential.get_or_insert_with(|| value.as_bytes().to_vec());
            }
        }
        secrets
    }

    fn learn(&mut self, secret: &[u8]) {
        let telling = secret.len() >= TELLING
            || secret.len() >= SHORTEST
                && secret.iter().any(u8::is_ascii_digit)
                && secret.iter().any(u8::is_ascii_alphabetic);
        if telling {
            self.known.add(secret);
        }
    }

    /// The request's body without secrets. Those that it names itself are remembered.
    pub(super) fn request<'a>(&mut self, body: &'a [u8]) -> Cow<'a, [u8]> {
        if !fields::are_in(body) {
            return self.known.clean_bytes(body);
        }
        let (mut fields, mut rest) = (Fields::default(), Vec::new());
        fields.push(body, &mut rest);
        fields.finish(&mut rest);
        for secret in fields.found() {
            // A scheme may stand before it.
            self.learn(secret.rsplit(|byte| *byte == b' ').next().unwrap_or_default());
        }
        self.known.clean_bytes(&rest).into_owned().into()
    }

    /// The answer's body without secrets.
    pub(super) fn response<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        self.known.clean_bytes(body)
    }

    /// Takes the secrets out of a request's body, piece by piece.
    pub(super) fn request_cleaner(&self) -> Cleaner {
        Cleaner { fields: Some(Fields::default()), known: self.known.clone(), between: Vec::new() }
    }

    /// Takes the secrets out of an answer's body, piece by piece.
    pub(super) fn response_cleaner(&self) -> Cleaner {
        Cleaner { fields: None, known: self.known.clone(), between: Vec::new() }
    }

    /// Path and query without secrets.
    pub(super) fn path(&self, path: &str) -> String {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut clean = path.to_owned();
        for (number, part) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            clean.push(if number == 0 { '?' } else { '&' });
            match part.split_once('=') {
                Some((name, _)) if is_secret_parameter(name) => {
                    clean.push_str(name);
                    clean.push('=');
                    clean.push_str(REMOVED);
                }
                _ => clean.push_str(part),
            }
        }
        self.known.clean_text(clean.into()).into_owned()
    }

    /// Headers without secrets, as JSON, and without the one that says how the body is encoded if it is not any more.
    pub(super) fn headers(&self, headers: &Headers, decoded: bool) -> String {
        let clean: Vec<(&str, Cow<'_, str>)> = headers
            .iter()
            .filter(|(name, _)| !(decoded && name.eq_ignore_ascii_case("content-encoding")))
            .map(|(name, value)| {
                let text = || self.known.clean_text(String::from_utf8_lossy(value));
                (name, if is_secret_header(name) { REMOVED.into() } else { text() })
            })
            .collect();
        // Pairs of texts always have a JSON.
        serde_json::to_string(&clean).unwrap_or_default()
    }

    /// What is left of the credential: the first eight bytes of its HMAC-SHA256, in hex.
    pub(super) fn credential(&self, secret: &[u8]) -> Option<String> {
        let mut hash = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        hash.update(self.credential.as_deref()?);
        let hash = hash.finalize().into_bytes();
        Some(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Takes secrets out of a body that comes in pieces.
#[derive(Debug)]
pub(super) struct Cleaner {
    fields: Option<Fields>,
    known: Known,
    /// Without the fields, with what is known.
    between: Vec<u8>,
}

impl Cleaner {
    /// Takes a piece and appends to `out` what is sure to stay.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(fields) = &mut self.fields else { return self.known.push(piece, out) };
        self.between.clear();
        fields.push(piece, &mut self.between);
        self.known.push(&self.between, out);
    }

    /// Appends what is left.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) {
        if let Some(fields) = &mut self.fields {
            self.between.clear();
            fields.finish(&mut self.between);
            self.known.push(&self.between, out);
        }
        self.known.finish(out);
    }
}

fn is_secret_header(name: &str) -> bool {
    let ends = |end: &str| {
        let from = name.len().checked_sub(end.len());
        from.is_some_and(|from| name.as_bytes()[from..].eq_ignore_ascii_case(end.as_bytes()))
    };
    HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name)) || HEADER_ENDS.iter().any(|end| ends(end))
}

fn is_secret_parameter(name: &str) -> bool {
    PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn parameters(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|part| part.split_once('='))
}

#[cfg(test)]
mod tests;
