//! The command line. Each command is one file: it reads its arguments, calls the house, shows the result.

mod account;
mod carry;
mod config;
mod console;
mod conversations;
mod doctor;
mod import;
mod key;
mod output;
mod page;
mod pool;
mod provider;
mod running;
mod serve;
mod sign_in;
mod status;
mod vault;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use postern_app::Paths;

use output::Output;

/// What may still run when a command is done is given up after this.
const LEFTOVERS: Duration = Duration::from_millis(100);

/// An OpenAI-compatible server on this computer, answered by the models you already have.
#[derive(Debug, Parser)]
#[command(name = "postern", version, propagate_version = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Place {
    /// The folder for everything Postern keeps.
    #[arg(long, global = true, env = "POSTERN_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The configuration file; config.toml in the data folder unless given.
    #[arg(long, global = true, env = "POSTERN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop.
    Serve(serve::Arguments),
    /// What the server does, and where.
    Status(status::Arguments),
    /// The way into the console, where a browser shows and changes everything.
    Console(console::Arguments),
    /// The keys that clients show to the server.
    Key(key::Arguments),
    /// The signed-in accounts that answer.
    Account(account::Arguments),
    /// The settings in force, and those one could write.
    Config(config::Arguments),
    /// The master key that seals what must not lie on the disk in clear.
    Vault(vault::Arguments),
    /// What was said: review it, and make data sets of it.
    Conversations(Box<conversations::Arguments>),
    /// Find out what is missing or wrong on this computer.
    Doctor(doctor::Arguments),
}

/// Runs the command that the process was started with.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("cannot start")),
    };
    let result = runtime.block_on(run(cli));
    runtime.shutdown_timeout(LEFTOVERS);
    result.unwrap_or_else(|error| failed(&error))
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let paths = Paths::new(cli.place.data_dir, cli.place.config)?;
    if let Command::Serve(arguments) = cli.command {
        return serve::run(&paths, arguments).await;
    }
    postern_app::log::to_stderr().context("cannot log")?;
    match cli.command {
        Command::Serve(_) => Ok(ExitCode::SUCCESS),
        Command::Status(arguments) => status::run(&paths, &arguments).await,
        Command::Console(arguments) => console::run(&paths, arguments).await,
        Command::Key(arguments) => key::run(&paths, arguments).await,
        Command::Account(arguments) => account::run(&paths, arguments).await,
        Command::Config(arguments) => config::run(&paths, &arguments),
        Command::Vault(arguments) => vault::run(&paths, arguments).await,
        Command::Conversations(arguments) => conversations::run(&paths, *arguments).await,
        Command::Doctor(arguments) => doctor::run(&paths, arguments).await,
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    output::explain(&format!("error: {error:#}"));
    ExitCode::FAILURE
}
