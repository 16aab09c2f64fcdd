//! What the owner says about the names of models: other names for them, and which are not offered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The name as it was asked for.
    pub asked: String,
    /// How it was read.
    pub via: Via,
    /// What it stands for, where it is an alias.
    pub alias_target: Option<String>,
    /// The upstream that answers.
    pub upstream: Option<String>,
    /// The upstream's own id of the model.
    pub model: Option<String>,
    /// The accounts that can answer now; empty also for an upstream that needs none.
    pub accounts: Vec<String>,
    /// Why nobody can answer, and what to do.
    pub problem: Option<String>,
}

/// How a name is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// It is a model's id.
    Exact,
    /// It is another name for a model.
    Alias,
    /// It is an upstream and an id, as `upstream/id`.
    Prefixed,
    /// It is an id as Google writes it, after `models/`.
    ModelsPrefix,
    /// It is a name for several models, of which the first that can answer does.
    Fallbacks,
}

/// An alias that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadAlias {
    /// Name or target is missing.
    #[error("an alias needs a name and a model that it stands for; `{0}` lacks one")]
    Empty(String),
    /// It leads to another alias.
    #[error("the alias `{name}` stands for `{target}`, which is an alias itself; name the model instead")]
    Chained {
        /// The alias.
        name: String,
        /// What it stands for.
        target: String,
    },
    /// A name for several models lacks them.
    #[error("the name `{0}` has no models; list those that are to be asked for it, the first one first")]
    Alone(String),
    /// A name for several models stands among the models of one.
    #[error("`{name}` leads to `{target}`, which stands for several models itself; name the models instead")]
    Nested {
        /// The name.
        name: String,
        /// The one in its list.
        target: String,
    },
}

/// The owner's words about names, as one piece, so that a request sees all of a change or nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// What each alias stands for.
    pub(crate) aliases: BTreeMap<String, String>,
    /// What each name for several models stands for, in their order.
    pub(crate) fallbacks: BTreeMap<String, Vec<String>>,
    /// Models that are not offered, as `upstream/id`.
    excluded: BTreeSet<String>,
}

impl Names {
    pub(crate) fn with_aliases(&self, aliases: BTreeMap<String, String>) -> Result<Self, BadAlias> {
        let aliases: BTreeMap<String, String> = aliases
            .into_iter()
            .map(|(name, target)| (bare(name.trim()).to_owned(), target.trim().to_owned()))
            .collect();
        for (name, target) in &aliases {
            if name.is_empty() || bare(target).is_empty() {
                return Err(BadAlias::Empty(if name.is_empty() { target } else { name }.clone()));
            }
            if aliases.contains_key(bare(target)) {
                return Err(BadAlias::Chained { name: name.clone(), target: target.clone() });
            }
        }
        Ok(Self { aliases, ..self.clone() })
    }

    pub(crate) fn with_fallbacks(&self, fallbacks: BTreeMap<String, Vec<String>>) -> Result<Self, BadAlias> {
        let tidy = |(name, targets): (String, Vec<String>)| {
            let targets = targets.iter().map(|target| target.trim().to_owned());
            (bare(name.trim()).to_owned(), targets.filter(|target| !bare(target).is_empty()).collect())
        };
        let fallbacks: BTreeMap<String, Vec<String>> = fallbacks.into_iter().map(tidy).collect();
        for (name, targets) in &fallbacks {
            if name.is_empty() || targets.is_empty() {
                return Err(BadAlias::Alone(name.clone()));
            }
            let nested = |target: &&String| bare(target) != name && fallbacks.contains_key(bare(target));
            if let Some(target) = targets.iter().find(nested) {
                return Err(BadAlias::Nested { name: name.clone(), target: target.clone() });
            }
        }
        Ok(Self { fallbacks, ..self.clone() })
    }

    /// The models that a name stands for, where it stands for several. A name that is an alias too is that.
    pub(crate) fn fallback(&self, asked: &str) -> Option<&[String]> {
        if self.alias(asked).is_some() {
            return None;
        }
        self.fallbacks.get(bare(asked)).map(Vec::as_slice)
    }

    /// Whether the owner gave this name to a model or to several.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.aliases.contains_key(name) || self.fallbacks.contains_key(name)
    }

    pub(crate) fn with_excluded(&self, excluded: &BTreeSet<String>) -> Self {
        let tidy = |name: &String| match name.trim().split_once('/') {
            Some((upstream, id)) => full(upstream, bare(id)),
            None => name.trim().to_owned(),
        };
        Self { excluded: excluded.iter().map(tidy).collect(), ..self.clone() }
    }

    pub(crate) fn excludes(&self, upstream: &str, id: &str) -> bool {
        self.excluded.contains(&full(upstream, id))
    }

    /// What is meant by `asked`: the target of an alias, else the name itself, without `models/`.
    pub(crate) fn meant<'a>(&'a self, asked: &'a str) -> &'a str {
        bare(self.alias(asked).unwrap_or(asked))
    }

    pub(crate) fn alias(&self, asked: &str) -> Option<&str> {
        self.aliases.get(bare(asked)).map(String::as_str)
    }
}

/// The name without the `models/` that Google puts before it.
pub(crate) fn bare(name: &str) -> &str {
    name.strip_prefix("models/").unwrap_or(name)
}

/// The name that means this upstream's model only.
pub(crate) fn full(upstream: &str, id: &str) -> String {
    format!("{upstream}/{id}")
}
