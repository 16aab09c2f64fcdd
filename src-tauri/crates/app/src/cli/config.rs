//! `postern config …`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use postern_app::Paths;
use postern_settings::{DEFAULT_FILE, Flags};

use super::output::say;
use super::{Output, import};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the settings in force, from file, environment and defaults.
    Show {
        #[command(flatten)]
        output: Output,
    },
    /// Take over the domains and the probe lists of another program's config.json: allowed_domains, probe_request,
    /// probe_filter and security, as LLMProxy2TrainData writes them.
    Import {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Show a configuration file with every setting explained, to save as config.toml.
    Default,
}

pub(crate) fn run(paths: &Paths, arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.command {
        Command::Import { file, output } => return import::run(paths, file, *output),
        Command::Show { output } => {
            let settings = paths.settings(Flags::default())?;
            let text = toml::to_string_pretty(&settings)?;
            output.show(&settings, || format!("# {}\n\n{text}", source(paths)))?;
        }
        Command::Default => say(DEFAULT_FILE)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn source(paths: &Paths) -> String {
    let file = paths.config().display();
    if paths.config().exists() {
        format!("from {file}")
    } else {
        format!("{file} does not exist: the defaults hold")
    }
}
