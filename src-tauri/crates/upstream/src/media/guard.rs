//! Who may be asked for a file: nobody that only this computer or its network can reach. Pure.

use http::Uri;
use postern_net::{Destination, Judge, NetError, Refusal};
use url::Url;

use super::MediaError;

/// The address as it is asked, if it may be, as far as that is said by itself.
pub(super) fn passed(judge: &dyn Judge, url: &Url) -> Result<Uri, MediaError> {
    let wrong = |why: &str| Err(MediaError::Address(why.to_owned()));
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("only http and https addresses are fetched");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("it holds a name or a password");
    }
    let mut plain = url.clone();
    plain.set_fragment(None);
    let uri: Uri = plain
        .as_str()
        .parse()
        .map_err(|error: http::uri::InvalidUri| MediaError::Address(error.to_string()))?;
    let to = Destination::of(&uri).map_err(|error| told(url, &error))?;
    let seen = judge.named(to).and_then(|()| match to.literal() {
        Some(address) => judge.found(to, address),
        None => Ok(()),
    });
    seen.map_err(|why| guarded(url, why))?;
    Ok(uri)
}

/// Why an address was not asked, or gave nothing.
pub(super) fn told(url: &Url, error: &NetError) -> MediaError {
    match error {
        NetError::Refused { why, .. } => guarded(url, *why),
        NetError::Address { why } => MediaError::Address((*why).to_owned()),
        other => MediaError::NotFetched { host: host(url), why: other.in_public() },
    }
}

/// The host of an address, as it was written.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn guarded(url: &Url, why: Refusal) -> MediaError {
    MediaError::Guarded { host: host(url), what: why.what() }
}

#[cfg(test)]
mod tests {
    use postern_net::{Guard, Target};

    use super::*;

    fn verdict(text: &str) -> Result<(), MediaError> {
        passed(&Guard::internet(), &Url::parse(text).unwrap()).map(drop)
    }

    #[test]
    fn the_internet_is_let_through() {
        for address in [
            "http://example.com/cat.png",
            "https://93.184.215.14/x",
            "https://example.com:8443/",
            "http://[2606:2800:220:1::1]/",
            "http://1.1.1.1/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
        ] {
            assert_eq!(verdict(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn this_computer_and_its_network_are_not_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "0",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "169.254.1.1",
            "168.63.129.16",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "１２７.0.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::808:808]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[100::1]",
            "[3fff::1]",
            "[5f00::1]",
            "[fec0::1]",
        ] {
            let refused = verdict(&format!("http://{host}/"));
            assert!(matches!(refused, Err(MediaError::Guarded { .. })), "{host}: {refused:?}");
        }
    }

    #[test]
    fn names_of_the_network_and_other_schemes_are_refused() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "x.localhost",
            "printer.local",
            "metadata.google.internal",
            "metadata",
            "nas.lan",
        ] {
            let refused = verdict(&format!("http://{host}/"));
            assert!(matches!(refused, Err(MediaError::Guarded { .. })), "{host}: {refused:?}");
        }
        for address in [
            "ftp://example.com/",
            "gopher://example.com/",
            "http://me:pw@example.com/",
            "http://me@example.com/",
        ] {
            assert!(matches!(verdict(address), Err(MediaError::Address(_))), "{address}");
        }
    }

    #[test]
    fn listed_hosts_are_let_through_at_their_port() {
        let listed = ["127.0.0.1:8080", "nas.lan"].map(|text| text.parse::<Target>().unwrap());
        let guard = Guard::allowing(listed);
        let passed = |text: &str| passed(&guard, &Url::parse(text).unwrap());
        assert_eq!(
            passed("http://127.0.0.1:8080/x#part").map(|uri| uri.to_string()),
            Ok("http://127.0.0.1:8080/x".into())
        );
        assert!(passed("https://nas.lan/x").is_ok());
        assert!(passed("http://127.0.0.1/x").is_err());
    }
}
