//! The composition root: opens every room of Postern in order, runs the server and closes everything
//! again. The binary `postern` and the desktop shell both stand on it.
//!
//! In come [`Paths`] and validated settings, out comes a [`House`] whose [`Server`] owns the one true
//! state of the listener. Whoever wants to show that state watches it here.

mod accounts;
mod house;
mod lock;
pub mod log;
mod paths;
mod port;
mod server;
mod studios;
mod words;

pub use accounts::{AccountName, Accounts, AdoptError, BadName};
pub use house::{Browsers, House};
pub use lock::{DataLock, LockError};
pub use paths::Paths;
pub use server::{Server, ServerState, StartError};
pub use studios::{browser_options, open_studio, sign_in_arguments};
pub use words::describe;
