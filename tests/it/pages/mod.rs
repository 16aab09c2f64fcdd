//! The console as its users see it: one list of things to do, done in a browser at the headless server and in the
//! window; the looks of every page; the keyboard; and what only the window does.
//!
//! These tests need what `cargo xtask test` sets up. Without it they say so and pass, unless they are told to be strict.

mod api;
mod gallery;
pub(crate) mod host;
mod keys;
pub(crate) mod list;
mod looks;
mod notices;
mod page;
mod review;
pub(crate) mod seat;
mod shots;
mod window;

use host::Host;
use postern_tests::all_there;

/// Whether the tools for this host are here. What is missing is said; with `POSTERN_TEST_STRICT` it counts as a failure.
pub(crate) fn can_open(host: Host) -> bool {
    let ui = crate::product::workspace().join("ui");
    let mut missing: Vec<String> = Vec::new();
    match host {
        Host::Browser => {
            missing.extend(["chromedriver"].into_iter().filter(|tool| !on_path(tool)).map(str::to_owned));
            let built = [ui.join("dist/index.html"), ui.join("node_modules/axe-core/axe.min.js")];
            missing
                .extend(built.iter().filter(|file| !file.is_file()).map(|file| file.display().to_string()));
        }
        Host::Window => {
            let tools = ["Xvfb", "WebKitWebDriver", "dbus-daemon"];
            missing.extend(tools.into_iter().filter(|tool| !on_path(tool)).map(str::to_owned));
            let program = seat::desktop();
            missing.extend((!program.is_file()).then(|| program.display().to_string()));
        }
    }
    all_there(&missing)
}

pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
