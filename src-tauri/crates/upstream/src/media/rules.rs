//! What the owner allows.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::MediaError;
use crate::Principal;

/// What may be got for clients, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRules {
    /// Most bytes of one file.
    pub max_bytes: u64,
    /// Longest time to fetch one.
    pub fetch_timeout: Duration,
    /// Folders below which clients may name files.
    pub local_folders: Vec<PathBuf>,
    /// Names of the keys with which that may be done; empty means that everybody may.
    pub local_keys: Vec<String>,
    /// Hosts that are fetched from wherever they are.
    pub local_hosts: Vec<Target>,
}

/// A host that is fetched from although the guard would not let it through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    host: String,
    port: Option<u16>,
}

/// A text that names no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host or host:port")]
pub struct BadTarget;

impl Default for MediaRules {
    fn default() -> Self {
        Self {
            max_bytes: 100 * 1024 * 1024,
            fetch_timeout: Duration::from_secs(60),
            local_folders: Vec::new(),
            local_keys: Vec::new(),
            local_hosts: Vec::new(),
        }
    }
}

impl MediaRules {
    /// Whether who asks may name files of this computer.
    pub(super) fn paths_for(&self, principal: &Principal) -> Result<(), MediaError> {
        let listed = match principal {
            Principal::Owner => true,
            Principal::Key(name) => self.local_keys.iter().any(|key| **key == **name),
            Principal::Anonymous => false,
        };
        if self.local_folders.is_empty() {
            Err(MediaError::NoPaths)
        } else if listed || self.local_keys.is_empty() {
            Ok(())
        } else {
            Err(MediaError::NotWithThisKey)
        }
    }

    /// Whether so many bytes are not too many.
    pub(super) fn fits(&self, bytes: u64) -> Result<(), MediaError> {
        // Base64 may stand for up to two bytes less.
        if bytes > self.max_bytes + 2 { Err(MediaError::TooLarge { limit: self.max_bytes }) } else { Ok(()) }
    }
}

impl Target {
    /// Whether it is this host at this port.
    pub(super) fn is(&self, host: &str, port: Option<u16>) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        self.host.eq_ignore_ascii_case(bare) && self.port.is_none_or(|own| Some(own) == port)
    }
}

impl FromStr for Target {
    type Err = BadTarget;

    /// Reads `host`, `host:port`, `[address]` or `[address]:port`.
    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let address = url::Url::parse(&format!("http://{text}/")).map_err(|_| BadTarget)?;
        let plain = address.path() == "/" && address.query().is_none() && address.fragment().is_none();
        let host = address.host_str().filter(|_| plain && address.username().is_empty()).ok_or(BadTarget)?;
        // The port of the scheme counts as none when a URL is read.
        let after = text.rsplit(']').next().unwrap_or_default();
        let port = match after.rsplit_once(':') {
            Some((_, port)) => Some(port.parse().map_err(|_| BadTarget)?),
            None => None,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_owned();
        Ok(Self { host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_for_those_whose_keys_are_listed() {
        let key = |name: &str| Principal::Key(name.into());
        let rules = |folders: &[&str], keys: &[&str]| MediaRules {
            local_folders: folders.iter().map(PathBuf::from).collect(),
            local_keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..MediaRules::default()
        };
        for caller in [Principal::Anonymous, key("laptop"), Principal::Owner] {
            assert_eq!(rules(&[], &["laptop"]).paths_for(&caller), Err(MediaError::NoPaths), "{caller:?}");
            assert_eq!(rules(&["/srv"], &[]).paths_for(&caller), Ok(()), "{caller:?}");
        }
        let listed = rules(&["/srv"], &["laptop"]);
        assert_eq!(listed.paths_for(&key("laptop")), Ok(()));
        assert_eq!(listed.paths_for(&Principal::Owner), Ok(()));
        assert_eq!(listed.paths_for(&key("guest")), Err(MediaError::NotWithThisKey));
        assert_eq!(listed.paths_for(&Principal::Anonymous), Err(MediaError::NotWithThisKey));
    }

    #[test]
    fn a_target_is_a_host_at_any_port_or_at_one() {
        let target = |text: &str| text.parse::<Target>();
        let any = target("Nas.local").unwrap();
        assert!(any.is("nas.local", Some(80)) && any.is("NAS.local.", Some(8443)) && !any.is("nas", None));
        let one = target("127.0.0.1:8080").unwrap();
        assert!(one.is("127.0.0.1", Some(8080)) && !one.is("127.0.0.1", Some(80)));
        let web = target("nas:80").unwrap();
        assert!(web.is("nas", Some(80)) && !web.is("nas", Some(8080)));
        let six = target("[::1]:9000").unwrap();
        assert!(six.is("[::1]", Some(9000)) && !six.is("[::1]", Some(1)));
        for bad in ["", "http://nas", "nas/x", "me@nas", "nas:", "nas:x", "nas?x"] {
            assert_eq!(target(bad), Err(BadTarget), "{bad}");
        }
    }
}
