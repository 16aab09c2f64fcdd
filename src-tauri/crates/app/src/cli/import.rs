//! `postern config import`: what another proxy's `config.json` says, as far as it has a meaning here.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use postern_app::Paths;
use postern_settings::{Change, Domain, Flags, Proxy, Settings, edit};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Output;

/// Keys of both programs that hold lists of texts, each with where it goes.
const LISTS: [(&str, &str); 9] = [
    ("probe_request", "path_blocklist"),
    ("probe_request", "path_prefix_blocklist"),
    ("probe_request", "user_agent_substrings"),
    ("probe_request", "allowed_methods"),
    ("probe_request", "ip_blocklist"),
    ("probe_filter", "patterns"),
    ("probe_filter", "ip_patterns"),
    ("probe_filter", "custom_patterns"),
    ("probe_filter", "custom_ip_patterns"),
];
const SWITCHES: [&str; 2] = ["disable_default_patterns", "disable_default_ip_patterns"];
const DOMAINS: &str = "proxy.allowed_domains";

/// What became of the file.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// What was taken, in the words of the file.
    taken: Vec<String>,
    /// What was not, and why.
    left: BTreeMap<String, String>,
    #[serde(skip)]
    changes: Vec<Change>,
}

pub(super) fn run(paths: &Paths, file: &Path, output: Output) -> Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let told: Value = serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
    let Value::Object(told) = told else { bail!("{name} is not a configuration: it holds no object") };
    let report = Report::of(&told, &paths.settings(Flags::default())?);
    if !report.changes.is_empty() {
        paths.change_config(&report.changes)?;
    }
    output.show(&report, || report.in_words())?;
    if !report.changes.is_empty() {
        output.explain("A server that runs reads it when it is started anew, or at once on the signal HUP.");
    }
    Ok(ExitCode::SUCCESS)
}

impl Report {
    fn of(told: &Map<String, Value>, settings: &Settings) -> Self {
        let mut report = Self::default();
        for (section, value) in told {
            match (section.as_str(), value.as_object()) {
                ("allowed_domains", Some(domains)) => report.domains(domains, settings),
                (name @ ("probe_request" | "probe_filter"), Some(keys)) => report.probe(name, keys, settings),
                ("security", Some(keys)) => report.security(keys),
                _ => report.leave(section, "it has no meaning here"),
            }
        }
        report
    }

    fn leave(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.left.insert(what.into(), why.into());
    }

    /// Takes it, if the settings do.
    fn take(&mut self, what: String, change: Change) {
        match edit("", std::slice::from_ref(&change)) {
            Ok(_) => {
                self.taken.push(what);
                self.changes.push(change);
            }
            Err(error) => self.leave(what, error.to_string()),
        }
    }

    fn domains(&mut self, told: &Map<String, Value>, settings: &Settings) {
        let mut all = settings.value(DOMAINS).as_object().cloned().unwrap_or_default();
        let before = all.len();
        for (name, about) in told {
            let what = format!("allowed_domains.{name}");
            let domain = match name.parse::<Domain>() {
                Ok(domain) => domain,
                Err(error) => {
                    self.leave(what, error.to_string());
                    continue;
                }
            };
            if settings.proxy.allowed_domains.contains_key(&domain) {
                self.leave(what, "it is in config.toml already");
                continue;
            }
            let known =
                ["auth_type", "https"].into_iter().filter_map(|key| Some((key, about.get(key)?.clone())));
            let about: Map<String, Value> = known.map(|(key, value)| (key.to_owned(), value)).collect();
            if Proxy::is_vendor(&domain.0)
                && settings.proxy.known_vendors
                && about.get("https") != Some(&json!(false))
            {
                self.leave(what, "it is a well-known vendor, which may be reached already");
                continue;
            }
            let alone = json!({ domain.0.clone(): about });
            match edit("", &[Change { key: DOMAINS.to_owned(), value: alone }]) {
                Ok(_) => {
                    self.taken.push(what);
                    all.insert(domain.0, Value::Object(about));
                }
                Err(error) => self.leave(what, error.to_string()),
            }
        }
        if all.len() > before {
            self.changes.push(Change { key: DOMAINS.to_owned(), value: Value::Object(all) });
        }
    }

    fn probe(&mut self, section: &str, told: &Map<String, Value>, settings: &Settings) {
        for (name, value) in told {
            let (what, key) = (format!("{section}.{name}"), format!("proxy.{section}.{name}"));
            let is_list = LISTS.contains(&(section, name.as_str()));
            match value {
                Value::Array(items) if is_list => self.list(what, key, items, settings),
                Value::Bool(_) if section == "probe_filter" && SWITCHES.contains(&name.as_str()) => {
                    self.take(what, Change { key, value: value.clone() });
                }
                _ => self.leave(what, "it has no meaning here"),
            }
        }
    }

    /// Adds those of the items that can be used to what is there.
    fn list(&mut self, what: String, key: String, items: &[Value], settings: &Settings) {
        let mut all = settings.value(&key).as_array().cloned().unwrap_or_default();
        let before = all.len();
        for item in items.iter().filter(|item| **item != json!("")) {
            match edit("", &[Change { key: key.clone(), value: json!([item]) }]) {
                Ok(_) if all.contains(item) => {}
                Ok(_) => all.push(item.clone()),
                Err(error) => self.leave(format!("{what}: {item}"), error.to_string()),
            }
        }
        if all.len() > before {
            self.take(what, Change { key, value: Value::Array(all) });
        }
    }

    fn security(&mut self, told: &Map<String, Value>) {
        for (name, value) in told {
            let what = format!("security.{name}");
            match name.as_str() {
                "max_body_size" => {
                    self.take(what, Change { key: "proxy.body_bytes".to_owned(), value: value.clone() })
                }
                "rate" | "burst" => self.leave(what, "here each key has limits of its own"),
                "allowed_methods" => self.leave(what, "here every method may come"),
                _ => self.leave(what, "it has no meaning here"),
            }
        }
    }

    fn in_words(&self) -> String {
        let taken = self.taken.iter().map(|what| format!("taken  {what}\n"));
        let left = self.left.iter().map(|(what, why)| format!("left   {what}: {why}\n"));
        let text: String = taken.chain(left).collect();
        if text.is_empty() { "The file says nothing that has a meaning here.".to_owned() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(told: &Value, before: &str) -> (Report, Settings) {
        let resolve = |text: &str| {
            let file = postern_settings::File { name: "config.toml", text };
            postern_settings::resolve(Some(file), |_| None, Flags::default()).expect("valid")
        };
        let report = Report::of(told.as_object().expect("an object"), &resolve(before));
        let text = edit(before, &report.changes).expect("can be edited");
        (report, resolve(&text))
    }

    #[test]
    fn domains_and_lists_are_added_to_what_is_there() {
        let told = json!({
            "allowed_domains": {
                "api.openai.com": { "auth_type": "openai", "https": true },
                "newapi.example.top": { "auth_type": "anthropic" },
                "127.0.0.1:9400": { "auth_type": "openai", "https": false, "note": "x" },
                "mine.example": { "auth_type": "google" },
                "https://odd": {},
                "strange.example": { "auth_type": "magic" },
            },
            "probe_request": {
                "path_blocklist": ["/", "/favicon.ico", ""],
                "ip_blocklist": ["192.0.2.7", "not an address"],
                "allowed_methods": ["GET", "POST"],
                "other": 1,
            },
            "probe_filter": { "patterns": ["^GET /x", "("], "disable_default_patterns": true },
            "security": { "max_body_size": 1_048_576, "rate": 5 },
            "whatever": {},
        });
        let before =
            "[proxy]\nallowed_domains.\"mine.example\" = true\nprobe_request.path_blocklist = [\"/a\"]\n";
        let (report, settings) = imported(&told, before);
        let proxy = &settings.proxy;
        let listed: Vec<&str> = proxy.allowed_domains.keys().map(|domain| domain.0.as_str()).collect();
        assert_eq!(listed, ["127.0.0.1:9400", "mine.example", "newapi.example.top"]);
        assert_eq!(
            settings.value(DOMAINS)["127.0.0.1:9400"],
            json!({ "auth_type": "openai", "https": false })
        );
        assert_eq!(proxy.probe_request.path_blocklist, ["/a", "/", "/favicon.ico"]);
        assert_eq!((proxy.probe_request.ip_blocklist.len(), proxy.probe_filter.patterns.len()), (1, 1));
        assert!(proxy.probe_filter.disable_default_patterns && proxy.body_bytes == 1_048_576);
        let left: Vec<&str> = report.left.keys().map(String::as_str).collect();
        assert_eq!(
            left,
            [
                "allowed_domains.api.openai.com",
                "allowed_domains.https://odd",
                "allowed_domains.mine.example",
                "allowed_domains.strange.example",
                "probe_filter.patterns: \"(\"",
                "probe_request.ip_blocklist: \"not an address\"",
                "probe_request.other",
                "security.rate",
                "whatever",
            ]
        );
        let told = report.in_words();
        assert!(told.contains("taken  allowed_domains.newapi.example.top\n"), "{told}");
        assert!(told.contains("a regular expression") && told.contains("\"magic\""), "{told}");
    }

    #[test]
    fn a_file_about_nothing_changes_nothing() {
        let (report, settings) = imported(&json!({ "allowed_domains": {} }), "");
        assert_eq!((report.changes, settings), (Vec::new(), Settings::default()));
    }
}
