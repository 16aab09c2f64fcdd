//! Selectors, texts and dialog rules as data: built in, and replaced in parts by a file, so that a change of the site
//! can be followed without a new release.
//!
//! [`Selectors`] are the values, [`Pack`] knows which are in force: it reads the file, again when that has changed,
//! checks it ([`file`]) and keeps to the built-in ones while it is wrong.

mod file;
mod pack;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use pack::Pack;
pub(crate) use pack::WrongCss;

const EMBEDDED: &str = include_str!("selectors.toml");

/// A list of values by name.
type Lists = BTreeMap<String, Vec<String>>;

/// What the page operations know about the page's look.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Selectors {
    /// What they are as a whole.
    #[serde(default, skip_serializing)]
    pub pack: Head,
    /// Addresses of the site.
    #[serde(default)]
    pub urls: Urls,
    /// Words in the paths of the page's own requests.
    #[serde(default, skip_serializing)]
    pub network: Network,
    /// Texts by what they mean.
    #[serde(default)]
    pub texts: Lists,
    /// CSS with fallbacks, by what it finds.
    #[serde(default)]
    pub selectors: Lists,
    /// Things that get in the way, by name.
    #[serde(default)]
    pub dialogs: BTreeMap<String, Dialog>,
}

/// What a pack of selectors says of itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Head {
    /// Of the built-in ones, which they are; of a file, for which ones it was written. 0 where it is not said.
    pub version: u32,
}

/// Addresses of the site.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Urls {
    /// Hosts of the sign-in pages.
    pub sign_in_hosts: Vec<String>,
    /// Words in their paths that mean that a human must act.
    pub verification_paths: Vec<String>,
    /// The path of a fresh chat.
    pub new_chat: String,
}

/// Words in the paths of the page's own requests.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// The request that carries a prompt.
    pub generate: String,
    /// The request for the model list.
    pub models: String,
}

/// One thing that gets in the way and how it is put away.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialog {
    /// What shows that it is there.
    pub when: Vec<String>,
    /// What to click, first match first.
    pub click: Vec<String>,
    /// Click what `when` found.
    pub click_itself: bool,
    /// Take what `when` found out of the page.
    pub remove: bool,
}

impl Selectors {
    /// The built-in ones.
    pub fn embedded() -> Self {
        // A test reads the embedded file; should it be broken anyway, every search finds nothing and says so.
        toml::from_str(EMBEDDED).unwrap_or_default()
    }

    /// The meaning of a text the page shows, by the first list in `meanings` that has words of it.
    pub fn meaning<'a>(&self, text: &str, meanings: &[&'a str]) -> Option<&'a str> {
        let text = text.to_lowercase();
        let has = |meaning: &&&str| {
            let words = self.texts.get(**meaning);
            words.into_iter().flatten().any(|word| text.contains(&word.to_lowercase()))
        };
        meanings.iter().find(has).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_whole() {
        let all: Selectors = toml::from_str(EMBEDDED).unwrap();
        assert!(all.selectors.values().all(|entries| !entries.is_empty()));
        assert!(!all.urls.new_chat.is_empty() && !all.network.generate.is_empty());
        assert!(all.pack.version > 0);
    }

    #[test]
    fn texts_have_meanings() {
        let all = Selectors::embedded();
        let meanings = ["refused", "quota", "upstream_error"];
        let of = |text| all.meaning(text, &meanings);
        assert_eq!(of("Failed to generate content: permission denied. Please try again"), Some("refused"));
        assert_eq!(of("Failed to generate content: user has exceeded quota"), Some("quota"));
        assert_eq!(of("An internal error has occurred."), Some("upstream_error"));
        assert_eq!(of("Copied"), None);
    }
}
