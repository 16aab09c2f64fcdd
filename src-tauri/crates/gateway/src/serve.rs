//! From the socket to the router: connections, their limits, and the end of it all.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;

use crate::door::{self, Entrance};
use crate::proxy::{Alarm, Outgoing, Passage};
use crate::stop::{Ending, Stop};
use crate::{Gateway, body};

/// Pause after the system refused to accept a connection, for lack of file handles as a rule; there is
/// nothing that tells when it will again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How long the last words of cut-off answers may take to leave. Connections whose clients do not take
/// them end without.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How a request came in. Every request that [`serve`] hands to the router carries one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// Whether the listener can be reached from this machine only.
    pub(crate) loopback: bool,
    /// Who is at the other end.
    pub(crate) peer: SocketAddr,
}

/// What every connection needs.
struct Reception {
    gateway: Gateway,
    entrance: Entrance,
    router: Router,
    /// The connections, and what has become of them.
    tasks: TaskTracker,
    /// Reaches the requests. From its beginning no new ones are taken.
    stop: Stop,
    /// No connection is left.
    halt: CancellationToken,
}

pub(crate) async fn serve(
    gateway: &Gateway,
    listener: TcpListener,
    bound: SocketAddr,
    entrance: Entrance,
    ending: Ending,
) {
    let stop = Stop::by(ending.shutdown.clone());
    let halt = CancellationToken::new();
    let connections = TaskTracker::new();
    let reception = Arc::new(Reception {
        gateway: gateway.clone(),
        entrance,
        router: door::router(gateway, entrance),
        tasks: connections.clone(),
        stop: stop.clone(),
        halt: halt.clone(),
    });
    let loopback = bound.ip().to_canonical().is_loopback();
    while let Some((socket, peer)) = accept(&listener, &ending).await {
        let link = Link { loopback, peer };
        connections.spawn(Arc::clone(&reception).converse(socket, link));
    }
    drop(listener);
    ending.let_go.cancel();
    stop.closing.cancel();
    connections.close();
    tokio::select! {
        () = connections.wait() => return,
        () = ending.shutdown.cancelled() => {}
    }
    if timeout(gateway.rules().config().shutdown_timeout, connections.wait()).await.is_err() {
        tracing::warn!("answers still ran when the server stopped; they were cut off");
        stop.time_is_up.ring();
    }
    if timeout(LAST_WORDS, connections.wait()).await.is_err() {
        halt.cancel();
        connections.wait().await;
    }
}

/// The next connection; `None` when the server is to stop.
async fn accept(listener: &TcpListener, ending: &Ending) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            biased;
            () = ending.begun() => return None,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(connection) => return Some(connection),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // The next round sees which of the two it was.
                let _ = timeout(ACCEPT_PAUSE, ending.begun()).await;
            }
        }
    }
}

/// Waits for what wakes its task, and does not resolve.
async fn then_never(wakes: impl Future<Output = ()>) {
    wakes.await;
    pending().await
}

impl Reception {
    async fn converse(self: Arc<Self>, socket: TcpStream, link: Link) {
        // Pieces of an answer are small and must not wait for each other.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let alarm = Alarm::default();
        let service = service_fn(|request| self.answer(request, link, &alarm));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.gateway.rules().config().header_timeout)
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        // Its own: it is looked at in every turn, which takes a lock.
        let closing = self.stop.closing.child_token();
        let ended = tokio::select! {
            biased;
            // First, so that a response to the stop itself says that the connection closes.
            () = closing.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    biased;
                    // Requests within look for themselves whether it rang, when they are woken.
                    () = then_never(self.stop.time_is_up.rung()) => Ok(()),
                    ended = connection => ended,
                    () = self.halt.cancelled() => Ok(()),
                }
            }
            ended = connection.as_mut() => ended,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    /// Asks other servers for what is theirs, and the router for everything else.
    async fn answer(
        &self,
        mut request: Request<Incoming>,
        link: Link,
        alarm: &Alarm,
    ) -> Result<Response<Outgoing>, Infallible> {
        if self.entrance == Entrance::Public {
            let rules = self.gateway.rules();
            if let Some(response) = door::turn_away(&self.gateway, &rules, &request, link) {
                body::drain(request.map(Body::new));
                return Ok(response.map(Outgoing::Own));
            }
            if let Some(proxy) = self.gateway.proxy() {
                let Self { gateway, stop, tasks, .. } = self;
                let passage = Passage { gateway, rules, link, stop, alarm, tasks };
                match proxy.pass(passage, request).await {
                    Ok(response) => return Ok(response),
                    Err(ours) => request = ours,
                }
            }
        }
        request.extensions_mut().insert(link);
        request.extensions_mut().insert(self.stop.clone());
        let answered = self.router.clone().call(request).await;
        answered.map(|response| response.map(Outgoing::Own))
    }
}
