//! Conversations of the store, for an export.

use std::path::PathBuf;

use postern_store::{Alike, Conversations, Exported, Filter, Pair, Seq, ThreadId};
use tokio::runtime::Handle;

use super::Error;
use super::origin::{Origin, Preference, RawExchange, Record};

/// So many conversations are held in memory at once.
const PIECE: u32 = 64;
/// So many of what tells which say the same.
const ALIKE: u32 = 10_000;

/// Conversations of the store. Used by a thread that may wait, with a runtime at hand.
#[derive(Debug)]
pub struct Stored {
    conversations: Conversations,
    filter: Filter,
    runtime: Handle,
}

impl Stored {
    /// Those that the filter means.
    pub fn new(conversations: Conversations, filter: Filter, runtime: Handle) -> Self {
        Self { conversations, filter, runtime }
    }
}

impl Origin for Stored {
    fn count(&mut self) -> Result<u64, Error> {
        Ok(self.runtime.block_on(self.conversations.count(self.filter.clone()))?)
    }

    fn alike(&mut self, after: Option<ThreadId>) -> Result<Vec<Alike>, Error> {
        Ok(self.runtime.block_on(self.conversations.next_alike(self.filter.clone(), after, ALIKE))?)
    }

    fn records(&mut self, after: Option<ThreadId>) -> Result<Vec<Record>, Error> {
        let next = self.conversations.next_for_export(self.filter.clone(), after, PIECE);
        self.runtime.block_on(next)?.into_iter().map(record).collect()
    }

    fn raw(&mut self, seq: Seq) -> Result<Option<RawExchange>, Error> {
        let exchange = self.runtime.block_on(self.conversations.exchange(seq))?;
        Ok(exchange.map(|exchange| RawExchange {
            path: exchange.path,
            host: exchange.host,
            status: exchange.status,
            request: exchange.request.to_vec(),
            response: exchange.response.to_vec(),
        }))
    }

    fn media(&self, sha256: &str) -> Option<PathBuf> {
        // What cannot be looked up is not there.
        self.runtime.block_on(self.conversations.media(sha256)).ok().flatten().map(|kept| kept.path)
    }
}

fn record(exported: Exported) -> Result<Record, Error> {
    let id = exported.row.id;
    let unreadable = |source| Error::Body { id, source };
    let pair = |pair: &Pair| {
        Ok(Preference {
            at: pair.at_turn as usize,
            chosen: serde_json::from_str(&pair.chosen)?,
            rejected: serde_json::from_str(&pair.rejected)?,
        })
    };
    let conversation = serde_json::from_slice(&exported.body).map_err(unreadable)?;
    let original =
        exported.original.map(|body| serde_json::from_slice(&body)).transpose().map_err(unreadable)?;
    let pairs = exported.pairs.iter().map(pair).collect::<Result<_, _>>().map_err(unreadable)?;
    Ok(Record { row: exported.row, conversation, original, pairs })
}
