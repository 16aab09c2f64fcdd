//! What addresses and names reach: somebody on the internet, this computer, its network, or nobody. Pure; who may be
//! asked is decided by those who ask, for the most part with a [`crate::Guard`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whom an address reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The same one from everywhere.
    Internet,
    /// This computer, by the addresses that every computer has for itself; those without a computer mean it too. Of its
    /// other addresses nothing is known here.
    Loopback,
    /// A computer of a private network.
    Private,
    /// A computer of a provider's own network, which its customers share.
    Shared,
    /// A computer on the same cable.
    LinkLocal,
    /// A service that tells a cloud's computers their secrets.
    Metadata,
    /// Several computers at once.
    Group,
    /// Another address, of another kind, that is carried in it.
    Carried,
    /// Nobody: it is for examples or measurements, or not given out.
    Reserved,
}

impl Reach {
    /// What an address reaches as it stands. One of the newer kind that carries one of the older is
    /// [`Reach::Carried`], whatever it carries; [`IpAddr::to_canonical`] takes out the most usual.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// What an address reaches when its way leads over a translator: the address that it carries is judged in its
    /// place, where it is sure who unpacks it. That is the system itself for `::ffff:0:0/96` (RFC 4291) and the
    /// network's own translator for `64:ff9b::/96` (RFC 6052), which is all that a network without the older kind has.
    pub fn behind(address: IpAddr) -> Self {
        Self::of(translated(address).unwrap_or(address))
    }

    /// What that is, for people.
    pub fn what(self) -> &'static str {
        match self {
            Self::Internet => "an address of the internet",
            Self::Loopback => "this computer",
            Self::Private => "a private address",
            Self::Shared => "an address of a provider's own network",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud's metadata service",
            Self::Group => "a group of computers",
            Self::Carried => "an address that stands for another one",
            Self::Reserved => "a reserved address",
        }
    }
}

/// Blocks of the registry of special addresses (RFC 6890 and its followers), narrow ones first, and one that a cloud
/// serves its computers' secrets at.
const SPECIAL_V4: [(Ipv4Addr, u32, Reach); 18] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, Reach::Loopback),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Reach::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Reach::Shared),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Reach::Loopback),
    (Ipv4Addr::new(168, 63, 129, 16), 32, Reach::Metadata),
    (Ipv4Addr::new(169, 254, 169, 254), 32, Reach::Metadata),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Reach::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Reach::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Reach::Reserved),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Reach::Reserved),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Reach::Carried),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Reach::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Reach::Reserved),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Reach::Reserved),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Reach::Reserved),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Reach::Group),
    (Ipv4Addr::new(255, 255, 255, 255), 32, Reach::Group),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Reach::Reserved),
];

/// Blocks of the newer kind, narrow ones first. What none of them holds and is not of the one block that is given out
/// (2000::/3) is reserved.
const SPECIAL_V6: [(Ipv6Addr, u32, Reach); 14] = [
    (Ipv6Addr::UNSPECIFIED, 128, Reach::Loopback),
    (Ipv6Addr::LOCALHOST, 128, Reach::Loopback),
    (Ipv6Addr::UNSPECIFIED, 96, Reach::Carried),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, Reach::Carried),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 32, Reach::Carried),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, Reach::Carried),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Reach::Reserved),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Reach::Reserved),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Reach::Carried),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Reach::Reserved),
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, Reach::Metadata),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Reach::Private),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, Reach::LinkLocal),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Reach::Group),
];

fn of_v4(address: Ipv4Addr) -> Reach {
    let within = |(base, bits, _): &&(Ipv4Addr, u32, Reach)| {
        address.to_bits() & (u32::MAX << (32 - bits)) == base.to_bits()
    };
    SPECIAL_V4.iter().find(within).map_or(Reach::Internet, |(_, _, reach)| *reach)
}

fn of_v6(address: Ipv6Addr) -> Reach {
    let within =
        |base: Ipv6Addr, bits: u32| address.to_bits() & (u128::MAX << (128 - bits)) == base.to_bits();
    let special = SPECIAL_V6.iter().find(|(base, bits, _)| within(*base, *bits));
    let given_out = within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    let other = if given_out { Reach::Internet } else { Reach::Reserved };
    special.map_or(other, |(_, _, reach)| *reach)
}

/// Whether a name is one of this computer, whatever anybody says it leads to.
pub fn is_own_name(name: &str) -> bool {
    ends_with(&plain(name), "localhost")
}

/// Whether a name is one of this computer or its network, which nobody on the internet can own.
pub fn is_local_name(name: &str) -> bool {
    const ENDINGS: [&str; 8] =
        ["localhost", "local", "internal", "lan", "intranet", "home", "home.arpa", "localdomain"];
    let name = plain(name);
    // Only a network's own search list knows what a single word means.
    !name.contains('.') || ENDINGS.iter().any(|ending| ends_with(&name, ending))
}

/// Whether somebody on the internet may own a name: it has more than one word, and an ending that is not kept for other
/// things (RFC 6761 and its followers).
pub fn is_public_name(name: &str) -> bool {
    const KEPT: [&str; 6] = ["alt", "arpa", "example", "invalid", "onion", "test"];
    let name = plain(name);
    !is_local_name(&name) && !KEPT.iter().any(|ending| ends_with(&name, ending))
}

/// Whether an address is one of those that local proxy programs make up for names, so that whoever connects to it comes
/// to them (198.18.0.0/15, which RFC 2544 keeps for measurements).
pub(crate) fn is_made_up(address: IpAddr) -> bool {
    matches!(address.to_canonical(), IpAddr::V4(address) if address.to_bits() >> 17 == 0xc612_0000 >> 17)
}

/// Whether an address is one that every computer has for itself, however it is written.
pub(crate) fn is_own_address(address: IpAddr) -> bool {
    let carried = match address {
        IpAddr::V6(six) => six.to_ipv4().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    };
    [Reach::of(address), Reach::of(carried), Reach::behind(address)].contains(&Reach::Loopback)
}

fn translated(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(six) = address else { return None };
    let [.., a, b, c, d] = six.octets();
    let translator = six.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let older = if translator { Some(Ipv4Addr::new(a, b, c, d)) } else { six.to_ipv4_mapped() };
    older.map(IpAddr::V4)
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn ends_with(name: &str, ending: &str) -> bool {
    name.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_reach_what_their_block_is_for() {
        for (reach, addresses) in [
            (
                Reach::Internet,
                "1.1.1.1 172.32.0.1 100.128.0.1 93.184.215.14 169.253.0.1 2606:2800:220:1::1 2001:200::1",
            ),
            (Reach::Loopback, "127.0.0.1 127.9.9.9 0.0.0.0 0.1.2.3 ::1 ::"),
            (Reach::Private, "10.1.2.3 172.16.0.1 172.31.255.255 192.168.0.1 fc00::1 fd00::1"),
            (Reach::Shared, "100.64.0.1 100.127.255.255"),
            (Reach::LinkLocal, "169.254.1.1 fe80::1 febf::1"),
            (Reach::Metadata, "169.254.169.254 168.63.129.16 fd00:ec2::254"),
            (Reach::Group, "224.0.0.1 239.255.255.250 255.255.255.255 ff02::1"),
            (
                Reach::Carried,
                "192.88.99.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1",
            ),
            (
                Reach::Reserved,
                "192.0.0.192 192.0.2.1 198.19.255.255 198.51.100.7 203.0.113.9 240.0.0.1 2001:10::1 2001:db8::1 100::1 3fff::1 5f00::1 fec0::1",
            ),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(Reach::of(address.parse().unwrap()), reach, "{address}");
            }
        }
    }

    #[test]
    fn what_a_translator_unpacks_is_judged_in_its_place() {
        for (address, reach) in [
            ("::ffff:8.8.8.8", Reach::Internet),
            ("64:ff9b::808:808", Reach::Internet),
            ("2606:2800:220:1::1", Reach::Internet),
            ("::ffff:127.0.0.1", Reach::Loopback),
            ("64:ff9b::7f00:1", Reach::Loopback),
            ("64:ff9b::a9fe:a9fe", Reach::Metadata),
            ("64:ff9b::a00:1", Reach::Private),
            ("64:ff9b:1::808:808", Reach::Carried),
            ("2002:808:808::", Reach::Carried),
            ("::8.8.8.8", Reach::Carried),
        ] {
            assert_eq!(Reach::behind(address.parse().unwrap()), reach, "{address}");
        }
    }

    #[test]
    fn own_and_made_up_addresses_are_known_however_they_are_written() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for own in
            "127.0.0.1 127.9.9.9 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::ffff:0.0.0.0 ::127.0.0.1 64:ff9b::7f00:1"
                .split(' ')
        {
            assert!(is_own_address(ip(own)), "{own}");
        }
        assert!(!is_own_address(ip("10.0.0.1")) && !is_own_address(ip("::ffff:10.0.0.1")));
        assert!(is_made_up(ip("198.18.0.1")) && is_made_up(ip("::ffff:198.19.255.255")));
        assert!(!is_made_up(ip("198.20.0.0")) && !is_made_up(ip("198.17.255.255")));
    }

    #[test]
    fn public_names_have_two_words_and_no_ending_that_is_kept() {
        for name in ["api.openai.com", "generativelanguage.googleapis.com.", "xn--fiqs8s.cn"] {
            assert!(is_public_name(name), "{name}");
        }
        for name in
            ["nas", "printer.local", "x.internal", "a.localhost", "x.onion", "x.test", "1.in-addr.arpa"]
        {
            assert!(!is_public_name(name), "{name}");
        }
    }

    #[test]
    fn names_of_this_computer_and_its_network_are_known() {
        for name in ["localhost", "LOCALHOST.", "x.localhost"] {
            assert!(is_own_name(name) && is_local_name(name), "{name}");
        }
        for name in
            ["printer.local", "metadata.google.internal", "metadata", "nas.lan", "nas.home.", "a.home.arpa"]
        {
            assert!(!is_own_name(name) && is_local_name(name), "{name}");
        }
        for name in ["example.org", "localhost.example.org", "notlocalhost.org", "mylan.org", "lan.example"] {
            assert!(!is_own_name(name) && !is_local_name(name), "{name}");
        }
        assert!(!is_own_name("notlocalhost"));
    }
}
