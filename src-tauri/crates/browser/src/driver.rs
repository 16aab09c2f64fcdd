//! The driver as a process: started on a port of its own choosing, watched until it ends.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio_util::sync::CancellationToken;

use crate::process::DRIVER_MARK;
use crate::{BrowserError, deadline};

/// What the driver prints in front of its port.
const PORT_PHRASE: &str = "started successfully on port ";

/// Starts the driver and returns its address. `gone` is cancelled when it ends.
///
/// The process is found again by the profile folder on its command line, so no handle is kept.
pub(crate) async fn start(
    program: &Path,
    profile: &Path,
    log_dir: &Path,
    gone: &CancellationToken,
) -> Result<String, BrowserError> {
    let mut child = spawn(program, profile, log_dir).map_err(|error| {
        BrowserError::Start(format!("the driver {} cannot be run: {error}", program.display()))
    })?;
    let stdout = child.stdout.take();
    let ended = gone.clone();
    tokio::spawn(async move {
        // Whatever its status, it no longer runs.
        let _ = child.wait().await;
        ended.cancel();
    });
    let Some(stdout) = stdout else {
        return Err(BrowserError::Start("the driver has no output".to_owned()));
    };
    match tokio::time::timeout(deadline::DRIVER_START, port(stdout)).await {
        Ok(Ok(port)) => Ok(format!("http://127.0.0.1:{port}")),
        Ok(Err(said)) => Err(BrowserError::Start(format!("the driver ended at once: {said}"))),
        Err(_) => Err(BrowserError::Timeout("starting the driver")),
    }
}

fn spawn(program: &Path, profile: &Path, log_dir: &Path) -> std::io::Result<Child> {
    std::fs::create_dir_all(log_dir)?;
    let name = profile.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let log = log_dir.join(format!("driver-{name}.log"));
    let mut command = Command::new(program);
    command
        .arg("--port=0")
        .arg(format!("--log-path={}", log.display()))
        // At its usual level the driver writes down every script with its arguments, which is what users type.
        .arg("--log-level=WARNING")
        .arg(format!("{DRIVER_MARK}{}", profile.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // A Ctrl+C in the terminal is for the program, which then closes the browser in good order.
    #[cfg(unix)]
    command.process_group(0);
    // Otherwise a console window would open.
    #[cfg(windows)]
    command.creation_flags(0x0800_0000);
    command.spawn()
}

/// Reads until the port is told; the rest is read away, so that the driver never waits for a reader.
async fn port(stdout: ChildStdout) -> Result<u16, String> {
    let mut lines = BufReader::new(stdout).lines();
    let mut said = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(port) = port_in(&line) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
        said.push_str(&line);
        said.push(' ');
    }
    Err(said)
}

fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once(PORT_PHRASE)?;
    rest.trim_end_matches('.').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_line_that_has_it() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 41263."), Some(41263));
        assert_eq!(port_in("Microsoft Edge WebDriver was started successfully on port 9."), Some(9));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 (a21c) on port 0"), None);
    }
}
