//! `postern console …`

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use postern_app::{Paths, Published, base_url};
use postern_settings::Flags;
use postern_store::Store;
use serde::Serialize;

use super::Output;

/// How long a link lets somebody in.
const LASTS: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a link that lets you into the console once, within 15 minutes: to set the first password, or a
    /// new one when it is forgotten.
    Link,
}

/// A link, shown once.
#[derive(Serialize)]
struct Link {
    url: String,
}

pub(crate) async fn run(paths: &Paths, arguments: Arguments) -> Result<ExitCode> {
    let Command::Link = arguments.command;
    let running = Published::read(paths).and_then(|published| published.address);
    let address = match running {
        Some(address) => address,
        None => {
            let server = paths.settings(Flags::default())?.server;
            arguments.output.explain("No server runs on this data folder now; start it with: postern serve");
            SocketAddr::new(server.host.0, server.port)
        }
    };
    paths.create()?;
    let store = Store::open(&paths.database())?;
    let made = store.logins().add_link(LASTS).await;
    store.close();
    let link = Link { url: format!("{}/console/#link={}", base_url(address), made?.expose()) };
    arguments.output.show(&link, || link.url.clone())?;
    Ok(ExitCode::SUCCESS)
}
