//! `postern-demo`: Postern and the stand-in for AI Studio together, so that anyone can see the whole way
//! without an account.
//!
//! Starts the `postern` that lies beside it on a throw-away data folder, whose browsers are sent to the
//! stand-in, prints what to try, and ends everything on Ctrl-C. One account is there at once; with `--account`
//! there is none until somebody adds one, and signs in at the stand-in as they would at Google.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use postern_tests::{Account, Remote, Standin};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

#[derive(Parser)]
#[command(about = "Runs Postern against a stand-in for AI Studio")]
struct Flags {
    /// Postern's port; 0 picks a free one, so that a real Postern can run beside.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Show the browser.
    #[arg(long)]
    visible: bool,
    /// A Google account of the stand-in (EMAIL:PASSWORD, with :bound behind it for one whose sessions cannot be
    /// copied); may be repeated. Postern starts without any then: add them, and sign in with these.
    #[arg(long = "account", value_name = "EMAIL:PASSWORD[:bound]")]
    accounts: Vec<Account>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let flags = Flags::parse();
    let standin = Standin::start().await?;
    for account in &flags.accounts {
        standin.control().add_account(account.clone());
    }
    let remote = Remote::start(standin.control(), 0).await?;
    let data = TempDir::new().context("making a data folder")?;
    furnish(data.path(), &standin, &flags)?;
    let mut server = Server::start(data.path(), flags.port).await?;
    println!("{}", what_to_try(&server.address, &format!("http://{}", remote.addr())));
    tokio::select! {
        ended = server.child.wait() => bail!("postern ended by itself: {}", ended?),
        asked = interrupt() => asked?,
    }
    println!("\nStopping.");
    server.stop().await
}

/// One account where the site lets everybody in, and a configuration whose browser finds AI Studio at the
/// stand-in.
fn furnish(data: &Path, standin: &Standin, flags: &Flags) -> Result<()> {
    if flags.accounts.is_empty() {
        fs::create_dir_all(data.join("accounts/demo"))?;
    }
    let mut args = standin.browser_args();
    if belongs_to_root(data)? {
        // Chromium's sandbox refuses to work for root.
        args.push("--no-sandbox".to_owned());
    }
    let headless = !flags.visible;
    let config = format!("[browser]\nheadless = {headless}\nargs = {}\n", json!(args));
    fs::write(data.join("config.toml"), config).context("writing the configuration")
}

#[cfg(unix)]
fn belongs_to_root(data: &Path) -> Result<bool> {
    Ok(std::os::unix::fs::MetadataExt::uid(&fs::metadata(data)?) == 0)
}

#[cfg(not(unix))]
fn belongs_to_root(_data: &Path) -> Result<bool> {
    Ok(false)
}

/// The running `postern serve`.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    async fn start(data: &Path, port: u16) -> Result<Self> {
        let own = std::env::current_exe().context("where this program lies")?;
        let program = own.with_file_name(format!("postern{}", std::env::consts::EXE_SUFFIX));
        let mut command = Command::new(&program);
        command.arg("serve").arg("--port").arg(port.to_string()).arg("--data-dir").arg(data);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        // Out of the terminal's group, so that Ctrl-C reaches it once, through here.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().with_context(|| format!("starting {}", program.display()))?;
        let stdout = child.stdout.take().context("postern has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = address(&mut lines).await?;
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                println!("{line}");
            }
        });
        Ok(Self { child, address })
    }

    async fn stop(mut self) -> Result<()> {
        #[cfg(unix)]
        if let Some(pid) = self.child.id() {
            Command::new("kill").arg(pid.to_string()).status().await.context("asking postern to end")?;
        }
        #[cfg(not(unix))]
        self.child.start_kill()?;
        self.child.wait().await.context("waiting for postern to end")?;
        Ok(())
    }
}

async fn address(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<String> {
    while let Some(line) = lines.next_line().await? {
        if let Some(address) = line.strip_prefix("listening on ") {
            return Ok(address.to_owned());
        }
    }
    bail!("postern ended before it listened")
}

#[cfg(unix)]
async fn interrupt() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
        _ = terminated.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupt() -> Result<()> {
    Ok(tokio::signal::ctrl_c().await?)
}

fn what_to_try(postern: &str, control: &str) -> String {
    let chat = |model: &str, more: &str| {
        let body =
            format!(r#"{{"model":"{model}",{more}"messages":[{{"role":"user","content":"Hello, gate!"}}]}}"#);
        format!("curl -N {postern}/v1/chat/completions -H 'content-type: application/json' -d '{body}'")
    };
    format!(
        "\nPostern runs at {postern}. Nothing here reaches Google: the browser sees a stand-in.\n\
         \n# the base URL for any OpenAI client\n{postern}/v1\n\
         \n# the models the site offers\ncurl {postern}/v1/models\n\
         \n# the built-in echo: no browser at all\n{}\n\
         \n# a whole answer, through the page in a real browser\n{}\n\
         \n# the same, streamed\n{}\n\
         \n# what the site received\ncurl {control}/records\n\
         \nCtrl-C ends everything.",
        chat("postern/echo", ""),
        chat("gemini-3-flash-preview", ""),
        chat("gemini-3-flash-preview", r#""stream":true,"#),
    )
}
