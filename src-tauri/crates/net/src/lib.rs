//! The one way out of the house.
//!
//! In goes an `http` request, out comes the answer of the server that it names, byte for byte: no redirect is followed,
//! nothing is unpacked, no header is made up. Between them [`Network`] decides the way there (directly, or through the
//! proxy of the owner or the system), and a [`Judge`] who may be spoken to: a name is looked up once, and the very
//! addresses that were judged are connected to, so that a name cannot mean one computer when it is checked and another
//! when it is asked. Nobody is let through to this server itself.

mod client;
mod connect;
mod error;
mod guard;
mod headers;
mod lookup;
mod network;
mod proxy;
mod reach;
mod rules;
mod stream;
mod target;
mod tls;
mod tunnel;

pub use client::{Body, Client};
pub use error::{NetError, ProxyTrouble};
pub use guard::{Destination, Guard, Judge, Refusal};
pub use headers::{is_of_the_hop, is_of_the_host};
pub use lookup::{Lookup, SystemLookup};
pub use network::{Means, Network, NetworkConfig};
pub use proxy::{BadProxy, Proxy, ProxyKind, ProxyRule};
pub use reach::{Reach, is_local_name, is_own_name, is_public_name};
pub use rules::{NoProxy, Way};
pub use target::{BadTarget, Target};
