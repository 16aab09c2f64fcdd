//! A place where the window can be opened: a screen that nobody looks at, a session bus of its own, a home and a data
//! folder. All of it ends with the value.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use postern_tests::Standin;
use postern_tests::screen::{self, Notices, Panel};
use tempfile::TempDir;

use crate::product::{PATIENCE, browsers_in, configure, furnish, settle};

/// A process that ends with this value, and everything it started.
pub(crate) struct Group(Child);

impl Group {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        Ok(Self(command.process_group(0).spawn()?))
    }

    /// Starts it and returns the first line that it prints.
    fn start_and_read(command: &mut Command) -> anyhow::Result<(Self, String)> {
        let named = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut group = Self::start(command).context(named.clone())?;
        let mut line = String::new();
        BufReader::new(group.child().stdout.take().context("stdout")?).read_line(&mut line)?;
        anyhow::ensure!(!line.trim().is_empty(), "{named} ended before it was ready");
        Ok((group, line.trim().to_owned()))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.0.wait();
    }
}

/// Where one window is opened.
pub(crate) struct Seat {
    display: String,
    bus: String,
    _screen: Group,
    _bus: Group,
    home: TempDir,
    pub(crate) data: TempDir,
    pub(crate) site: Standin,
}

impl Seat {
    /// With these lines in `config.toml`, and one account whose browser sees the stand-in site.
    pub(crate) async fn set(settings: &str) -> anyhow::Result<Self> {
        let seat = Self::bare().await?;
        furnish(seat.data.path(), &seat.site, settings)?;
        Ok(seat)
    }

    /// With these lines in `config.toml`, and no account.
    pub(crate) async fn without_account(settings: &str) -> anyhow::Result<Self> {
        let seat = Self::bare().await?;
        configure(seat.data.path(), &seat.site, settings)?;
        Ok(seat)
    }

    async fn bare() -> anyhow::Result<Self> {
        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]);
        let (screen, display) = Group::start_and_read(&mut screen)?;
        let home = TempDir::new()?;
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        bus.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path());
        let (bus, address) = Group::start_and_read(&mut bus)?;
        let data = TempDir::new()?;
        let site = Standin::start().await?;
        let display = format!(":{display}");
        Ok(Self { display, bus: address, _screen: screen, _bus: bus, home, data, site })
    }

    /// The desktop program, or what starts it, in these surroundings.
    pub(crate) fn dress<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for variable in
            ["WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "POSTERN_CONFIG"]
        {
            command.env_remove(variable);
        }
        settle(command, self.data.path())
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", self.home.path())
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env("LANG", "C.UTF-8")
            .env("LANGUAGE", "en")
            .env("NO_AT_BRIDGE", "1")
            .stdin(Stdio::null())
    }

    /// The screen's name.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Puts a panel on the bus that shows trays, as long as the value lives.
    pub(crate) async fn panel(&self) -> anyhow::Result<Panel> {
        Panel::open(&self.bus).await
    }

    /// Puts something on the bus that shows notifications, as long as the value lives.
    pub(crate) async fn notices(&self) -> anyhow::Result<Notices> {
        Notices::open(&self.bus).await
    }

    /// How many windows of the program are on the screen.
    pub(crate) fn windows(&self) -> anyhow::Result<usize> {
        screen::windows(&self.display)
    }

    /// Asks every window to close, as a window manager does for whoever clicks the cross.
    pub(crate) fn close_windows(&self) -> anyhow::Result<()> {
        screen::close_windows(&self.display)
    }

    /// Presses keys of the screen's keyboard, named as WebDriver names them, at the window as soon as it is there.
    pub(crate) async fn press(&self, keys: &str) -> anyhow::Result<()> {
        self.windows_become(1).await?;
        screen::press(&self.display, keys)
    }

    /// Waits until so many windows are on the screen.
    pub(crate) async fn windows_become(&self, count: usize) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.windows()? != count {
            anyhow::ensure!(Instant::now() < deadline, "{} windows, not {count}", self.windows()?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Whether the desktop program has a page: WebKit gives each a process of its own.
    pub(crate) fn has_page(&self) -> bool {
        let parents = self.desktops();
        let Ok(processes) = std::fs::read_dir("/proc") else { return false };
        processes.flatten().any(|entry| {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let Some((name, rest)) = stat.split_once(')') else { return false };
            let parent = rest.split_whitespace().nth(1).and_then(|parent| parent.parse().ok());
            name.contains("(WebKitWebProc") && parent.is_some_and(|parent| parents.contains(&parent))
        })
    }

    /// Waits until it has one, or none.
    pub(crate) async fn page_becomes(&self, there: bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.has_page() != there {
            anyhow::ensure!(
                Instant::now() < deadline,
                "the page should {}be there",
                if there { "" } else { "not " }
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Process ids of the desktop programs on this data folder.
    pub(crate) fn desktops(&self) -> Vec<u32> {
        let data = format!("POSTERN_DATA_DIR={}\0", self.data.path().display());
        let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
        let program = desktop();
        processes
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .filter(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program))
            .filter(|pid| {
                let surroundings = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                String::from_utf8_lossy(&surroundings).contains(&data)
            })
            .collect()
    }

    /// Waits until no desktop program is left, and tells how long that took.
    pub(crate) async fn emptied(&self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        while !self.desktops().is_empty() {
            anyhow::ensure!(begun.elapsed() < PATIENCE, "the window did not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(begun.elapsed())
    }
}

impl Drop for Seat {
    /// What a failed test leaves behind is ended here: browsers are in process groups of their own.
    fn drop(&mut self) {
        for pid in self.desktops().into_iter().chain(browsers_in(self.data.path())) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

/// The desktop program with its page inside, which `cargo xtask test` has built.
pub(crate) fn desktop() -> PathBuf {
    if let Some(program) = std::env::var_os("POSTERN_DESKTOP") {
        return program.into();
    }
    let tests = std::env::current_exe().expect("the test program's path");
    tests.parent().and_then(std::path::Path::parent).expect("the target folder").join("postern-desktop")
}
