//! Postern's window: the program `postern-desktop`.
//!
//! It opens the house in its own process, shows the state of the server, and closes everything when it
//! quits. All that Postern can do lies in the crates below and works without this one.

// A release on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod shell;

fn main() -> anyhow::Result<()> {
    shell::run()
}
