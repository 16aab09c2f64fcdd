//! Addresses as clients write them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The URL of a server that listens at `address`, as a program on this computer writes it.
pub fn base_url(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_means_all_is_reached_at_loopback() {
        let table = [
            ("127.0.0.1:2048", "http://127.0.0.1:2048"),
            ("0.0.0.0:1", "http://127.0.0.1:1"),
            ("[::]:1", "http://127.0.0.1:1"),
            ("[::1]:1", "http://[::1]:1"),
            ("192.0.2.1:80", "http://192.0.2.1:80"),
        ];
        for (address, url) in table {
            assert_eq!(base_url(address.parse().expect("an address")), url);
        }
    }
}
