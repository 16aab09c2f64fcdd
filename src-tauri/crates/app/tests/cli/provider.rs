//! `postern account … --upstream`: keys of providers.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::thread::JoinHandle;

use crate::support::{Place, text};

const KEY: &str = "sk-abcdefghijklmnopqrstuvwxyz";
const PROXY: &str = "http://me:hunter2@127.0.0.1:7890";

fn place(base_url: &str) -> Place {
    let place = Place::new();
    moved(&place, base_url);
    place
}

/// The provider is there from now on.
fn moved(place: &Place, base_url: &str) {
    place.write(
        "config.toml",
        &format!("[upstreams.deepseek]\nkind = \"openai\"\nbase_url = \"{base_url}\"\n"),
    );
}

/// A provider that answers one request like this and tells what it was asked.
fn answering(status: &'static str, body: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let told = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().expect("a connection");
        let lines = BufReader::new(socket.try_clone().expect("a socket")).lines();
        let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let length = body.len();
        write!(socket, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .expect("it listens");
        head.join("\n")
    });
    (url, told)
}

/// Runs a command that reads this from its standard input.
fn told(place: &Place, arguments: &[&str], input: &str) -> Output {
    let mut child = place
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    // One that refuses before it reads has hung up already.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("ends")
}

fn add(place: &Place, more: &[&str]) -> Output {
    told(place, &[&["account", "add", "--upstream", "deepseek"], more].concat(), &format!("{KEY}\n"))
}

fn all(place: &Place) -> serde_json::Value {
    place.json(&["account", "list", "--upstream", "deepseek"])
}

#[test]
fn a_key_is_kept_shown_masked_and_removed() {
    let place = place("https://api.deepseek.com");
    assert!(all(&place).as_array().is_some_and(Vec::is_empty));
    for name in [vec![], vec!["work"]] {
        let output = add(&place, &name);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!text(&output.stdout).contains(KEY), "{}", text(&output.stdout));
    }
    let keys = all(&place);
    assert_eq!((&keys[0]["name"], &keys[1]["name"]), (&"key-1".into(), &"work".into()));
    assert_eq!((&keys[0]["masked"], &keys[0]["host"]), (&"sk-ab****yz".into(), &"api.deepseek.com".into()));
    assert_eq!(keys[0]["state"], "not_checked");
    let again = add(&place, &["work"]);
    assert!(!again.status.success() && text(&again.stderr).contains("work already"), "{again:?}");
    place.say(&["account", "remove", "--upstream", "deepseek", "work"]);
    assert!(
        place.fail(&["account", "remove", "--upstream", "deepseek", "work"]).contains("no key called work")
    );
    assert_eq!(all(&place).as_array().map(Vec::len), Some(1));
    assert!(place.fail(&["account", "list", "--upstream", "nobody"]).contains("there are deepseek"));
}

#[test]
fn what_is_no_key_is_not_kept() {
    let place = place("https://api.deepseek.com");
    for bad in ["", "two words\n", "schlüssel\n"] {
        let output = told(&place, &["account", "add", "--upstream", "deepseek"], bad);
        assert_eq!(output.status.code(), Some(1), "{bad:?}");
    }
    assert!(all(&place).as_array().is_some_and(Vec::is_empty));
}

#[test]
fn a_key_gets_a_share_and_a_proxy_whose_password_is_shown_nowhere() {
    let place = place("https://api.deepseek.com");
    assert!(add(&place, &["--proxy", "direct"]).status.success());
    assert_eq!(all(&place)[0]["proxy"], "direct");
    let set = ["account", "set", "--upstream", "deepseek", "key-1"];
    let output = told(&place, &[&set[..], &["--proxy", "-", "--weight", "3", "--off"]].concat(), PROXY);
    let said = text(&output.stdout);
    assert!(said.contains("off, weight 3") && said.contains("http://127.0.0.1:7890"), "{output:?}");
    let keys = all(&place);
    assert_eq!((&keys[0]["proxy"], &keys[0]["enabled"]), (&"http://127.0.0.1:7890".into(), &false.into()));
    assert!(!said.contains("hunter2") && !keys.to_string().contains("hunter2"));
    let refused = place.fail(&[&set[..], &["--proxy", "ftp://me:hunter2@h"]].concat());
    assert!(refused.contains("socks5h://") && !refused.contains("hunter2"), "{refused}");
    assert!(place.fail(&set).contains("--proxy"));
    place.say(&[&set[..], &["--proxy", "none", "--on"]].concat());
    assert_eq!(all(&place)[0]["proxy"], serde_json::Value::Null);
}

#[test]
fn a_provider_that_is_not_there_leaves_its_keys_unchecked() {
    // A port that was free a moment ago.
    let held = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = held.local_addr().expect("an address");
    drop(held);
    let place = place(&format!("http://{address}/v1"));
    assert!(add(&place, &[]).status.success());
    let output = place.run(&["account", "check", "--upstream", "deepseek"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("key-1: could not be checked") && !said.contains(KEY), "{said}");
    assert_eq!(all(&place)[0]["state"], "not_checked");
    assert!(place.fail(&["account", "check", "--upstream", "deepseek", "other"]).contains("no such key"));
}

#[test]
fn what_a_provider_says_of_a_key_is_told_and_remembered() {
    for (status, body, state, code, says) in [
        ("200 OK", "{\"data\":[]}", "ready", 0, "key-1: ready"),
        ("401 Unauthorized", "{}", "sign_in_expired", 1, "the provider does not accept it. Paste a new key"),
        ("403 Forbidden", "{}", "not_checked", 1, "key-1: could not be checked: "),
    ] {
        let (url, told) = answering(status, body);
        let place = place(&url);
        assert!(add(&place, &[]).status.success());
        let output = place.run(&["account", "check", "--upstream", "deepseek"]);
        assert!(text(&output.stdout).contains(says), "{status}: {output:?}");
        assert_eq!(output.status.code(), Some(code), "{status}");
        assert!(told.join().expect("asked").contains(&format!("Bearer {KEY}")), "{status}");
        assert_eq!(all(&place)[0]["state"], state, "{status}");
    }
}

#[test]
fn a_key_is_not_shown_to_another_host_than_it_was_pasted_for() {
    let place = place("https://api.deepseek.com");
    assert!(add(&place, &[]).status.success());
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    moved(&place, &format!("http://{}/v1", other.local_addr().expect("an address")));
    let output = place.run(&["account", "check", "--upstream", "deepseek"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(
        said.contains("it was pasted for api.deepseek.com, and deepseek is at http://127.0.0.1:"),
        "{said}"
    );
    other.set_nonblocking(true).expect("a socket");
    assert_eq!(other.accept().expect_err("nobody came").kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_account_keeps_a_proxy_without_a_password_alone() {
    let place = Place::new();
    std::fs::create_dir_all(place.path().join("accounts/me/profile")).expect("made");
    place.say(&["account", "set", "me", "--proxy", "socks5h://127.0.0.1:1080"]);
    assert!(place.read("accounts/me/account.toml").contains("proxy = \"socks5h://127.0.0.1:1080\""));
    let refused = place.fail(&["account", "set", "me", "--proxy", PROXY]);
    assert!(refused.contains("no password") && !refused.contains("hunter2"), "{refused}");
    place.say(&["account", "set", "me", "--proxy", "none"]);
    assert!(!place.read("accounts/me/account.toml").contains("proxy"));
}
