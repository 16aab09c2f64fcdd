//! Starting the person's own browser from the window, for a sign-in.
//!
//! Only this program can do it: the page has no permission for the plugin's commands. What can be started is what was
//! found to be a browser on this machine, because nothing else can be named here.

use std::io;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use postern_app::enrol::{Choice, Ended, Launched, Launcher, environment};
use tauri::AppHandle;
use tauri_plugin_shell::ShellExt as _;
use tauri_plugin_shell::process::CommandEvent;
use tokio::sync::oneshot;

/// Starts it through Tauri's shell plugin.
pub(crate) struct FromShell(pub(crate) AppHandle);

impl Launcher for FromShell {
    fn launch<'a>(
        &'a self,
        browser: &'a Choice,
        arguments: Vec<String>,
    ) -> BoxFuture<'a, io::Result<Launched>> {
        async move { self.start(browser, arguments) }.boxed()
    }
}

impl FromShell {
    fn start(&self, browser: &Choice, arguments: Vec<String>) -> io::Result<Launched> {
        let command = self.0.shell().command(browser.path()).args(arguments).env_clear().envs(environment());
        // A Ctrl+C in the terminal is for Postern, which then asks the browser to end in good order.
        #[cfg(unix)]
        let command = command.set_process_group(true);
        let (mut events, _child) = command.spawn().map_err(io::Error::other)?;
        let (tell, ended) = oneshot::channel();
        tauri::async_runtime::spawn(async move {
            let mut how = Ended { well: false, how: "nobody knows how".to_owned() };
            // What it prints is read away, so that it never waits for a reader.
            while let Some(event) = events.recv().await {
                match event {
                    CommandEvent::Terminated(end) => how = described(end.code, end.signal),
                    CommandEvent::Error(error) => how.how = error,
                    _ => {}
                }
            }
            // Nobody waits for it any more when the sign-in was called off.
            let _ = tell.send(how);
        });
        Ok(Launched { ended })
    }
}

fn described(code: Option<i32>, signal: Option<i32>) -> Ended {
    let how = match (code, signal) {
        (Some(code), _) => format!("exit status: {code}"),
        (None, Some(signal)) => format!("signal: {signal}"),
        (None, None) => "it did not say how".to_owned(),
    };
    Ended { well: code == Some(0), how }
}
