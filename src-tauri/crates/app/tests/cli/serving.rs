//! `postern serve`

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::support::{Place, text};

#[test]
fn answers_as_soon_as_it_says_where() {
    let place = Place::new();
    let server = place.serve();
    assert!(server.address.ip().is_loopback());
    assert_ne!(server.address.port(), 0);
    assert_eq!(server.ask("GET", "/health", None, "").0, 200);
    let (status, body) = server.chat(None);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["choices"][0]["message"]["content"], "knock");
}

#[cfg(unix)]
#[test]
fn ends_cleanly_when_told_to() {
    for signal in ["TERM", "INT"] {
        let place = Place::new();
        let server = place.serve();
        // Clients that never finish their request do not hold it up.
        let mut half = TcpStream::connect(server.address).expect("connects");
        half.write_all(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{",
        )
        .expect("sent");
        let (code, stderr) = server.stop(signal);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(!stderr.contains("not everything ended in time"), "{stderr}");
        assert!(place.logged().contains("stopping"));
        assert!(!place.path().join("server.json").exists(), "commands would look for a server");
    }
}

#[test]
fn the_status_finds_a_server_wherever_it_listens() {
    let place = Place::new();
    assert!(place.run(&["status"]).stdout.starts_with(b"not running"));
    let server = place.serve();
    let status = place.json(&["status"]);
    assert_eq!(status["state"], "running");
    assert_eq!(status["base_url"], format!("http://{}/v1", server.address));
    assert_eq!(status["health"]["status"], "OK");
    let link = place.json(&["console", "link"]);
    let url = link["url"].as_str().expect("a URL");
    assert!(url.starts_with(&format!("http://{}/console/#link=", server.address)), "{url}");
}

#[test]
fn a_server_that_crashed_is_not_taken_for_one_that_runs() {
    let place = Place::new();
    let left = r#"{"process":1,"state":"running","address":"127.0.0.1:1","why":null}"#;
    place.write("server.json", left);
    place.write("config.toml", "[server]\nport = 4321\n");
    let output = place.run(&["console", "link"]);
    let (link, said) = (text(&output.stdout), text(&output.stderr));
    assert!(link.starts_with("http://127.0.0.1:4321/console/#link="), "{link}");
    assert!(said.contains("No server runs"), "{said}");
    assert!(place.run(&["status"]).stdout.starts_with(b"not running"));
}

#[cfg(unix)]
#[test]
fn settings_are_read_anew_on_a_hangup() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(server.chat(None).0, 200);
    place.write("config.toml", "[models]\nexcluded = [\"postern/echo\"]\n");
    server.signal("HUP");
    server.until_chat_is(404, None);
    // What cannot be used changes nothing.
    place.write("config.toml", "[models]\nexcluded = 1\n");
    server.signal("HUP");
    place.until_logged("the settings stay as they were");
    assert_eq!(server.chat(None).0, 404);
}

#[cfg(unix)]
#[test]
fn tells_a_person_what_to_do_and_stdout_one_line_only() {
    let place = Place::new();
    let server = place.serve();
    let address = server.address;
    let (_, stderr) = server.stop("TERM");
    assert!(stderr.contains(&format!("http://{address}/v1")), "{stderr}");
    assert!(stderr.contains("postern key add") && stderr.contains("postern account add"), "{stderr}");
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let place = Place::new();
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = other.local_addr().expect("an address").port().to_string();
    let stderr = place.fail(&["serve", "--port", &port]);
    assert!(stderr.contains(&format!("port {port} of 127.0.0.1 is taken")), "{stderr}");
    assert!(stderr.contains("--port"), "{stderr}");
    #[cfg(target_os = "linux")]
    assert!(stderr.contains(&format!("(process {})", std::process::id())), "{stderr}");
}

#[test]
fn refuses_to_be_open_to_the_network() {
    let place = Place::new();
    let open = ["serve", "--host", "0.0.0.0", "--port", "0"];
    let stderr = place.fail(&open);
    assert!(stderr.contains("postern key add"), "{stderr}");
    assert!(place.run(&open).stdout.is_empty(), "it said that it listens");

    place.say(&["key", "add"]);
    let server = place.serve_with(&open);
    assert!(server.address.ip().is_unspecified());
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let place = Place::new();
    place.say(&["key", "add"]);
    // 192.0.2.0/24 is reserved for documentation.
    let stderr = place.fail(&["serve", "--host", "192.0.2.1", "--port", "0"]);
    assert!(stderr.contains("192.0.2.1 is not an address of this machine"), "{stderr}");
}

#[test]
fn keys_made_and_removed_meanwhile_take_effect() {
    let place = Place::new();
    let server = place.serve();
    assert_eq!(server.chat(None).0, 200);

    let key = place.say(&["key", "add", "laptop"]);
    server.until_chat_is(401, None);
    assert_eq!(server.chat(Some(key.trim())).0, 200);
    assert_eq!(server.chat(Some("sk-wrong")).0, 401);

    place.say(&["key", "add", "other"]);
    place.say(&["key", "remove", "laptop"]);
    server.until_chat_is(401, Some(key.trim()));
}

#[test]
fn a_key_file_is_taken_in_and_set_aside() {
    let place = Place::new();
    place.write("key.txt", "# from before\n\na-key-from-before\n");
    let server = place.serve();
    assert_eq!(server.chat(None).0, 401);
    assert_eq!(server.chat(Some("a-key-from-before")).0, 200);
    assert!(!place.path().join("key.txt").exists());
    assert!(place.read("key.txt.imported").contains("a-key-from-before"));
}

#[test]
fn one_server_has_the_folder() {
    let place = Place::new();
    let _server = place.serve();
    let stderr = place.fail(&["serve", "--port", "0"]);
    assert!(stderr.contains("in use by another Postern server"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_killed_server_leaves_nothing_in_the_way() {
    let place = Place::new();
    let key = place.say(&["key", "add"]);
    drop(place.serve());
    let server = place.serve();
    assert_eq!(server.chat(Some(key.trim())).0, 200);
}

#[cfg(unix)]
#[test]
fn no_key_reaches_a_log() {
    let place = Place::new();
    let key = place.say(&["key", "add"]);
    let server = place.serve();
    assert_eq!(server.chat(Some(key.trim())).0, 200);
    assert_eq!(server.chat(Some("sk-somebody-elses-key")).0, 401);
    let (_, stderr) = server.stop("TERM");
    for text in [stderr, place.logged()] {
        assert!(text.contains("/v1/chat/completions"), "{text}");
        assert!(!text.contains(key.trim()) && !text.contains("sk-somebody-elses-key"), "{text}");
    }
}
