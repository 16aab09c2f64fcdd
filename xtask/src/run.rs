//! `cargo xtask run`: Postern from a clone.

use anyhow::{Result, bail};

use crate::node::Node;
use crate::setup::{self, Purpose};
use crate::shell;

/// What `run` was asked for.
pub(crate) struct Options {
    headless: bool,
}

impl Options {
    /// Reads the options before `--`.
    pub(crate) fn parse(own: &[String]) -> Result<Self> {
        let mut options = Self { headless: false };
        for option in own {
            match option.as_str() {
                "--headless" => options.headless = true,
                other => bail!("unknown option `{other}`; what is meant for Postern goes behind `--`"),
            }
        }
        Ok(options)
    }
}

/// Starts the window, or the server alone where there is no display.
pub(crate) fn run(options: &Options, passed: &[String]) -> Result<()> {
    if options.headless {
        return serve(passed);
    }
    if !has_display() {
        eprintln!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): starting without a window."
        );
        return serve(passed);
    }
    desktop(passed)
}

fn serve(passed: &[String]) -> Result<()> {
    setup::ensure(Purpose::Serve)?;
    build_page()?;
    shell::title("Building the server");
    shell::run(&mut shell::cargo(&["build", "--package", "postern-app", "--bin", "postern"]))?;
    shell::title("Postern");
    shell::become_program(shell::command(shell::built("postern")?).arg("serve").args(passed))
}

fn desktop(passed: &[String]) -> Result<()> {
    setup::ensure(Purpose::Desktop)?;
    build_desktop()?;
    shell::title("Postern");
    shell::become_program(shell::command(shell::built("postern-desktop")?).args(passed))
}

/// Builds the console's pages, which the server and the window carry.
pub(crate) fn build_page() -> Result<()> {
    let node = Node::ensure()?;
    shell::title("Building the console's pages");
    shell::run(node.npm().args(["run", "--silent", "build"]))
}

/// Builds the window with its pages inside.
fn build_desktop() -> Result<()> {
    build_page()?;
    shell::title("Building the window");
    let args = ["build", "--package", "postern-desktop", "--features", "tauri/custom-protocol"];
    shell::run(&mut shell::cargo(&args))
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_options_are_taken() -> Result<()> {
        assert!(Options::parse(&["--headless".to_owned()])?.headless);
        assert!(!Options::parse(&[])?.headless);
        assert!(Options::parse(&["--port".to_owned()]).is_err());
        Ok(())
    }
}
