use serde_json::{Value, json};

use super::*;

const ONE: &str = r#"
# Mine.
[upstreams.deepseek]
kind = "openai"
base_url = "https://api.deepseek.com/"
api_key = "env:DEEPSEEK_KEY" # from the shell
models = ["deepseek-chat"]
excluded = ["old"]
order = 5
max_at_once = 2
enabled = false
"#;

fn edited(text: &str, value: Value) -> String {
    edit(text, &[Change { key: "upstreams.deepseek".to_owned(), value }]).expect("can be edited")
}

#[test]
fn every_key_of_an_upstream_can_be_set() {
    let settings = from_file(ONE).expect("valid");
    let expected = Upstream {
        kind: UpstreamKind::OpenAi,
        base_url: Some(WebUrl("https://api.deepseek.com".into())),
        api_key: ApiKey::Env(Variable("DEEPSEEK_KEY".into())),
        models: vec!["deepseek-chat".into()],
        excluded: vec!["old".into()],
        order: 5,
        max_at_once: 2,
        enabled: false,
    };
    assert_eq!(settings.upstreams, [("deepseek".to_owned(), expected)].into());
    let plain = from_file("[upstreams.g]\nkind = \"gemini\"").expect("valid").upstreams;
    let about = &plain["g"];
    assert_eq!((about.order, about.max_at_once, about.enabled), (USUAL_ORDER, 0, true));
    assert_eq!((&about.base_url, &about.api_key), (&None, &ApiKey::Pasted));
}

#[test]
fn a_fault_in_an_upstream_is_told_with_its_place() {
    for (text, part) in [
        ("[upstreams.a]\nbase_url = \"\"", "upstreams.a: missing field `kind`"),
        ("[upstreams.a]\nkind = \"mistral\"", "upstreams.a.kind: invalid value: string \"mistral\""),
        ("[upstreams.a]\nkind = \"gemini\"\nkey = \"x\"", "unknown field `key`"),
        (
            "[upstreams.a]\nkind = \"gemini\"\napi_key = \"AIzaSecret\"",
            "upstreams.a.api_key: expected \"env:VARIABLE\"",
        ),
        ("[upstreams.\"A b\"]\nkind = \"gemini\"", "small letters"),
        ("[upstreams.aistudio]\nkind = \"gemini\"", "not aistudio"),
        ("[models.fallbacks]\na = []", "`a` has an empty list"),
        ("[models.fallbacks]\na = [\"b\"]\nb = [\"c\"]", "`a` leads to `b`"),
        ("[models.fallbacks]\na = [\"b c\"]", "models.fallbacks.a[0]"),
    ] {
        let told = complaint(text);
        assert!(told.contains(part), "{told}");
        assert!(!told.contains("AIza"), "a key in the file is in no message: {told}");
    }
}

#[test]
fn an_upstream_that_is_added_becomes_a_section_of_its_own() {
    let text = edited(DEFAULT_FILE, json!({ "kind": "openai", "base_url": "https://api.deepseek.com" }));
    assert!(text.contains("[upstreams.deepseek]\nkind = \"openai\"\n"), "{text}");
    let settings = from_file(&text).expect("valid");
    assert_eq!(settings.upstreams["deepseek"].kind, UpstreamKind::OpenAi);
    assert_eq!(from_file(&edited("", json!({ "kind": "gemini" }))).expect("valid").upstreams.len(), 1);
    let gone = edited(&text, Value::Null);
    assert_eq!(from_file(&gone), Ok(Settings::default()));
}

#[test]
fn an_upstream_that_is_changed_keeps_what_its_owner_wrote_around_it() {
    let mut about = from_file(ONE).expect("valid").value("upstreams.deepseek");
    assert_eq!(about["api_key"], "env:DEEPSEEK_KEY");
    about["order"] = json!(7);
    let text = edited(ONE, about);
    assert_eq!(text, ONE.replace("order = 5", "order = 7").replace("deepseek.com/", "deepseek.com"));
}

#[test]
fn a_change_that_does_not_fit_is_refused_and_says_why() {
    let change = Change { key: "upstreams.deepseek".to_owned(), value: json!({ "kind": "x" }) };
    let told = edit(DEFAULT_FILE, &[change]).expect_err("should be refused").to_string();
    assert!(told.contains("upstreams.deepseek") && told.contains("\"openai\""), "{told}");
    let change = Change { key: "upstreams.a.b".to_owned(), value: json!({}) };
    assert!(edit(DEFAULT_FILE, &[change]).is_err());
}
