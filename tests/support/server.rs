use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::control::Control;
use crate::{accounts, rpc, site};

pub(crate) type Body = UnsyncBoxBody<Bytes, io::Error>;
pub(crate) type Reply = Response<Body>;

pub(crate) fn whole(status: StatusCode, mime: &'static str, body: impl Into<Bytes>) -> Reply {
    let body = Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed_unsync();
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    reply
}

/// Answers one request by the host that it was meant for.
pub(crate) async fn respond(control: Control, request: Request<Incoming>) -> Reply {
    let host = host_of(&request);
    match host.as_str() {
        "aistudio.google.com" => site::studio(&control, request).await,
        "accounts.google.com" => accounts::respond(&control, request).await,
        "www.google.com" => site::search(&request),
        "alkalimakersuite-pa.clients6.google.com" | "waa-pa.clients6.google.com" => {
            rpc::respond(control, request).await
        }
        _ => whole(StatusCode::NOT_FOUND, "text/plain", "no such host here"),
    }
}

fn host_of(request: &Request<Incoming>) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// A listener that speaks TLS until it is stopped.
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Arc<ServerConfig>,
    pub(crate) stop: CancellationToken,
}

impl Door {
    pub(crate) async fn open<F, A>(self, answer: F)
    where
        F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Reply> + Send + 'static,
    {
        let acceptor = TlsAcceptor::from(self.tls);
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            let Ok((socket, _)) = accepted else { continue };
            let serving = serve_tls(acceptor.clone(), socket, answer.clone());
            tokio::spawn(self.stop.clone().run_until_cancelled_owned(serving));
        }
    }
}

async fn serve_tls<F, A>(acceptor: TlsAcceptor, socket: TcpStream, answer: F)
where
    F: Fn(Request<Incoming>) -> A + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    // Small chunks must leave at once, or what is measured is the delay of this socket.
    let _ = socket.set_nodelay(true);
    match acceptor.accept(socket).await {
        Ok(stream) => serve(TokioIo::new(stream), answer).await,
        Err(why) => tracing::debug!(%why, "no TLS"),
    }
}

/// Serves one connection to its end, in HTTP/2 if its first words are of it.
pub(crate) async fn serve_either<I, F, A>(io: I, answer: F)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    F: Fn(Request<Incoming>) -> A + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    let service = service_fn(move |request| {
        let reply = answer(request);
        async move { Ok::<_, Infallible>(reply.await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    if let Err(why) = builder.serve_connection_with_upgrades(io, service).await {
        tracing::debug!(%why, "connection ended");
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve<I, F, A>(io: I, answer: F)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    F: Fn(Request<Incoming>) -> A + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    let service = service_fn(move |request| {
        let reply = answer(request);
        async move { Ok::<_, Infallible>(reply.await) }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service);
    if let Err(why) = connection.with_upgrades().await {
        tracing::debug!(%why, "connection ended");
    }
}
