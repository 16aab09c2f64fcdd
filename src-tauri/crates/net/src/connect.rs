//! From an address to a connection: look up, judge, connect to what was judged, ask the proxy, encrypt.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use http::Uri;
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_util::either::Either;
use tower::Service;

use crate::error::said;
use crate::guard::{Destination, Judge, Refusal};
use crate::network::Core;
use crate::proxy::{Proxy, ProxyKind};
use crate::reach::{is_made_up, is_public_name};
use crate::rules::{Rules, Way};
use crate::stream::{Hop, Stream};
use crate::tls::Speech;
use crate::tunnel::{self, Place};
use crate::{NetError, ProxyTrouble};

/// How long one address has for itself before the next one is tried beside it (RFC 8305).
const HEAD_START: Duration = Duration::from_millis(250);
/// After so long a silence it is asked whether the other side is still there: an answer may be thought over for
/// minutes, and the boxes on the way forget connections that say nothing.
pub(crate) const KEEPALIVE: Duration = Duration::from_secs(45);

/// Makes connections for one client.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) dial: Arc<Dial>,
    pub(crate) speech: Speech,
}

/// What decides about the connections of one client.
pub(crate) struct Dial {
    pub(crate) core: Arc<Core>,
    pub(crate) rules: Rules,
    pub(crate) judge: Arc<dyn Judge>,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = NetError;
    type Future = BoxFuture<'static, Result<Self::Response, NetError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NetError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { dial, speech } = self.clone();
        Box::pin(async move { dial.open(&uri, speech).await.map(TokioIo::new) })
    }
}

impl Dial {
    async fn open(&self, uri: &Uri, speech: Speech) -> Result<Stream, NetError> {
        let to = Destination::of(uri)?;
        self.judge.named(to).map_err(|why| NetError::refused(to.host, None, why))?;
        let (hop, forwarded) = match self.rules.way(uri)? {
            Way::Direct => (self.straight(to).await?, false),
            Way::Via(proxy) => self.through(&proxy, to).await?,
        };
        if !to.encrypted {
            return Ok(Stream::open(hop, forwarded));
        }
        let tls = self.core.tls.wrap(hop, to.host, speech, self.core.patience).await?;
        Ok(Stream::encrypted(tls))
    }

    async fn straight(&self, to: Destination<'_>) -> Result<Hop, NetError> {
        let found = self.core.addresses(to.host).await.map_err(|why| not_found(to, why))?;
        let good = self.sift(to, &found)?;
        let stream = self.core.join(&good, to.port).await.map_err(|error| unreached(to, error))?;
        let (here, there) = ends(&stream).map_err(|error| unreached(to, error.into()))?;
        self.judge.joined(to, here, there).map_err(|why| NetError::refused(to.host, Some(there), why))?;
        Ok(Either::Left(stream))
    }

    /// Those of a host's addresses that may be spoken to.
    fn sift(&self, to: Destination<'_>, found: &[IpAddr]) -> Result<Vec<IpAddr>, NetError> {
        let mut refused = not_found(to, "it has no address".to_owned());
        let mut good = Vec::with_capacity(found.len());
        for address in found {
            let own = self.core.is_own(*address, to.port);
            let verdict = if own { Err(Refusal::ThisServer) } else { self.judge.found(to, *address) };
            match verdict {
                Ok(()) => good.push(*address),
                Err(why) => refused = NetError::refused(to.host, Some(*address), why),
            }
        }
        if good.is_empty() { Err(refused) } else { Ok(good) }
    }

    /// Through a proxy; and whether the proxy reads and passes on each request.
    async fn through(&self, proxy: &Proxy, to: Destination<'_>) -> Result<(Hop, bool), NetError> {
        let judged = self.judged_for(to).await?;
        let limit = self.core.patience;
        let mut hop = self.to_proxy(proxy).await?;
        if proxy.kind.is_http() && !to.encrypted {
            return Ok((hop, true));
        }
        let place = match (proxy.kind, to.literal(), judged) {
            (_, Some(address), _) | (ProxyKind::Socks5, None, Some(address)) => Place::Address(address),
            _ => Place::Name(to.host),
        };
        let asking = async {
            if proxy.kind.is_http() {
                tunnel::connect(&mut hop, proxy, place, to.port).await
            } else {
                tunnel::socks(&mut hop, proxy, place, to.port).await
            }
        };
        let asked = timeout(limit, asking).await.unwrap_or(Err(ProxyTrouble::Late));
        asked.map_err(|trouble| failed(proxy, trouble))?;
        Ok((hop, false))
    }

    /// An address that a host may be spoken to at, looked up here although the proxy does so too: whom a client may
    /// reach is not for the proxy to say. `None` for a name of the internet that is not known here, or only by an
    /// address that a proxy program made up for it: there are networks that know no names but through their proxy.
    async fn judged_for(&self, to: Destination<'_>) -> Result<Option<IpAddr>, NetError> {
        let public = to.literal().is_none() && is_public_name(to.host);
        let found = match self.core.addresses(to.host).await {
            Ok(found) if public && !found.is_empty() && found.iter().all(|one| is_made_up(*one)) => {
                return Ok(None);
            }
            Ok(found) => found,
            Err(_) if public => return Ok(None),
            Err(why) => return Err(not_found(to, why)),
        };
        let good = self.sift(to, &found)?;
        // Many proxies know only the older kind.
        Ok(good.iter().find(|address| address.is_ipv4()).or(good.first()).copied())
    }

    async fn to_proxy(&self, proxy: &Proxy) -> Result<Hop, NetError> {
        let found = self.core.addresses(&proxy.host).await;
        let found = found.map_err(|why| failed(proxy, ProxyTrouble::NotFound(why)))?;
        if found.iter().any(|address| self.core.is_own(*address, proxy.port)) {
            return Err(failed(proxy, ProxyTrouble::ThisServer));
        }
        let joined = self.core.join(&found, proxy.port).await;
        let stream = joined.map_err(|error| match error {
            Unjoined::Late(_) => failed(proxy, ProxyTrouble::Late),
            Unjoined::Failed(error) => failed(proxy, ProxyTrouble::Unreachable(said(&error))),
        })?;
        if proxy.kind != ProxyKind::Https {
            return Ok(Either::Left(stream));
        }
        let wrapping = self.core.tls.wrap(stream, &proxy.host, Speech::Http1, self.core.patience);
        let tls = wrapping.await.map_err(|error| match error {
            NetError::Late { .. } => failed(proxy, ProxyTrouble::Late),
            other => failed(proxy, ProxyTrouble::Unreachable(other.to_string())),
        })?;
        Ok(Either::Right(Box::new(tls)))
    }
}

/// Why there is no connection.
pub(crate) enum Unjoined {
    Late(Duration),
    Failed(io::Error),
}

impl From<io::Error> for Unjoined {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Connects to the first of these addresses that answers. Each has a little while for itself; then the next one is
/// tried beside it.
pub(crate) async fn join(addresses: &[IpAddr], port: u16, limit: Duration) -> Result<TcpStream, Unjoined> {
    let mut waiting = in_turns(addresses).into_iter().map(|address| SocketAddr::new(address, port));
    let mut tried = FuturesUnordered::new();
    let racing = async {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        loop {
            let next = waiting.next();
            let more = next.is_some();
            tried.extend(next.map(TcpStream::connect));
            tokio::select! {
                biased;
                done = tried.next() => match done {
                    Some(Ok(stream)) => return Ok(stream),
                    Some(Err(error)) => last = error,
                    None => return Err(last),
                },
                () = sleep(HEAD_START), if more => {}
            }
        }
    };
    let stream = timeout(limit, racing).await.map_err(|_| Unjoined::Late(limit))??;
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
    Ok(stream)
}

/// Addresses of the two kinds in turns, beginning with the one that the system thinks best.
fn in_turns(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (one, other): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.iter().copied().partition(|address| address.is_ipv6() == first);
    let mut turns = Vec::with_capacity(addresses.len());
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    loop {
        let pair = [one.next(), other.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

fn ends(stream: &TcpStream) -> io::Result<(IpAddr, IpAddr)> {
    Ok((stream.local_addr()?.ip(), stream.peer_addr()?.ip()))
}

fn not_found(to: Destination<'_>, why: String) -> NetError {
    NetError::NotFound { host: to.host.to_owned(), why }
}

fn unreached(to: Destination<'_>, error: Unjoined) -> NetError {
    let host = if to.host.contains(':') {
        format!("[{}]:{}", to.host, to.port)
    } else {
        format!("{}:{}", to.host, to.port)
    };
    match error {
        Unjoined::Late(after) => NetError::Late { host, after },
        Unjoined::Failed(error) => NetError::Unreachable { host, why: said(&error) },
    }
}

fn failed(proxy: &Proxy, trouble: ProxyTrouble) -> NetError {
    NetError::Proxy { proxy: proxy.to_string(), trouble }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_kinds_take_turns() {
        let ips = |text: &str| text.split(' ').map(|ip| ip.parse().unwrap()).collect::<Vec<IpAddr>>();
        assert_eq!(in_turns(&ips("::1 ::2 1.1.1.1 1.1.1.2 ::3")), ips("::1 1.1.1.1 ::2 1.1.1.2 ::3"));
        assert_eq!(in_turns(&ips("1.1.1.1 ::1")), ips("1.1.1.1 ::1"));
        assert!(in_turns(&[]).is_empty());
    }
}
