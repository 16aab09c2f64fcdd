//! Nobody is led back to this server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use postern_net::{NetError, ProxyTrouble, Refusal};

use crate::support::{Asking, Names, Server, get, listing, network, via};

const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

#[tokio::test]
async fn this_server_is_not_reached_by_any_address_of_this_computer() {
    let names = Names::default();
    let here = Server::saying("0.0.0.0", TEXT, 1).await;
    let port = here.port();
    names.tell("me.example.org", &["127.0.0.1"]);
    let mut hosts: Vec<String> =
        ["127.0.0.1", "127.9.9.9", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"]
            .map(str::to_owned)
            .to_vec();
    hosts.extend(["localhost", "me.example.org"].map(str::to_owned));
    hosts.extend(card().map(|address| address.to_string()));
    let listed: Vec<String> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    let network = network(&names, &[]);
    let client: Asking = network.client(listing(&listed));
    for own in ["127.0.0.1", "0.0.0.0", "::"] {
        network.set_listening(vec![SocketAddr::new(own.parse().unwrap(), port)]);
        for host in &hosts {
            let told = get(&client, &format!("http://{host}:{port}/")).await;
            assert!(
                matches!(told, Err(NetError::Refused { why: Refusal::ThisServer, .. })),
                "listening at {own}, asked {host}: {told:?}"
            );
        }
    }
    assert_eq!(here.connections(), 0);
    network.set_listening(Vec::new());
    assert_eq!(get(&client, &format!("http://127.0.0.1:{port}/")).await.unwrap().0, 200);
}

#[tokio::test]
async fn this_server_is_no_proxy_of_its_own() {
    let names = Names::default();
    let here = Server::http_proxy(SocketAddr::from(([127, 0, 0, 1], 1)), None).await;
    names.tell("api.example.org", &["93.184.215.14"]);
    names.tell("proxy.example.org", &["127.0.0.1"]);
    for proxy in ["http://127.0.0.1", "socks5://localhost", "http://proxy.example.org"] {
        let network = via(&names, &[], &format!("{proxy}:{}", here.port()));
        network.set_listening(vec![here.address]);
        let client: Asking = network.client(listing(&[]));
        let told = get(&client, "https://api.example.org/").await;
        let own = matches!(&told, Err(NetError::Proxy { trouble: ProxyTrouble::ThisServer, .. }));
        assert!(own, "{proxy}: {told:?}");
    }
    assert_eq!(here.connections(), 0);
}

#[tokio::test]
async fn a_proxy_is_not_asked_to_lead_back() {
    let names = Names::default();
    let proxy = Server::http_proxy(SocketAddr::from(([127, 0, 0, 1], 1)), None).await;
    let network = via(&names, &[], &format!("http://127.0.0.1:{}", proxy.port()));
    network.set_listening(vec![SocketAddr::from(([0, 0, 0, 0], 2048))]);
    names.tell("me.example.org", &["127.0.0.1"]);
    let client: Asking = network.client(listing(&["me.example.org:2048"]));
    let told = get(&client, "http://me.example.org:2048/").await;
    assert!(matches!(told, Err(NetError::Refused { why: Refusal::ThisServer, .. })), "{told:?}");
    assert_eq!(proxy.connections(), 0);
}

/// The address of a network card of this computer, if it has one.
fn card() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Nothing is sent: this asks the system which card it would take.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_loopback())
}
