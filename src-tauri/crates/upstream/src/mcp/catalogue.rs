//! What servers have, as they last told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postern_protocol::chat::Tool;
use tokio::sync::Mutex as Turn;
use tokio::time::Instant;

use super::address::Address;
use super::links::Link;
use super::trouble::Trouble;

/// How long what a server told is taken for true.
const FRESH: Duration = Duration::from_secs(60);
/// How long a server of the settings that did not answer is left alone. A request that names a server asks it anew.
const REST: Duration = Duration::from_secs(30);

/// The functions of every server that was asked for them.
#[derive(Default)]
pub(super) struct Catalogue {
    shelves: Mutex<HashMap<Address, Arc<Shelf>>>,
}

type Shelf = Turn<Option<Read>>;

struct Read {
    ended: Instant,
    told: Result<Arc<Vec<Tool>>, Trouble>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// A request that names the server.
    Request,
    /// The settings do.
    Settings,
}

impl Catalogue {
    /// What the server has. Whoever comes while somebody asks it, shares the answer.
    pub(super) async fn tools(&self, link: &Link, asker: Asker) -> Result<Arc<Vec<Tool>>, Trouble> {
        let came = Instant::now();
        let shelf = self.shelf(&link.address);
        let mut read = shelf.lock().await;
        if let Some(read) = read.as_ref().filter(|read| read.counts(came, asker)) {
            return read.told.clone();
        }
        let told = link.tools().await.map(Arc::new);
        *read = Some(Read { ended: Instant::now(), told: told.clone() });
        told
    }

    fn shelf(&self, address: &Address) -> Arc<Shelf> {
        let mut shelves = self.shelves.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shelves.entry(address.clone()).or_default())
    }
}

impl Read {
    fn counts(&self, came: Instant, asker: Asker) -> bool {
        let age = self.ended.elapsed();
        let shared = self.ended >= came;
        match (&self.told, asker) {
            (Ok(_), _) => age < FRESH,
            (Err(_), Asker::Settings) => shared || age < REST,
            (Err(_), Asker::Request) => shared,
        }
    }
}
