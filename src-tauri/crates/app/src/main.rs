//! The binary `postern`: the server without a window, and the commands beside it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
