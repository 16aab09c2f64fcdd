//! The binary `postern` as its users meet it.

mod accounts;
mod commands;
mod serving;
mod support;
