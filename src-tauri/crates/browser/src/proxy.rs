//! How a browser gets out, in the words of each family.

use serde_json::{Map, Value, json};

/// How a browser gets out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// As it would by itself: as the system and the environment say.
    #[default]
    AsSystem,
    /// Straight.
    Direct,
    /// Through a proxy.
    Via(BrowserProxy),
}

/// A proxy for a browser. None of them takes a name and a password this way; it asks a person for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserProxy {
    /// What it speaks.
    pub speaks: ProxySpeech,
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Hosts that are reached without it: names with all below them, `.name` or `*.name`, addresses and blocks of them, `*`.
    pub bypass: Vec<String>,
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxySpeech {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS 5; Chromium always has names looked up there.
    Socks {
        /// Whether the proxy looks names up, where the browser can choose.
        names_there: bool,
    },
}

/// Switches with which an owner decides it in their own words.
const OWN: [&str; 4] = ["--proxy-server", "--proxy-pac-url", "--proxy-auto-detect", "--no-proxy-server"];

impl ProxyChoice {
    /// Switches for a browser of Chromium's family that is started with these others. Where they decide, nothing is added.
    pub fn switches(&self, others: &[String]) -> Vec<String> {
        let own = |other: &String| OWN.iter().any(|own| other.split('=').next() == Some(own));
        if others.iter().any(own) {
            return Vec::new();
        }
        match self {
            Self::AsSystem => Vec::new(),
            Self::Direct => vec!["--no-proxy-server".to_owned()],
            Self::Via(proxy) => proxy.switches(),
        }
    }

    /// Preferences for Firefox. It keeps them in its profile, so each choice says all of it.
    pub(crate) fn preferences(&self) -> Map<String, Value> {
        let mut prefs = Map::new();
        match self {
            Self::AsSystem => prefs.insert("network.proxy.type".to_owned(), json!(5)),
            Self::Direct => prefs.insert("network.proxy.type".to_owned(), json!(0)),
            Self::Via(proxy) => {
                prefs.extend(proxy.preferences());
                prefs.insert("network.proxy.no_proxies_on".to_owned(), json!(proxy.without(", ")))
            }
        };
        prefs
    }
}

impl BrowserProxy {
    fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    fn switches(&self) -> Vec<String> {
        let scheme = match self.speaks {
            ProxySpeech::Http => "http",
            ProxySpeech::Https => "https",
            ProxySpeech::Socks { .. } => "socks5",
        };
        let mut switches = vec![format!("--proxy-server={scheme}://{}", self.place())];
        if !self.bypass.is_empty() {
            switches.push(format!("--proxy-bypass-list={}", self.without(";")));
        }
        switches
    }

    fn preferences(&self) -> Vec<(String, Value)> {
        let manual = ("network.proxy.type", json!(1));
        let prefs = match self.speaks {
            ProxySpeech::Http => vec![
                manual,
                ("network.proxy.http", json!(self.host)),
                ("network.proxy.http_port", json!(self.port)),
                ("network.proxy.ssl", json!(self.host)),
                ("network.proxy.ssl_port", json!(self.port)),
                ("network.proxy.socks", json!("")),
            ],
            ProxySpeech::Socks { names_there } => vec![
                manual,
                ("network.proxy.http", json!("")),
                ("network.proxy.ssl", json!("")),
                ("network.proxy.socks", json!(self.host)),
                ("network.proxy.socks_port", json!(self.port)),
                ("network.proxy.socks_version", json!(5)),
                ("network.proxy.socks_remote_dns", json!(names_there)),
            ],
            // Firefox knows these from scripts alone.
            ProxySpeech::Https => {
                vec![("network.proxy.type", json!(2)), ("network.proxy.autoconfig_url", json!(self.script()))]
            }
        };
        prefs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn script(&self) -> String {
        let place = self.place();
        format!(
            "data:application/x-ns-proxy-autoconfig,function FindProxyForURL(u,h){{return \"HTTPS {place}\";}}"
        )
    }

    /// The hosts without it, in the words of browsers: there a name stands for itself alone.
    fn without(&self, between: &str) -> String {
        let words = |entry: &String| {
            let below = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
            let (address, _) = entry.split_once('/').unwrap_or((entry, ""));
            let whole = entry == "*" || address.parse::<std::net::IpAddr>().is_ok();
            if whole || below.starts_with('.') {
                vec![if whole { entry.clone() } else { below.to_owned() }]
            } else {
                vec![entry.clone(), format!(".{entry}")]
            }
        };
        self.bypass.iter().flat_map(words).collect::<Vec<_>>().join(between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(speaks: ProxySpeech, host: &str, bypass: &[&str]) -> ProxyChoice {
        let bypass = bypass.iter().map(|entry| (*entry).to_owned()).collect();
        ProxyChoice::Via(BrowserProxy { speaks, host: host.to_owned(), port: 7890, bypass })
    }

    #[test]
    fn chromium_is_told_by_switches_unless_its_owner_tells_it() {
        assert!(ProxyChoice::AsSystem.switches(&[]).is_empty());
        assert_eq!(ProxyChoice::Direct.switches(&[]), ["--no-proxy-server"]);
        let socks = via(
            ProxySpeech::Socks { names_there: true },
            "::1",
            &["nas.lan", "*.corp", ".a.org", "10.0.0.0/8", "*"],
        );
        let expected = [
            "--proxy-server=socks5://[::1]:7890",
            "--proxy-bypass-list=nas.lan;.nas.lan;.corp;.a.org;10.0.0.0/8;*",
        ];
        assert_eq!(socks.switches(&["--lang=en".to_owned()]), expected);
        for own in ["--proxy-server=http://other:1", "--no-proxy-server"] {
            assert!(socks.switches(&[own.to_owned()]).is_empty(), "{own}");
            assert!(ProxyChoice::Direct.switches(&[own.to_owned()]).is_empty(), "{own}");
        }
    }

    #[test]
    fn firefox_is_told_all_of_it_each_time() {
        assert_eq!(ProxyChoice::AsSystem.preferences()["network.proxy.type"], 5);
        assert_eq!(ProxyChoice::Direct.preferences()["network.proxy.type"], 0);
        let http = via(ProxySpeech::Http, "proxy.lan", &["nas.lan"]).preferences();
        assert_eq!(
            (&http["network.proxy.type"], &http["network.proxy.ssl"]),
            (&json!(1), &json!("proxy.lan"))
        );
        assert_eq!(http["network.proxy.ssl_port"], 7890);
        assert_eq!(http["network.proxy.no_proxies_on"], "nas.lan, .nas.lan");
        let socks = via(ProxySpeech::Socks { names_there: false }, "proxy.lan", &[]).preferences();
        assert_eq!(
            (&socks["network.proxy.socks"], &socks["network.proxy.ssl"]),
            (&json!("proxy.lan"), &json!(""))
        );
        assert_eq!(socks["network.proxy.socks_remote_dns"], false);
        let https = via(ProxySpeech::Https, "proxy.lan", &[]).preferences();
        assert!(https["network.proxy.autoconfig_url"].as_str().unwrap().contains("HTTPS proxy.lan:7890"));
    }
}
