//! Policies of a machine's administrator that keep a browser from serving an account.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::Kind;
use super::choices::{Obstacle, ObstacleKind};
use super::host::{Host, Os};

/// Where a Firefox looks for its `policies.json`: one place of the system, and one beside its program.
const FIREFOX_FOLDERS: [&str; 4] = [
    "/etc/firefox/policies",
    "/usr/lib/firefox/distribution",
    "/usr/lib/firefox-esr/distribution",
    "/opt/firefox/distribution",
];

/// The policy that stands in the way of this browser, if one does.
pub(super) fn obstacle(host: &dyn Host, kind: Kind) -> Option<Obstacle> {
    let policies = match host.os() {
        Os::Linux => linux(host, kind),
        Os::Windows => windows(host, kind),
        Os::Mac => mac(host, kind),
    };
    let off = |value: &Value| *value == Value::Bool(false) || value.as_i64() == Some(0);
    let on = |value: &Value| *value == Value::Bool(true) || value.as_i64() == Some(1);
    let why = if kind == Kind::Firefox {
        if !policies.get("DisableDeveloperTools").is_some_and(on) {
            return None;
        }
        "DisableDeveloperTools forbids to steer it"
    } else if policies.get("RemoteDebuggingAllowed").is_some_and(off) {
        "RemoteDebuggingAllowed forbids to steer it"
    } else if policies.contains_key("UserDataDir") {
        "UserDataDir keeps it to one profile folder, so that an account cannot have its own"
    } else if policies.get("BrowserSignin").and_then(Value::as_i64) == Some(2) {
        "BrowserSignin lets nobody use it who is not signed in to the browser itself"
    } else {
        return None;
    };
    Some(Obstacle {
        kind: ObstacleKind::Policy,
        message: format!("A policy of this machine stands in the way of {kind}: {why}."),
        action: "Choose another browser, or ask whoever manages this machine.".to_owned(),
    })
}

fn linux(host: &dyn Host, kind: Kind) -> Map<String, Value> {
    let folders: &[&str] = match kind {
        Kind::Chrome => &["/etc/opt/chrome/policies/managed"],
        Kind::Edge => &["/etc/opt/edge/policies/managed"],
        Kind::Chromium => &["/etc/chromium/policies/managed", "/etc/chromium-browser/policies/managed"],
        Kind::Firefox => &FIREFOX_FOLDERS,
    };
    let mut all = Map::new();
    for folder in folders.iter().map(Path::new) {
        let mut names = host.names_in(folder);
        names.sort();
        for name in names.iter().filter(|name| name.ends_with(".json")) {
            let text = host.text(&folder.join(name)).unwrap_or_default();
            // The browser leaves a file out that it cannot read, too.
            let mut policies = serde_json::from_str::<Map<String, Value>>(&text).unwrap_or_default();
            // Firefox has them one step further down.
            match policies.remove("policies") {
                Some(Value::Object(inner)) if kind == Kind::Firefox => all.extend(inner),
                _ => all.extend(policies),
            }
        }
    }
    all
}

fn windows(host: &dyn Host, kind: Kind) -> Map<String, Value> {
    let key = match kind {
        Kind::Chrome => "Google\\Chrome",
        Kind::Edge => "Microsoft\\Edge",
        Kind::Chromium => "Chromium",
        Kind::Firefox => "Mozilla\\Firefox",
    };
    let mut all = Map::new();
    for hive in ["HKCU", "HKLM"] {
        let key = format!("{hive}\\SOFTWARE\\Policies\\{key}");
        let listed = host.output(Path::new("reg"), &["query", &key]).unwrap_or_default();
        all.extend(listed.lines().filter_map(registry_value));
    }
    all
}

/// A line such as `    RemoteDebuggingAllowed    REG_DWORD    0x0`.
fn registry_value(line: &str) -> Option<(String, Value)> {
    let mut words = line.split_whitespace();
    let (name, kind) = (words.next()?, words.next()?);
    let rest = words.collect::<Vec<_>>().join(" ");
    match kind {
        "REG_DWORD" => {
            let number = i64::from_str_radix(rest.strip_prefix("0x")?, 16).ok()?;
            Some((name.to_owned(), Value::from(number)))
        }
        "REG_SZ" => Some((name.to_owned(), Value::from(rest))),
        _ => None,
    }
}

fn mac(host: &dyn Host, kind: Kind) -> Map<String, Value> {
    let name = match kind {
        Kind::Chrome => "com.google.Chrome.plist",
        Kind::Edge => "com.microsoft.Edge.plist",
        Kind::Chromium => "org.chromium.Chromium.plist",
        Kind::Firefox => "org.mozilla.firefox.plist",
    };
    let managed = PathBuf::from("/Library/Managed Preferences");
    let own = host.variable("USER").map(|user| managed.join(user).join(name));
    let mut all = Map::new();
    for file in own.into_iter().chain([managed.join(name)]) {
        let file = file.to_string_lossy().into_owned();
        let text = host.output(Path::new("/usr/bin/plutil"), &["-convert", "json", "-o", "-", &file]);
        all.extend(serde_json::from_str::<Map<String, Value>>(&text.unwrap_or_default()).unwrap_or_default());
    }
    all
}
