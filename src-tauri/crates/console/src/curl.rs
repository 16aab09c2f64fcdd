//! A request as a command for a shell.

use crate::Console;
use crate::api::server::ServerState;

/// What is sent again.
pub(crate) struct Curl<'a> {
    pub(crate) method: &'a str,
    /// Path and query at this server.
    pub(crate) path: &'a str,
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) body: Option<&'a str>,
    pub(crate) stream: bool,
}

impl Curl<'_> {
    /// The command, for the server where clients on this computer find it.
    pub(crate) fn command(&self, console: &Console) -> String {
        let url = format!("{}{}", origin(console), self.path);
        let mut lines = vec![format!("curl {}", quoted(&url))];
        if self.method != "GET" && self.method != "POST" {
            lines.push(format!("-X {}", self.method));
        }
        lines.extend(
            self.headers.iter().map(|(name, value)| format!("-H {}", quoted(&format!("{name}: {value}")))),
        );
        if let Some(body) = self.body {
            lines.push(format!("--data-raw {}", quoted(body)));
        }
        if self.stream {
            lines.push("--no-buffer".to_owned());
        }
        lines.join(" \\\n  ") + "\n"
    }
}

/// Where clients on this computer find the server, without `/v1`.
fn origin(console: &Console) -> String {
    let status = console.desk().server();
    match status.state {
        ServerState::Running { base_url, .. } => base_url.trim_end_matches("/v1").to_owned(),
        _ => to_be(&status.configured),
    }
}

/// Where a server will be that is to listen here. Which port the system will choose for it is not known before it does.
fn to_be(configured: &str) -> String {
    match configured.strip_suffix(":0") {
        Some(host) => format!("http://{host}:PORT"),
        None => format!("http://{configured}"),
    }
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_known_is_none_to_copy() {
        assert_eq!(to_be("127.0.0.1:0"), "http://127.0.0.1:PORT");
        assert_eq!(to_be("[::1]:2040"), "http://[::1]:2040");
    }
}
