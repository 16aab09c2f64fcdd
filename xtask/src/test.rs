//! `cargo xtask test`: everything that must pass.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::gecko;
use crate::node::Node;
use crate::python::{self, Venv};
use crate::selenium;
use crate::setup::{self, Purpose};
use crate::shell;

/// What `test` was asked for.
pub(crate) struct Options {
    quick: bool,
    filter: Option<String>,
}

impl Options {
    /// Reads the options.
    pub(crate) fn parse(own: &[String]) -> Result<Self> {
        let mut options = Self { quick: false, filter: None };
        for option in own {
            match option.as_str() {
                "--quick" => options.quick = true,
                flag if flag.starts_with('-') => bail!("unknown option `{flag}`"),
                filter if options.filter.is_none() => options.filter = Some(filter.to_owned()),
                _ => bail!("one filter at most"),
            }
        }
        Ok(options)
    }

    /// All of it.
    pub(crate) fn everything() -> Self {
        Self { quick: false, filter: None }
    }
}

/// Checks format and lints, checks and builds the console's pages and the window, then runs cargo's tests, whose result
/// ends the output.
pub(crate) fn test(options: &Options) -> Result<()> {
    setup::ensure(Purpose::Test)?;
    let bench = Bench::set_up()?;
    if !options.quick {
        lint()?;
        check_ui(&bench.node)?;
        build_window()?;
    }
    shell::title("Tests");
    // No doc tests: there are none, and the run would end with "0 passed".
    let mut cargo = shell::cargo(&["test", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    if let Some(filter) = &options.filter {
        cargo.arg("--").arg(filter);
    }
    bench.lend_to(&mut cargo)?;
    if !options.quick {
        // Everything that the tests use is there, so none may be skipped.
        cargo.env("POSTERN_TEST_STRICT", "1");
    }
    shell::run(&mut cargo)
}

fn lint() -> Result<()> {
    shell::title("Format and lints");
    shell::run(&mut shell::cargo(&["fmt", "--all", "--check"]))?;
    shell::run(&mut shell::cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]))
}

fn check_ui(node: &Node) -> Result<()> {
    shell::title("The console's pages");
    for script in ["typecheck", "test", "build"] {
        shell::run(node.npm().args(["run", "--silent", script]))?;
    }
    Ok(())
}

/// The window with the pages inside, which its tests drive; elsewhere than on Linux there is nothing to drive it with.
fn build_window() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    shell::title("The window");
    let package = ["--package", "postern-desktop", "--features", "tauri/custom-protocol"];
    shell::run(shell::cargo(&["build"]).args(package))?;
    shell::run(shell::cargo(&["clippy"]).args(package).args(["--all-targets", "--", "-D", "warnings"]))?;
    shell::run(shell::cargo(&["test", "--bins"]).args(package))
}

/// The tools that tests use besides cargo.
struct Bench {
    node: Node,
    python: PathBuf,
    /// With the trainers that load what is exported.
    trainers: PathBuf,
    openai_spec: PathBuf,
    selenium: PathBuf,
    /// Where Firefox's driver lies, unless it is on `PATH` already.
    gecko: Option<PathBuf>,
}

impl Bench {
    fn set_up() -> Result<Self> {
        let python = Venv::ensure("venv", &python::requirements("sdk")?)?.python();
        let trainers = Venv::ensure("trainers", &python::requirements("trainers")?)?.python();
        let openai_spec = openai_spec(&python)?;
        let node = Node::ensure()?;
        let selenium = selenium::ensure(&node)?;
        Ok(Self { node, python, trainers, openai_spec, selenium, gecko: gecko::ensure()? })
    }

    /// Tells the tests where the tools are.
    fn lend_to(&self, cargo: &mut Command) -> Result<()> {
        if let Some(folder) = &self.gecko {
            cargo.env("PATH", shell::path_with(folder)?);
        }
        cargo
            .env("POSTERN_OPENAI_SPEC", &self.openai_spec)
            .env("POSTERN_PYTHON", &self.python)
            .env("POSTERN_TRAINERS", &self.trainers)
            .env("POSTERN_NODE", self.node.program())
            .env("POSTERN_SELENIUM", &self.selenium)
            .env("POSTERN_UI_DIR", shell::root().join("ui"));
        Ok(())
    }
}

/// The official OpenAPI document of OpenAI as JSON. It lies beside the environment it comes from and is
/// made again when that is.
fn openai_spec(python: &std::path::Path) -> Result<PathBuf> {
    let spec = python.with_file_name("openai.json");
    if !spec.is_file() {
        shell::title("OpenAI's API description as JSON");
        let script = shell::root().join("tests/sdk/openai_spec.py");
        let unfinished = spec.with_extension("part");
        shell::run(shell::command(python).arg(script).arg(&unfinished))?;
        std::fs::rename(&unfinished, &spec)?;
    }
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_and_quick_can_stand_in_any_order() -> Result<()> {
        let options = Options::parse(&["--quick".to_owned(), "echo".to_owned()])?;
        assert!(options.quick);
        assert_eq!(options.filter.as_deref(), Some("echo"));
        let options = Options::parse(&["echo".to_owned()])?;
        assert!(!options.quick);
        assert!(Options::parse(&["one".to_owned(), "two".to_owned()]).is_err());
        assert!(Options::parse(&["--slow".to_owned()]).is_err());
        Ok(())
    }
}
