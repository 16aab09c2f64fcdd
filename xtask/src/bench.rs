//! `cargo xtask bench`: speed and memory, measured on loopback.

use anyhow::Result;

use crate::node::Node;
use crate::setup::{self, Purpose};
use crate::shell;

/// Builds everything with optimisation and runs the bench.
pub(crate) fn bench(passed: &[String]) -> Result<()> {
    setup::ensure(Purpose::Bench)?;
    let node = Node::ensure()?;
    shell::title("Building the window's page");
    shell::run(node.npm().args(["run", "build"]))?;
    shell::title("Building with optimisation");
    shell::run(&mut shell::cargo(&["build", "--release", "--package", "postern-app", "--bin", "postern"]))?;
    if shows_windows() {
        build_windows()?;
    }
    let args = ["bench", "--package", "postern-tests", "--bench", "bench", "--"];
    shell::become_program(shell::cargo(&args).args(passed))
}

/// Whether a window can be built and measured here without installing anything.
fn shows_windows() -> bool {
    cfg!(target_os = "linux")
        && shell::on_path("Xvfb").is_some()
        && shell::output("pkg-config", &["--exists", "webkit2gtk-4.1"]).is_some()
}

/// The product's window and the empty one that it is measured against, of the same Tauri.
fn build_windows() -> Result<()> {
    shell::title("Building the window and an empty one");
    let packages = ["--package", "postern-desktop", "--package", "postern-empty-window"];
    shell::run(shell::cargo(&["build", "--release", "--features", "tauri/custom-protocol"]).args(packages))
}
