//! `cargo xtask ci`: what a change must pass before it is released.

use anyhow::Result;

use crate::{shell, test};

/// The tests and the rules on dependencies.
pub(crate) fn ci() -> Result<()> {
    test::test(&test::Options::everything())?;
    deny()
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
