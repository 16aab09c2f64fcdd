//! Where the name of a server may lead. Addresses are allowed by their names, and whoever owns a name decides what it
//! means from one moment to the next; so what it means is looked at when a connection is made, and that very address is
//! connected to.

use std::net::IpAddr;

use postern_net::{Destination, Judge, Reach, Refusal, is_local_name, is_own_name};

/// Lets through to the servers that the owner allowed: a name may lead to where its owner may want it to.
pub(super) struct Guard;

impl Judge for Guard {
    fn named(&self, _: Destination<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        // An address that the owner wrote, or the one name that means this computer for everybody.
        let meant = to.literal().is_some() || is_own_name(to.host);
        if meant || may_lead(to.host, address, to.encrypted) {
            Ok(())
        } else {
            Err(Refusal::Reach(Reach::of(address.to_canonical())))
        }
    }
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

    #[test]
    fn what_the_owner_wrote_as_an_address_or_as_localhost_is_meant() {
        let found = |host: &str, address: &str| {
            let to = Destination { host, port: 80, encrypted: false };
            Guard.found(to, address.parse().expect("an address")).is_ok()
        };
        assert!(found("127.0.0.1", "127.0.0.1") && found("169.254.1.1", "169.254.1.1"));
        assert!(found("localhost", "127.0.0.1") && found("tools.localhost", "::1"));
        assert!(!found("localhost.example.org", "127.0.0.1") && !found("notlocalhost", "127.0.0.1"));
    }
}
