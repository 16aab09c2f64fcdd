//! The two hosts of the console: a browser at the headless server, and the window. Each is the real program, driven
//! through WebDriver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use postern_tests::{Control, free_port};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use super::seat::{Group, Seat, desktop};
use crate::product::{PATIENCE, Product, workspace};

/// The password that the browser's visitor sets.
pub(crate) const PASSWORD: &str = "an evening at the gate";

/// Where the console is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Chromium at the headless server.
    Browser,
    /// The desktop program.
    Window,
}

/// What is behind the page.
enum House {
    /// A headless server of its own, and the folder of the browser that looks at it.
    Server(Product, #[expect(dead_code, reason = "it is there to live as long as the browser")] TempDir),
    /// The window has the house in its own process.
    Window(Box<Seat>),
}

/// An open console: the page, its driver, and the house behind it.
pub(crate) struct Console {
    pub(crate) client: Client,
    /// Where the server listens at first, without a path.
    pub(crate) base_url: String,
    pub(crate) driver_url: String,
    // The driver goes before what its browser needs.
    _driver: Group,
    house: House,
}

impl Console {
    /// Opens the console with these lines in `config.toml`, signed in and at its first page, on a port of its own.
    pub(crate) async fn open(host: Host, settings: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        let settings = format!("[server]\nport = {port}\n{settings}");
        let console = match host {
            Host::Browser => {
                let console = Self::at_the_door(&settings, port).await?;
                console.set_password(PASSWORD).await?;
                console
            }
            Host::Window => Self::in_window(Seat::set(&settings).await?, port).await?,
        };
        console.find("navigation", "Pages").await?;
        Ok(console)
    }

    /// In a browser that has opened the server's link and is asked for a password.
    pub(crate) async fn at_the_door(settings: &str, at: u16) -> anyhow::Result<Self> {
        let product = Product::start_at(settings, None).await?;
        let link = product.command(&["console", "link"])?;
        let link = link.split_whitespace().find(|word| word.contains("#link=")).context("a link")?.to_owned();
        let home = TempDir::new()?;
        let (driver, port) = chromedriver(&home)?;
        let client = session(port, chromium(&home)).await?;
        client.goto(&link).await?;
        Ok(Self {
            client,
            base_url: address(at),
            driver_url: address(port),
            _driver: driver,
            house: House::Server(product, home),
        })
    }

    /// In the window, opened at this seat.
    pub(crate) async fn in_window(seat: Seat, at: u16) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        seat.dress(command.arg(format!("--port={port}")));
        command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        let log = std::fs::File::create(seat.data.path().join("stderr.log"))?;
        let driver = Group::start(command.stdout(Stdio::null()).stderr(log)).context("WebKitWebDriver")?;
        let client = session(port, json!({ "webkitgtk:browserOptions": { "binary": desktop() } })).await?;
        Ok(Self {
            client,
            base_url: address(at),
            driver_url: address(port),
            _driver: driver,
            house: House::Window(Box::new(seat)),
        })
    }

    pub(crate) fn host(&self) -> Host {
        match &self.house {
            House::Server(..) => Host::Browser,
            House::Window(_) => Host::Window,
        }
    }

    /// Prints what can be seen and what the program said last, for a test that fails.
    pub(crate) async fn complain(&self) {
        let log = std::fs::read_to_string(self.data().join("stderr.log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(20).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        // A driver that hangs tells no more.
        let page = timeout(PATIENCE, self.text()).await.ok().and_then(Result::ok).unwrap_or_default();
        eprintln!("{:?} shows\n{page}\n\nand the program said\n{}", self.host(), last.join("\n"));
        let file = workspace().join(format!("target/failed-{:?}.png", self.host()).to_lowercase());
        if let Ok(Ok(picture)) = timeout(PATIENCE, self.client.screenshot()).await
            && std::fs::write(&file, picture).is_ok()
        {
            eprintln!("a picture of it is {}", file.display());
        }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        match &self.house {
            House::Server(product, _) => product.data.path(),
            House::Window(seat) => seat.data.path(),
        }
    }

    /// The stand-in site that the account's browser sees.
    pub(crate) fn site(&self) -> Control {
        match &self.house {
            House::Server(product, _) => product.site.control(),
            House::Window(seat) => seat.site.control(),
        }
    }

    /// Where the window stands.
    pub(crate) fn seat(&self) -> anyhow::Result<&Seat> {
        match &self.house {
            House::Server(..) => bail!("this console is in a browser"),
            House::Window(seat) => Ok(seat),
        }
    }

    /// Ends the page and what is behind it.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        if let House::Window(seat) = &self.house {
            for pid in seat.desktops() {
                Command::new("kill").args(["-TERM", &pid.to_string()]).status()?;
            }
            seat.emptied().await?;
            return Ok(());
        }
        self.client.clone().close().await?;
        Ok(())
    }
}

/// It chooses a port, and ends when somebody else has it first; then it chooses again.
fn chromedriver(home: &TempDir) -> anyhow::Result<(Group, u16)> {
    let mut started = start_chromedriver(home);
    for _ in 0..2 {
        if started.is_ok() {
            break;
        }
        started = start_chromedriver(home);
    }
    started
}

fn start_chromedriver(home: &TempDir) -> anyhow::Result<(Group, u16)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").env("HOME", home.path()).stdin(Stdio::null());
    let mut driver =
        Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null())).context("chromedriver")?;
    let mut lines = BufReader::new(driver.child().stdout.take().context("stdout")?).lines();
    for line in lines.by_ref() {
        let line = line?;
        // The first line repeats the port that was asked for.
        let Some((_, port)) = line.split_once("successfully on port ") else { continue };
        let port = port.trim_end_matches('.').trim().parse()?;
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        return Ok((driver, port));
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
        "--hide-scrollbars",
        "--lang=en",
        "--window-size=1280,900",
    ];
    let mut args: Vec<String> = flags.map(str::to_owned).into();
    args.push(format!("--user-data-dir={}", profile.display()));
    json!({ "goog:chromeOptions": { "args": args }, "goog:loggingPrefs": { "browser": "ALL" } })
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
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
    Ok(builder.capabilities(capabilities).connect(&address(port)).await?)
}
