use std::io::Read;

use postern_console::api::system::{Health, LogLevel, LogLine};
use postern_protocol::account::State;

use super::*;

fn place() -> (tempfile::TempDir, Paths) {
    let place = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
    (place, paths)
}

/// Makes a bundle with a secret in every place that can hold one.
fn planted(paths: &Paths) -> Bundle {
    let accounts = Accounts::new(paths);
    let name = "planted.person@example.org".parse().expect("a name");
    std::fs::create_dir_all(accounts.snapshots(&name).join("0001-req")).expect("created");
    let home = directories::BaseDirs::new().expect("a home").home_dir().join("chromium");
    let mut settings = Settings::default();
    settings.browser.path = Some(home.clone());
    settings.browser.args = vec!["--header=Authorization: Bearer planted-bearer".to_owned()];
    let finding = Finding {
        subject: "browser".to_owned(),
        health: Health::Good,
        message: format!("{}, cookie: SID=planted", home.display()),
        remedy: None,
    };
    let line = LogLine {
        seq: 1,
        at_ms: 5,
        level: LogLevel::Warn,
        target: "postern_app".to_owned(),
        message: "planted.person@example.org came with sk-planted-key and #link=planted".to_owned(),
    };
    let log = LogPage { lines: vec![line], last: 1, folder: String::new() };
    let state = State::Blocked { why: "signed in as planted.person@example.org".to_owned() };
    let status = Status { name: "planted.person@example.org".to_owned(), state };
    let row = json!({
        "id": "req_1", "at_ms": 1, "method": "POST", "path": "/v1/chat/completions", "source": "client",
        "key": 77_123, "key_name": "planted key name", "status": 502, "outcome": "failed",
        "code": "upstream_error", "error": "refused sk-planted-other", "model": "gemini", "upstream": null,
        "upstream_model": null, "account": "planted.person@example.org", "stream": true,
        "prompt_tokens": 12, "completion_tokens": null, "reasoning_tokens": null, "first_ms": null,
        "total_ms": 7,
    });
    let requests = [serde_json::from_value(row).expect("a row")];
    let contents = Contents {
        settings: &settings,
        findings: &[finding],
        log: &log,
        accounts: &[status],
        requests: &requests,
    };
    make(paths, &contents).expect("a bundle")
}

fn unpacked(bundle: &Bundle) -> Vec<(String, String)> {
    let file = File::open(&bundle.path).expect("a file");
    let mut zip = zip::ZipArchive::new(file).expect("a zip");
    let mut entries = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).expect("an entry");
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        entries.push((entry.name().expect("a name").into_owned(), text));
    }
    entries
}

#[test]
fn a_bundle_tells_much_and_no_secret() {
    let (_place, paths) = place();
    let bundle = planted(&paths);
    let entries = unpacked(&bundle);
    let home = directories::BaseDirs::new().expect("a home").home_dir().display().to_string();
    for (name, text) in &entries {
        assert!(!text.contains("planted") && !text.contains("example.org"), "{name}: {text}");
        assert!(!text.contains(&format!("{home}/chromium")), "{name}: {text}");
        assert!(!text.contains("77123") && !text.contains("key_name"), "{name}: {text}");
    }
    let text = |name: &str| &entries.iter().find(|(known, _)| known == name).expect(name).1;
    assert!(text("about.json").contains(env!("CARGO_PKG_VERSION")));
    assert!(text("settings.toml").contains("port = 2048") && text("settings.toml").contains("~/chromium"));
    assert!(text("doctor.json").contains("browser"));
    assert!(text("log.txt").contains("p…@e… came with sk-**** and #link=****"));
    assert!(text("accounts.json").contains("blocked") && text("accounts.json").contains("p…@e…"));
    assert!(text("requests.json").contains("upstream_error") && text("requests.json").contains("gemini"));
    assert!(text("snapshots.txt").ends_with("0001-req"));
    let names: Vec<&String> = entries.iter().map(|(name, _)| name).collect();
    assert_eq!(names, bundle.entries.iter().collect::<Vec<_>>());
}

#[test]
fn a_bundle_is_private_and_few_are_kept() {
    let (_place, paths) = place();
    let made: Vec<Bundle> = (0..KEPT + 2).map(|_| planted(&paths)).collect();
    let kept: Vec<String> = all(&paths).iter().map(|path| path.display().to_string()).collect();
    let expected: Vec<String> = made[2..].iter().map(|bundle| bundle.path.clone()).collect();
    assert_eq!(kept, expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&kept[0]).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_bundle_is_read_by_its_name_and_nothing_else_is() {
    let (place, paths) = place();
    let bundle = planted(&paths);
    let bytes = read(&paths, &bundle.name).expect("bytes");
    assert_eq!(u64::try_from(bytes.len()).expect("small"), bundle.bytes);
    std::fs::write(place.path().join("postern.db"), "secret").expect("written");
    std::fs::write(folder(&paths).join("other.zip"), "secret").expect("written");
    let gone = format!("{PREFIX}20200101-000000{SUFFIX}");
    for name in
        ["", "..", "../postern.db", "other.zip", "/etc/passwd", &gone, "postern-diagnostics-../../x.zip"]
    {
        assert_eq!(read(&paths, name).expect_err(name).code, Code::NotFound, "{name}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../postern.db", folder(&paths).join(&gone)).expect("linked");
        assert_eq!(read(&paths, &gone).expect_err("a link").code, Code::NotFound);
    }
}
