//! `cargo xtask bench`: what the gateway and the browser path cost, as ratios to bounds measured in the
//! same run on this machine. Everything is on loopback and bounded in count and time.

mod browser;
mod devtools;
mod gateway;
mod load;
mod process;
mod servers;
mod stats;

use clap::{Parser, Subcommand};

/// Measures Postern against a minimal hyper pass-through, against going direct, and against bare DevTools
/// calls, and prints a table for each.
#[derive(Parser)]
struct Arguments {
    /// Cargo says this to every bench.
    #[arg(long, hide = true, global = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// Only the gateway.
    Gateway,
    /// Only the browser path; needs Chromium and its driver.
    Browser,
    /// One of the measured servers; the bench starts these by itself.
    #[command(hide = true)]
    Serve {
        #[command(subcommand)]
        server: Role,
    },
}

#[derive(Subcommand)]
enum Role {
    Backend,
    PassThrough { target: String },
    Gateway,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { part, bench: _ } = Arguments::parse();
    match part {
        Some(Part::Serve { server: Role::Backend }) => servers::backend().await,
        Some(Part::Serve { server: Role::PassThrough { target } }) => servers::pass_through(&target).await,
        Some(Part::Serve { server: Role::Gateway }) => servers::gateway().await,
        Some(Part::Gateway) => gateway::measure().await,
        Some(Part::Browser) => browser::measure().await,
        None => {
            gateway::measure().await?;
            browser::measure().await
        }
    }
}
