//! Ways through proxies.

use std::net::SocketAddr;

use http::Version;
use postern_net::{Guard, NetError, NetworkConfig, NoProxy, ProxyRule, ProxyTrouble};

use crate::support::{Asking, Identity, Names, Server, closed, get, listing, network, via};

const PUBLIC: &str = "93.184.215.14";
const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

struct Bench {
    names: Names,
    identity: Identity,
    server: Server,
}

impl Bench {
    /// A server on the internet, to which only a proxy knows the way.
    async fn new() -> Self {
        let (names, identity) = (Names::default(), Identity::of("api.example.org"));
        names.tell("api.example.org", &[PUBLIC]);
        let server = Server::secure(&identity).await;
        Self { names, identity, server }
    }

    fn client(&self, proxy: &str) -> Asking {
        via(&self.names, std::slice::from_ref(&self.identity.certificate), proxy).client(Guard::internet())
    }
}

fn trouble(told: Result<(u16, Version, String), NetError>) -> (ProxyTrouble, String) {
    let error = told.unwrap_err();
    let text = error.to_string();
    assert!(!error.was_sent() && !text.contains("secret"), "{error:?}");
    let NetError::Proxy { trouble, .. } = error else { panic!("{error:?}") };
    (trouble, text)
}

#[tokio::test]
async fn an_http_proxy_is_asked_for_a_tunnel_with_name_and_password() {
    let bench = Bench::new().await;
    let proxy = Server::http_proxy(bench.server.address, Some("Basic bWU6c2VjcmV0")).await;
    let client = bench.client(&format!("http://me:secret@127.0.0.1:{}", proxy.port()));
    for _ in 0..2 {
        let told = get(&client, "https://api.example.org/x").await.unwrap();
        assert_eq!(told, (200, Version::HTTP_2, "/x".into()));
    }
    let asked = "CONNECT api.example.org:443 HTTP/1.1\r\nHost: api.example.org:443\r\n\
                 Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n";
    assert_eq!(proxy.heard(), [asked], "asked once, for one connection");
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_or_leads_nowhere_says_so() {
    let bench = Bench::new().await;
    bench.names.tell("shut.example.org", &[PUBLIC]);
    let http = Server::http_proxy(bench.server.address, Some("Basic bWU6c2VjcmV0")).await;
    let socks = Server::socks_proxy(bench.server.address, Some(("me", "secret"))).await;
    for (kind, port) in [("http", http.port()), ("socks5", socks.port()), ("socks5h", socks.port())] {
        for login in ["", "me:secretly@", "secret@"] {
            let client = bench.client(&format!("{kind}://{login}127.0.0.1:{port}"));
            let (why, text) = trouble(get(&client, "https://api.example.org/").await);
            assert_eq!(why, ProxyTrouble::WantsLogin, "{kind} {login}");
            assert!(text.contains(&format!("{kind}://127.0.0.1:{port}")), "{text}");
        }
    }
    let client = bench.client(&format!("http://me:secret@127.0.0.1:{}", http.port()));
    let (why, _) = trouble(get(&client, "https://shut.example.org/").await);
    assert_eq!(why, ProxyTrouble::Refuses("403 Not From Here".into()));
    let client = bench.client(&format!("socks5h://me:secret@127.0.0.1:{}", socks.port()));
    let (why, _) = trouble(get(&client, "https://shut.example.org/").await);
    assert_eq!(why, ProxyTrouble::Refuses("its rules do not allow it".into()));
}

#[tokio::test]
async fn a_socks_proxy_gets_the_address_or_the_name() {
    let bench = Bench::new().await;
    let proxy = Server::socks_proxy(bench.server.address, Some(("me", "secret"))).await;
    for (kind, asked) in [("socks5", "93.184.215.14:443"), ("socks5h", "api.example.org:443")] {
        let client = bench.client(&format!("{kind}://me:secret@127.0.0.1:{}", proxy.port()));
        let told = get(&client, "https://api.example.org/x").await.unwrap();
        assert_eq!(told, (200, Version::HTTP_2, "/x".into()));
        assert_eq!(proxy.heard().last().map(String::as_str), Some(asked), "{kind}");
    }
    let open = Server::socks_proxy(bench.server.address, None).await;
    let client = bench.client(&format!("socks5://me:secret@127.0.0.1:{}", open.port()));
    assert_eq!(get(&client, "https://api.example.org/x").await.unwrap().0, 200, "a login nobody wants");
}

#[tokio::test]
async fn the_way_to_a_proxy_can_be_encrypted_too() {
    let bench = Bench::new().await;
    let own = Identity::of("proxy.example.org");
    bench.names.tell("proxy.example.org", &["127.0.0.1"]);
    let proxy = Server::https_proxy(bench.server.address, &own).await;
    let roots = [bench.identity.certificate.clone(), own.certificate.clone()];
    let address = format!("https://proxy.example.org:{}", proxy.port());
    let client: Asking = via(&bench.names, &roots, &address).client(Guard::internet());
    assert_eq!(get(&client, "https://api.example.org/x").await.unwrap().2, "/x");
    let stranger = bench.client(&address);
    let (why, _) = trouble(get(&stranger, "https://api.example.org/x").await);
    assert!(matches!(&why, ProxyTrouble::Unreachable(why) if why.contains("certificate")), "{why:?}");
}

#[tokio::test]
async fn what_is_not_encrypted_is_passed_on_by_an_http_proxy() {
    let bench = Bench::new().await;
    let proxy = Server::http_proxy(bench.server.address, Some("Basic bWU6c2VjcmV0")).await;
    let client = bench.client(&format!("http://me:secret@127.0.0.1:{}", proxy.port()));
    assert_eq!(get(&client, "http://api.example.org/x?y").await.unwrap().2, "forwarded");
    let heard = proxy.heard();
    assert!(heard[0].starts_with("GET http://api.example.org/x?y HTTP/1.1\r\n"), "{heard:?}");
    assert!(heard[0].contains("proxy-authorization: Basic bWU6c2VjcmV0\r\n"), "{heard:?}");
    let socks = Server::socks_proxy(Server::saying("127.0.0.1", TEXT, 1).await.address, None).await;
    let client = bench.client(&format!("socks5h://127.0.0.1:{}", socks.port()));
    assert_eq!(get(&client, "http://api.example.org/x").await.unwrap().2, "hi");
    assert_eq!(socks.heard(), ["api.example.org:80"]);
}

#[tokio::test]
async fn a_login_for_the_proxy_goes_to_nobody_else() {
    let bench = Bench::new().await;
    let web = Server::saying("127.0.0.1", TEXT, 1).await;
    let network = via(&bench.names, &[], "http://me:secret@127.0.0.1:9");
    let target = format!("127.0.0.1:{}", web.port());
    let client: Asking = network.client(listing(&[&target]));
    get(&client, &format!("http://{target}/")).await.unwrap();
    assert!(!web.heard()[0].to_ascii_lowercase().contains("authorization"), "{:?}", web.heard());
}

#[tokio::test]
async fn who_may_be_reached_is_judged_here_and_not_at_the_proxy() {
    let bench = Bench::new().await;
    let http = Server::http_proxy(bench.server.address, None).await;
    let socks = Server::socks_proxy(bench.server.address, None).await;
    for proxy in
        [format!("http://127.0.0.1:{}", http.port()), format!("socks5h://127.0.0.1:{}", socks.port())]
    {
        let client = bench.client(&proxy);
        for address in ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::ffff:192.168.0.1"] {
            bench.names.tell("evil.example.org", &[address]);
            for scheme in ["https", "http"] {
                let told = get(&client, &format!("{scheme}://evil.example.org/")).await;
                assert!(matches!(told, Err(NetError::Refused { .. })), "{proxy} {address}: {told:?}");
            }
        }
        for literal in ["10.0.0.1", "[::ffff:10.0.0.1]", "198.18.0.1"] {
            let told = get(&client, &format!("https://{literal}/")).await;
            assert!(matches!(told, Err(NetError::Refused { .. })), "{proxy} {literal}: {told:?}");
        }
    }
    assert_eq!((http.connections(), socks.connections()), (0, 0));
}

#[tokio::test]
async fn a_name_that_only_the_proxy_knows_is_passed_on_when_it_is_one_of_the_internet() {
    let identity = Identity::of("hidden.example.org");
    let (names, server) = (Names::default(), Server::secure(&identity).await);
    let http = Server::http_proxy(server.address, None).await;
    let socks = Server::socks_proxy(server.address, None).await;
    names.tell("made-up.example.org", &["198.18.0.7"]);
    for proxy in [
        format!("http://127.0.0.1:{}", http.port()),
        format!("socks5h://127.0.0.1:{}", socks.port()),
        format!("socks5://127.0.0.1:{}", socks.port()),
    ] {
        let network = via(&names, std::slice::from_ref(&identity.certificate), &proxy);
        let client: Asking = network.client(listing(&["hidden:443", "hidden.lan:443"]));
        assert_eq!(get(&client, "https://hidden.example.org/x").await.unwrap().2, "/x", "{proxy}");
        for unknown in ["hidden", "hidden.lan", "hidden.onion"] {
            let told = get(&client, &format!("https://{unknown}/")).await;
            assert!(matches!(told, Err(NetError::NotFound { .. })), "{proxy} {unknown}: {told:?}");
        }
        let made_up = get(&client, "https://made-up.example.org/").await;
        assert!(matches!(made_up, Err(NetError::Tls { .. })), "it came to the server: {made_up:?}");
    }
    assert_eq!(http.heard().len() + socks.heard().len(), 6, "{:?} {:?}", http.heard(), socks.heard());
    let direct: Asking = network(&names, &[]).client(Guard::internet());
    let told = get(&direct, "https://made-up.example.org/").await;
    assert!(matches!(told, Err(NetError::Refused { .. })), "{told:?}");
}

#[tokio::test]
async fn a_proxy_that_is_away_is_named_and_the_request_was_not_sent() {
    let bench = Bench::new().await;
    let (_held, closed) = closed();
    let (why, text) =
        trouble(get(&bench.client(&format!("http://me:secret@{closed}")), "https://api.example.org/").await);
    assert!(matches!(why, ProxyTrouble::Unreachable(_)), "{why:?}");
    assert_eq!(text, format!("the proxy http://{closed} cannot be reached: nobody listens there"));
    let client = bench.client("socks5://nowhere.example.org:1");
    let (why, _) = trouble(get(&client, "https://api.example.org/").await);
    assert!(matches!(why, ProxyTrouble::NotFound(_)), "{why:?}");
    let strange = Server::saying("127.0.0.1", "220 mail.example.org\r\n\r\n", 1).await;
    let client = bench.client(&format!("http://127.0.0.1:{}", strange.port()));
    let (why, _) = trouble(get(&client, "https://api.example.org/").await);
    assert!(matches!(why, ProxyTrouble::Strange(_)), "{why:?}");
}

#[tokio::test]
async fn each_may_have_a_way_of_its_own() {
    let bench = Bench::new().await;
    let proxy = Server::http_proxy(bench.server.address, None).await;
    let roots = [bench.identity.certificate.clone()];
    let common = network(&bench.names, &roots);
    let rule: ProxyRule = format!("http://127.0.0.1:{}", proxy.port()).parse().unwrap();
    let own = common.with(rule.clone());
    let client: Asking = own.client(Guard::internet());
    assert_eq!(get(&client, "https://api.example.org/x").await.unwrap().2, "/x");
    let address = http::Uri::from_static("https://api.example.org/");
    assert_eq!(common.way(&address).unwrap().to_string(), "direct");
    assert_eq!(own.way(&address).unwrap().to_string(), format!("http://127.0.0.1:{}", proxy.port()));
    let no_proxy = NoProxy::new([".example.org"]);
    common.configure(NetworkConfig { rule: ProxyRule::Direct, no_proxy });
    assert_eq!(own.way(&address).unwrap().to_string(), "direct", "the list counts for all");
}

#[tokio::test]
async fn listed_hosts_nearby_are_asked_through_the_proxy_too() {
    let names = Names::default();
    let server = Server::saying("127.0.0.1", TEXT, 1).await;
    names.tell("nas.lan", &["192.168.7.7"]);
    let socks = Server::socks_proxy(SocketAddr::from(([127, 0, 0, 1], server.port())), None).await;
    let network = via(&names, &[], &format!("socks5://127.0.0.1:{}", socks.port()));
    let client: Asking = network.client(listing(&["nas.lan:8080"]));
    assert_eq!(get(&client, "http://nas.lan:8080/").await.unwrap().2, "hi");
    assert_eq!(socks.heard(), ["192.168.7.7:8080"]);
}
