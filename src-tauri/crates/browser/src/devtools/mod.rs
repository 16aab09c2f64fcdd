//! A DevTools connection beside the driver's: it listens to the network of one tab. It asks for nothing that
//! a page could notice.

mod connection;
mod network;
mod tracker;
mod wire;

pub(crate) use connection::Connection;
pub(crate) use network::Tap;
