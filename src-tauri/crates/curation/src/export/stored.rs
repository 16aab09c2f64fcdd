//! Conversations of the store, for an export.

use std::path::PathBuf;

use postern_store::{Alike, Conversations, Exported, Filter, Likeness, Pair, Seq, Settled, ThreadId};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::Error;
use super::origin::{Origin, Preference, RawExchange, Record};

/// So many conversations are read at once. The next ones are read and understood while rows are made of these.
const PIECE: u32 = 64;
/// So many of those that say the same.
const ALIKE: usize = 10_000;

/// Conversations of the store. Used by a thread that may wait, with a runtime at hand.
#[derive(Debug)]
pub struct Stored {
    conversations: Conversations,
    filter: Filter,
    settled: Option<Settled>,
    ahead: Option<Ahead>,
    runtime: Handle,
}

/// Conversations behind this one, that are being read.
#[derive(Debug)]
struct Ahead {
    after: Option<ThreadId>,
    reading: JoinHandle<Result<Vec<Record>, Error>>,
}

impl Stored {
    /// Those that the filter means.
    pub fn new(conversations: Conversations, filter: Filter, runtime: Handle) -> Self {
        Self { conversations, filter, settled: None, ahead: None, runtime }
    }

    /// What the filter means, settled when it is first asked for.
    fn settled(&mut self) -> Result<Settled, Error> {
        if let Some(settled) = &self.settled {
            return Ok(settled.clone());
        }
        let settled = self.runtime.block_on(self.conversations.settle(self.filter.clone()))?;
        Ok(self.settled.insert(settled).clone())
    }

    /// Begins to read what is behind a conversation.
    fn read(&self, settled: &Settled, after: Option<ThreadId>) -> Ahead {
        let (conversations, settled) = (self.conversations.clone(), settled.clone());
        let reading = self.runtime.spawn(async move {
            let exported = conversations.next_for_export(&settled, after, PIECE).await?;
            let understood = move || exported.into_iter().map(record).collect();
            tokio::task::spawn_blocking(understood).await.map_err(|_| postern_store::Error::Closed)?
        });
        Ahead { after, reading }
    }
}

impl Origin for Stored {
    fn count(&mut self) -> Result<u64, Error> {
        Ok(self.runtime.block_on(self.conversations.count(self.filter.clone()))?)
    }

    fn alike(&mut self, by: Likeness, after: Option<Alike>) -> Result<Vec<Alike>, Error> {
        let settled = self.settled()?;
        Ok(self.runtime.block_on(self.conversations.next_alike(&settled, by, after, ALIKE))?)
    }

    fn records(&mut self, after: Option<ThreadId>) -> Result<Vec<Record>, Error> {
        let settled = self.settled()?;
        let ahead = self.ahead.take().filter(|ahead| ahead.after == after);
        let Ahead { reading, .. } = ahead.unwrap_or_else(|| self.read(&settled, after));
        let records = self.runtime.block_on(reading).map_err(|_| postern_store::Error::Closed)??;
        if let Some(last) = records.last() {
            self.ahead = Some(self.read(&settled, Some(last.row.id)));
        }
        Ok(records)
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
