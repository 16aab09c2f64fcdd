//! `postern account` and `postern doctor`, with a browser and a driver that only pretend.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::Value;

use crate::support::{Place, text};

/// Is closed at once by a person who has signed in, unless it fails.
const BROWSER: &str = r#"#!/bin/sh
here=$(dirname "$0")
case "$1" in
    --version) echo "Chromium 150.0.1.2" ;;
    --headless=new) echo "<html></html>" ;;
    *)
        printf '%s\n' "$@" > "$here/started-with"
        [ "$(cat "$here/exit")" = 0 ] && echo '{}' > "${1#--user-data-dir=}/Local State"
        exit "$(cat "$here/exit")" ;;
esac
"#;

/// Tells its version; steers nothing.
const DRIVER: &str = r#"#!/bin/sh
case "$1" in
    --version) echo "ChromeDriver 150.0.1.2 (0123456789)" ;;
    *) exit 1 ;;
esac
"#;

/// A place with a pretended browser that ends with `exit`.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn place(exit: &str) -> Place {
    let place = Place::new();
    let folder = place.path().display();
    for (name, text) in [("browser", BROWSER), ("driver", DRIVER)] {
        place.write(name, text);
        let file = place.path().join(name);
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("set");
    }
    place.write("exit", exit);
    place.write(
        "config.toml",
        &format!(
            "[aistudio]\nurl = \"http://127.0.0.1:9\"\n\
             [browser]\npath = \"{folder}/browser\"\ndriver = \"{folder}/driver\"\nargs = [\"--lang=en\"]\n"
        ),
    );
    place
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn sign_in(place: &Place, arguments: &[&str]) -> Output {
    let mut command = place.command(&[&["account", "add"], arguments].concat());
    command.env("DISPLAY", ":0").output().expect("runs")
}

/// A browser's user data folder; returns its path.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn user_data(place: &Place) -> String {
    let folder = place.path().join("user-data");
    std::fs::create_dir_all(folder.join("Default")).expect("created");
    std::fs::write(folder.join("Local State"), "{}").expect("written");
    std::fs::write(folder.join("Default").join("Cookies"), "cookies").expect("written");
    folder.display().to_string()
}

/// What is left of accounts on their way into service.
fn staged(place: &Place) -> usize {
    std::fs::read_dir(place.path().join("accounts/.enrolling")).map(Iterator::count).unwrap_or_default()
}

#[test]
fn signing_in_is_a_plain_start_of_the_users_own_browser() {
    let place = place("0");
    let output = sign_in(&place, &["google"]);
    let started = place.read("started-with");
    let arguments: Vec<&str> = started.lines().collect();
    let staging = place.path().join("accounts").join(".enrolling");
    assert!(arguments[0].starts_with(&format!("--user-data-dir={}", staging.display())), "{started}");
    assert_eq!(arguments.last(), Some(&"http://127.0.0.1:9/prompts/new_chat"));
    assert!(arguments.contains(&"--lang=en"));
    for steering in ["headless", "remote-debugging", "automation", "test-type"] {
        assert!(!started.contains(steering), "{started}");
    }
    // The pretended driver cannot look at the site; that is said, and nothing is left.
    assert_eq!(output.status.code(), Some(1));
    let (said, error) = (text(&output.stdout), text(&output.stderr));
    assert!(said.contains("ok  the sign-in is over") && said.contains("no  AI Studio opens"), "{said}");
    assert!(error.contains("the driver ended at once"), "{error}");
    assert_eq!(place.json(&["account", "list"]), Value::Array(Vec::new()));
    assert_eq!(staged(&place), 0);
}

#[test]
fn signing_in_again_is_done_in_the_accounts_own_profile() {
    let place = place("0");
    place.say(&["account", "import", "--profile", &user_data(&place), "main"]);
    let output = sign_in(&place, &["google", "main"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(place.read("started-with").contains("/accounts/main/profile"));
    assert_eq!(place.json(&["account", "list"])[0]["name"], "main");
    assert!(place.path().join("accounts/main/profile/Default/Cookies").exists());
    assert_eq!(staged(&place), 0);
    assert!(
        place.fail(&["account", "add", "microsoft", "main"]).contains("there are no accounts of microsoft")
    );
}

#[test]
fn each_step_is_an_event_for_programs() {
    let place = place("0");
    let output = sign_in(&place, &["google", "--json"]);
    let events: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let last = events.last().expect("an event");
    assert_eq!((&last["phase"], &last["kind"]), (&"stuck".into(), &"sign_in".into()), "{last}");
    assert!(events.iter().any(|event| event["phase"] == "awaiting_person"));
}

#[test]
fn a_browser_that_fails_leaves_no_account() {
    let place = place("3");
    let output = sign_in(&place, &["main"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("ended at once (exit status: 3)"), "{}", text(&output.stderr));
    assert_eq!(place.json(&["account", "list"]), Value::Array(Vec::new()));
    assert_eq!(staged(&place), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_screen_there_is_another_way() {
    let place = place("0");
    let mut command = place.command(&["account", "add"]);
    let output = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("postern account import --profile"), "{}", text(&output.stderr));
}

#[test]
fn a_profile_is_imported_listed_and_removed() {
    let place = place("0");
    place.json(&["account", "import", "--profile", &user_data(&place), "main"]);
    let folder = place.path().join("accounts").join("main");
    assert!(folder.join("profile").join("Default").join("Cookies").exists());
    assert_eq!(folder.metadata().expect("exists").permissions().mode() & 0o777, 0o700);
    assert!(place.say(&["account", "list"]).contains("main"));

    place.say(&["account", "remove", "main"]);
    assert!(!folder.exists());
    assert!(place.fail(&["account", "remove", "main"]).contains("there is no account main"));
    assert!(place.fail(&["account", "check"]).contains("postern account add"));
}

#[test]
fn an_account_in_service_is_left_alone() {
    let place = place("0");
    let profile = user_data(&place);
    place.say(&["account", "import", "--profile", &profile, "main"]);
    let _server = place.serve();
    for arguments in
        [&["account", "remove", "main"], &["account", "check", "main"], &["account", "add", "main"]]
    {
        assert!(place.fail(arguments).contains("in use by another Postern server"), "{arguments:?}");
    }
    let output = place.run(&["account", "import", "--profile", &profile, "second"]);
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("takes the account into service"), "{}", text(&output.stderr));
}

#[test]
fn a_server_serves_on_when_its_account_cannot() {
    let place = place("0");
    place.say(&["account", "import", "--profile", &user_data(&place), "main"]);
    let server = place.serve();
    assert_eq!(server.chat(None).0, 200);
    let (status, health) = server.ask("GET", "/health", None, "");
    assert_eq!(status, 200, "{health}");
    assert!(health.contains("\"main\""), "{health}");
    let (code, stderr) = server.stop("TERM");
    assert_eq!(code, Some(0), "{stderr}");
    assert!(!stderr.contains("not everything ended in time"), "{stderr}");
}

#[test]
fn the_doctor_finds_what_is_there_and_what_is_not() {
    let place = place("0");
    let find = |findings: &Value, what: &str| {
        let all = findings.as_array().expect("a list");
        all.iter().find(|finding| finding["subject"] == what).expect(what).clone()
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = port.local_addr().expect("an address").port().to_string();
    let doctor = |port: &str| {
        let output = place.command(&["doctor", "--json"]).env("POSTERN_PORT", port).output().expect("runs");
        let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), findings)
    };

    let (code, findings) = doctor("0");
    assert_eq!(code, Some(0), "{findings}");
    assert!(find(&findings, "browser")["message"].to_string().contains("150.0.1.2"));

    let (code, findings) = doctor(&taken);
    assert_eq!(code, Some(1));
    assert_eq!(find(&findings, "server")["health"], "problem");

    std::fs::remove_file(place.path().join("browser")).expect("removed");
    let (code, findings) = doctor("0");
    assert_eq!(code, Some(1));
    assert_eq!(find(&findings, "browser")["health"], "problem");
}
