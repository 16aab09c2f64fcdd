//! A report for somebody who helps: what runs here, how it is set up, what went wrong lately. It has no
//! secret in it, no e-mail address, no text of a request or answer.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use postern_console::api::system::{Bundle, Finding, LogPage};
use postern_console::{Code, Trouble};
use postern_protocol::account::Status;
use postern_settings::Settings;
use postern_store::RequestRow;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::stamp::Stamp;
use super::{redact, storage};
use crate::{Accounts, Paths};

/// Most bundles that are kept.
const KEPT: usize = 5;
const PREFIX: &str = "postern-diagnostics-";
const SUFFIX: &str = ".zip";

/// What goes into a bundle besides what lies in the data folder.
#[derive(Debug)]
pub struct Contents<'a> {
    /// The settings in force.
    pub settings: &'a Settings,
    /// What the doctor found.
    pub findings: &'a [Finding],
    /// The last lines of the log.
    pub log: &'a LogPage,
    /// The accounts and their states.
    pub accounts: &'a [Status],
    /// The last requests.
    pub requests: &'a [RequestRow],
}

/// Makes a bundle and removes the oldest beyond a few. Blocks for a moment.
pub fn make(paths: &Paths, contents: &Contents<'_>) -> io::Result<Bundle> {
    let folder = folder(paths);
    crate::paths::private_folder(&folder)?;
    // Several may be made within a second, and the newest must have the last name.
    let newest = all(paths).pop();
    let (path, file) = Stamp::now().first_free(|stamp| {
        let path = folder.join(format!("{PREFIX}{stamp}{SUFFIX}"));
        if newest.as_ref().is_some_and(|newest| path <= *newest) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        private_file(&path).map(|file| (path, file))
    })?;
    let packed = entries(paths, contents).and_then(|entries| pack(file, &entries));
    let names = match packed {
        Ok(names) => names,
        Err(error) => {
            // Half a bundle helps nobody; the error says what matters.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
    };
    prune(paths);
    Ok(Bundle {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: std::fs::metadata(&path)?.len(),
        path: path.display().to_string(),
        entries: names,
    })
}

/// The bytes of the bundle of this name.
pub fn read(paths: &Paths, name: &str) -> Result<Vec<u8>, Trouble> {
    let missing = || Trouble::new(Code::NotFound, "there is no diagnostics bundle of this name");
    // A name that is exactly what a bundle is called cannot lead out of the folder.
    if !is_name(name) {
        return Err(missing());
    }
    let path = folder(paths).join(name);
    if !std::fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
        return Err(missing());
    }
    std::fs::read(&path)
        .map_err(|error| Trouble::new(Code::Unavailable, format!("cannot read {}: {error}", path.display())))
}

/// Where bundles lie.
pub(super) fn folder(paths: &Paths) -> PathBuf {
    paths.data().join("diagnostics")
}

/// All bundles, oldest first.
pub(super) fn all(paths: &Paths) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(paths)).into_iter().flatten().flatten();
    let bundles = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_name));
    let mut bundles: Vec<PathBuf> = bundles.map(|entry| entry.path()).collect();
    bundles.sort();
    bundles
}

fn is_name(name: &str) -> bool {
    name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX)).is_some_and(Stamp::is_one)
}

fn prune(paths: &Paths) {
    let bundles = all(paths);
    let surplus = bundles.len().saturating_sub(KEPT);
    for path in &bundles[..surplus] {
        if let Err(error) = std::fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "an old diagnostics bundle cannot be removed");
        }
    }
}

/// What a bundle holds, by name.
fn entries(paths: &Paths, contents: &Contents<'_>) -> io::Result<Vec<(&'static str, String)>> {
    let settings = toml::to_string_pretty(contents.settings).map_err(io::Error::other)?;
    let snapshots = storage::snapshots(&Accounts::new(paths));
    let snapshots: Vec<String> = snapshots.iter().map(|path| path.display().to_string()).collect();
    let requests: Vec<Value> = contents.requests.iter().map(request).collect();
    Ok(vec![
        ("about.json", pretty(&about())?),
        ("settings.toml", settings),
        ("doctor.json", pretty(&contents.findings)?),
        ("log.txt", contents.log.lines.iter().map(line).collect()),
        ("accounts.json", pretty(&contents.accounts)?),
        ("requests.json", pretty(&requests)?),
        ("snapshots.txt", snapshots.join("\n")),
    ])
}

fn about() -> Value {
    json!({
        "postern": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "processors": std::thread::available_parallelism().map(std::num::NonZero::get).ok(),
        "debug_build": cfg!(debug_assertions),
    })
}

fn line(line: &postern_console::api::system::LogLine) -> String {
    format!("{} {:?} {} {}\n", line.at_ms, line.level, line.target, line.message)
}

/// A request without whose key it came with.
fn request(row: &RequestRow) -> Value {
    let mut value = serde_json::to_value(row).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !matches!(name.as_str(), "key" | "key_name"));
    }
    value
}

fn pretty(value: &impl serde::Serialize) -> io::Result<String> {
    serde_json::to_string_pretty(value).map_err(io::Error::other)
}

fn pack(file: File, entries: &[(&'static str, String)]) -> io::Result<Vec<String>> {
    let home = directories::BaseDirs::new().map(|folders| folders.home_dir().display().to_string());
    let mut zip = ZipWriter::new(file);
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default())?;
        zip.write_all(scrub(text, home.as_deref()).as_bytes())?;
    }
    zip.finish()?.sync_all()?;
    Ok(entries.iter().map(|(name, _)| (*name).to_owned()).collect())
}

/// The text without secrets, without addresses of people and without the name of the home folder.
fn scrub(text: &str, home: Option<&str>) -> String {
    let text = redact::secrets(text);
    let text = redact::addresses(&text);
    // A home that is the root of everything hides nobody's name.
    match home.filter(|home| home.len() > 1) {
        // JSON writes a backslash twice.
        Some(home) => text.replace(&home.replace('\\', "\\\\"), "~").replace(home, "~"),
        None => text.into_owned(),
    }
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
