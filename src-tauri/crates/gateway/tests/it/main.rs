//! The real router on a real socket, with upstreams that do what the test tells them.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod access;
mod answers;
mod bad_input;
mod dialects;
mod google;
mod hangup;
mod hot;
mod http;
mod inside;
mod journal;
mod keys;
mod log;
mod made;
mod names;
mod passing;
mod proxy;
mod queue;
mod recording;
mod side;
mod stopping;
mod support;
