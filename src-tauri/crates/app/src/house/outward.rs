//! The way out, from the settings.

use postern_net::{BadProxy, NetworkConfig, NoProxy};
use postern_settings::Settings;

/// How to get out.
pub(crate) fn network_config(settings: &Settings) -> Result<NetworkConfig, BadProxy> {
    let network = &settings.network;
    let no_proxy = NoProxy::new(network.no_proxy.iter().map(|entry| entry.0.as_str()));
    Ok(NetworkConfig { rule: network.proxy.0.parse()?, no_proxy })
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use postern_net::Network;
    use postern_settings::{File, Flags, resolve};

    use super::*;

    #[test]
    fn every_way_out_of_the_settings_is_one() {
        for (proxy, way) in [
            ("direct", "direct"),
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("https://me:p%40ss@proxy.lan/", "https://proxy.lan:443"),
            ("socks5://me@[::1]", "socks5://[::1]:1080"),
            ("socks5h://a%2Fb:c:d@proxy_1.lan:9", "socks5h://proxy_1.lan:9"),
        ] {
            let text = format!("[network]\nproxy = \"{proxy}\"\nno_proxy = [\"*.quiet.example\"]");
            let settings = resolve(Some(File { name: "", text: &text }), |_| None, Flags::default());
            let network = Network::new(network_config(&settings.expect("valid")).expect(proxy));
            let to = |uri| network.way(&Uri::from_static(uri)).expect("a way").to_string();
            assert_eq!(to("https://api.example.org/"), way);
            assert_eq!(to("https://x.quiet.example/"), "direct");
        }
    }
}
