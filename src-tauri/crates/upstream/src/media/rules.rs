//! What the owner allows.

use std::path::PathBuf;
use std::time::Duration;

use postern_net::Target;

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
}
