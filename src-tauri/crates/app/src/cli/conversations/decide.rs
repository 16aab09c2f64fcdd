//! Decisions about conversations.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use clap::Args;
use postern_store::{Change, Conversations, Filter, ReviewState, Selection, ThreadId};

use super::narrow::Narrow;
use super::{Output, missing, said};

/// Which conversations are decided: some by their numbers, or all that match.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Their numbers, as `list` shows them.
    #[arg(conflicts_with = "matching", value_name = "ID")]
    ids: Vec<i64>,
    /// All that the other options mean; without any, all there are.
    #[arg(long)]
    matching: bool,
    #[command(flatten)]
    narrow: Narrow,
}

impl Which {
    async fn selection(&self, conversations: &Conversations) -> Result<Selection> {
        let filter = self.narrow.filter()?;
        if self.matching {
            return Ok(Selection::Matching(Box::new(filter)));
        }
        if self.ids.is_empty() {
            bail!("name conversations by their numbers, or all that match with --matching");
        }
        if filter != Filter::default() {
            bail!("what narrows the list goes with --matching, and not with numbers");
        }
        let ids: Vec<ThreadId> =
            self.ids.iter().copied().collect::<BTreeSet<_>>().into_iter().map(ThreadId).collect();
        // Which one is missing is asked only when one is.
        if !are_there(conversations, &ids).await? {
            for id in &ids {
                if !are_there(conversations, &[*id]).await? {
                    return Err(missing(id.0));
                }
            }
        }
        Ok(Selection::Ids(ids))
    }
}

/// Whether all of these, each named once, are there.
async fn are_there(conversations: &Conversations, ids: &[ThreadId]) -> Result<bool> {
    let only = Filter { ids: ids.to_vec(), ..Filter::default() };
    Ok(conversations.count(only).await? == ids.len() as u64)
}

pub(super) async fn state(
    conversations: &Conversations,
    which: Which,
    state: ReviewState,
    output: Output,
) -> Result<()> {
    let change = Change { state: Some(state), ..Change::default() };
    let done = conversations.change(which.selection(conversations).await?, change).await?;
    output.show(&done, || format!("{} conversations are {} now.", done.changed, said(&state)))
}

pub(super) async fn tag(
    conversations: &Conversations,
    which: Which,
    (add, remove): (Vec<String>, Vec<String>),
    output: Output,
) -> Result<()> {
    if add.is_empty() && remove.is_empty() {
        bail!("say which tag with --add or --remove");
    }
    let change = Change { add_tags: add, remove_tags: remove, ..Change::default() };
    let done = conversations.change(which.selection(conversations).await?, change).await?;
    output.show(&done, || format!("Changed the tags of {} conversations.", done.changed))
}

pub(super) async fn undo(conversations: &Conversations, output: Output) -> Result<()> {
    let done = conversations.undo().await?;
    output.show(&done, || match done {
        Some(done) => format!("Took back what was decided of {} conversations.", done.changed),
        None => "There is nothing to take back.".to_owned(),
    })
}
