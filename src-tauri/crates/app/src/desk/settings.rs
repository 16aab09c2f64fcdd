//! Settings, key by key.

use postern_console::api::settings::{
    Applies as ShownApplies, Setting, SettingKind, SettingSource, SettingsView, Unit as ShownUnit,
};
use postern_settings::{Applies, KeyDescription, Kind, Settings, Source, Unit, describe};

use super::HouseDesk;
use crate::house::Sources;

impl HouseDesk {
    pub(super) fn settings_view(&self) -> SettingsView {
        let settings = self.rooms.settings();
        let sources = self.rooms.hot.sources();
        SettingsView {
            file: self.rooms.paths.config().display().to_string(),
            settings: describe()
                .into_iter()
                .filter_map(|known| setting(known, &settings, &sources))
                .collect(),
        }
    }
}

/// `None` for what has a page of its own.
fn setting(known: KeyDescription, settings: &Settings, sources: &Sources) -> Option<Setting> {
    Some(Setting {
        key: known.key.to_owned(),
        kind: kind(known.kind)?,
        value: settings.value(known.key),
        default: known.default,
        source: match sources.get(known.key) {
            Some(Source::File) => SettingSource::File,
            Some(Source::Environment) => SettingSource::Environment,
            Some(Source::Flag) => SettingSource::Flag,
            Some(Source::Default) | None => SettingSource::Default,
        },
        applies: match known.applies {
            Applies::AtOnce => ShownApplies::AtOnce,
            Applies::Rebind => ShownApplies::Rebind,
            Applies::Browser => ShownApplies::Browser,
            Applies::Restart => ShownApplies::Restart,
        },
    })
}

fn kind(kind: Kind) -> Option<SettingKind> {
    Some(match kind {
        Kind::Domains { .. } | Kind::Lists { .. } => return None,
        Kind::Bool => SettingKind::Bool,
        Kind::Integer { min, max, unit } => SettingKind::Integer { min, max, unit: shown(unit) },
        Kind::Choice { options } => {
            SettingKind::Choice { options: options.iter().map(|&option| option.to_owned()).collect() }
        }
        Kind::Text { expected } => SettingKind::Text { expected: expected.to_owned() },
        Kind::Path => SettingKind::Path,
        Kind::List { expected } => SettingKind::List { expected: expected.to_owned() },
        Kind::Map { expected } => SettingKind::Map { expected: expected.to_owned() },
    })
}

fn shown(unit: Unit) -> ShownUnit {
    match unit {
        Unit::Count => ShownUnit::Count,
        Unit::Milliseconds => ShownUnit::Milliseconds,
        Unit::Seconds => ShownUnit::Seconds,
        Unit::Days => ShownUnit::Days,
        Unit::Bytes => ShownUnit::Bytes,
        Unit::Port => ShownUnit::Port,
    }
}
