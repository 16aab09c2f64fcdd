//! Stand-ins for the providers whose models are reached by key: they behave as the vendors' own servers do.
//!
//! In come requests as OpenAI, Anthropic or Google would get them; out go answers in that vendor's wire form,
//! scripted one by one ([`Turn`]), and refusals in the vendor's own words of what the real one would refuse. What came
//! in is kept to the byte ([`Received`]). Nothing in here knows the product.

mod anthropic;
mod deliver;
mod desk;
mod fixtures;
mod gemini;
mod openai;
mod received;
mod refusal;
mod said;
mod socket;
mod turn;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Request;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::server::{Reply, serve, serve_either};
use crate::tls::Identity;
use deliver::Frames;
use desk::Desk;
use turn::Act;

pub use fixtures::{FIXTURES, Fixture};
pub use received::{End, Received};
pub use refusal::Refusal;
pub use said::{Finish, Said, Word};
pub use turn::{Pieces, Replay, Turn};

/// The key that every stand-in takes for good.
pub const KEY: &str = "sk-standin-0123456789abcdef";

/// Whose server it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// OpenAI and who does as it does: below `/v1`.
    OpenAi,
    /// Anthropic: below `/v1`.
    Anthropic,
    /// Google's Gemini in its own form: below `/v1beta`, and below `/v1`, where Google's SDKs look since their third version.
    Gemini,
}

/// A running stand-in. Dropping it closes its port and every open connection.
pub struct Provider {
    vendor: Vendor,
    addr: SocketAddr,
    /// What vouches for it, if it encrypts.
    certificate: Option<String>,
    desk: Desk,
    _stop: DropGuard,
}

impl Provider {
    /// Starts on a free loopback port.
    pub async fn start(vendor: Vendor) -> anyhow::Result<Self> {
        Self::open(vendor, None).await
    }

    /// The same over TLS, in HTTP/2 with whoever speaks it.
    pub async fn start_encrypted(vendor: Vendor) -> anyhow::Result<Self> {
        Self::open(vendor, Some(Identity::of(&["127.0.0.1"], &["h2", "http/1.1"])?)).await
    }

    async fn open(vendor: Vendor, identity: Option<Identity>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let desk = Desk::new();
        let stop = CancellationToken::new();
        let tls = identity.as_ref().map(|identity| TlsAcceptor::from(Arc::clone(&identity.config)));
        let certificate = identity.map(|identity| identity.pem);
        let house = Desk::clone(&desk);
        let accepting =
            accept(listener, tls, move |request| respond(vendor, house.clone(), request), stop.clone());
        tokio::spawn(stop.clone().run_until_cancelled_owned(accepting));
        Ok(Self { vendor, addr, certificate, desk, _stop: stop.drop_guard() })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://127.0.0.1:PORT`, without the path below which the vendor's interface lies.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.addr)
    }

    /// The certificate of one that encrypts, as a file of trusted ones holds it.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// The address that a client of this vendor calls its base: OpenAI's ends in `/v1`, the others have no path.
    pub fn base_url(&self) -> String {
        match self.vendor {
            Vendor::OpenAi => format!("{}/v1", self.url()),
            Vendor::Anthropic | Vendor::Gemini => self.url(),
        }
    }

    /// One more request is answered like this, after those that were told before.
    pub fn next(&self, turn: Turn) {
        self.desk.queue(turn);
    }

    /// Requests for which nothing else was told are answered like this; in the beginning they are echoed.
    pub fn otherwise(&self, turn: Turn) {
        self.desk.otherwise(turn);
    }

    /// Lets one answer that is held ([`Turn::held_after`]) go on, now or when it comes there.
    pub fn release(&self) {
        self.desk.release();
    }

    /// Every request so far, in order of arrival.
    pub fn received(&self) -> Vec<Received> {
        self.desk.received()
    }

    /// The last request.
    ///
    /// # Errors
    /// When there was none.
    pub fn last(&self) -> anyhow::Result<Received> {
        self.received().pop().ok_or_else(|| anyhow::anyhow!("the stand-in received nothing"))
    }

    /// Waits until the requests satisfy the predicate. Fails after a minute: the test is lost.
    pub async fn wait_for(&self, holds: impl Fn(&[Received]) -> bool) -> anyhow::Result<Vec<Received>> {
        self.desk.wait_for(holds).await
    }

    /// Forgets requests, turns and releases.
    pub fn clear(&self) {
        self.desk.clear();
    }
}

async fn accept<F, A>(listener: TcpListener, tls: Option<TlsAcceptor>, answer: F, stop: CancellationToken)
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Reply> + Send + 'static,
{
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        // Small pieces must leave at once and alone.
        let _ = socket.set_nodelay(true);
        let (tls, answer) = (tls.clone(), answer.clone());
        let serving = async move {
            let Some(tls) = tls else { return serve(TokioIo::new(socket), answer).await };
            match tls.accept(socket).await {
                Ok(stream) => serve_either(TokioIo::new(stream), answer).await,
                Err(why) => tracing::debug!(%why, "no TLS"),
            }
        };
        tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
    }
}

/// Keeps the request as it came and answers it as the vendor would, or as the next turn tells.
async fn respond(vendor: Vendor, desk: Desk, request: Request<Incoming>) -> Reply {
    if socket::is_asked_for(&request) {
        return socket::echo(&desk, request);
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let request = desk.keep(Received::new(head, body));
    let ending = desk.ending(request.id);
    match desk.take_blind() {
        Some(Act::Replay(replay)) => return deliver::replay(replay, ending),
        Some(Act::Refuse(refusal)) => return deliver::refused(vendor, &refusal.by(vendor), &request, ending),
        _ => {}
    }
    let answered = match vendor {
        Vendor::OpenAi => openai::answer(&desk, &request),
        Vendor::Anthropic => anthropic::answer(&desk, &request),
        Vendor::Gemini => gemini::answer(&desk, &request),
    };
    match answered {
        Ok((frames, delivery)) => deliver::frames(frames, delivery, desk.clone(), ending).await,
        Err(refused) => deliver::refused(vendor, &refused, &request, ending),
    }
}

/// What a vendor's module makes of a request: an answer with the way it goes out, or a refusal.
type Answered = Result<(Frames, turn::Delivery), refusal::Refused>;

/// Whether a key is one of those that the stand-ins take: [`KEY`], and others that begin like it.
fn known(key: &str) -> bool {
    key.starts_with("sk-standin-")
}
