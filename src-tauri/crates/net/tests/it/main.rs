//! The way out, over real sockets on loopback: names are played by a table, servers and proxies by stand-ins.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod answers;
mod loops;
mod names;
mod proxies;
mod support;
mod tls;
