//! The console's routes, asked from within the page: by HTTP in a browser, through the shell in the window.

use anyhow::Context;
use serde_json::{Value, json};

use super::host::{Console, Host};

const BY_HTTP: &str = "
    const [method, path, body, done] = arguments;
    const headers = { 'content-type': 'application/json', 'x-postern-console': '1' };
    fetch(path, { method, headers, body }).then(answer => answer.text().then(text => done([answer.status, text])));
";
/// The page's one command carries it.
const BY_SHELL: &str = "
    const [method, path, body, done] = arguments;
    const { transformCallback, invoke } = window.__TAURI_INTERNALS__;
    const pieces = [];
    const channel = transformCallback(({ message }) => {
        if (!message) return;
        pieces.push(message);
        const { kind } = message;
        if (kind === 'end') done([pieces[0].status, pieces.map(({ text }) => text ?? '').join('')]);
        if (kind === 'error') done([0, message.message]);
    });
    const id = 900000 + Math.floor(Math.random() * 1e6);
    const call = { kind: 'open', id, method, path, body };
    invoke('console', { call, channel: `__CHANNEL__:${channel}` }).catch((error) => done([0, String(error)]));
";

impl Console {
    /// What the console answers; null when it says nothing. Fails when it refuses.
    pub(crate) async fn api(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let ask = match self.host() {
            Host::Browser => BY_HTTP,
            Host::Window => BY_SHELL,
        };
        let sent = if body.is_null() { Value::Null } else { json!(body.to_string()) };
        let answer = self.client.execute_async(ask, vec![json!(method), json!(path), sent]).await?;
        let status = answer[0].as_u64().unwrap_or_default();
        anyhow::ensure!((200..300).contains(&status), "{method} {path}: {answer}");
        match answer[1].as_str().context("a text")? {
            "" => Ok(Value::Null),
            text => serde_json::from_str(text).with_context(|| format!("{method} {path} answered {text:?}")),
        }
    }
}
