//! Selectors, texts and dialog rules as data: embedded, and overridable key by key by a file, so that a
//! change of the site can be followed without a new release.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const EMBEDDED: &str = include_str!("selectors.toml");

/// A list of values by name.
type Lists = BTreeMap<String, Vec<String>>;

/// What the page operations know about the page's look.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Selectors {
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

/// Addresses of the site.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
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
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// The request that carries a prompt.
    pub generate: String,
    /// The request for the model list.
    pub models: String,
}

/// One thing that gets in the way and how it is put away.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
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

/// Why an override file is not used.
#[derive(Debug, thiserror::Error)]
pub enum SelectorsError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is not what is expected; the text names the line.
    #[error("{path}, line {line}: {what}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
}

impl Selectors {
    /// The embedded ones.
    pub fn embedded() -> Self {
        // A test reads the embedded file; should it be broken anyway, every search finds nothing and says so.
        toml::from_str(EMBEDDED).unwrap_or_default()
    }

    /// The embedded ones with the entries of `path` in their place. A missing file changes nothing.
    pub fn with_file(path: &Path) -> Result<Self, SelectorsError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::with_text(&text, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::embedded()),
            Err(source) => Err(SelectorsError::Unreadable { path: path.to_owned(), source }),
        }
    }

    fn with_text(text: &str, path: &Path) -> Result<Self, SelectorsError> {
        let wrong = |line, what| SelectorsError::Wrong { path: path.to_owned(), line, what };
        let parsed: Result<Self, toml::de::Error> = toml::from_str(text);
        let given = parsed.map_err(|error| {
            wrong(error.span().map_or(1, |span| line_at(text, span.start)), error.message().to_owned())
        })?;
        let mut all = Self::embedded();
        if let Some(name) = unknown(&all.selectors, &given.selectors).or(unknown(&all.texts, &given.texts)) {
            return Err(wrong(line_of_key(text, &name), format!("nothing is called `{name}`")));
        }
        all.selectors.extend(given.selectors);
        all.texts.extend(given.texts);
        all.dialogs.extend(given.dialogs);
        replace(&mut all.urls.sign_in_hosts, given.urls.sign_in_hosts);
        replace(&mut all.urls.verification_paths, given.urls.verification_paths);
        replace_text(&mut all.urls.new_chat, given.urls.new_chat);
        replace_text(&mut all.network.generate, given.network.generate);
        replace_text(&mut all.network.models, given.network.models);
        Ok(all)
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

fn unknown(known: &Lists, given: &Lists) -> Option<String> {
    given.keys().find(|name| !known.contains_key(*name)).cloned()
}

fn replace(old: &mut Vec<String>, new: Vec<String>) {
    if !new.is_empty() {
        *old = new;
    }
}

fn replace_text(old: &mut String, new: String) {
    if !new.is_empty() {
        *old = new;
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn line_of_key(text: &str, key: &str) -> usize {
    let starts = |line: &str| line.trim_start().trim_start_matches('"').starts_with(key);
    text.lines().position(starts).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Selectors, SelectorsError> {
        Selectors::with_text(text, Path::new("selectors.toml"))
    }

    #[test]
    fn the_embedded_file_is_whole() {
        let all: Selectors = toml::from_str(EMBEDDED).unwrap();
        assert!(all.selectors.values().all(|entries| !entries.is_empty()));
        assert!(!all.urls.new_chat.is_empty() && !all.network.generate.is_empty());
    }

    #[test]
    fn a_file_replaces_what_it_names() {
        let all = with(
            "[selectors]\nrun = [\"#go\"]\n[network]\ngenerate = \"Chat\"\n[dialogs.new]\nwhen = [\"x\"]",
        )
        .unwrap();
        assert_eq!(all.selectors["run"], ["#go"]);
        assert_eq!(all.network.generate, "Chat");
        assert_eq!(all.network.models, "ListModels");
        assert!(all.selectors.contains_key("prompt") && all.dialogs.contains_key("survey"));
        assert!(all.dialogs.contains_key("new"));
    }

    #[test]
    fn a_broken_file_names_the_line() {
        let line = |text: &str| match with(text) {
            Err(SelectorsError::Wrong { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line("[selectors]\nrun = \"#go\""), 2);
        assert_eq!(line("[selectors]\nrun = [\"#go\"]\nrum = [\"#go\"]"), 3);
        assert_eq!(line("\n\nnonsense"), 3);
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
