//! The house as a whole: its rules, and the product as its users and their clients meet it.
//!
//! One test program, because every further one would be linked anew.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

// A browser that pretends is a script of the shell.
#[cfg(target_os = "linux")]
mod accounts;
mod bad_input;
mod bad_wishes;
mod console;
mod crash;
mod doctor;
mod house;
mod mcp;
mod misbehaviour;
// The window is driven where a screen and a session can be made for it.
#[cfg(target_os = "linux")]
mod pages;
mod product;
mod recording;
mod sdk;
mod trainers;
