//! A DevTools connection beside the driver's: it listens to the network of one tab, and follows and raises its
//! window. It asks for nothing that a page could notice.

mod connection;
mod network;
mod tracker;
mod window;
mod wire;

pub(crate) use connection::Connection;
pub(crate) use network::Tap;
pub use window::Whereabouts;
pub(crate) use window::{follow, raise};
