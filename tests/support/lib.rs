//! What the tests stand on: a stand-in for Google AI Studio that a real browser can use.
//!
//! In come a browser's requests to AI Studio's host names, sent here by the arguments of
//! [`Standin::browser_args`] (or, of a Firefox, by [`Fox`]); out go the page and its answers. [`Control`] tells the
//! stand-in how to look ([`Layout`]), how to behave ([`Scenario`]) and hands out what it received ([`Record`]). Nothing in
//! here knows the product: the page is driven from outside, as the real one would be. `screen` is what a
//! window stands on instead, and [`free_port`] is for whoever has to name a port beforehand.
//!
//! Everybody is let in until the stand-in is told of an [`Account`] ([`Control::add_account`]). From then on a
//! browser has to sign in at the stand-in's `accounts.google.com`, as a person does, with a browser that no
//! program drives; and each record says whose browser asked.

mod account;
mod accounts;
mod answer;
mod control;
mod files;
#[cfg(target_os = "linux")]
mod firefox;
mod layout;
mod missing;
mod models;
mod people;
pub mod provider;
mod record;
mod remote;
mod rpc;
mod scenario;
mod schema;
#[cfg(target_os = "linux")]
pub mod screen;
mod server;
mod session;
mod site;
mod standin;
mod stream;
mod tls;
mod watched;
mod wire;

#[cfg(test)]
mod page_tests;

pub use account::Account;
pub use answer::{
    Answer, Frame, Grounding, Part, SOUND, Script, Source, Step, Support, Usage, echo_picture, echo_sound,
    echo_text, echo_thought,
};
pub use control::{Control, SavedChat};
pub use files::{Upload, UploadCourse};
#[cfg(target_os = "linux")]
pub use firefox::Fox;
pub use layout::{Layout, Piece, SearchSwitch, TemporaryToggle, Variant};
pub use missing::all_there;
pub use models::{Model, Thinking, default_models};
pub use people::{SignIn, SignInOutcome};
pub use record::{
    CallSent, Declared, FileSent, FunctionResponse, Harm, Level, Modality, Moment, Outcome, Record,
    Resolution, Sent, ThinkingAsked, Threshold, Tool, Turn,
};
pub use remote::Remote;
pub use scenario::{Misbehaviour, Scenario};
pub use standin::Standin;

/// A port that nobody had a moment ago.
pub fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
