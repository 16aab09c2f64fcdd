//! What a command does with keys, whether a server runs beside it or not.

use anyhow::{Context, Result};
use postern_net::Network;
use postern_protocol::account::State;
use postern_settings::{Settings, Upstream as Written};
use postern_upstream::{Keyed, KeyedMeans, Upstream};
use serde::Serialize;

use super::book::account;
use super::{KeyBook, keyed_config, setups};
use crate::house::outward::way_out;

/// What a provider said of a key.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedKey {
    /// The key.
    pub name: String,
    /// How it is.
    #[serde(flatten)]
    pub state: State,
    /// What kept the provider from being asked.
    pub trouble: Option<String>,
}

/// Asks the provider whether it takes its keys: this one, or all. What it says is kept for the server.
pub async fn check_keys(
    settings: &Settings,
    book: &KeyBook,
    upstream: &str,
    written: &Written,
    only: Option<&str>,
) -> Result<Vec<CheckedKey>> {
    let network = Network::new(way_out(settings, book.secrets()).await?);
    let means = KeyedMeans::new(network, None);
    let keyed = Keyed::new(keyed_config(upstream, written), &means, None)
        .with_context(|| format!("the address of {upstream} cannot be used"))?;
    let rows = book.of_upstream(upstream).await?;
    let memories = book.memories().await?;
    keyed.set_keys(setups(book, &keyed, written, &rows, &memories).await);
    let mut checked = Vec::new();
    for key in Upstream::accounts(&keyed).iter().filter(|key| only.is_none_or(|name| key.name == name)) {
        let mut report = CheckedKey { name: key.name.clone(), state: key.state.clone(), trouble: None };
        if !matches!(key.state, State::Off | State::Blocked { .. }) {
            match keyed.check(&key.name).await {
                Ok(state) => report.state = state,
                Err(failure) => report.trouble = Some(failure.to_string()),
            }
            if matches!(report.state, State::Ready | State::SignInExpired) {
                book.records().became(&account(upstream, &key.name), &report.state);
            }
        }
        checked.push(report);
    }
    book.records().announce().await?;
    Ok(checked)
}
