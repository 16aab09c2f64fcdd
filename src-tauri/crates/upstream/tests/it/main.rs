//! The built-in model and the way from a name to an upstream.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod echo;
mod keyed;
mod mcp;
mod registry;
