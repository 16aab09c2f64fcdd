//! The processes that are measured: each server runs in its own, so that its CPU time and memory are its
//! own. Linux only, read from `/proc`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server and where it listens.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Takes a program for a server at this address that says nothing about itself.
    pub(crate) fn at(child: Child, address: String) -> Self {
        Self { child, address }
    }

    /// Starts a program whose first line `listening on http://…` says where it listens.
    pub(crate) async fn start(program: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env("POSTERN_LOG", "error")
            .env("POSTERN_BENCH_KEY", "bench")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start {}", program.display()))?;
        let stdout = child.stdout.take().context("its output")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix("listening on http://") {
                let address = address.trim().to_owned();
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { child, address });
            }
        }
        bail!("{} ended before it listened", program.display())
    }

    /// CPU time used so far, in microseconds, by it and everything that it has started.
    pub(crate) fn cpu_us(&self) -> anyhow::Result<f64> {
        tree(self.pid()?)?.into_iter().map(|(pid, _)| cpu_us(pid)).sum()
    }

    /// Waits until it does nothing more, for two minutes at most. Whether it came to that.
    pub(crate) async fn rest(&self) -> anyhow::Result<bool> {
        let (mut calm, mut last) = (0, self.cpu_us()?);
        for _ in 0..300 {
            tokio::time::sleep(Duration::from_millis(400)).await;
            let now = self.cpu_us()?;
            // A tick is what its clocks cost at times.
            calm = if now - last > 10_000.0 { 0 } else { calm + 1 };
            if calm == 3 {
                return Ok(true);
            }
            last = now;
        }
        Ok(false)
    }

    /// Resident memory in MB.
    pub(crate) fn memory_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
        Ok(kilobytes / 1024.0)
    }

    /// Its process.
    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.child.id().context("the server has ended")
    }

    /// Ends it and waits until it is gone. A server with a browser gets the time to end that too.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.pid()?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        if tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}

fn cpu_us(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    // Fields 14 and 15 of proc(5), counted from after the name; a tick is 10 ms on Linux.
    Ok((ticks(11) + ticks(12)) * 10_000.0)
}

/// The process and everything that it has started, each with its name.
pub(crate) fn tree(root: u32) -> anyhow::Result<Vec<(u32, String)>> {
    let all: Vec<(u32, u32, String)> = std::fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| parent_and_name(pid).map(|(parent, name)| (pid, parent, name)))
        .collect();
    let mut tree: Vec<(u32, String)> =
        all.iter().filter(|(pid, ..)| *pid == root).map(|(pid, _, name)| (*pid, name.clone())).collect();
    let mut next = 0;
    while let Some(&(parent, _)) = tree.get(next) {
        tree.extend(all.iter().filter(|(_, of, _)| *of == parent).map(|(pid, _, name)| (*pid, name.clone())));
        next += 1;
    }
    Ok(tree)
}

/// Fields 4 and 2 of proc(5)'s `stat`. A process that has just ended has none.
fn parent_and_name(pid: u32) -> Option<(u32, String)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (before, after) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    Some((after.split_whitespace().nth(1)?.parse().ok()?, name.to_owned()))
}

/// Memory of the process and everything that it has started, in MB; what several of them share counts once.
pub(crate) fn tree_mb(root: u32) -> anyhow::Result<f64> {
    let mut kilobytes = 0.0;
    for (pid, name) in tree(root)? {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
        let rollup = rollup.with_context(|| format!("the memory of {name}"))?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("Pss")?;
        kilobytes += line.trim().trim_end_matches(" kB").trim().parse::<f64>()?;
    }
    Ok(kilobytes / 1024.0)
}

/// A program of the product that was built together with this one.
pub(crate) fn built(program: &str) -> anyhow::Result<PathBuf> {
    let bench = std::env::current_exe()?;
    let folder = bench.parent().and_then(Path::parent).context("the target folder")?;
    let path = folder.join(program);
    if !path.exists() {
        bail!("{} is missing: start the bench with `cargo xtask bench`", path.display());
    }
    Ok(path)
}
