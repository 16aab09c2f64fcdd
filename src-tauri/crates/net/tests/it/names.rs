//! What names mean, and who may be reached by them.

use std::net::IpAddr;

use postern_net::{Destination, Guard, Judge, NetError, Reach, Refusal};

use crate::support::{Asking, Names, Server, get, listing, network};

const TEXT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";

/// In these tests the internet is 127.0.0.2, and everything else is this computer.
struct Played;

impl Judge for Played {
    fn named(&self, _: Destination<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    fn found(&self, _: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        let open: IpAddr = [127, 0, 0, 2].into();
        if address == open { Ok(()) } else { Err(Refusal::Reach(Reach::Loopback)) }
    }
}

fn refused(outcome: &Result<(u16, http::Version, String), NetError>) -> bool {
    matches!(outcome, Err(NetError::Refused { .. }))
}

#[tokio::test]
async fn a_name_is_asked_where_it_was_judged_and_not_where_it_leads_next() {
    let names = Names::default();
    let open = Server::saying("127.0.0.2", TEXT, 1).await;
    let shut = Server::saying("127.0.0.1", TEXT, 1).await;
    names.tell("rebound.example.org", &["127.0.0.2", "127.0.0.1"]);
    let client: Asking = network(&names, &[]).client(Played);
    let told = get(&client, &format!("http://rebound.example.org:{}/", open.port())).await;
    assert_eq!(told.unwrap().2, "hi");
    assert_eq!(names.asked(), ["rebound.example.org"], "one look decides and connects");
    let told = get(&client, &format!("http://rebound.example.org:{}/", shut.port())).await;
    assert!(refused(&told), "{told:?}");
    assert_eq!(shut.connections(), 0);
}

#[tokio::test]
async fn of_several_addresses_only_those_that_may_be_reached_are_tried() {
    let names = Names::default();
    let open = Server::saying("127.0.0.2", TEXT, 1).await;
    names.tell("both.example.org", &["127.0.0.1 127.0.0.2 10.0.0.1"]);
    let client: Asking = network(&names, &[]).client(Played);
    assert_eq!(get(&client, &format!("http://both.example.org:{}/", open.port())).await.unwrap().0, 200);
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_followed_by_the_next() {
    let names = Names::default();
    let server = Server::saying("127.0.0.2", TEXT, 1).await;
    names.tell("two.example.org", &["127.0.0.1 127.0.0.2"]);
    let target = format!("two.example.org:{}", server.port());
    let client: Asking = network(&names, &[]).client(listing(&[&target]));
    assert_eq!(get(&client, &format!("http://{target}/")).await.unwrap().0, 200);
}

#[tokio::test]
async fn nobody_here_or_nearby_is_reached_however_the_address_is_carried() {
    let names = Names::default();
    let here = Server::saying("127.0.0.1", TEXT, 1).await;
    let client: Asking = network(&names, &[]).client(Guard::internet());
    let port = here.port();
    for address in "127.0.0.1 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 \
                    2002:7f00:1:: 10.0.0.1 169.254.169.254 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe fe80::1 fd00::1"
        .split_whitespace()
    {
        names.tell("evil.example.org", &[address]);
        let told = get(&client, &format!("http://evil.example.org:{port}/")).await;
        assert!(refused(&told), "{address}: {told:?}");
        let literal = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
        let told = get(&client, &format!("http://{literal}:{port}/")).await;
        assert!(refused(&told), "{literal}: {told:?}");
    }
    for name in ["localhost", "nas", "printer.local", "metadata.google.internal"] {
        let told = get(&client, &format!("http://{name}:{port}/")).await;
        assert!(matches!(told, Err(NetError::Refused { why: Refusal::LocalName, .. })), "{name}: {told:?}");
    }
    assert_eq!(here.connections(), 0);
}

#[tokio::test]
async fn a_listed_host_is_reached_at_its_port() {
    let names = Names::default();
    let here = Server::saying("127.0.0.1", TEXT, 1).await;
    let port = here.port();
    let client: Asking = network(&names, &[]).client(listing(&[&format!("localhost:{port}")]));
    assert_eq!(get(&client, &format!("http://localhost:{port}/")).await.unwrap().0, 200);
    assert!(names.asked().is_empty(), "nobody else says what localhost is");
    let told = get(&client, &format!("http://127.0.0.1:{port}/")).await;
    assert!(refused(&told), "{told:?}");
}
