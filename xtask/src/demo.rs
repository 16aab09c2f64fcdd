//! `cargo xtask demo`: the whole way without an account, against a stand-in for AI Studio.

use anyhow::Result;

use crate::setup::{self, Purpose};
use crate::shell;

/// Builds Postern and the stand-in and runs both until Ctrl-C.
pub(crate) fn demo(passed: &[String]) -> Result<()> {
    setup::ensure(Purpose::Serve)?;
    shell::title("Building Postern and the stand-in");
    shell::run(&mut shell::cargo(&[
        "build",
        "--package",
        "postern-app",
        "--package",
        "postern-tests",
        "--bins",
    ]))?;
    shell::become_program(shell::command(shell::built("postern-demo")?).args(passed))
}
