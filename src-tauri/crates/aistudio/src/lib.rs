//! The room of the site: all that is known of AI Studio, and nothing of who asks.
//!
//! In comes a canonical chat request, out comes a stream of canonical events that AI Studio's own page
//! produced: a [`Studio`] is one account with its browser; it fills the page's form, presses Run and reads
//! the answer from the network ([`wire`]). What the page looks like is data ([`selectors`]), how a request
//! becomes a prompt is in [`prompt`], how its files get there in [`files`]. The page sends every request itself; nothing here makes, changes or
//! repeats one.

pub mod files;
mod fleet;
mod functions;
mod page;
pub mod prompt;
pub mod selectors;
mod selftest;
pub mod session;
mod snapshot;
mod studio;
mod tools;
mod trial;
pub mod wire;

pub use fleet::{Fleet, FleetLimits};
pub use functions::ToolSetting;
pub use page::PageState;
pub use prompt::ignores;
pub use studio::{Config, ShowError, Studio};
pub use tools::Tools;
pub use trial::trial_model;
pub use wire::Model;
