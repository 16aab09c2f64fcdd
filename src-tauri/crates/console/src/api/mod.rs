//! The words of the console API, by page. Types that the store or an upstream owns are used as they are.
//! What holds a secret has no `Debug`, so that it cannot end in a log.

pub mod accounts;
pub mod clients;
pub mod conversations;
pub mod enrolments;
pub mod events;
pub mod exports;
pub mod keys;
pub mod models;
pub mod network;
pub mod overview;
pub mod page;
pub mod proxy;
pub mod recording;
pub mod requests;
pub mod server;
pub mod session;
pub mod settings;
pub mod system;
pub mod upstreams;
pub mod vault;
