//! A Selenium Grid of this machine's own: a hub, two nodes with two places each, and the folder of their profiles.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use postern_tests::{all_there, free_port};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::pages::on_path;
use crate::product::{PATIENCE, browsers_in, end};

/// A small Java starts sooner.
const JAVA: [&str; 4] = ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"];
const NODES: usize = 2;

/// A running grid. Dropping it ends hub, nodes and their browsers.
pub(super) struct Grid {
    pub(super) url: String,
    pub(super) profiles: TempDir,
    hub: Child,
    nodes: Vec<Node>,
}

struct Node {
    uri: String,
    process: Child,
}

/// The server's jar, unless it or Java is missing.
pub(super) fn jar() -> Option<PathBuf> {
    let jar = std::env::var_os("POSTERN_SELENIUM").map(PathBuf::from).filter(|jar| jar.is_file());
    let tools = [
        ("Selenium Server", jar.is_some()),
        ("java", on_path("java")),
        ("chromedriver", on_path("chromedriver")),
    ];
    let missing: Vec<&str> = tools.into_iter().filter(|(_, there)| !there).map(|(tool, _)| tool).collect();
    let there = all_there(&missing);
    jar.filter(|_| there)
}

impl Grid {
    /// Starts it and waits until both nodes are there.
    pub(super) async fn start(jar: &Path) -> anyhow::Result<Self> {
        let profiles = TempDir::new()?;
        let bus = [free_port()?, free_port()?];
        let port = free_port()?;
        let hub = run(jar, "hub", profiles.path(), &settings(port, bus))?;
        let mut grid = Self { url: format!("http://127.0.0.1:{port}"), profiles, hub, nodes: Vec::new() };
        for number in 0..NODES {
            let port = free_port()?;
            let settings = format!("{}{}", settings(port, bus), node_settings()?);
            let dir = grid.profiles.path().join(format!("node-{number}"));
            let process = run(jar, "node", &dir, &settings)?;
            grid.nodes.push(Node { uri: format!("http://127.0.0.1:{port}"), process });
        }
        grid.until("both nodes are up", |status| {
            let up = |node: &&Value| node["availability"] == "UP";
            nodes(status).iter().filter(up).count() == NODES
        })
        .await?;
        Ok(grid)
    }

    /// The account's profile on the nodes.
    pub(super) fn profile(&self, account: &str) -> PathBuf {
        self.profiles.path().join(account)
    }

    /// Ends the node that runs the account's browser without a word, browser included, as when a machine fails.
    /// The hub finds that out only after a minute or two.
    pub(super) async fn fail_node_of(&mut self, account: &str) -> anyhow::Result<()> {
        let folder = self.profile(account).display().to_string();
        let status = self.status().await.context("the hub answers")?;
        let has = |node: &&Value| {
            let slots = node["slots"].as_array().map_or(&[][..], Vec::as_slice);
            slots.iter().any(|slot| slot["session"]["capabilities"]["chrome"]["userDataDir"] == folder)
        };
        let uri =
            nodes(&status).iter().find(has).map(|node| node["uri"].clone()).context("no node has it")?;
        let node = self.nodes.iter_mut().find(|node| uri == node.uri).context("an unknown node")?;
        node.process.kill()?;
        node.process.wait()?;
        self.nodes.retain(|node| uri != node.uri);
        kill(&browsers_in(&self.profile(account)));
        Ok(())
    }

    /// Waits until each node that is left has this many sessions.
    pub(super) async fn sessions_are(&self, count: usize) -> anyhow::Result<()> {
        let left = |node: &&Value| self.nodes.iter().any(|left| node["uri"] == left.uri);
        let sessions = |node: &Value| {
            let slots = node["slots"].as_array().map_or(&[][..], Vec::as_slice);
            slots.iter().filter(|slot| !slot["session"].is_null()).count()
        };
        self.until(&format!("each node has {count} sessions"), |status| {
            nodes(status).iter().filter(left).all(|node| sessions(node) == count)
        })
        .await
    }

    async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.status().await.is_some_and(|status| holds(&status)) {
            ensure!(Instant::now() < deadline, "waited in vain until {what}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    async fn status(&self) -> Option<Value> {
        reqwest::get(format!("{}/status", self.url)).await.ok()?.json().await.ok()
    }

    fn log(&self) -> String {
        let logs = ["hub.log", "node-0/node.log", "node-1/node.log"];
        logs.map(|log| std::fs::read_to_string(self.profiles.path().join(log)).unwrap_or_default()).concat()
    }
}

impl Drop for Grid {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            end(&mut node.process);
        }
        end(&mut self.hub);
        kill(&browsers_in(self.profiles.path()));
    }
}

fn kill(processes: &[u32]) {
    for process in processes {
        let _ = Command::new("kill").args(["-KILL", &process.to_string()]).status();
    }
}

fn nodes(status: &Value) -> &[Value] {
    status["value"]["nodes"].as_array().map_or(&[], Vec::as_slice)
}

fn run(jar: &Path, role: &str, dir: &Path, settings: &str) -> anyhow::Result<Child> {
    std::fs::create_dir_all(dir)?;
    let file = dir.join(format!("{role}.toml"));
    std::fs::write(&file, settings)?;
    let log = std::fs::File::create(dir.join(format!("{role}.log")))?;
    let mut command = Command::new("java");
    command.args(JAVA).arg(jar).args([role, "--config"]).arg(&file);
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().context("java starts")
}

fn settings(port: u16, [publish, subscribe]: [u16; 2]) -> String {
    format!(
        "[server]\nhost = \"127.0.0.1\"\nport = {port}\n\
         [events]\npublish = \"tcp://127.0.0.1:{publish}\"\nsubscribe = \"tcp://127.0.0.1:{subscribe}\"\n"
    )
}

fn node_settings() -> anyhow::Result<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let driver = std::env::split_paths(&path).map(|dir| dir.join("chromedriver")).find(|file| file.is_file());
    let driver = json!(driver.context("chromedriver")?);
    Ok(format!(
        "[node]\ndetect-drivers = false\nmax-sessions = 2\n\
         [[node.driver-configuration]]\ndisplay-name = \"chromium\"\nmax-sessions = 2\n\
         stereotype = '{{\"browserName\": \"chrome\"}}'\nwebdriver-executable = {driver}\n"
    ))
}
