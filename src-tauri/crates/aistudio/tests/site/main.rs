//! The room of the site against the stand-in site, in a real Chromium.

mod cancel;
mod chat;
mod house;
mod layouts;
mod trouble;
