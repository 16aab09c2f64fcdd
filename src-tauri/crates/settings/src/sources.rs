//! Who decided a value.

use std::collections::BTreeMap;

use crate::describe::keys;
use crate::{Flags, file};

/// Who decided a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody.
    Default,
    /// The file.
    File,
    /// A variable of the environment.
    Environment,
    /// The command line.
    Flag,
}

/// Variables that decide a key. `POSTERN_LOG` says more than a level, so it is no part of [`crate::Settings`].
const VARIABLES: &[(&str, &str)] =
    &[("server.host", "POSTERN_HOST"), ("server.port", "POSTERN_PORT"), ("logs.level", "POSTERN_LOG")];

/// Who decided each key, by the same rules as [`crate::resolve`].
pub fn sources(
    file: Option<&str>,
    environment: impl Fn(&str) -> Option<String>,
    flags: Flags,
) -> BTreeMap<&'static str, Source> {
    let written = file.and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
    let source = |key: &'static str| {
        let flagged = match key {
            "server.host" => flags.host.is_some(),
            "server.port" => flags.port.is_some(),
            _ => false,
        };
        let variable = VARIABLES.iter().find(|(name, _)| *name == key);
        if flagged {
            Source::Flag
        } else if variable.is_some_and(|(_, name)| file::given(environment(name)).is_some()) {
            Source::Environment
        } else if is_in(&written, key) {
            Source::File
        } else {
            Source::Default
        }
    };
    keys().map(|key| (key, source(key))).collect()
}

fn is_in(written: &toml::Table, key: &str) -> bool {
    let Some((first, rest)) = key.split_once('.') else { return false };
    written
        .get(first)
        .and_then(|section| rest.split('.').try_fold(section, |value, name| value.get(name)))
        .is_some()
}
