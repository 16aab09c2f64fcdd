//! Conversations over WebSockets: everything that is said comes back.

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderValue, Request, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::desk::{Desk, Ending};
use super::received::{End, Received};
use crate::server::{Reply, whole};

pub(super) fn is_asked_for(request: &Request<Incoming>) -> bool {
    let upgrade = request.headers().get(UPGRADE);
    upgrade.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Agrees, whatever the path, and repeats what it hears until the client has enough.
pub(super) fn echo(desk: &Desk, request: Request<Incoming>) -> Reply {
    let key = request.headers().get(SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes()));
    let Some(Ok(accept)) = key.map(|key| HeaderValue::from_str(&key)) else {
        return whole(StatusCode::BAD_REQUEST, "text/plain", "no key");
    };
    let (head, body) = request.into_parts();
    let kept = desk.keep(Received::new(head.clone(), Bytes::new()));
    let talk = talk(Request::from_parts(head, body), desk.ending(kept.id));
    tokio::spawn(talk);
    let mut reply = whole(StatusCode::SWITCHING_PROTOCOLS, "text/plain", "");
    let headers = reply.headers_mut();
    headers.clear();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    reply
}

async fn talk(request: Request<Incoming>, ending: Ending) {
    let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            ending.is(End::Complete);
            // Answers the farewell.
            let _ = socket.close(None).await;
            return;
        }
        if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
            return;
        }
    }
}
