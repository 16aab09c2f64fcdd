//! `cargo xtask ci`: what a change must pass before it is released.

use anyhow::Result;

use crate::setup::{self, Purpose};
use crate::{run, shell, test};

/// The tests, the rules on dependencies and the build of the window.
pub(crate) fn ci() -> Result<()> {
    test::test(&test::Options::everything())?;
    deny()?;
    setup::ensure(Purpose::Desktop)?;
    run::build_desktop()?;
    shell::run(&mut shell::cargo(&[
        "clippy",
        "--package",
        "postern-desktop",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn deny() -> Result<()> {
    shell::title("Rules on dependencies (deny.toml)");
    if shell::output("cargo-deny", &["--version"]).is_none() {
        eprintln!(
            "cargo-deny is not installed, so deny.toml was NOT checked: cargo install cargo-deny --locked"
        );
        return Ok(());
    }
    shell::run(&mut shell::cargo(&["deny", "check"]))
}
