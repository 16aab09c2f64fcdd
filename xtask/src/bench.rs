//! `cargo xtask bench`: speed and memory, measured on loopback.

use anyhow::Result;

use crate::setup::{self, Purpose};
use crate::shell;

/// Builds everything with optimisation and runs the bench.
pub(crate) fn bench(passed: &[String]) -> Result<()> {
    setup::ensure(Purpose::Serve)?;
    shell::title("Building with optimisation");
    shell::run(&mut shell::cargo(&["build", "--release", "--package", "postern-app", "--bin", "postern"]))?;
    let args = ["bench", "--package", "postern-tests", "--bench", "bench", "--"];
    shell::become_program(shell::cargo(&args).args(passed))
}
