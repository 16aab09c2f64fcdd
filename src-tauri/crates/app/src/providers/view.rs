//! The providers as the console shows them. No key leaves here but masked.

use std::time::UNIX_EPOCH;

use postern_console::api::upstreams::{KeyOrigin, UpstreamKeyView, UpstreamKind as ShownKind, UpstreamView};
use postern_protocol::account::State;
use postern_settings::{ApiKey, UpstreamKind};
use postern_store::UpstreamKey;
use postern_upstream::{Upstream, describe_key};

use super::book::account;
use crate::way::masked;

use super::{Entry, FROM_ENVIRONMENT, Kept, Providers, base_url};

impl Providers {
    /// All of them, in their order.
    pub(crate) fn views(&self) -> Vec<UpstreamView> {
        let kept = self.kept();
        let mut views: Vec<UpstreamView> =
            kept.entries.iter().map(|(name, entry)| view(name, entry, &kept)).collect();
        views.sort_by(|one, other| (one.order, &one.name).cmp(&(other.order, &other.name)));
        views
    }

    /// One of them.
    pub(crate) fn view(&self, name: &str) -> Option<UpstreamView> {
        let kept = self.kept();
        kept.entries.get(name).map(|entry| view(name, entry, &kept))
    }

    /// A key of one of them.
    pub(crate) fn key_view(&self, name: &str, key: &str) -> Option<UpstreamKeyView> {
        self.view(name)?.keys.into_iter().find(|known| known.name == key)
    }

    pub(super) fn checked(&self, name: &str, key: &str, at: u64) {
        self.kept().checked.insert(account(name, key), at);
        self.inner.changed.give();
    }
}

fn view(name: &str, entry: &Entry, kept: &Kept) -> UpstreamView {
    let Entry { written, keyed, keys, .. } = entry;
    let statuses = Upstream::accounts(keyed);
    let shown: Vec<UpstreamKeyView> = statuses
        .iter()
        .map(|status| {
            let row = keys.iter().find(|row| row.name == status.name);
            let checked_at = kept.checked.get(&account(name, &status.name)).copied();
            UpstreamKeyView { checked_at, ..key_view(entry, name, &status.name, &status.state, row) }
        })
        .collect();
    let (problem, action) = trouble(name, written.enabled, &shown);
    let read_at = Upstream::models_read_at(keyed);
    UpstreamView {
        name: name.to_owned(),
        kind: shown_kind(written.kind),
        base_url: base_url(written),
        host: keyed.host(),
        enabled: written.enabled,
        order: written.order,
        max_at_once: written.max_at_once as u64,
        models: written.models.clone(),
        excluded: written.excluded.clone(),
        keys: shown,
        model_count: keyed.model_count().map(|count| count as u64),
        models_read_at: read_at.and_then(|at| Some(at.duration_since(UNIX_EPOCH).ok()?.as_secs())),
        problem,
        action,
    }
}

fn key_view(
    entry: &Entry,
    upstream: &str,
    name: &str,
    status: &State,
    row: Option<&UpstreamKey>,
) -> UpstreamKeyView {
    let standing = entry.keyed.standing(name);
    let origin = match (&entry.written.api_key, row) {
        (_, Some(_)) => KeyOrigin::Pasted,
        (ApiKey::Env(variable), None) if name == FROM_ENVIRONMENT => {
            KeyOrigin::Environment { variable: variable.0.clone() }
        }
        _ => KeyOrigin::None,
    };
    let pasted_for = row.map(|row| row.host.clone()).filter(|host| *host != entry.keyed.host());
    let action = match &pasted_for {
        Some(_) => Some(format!("Confirm that it may be shown to {}, or paste another.", entry.keyed.host())),
        None => status.key_action(upstream),
    };
    UpstreamKeyView {
        name: name.to_owned(),
        masked: row.map(|row| row.masked.clone()).unwrap_or_default(),
        origin,
        says: describe_key(upstream, status),
        status: status.clone(),
        action,
        pasted_for,
        enabled: row.is_none_or(|row| row.enabled),
        weight: standing.share.weight,
        priority: standing.share.priority,
        proxy: row.and_then(|row| Some(masked(row.proxy.as_deref()?, row.proxy_login))),
        cooldowns: standing.cooldowns,
        uses_today: standing.uses.iter().map(|(_, tally)| tally.answers).sum(),
        added_at: row.map(|row| row.added_at),
        checked_at: None,
    }
}

/// Why a provider cannot be asked now, and what to do.
fn trouble(name: &str, enabled: bool, keys: &[UpstreamKeyView]) -> (Option<String>, Option<String>) {
    let told = |problem: &str, action: &str| (Some(problem.to_owned()), Some(action.to_owned()));
    if !enabled {
        return told("It is switched off.", "Switch it on.");
    }
    let serves = |key: &UpstreamKeyView| {
        matches!(key.status, State::Ready | State::Busy | State::NotChecked | State::CoolingDown { .. })
    };
    match keys.first() {
        None => {
            told("It has no key yet.", &format!("Paste one here, or: postern account add --upstream {name}"))
        }
        Some(_) if keys.iter().any(serves) => (None, None),
        Some(first) => (Some("None of its keys can be used.".to_owned()), first.action.clone()),
    }
}

pub(super) fn shown_kind(kind: UpstreamKind) -> ShownKind {
    match kind {
        UpstreamKind::Gemini => ShownKind::Gemini,
        UpstreamKind::OpenAi => ShownKind::OpenAi,
        UpstreamKind::Anthropic => ShownKind::Anthropic,
    }
}

pub(super) fn kind(kind: ShownKind) -> UpstreamKind {
    match kind {
        ShownKind::Gemini => UpstreamKind::Gemini,
        ShownKind::OpenAi => UpstreamKind::OpenAi,
        ShownKind::Anthropic => UpstreamKind::Anthropic,
    }
}
