//! Requests and answers.

use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::header::{PROXY_AUTHORIZATION, UPGRADE};
use http::uri::Scheme;
use http::{Request, Response, Version};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::NetError;
use crate::connect::{Connector, Dial, KEEPALIVE};
use crate::guard::{Destination, Judge};
use crate::network::Network;
use crate::rules::{Rules, Said};
use crate::tls::Speech;

/// A body of any make.
pub type Body = UnsyncBoxBody<Bytes, Box<dyn StdError + Send + Sync>>;

/// Most connections to one host that are kept while nobody needs them, and how long.
const IDLE: usize = 512;
const IDLE_FOR: Duration = Duration::from_secs(90);

/// How much of an answer over HTTP/2 may be on its way to a reader that does not read.
const STREAM_WINDOW: u32 = 1024 * 1024;
/// The same for all answers of a connection together. Servers allow a hundred or so at once: so many that nobody reads do
/// not hold up the one beside them.
const CONNECTION_WINDOW: u32 = 256 * STREAM_WINDOW;

/// Speaks HTTP/1.1 and HTTP/2 to those whom its judge lets through, over connections that it keeps. It follows no
/// redirect and unpacks nothing. Cheap to clone; clones share the connections.
///
/// A request is sent as it is given: `Host` and what frames the body are added where they are missing, and nothing
/// else. One with `Upgrade` goes over a connection of its own kind, whose answer can be taken over with
/// [`hyper::upgrade::on`].
pub struct Client<B = Body>(Arc<Inner<B>>);

struct Inner<B> {
    network: Network,
    judge: Arc<dyn Judge>,
    made: ArcSwapOption<Made<B>>,
}

/// Connections that were made by the rules of one time.
struct Made<B> {
    /// The network's rules of that time.
    common: Arc<Rules>,
    /// What the system said of proxies, where that decides.
    said: Option<Arc<Said>>,
    dial: Arc<Dial>,
    usual: Pooled<Connector, B>,
    changing: OnceLock<Pooled<Connector, B>>,
}

impl<B> Clone for Client<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B> Client<B> {
    pub(crate) fn new(network: Network, judge: Arc<dyn Judge>) -> Self {
        Self(Arc::new(Inner { network, judge, made: ArcSwapOption::empty() }))
    }
}

impl<B> Client<B>
where
    B: hyper::body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Sends a request, and gives back the answer when its head has come. Only a request of which nothing was sent is
    /// ever sent again.
    pub async fn send(&self, mut request: Request<B>) -> Result<Response<Incoming>, NetError> {
        let made = self.made();
        Destination::of(request.uri())?;
        // What is spoken is between us and the server.
        *request.version_mut() = Version::HTTP_11;
        if request.uri().scheme() == Some(&Scheme::HTTP)
            && let Some(line) = made.dial.rules.forward_authorization(request.uri())
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, line);
        }
        let asked = if request.headers().contains_key(UPGRADE) {
            made.changing.get_or_init(|| pooled(&made.dial, Speech::Http1)).request(request)
        } else {
            made.usual.request(request)
        };
        asked.await.map_err(|error| NetError::of(&error))
    }

    fn made(&self) -> Arc<Made<B>> {
        let Inner { network, judge, made } = &*self.0;
        let common = network.core().rules.load();
        if let Some(made) = &*made.load()
            && Arc::ptr_eq(&made.common, &common)
            && made.dial.rules.still_says(made.said.as_ref())
        {
            return Arc::clone(made);
        }
        let rules = network.rules_of(&common);
        let said = rules.said();
        let dial = Arc::new(Dial { core: Arc::clone(network.core()), rules, judge: Arc::clone(judge) });
        let usual = pooled(&dial, Speech::Either);
        let new =
            Arc::new(Made { common: Arc::clone(&common), said, dial, usual, changing: OnceLock::new() });
        made.store(Some(Arc::clone(&new)));
        new
    }
}

fn pooled<B>(dial: &Arc<Dial>, speech: Speech) -> Pooled<Connector, B>
where
    B: hyper::body::Body + Send,
    B::Data: Send,
{
    Pooled::builder(TokioExecutor::new())
        .pool_max_idle_per_host(IDLE)
        .pool_idle_timeout(IDLE_FOR)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .http2_keep_alive_interval(KEEPALIVE)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .build(Connector { dial: Arc::clone(dial), speech })
}

#[cfg(test)]
mod tests {
    use hyper_util::client::proxy::matcher::Matcher;

    use super::*;
    use crate::{Guard, NetworkConfig};

    #[test]
    fn connections_by_a_proxy_that_the_system_names_no_more_are_let_go() {
        let network = Network::new(NetworkConfig::default());
        let rules = Arc::new(Rules::told(Matcher::builder().all("http://one:1").build()));
        network.core().rules.store(Arc::clone(&rules));
        let client: Client = network.client(Guard::internet());
        let first = client.made();
        rules.hear(Matcher::builder().all("http://one:1").build());
        assert!(Arc::ptr_eq(&first, &client.made()), "it says the same");
        for other in [
            Matcher::builder().all("http://me:secret@one:1").build(),
            Matcher::builder().all("http://me:other@one:1").build(),
            Matcher::builder().all("http://me:other@one:1").no("quiet.example").build(),
            Matcher::builder().all("http://two:1").build(),
            Matcher::builder().build(),
        ] {
            let before = client.made();
            rules.hear(other);
            assert!(!Arc::ptr_eq(&before, &client.made()), "it says something else");
        }
    }
}
