//! `cargo xtask bench`: what the gateway, the browser path, loops of functions, the console and the window cost, as ratios
//! to bounds measured in the same run on this machine. Everything is on loopback and bounded in count and time.

mod browser;
mod conversations;
#[cfg(target_os = "linux")]
mod counted;
mod crowd;
#[cfg(target_os = "linux")]
mod desktop;
mod devtools;
mod flood;
mod gateway;
#[cfg(target_os = "linux")]
mod journey;
mod load;
mod process;
#[cfg(target_os = "linux")]
mod proxy;
#[cfg(target_os = "linux")]
mod recorded;
#[cfg(target_os = "linux")]
mod screen;
mod servers;
mod stats;
#[cfg(target_os = "linux")]
mod tools;
#[cfg(target_os = "linux")]
mod ways;

use clap::{Parser, Subcommand};

/// Measures Postern against a minimal hyper pass-through, against going direct, against bare DevTools calls and
/// against an empty window, and prints a table for each.
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
    /// Only loops of functions in the browser; needs Chromium and its driver.
    Tools,
    /// Only the list of requests while very many arrive; needs Chromium.
    Flood,
    /// Only the path proxy; nginx is measured too where it is installed.
    Proxy,
    /// Only the list of conversations, their words, decisions and export.
    Conversations {
        /// How many are generated. A million take some minutes and about 10 GB of disk meanwhile.
        #[arg(long, default_value_t = 1_000_000)]
        threads: u64,
        /// Makes them in this folder and leaves them there; what is there already is measured again.
        #[arg(long)]
        folder: Option<std::path::PathBuf>,
    },
    /// Only the window; needs a build of it, Xvfb and D-Bus.
    Desktop,
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
        Some(Part::Proxy) => path_proxy().await,
        Some(Part::Browser) => browser::measure().await,
        Some(Part::Tools) => tool_loop().await,
        Some(Part::Flood) => flood::measure().await,
        Some(Part::Conversations { threads, folder }) => conversations::measure(threads, folder).await,
        Some(Part::Desktop) => window().await,
        None => {
            gateway::measure().await?;
            path_proxy().await?;
            browser::measure().await?;
            tool_loop().await?;
            flood::measure().await?;
            conversations::measure(100_000, None).await?;
            window().await
        }
    }
}

#[cfg(target_os = "linux")]
async fn path_proxy() -> anyhow::Result<()> {
    proxy::measure().await
}

#[cfg(not(target_os = "linux"))]
async fn path_proxy() -> anyhow::Result<()> {
    println!("\nPath proxy: not measured, because processor time is read on Linux only");
    Ok(())
}

#[cfg(target_os = "linux")]
async fn tool_loop() -> anyhow::Result<()> {
    tools::measure().await
}

#[cfg(not(target_os = "linux"))]
async fn tool_loop() -> anyhow::Result<()> {
    println!("\nLoops of functions: not measured, because the driver's commands are counted on Linux only");
    Ok(())
}

#[cfg(target_os = "linux")]
async fn window() -> anyhow::Result<()> {
    desktop::measure().await
}

#[cfg(not(target_os = "linux"))]
async fn window() -> anyhow::Result<()> {
    println!("\nWindow: not measured, because only Linux has a screen that nobody looks at");
    Ok(())
}
