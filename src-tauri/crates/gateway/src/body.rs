//! Request bodies: read whole, unpacked, never larger than allowed.

use std::io::Read;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, EXPECT};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::reject::Reject;

/// How long the rest of a refused body is read, so that the client sees the answer and not a broken
/// connection.
const DRAIN: Duration = Duration::from_secs(10);

/// How a body is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
    Deflate,
}

/// Reads the body. A refused body is read to its end in the background.
pub(crate) async fn read(request: Request, most: u64, patience: Duration) -> Result<Bytes, Reject> {
    let encoding = match encoding(request.headers()) {
        Ok(encoding) if declared(request.headers()).is_none_or(|length| length <= most) => encoding,
        refused => {
            drain(request);
            return Err(refused.err().unwrap_or_else(|| too_large(most)));
        }
    };
    let packed = timeout(patience, collect(request.into_body(), most)).await.map_err(|_| too_slow())??;
    match encoding {
        Encoding::Plain => Ok(packed),
        Encoding::Gzip | Encoding::Deflate => unpack(packed, encoding, most).await,
    }
}

/// Reads and forgets what is left of a request that was refused, in the background. A client that waits
/// for leave to send its body does not get it.
pub(crate) fn drain(request: Request) {
    let expects = request.headers().contains_key(EXPECT);
    if !expects {
        drain_body(request.into_body());
    }
}

/// The same with a body alone.
pub(crate) fn drain_body(mut body: Body) {
    if !body.is_end_stream() {
        tokio::spawn(timeout(DRAIN, async move { while let Some(Ok(_)) = body.frame().await {} }));
    }
}

async fn collect(mut body: Body, most: u64) -> Result<Bytes, Reject> {
    let mut pieces: Vec<Bytes> = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            let message = "The request body broke off, or its chunks are malformed.";
            return Err(Reject::new(StatusCode::BAD_REQUEST, "incomplete_body", message));
        };
        let Ok(piece) = frame.into_data() else { continue };
        length += piece.len() as u64;
        if length > most {
            drain_body(body);
            return Err(too_large(most));
        }
        pieces.push(piece);
    }
    // A body in one piece is not copied.
    let only = (pieces.len() == 1).then(|| pieces.pop()).flatten();
    Ok(only.unwrap_or_else(|| pieces.concat().into()))
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Reject> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Encoding::Plain) };
    match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Encoding::Plain),
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        "deflate" => Ok(Encoding::Deflate),
        _ => {
            let message =
                "This content-encoding is not supported. Send the body plain, or as gzip or deflate.";
            let reject = Reject::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding", message);
            Err(reject.with(ACCEPT_ENCODING, HeaderValue::from_static("gzip, deflate, identity")))
        }
    }
}

/// Unpacks away from the threads that serve connections: a small body can hold much work.
async fn unpack(packed: Bytes, encoding: Encoding, most: u64) -> Result<Bytes, Reject> {
    let unpacked = tokio::task::spawn_blocking(move || match encoding {
        Encoding::Plain => Ok(Vec::from(packed)),
        Encoding::Gzip => read_most(MultiGzDecoder::new(&packed[..]), most),
        Encoding::Deflate => read_most(ZlibDecoder::new(&packed[..]), most),
    });
    let unpacked = unpacked.await.map_err(|_| Reject::defect())?;
    match unpacked {
        Ok(bytes) if bytes.len() as u64 > most => Err(too_large(most)),
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => {
            let message = format!("The compressed request body is damaged: {error}.");
            Err(Reject::new(StatusCode::BAD_REQUEST, "damaged_body", message))
        }
    }
}

/// Reads at most one byte more than allowed, which tells that there is more.
fn read_most(source: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_large(most: u64) -> Reject {
    let message = format!(
        "The request body is larger than {most} bytes. The limit is `body_bytes` in the `[limits]` section of \
         config.toml."
    );
    Reject::new(StatusCode::PAYLOAD_TOO_LARGE, "request_too_large", message)
}

fn too_slow() -> Reject {
    Reject::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The request body did not come in time.")
}
