//! Servers of this computer and its network that may be reached.

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use postern_net::{Destination, Guard, Judge, Refusal, Target as Local, is_local_name};

use super::allow::AllowedDomain;

/// Lets through to the internet and, in this network, to what the owner lists by its port or address.
#[derive(Debug, Default)]
pub(super) struct Locals(ArcSwap<Guard>);

impl Locals {
    pub(super) fn set(&self, allowed: &[AllowedDomain]) {
        self.0.store(Arc::new(Guard::allowing(allowed.iter().filter_map(local))));
    }
}

/// The server of this network that an entry is about, if it is about one.
fn local(entry: &AllowedDomain) -> Option<Local> {
    let authority: http::uri::Authority = entry.domain.parse().ok()?;
    let host = authority.host();
    if authority.port().is_some() {
        return entry.domain.parse().ok();
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = bare.parse::<IpAddr>().is_ok() || is_local_name(host);
    let usual = if entry.https { 443 } else { 80 };
    here.then(|| format!("{host}:{usual}").parse().ok()).flatten()
}

/// The same list in the hands of the client.
pub(super) struct LocalsHandle(pub(super) Arc<Locals>);

impl Judge for LocalsHandle {
    fn named(&self, to: Destination<'_>) -> Result<(), Refusal> {
        self.0.0.load().named(to)
    }

    fn found(&self, to: Destination<'_>, address: IpAddr) -> Result<(), Refusal> {
        self.0.0.load().found(to, address)
    }

    fn joined(&self, to: Destination<'_>, here: IpAddr, there: IpAddr) -> Result<(), Refusal> {
        self.0.0.load().joined(to, here, there)
    }
}
