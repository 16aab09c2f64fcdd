//! Starting the person's own browser, as a program like any other.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;

use futures::future::BoxFuture;
use postern_browser::find::Choice;
use tokio::sync::oneshot;

/// A browser that was started, and nothing else is known of than its process.
pub struct Launched {
    /// Hears when the started program has ended. What it started itself may still run.
    pub ended: oneshot::Receiver<Ended>,
}

/// How a started program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether it says that all was well.
    pub well: bool,
    /// How it ended, in words, such as `exit status: 1`.
    pub how: String,
}

/// Starts the person's browser. It is given one that was found on this machine, so that nothing else can be started
/// in this way.
pub trait Launcher: Send + Sync + 'static {
    /// Starts the browser with these arguments and does not wait for its end.
    fn launch<'a>(
        &'a self,
        browser: &'a Choice,
        arguments: Vec<String>,
    ) -> BoxFuture<'a, io::Result<Launched>>;
}

/// Starts it with nothing between.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Launcher for Direct {
    fn launch<'a>(
        &'a self,
        browser: &'a Choice,
        arguments: Vec<String>,
    ) -> BoxFuture<'a, io::Result<Launched>> {
        Box::pin(async move { start(browser.path(), &arguments) })
    }
}

/// The environment that the person's browser gets: this program's own, without what is for it alone.
pub fn environment() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name != postern_browser::WITHHELD)
}

fn start(program: &Path, arguments: &[String]) -> io::Result<Launched> {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env_clear().envs(environment());
    // A Ctrl+C in the terminal is for Postern, which then asks the browser to end in good order.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let (tell, ended) = oneshot::channel();
    tokio::spawn(async move {
        let how = match child.wait().await {
            Ok(status) => Ended { well: status.success(), how: status.to_string() },
            Err(error) => Ended { well: false, how: error.to_string() },
        };
        // Nobody waits for it any more when the enrolment was called off.
        let _ = tell.send(how);
    });
    Ok(Launched { ended })
}
