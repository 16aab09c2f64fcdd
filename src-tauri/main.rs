//! Postern's window: the program `postern-desktop`.
//!
//! It opens the house in its own process, puts a window and a tray before it, and closes everything when it
//! quits. All that Postern can do lies in the crates below and works without this one.

// A release on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod shell;

use shell::Arguments;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read(std::env::args().skip(1));
    // Before anything that could start a thread or read the environment.
    #[cfg(target_os = "linux")]
    shell::graphics::prepare(arguments.safe_graphics);
    shell::run(arguments)
}
