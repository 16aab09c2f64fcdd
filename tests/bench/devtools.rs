//! The least that can drive a page: one Chromium and one DevTools connection, nothing in between. It is
//! the bound that the browser path is measured against, and the eye on the console's page.

use std::collections::{HashMap, HashSet};
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

/// The trace category of the tasks that threads run.
const TASKS: &str = "disabled-by-default-devtools.timeline";

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

    /// Opens an address and waits until it is loaded.
    pub(crate) async fn go(&mut self, url: &str) -> anyhow::Result<()> {
        self.call("Page.navigate", json!({ "url": url })).await?;
        let loaded = r#"new Promise((resolve) => {
            if (document.readyState === "complete") resolve(true);
            else addEventListener("load", () => resolve(true));
        })"#;
        self.evaluate(loaded).await?;
        Ok(())
    }

    /// From now on the browser notes every task of its threads.
    pub(crate) async fn begin_trace(&mut self) -> anyhow::Result<()> {
        let config = json!({ "recordMode": "recordAsMuchAsPossible", "includedCategories": [TASKS] });
        self.call("Tracing.start", json!({ "traceConfig": config })).await?;
        Ok(())
    }

    /// What the main threads of pages did since the trace began.
    pub(crate) async fn end_trace(&mut self) -> anyhow::Result<Tasks> {
        self.call("Tracing.end", json!({})).await?;
        let mut trace = Trace::default();
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let event: Value = serde_json::from_str(&text)?;
            if event["method"] == "Tracing.tracingComplete" {
                anyhow::ensure!(event["params"]["dataLossOccurred"] != true, "the trace has holes");
                return Ok(trace.tasks());
            }
            if event["method"] == "Tracing.dataCollected" {
                event["params"]["value"].as_array().into_iter().flatten().for_each(|event| trace.add(event));
            }
        }
        bail!("the browser closed the connection")
    }

    pub(crate) async fn close(mut self) -> anyhow::Result<()> {
        let _ = self.call("Browser.close", json!({})).await;
        if tokio::time::timeout(Duration::from_secs(10), self.browser.wait()).await.is_err() {
            self.browser.kill().await?;
        }
        Ok(())
    }
}

/// What the main threads of pages did, in milliseconds for each task.
pub(crate) struct Tasks {
    /// From its begin to its end.
    pub(crate) lasted: Vec<f64>,
    /// For how long it really ran; in the rest other programs had the processor.
    pub(crate) ran: Vec<f64>,
}

/// A thread, by process and number.
type Thread = (u64, u64);

#[derive(Default)]
struct Trace {
    main_threads: HashSet<Thread>,
    /// Wall and CPU time of each task, in microseconds.
    tasks: HashMap<Thread, Vec<(f64, f64)>>,
}

impl Trace {
    fn add(&mut self, event: &Value) {
        let (Some(process), Some(thread)) = (event["pid"].as_u64(), event["tid"].as_u64()) else { return };
        let thread = (process, thread);
        if event["name"] == "thread_name" && event["args"]["name"] == "CrRendererMain" {
            self.main_threads.insert(thread);
        }
        if event["name"] == "RunTask"
            && let Some(lasted) = event["dur"].as_f64()
        {
            let ran = event["tdur"].as_f64().unwrap_or_default();
            self.tasks.entry(thread).or_default().push((lasted, ran));
        }
    }

    fn tasks(&self) -> Tasks {
        let tasks = self.main_threads.iter().filter_map(|thread| self.tasks.get(thread)).flatten();
        let (lasted, ran) = tasks.map(|(lasted, ran)| (lasted / 1e3, ran / 1e3)).unzip();
        Tasks { lasted, ran }
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
