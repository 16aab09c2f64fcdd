//! Runs the real binary on a data folder of its own.
#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// When to give up on something that should happen soon. Nothing passes or fails by being this slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The master key that the tests give, so that none looks for one in the keyring of whoever runs them.
pub(crate) const MASTER_KEY: &str = "746573742074657374207465737420746573742074657374207465737420746f";
/// Where no message bus is.
pub(crate) const NO_BUS: &str = "unix:path=/does/not/exist";

/// A data folder and the binary that uses it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path().join(file), text).expect("written");
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).expect("readable")
    }

    /// Everything the server has written to its log files.
    pub(crate) fn logged(&self) -> String {
        let files = std::fs::read_dir(self.path().join("logs")).expect("a log folder");
        let text =
            |file: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(file.expect("a file").path());
        files.map(text).collect::<Result<Vec<_>, _>>().expect("readable").join("\n")
    }

    /// Waits until the server has logged this text.
    #[cfg(unix)]
    pub(crate) fn until_logged(&self, text: &str) {
        let start = Instant::now();
        while !self.logged().contains(text) {
            assert!(start.elapsed() < PATIENCE, "{text} was never logged");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The command, on this folder and with nothing of the caller's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        let kept = std::env::vars_os().filter(|(name, _)| !name.to_string_lossy().starts_with("POSTERN_"));
        command.env_clear().envs(kept).env("POSTERN_DATA_DIR", self.path()).args(arguments);
        command.env("POSTERN_MASTER_KEY", MASTER_KEY);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("runs")
    }

    /// Runs a command that must succeed; returns its stdout.
    pub(crate) fn say(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs a command that must succeed and answer in JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.say(&[arguments, &["--json"]].concat())).expect("JSON")
    }

    /// Runs a command that must fail as commands do; returns its stderr.
    pub(crate) fn fail(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stderr)
    }

    /// Starts a server on a port of its own choice.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&["serve", "--port", "0"])
    }

    pub(crate) fn serve_with(&self, arguments: &[&str]) -> Server {
        self.serve_as(self.command(arguments))
    }

    /// Starts a server by this command.
    pub(crate) fn serve_as(&self, mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdout.read_line(&mut line).expect("readable");
        let address = line.trim_end().strip_prefix("listening on http://").and_then(|text| text.parse().ok());
        let Some(address) = address else {
            let output = child.wait_with_output().expect("ends");
            unreachable_server(&line, &text(&output.stderr));
        };
        Server { child, address }
    }
}

#[expect(clippy::panic, reason = "helpers of tests")]
fn unreachable_server(line: &str, stderr: &str) -> ! {
    panic!("the first line was {line:?}; stderr: {stderr}")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A running server, killed at the latest when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Sends one request and returns status and body.
    pub(crate) fn ask(&self, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, String) {
        let mut socket = TcpStream::connect(self.address).expect("connects");
        let authorization = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{authorization}\r\n",
            self.address,
            body.len()
        );
        socket.write_all((head + body).as_bytes()).expect("sent");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    /// Asks the built-in model to repeat a word.
    pub(crate) fn chat(&self, key: Option<&str>) -> (u16, String) {
        let body = r#"{"model":"postern/echo","messages":[{"role":"user","content":"knock"}]}"#;
        self.ask("POST", "/v1/chat/completions", key, body)
    }

    /// Waits until the server answers the chat with `status`.
    pub(crate) fn until_chat_is(&self, status: u16, key: Option<&str>) {
        let start = Instant::now();
        while self.chat(key).0 != status {
            assert!(start.elapsed() < PATIENCE, "the chat never became {status}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status().expect("runs");
        assert!(sent.success());
    }

    /// Sends a signal and returns the exit code and everything on stderr.
    #[cfg(unix)]
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let start = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            assert!(start.elapsed() < PATIENCE, "the server did not end");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut stderr).expect("readable");
        (self.child.wait().expect("ended").code(), stderr)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
