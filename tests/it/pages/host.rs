//! The two hosts of the console: a browser at the headless server, and the window. Each is the real program, driven
//! through WebDriver.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::product::{PATIENCE, Product, workspace};

/// The password that the browser's visitor sets.
const PASSWORD: &str = "an evening at the gate";

/// Where the console is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Chromium at the headless server.
    Browser,
    /// The desktop program.
    Window,
}

/// What is behind the page.
pub(crate) enum House {
    /// A headless server of its own.
    Server(Product),
    /// The window has the house in its own process; this is its data folder and the site its browser would see.
    Window { data: TempDir },
}

/// A process that ends with this value, and everything it started.
pub(crate) struct Group(Child);

impl Group {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        Ok(Self(command.process_group(0).spawn()?))
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

/// A screen that nobody looks at.
pub(crate) struct Screen {
    _server: Group,
    pub(crate) display: String,
}

impl Screen {
    pub(crate) fn open() -> anyhow::Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Group::start(&mut command).context("Xvfb")?;
        let mut line = String::new();
        BufReader::new(server.child().stdout.take().context("stdout")?).read_line(&mut line)?;
        anyhow::ensure!(!line.trim().is_empty(), "Xvfb ended before it had a display");
        Ok(Self { _server: server, display: format!(":{}", line.trim()) })
    }
}

/// An open console: the page, its driver, and the house behind it.
pub(crate) struct Console {
    pub(crate) host: Host,
    pub(crate) client: Client,
    pub(crate) house: House,
    /// Where its server listens at first, without a path.
    pub(crate) base_url: String,
    _driver: Group,
    _screen: Option<Screen>,
    _home: TempDir,
}

impl Console {
    /// Opens the console with these lines in `config.toml`, signed in and at its first page, on a port of its own.
    pub(crate) async fn open(host: Host, settings: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        let settings = format!("[server]\nport = {port}\n{settings}");
        let console = match host {
            Host::Browser => in_browser(&settings, port).await?,
            Host::Window => in_window(&settings, port).await?,
        };
        console.find("navigation", "Pages").await?;
        Ok(console)
    }

    /// What the program said, for a failing test to show.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("stderr.log")).unwrap_or_default()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &std::path::Path {
        match &self.house {
            House::Server(product) => product.data.path(),
            House::Window { data } => data.path(),
        }
    }

    /// Ends the page's session; what is behind it ends when this value does.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.client.clone().close().await?;
        Ok(())
    }
}

async fn in_browser(settings: &str, at: u16) -> anyhow::Result<Console> {
    let product = Product::start_at(settings, None).await?;
    let link = product.command(&["console", "link"])?;
    let link = link.split_whitespace().find(|word| word.contains("#link=")).context("a link")?.to_owned();
    let home = TempDir::new()?;
    let (driver, port) = chromedriver(&home)?;
    let client = session(port, chromium(&home)).await?;
    client.goto(&link).await?;
    let console = Console {
        host: Host::Browser,
        client,
        house: House::Server(product),
        base_url: address(at),
        _driver: driver,
        _screen: None,
        _home: home,
    };
    console.set_password(PASSWORD).await?;
    Ok(console)
}

fn chromedriver(home: &TempDir) -> anyhow::Result<(Group, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").env("HOME", home.path()).stdin(Stdio::null());
    let mut driver =
        Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null())).context("chromedriver")?;
    let mut lines = BufReader::new(driver.child().stdout.take().context("stdout")?).lines();
    for line in lines.by_ref() {
        if let Some((_, port)) = line?.split_once("on port ") {
            let port = port.trim_end_matches('.').trim().parse();
            if let Ok(port) = port {
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
                return Ok((driver, port));
            }
        }
    }
    bail!("chromedriver ended before it listened")
}

fn chromium(home: &TempDir) -> Value {
    let profile = home.path().join("chromium");
    let flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--force-prefers-reduced-motion",
        "--window-size=1280,800",
    ];
    let mut args: Vec<String> = flags.map(str::to_owned).into();
    args.push(format!("--user-data-dir={}", profile.display()));
    json!({
        "goog:chromeOptions": { "args": args },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    })
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

async fn in_window(settings: &str, at: u16) -> anyhow::Result<Console> {
    let screen = Screen::open()?;
    let home = TempDir::new()?;
    let data = TempDir::new()?;
    std::fs::write(data.path().join("config.toml"), settings)?;
    let port = free_port()?;
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "WebKitWebDriver", &format!("--port={port}")]);
    dress(&mut command, &screen, &home, &data);
    command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
    let log = std::fs::File::create(data.path().join("stderr.log"))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let driver = Group::start(&mut command).context("dbus-run-session")?;
    let client = session(port, json!({ "webkitgtk:browserOptions": { "binary": desktop() } })).await?;
    Ok(Console {
        host: Host::Window,
        client,
        house: House::Window { data },
        base_url: address(at),
        _driver: driver,
        _screen: Some(screen),
        _home: home,
    })
}

/// The surroundings that the window is started in.
pub(crate) fn dress(command: &mut Command, screen: &Screen, home: &TempDir, data: &TempDir) {
    command
        .env("DISPLAY", &screen.display)
        .env_remove("WAYLAND_DISPLAY")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("LANG", "C.UTF-8")
        .env("LANGUAGE", "en")
        .env("POSTERN_DATA_DIR", data.path())
        .env("NO_AT_BRIDGE", "1");
}

/// The desktop program with its page inside, which `cargo xtask test` has built.
pub(crate) fn desktop() -> PathBuf {
    if let Some(program) = std::env::var_os("POSTERN_DESKTOP") {
        return program.into();
    }
    let tests = std::env::current_exe().expect("the test program's path");
    tests.parent().and_then(std::path::Path::parent).expect("the target folder").join("postern-desktop")
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Begins a session as soon as the driver listens.
async fn session(port: u16, capabilities: Value) -> anyhow::Result<Client> {
    let Value::Object(capabilities) = capabilities else { bail!("capabilities are an object") };
    let capabilities: Capabilities = capabilities;
    let deadline = Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        anyhow::ensure!(Instant::now() < deadline, "the driver does not listen");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    Ok(builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await?)
}

/// The source of axe, which checks pages for accessibility.
pub(crate) fn axe() -> anyhow::Result<String> {
    let file = workspace().join("ui/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).with_context(|| file.display().to_string())
}
