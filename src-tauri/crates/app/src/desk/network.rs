//! The way out, for the console.

use std::time::Instant;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Uri};
use http_body_util::Empty;
use postern_console::api::network::{NetworkOutcome, NetworkReport, NetworkTest};
use postern_console::{Code, NetworkDesk, Trouble};
use postern_net::{Client, Destination, Guard, NetError, Network, ProxyRule, ProxyTrouble, Target};

use super::HouseDesk;
use crate::house::outward::PROXY;

/// Answers without a body, from everywhere where the internet can be reached as a whole.
const USUAL: &str = "https://www.google.com/generate_204";

impl NetworkDesk for HouseDesk {
    fn test_network(&self, test: NetworkTest) -> BoxFuture<'_, Result<NetworkReport, Trouble>> {
        let current = self.rooms.settings().value(PROXY);
        // What is shown of a proxy is not all of it, and means the one in force.
        let proxy = test.proxy.filter(|proxy| current != proxy.as_str());
        Box::pin(tried(&self.rooms.network, NetworkTest { proxy, ..test }))
    }
}

async fn tried(network: &Network, test: NetworkTest) -> Result<NetworkReport, Trouble> {
    let wrong = |field: &str, why: String| Trouble::new(Code::Invalid, why).field(field);
    let network = match test.proxy.as_deref().map(str::parse::<ProxyRule>) {
        Some(Ok(rule)) => network.with(rule),
        Some(Err(error)) => return Err(wrong("proxy", format!("This is no way out: {error}."))),
        None => network.clone(),
    };
    let text = test.url.as_deref().unwrap_or(USUAL);
    let uri: Uri = text.parse().map_err(|_| wrong("url", "This is no address.".to_owned()))?;
    let to = Destination::of(&uri).map_err(|error| wrong("url", format!("{error}.")))?;
    // The owner may reach whom they like, but for this server itself.
    let host = if to.host.contains(':') { format!("[{}]", to.host) } else { to.host.to_owned() };
    let meant = format!("{host}:{}", to.port).parse::<Target>();
    let meant = meant.map_err(|_| wrong("url", "This is no address.".to_owned()))?;
    let way = match network.way(&uri) {
        Ok(way) => way.to_string(),
        Err(NetError::Proxy { proxy, .. }) => proxy,
        Err(error) => return Err(wrong("url", format!("{error}."))),
    };
    let client: Client<Empty<Bytes>> = network.client(Guard::allowing([meant]));
    let request = Request::get(uri.clone())
        .header("user-agent", concat!("Postern/", env!("CARGO_PKG_VERSION")))
        .body(Empty::new())
        .map_err(|error| wrong("url", error.to_string()))?;
    let begun = Instant::now();
    let answer = client.send(request).await;
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let url = uri.to_string();
    Ok(match answer {
        Ok(answer) => {
            let status = Some(answer.status().as_u16());
            NetworkReport { outcome: NetworkOutcome::Reached, url, way, status, milliseconds, why: None }
        }
        Err(error) => {
            let why = Some(error.to_string());
            NetworkReport { outcome: outcome(&error), url, way, status: None, milliseconds, why }
        }
    })
}

fn outcome(error: &NetError) -> NetworkOutcome {
    match error {
        NetError::NotFound { .. } => NetworkOutcome::NameNotFound,
        NetError::Address { .. } | NetError::Refused { .. } => NetworkOutcome::AddressRefused,
        NetError::Unreachable { .. } => NetworkOutcome::Unreachable,
        NetError::Late { .. } => NetworkOutcome::TooLate,
        NetError::Tls { .. } => NetworkOutcome::NotEncrypted,
        NetError::OwnBody { .. } | NetError::Broken { .. } => NetworkOutcome::Broken,
        NetError::Proxy { trouble, .. } => match trouble {
            ProxyTrouble::NotFound(_) | ProxyTrouble::Unreachable(_) | ProxyTrouble::Late => {
                NetworkOutcome::ProxyUnreachable
            }
            ProxyTrouble::WantsLogin => NetworkOutcome::ProxyWantsLogin,
            ProxyTrouble::Refuses(_) => NetworkOutcome::ProxyRefuses,
            ProxyTrouble::ThisServer | ProxyTrouble::Strange(_) | ProxyTrouble::Unspoken => {
                NetworkOutcome::ProxyStrange
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use postern_net::NetworkConfig;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    /// Says this to everybody who asks.
    async fn saying(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 2048];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    fn straight() -> Network {
        Network::new(NetworkConfig { rule: ProxyRule::Direct, ..NetworkConfig::default() })
    }

    async fn report(network: &Network, proxy: Option<String>, url: &str) -> NetworkReport {
        let test = NetworkTest { proxy, url: Some(url.to_owned()) };
        tried(network, test).await.expect("a report")
    }

    #[tokio::test]
    async fn who_answers_was_reached_whatever_the_answer() {
        let server = saying("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n").await;
        let found = report(&straight(), None, &format!("http://{server}/")).await;
        assert_eq!(
            (found.outcome, found.status, found.way.as_str()),
            (NetworkOutcome::Reached, Some(302), "direct")
        );
        let (network, port) = (straight(), server.port());
        network.set_listening(vec![server]);
        let own = report(&network, None, &format!("http://localhost:{port}/")).await;
        assert_eq!(own.outcome, NetworkOutcome::AddressRefused);
    }

    #[tokio::test]
    async fn a_proxy_that_does_not_do_its_part_is_told_without_its_password() {
        let held = TcpSocket::new_v4().expect("a socket");
        held.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        let away = held.local_addr().expect("an address");
        let picky = saying("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
        let strict = saying("HTTP/1.1 403 Forbidden\r\n\r\n").await;
        let other = saying("SSH-2.0-OpenSSH_9.2\r\n\r\n").await;
        for (address, outcome) in [
            (away, NetworkOutcome::ProxyUnreachable),
            (picky, NetworkOutcome::ProxyWantsLogin),
            (strict, NetworkOutcome::ProxyRefuses),
            (other, NetworkOutcome::ProxyStrange),
        ] {
            let proxy = Some(format!("http://me:secret@{address}"));
            let found = report(&straight(), proxy, "https://93.184.215.14/").await;
            assert_eq!((found.outcome, found.way), (outcome, format!("http://{address}")));
            let why = found.why.expect("a reason");
            assert!(why.contains(&address.to_string()) && !why.contains("secret"), "{why}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_tried_is_said_by_its_field() {
        let tell = |proxy: Option<&str>, url: Option<&str>| NetworkTest {
            proxy: proxy.map(str::to_owned),
            url: url.map(str::to_owned),
        };
        for (test, field) in [
            (tell(Some("me:secret@nowhere"), None), "proxy"),
            (tell(None, Some("ftp://example.org/")), "url"),
            (tell(None, Some("https://me:secret@example.org/")), "url"),
            (tell(None, Some("not an address")), "url"),
        ] {
            let trouble = tried(&straight(), test).await.expect_err("refused");
            assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Invalid, Some(field)));
            assert!(!trouble.message.contains("secret"), "{trouble}");
        }
    }
}
