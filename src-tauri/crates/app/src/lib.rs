//! The composition root: opens every room of Postern in order, runs the server and closes everything
//! again. The binary `postern` and the desktop shell both stand on it.
//!
//! In come [`Paths`] and what the command line says, out comes a [`House`] whose [`Server`] owns the one true
//! state of the listener, and a console through which window and browser see and change it all. Whoever
//! wants to show that state watches it here.

mod accounts;
mod address;
pub mod carry;
pub mod clients;
mod desk;
pub mod enrol;
mod file;
mod house;
mod lock;
pub mod log;
mod paths;
mod port;
mod providers;
mod roster;
mod secrets;
mod server;
mod signal;
mod stop;
mod studios;
pub mod tools;
mod way;
mod words;

pub use accounts::{AccountName, Accounts, AdoptError, BadName, Kept, KeptError, PRIORITIES, WEIGHTS};
pub use address::base_url;
pub use house::{Browsers, House, Opening, Published, PublishedState, Recording};
pub use lock::{DataLock, LockError};
pub use paths::Paths;
pub use postern_console::api::server::{FailureKind, ServerFailure};
pub use postern_upstream::describe;
pub use providers::{BadKey, CheckedKey, KeyBook, KeyBookError, NewKey, Provided, check_keys, keyed_config};
pub use secrets::{Generation, KeyPlaces, SecretKind, Secrets, SecretsError, SecretsStatus};
pub use server::{Server, ServerState, StartError, WhenStopped};
pub use stop::Stop;
pub use studios::{browser_options, open_studio, sign_in_arguments};
pub use way::{NotForBrowsers, OwnWay, WrittenWay};
