//! The console router as window and browser meet it, over a house that only plays one.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod conversations;
mod desk;
mod document;
mod enrolment_desk;
mod events;
mod fuzz;
mod guard;
mod keys;
mod login;
mod network;
mod page;
mod pages;
mod proxy;
mod recording;
mod routes;
mod support;
mod talk;
mod upstreams;
mod vault;
