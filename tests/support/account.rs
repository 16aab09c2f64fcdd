use std::str::FromStr;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::models::Model;

/// A Google account that can sign in at the stand-in.
///
/// As soon as the stand-in knows one, nobody gets to AI Studio without a session
/// ([`Control::add_account`](crate::Control::add_account)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its address.
    pub email: String,
    /// The person's name, as the page's account button says it.
    #[serde(default = "Account::anybody")]
    pub name: String,
    /// What opens it.
    pub password: String,
    /// Its sessions hold only in the browser profile in which they began: there lies a key that cannot be
    /// copied, and each page load has to prove it. Copied cookies lead back to the sign-in.
    #[serde(default)]
    pub device_bound: bool,
    /// Ids of the site's models that this account may use; all of them when `None`.
    #[serde(default)]
    pub models: Option<Vec<String>>,
}

impl Account {
    /// An ordinary account.
    pub fn new(email: &str, password: &str) -> Self {
        Self {
            email: email.to_owned(),
            name: Self::anybody(),
            password: password.to_owned(),
            device_bound: false,
            models: None,
        }
    }

    /// The same, with sessions that cannot be copied.
    #[must_use]
    pub fn device_bound(self) -> Self {
        Self { device_bound: true, ..self }
    }

    /// The same, of a person of this name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// The same, with only these of the site's models.
    #[must_use]
    pub fn with_models(self, ids: &[&str]) -> Self {
        Self { models: Some(ids.iter().map(|id| (*id).to_owned()).collect()), ..self }
    }

    pub(crate) fn may_use(&self, model: &Model) -> bool {
        self.models.as_ref().is_none_or(|ids| ids.contains(&model.id))
    }

    fn anybody() -> String {
        "Demo Person".to_owned()
    }
}

/// `EMAIL:PASSWORD` or `EMAIL:PASSWORD:bound`, as programs take it.
impl FromStr for Account {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (email, rest) = text.split_once(':').context("an account is written EMAIL:PASSWORD[:bound]")?;
        let (password, kind) = rest.split_once(':').unwrap_or((rest, ""));
        let account = Self::new(email, password);
        match kind {
            "" => Ok(account),
            "bound" => Ok(account.device_bound()),
            other => bail!("an account cannot be {other}; write EMAIL:PASSWORD[:bound]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_from_the_command_line() -> anyhow::Result<()> {
        assert_eq!("a@b.org:pw".parse::<Account>()?, Account::new("a@b.org", "pw"));
        assert_eq!("a@b.org:pw:bound".parse::<Account>()?, Account::new("a@b.org", "pw").device_bound());
        assert!("a@b.org".parse::<Account>().is_err());
        assert!("a@b.org:pw:round".parse::<Account>().is_err());
        Ok(())
    }
}
