//! The least that can drive a page: one Chromium and one DevTools connection, nothing in between. It is
//! the bound that the browser path is measured against.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A page of a browser that was started for it.
pub(crate) struct BarePage {
    browser: Child,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    last_id: u64,
    _profile: tempfile::TempDir,
}

impl BarePage {
    pub(crate) async fn open(chromium: &Path, arguments: &[String]) -> anyhow::Result<Self> {
        let profile = tempfile::tempdir()?;
        let browser = Command::new(chromium)
            .args(arguments)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(["--headless=new", "--remote-debugging-port=0", "--window-size=1440,900", "about:blank"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (port, path) = debugger(profile.path()).await?;
        let (socket, _) = connect_async(format!("ws://127.0.0.1:{port}{path}")).await?;
        let mut page = Self { browser, socket, session: String::new(), last_id: 0, _profile: profile };
        let targets = page.call("Target.getTargets", json!({})).await?;
        let target = targets["targetInfos"]
            .as_array()
            .and_then(|targets| targets.iter().find(|target| target["type"] == "page"))
            .context("the browser has no page")?["targetId"]
            .clone();
        let attached =
            page.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true })).await?;
        page.session = attached["sessionId"].as_str().context("a session")?.to_owned();
        Ok(page)
    }

    /// One DevTools call and its result.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> anyhow::Result<Value> {
        self.last_id += 1;
        let mut request = json!({ "id": self.last_id, "method": method, "params": params });
        if !self.session.is_empty() {
            request["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(request.to_string())).await?;
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let mut answer: Value = serde_json::from_str(&text)?;
            if answer["id"] != self.last_id {
                continue;
            }
            if let Some(error) = answer.get("error") {
                bail!("{method}: {error}");
            }
            return Ok(answer["result"].take());
        }
        bail!("the browser closed the connection")
    }

    /// Evaluates an expression, waiting for its promise.
    pub(crate) async fn evaluate(&mut self, expression: &str) -> anyhow::Result<Value> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", params).await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("{thrown}");
        }
        Ok(answer["result"]["value"].take())
    }

    pub(crate) async fn close(mut self) -> anyhow::Result<()> {
        let _ = self.call("Browser.close", json!({})).await;
        if tokio::time::timeout(Duration::from_secs(10), self.browser.wait()).await.is_err() {
            self.browser.kill().await?;
        }
        Ok(())
    }
}

/// Port and path of the browser's DevTools address, from the file that it writes when it is ready.
async fn debugger(profile: &Path) -> anyhow::Result<(u16, String)> {
    let file = profile.join("DevToolsActivePort");
    for _ in 0..200 {
        let text = tokio::fs::read_to_string(&file).await.unwrap_or_default();
        if let [port, path] = text.lines().collect::<Vec<_>>()[..] {
            return Ok((port.parse()?, path.to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("Chromium did not open its DevTools port within 10 seconds")
}
