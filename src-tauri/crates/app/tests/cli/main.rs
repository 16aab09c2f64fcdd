//! The binary `postern` as its users meet it.

mod commands;
mod serving;
mod support;
