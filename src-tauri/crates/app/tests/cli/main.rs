//! The binary `postern` as its users meet it.

mod accounts;
mod commands;
mod conversations;
mod provider;
mod serving;
#[cfg(target_os = "linux")]
mod session;
mod support;
mod vault;
