//! Where the name of a server may lead. Addresses are allowed by their names, and whoever owns a name decides what it
//! means from one moment to the next; so what it means is looked at when a connection is made, and that very address is
//! connected to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::vec;

use futures::FutureExt;
use futures::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use postern_net::{Reach, is_local_name, is_own_name};
use tower::service_fn;
use tower::util::ServiceFn;

/// Finds the addresses behind a name.
pub(super) type Resolver = ServiceFn<fn(Name) -> Resolving>;

type Resolving = BoxFuture<'static, io::Result<vec::IntoIter<SocketAddr>>>;

/// A resolver for connections that are encrypted, or for others.
pub(super) fn resolver(encrypted: bool) -> Resolver {
    service_fn(if encrypted { proven } else { open })
}

fn proven(name: Name) -> Resolving {
    resolve(name, true).boxed()
}

fn open(name: Name) -> Resolving {
    resolve(name, false).boxed()
}

async fn resolve(name: Name, encrypted: bool) -> io::Result<vec::IntoIter<SocketAddr>> {
    if is_own_name(name.as_str()) {
        let here: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(here.map(|address| SocketAddr::new(address, 0)).to_vec().into_iter());
    }
    let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
    let good: Vec<SocketAddr> =
        found.filter(|found| may_lead(name.as_str(), found.ip(), encrypted)).collect();
    if good.is_empty() {
        let why = format!("the name {} leads to an address that it must not lead to", name.as_str());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(good.into_iter())
}

/// Whether a name may lead to this address. To this machine only `localhost` does. To machines nearby it does when the
/// name is one of there, or when the server has to prove that the name is its own; so too to addresses of which it cannot
/// be said whom they reach.
fn may_lead(name: &str, address: IpAddr, encrypted: bool) -> bool {
    match Reach::of(address.to_canonical()) {
        Reach::Internet => true,
        Reach::Loopback | Reach::LinkLocal | Reach::Metadata | Reach::Group => false,
        Reach::Private | Reach::Shared | Reach::Carried | Reach::Reserved => encrypted || is_local_name(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(name: &str, address: &str, encrypted: bool) -> bool {
        may_lead(name, address.parse().expect("an address"), encrypted)
    }

    #[test]
    fn no_name_but_localhost_leads_to_this_machine_or_to_what_has_no_name() {
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "::",
            "169.254.169.254",
            "fe80::1",
            "224.0.0.1",
        ] {
            for encrypted in [true, false] {
                assert!(!leads("tools.example.org", address, encrypted), "{address}");
                assert!(!leads("nas", address, encrypted), "{address}");
            }
        }
    }

    #[test]
    fn names_of_the_world_lead_nearby_only_when_the_server_proves_its_name() {
        for address in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "100.64.0.1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "198.18.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!leads("tools.example.org", address, false), "{address}");
            assert!(leads("tools.example.org", address, true), "{address}");
            assert!(leads("nas", address, false) && leads("nas.lan", address, false), "{address}");
        }
        for address in ["93.184.216.34", "2606:2800:220:1::1"] {
            assert!(leads("tools.example.org", address, false), "{address}");
        }
    }

    #[tokio::test]
    async fn localhost_is_own_name_whatever_others_say() {
        for name in ["localhost", "LOCALHOST", "tools.localhost", "localhost."] {
            let name: Name = name.parse().expect("a name");
            let mut found = resolve(name, false).await.expect("resolved");
            assert!(found.all(|address| address.ip().is_loopback()));
        }
        assert!(!is_own_name("localhost.example.org") && !is_own_name("notlocalhost"));
    }
}
