//! The console over HTTP, at the real `postern serve` without a browser's account: the way in, the server as a
//! state, and settings that count at once.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use postern_tests::{Scenario, Script, Standin, free_port};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::product::{PATIENCE, end, postern, program, settle};

const PASSWORD: &str = "correct horse battery";

/// A server that was started from a configuration file, and somebody at its console.
struct House {
    child: Child,
    data: TempDir,
    port: u16,
    client: reqwest::Client,
    cookie: Option<String>,
    /// The token of the first-run link, as it stood on standard error.
    link: Option<String>,
}

impl House {
    async fn start(settings: &str) -> anyhow::Result<Self> {
        let data = TempDir::new()?;
        let port = free_port()?;
        std::fs::write(
            data.path().join("config.toml"),
            format!("[server]\n# The gate.\nport = {port} # mine\n\n{settings}"),
        )?;
        let mut house = Self {
            child: serve(&data)?,
            data,
            port,
            client: reqwest::Client::new(),
            cookie: None,
            link: None,
        };
        house.read_welcome()?;
        Ok(house)
    }

    /// Waits until the server listens and has said the last line of its welcome.
    fn read_welcome(&mut self) -> anyhow::Result<()> {
        let mut stdout = BufReader::new(self.child.stdout.take().context("stdout")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        ensure!(line.starts_with("listening on "), "{line:?}");
        let mut stderr = BufReader::new(self.child.stderr.take().context("stderr")?).lines();
        for line in stderr.by_ref() {
            let line = line?;
            if let Some((_, rest)) = line.split_once("/console/#link=") {
                self.link = rest.split_whitespace().next().map(str::to_owned);
            }
            if line.trim_start().starts_with("Stop") {
                break;
            }
        }
        std::thread::spawn(move || stderr.map_while(Result::ok).for_each(drop));
        Ok(())
    }

    /// A house whose owner has set a password and is signed in.
    async fn entered(settings: &str) -> anyhow::Result<Self> {
        let mut house = Self::start(settings).await?;
        let link = house.link.clone().context("no first-run link")?;
        house.sign_in(&json!({ "link": link })).await?;
        let set = house.ask(Method::PUT, "/api/session/password", Some(json!({ "new": PASSWORD }))).await?;
        ensure!(set.status() == StatusCode::OK, "{}", set.text().await?);
        Ok(house)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Response> {
        let mut request = self.client.request(method, self.url(path)).header("x-postern-console", "1");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Ok(request.send().await?)
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.ask(Method::GET, path, None).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(answer.json().await?)
    }

    async fn post(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.ask(Method::POST, path, None).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(answer.json().await?)
    }

    async fn sign_in(&mut self, how: &Value) -> anyhow::Result<StatusCode> {
        let answer = self.ask(Method::POST, "/api/session", Some(how.clone())).await?;
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        if let Some(cookie) = cookie {
            ensure!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Ok(answer.status())
    }

    async fn change(&self, key: &str, value: Value) -> anyhow::Result<Response> {
        let changes = json!({ "changes": [{ "key": key, "value": value }] });
        self.ask(Method::PATCH, "/api/settings", Some(changes)).await
    }

    async fn setting(&self, key: &str) -> anyhow::Result<Value> {
        let all = self.get("/api/settings").await?;
        let all = all["settings"].as_array().context("settings")?;
        Ok(all.iter().find(|setting| setting["key"] == key).context("the key")?.clone())
    }

    fn config(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.data.path().join("config.toml"))?)
    }

    /// Runs another command on the data folder; returns whether it succeeded, and its JSON.
    fn command(&self, arguments: &[&str]) -> anyhow::Result<(bool, Value)> {
        let mut command = postern(self.data.path());
        let output = command.args(arguments).arg("--json").stdin(Stdio::null()).output()?;
        Ok((output.status.success(), serde_json::from_slice(&output.stdout)?))
    }

    /// What the console, the door and the command line say of the server, once they say the same.
    async fn agreed(&self, state: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let console = self.get("/api/server").await.map(|server| server["state"].clone());
            let console = console.unwrap_or_default();
            let (up, health) = self.health().await;
            let (running, command) = self.command(&["status"])?;
            let expected = state == "running";
            let agree = console == state
                && command["state"] == state
                && (up, running) == (expected, expected)
                && (health["status"] == "OK") == expected;
            if agree {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{state}: {console} {health} {command}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether the server is well, and what it says. A connection that comes at the moment of a stop may be
    /// closed without a word.
    async fn health(&self) -> (bool, Value) {
        let Ok(answer) = self.client.get(self.url("/health")).send().await else {
            return (false, Value::Null);
        };
        (answer.status() == StatusCode::OK, answer.json().await.unwrap_or_default())
    }

    /// Asks the built-in model; the status of the answer.
    async fn chat(&self, model: &str) -> anyhow::Result<StatusCode> {
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": "knock" }] });
        Ok(self.client.post(self.url("/v1/chat/completions")).json(&body).send().await?.status())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn serve(data: &TempDir) -> anyhow::Result<Child> {
    let kept = std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("POSTERN_"));
    let mut command = Command::new(program());
    settle(command.arg("serve").env_clear().envs(kept), data.path());
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
}

#[tokio::test]
async fn the_first_link_leads_to_a_password_and_that_leads_in() -> anyhow::Result<()> {
    let mut house = House::start("").await?;
    assert_eq!(house.ask(Method::GET, "/api/server", None).await?.status(), StatusCode::UNAUTHORIZED);
    let link = house.link.clone().context("no first-run link")?;
    assert_eq!(house.sign_in(&json!({ "link": link })).await?, StatusCode::OK);
    let set = house.ask(Method::PUT, "/api/session/password", Some(json!({ "new": PASSWORD }))).await?;
    assert_eq!(set.status(), StatusCode::OK);
    house.cookie = None;
    assert_eq!(house.sign_in(&json!({ "link": link })).await?, StatusCode::UNAUTHORIZED, "used up");
    assert_eq!(house.sign_in(&json!({ "password": "wrong password" })).await?, StatusCode::UNAUTHORIZED);
    assert_eq!(house.sign_in(&json!({ "password": PASSWORD })).await?, StatusCode::OK);
    assert_eq!(house.get("/api/session").await?["signed_in"], true);

    // A forgotten password is mended by whoever may use the command line.
    let (_, fresh) = house.command(&["console", "link"])?;
    let url = fresh["url"].as_str().context("a URL")?;
    assert!(url.starts_with(&house.url("/console/#link=")), "{url}");
    let token = url.split_once("#link=").context("a token")?.1;
    house.cookie = None;
    assert_eq!(house.sign_in(&json!({ "link": token })).await?, StatusCode::OK);
    for secret in [link.as_str(), token, PASSWORD] {
        for log in std::fs::read_dir(house.data.path().join("logs"))? {
            assert!(!std::fs::read_to_string(log?.path())?.contains(secret), "a secret is in the log");
        }
    }
    Ok(())
}

#[tokio::test]
async fn everybody_agrees_on_the_server_while_it_stops_starts_and_restarts() -> anyhow::Result<()> {
    let house = House::entered("").await?;
    house.agreed("running").await?;
    let stopping = house.post("/api/server/stop").await?;
    assert!(matches!(stopping["state"].as_str(), Some("stopping" | "stopped")), "{stopping}");
    house.agreed("stopped").await?;
    assert_eq!(house.chat("postern/echo").await?, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.post("/api/server/start").await?["state"], "running");
    house.agreed("running").await?;
    assert_eq!(house.chat("postern/echo").await?, StatusCode::OK);
    house.post("/api/server/restart").await?;
    house.agreed("running").await?;
    Ok(())
}

#[tokio::test]
async fn the_port_changes_live_and_the_file_keeps_its_comments() -> anyhow::Result<()> {
    let mut house = House::entered("").await?;
    let (old, new) = (house.port, free_port()?);
    let changed = house.change("server.port", json!(new)).await?;
    assert_eq!(changed.status(), StatusCode::OK, "{}", changed.text().await?);
    assert_eq!(house.config()?, format!("[server]\n# The gate.\nport = {new} # mine\n\n"));
    house.port = new;
    house.agreed("running").await?;
    assert!(TcpListener::bind(("127.0.0.1", old)).is_ok(), "the old port is free");

    // Also while it is stopped: the console comes along.
    house.post("/api/server/stop").await?;
    house.agreed("stopped").await?;
    house.change("server.port", json!(old)).await?;
    house.port = old;
    house.agreed("stopped").await?;
    house.post("/api/server/start").await?;
    house.agreed("running").await
}

#[tokio::test]
async fn a_taken_port_is_refused_with_a_free_one_and_nothing_changes() -> anyhow::Result<()> {
    let house = House::entered("").await?;
    let other = TcpListener::bind("127.0.0.1:0")?;
    let taken = other.local_addr()?.port();
    let before = house.config()?;
    let refused = house.change("server.port", json!(taken)).await?;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let refused: Value = refused.json().await?;
    let error = &refused["error"];
    assert_eq!((&error["code"], &error["field"]), (&json!("conflict"), &json!("server.port")));
    let action = error["action"].as_str().context("a way out")?;
    assert!(action.starts_with("Port ") && !action.contains(&taken.to_string()), "{action}");
    assert_eq!(house.config()?, before);
    assert_eq!(house.setting("server.port").await?["value"], house.port);
    house.agreed("running").await
}

#[tokio::test]
async fn settings_count_at_once_and_say_who_decided_them() -> anyhow::Result<()> {
    let house = House::entered("[window]\ntheme = \"dark\"\n").await?;
    assert_eq!(house.setting("window.theme").await?["source"], "file");
    assert_eq!(house.setting("window.close").await?["source"], "default");

    assert_eq!(house.chat("knocker").await?, StatusCode::NOT_FOUND);
    house.change("models.aliases", json!({ "knocker": "postern/echo" })).await?.error_for_status()?;
    assert_eq!(house.chat("knocker").await?, StatusCode::OK);
    house.change("models.excluded", json!(["postern/echo"])).await?.error_for_status()?;
    assert_eq!(house.chat("knocker").await?, StatusCode::NOT_FOUND);
    house.change("models.excluded", Value::Null).await?.error_for_status()?;
    assert_eq!(house.chat("knocker").await?, StatusCode::OK);

    house.change("limits.body_bytes", json!(1024)).await?.error_for_status()?;
    let long = json!({ "model": "knocker", "messages": [{ "role": "user", "content": "x".repeat(2048) }] });
    let answer = house.client.post(house.url("/v1/chat/completions")).json(&long).send().await?;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);

    let wrong = house.change("limits.queue_length", json!(0)).await?;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let wrong: Value = wrong.json().await?;
    assert_eq!(wrong["error"]["field"], "limits.queue_length");
    assert!(wrong["error"]["message"].as_str().is_some_and(|message| message.contains("from 1 to 100000")));
    // What the server was told by hand meanwhile is not lost.
    let file = house.data.path().join("config.toml");
    std::fs::write(&file, house.config()? + "\n[logs]\nlevel = \"debug\"\n")?;
    house.change("window.theme", json!("light")).await?.error_for_status()?;
    assert_eq!(house.setting("logs.level").await?["value"], "debug");
    Ok(())
}

#[tokio::test]
async fn the_first_answer_to_a_client_is_remembered() -> anyhow::Result<()> {
    let house = House::entered("").await?;
    assert_eq!(house.get("/api/setup").await?["answered"], false);
    assert_eq!(house.chat("no-such-model").await?, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/api/setup").await?["answered"], false);
    house.chat("postern/echo").await?;
    let deadline = Instant::now() + PATIENCE;
    while house.get("/api/setup").await?["answered"] != true {
        ensure!(Instant::now() < deadline, "nobody noticed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[tokio::test]
async fn accounts_are_renamed_switched_and_removed_while_it_serves() -> anyhow::Result<()> {
    let house = House::entered("[browser]\npath = \"/does/not/exist\"\n").await?;
    // One that is added meanwhile appears.
    std::fs::create_dir_all(house.data.path().join("accounts/main/profile"))?;
    std::fs::create_dir_all(house.data.path().join("accounts/other/profile"))?;
    let deadline = Instant::now() + PATIENCE;
    while house.get("/api/accounts").await?["accounts"].as_array().map(Vec::len) != Some(2) {
        ensure!(Instant::now() < deadline, "the accounts were not seen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let patch = |path: &'static str, change: Value| house.ask(Method::PATCH, path, Some(change));
    let clash = patch("/api/accounts/main", json!({ "name": "Other" })).await?;
    assert_eq!(clash.status(), StatusCode::CONFLICT);
    let bad = patch("/api/accounts/main", json!({ "name": "../x" })).await?;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    let done: Value =
        patch("/api/accounts/main", json!({ "name": "home", "enabled": false })).await?.json().await?;
    assert_eq!((&done["name"], &done["enabled"]), (&json!("home"), &json!(false)), "{done}");
    assert_eq!(done["status"]["state"], "off");
    assert!(house.data.path().join("accounts/home/profile").is_dir());
    let check = house.ask(Method::POST, "/api/accounts/home/check", None).await?;
    assert_eq!(check.status(), StatusCode::CONFLICT, "it is switched off");
    let done: Value = patch("/api/accounts/home", json!({ "enabled": true })).await?.json().await?;
    assert_eq!(done["enabled"], true);
    let check: Value = house.ask(Method::POST, "/api/accounts/home/check", None).await?.json().await?;
    assert_eq!(check["status"]["state"], "browser_missing", "{check}");
    assert!(check["checked_at"].is_u64() && check["created_at"].is_u64(), "{check}");

    let gone = house.ask(Method::DELETE, "/api/accounts/home", None).await?;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    assert!(!house.data.path().join("accounts/home").exists());
    let left = house.get("/api/accounts").await?["accounts"].take();
    assert_eq!((left.as_array().map(Vec::len), &left[0]["name"]), (Some(1), &json!("other")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_opened_anew_when_its_answer_is_done() -> anyhow::Result<()> {
    let site = Standin::start().await?;
    let mut args = vec!["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
    args.extend(["--disable-component-update", "--disable-sync", "--no-first-run"]);
    let args: Vec<String> = args.into_iter().map(str::to_owned).chain(site.browser_args()).collect();
    let settings = format!("[browser]\nargs = {}\n", serde_json::to_string(&args)?);
    let house = House::entered(&settings).await?;
    std::fs::create_dir_all(house.data.path().join("accounts/main/profile"))?;
    let deadline = Instant::now() + PATIENCE;
    while house.get("/api/accounts").await?["accounts"].as_array().is_none_or(Vec::is_empty) {
        ensure!(Instant::now() < deadline, "the account was not seen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    site.control().set_scenario(Scenario::answering(Script::new().text("before").gate("go").text("after")));
    let ask = |text: &str| {
        let body = json!({
            "model": "gemini-3-flash-preview", "stream": true,
            "messages": [{ "role": "user", "content": text }],
        });
        house.client.post(house.url("/v1/chat/completions")).json(&body).send()
    };
    let mut answer = ask("A story").await?.error_for_status()?;
    let mut seen = String::new();
    while !seen.contains("before") {
        let chunk = answer.chunk().await?.context("the answer ended")?;
        seen += &String::from_utf8_lossy(&chunk);
    }
    let memory = house.get("/api/accounts").await?["accounts"][0].take();
    assert_eq!((&memory["status"]["state"], &memory["pending"]), (&json!("busy"), &json!(1)), "{memory}");
    house.change("aistudio.temporary_chat", json!(false)).await?.error_for_status()?;
    // The next request waits for the account that is opened anew; the one before is not cut off.
    let next = tokio::spawn(ask("And then?"));
    site.control().open_gate("go");
    let rest = answer.text().await?;
    assert!(rest.contains("after") && rest.ends_with("data: [DONE]\n\n"), "{rest}");
    site.control().open_gate("go");
    let next = next.await??.error_for_status()?.text().await?;
    assert!(next.contains("after") && next.ends_with("data: [DONE]\n\n"), "{next}");
    let account = house.get("/api/accounts").await?["accounts"][0].take();
    assert!(account["last_used_at"].is_u64() && account["models"].is_u64(), "{account}");
    Ok(())
}

#[tokio::test]
async fn without_a_server_the_status_says_so() -> anyhow::Result<()> {
    let mut house = House::start("").await?;
    house.child.kill()?;
    house.child.wait()?;
    // What the killed one left behind does not count.
    let (running, status) = house.command(&["status"])?;
    assert_eq!((running, &status["open"], &status["state"]), (false, &json!(false), &Value::Null));
    Ok(())
}

#[tokio::test]
async fn a_clients_file_would_hold_the_address_that_clients_use() -> anyhow::Result<()> {
    let house = House::entered("").await?;
    for client in ["continue", "aider", "open_code"] {
        let choice = json!({ "model": "postern/echo" });
        let answer = house.ask(Method::POST, &format!("/api/clients/{client}/preview"), Some(choice)).await?;
        let preview: Value = answer.json().await?;
        let diff = preview["diff"].as_str().with_context(|| format!("{client}: {preview}"))?;
        assert!(diff.contains(&house.url("/v1")) && !diff.contains("/v1/v1"), "{client}: {diff}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_in_the_playground_names_the_request_in_the_journal() -> anyhow::Result<()> {
    let house = House::entered("").await?;
    let body = json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": "hello" }] });
    let answer = house.ask(Method::POST, "/api/playground/chat", Some(body)).await?;
    let id = answer.headers()["x-request-id"].to_str()?.to_owned();
    answer.bytes().await?;
    let row = house.get(&format!("/api/requests/{id}")).await?;
    assert_eq!(row["request"]["source"].as_str().or(row["source"].as_str()), Some("console"), "{row}");
    Ok(())
}
