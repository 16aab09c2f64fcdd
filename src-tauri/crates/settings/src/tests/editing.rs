use serde_json::{Value, json};

use super::*;

fn change(key: &str, value: Value) -> Change {
    Change { key: key.to_owned(), value }
}

fn changed(text: &str, key: &str, value: Value) -> String {
    edit(text, &[change(key, value)]).expect("can be edited")
}

fn refused(text: &str, key: &str, value: Value) -> String {
    edit(text, &[change(key, value)]).expect_err("should be refused").to_string()
}

#[test]
fn a_commented_out_key_takes_its_own_place() {
    let text = changed(DEFAULT_FILE, "server.port", json!(3000));
    assert_eq!(text, DEFAULT_FILE.replace("# port = 2048", "port = 3000"));
    // And goes back to it.
    assert_eq!(changed(&text, "server.port", Value::Null), DEFAULT_FILE);
}

#[test]
fn every_key_of_the_default_file_can_be_changed_and_taken_back() {
    for known in describe() {
        let value = match known.kind {
            Kind::Bool => json!(known.default != json!(true)),
            Kind::Integer { min, max, .. } => json!(if known.default == json!(max) { min } else { max }),
            Kind::Choice { options } => {
                json!(options.iter().find(|option| known.default != json!(option)).expect("another"))
            }
            Kind::Path => json!("/opt/program"),
            Kind::Text { .. } => match known.key {
                "server.host" => json!("::1"),
                _ => json!("http://example.org"),
            },
            Kind::List { .. } if known.key == "models.excluded" => json!(["a/b"]),
            Kind::List { .. } if known.key == "server.allowed_origins" => json!(["https://a.example"]),
            Kind::List { .. } if known.key == "mcp.allowed" => json!(["plain+http://a.example"]),
            Kind::List { .. } if known.key == "files.local_folders" => json!(["/srv/a"]),
            Kind::List { .. } if known.key == "proxy.probe_request.allowed_methods" => json!(["GET"]),
            Kind::List { .. } if known.key == "proxy.probe_request.ip_blocklist" => json!(["::1"]),
            Kind::List { .. } => json!(["a", "b"]),
            Kind::Map { .. } if known.key == "mcp.servers" => json!({ "a": "http://a.example/mcp" }),
            Kind::Map { .. } if known.key == "mcp.tokens" => json!({ "a": "A", "with.dot": "B" }),
            Kind::Lists { .. } => json!({ "a": ["b", "c/d"], "with.dot": ["e"] }),
            Kind::Map { .. } => json!({ "a": "b", "with.dot": "c" }),
            Kind::Domains { .. } => json!({
                "x.example": { "auth_type": "off", "https": false }, "api.openai.com": false,
            }),
        };
        let text = changed(DEFAULT_FILE, known.key, value.clone());
        assert_eq!(from_file(&text).expect("valid").value(known.key), value, "{text}");
        assert_eq!(text.lines().count(), DEFAULT_FILE.lines().count(), "{}", known.key);
        assert_eq!(changed(&text, known.key, Value::Null), DEFAULT_FILE, "{}", known.key);
    }
}

#[test]
fn the_bounds_that_are_described_are_those_that_hold() {
    for known in describe() {
        let Kind::Integer { min, max, .. } = known.kind else { continue };
        for good in [min, max] {
            changed("", known.key, json!(good));
        }
        let bad = [min.checked_sub(1).map_or(-1, |below| below as i64), max as i64 + 1];
        for bad in bad {
            let complaint = refused("", known.key, json!(bad));
            let expected = format!("expected a whole number from {min} to {max}");
            assert!(complaint.starts_with(&format!("{}: ", known.key)), "{complaint}");
            assert!(complaint.ends_with(&expected), "{complaint}");
        }
    }
    for known in describe() {
        let Kind::Choice { options } = known.kind else { continue };
        for option in options {
            changed("", known.key, json!(option));
        }
        assert!(refused("", known.key, json!("plaid")).contains(options[0]), "{}", known.key);
    }
}

#[test]
fn what_somebody_wrote_stays() {
    let text = "# mine\n[server]\n# why\nport = 1 # because\nhost = \"::1\"\n\n[browser]\nargs = [\n  \"--a\", # one\n]\n";
    assert_eq!(changed(text, "server.port", json!(2)), text.replace("port = 1", "port = 2"));
    assert_eq!(
        changed(text, "server.port", Value::Null),
        "# mine\n[server]\n# why\n# port = 2048\nhost = \"::1\"\n\n[browser]\nargs = [\n  \"--a\", # one\n]\n"
            .replace("# port = 2048", "# port = 2048 # because")
    );
    assert_eq!(changed(text, "server.host", Value::Null), text.replace("host = \"::1\"\n", ""));
    let added = changed(text, "browser.headless", json!(false));
    assert_eq!(added, format!("{text}headless = false\n"));
    let other = changed(text, "window.theme", json!("dark"));
    assert_eq!(other, format!("{text}\n[window]\ntheme = \"dark\"\n"));
    assert_eq!(changed("", "window.theme", json!("dark")), "[window]\ntheme = \"dark\"\n");
    assert_eq!(changed(text, "window.theme", Value::Null), text);
}

#[test]
fn unusual_ways_to_write_a_section_work_too() {
    for text in ["server.port = 1\n", "server = { port = 1 }\n", "[server]\nport=1"] {
        let text = changed(text, "server.port", json!(2));
        assert_eq!(from_file(&text).expect("valid").server.port, 2, "{text}");
        let text = changed(&text, "server.allowed_hosts", json!(["a.example"]));
        assert_eq!(from_file(&text).expect("valid").server.allowed_hosts.len(), 1, "{text}");
        let text = changed(&text, "server.port", Value::Null);
        assert_eq!(from_file(&text).expect("valid").server.port, 2048, "{text}");
    }
    let text = "[models.aliases]\n# old\na = \"b\" # stays\nc = \"d\"\n";
    assert_eq!(
        changed(text, "models.aliases", json!({ "a": "z", "e": "f" })),
        "[models.aliases]\n# old\na = \"z\" # stays\ne = \"f\"\n"
    );
    // What only looks like the key's line is no place for it.
    let text = "[aistudio]\nexcluded_models = [\"\"\"\n# url = 1\n\"\"\"]\n";
    let text = changed(text, "aistudio.url", json!("http://a.example"));
    assert_eq!(from_file(&text).expect("valid").aistudio.url.0, "http://a.example");
}

#[test]
fn a_change_that_cannot_be_is_named_and_nothing_is_changed() {
    let table = [
        ("server.prot", json!(1), "server.prot: there is no such setting"),
        (
            "server.port",
            json!("http"),
            "server.port: invalid type: string \"http\", expected a whole number from 0 to 65535",
        ),
        (
            "server.port",
            json!(1.5),
            "server.port: invalid value 1.5, expected a whole number from 0 to 65535",
        ),
        (
            "window.theme",
            json!([null]),
            "window.theme: invalid value [null], expected one of system, light, dark",
        ),
        (
            "models.aliases",
            json!({ "a": "a" }),
            "models.aliases: models.aliases.a: invalid value: string \"a\", expected the id of another model, without spaces",
        ),
    ];
    for (key, value, expected) in table {
        assert_eq!(refused(DEFAULT_FILE, key, value), expected);
    }
    let both = [change("server.port", json!(1)), change("limits.queue_length", json!(0))];
    assert!(edit(DEFAULT_FILE, &both).is_err());
    assert!(refused("[server]\nport = \"x\"\n", "server.port", json!(1)).contains("line 2: server.port"));
}

#[test]
fn a_name_for_a_model_has_a_length_that_somebody_types() {
    let named = |length: usize| from_file(&format!("[models.aliases]\n{} = \"m\"", "n".repeat(length)));
    assert!(named(200).is_ok());
    let complaint = named(201).expect_err("too long").to_string();
    assert!(complaint.contains("models.aliases") && complaint.contains("200 characters"), "{complaint}");
    assert!(complaint.len() < 200, "it is not repeated: {complaint}");
}
