//! Conversations of other programs, and of our own files, into the store.
//!
//! Each becomes an exchange that came by import, its JSON as it was, and is derived like every other. What somebody had
//! confirmed is approved; everything gets the tag `imported`. The same row again is not taken a second time. Pictures
//! and recordings that a row names are taken from the folder of the file and from nowhere else.

mod file;
mod files;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use postern_store::{
    Call, Change, Conversations, Ended, Recorder, ReviewState, Selection, Server, ThreadDetail, ThreadId, Via,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::VERSION;
use file::{Given, Rows};

/// So many are handed to the recorder at once.
const PIECE: usize = 100;
/// How often it is looked whether what was handed in has arrived, where nothing tells.
const LOOK: Duration = Duration::from_millis(200);
/// The tag of what was imported.
const TAG: &str = "imported";

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// Rows in the file.
    pub rows: u64,
    /// Those that are new.
    pub taken: u64,
    /// Those that were there already.
    pub known: u64,
    /// Conversations that were confirmed in the file and are approved now.
    pub approved: u64,
    /// Conversations that were called bad in the file and are rejected now.
    pub rejected: u64,
    /// Rows that are no conversation, each with its number and why. At most a hundred are told.
    pub refused: Vec<Refused>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// Its number in the file, from 1.
    pub row: u64,
    /// Why.
    pub why: String,
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is none of the forms that are known.
    #[error("{}: {why}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] postern_store::Error),
}

/// Takes every conversation of a file. Waits until they are derived, by whoever derives.
///
/// # Errors
///
/// When the file cannot be read or the store fails. What was taken by then stays, and the rest can be imported by the
/// same file again.
pub async fn import(
    path: &Path,
    recorder: &Recorder,
    conversations: &Conversations,
) -> Result<Imported, Error> {
    let mut rows = Rows::open(path)?;
    let mut report = Imported::default();
    let mut states = HashMap::new();
    loop {
        let piece = rows.next(PIECE, &mut report)?;
        if piece.is_empty() {
            break;
        }
        let ids: Vec<String> = piece.iter().map(|given| given.id.clone()).collect();
        let known = ids_of(conversations, &ids).await?;
        let mut begun = HashSet::new();
        for given in piece {
            states.insert(given.id.clone(), given.state);
            if known.contains(&given.id) || !begun.insert(given.id.clone()) {
                report.known += 1;
            } else {
                report.taken += 1;
                record(recorder, given);
            }
        }
        arrived(conversations, &ids).await?;
    }
    derived(conversations).await?;
    decide(conversations, states, &mut report).await?;
    Ok(report)
}

async fn ids_of(conversations: &Conversations, ids: &[String]) -> Result<HashSet<String>, Error> {
    let found = conversations.recorded(ids.to_vec()).await?;
    Ok(found.into_iter().map(|(id, _)| id).collect())
}

fn record(recorder: &Recorder, given: Given) {
    let json = || [("content-type", "application/json")].into_iter().collect();
    let recording = recorder.begin(Call {
        id: given.id,
        at: given.at.unwrap_or_else(SystemTime::now),
        via: Via::Import,
        method: "POST".to_owned(),
        host: None,
        path: given.path.to_owned(),
        headers: json(),
        key: None,
    });
    recording.request(given.request.into());
    recording.answer(200, json());
    recording.response(given.response.into());
    recording.served(Server { upstream: "import".to_owned(), model: given.model, account: None });
    recording.ended(Ended::Whole);
}

/// Waits until all of them are in the database.
async fn arrived(conversations: &Conversations, ids: &[String]) -> Result<(), Error> {
    let wanted: HashSet<&String> = ids.iter().collect();
    let mut arrivals = conversations.arrivals();
    while ids_of(conversations, ids).await?.len() < wanted.len() {
        // Another process may have taken them out of the spool; then nothing is told here.
        let _ = tokio::time::timeout(LOOK, arrivals.changed()).await;
    }
    Ok(())
}

/// Waits until everything is derived.
async fn derived(conversations: &Conversations) -> Result<(), Error> {
    let mut changes = conversations.changes();
    loop {
        let progress = conversations.progress(VERSION).await?;
        if progress.done >= progress.total {
            return Ok(());
        }
        let _ = tokio::time::timeout(LOOK, changes.changed()).await;
    }
}

async fn decide(
    conversations: &Conversations,
    states: HashMap<String, Option<ReviewState>>,
    report: &mut Imported,
) -> Result<(), Error> {
    let ids = states.keys().cloned().collect();
    let mut threads: HashMap<Option<ReviewState>, HashSet<ThreadId>> = HashMap::new();
    for (id, thread) in conversations.recorded(ids).await? {
        let Some(thread) = thread else { continue };
        let mut state = states.get(&id).copied().flatten();
        // What somebody decided here since holds, whatever the file says.
        if state.is_some() && conversations.thread(thread).await?.is_some_and(|found| is_decided(&found)) {
            state = None;
        }
        threads.entry(state).or_default().insert(thread);
    }
    for (state, threads) in threads {
        let change = Change { state, add_tags: vec![TAG.to_owned()], ..Change::default() };
        let count = threads.len() as u64;
        conversations.change(Selection::Ids(threads.into_iter().collect()), change).await?;
        match state {
            Some(ReviewState::Approved) => report.approved += count,
            Some(ReviewState::Rejected) => report.rejected += count,
            Some(ReviewState::New | ReviewState::Later) | None => {}
        }
    }
    Ok(())
}

fn is_decided(found: &ThreadDetail) -> bool {
    found.row.state != ReviewState::New
}
