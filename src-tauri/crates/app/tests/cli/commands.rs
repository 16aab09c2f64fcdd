//! The commands beside the server.

use crate::support::{Place, text};

#[test]
fn a_key_is_shown_once() {
    let place = Place::new();
    let output = place.run(&["key", "add", "laptop"]);
    let key = text(&output.stdout);
    assert!(key.starts_with("sk-") && key.trim().len() >= 43, "{key}");
    assert!(!text(&output.stderr).contains(key.trim()));

    let list = place.say(&["key", "list"]);
    assert!(list.contains("laptop") && list.contains("****"), "{list}");
    assert!(!list.contains(key.trim()));
}

#[test]
fn keys_as_json() {
    let place = Place::new();
    let added = place.json(&["key", "add", "laptop"]);
    assert_eq!(added["name"], "laptop");
    let key = added["key"].as_str().expect("a key").to_owned();

    let list = place.json(&["key", "list"]);
    assert_eq!(list[0]["id"], added["id"]);
    assert!(!list.to_string().contains(&key));

    let removed = place.json(&["key", "remove", &added["id"].to_string()]);
    assert_eq!(removed["name"], "laptop");
    assert_eq!(place.json(&["key", "list"]), serde_json::json!([]));
}

#[test]
fn keys_have_rules_and_can_be_switched_and_exchanged() {
    let place = Place::new();
    let rules = ["--models", "postern/*,m", "--expires", "30d", "--per-minute", "5", "--per-day", "9"];
    let added = place.json(&[&["key", "add", "laptop"], &rules[..]].concat());
    assert_eq!(added["models"], serde_json::json!(["postern/*", "m"]));
    assert_eq!((&added["per_minute"], &added["per_day"]), (&5.into(), &9.into()));
    let (created, expires) = (added["created_at"].as_i64(), added["expires_at"].as_i64());
    let lasts = expires.expect("an end") - created.expect("a beginning");
    assert!((lasts - 30 * 86_400).abs() < 60, "{lasts}");

    assert_eq!(place.json(&["key", "disable", "laptop"])["enabled"], false);
    assert!(place.say(&["key", "list"]).contains("off"));
    assert_eq!(place.json(&["key", "enable", "laptop"])["enabled"], true);
    let rotated = place.json(&["key", "rotate", "laptop", "--grace", "12h"]);
    assert_ne!(rotated["key"], added["key"]);
    assert!(rotated["old_until"].is_i64(), "{rotated}");
    for bad in ["5", "x", "m", "5y"] {
        assert_eq!(place.run(&["key", "rotate", "laptop", "--grace", bad]).status.code(), Some(2), "{bad}");
    }
}

#[test]
fn keys_from_a_file() {
    let place = Place::new();
    place.write("old-keys", "one-long-enough\nshort\none-long-enough\n");
    let file = place.path().join("old-keys").display().to_string();
    let report = place.json(&["key", "import", &file]);
    assert_eq!(report["added"][0]["name"], "imported-1");
    assert_eq!(report["already_there"], 1);
    assert_eq!(report["too_short"], serde_json::json!([2]));
    assert!(!report.to_string().contains("one-long-enough"));
}

#[test]
fn what_cannot_be_done_says_why() {
    let place = Place::new();
    place.say(&["key", "add", "laptop"]);
    let table: [(&[&str], &str); 4] = [
        (&["key", "add", "laptop"], "a key named \"laptop\" exists already"),
        (&["key", "remove", "desktop"], "no key has the name, id or prefix \"desktop\""),
        (&["key", "import", "/does/not/exist"], "cannot read /does/not/exist"),
        (&["config", "show", "--config", "/does/not/exist"], "cannot read /does/not/exist"),
    ];
    for (arguments, expected) in table {
        let stderr = place.fail(arguments);
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_wrong_use_is_told_from_a_failure() {
    let place = Place::new();
    for arguments in [&["key", "ad"][..], &["serve", "--port", "70000"], &["serve", "--host", "example.org"]]
    {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_bad_setting_is_pointed_at() {
    let place = Place::new();
    place.write("config.toml", "[server]\n# the port\nport = \"http\"\n");
    for command in [&["serve"][..], &["config", "show"]] {
        let stderr = place.fail(command);
        assert!(stderr.contains("config.toml, line 3: server.port: "), "{stderr}");
    }
}

#[test]
fn settings_in_force() {
    let place = Place::new();
    place.write("config.toml", "[server]\nport = 1111\nhost = \"127.0.0.7\"\n");
    assert_eq!(place.json(&["config", "show"])["server"]["port"], 1111);
    let output = place.command(&["config", "show"]).env("POSTERN_PORT", "2222").output().expect("runs");
    let shown = text(&output.stdout);
    assert!(shown.contains("port = 2222") && shown.contains("host = \"127.0.0.7\""), "{shown}");
}

#[test]
fn the_default_file_can_be_used_as_it_is() {
    let place = Place::new();
    let bare = place.json(&["config", "show"]);
    place.write("config.toml", &place.say(&["config", "default"]));
    assert_eq!(place.json(&["config", "show"]), bare);
}
