//! The product as its user starts it: the real `postern` program in a fresh data folder, with a real
//! Chromium that is sent to the stand-in site.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use postern_tests::Standin;
use tempfile::TempDir;

/// How long anything may take that is only waited for; nothing is measured with it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The master key that the tests give, so that none looks for one in the keyring of whoever runs them.
const MASTER_KEY: &str = "746573742074657374207465737420746573742074657374207465737420746f";

/// A running server, the folder it lives in, and the site that its browser sees.
pub(crate) struct Product {
    child: Child,
    pub(crate) base_url: String,
    pub(crate) data: TempDir,
    pub(crate) site: Standin,
}

/// The program, built once per run so that it is never older than the tests, unless `POSTERN_PROGRAM` names one.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(named) = std::env::var_os("POSTERN_PROGRAM") {
            return named.into();
        }
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "postern-app", "--bin", "postern"])
            .current_dir(workspace())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "postern does not build");
        let tests = std::env::current_exe().expect("the test program's path");
        tests.parent().and_then(Path::parent).expect("the target folder").join("postern")
    })
}

/// The program on this data folder.
pub(crate) fn postern(data: &Path) -> Command {
    let mut command = Command::new(program());
    settle(&mut command, data);
    command
}

/// Tells a program of the product its data folder and the master key.
pub(crate) fn settle<'a>(command: &'a mut Command, data: &Path) -> &'a mut Command {
    command.env("POSTERN_DATA_DIR", data).env("POSTERN_MASTER_KEY", MASTER_KEY)
}

/// The root of the repository.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

impl Product {
    /// With one account, whose browser sees the stand-in site.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Self::start_with("").await
    }

    /// The same with more lines for `config.toml`.
    pub(crate) async fn start_with(settings: &str) -> anyhow::Result<Self> {
        Self::start_at(settings, Some(0)).await
    }

    /// The same, at the port of the settings unless one is given.
    pub(crate) async fn start_at(settings: &str, port: Option<u16>) -> anyhow::Result<Self> {
        let site = Standin::start().await?;
        let data = TempDir::new()?;
        furnish(data.path(), &site, settings)?;
        let (child, base_url) = serve(data.path(), port)?;
        Ok(Self { child, base_url, data, site })
    }

    /// In a folder that has its accounts, with these lines behind those of `[browser]`.
    pub(crate) fn start_in(data: TempDir, site: Standin, settings: &str) -> anyhow::Result<Self> {
        configure(data.path(), &site, settings)?;
        let (child, base_url) = serve(data.path(), Some(0))?;
        Ok(Self { child, base_url, data, site })
    }

    /// Writes other lines into `config.toml` for the next start.
    pub(crate) fn reconfigure(&self, old: &str, new: &str) -> anyhow::Result<()> {
        let path = self.data.path().join("config.toml");
        let config = std::fs::read_to_string(&path)?;
        anyhow::ensure!(config.contains(old), "no {old} in {config}");
        Ok(std::fs::write(path, config.replacen(old, new, 1))?)
    }

    /// Ends the server without a word, as a crash would, and starts it again on the same folder.
    pub(crate) fn crash_and_restart(&mut self) -> anyhow::Result<()> {
        self.crash()?;
        (self.child, self.base_url) = serve(self.data.path(), Some(0))?;
        Ok(())
    }

    pub(crate) fn crash(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Runs another command of the program on the same data folder and returns its output.
    pub(crate) fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        command(self.data.path(), arguments)
    }

    /// What the server said on its standard error, for a failing test to show.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("stderr.log")).unwrap_or_default()
    }

    /// Asks again and again until it holds, for things that another process does in its own time.
    pub(crate) async fn until<'a, F>(&'a self, holds: impl Fn(&'a Self) -> F) -> anyhow::Result<()>
    where
        F: Future<Output = bool> + 'a,
    {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self).await {
            anyhow::ensure!(Instant::now() < deadline, "waited in vain\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Waits until the one account serves: then its models are known too.
    pub(crate) async fn ready(&self) -> anyhow::Result<()> {
        self.until(|product| async { product.account_state().await.is_ok_and(|state| state == "ready") })
            .await
    }

    /// Process ids of the browser's main processes that run on this data folder.
    pub(crate) fn browsers(&self) -> Vec<u32> {
        browsers_in(self.data.path())
    }

    /// Asks the server, without a key.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<serde_json::Value> {
        Ok(reqwest::get(format!("{}{path}", self.base_url)).await?.json().await?)
    }

    /// The state of the one account, as `/health` tells it.
    pub(crate) async fn account_state(&self) -> anyhow::Result<String> {
        let health = self.get("/health").await?;
        let state = &health["details"]["upstreams"][0]["accounts"][0]["state"];
        Ok(state.as_str().with_context(|| format!("no state in {health}"))?.to_owned())
    }

    /// Sends a chat request for `text` and returns status and body.
    pub(crate) async fn ask(&self, text: &str) -> anyhow::Result<(u16, serde_json::Value)> {
        let body = serde_json::json!({
            "model": "gemini-3-flash-preview",
            "messages": [{ "role": "user", "content": text }],
        });
        let answer = self.post(&body).await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    pub(crate) async fn post(&self, body: &serde_json::Value) -> anyhow::Result<reqwest::Response> {
        let url = format!("{}/v1/chat/completions", self.base_url);
        Ok(reqwest::Client::new().post(url).json(body).send().await?)
    }
}

/// Runs a command of the program on a data folder and returns its output.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = postern(data).args(arguments).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("postern {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Gives a data folder one account, whose browser sees this site, and these lines in `config.toml`.
pub(crate) fn furnish(data: &Path, site: &Standin, settings: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(data.join("accounts/main"))?;
    configure(data, site, settings)
}

/// Lets browsers of a data folder see this site, and puts these lines behind those of `[browser]` in `config.toml`.
pub(crate) fn configure(data: &Path, site: &Standin, settings: &str) -> anyhow::Result<()> {
    let args = browser_args(site);
    let args = serde_json::to_string(&args)?;
    let config = format!("[aistudio]\npause_ms = 0\n[browser]\nheadless = true\nargs = {args}\n{settings}");
    std::fs::write(data.join("config.toml"), config)?;
    Ok(())
}

/// Arguments of a browser in a test, which sees this site and nothing else.
pub(crate) fn browser_args(site: &Standin) -> Vec<String> {
    let mut args = vec!["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
    args.extend(["--disable-component-update", "--disable-sync", "--no-first-run"]);
    args.into_iter().map(str::to_owned).chain(site.browser_args()).collect()
}

impl Drop for Product {
    fn drop(&mut self) {
        end(&mut self.child);
        if !std::thread::panicking() {
            assert_eq!(self.browsers(), Vec::<u32>::new(), "the server left a browser behind");
        }
    }
}

/// Asks the server to end, and ends it if it does not.
pub(crate) fn end(child: &mut Child) {
    // Its number may belong to another process by now.
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    let pid = child.id().to_string();
    let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
    let (ended, end) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if end
                .recv_timeout(Duration::from_secs(10))
                .is_err_and(|error| error == RecvTimeoutError::Timeout)
            {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        });
        let _ = child.wait();
        drop(ended);
    });
}

/// A file in a data folder with the certificates that a product there trusts, instead of the system's.
pub(crate) const TRUSTED: &str = "trusted.pem";

/// Starts the server on a data folder, and returns where it listens.
pub(crate) fn serve(data: &Path, port: Option<u16>) -> anyhow::Result<(Child, String)> {
    let mut command = postern(data);
    let trusted = data.join(TRUSTED);
    if trusted.is_file() {
        command.env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR");
    }
    let mut child = command
        .arg("serve")
        .args(port.map(|port| format!("--port={port}")))
        // What the settings of tests name where they want a provider's key.
        .env("POSTERN_TEST_KEY", postern_tests::provider::KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(data.join("stderr.log"))?)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
    for line in lines.by_ref() {
        if let Some(url) = line?.strip_prefix("listening on ") {
            let url = url.trim().to_owned();
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            return Ok((child, url));
        }
    }
    let said = std::fs::read_to_string(data.join("stderr.log")).unwrap_or_default();
    let _ = std::io::stderr().write_all(said.as_bytes());
    bail!("the server ended before it listened")
}

/// Process ids of the browsers' main processes whose profiles lie in this data folder.
pub(crate) fn browsers_in(data: &Path) -> Vec<u32> {
    let data = data.to_string_lossy();
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("--user-data-dir=") && line.contains(data.as_ref()) && !line.contains("--type=")
        })
        .collect()
}
