//! One request to another server and its answer, as they come.

use std::time::Duration;

use super::alarm::Alarm;
use super::body::{Progress, Upload};
use crate::reject::Reject;
use crate::stop::{Stop, stopping};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use postern_net::{Client, NetError};

/// How long is waited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the beginning of an answer, once the request was sent.
    pub(crate) first_byte: Duration,
    /// For the next piece.
    pub(crate) silence: Duration,
}

/// How long is waited for one answer, and who may end the waiting.
pub(crate) struct Waits<'a> {
    pub(crate) progress: &'a Progress,
    pub(crate) patience: Patience,
    /// The connection that the request came by waits for it too.
    pub(crate) stop: &'a Stop,
    pub(crate) alarm: &'a Alarm,
}

/// Sends the request and waits for the head of its answer. Dropping it ends the request at the other server too.
///
/// Both bodies go through here untouched and in pieces, as they come. What is recorded of them is taken where they meet the
/// client, see [`crate::tape`]: pieces are handed on first, and understood later, by somebody else.
pub(crate) async fn forward(
    client: &Client<Upload>,
    request: Request<Upload>,
    Waits { progress, patience, stop, alarm }: Waits<'_>,
) -> Result<Response<Incoming>, Reject> {
    tokio::select! {
        biased;
        answered = client.send(request) => answered.map_err(|error| failed(&error, progress)),
        () = stop.time_is_up.rung_beside() => Err(stopping().into()),
        () = alarm.rings(|| progress.deadline(patience.first_byte, patience.silence)) => Err(late(progress)),
    }
}

fn late(progress: &Progress) -> Reject {
    if progress.starves() {
        let message = "The request body did not come in time.";
        return Reject::new(StatusCode::REQUEST_TIMEOUT, "timeout", message);
    }
    let message = "The other server did not answer in time. The limits are `first_byte_timeout_s` and \
                   `silence_timeout_s` in the `[proxy]` section of config.toml.";
    Reject::new(StatusCode::GATEWAY_TIMEOUT, "upstream_timeout", message)
}

/// What is said of a body that is larger than allowed.
pub(crate) fn too_large() -> Reject {
    let message =
        "The request body is too large. The limit is `body_bytes` in the `[proxy]` section of config.toml.";
    Reject::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", message)
}

fn failed(error: &NetError, progress: &Progress) -> Reject {
    if progress.is_too_large() {
        return too_large();
    }
    let (status, code) = match error {
        NetError::Address { .. } => (StatusCode::BAD_REQUEST, "invalid_target"),
        NetError::Refused { .. } => (StatusCode::FORBIDDEN, "address_not_allowed"),
        NetError::OwnBody { .. } => (StatusCode::BAD_REQUEST, "incomplete_body"),
        NetError::Late { .. } => (StatusCode::GATEWAY_TIMEOUT, "upstream_timeout"),
        NetError::NotFound { .. } => (StatusCode::BAD_GATEWAY, "upstream_not_found"),
        NetError::Unreachable { .. } => (StatusCode::BAD_GATEWAY, "upstream_unreachable"),
        NetError::Tls { .. } => (StatusCode::BAD_GATEWAY, "upstream_tls"),
        NetError::Proxy { .. } => (StatusCode::BAD_GATEWAY, "proxy_failed"),
        NetError::Broken { .. } => (StatusCode::BAD_GATEWAY, "upstream_broke_off"),
    };
    // How this server gets out is for its owner alone.
    tracing::debug!(%error, "another server could not be asked");
    let mut message = format!("The other server could not be asked: {}.", error.in_public());
    if let NetError::Refused { .. } = error {
        message += " If it is a server of yours, list it with its port under `allowed_domains` in the `[proxy]` section \
                    of config.toml.";
    }
    Reject::new(status, code, message)
}
