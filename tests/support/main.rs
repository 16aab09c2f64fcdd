//! `postern-standin`: the stand-in site as a program, for demos and for tests in other languages.
//!
//! Prints one line of JSON with its addresses and the browser arguments that lead to it, then the same
//! arguments as a piece of configuration, and serves until it is interrupted.

use anyhow::Context as _;
use clap::Parser;
use postern_tests::{Account, Remote, Standin};
use serde_json::json;

#[derive(Parser)]
#[command(about = "Plays AI Studio on a loopback port for a browser that is started with its arguments")]
struct Flags {
    /// Port of the site (HTTPS); 0 picks one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Port of the control endpoint (HTTP); 0 picks one.
    #[arg(long, default_value_t = 0)]
    control_port: u16,
    /// A Google account that can sign in there (EMAIL:PASSWORD, with :bound behind it for one whose sessions
    /// cannot be copied); may be repeated. Without any, everybody is let in.
    #[arg(long = "account", value_name = "EMAIL:PASSWORD[:bound]")]
    accounts: Vec<Account>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let flags = Flags::parse();
    let standin = Standin::start_on(flags.port).await?;
    for account in flags.accounts {
        standin.control().add_account(account);
    }
    let remote = Remote::start(standin.control(), flags.control_port).await?;
    let args = standin.browser_args();
    let control = format!("http://{}", remote.addr());
    println!("{}", json!({ "site": standin.addr(), "control": control, "args": args }));
    println!("\n[browser]\nargs = {}", json!(args));
    tokio::signal::ctrl_c().await.context("cannot wait for an interrupt")
}
