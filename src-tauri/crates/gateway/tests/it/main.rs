//! The real router on a real socket, with upstreams that do what the test tells them.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod access;
mod answers;
mod bad_input;
mod hangup;
mod http;
mod log;
mod queue;
mod stopping;
mod support;
