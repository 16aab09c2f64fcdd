//! Everything that was recorded, derived anew.

use anyhow::Result;
use postern_app::Paths;
use postern_store::{Conversations, Progress};
use serde::Serialize;
use tokio::time::{Duration, MissedTickBehavior, interval};

use super::super::Output;
use super::alone::Alone;

/// How often people are told how far it is.
const TELL: Duration = Duration::from_secs(2);

/// What there is to do, and whether it is done.
#[derive(Serialize)]
struct Rederived {
    exchanges: u64,
    /// Otherwise the server that runs does it behind.
    done: bool,
}

pub(super) async fn run(paths: &Paths, conversations: &Conversations, output: Output) -> Result<()> {
    // Marked first, so that what derives finds all of it.
    let exchanges = conversations.rederive().await?;
    let alone = Alone::here(paths, conversations)?;
    let done = alone.is_some();
    if let Some(alone) = alone {
        follow(&alone, exchanges, output).await;
        alone.end().await;
    }
    let rederived = Rederived { exchanges, done };
    output.show(&rederived, || match done {
        true => format!("{exchanges} exchanges were derived anew."),
        false => format!(
            "The server that runs derives {exchanges} exchanges anew; see how far it is with: postern conversations stats"
        ),
    })
}

/// Waits until all is derived, and says now and then how far it is.
async fn follow(alone: &Alone, exchanges: u64, output: Output) {
    let mut progress = alone.deriving.progress();
    let mut tell = interval(TELL);
    tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tell.reset();
    loop {
        let Progress { done, total } = *progress.borrow_and_update();
        if total >= exchanges && done >= total {
            return;
        }
        tokio::select! {
            changed = progress.changed() => if changed.is_err() { return },
            _ = tell.tick() => output.explain(&format!("{done} of {total} …")),
        }
    }
}
