//! What a handler takes from a request. What cannot be read becomes [`Trouble`] that names the place.

use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::{Code, Trouble};

/// Bodies are small here. Whoever is slower holds a connection, and may not even be signed in.
const PATIENCE: Duration = Duration::from_secs(30);

/// The body as JSON, whatever the request calls it.
pub(crate) struct Told<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Told<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let body = whole(request, state, PATIENCE).await?;
        let mut json = serde_json::Deserializer::from_slice(&body);
        let told = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let trouble = Trouble::new(Code::Invalid, format!("The body cannot be used: {}", error.inner()));
            if path == "." { trouble } else { trouble.field(path) }
        })?;
        json.end().map_err(|_| Trouble::new(Code::Invalid, "Something follows the JSON of the body."))?;
        Ok(Self(told))
    }
}

async fn whole<S: Send + Sync>(request: Request, state: &S, patience: Duration) -> Result<Bytes, Trouble> {
    let body = timeout(patience, Bytes::from_request(request, state)).await;
    body.map_err(|_| too_slow())?.map_err(unread)
}

fn too_slow() -> Trouble {
    Trouble::new(Code::Invalid, "The body did not come in time.")
}

fn unread(rejection: BytesRejection) -> Trouble {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Trouble::new(Code::TooLarge, "The body is larger than what is taken here.")
    } else {
        Trouble::new(Code::Invalid, "The body broke off.")
    }
}

/// The query.
pub(crate) struct Filtered<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Filtered<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let query = Query::try_from_uri(&parts.uri).map_err(|rejection| invalid(&rejection.body_text()))?;
        Ok(Self(query.0))
    }
}

/// The part of the path that stands for something.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|rejection| invalid(&rejection.body_text()))
    }
}

fn invalid(why: &str) -> Trouble {
    Trouble::new(Code::Invalid, format!("The address cannot be used: {why}"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn nobody_takes_forever_to_tell_something() {
        let body = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(whole(Request::new(body), &(), Duration::ZERO).await, Err(too_slow()));
    }
}
