//! The room of the site against the stand-in site, in a real Chromium.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail by panicking")]

mod cancel;
mod chat;
mod choice;
#[cfg(target_os = "linux")]
mod commands;
mod controls;
#[cfg(target_os = "linux")]
mod crash;
mod files;
#[cfg(target_os = "linux")]
mod firefox;
#[cfg(target_os = "linux")]
mod fleet;
mod functions;
mod house;
mod layouts;
mod leftovers;
mod life;
mod self_test;
#[cfg(target_os = "linux")]
mod show;
mod switch;
#[cfg(target_os = "linux")]
mod tabs;
mod trouble;
