//! The developer's commands: set up a machine, run, test, demonstrate and measure Postern.
//!
//! In comes a command line (`cargo xtask test`), out go the commands of other tools, each printed before it
//! runs. Nothing here is part of the product.

mod bench;
mod ci;
mod demo;
mod gecko;
mod node;
mod openapi;
mod python;
mod run;
mod selenium;
mod setup;
mod shell;
mod shots;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  run [--headless] [-- ARGS]   build and start Postern: its window, or `postern serve ARGS` without a display
  demo [-- ARGS]               start Postern against a stand-in for AI Studio; needs no account
  test [--quick] [FILTER]      everything that must pass; --quick leaves out format, lints and new builds of the
                               console's pages and of the window, whose tests then use what was built last
  ci                           test, then dependency rules
  shots [FOLDER]               take a picture of every page in both themes, languages and sizes
  openapi                      write the console's OpenAPI document and the page's types for it
  bench [-- ARGS]              measure speed and memory on loopback
  setup [--desktop]            only install what the commands above need

Missing system packages are installed first where that is possible (Debian and its kin), else named.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((command, rest)) = args.split_first() else {
        bail!("no command\n\n{USAGE}");
    };
    let (own, passed) = split_passed(rest);
    match command.as_str() {
        "run" => run::run(&run::Options::parse(own)?, passed),
        "demo" => no_options(own).and_then(|()| demo::demo(passed)),
        "test" => test::test(&test::Options::parse(own)?),
        "shots" => shots::shots(own),
        "ci" => no_options(own).and_then(|()| ci::ci()),
        "openapi" => no_options(own).and_then(|()| openapi::openapi()),
        "bench" => no_options(own).and_then(|()| bench::bench(passed)),
        "setup" => setup::command(own),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// What stands before `--` is for xtask, what stands behind it for the program that is started.
fn split_passed(args: &[String]) -> (&[String], &[String]) {
    match args.iter().position(|arg| arg == "--") {
        Some(at) => (&args[..at], &args[at + 1..]),
        None => (args, &[]),
    }
}

fn no_options(own: &[String]) -> Result<()> {
    match own.first() {
        None => Ok(()),
        Some(option) => bail!("unknown option `{option}`; what is meant for the program goes behind `--`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_dashes_is_passed_on() {
        let args = ["--headless", "--", "--port", "0"].map(String::from);
        let (own, passed) = split_passed(&args);
        assert_eq!(own, ["--headless"]);
        assert_eq!(passed, ["--port", "0"]);
    }

    #[test]
    fn an_unknown_command_or_option_is_refused() {
        assert!(dispatch(&["frob".to_owned()]).is_err());
        assert!(dispatch(&["bench".to_owned(), "--fast".to_owned()]).is_err());
    }
}
