//! `[upstreams.NAME]`: providers that are asked with keys.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::choices::UpstreamKind;
use crate::values::{Text, Variable, WebUrl, Whole, Written, url_or_empty};

/// The section they stand in.
pub(crate) const SECTION: &str = "upstreams";
/// The place of AI Studio among them.
pub const USUAL_ORDER: u64 = 100;

pub(crate) type Order = Whole<0, 1_000>;
pub(crate) type AtOnce = Whole<0, 1_000>;

/// A provider that is asked with keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Upstream {
    /// Which dialect it speaks.
    pub kind: UpstreamKind,
    /// Where it is; `None` for the maker of the dialect itself.
    #[serde(serialize_with = "url_or_empty")]
    pub base_url: Option<WebUrl>,
    /// Where its key is, besides those that were pasted.
    pub api_key: ApiKey,
    /// The only models that are offered; empty means all that the provider lists.
    pub models: Vec<String>,
    /// Models that are not offered.
    pub excluded: Vec<String>,
    /// Upstreams with a smaller number are asked first for a model that several have. AI Studio has
    /// [`USUAL_ORDER`] and comes first among equals.
    pub order: u64,
    /// Most requests that a key answers at once; 0 for any number.
    pub max_at_once: usize,
    /// Whether it is used.
    pub enabled: bool,
}

/// Where the key of an upstream is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ApiKey {
    /// Only those that were pasted.
    #[default]
    Pasted,
    /// In this variable of the environment.
    Env(Variable),
    /// It wants none.
    None,
}

impl<'de> Deserialize<'de> for ApiKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let named = || Variable::from_text(text.strip_prefix("env:")?).map(Self::Env);
        match text.as_str() {
            "" => Ok(Self::Pasted),
            "none" => Ok(Self::None),
            // Whoever wrote a key itself must not find it in a log.
            _ => named().ok_or_else(|| {
                serde::de::Error::custom(
                    "expected \"env:VARIABLE\", the name of an environment variable that holds the key, or \"none\" for \
                     a provider that wants no key; a key itself is pasted in the window or with postern account add",
                )
            }),
        }
    }
}

impl Serialize for ApiKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Pasted => serializer.serialize_str(""),
            Self::Env(Variable(name)) => serializer.serialize_str(&format!("env:{name}")),
            Self::None => serializer.serialize_str("none"),
        }
    }
}

/// The name of an upstream: the part of a model's name before the `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UpstreamName(pub String);

impl Text for UpstreamName {
    const EXPECTED: &'static str = "a name of 1 to 32 small letters, digits, - and _ that begins with a letter and is not \
                                    aistudio, postern or models, such as deepseek";

    fn from_text(text: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let named = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.len() <= 32
            && text.chars().all(good)
            && !matches!(text, "aistudio" | "postern" | "models");
        named.then(|| Self(text.to_owned()))
    }
}

impl std::str::FromStr for UpstreamName {
    type Err = crate::Unfit;

    fn from_str(text: &str) -> Result<Self, crate::Unfit> {
        crate::values::read(text)
    }
}

impl<'de> Deserialize<'de> for UpstreamName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer).map(|written| written.0)
    }
}

/// A model's id as an upstream has it.
#[derive(Clone, Debug)]
pub(crate) struct ModelId(pub(crate) String);

impl Text for ModelId {
    const EXPECTED: &'static str = "the id of a model, or an upstream and its model, without spaces";

    fn from_text(text: &str) -> Option<Self> {
        let good = !text.is_empty() && !text.contains(char::is_whitespace);
        good.then(|| Self(text.to_owned()))
    }
}

/// One of them as written.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawUpstream {
    kind: Written<UpstreamKind>,
    #[serde(default)]
    base_url: Option<Written<Option<WebUrl>>>,
    #[serde(default)]
    api_key: ApiKey,
    #[serde(default)]
    models: Vec<Written<ModelId>>,
    #[serde(default)]
    excluded: Vec<Written<ModelId>>,
    #[serde(default)]
    order: Option<Order>,
    #[serde(default)]
    max_at_once: Option<AtOnce>,
    #[serde(default)]
    enabled: Option<bool>,
}

impl From<RawUpstream> for Upstream {
    fn from(raw: RawUpstream) -> Self {
        let ids = |ids: Vec<Written<ModelId>>| ids.into_iter().map(|id| id.0.0).collect();
        Self {
            kind: raw.kind.0,
            base_url: raw.base_url.and_then(|url| url.0),
            api_key: raw.api_key,
            models: ids(raw.models),
            excluded: ids(raw.excluded),
            order: raw.order.map_or(USUAL_ORDER, |order| order.0),
            max_at_once: crate::file::or(raw.max_at_once, 0),
            enabled: raw.enabled.unwrap_or(true),
        }
    }
}

/// `[models.fallbacks]`: names that lead to several models.
#[derive(Debug, Default)]
pub(crate) struct Fallbacks(pub(crate) BTreeMap<String, Vec<String>>);

/// What the entries of such a list must be.
pub(crate) const FALLBACK: &str = ModelId::EXPECTED;

impl<'de> Deserialize<'de> for Fallbacks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written: BTreeMap<String, Vec<Written<ModelId>>> = BTreeMap::deserialize(deserializer)?;
        let complain = |text: String| Err(serde::de::Error::custom(text));
        for (name, targets) in &written {
            if ModelId::from_text(name).is_none() {
                return complain(format!("\"{name}\" cannot be a model's name, expected one without spaces"));
            }
            if targets.is_empty() {
                return complain(format!("`{name}` has an empty list, expected models, the first one first"));
            }
            let nested =
                targets.iter().find(|target| target.0.0 != *name && written.contains_key(&target.0.0));
            if let Some(target) = nested {
                return complain(format!(
                    "`{name}` leads to `{}`, which has a list itself; expected the models' own ids",
                    target.0.0
                ));
            }
        }
        let list = |targets: Vec<Written<ModelId>>| targets.into_iter().map(|target| target.0.0).collect();
        Ok(Self(written.into_iter().map(|(name, targets)| (name, list(targets))).collect()))
    }
}
