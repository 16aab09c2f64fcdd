//! What the tests stand on: a stand-in for Google AI Studio that a real browser can use.
//!
//! In come a browser's requests to AI Studio's host names, sent here by the arguments of
//! [`Standin::browser_args`]; out go the page and its answers. [`Control`] tells the stand-in how to look
//! ([`Layout`]), how to behave ([`Scenario`]) and hands out what it received ([`Record`]). Nothing in
//! here knows the product: the page is driven from outside, as the real one would be.

mod answer;
mod control;
mod layout;
mod models;
mod record;
mod remote;
mod rpc;
mod scenario;
mod server;
mod site;
mod standin;
mod stream;
mod tls;
mod wire;

#[cfg(test)]
mod page_tests;

pub use answer::{Answer, Frame, Part, Script, Step, Usage, echo_text, echo_thought};
pub use control::{Control, SavedChat};
pub use layout::{Layout, TemporaryToggle, Variant};
pub use models::{Model, Thinking, default_models};
pub use record::{Level, Moment, Outcome, Record, Sent, ThinkingAsked, Tool, Turn};
pub use remote::Remote;
pub use scenario::{Misbehaviour, Scenario};
pub use standin::Standin;
