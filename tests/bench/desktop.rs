//! The window: how soon it is there and what it costs at rest, against an empty Tauri window. Linux only.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use postern_tests::free_port;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::load;
use crate::process::{self, Server};
use crate::screen::Screen;
use crate::stats::{Table, median, verdict};

const STARTS: usize = 5;
/// How often it is looked whether something has happened yet.
const LOOK: Duration = Duration::from_millis(5);
/// Longest time that anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Time to come to rest before memory is read.
const REST: Duration = Duration::from_secs(5);
/// The process in which WebKit shows a page, as the kernel shortens its name.
const PAGE_PROCESS: &str = "WebKitWebProces";

/// The two programs that are compared.
struct Programs {
    window: PathBuf,
    empty: PathBuf,
}

impl Programs {
    /// Or why nothing can be measured.
    fn find() -> Result<Self, String> {
        for (tool, package) in [("Xvfb", "xvfb"), ("dbus-daemon", "dbus-daemon")] {
            let path = std::env::var_os("PATH").unwrap_or_default();
            if !std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()) {
                return Err(format!("{tool} is not installed (Debian: {package})"));
            }
        }
        let find = |name| {
            process::built(name).map_err(|_| {
                format!(
                    "there is no {name}, which `cargo xtask bench` builds where WebKitGTK 4.1 is installed"
                )
            })
        };
        Ok(Self { window: find("postern-desktop")?, empty: find("postern-empty-window")? })
    }
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let programs = match Programs::find() {
        Ok(programs) => programs,
        Err(why) => {
            println!("\nWindow: not measured, because {why}");
            return Ok(());
        }
    };
    let screen = Screen::open().await?;
    starts(&programs, &screen).await?.print(&format!("Start of the window, medians of {STARTS}, in turns"));
    memory(&programs, &screen)
        .await?
        .print("Memory at rest: all processes of the program, shared pages divided");
    Ok(())
}

/// A program with a window.
struct Program {
    child: Child,
    pid: u32,
    begun: Instant,
    _home: TempDir,
}

impl Program {
    async fn start(program: &Path, screen: &Screen, config: &str) -> anyhow::Result<Self> {
        ensure!(!screen.shows_text()?, "the screen is not blank before the start");
        let home = tempfile::tempdir()?;
        let data = home.path().join("data");
        tokio::fs::create_dir(&data).await?;
        tokio::fs::write(data.join("config.toml"), config).await?;
        let mut command = Command::new(program);
        screen.dress(&mut command, home.path());
        command
            .env("POSTERN_DATA_DIR", &data)
            .env("POSTERN_LOG", "error")
            // As Postern does for itself.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let begun = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", program.display()))?;
        let pid = child.id().context("it has ended")?;
        Ok(Self { child, pid, begun, _home: home })
    }

    /// Milliseconds from the start until something could be read.
    async fn painted(&self, screen: &Screen) -> anyhow::Result<f64> {
        until("the first paint", || screen.shows_text()).await?;
        Ok(self.begun.elapsed().as_secs_f64() * 1e3)
    }

    /// Milliseconds from the start until the server answered.
    async fn healthy(&self, port: u16) -> anyhow::Result<f64> {
        let address = format!("127.0.0.1:{port}");
        while self.begun.elapsed() < PATIENCE {
            if let Ok(took) = load::until_healthy(&address, self.begun).await {
                return Ok(took.as_secs_f64() * 1e3);
            }
            tokio::time::sleep(LOOK).await;
        }
        anyhow::bail!("the window's server did not answer")
    }

    /// Ends it and waits until it is gone from the screen.
    async fn stop(mut self, screen: &Screen) -> anyhow::Result<()> {
        let group = format!("-{}", self.pid);
        Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        // Whatever it left behind.
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status().await?;
        if ended.is_err() {
            self.child.wait().await?;
        }
        until("the end of the window", || Ok(!screen.shows_text()?)).await
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !holds()? {
        ensure!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn starts(programs: &Programs, screen: &Screen) -> anyhow::Result<Table> {
    let (mut bound, mut paint, mut health) = (Vec::new(), Vec::new(), Vec::new());
    // The first start of each reads its libraries from the disk and does not count.
    for round in 0..=STARTS {
        let empty = Program::start(&programs.empty, screen, "").await?;
        let empty_paint = empty.painted(screen).await?;
        empty.stop(screen).await?;
        let port = free_port()?;
        let config = format!("[server]\nport = {port}\n");
        let window = Program::start(&programs.window, screen, &config).await?;
        let (ours, answered) = tokio::try_join!(window.painted(screen), window.healthy(port))?;
        window.stop(screen).await?;
        if round > 0 {
            bound.push(empty_paint);
            paint.push(ours);
            health.push(answered);
        }
    }
    let bound = median(&mut bound);
    let mut table =
        Table::new(&["process start to", "ms", "first paint of an empty window, ms", "ratio", "target"]);
    for (name, mut values) in [("/health", health), ("first paint", paint)] {
        let ours = median(&mut values);
        let ratio = ours / bound;
        table.row(&[
            name.to_owned(),
            format!("{ours:.0}"),
            format!("{bound:.0}"),
            format!("{ratio:.2}"),
            verdict(ratio, 1.5),
        ]);
    }
    Ok(table)
}

async fn memory(programs: &Programs, screen: &Screen) -> anyhow::Result<Table> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("the temporary folder's name")?;
    let server =
        Server::start(&process::built("postern")?, &["serve", "--port", "0", "--data-dir", data]).await?;
    tokio::time::sleep(REST).await;
    let headless = process::tree_mb(server.pid()?)?;
    server.stop().await?;
    let empty = Program::start(&programs.empty, screen, "").await?;
    empty.painted(screen).await?;
    tokio::time::sleep(REST).await;
    let bound = process::tree_mb(empty.pid)?;
    empty.stop(screen).await?;
    let (open, closed) = open_and_closed(programs, screen).await?;
    let mut table = Table::new(&["program", "MB", "of the empty window"]);
    for (name, megabytes) in [
        ("headless server", headless),
        ("window closed, its page given up, tray and server running", closed),
        ("window open", open),
        ("an empty Tauri window", bound),
    ] {
        table.row(&[name.to_owned(), format!("{megabytes:.1}"), format!("{:.2}", megabytes / bound)]);
    }
    Ok(table)
}

/// Megabytes with the window open, and after it was closed and its page given up.
async fn open_and_closed(programs: &Programs, screen: &Screen) -> anyhow::Result<(f64, f64)> {
    let port = free_port()?;
    let config = format!("[server]\nport = {port}\n[window]\nclose = \"tray\"\nkeep_page_s = 1\n");
    let window = Program::start(&programs.window, screen, &config).await?;
    tokio::try_join!(window.painted(screen), window.healthy(port))?;
    tokio::time::sleep(REST).await;
    let open = process::tree_mb(window.pid)?;
    screen.close_windows()?;
    until("the end of the hidden page", || {
        let names = process::tree(window.pid)?.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        ensure!(!names.is_empty(), "the window ended when it was closed");
        Ok(!names.iter().any(|name| name == PAGE_PROCESS))
    })
    .await?;
    tokio::time::sleep(REST).await;
    let closed = process::tree_mb(window.pid)?;
    load::until_healthy(&format!("127.0.0.1:{port}"), Instant::now())
        .await
        .context("hidden, it serves no more")?;
    window.stop(screen).await?;
    Ok((open, closed))
}
