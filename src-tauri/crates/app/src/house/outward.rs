//! The way out, from the settings. A name and a password that belong to a proxy lie sealed; in the file marks stand in
//! their place.

use postern_console::{Code, Trouble};
use postern_net::{BadProxy, NetworkConfig, NoProxy, ProxyRule};
use postern_settings::{Settings, WayOut};

use crate::way::masked;
use crate::words::capitalised;
use crate::{OwnWay, SecretKind, Secrets, SecretsError};

/// The setting.
pub(crate) const PROXY: &str = "network.proxy";

/// How to get out, with what lies sealed. A proxy whose password cannot be had is asked without: it refuses then, and
/// nothing goes by another way.
pub(crate) async fn way_out(settings: &Settings, secrets: &Secrets) -> Result<NetworkConfig, BadProxy> {
    let network = &settings.network;
    let no_proxy = NoProxy::new(network.no_proxy.iter().map(|entry| entry.0.as_str()));
    if !network.proxy.is_marked() {
        return Ok(NetworkConfig { rule: network.proxy.0.parse()?, no_proxy });
    }
    let bare: ProxyRule = network.proxy.without_password().parse()?;
    let rule = match sealed(&bare.to_string(), secrets).await {
        Ok(Some(text)) => text.parse()?,
        Ok(None) => {
            tracing::warn!("no name and no password are kept for {bare}; write network.proxy anew");
            bare
        }
        Err(error) => {
            tracing::warn!(%error, "the name and the password for {bare} cannot be opened; it is asked without");
            bare
        }
    };
    Ok(NetworkConfig { rule, no_proxy })
}

async fn sealed(shown: &str, secrets: &Secrets) -> Result<Option<String>, SecretsError> {
    let found = secrets.get(SecretKind::NetworkProxy, shown).await?;
    Ok(found.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()))
}

/// A proxy that is to be saved, without its name and password.
pub(crate) struct Parted {
    /// As the file says it.
    pub(crate) written: String,
    way: OwnWay,
}

impl Parted {
    /// `None` for what has no name and no password, and for what is no proxy.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let way = OwnWay::read(text).ok()?.filter(OwnWay::has_login)?;
        Some(Self { written: masked(&way.shown(), true), way })
    }

    /// Puts name and password away. Marks in their place mean those that are kept, or that `current` shows.
    pub(crate) async fn seal(&self, current: &WayOut, secrets: &Secrets) -> Result<(), Trouble> {
        let shown = self.way.shown();
        let marked = WayOut(self.way.text().to_owned()).is_marked();
        let text = if !marked {
            self.way.text()
        } else if current.shows_login() && Self::of(&current.0).is_some_and(|now| now.way.shown() == shown) {
            &current.0
        } else {
            let kept = sealed(&shown, secrets).await.map_err(unsealed)?;
            let message = "The name and the password of this proxy are not known here; write them in place of the marks.";
            return kept.map(drop).ok_or_else(|| Trouble::new(Code::Invalid, message).field(PROXY));
        };
        secrets.put(SecretKind::NetworkProxy, &shown, text.as_bytes()).await.map_err(unsealed)
    }
}

/// Forgets what is kept for proxies that the settings do not name any more.
pub(crate) async fn forget_others(settings: &Settings, secrets: &Secrets) -> Result<(), SecretsError> {
    let named = Some(&settings.network.proxy).filter(|proxy| proxy.is_marked());
    let named = named.and_then(|proxy| Some(proxy.without_password().parse::<ProxyRule>().ok()?.to_string()));
    for id in secrets.ids(SecretKind::NetworkProxy).await? {
        if named.as_ref() != Some(&id) {
            secrets.forget(SecretKind::NetworkProxy, &id).await?;
        }
    }
    Ok(())
}

fn unsealed(error: SecretsError) -> Trouble {
    Trouble::new(Code::Unavailable, capitalised(&format!("{error}."))).field(PROXY)
}

#[cfg(test)]
mod tests {
    use http::Uri;
    use postern_net::Network;
    use postern_settings::{File, Flags, resolve};
    use postern_store::Store;
    use postern_vault::MasterKey;

    use super::*;
    use crate::{KeyPlaces, Paths};

    fn settings(proxy: &str) -> Settings {
        let text = format!("[network]\nproxy = \"{proxy}\"\nno_proxy = [\"*.quiet.example\"]");
        resolve(Some(File { name: "", text: &text }), |_| None, Flags::default()).expect("valid")
    }

    /// Secrets in a folder that goes with the first value.
    fn secrets() -> (tempfile::TempDir, Store, Secrets) {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
        let store = Store::in_memory().expect("a store");
        let key = MasterKey::generate().expect("a key");
        let secrets = Secrets::new(&paths, store.sealed(), KeyPlaces::given(key));
        (folder, store, secrets)
    }

    fn has_login(config: &NetworkConfig) -> bool {
        matches!(&config.rule, ProxyRule::Via(proxy) if proxy.has_login())
    }

    #[tokio::test]
    async fn every_way_out_of_the_settings_is_one() {
        let (_folder, _store, secrets) = secrets();
        for (proxy, way) in [
            ("direct", "direct"),
            ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("https://me:p%40ss@proxy.lan/", "https://proxy.lan:443"),
            ("socks5://me@[::1]", "socks5://[::1]:1080"),
            ("socks5h://a%2Fb:c:d@proxy_1.lan:9", "socks5h://proxy_1.lan:9"),
            ("http://****@proxy.lan", "http://proxy.lan:80"),
        ] {
            let network = Network::new(way_out(&settings(proxy), &secrets).await.expect(proxy));
            let to = |uri| network.way(&Uri::from_static(uri)).expect("a way").to_string();
            assert_eq!(to("https://api.example.org/"), way);
            assert_eq!(to("https://x.quiet.example/"), "direct");
        }
    }

    #[tokio::test]
    async fn a_sealed_password_comes_back_for_its_proxy_alone() {
        let (_folder, _store, secrets) = secrets();
        let parted = Parted::of("http://me:secret@proxy.lan:8080").expect("a password");
        assert_eq!(parted.written, "http://****@proxy.lan:8080");
        parted.seal(&WayOut("system".into()), &secrets).await.expect("sealed");
        let there = settings(&parted.written);
        assert!(has_login(&way_out(&there, &secrets).await.expect("a way")));
        let other = settings("http://****@other.lan:8080");
        assert!(
            !has_login(&way_out(&other, &secrets).await.expect("a way")),
            "it is shown to no other proxy"
        );
        // Saved once more as it is shown, it stays; marks for another proxy mean nothing.
        let again = |text: &str| Parted::of(text).expect("marks");
        again(&parted.written).seal(&there.network.proxy, &secrets).await.expect("known");
        let trouble = again("http://****@other.lan:8080").seal(&there.network.proxy, &secrets).await;
        assert_eq!(trouble.expect_err("unknown").field.as_deref(), Some(PROXY));
        forget_others(&other, &secrets).await.expect("forgotten");
        assert!(!has_login(&way_out(&there, &secrets).await.expect("a way")));
    }

    #[tokio::test]
    async fn a_password_in_the_file_is_sealed_when_its_proxy_is_saved_as_shown() {
        let (_folder, _store, secrets) = secrets();
        let plain = WayOut("http://me:secret@proxy.lan:8080/".into());
        let parted = Parted::of("http://****@proxy.lan:8080").expect("marks");
        parted.seal(&plain, &secrets).await.expect("sealed");
        assert!(has_login(&way_out(&settings(&parted.written), &secrets).await.expect("a way")));
    }

    #[test]
    fn what_has_no_password_is_not_parted() {
        for text in ["system", "direct", "http://proxy.lan:8080", "nothing", "ftp://me:secret@h"] {
            assert!(Parted::of(text).is_none(), "{text}");
        }
    }
}
