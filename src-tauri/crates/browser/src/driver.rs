//! The driver as a process: started on a port of its own choosing, watched until it ends.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio_util::sync::CancellationToken;

use crate::find::{Family, Installed};
use crate::process::{DRIVER_MARK, FIREFOX_DRIVER_MARK, WITHHELD};
use crate::{BrowserError, deadline};

/// What a driver prints in front of its port: those of Chromium's family, and Firefox's.
const PORT_PHRASES: [&str; 2] = ["started successfully on port ", "Listening on 127.0.0.1:"];

/// What the driver says when the port that it chose was taken before it had it.
const PORT_LOST: &str = "port not available";
/// How often it may choose.
const CHOICES: usize = 3;

/// Starts the driver and returns its address. `gone` is cancelled when it ends.
///
/// The process is found again by the profile folder on its command line, so no handle is kept.
pub(crate) async fn start(
    installed: &Installed,
    profile: &Path,
    log_dir: &Path,
    gone: &CancellationToken,
) -> Result<String, BrowserError> {
    let mut said = String::new();
    for _ in 0..CHOICES {
        let mut child = spawn(installed, profile, log_dir).map_err(|error| {
            let program = installed.driver.display();
            BrowserError::Start(format!("the driver {program} cannot be run: {error}"))
        })?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| BrowserError::Start("the driver has no output".to_owned()))?;
        let told = tokio::time::timeout(deadline::DRIVER_START, port(stdout)).await;
        let ended = gone.clone();
        match told {
            Ok(Ok(port)) => {
                tokio::spawn(async move {
                    // Whatever its status, it no longer runs.
                    let _ = child.wait().await;
                    ended.cancel();
                });
                return Ok(format!("http://127.0.0.1:{port}"));
            }
            Ok(Err(last)) => said = last,
            Err(_) => return Err(BrowserError::Timeout("starting the driver")),
        }
        if !said.contains(PORT_LOST) {
            break;
        }
    }
    Err(BrowserError::Start(format!("the driver ended at once: {said}")))
}

fn spawn(installed: &Installed, profile: &Path, log_dir: &Path) -> std::io::Result<Child> {
    std::fs::create_dir_all(log_dir)?;
    let name = profile.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut command = Command::new(&installed.driver);
    command.arg("--port=0");
    match installed.kind.family() {
        Family::Chromium => command
            .arg(format!("--log-path={}", log_dir.join(format!("driver-{name}.log")).display()))
            // At its usual level the driver writes down every script with its arguments, which is what users type.
            .arg("--log-level=WARNING")
            .arg(format!("{DRIVER_MARK}{}", profile.display())),
        // Below this level it does not tell its port; what users type it would write down two levels above. All of it
        // goes to the output, which is read away. It knows no foreign switches, but one of its own that is without
        // effect where the browser has a profile.
        Family::Firefox => command
            .args(["--websocket-port=0", "--log=info"])
            .arg(format!("{FIREFOX_DRIVER_MARK}{}", profile.display())),
    };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).env_remove(WITHHELD);
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
    let (_, rest) = PORT_PHRASES.iter().find_map(|phrase| line.split_once(phrase))?;
    rest.trim_end_matches('.').trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[tokio::test]
    async fn a_driver_whose_port_was_taken_meanwhile_chooses_again() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("driver");
        let script = format!(
            "#!/bin/sh\ncd {}\nif [ -e tried ]; then echo 'X was started successfully on port 7.'; while :; do sleep 1; done; fi\n\
             touch tried\necho 'IPv4 port not available. Exiting...'\nexit 1\n",
            folder.path().display()
        );
        std::fs::write(&program, script).expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("runs");
        let gone = CancellationToken::new();
        let profile = folder.path().join("profile");
        let installed = Installed {
            kind: crate::find::Kind::Chromium,
            path: "/usr/bin/chromium".into(),
            version: "1.0".to_owned(),
            driver: program,
            driver_version: "1.0".to_owned(),
        };
        let address = start(&installed, &profile, folder.path(), &gone).await.expect("started");
        assert_eq!(address, "http://127.0.0.1:7");
        assert!(!gone.is_cancelled(), "the one that runs is not gone");
        assert!(crate::end_processes(&profile), "ended");
        gone.cancelled().await;
    }

    #[test]
    fn the_port_is_read_from_the_line_that_has_it() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 41263."), Some(41263));
        assert_eq!(port_in("Microsoft Edge WebDriver was started successfully on port 9."), Some(9));
        assert_eq!(port_in("1795324442051\tgeckodriver\tINFO\tListening on 127.0.0.1:37229"), Some(37229));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 (a21c) on port 0"), None);
    }
}
