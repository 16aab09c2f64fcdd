//! The room of the browser: finds an installed one and its driver, keeps profile folders, runs WebDriver
//! sessions on them, and listens to what the page gets from the network.
//!
//! In come [`Options`] (which browser, how) and the folder of a [`Profile`]; out go a [`Browser`], its
//! current [`Page`] with trusted clicks and keys, and [`Watch`]es: ordered streams of [`NetEvent`] that carry
//! the bytes of an answer as the page receives them. Nothing here knows which site is open. Requests are
//! observed, never made, changed or held up.

mod bidi;
mod browser;
mod cookies;
mod deadline;
mod devtools;
mod driver;
mod error;
mod event;
pub mod find;
mod guest;
mod lane;
mod observer;
mod options;
mod page;
mod process;
mod profile;
mod proxy;
mod reach;
mod remote;
mod session;
pub mod storage_state;
mod tab;
mod watchers;

pub use browser::Browser;
pub use cookies::Written;
pub use devtools::Whereabouts;
pub use error::BrowserError;
pub use event::{ExchangeId, NetEvent, Watch};
pub use guest::{close, is_in_use};
pub use lane::{Host, Lane};
pub use options::{CaptureMode, Options};
pub use page::{Handle, Page, keys};
pub use process::{WITHHELD, end_all as end_processes, is_with_person, memory};
pub use profile::Profile;
pub use proxy::{BrowserProxy, ProxyChoice, ProxySpeech};
pub use reach::{Reach, reach};
pub use storage_state::{StateError, StorageState};
