//! Recorded conversations.

mod media;
mod read;
mod review;

use postern_store::Conversations;
use utoipa_axum::router::OpenApiRouter;

use crate::{Code, Console, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    read::routes().merge(review::routes()).merge(media::routes())
}

/// The conversations, if they can be opened.
fn kept(console: &Console) -> Result<Conversations, Trouble> {
    console.desk().conversations().ok_or_else(closed)
}

pub(super) fn closed() -> Trouble {
    Trouble::new(Code::Unavailable, "The database of conversations could not be opened when Postern started.")
        .action("See the log or run `postern doctor`, then start Postern again.")
}

fn no_such() -> Trouble {
    Trouble::new(Code::NotFound, "There is no such conversation.")
        .action("It may have been deleted, by somebody or by its age.")
}
