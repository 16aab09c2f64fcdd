//! What people decide about conversations.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use http::StatusCode;
use postern_curation::Conversation;
use postern_store::{AuditRow, Conversations, Done, SavedQuery, ThreadId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{kept, no_such};
use crate::api::conversations::{
    ChangesQuery, ConversationChange, ConversationDeletion, ConversationsDeleted, ConversationsRederived,
    NewPair, NewQuery,
};
use crate::asked::{Filtered, Named, Told};
use crate::{Code, Console, ErrorBody, Trouble};

/// An edited conversation may be as long as one that a model reads.
const LONGEST: usize = 64 * 1024 * 1024;
/// Most changes of one answer.
const MOST: u32 = 500;

pub(super) fn routes() -> OpenApiRouter<Console> {
    let edits = OpenApiRouter::new()
        .routes(routes!(edit_conversation, unedit_conversation))
        .routes(routes!(add_pair))
        .layer(DefaultBodyLimit::max(LONGEST));
    OpenApiRouter::new()
        .routes(routes!(change_conversations))
        .routes(routes!(undo_change))
        .routes(routes!(redo_change))
        .routes(routes!(get_changes))
        .routes(routes!(delete_conversations))
        .routes(routes!(rederive_conversations))
        .routes(routes!(remove_pair))
        .routes(routes!(get_queries, save_query))
        .routes(routes!(remove_query))
        .merge(edits)
}

/// Changes decision, rating, note or tags of conversations, of a few or of all that match.
#[utoipa::path(
    post,
    path = "/api/conversations/change",
    tag = "conversations",
    request_body = ConversationChange,
    responses(
        (status = 200, body = Done, description = "What was changed."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn change_conversations(
    State(console): State<Console>,
    Told(told): Told<ConversationChange>,
) -> Result<Json<Done>, Trouble> {
    if told.change.rating.is_some_and(|rating| rating > 5) {
        return Err(Trouble::new(Code::Invalid, "A rating is 1 to 5, or 0 for none.").field("change.rating"));
    }
    Ok(Json(kept(&console)?.change(told.selection, told.change).await?))
}

/// Takes the last change back that was not taken back yet.
#[utoipa::path(
    post,
    path = "/api/conversations/undo",
    tag = "conversations",
    responses(
        (status = 200, body = Option<Done>, description = "What was taken back; null when there is nothing."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn undo_change(State(console): State<Console>) -> Result<Json<Option<Done>>, Trouble> {
    Ok(Json(kept(&console)?.undo().await?))
}

/// Makes the change again that was taken back last.
#[utoipa::path(
    post,
    path = "/api/conversations/redo",
    tag = "conversations",
    responses(
        (status = 200, body = Option<Done>, description = "What was made again; null when there is nothing."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn redo_change(State(console): State<Console>) -> Result<Json<Option<Done>>, Trouble> {
    Ok(Json(kept(&console)?.redo().await?))
}

/// What was changed, the latest first.
#[utoipa::path(
    get,
    path = "/api/conversations/history",
    tag = "conversations",
    params(ChangesQuery),
    responses(
        (status = 200, body = Vec<AuditRow>, description = "The changes."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_changes(
    State(console): State<Console>,
    Filtered(query): Filtered<ChangesQuery>,
) -> Result<Json<Vec<AuditRow>>, Trouble> {
    let limit = query.limit.unwrap_or(50).clamp(1, MOST);
    let rows = kept(&console)?.history(query.thread.map(ThreadId), query.before, limit).await?;
    Ok(Json(rows))
}

/// Derives everything that was recorded anew, in the background; the state of recording says how far it is. What people
/// decided stays.
#[utoipa::path(
    post,
    path = "/api/conversations/rederive",
    tag = "conversations",
    responses(
        (status = 200, body = ConversationsRederived, description = "How much there is to do."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn rederive_conversations(
    State(console): State<Console>,
) -> Result<Json<ConversationsRederived>, Trouble> {
    Ok(Json(ConversationsRederived { exchanges: kept(&console)?.rederive().await? }))
}

/// Deletes conversations with everything that was recorded of them. It cannot be undone.
#[utoipa::path(
    post,
    path = "/api/conversations/delete",
    tag = "conversations",
    request_body = ConversationDeletion,
    responses(
        (status = 200, body = ConversationsDeleted, description = "How many are gone."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn delete_conversations(
    State(console): State<Console>,
    Told(told): Told<ConversationDeletion>,
) -> Result<Json<ConversationsDeleted>, Trouble> {
    let deleted = kept(&console)?.delete(told.selection).await?;
    Ok(Json(ConversationsDeleted { deleted }))
}

/// Puts an edited form in the place of what was said, which is kept beside it.
#[utoipa::path(
    put,
    path = "/api/conversations/{id}/edit",
    tag = "conversations",
    params(("id" = i64, Path, description = "The conversation's id.")),
    request_body = Conversation,
    responses(
        (status = 200, body = Done, description = "It is kept."),
        (status = 404, body = ErrorBody, description = "No such conversation."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn edit_conversation(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Told(edited): Told<Conversation>,
) -> Result<Json<Done>, Trouble> {
    if edited.turns.is_empty() {
        let trouble = Trouble::new(Code::Invalid, "A conversation needs at least one turn.").field("turns");
        return Err(trouble.action("Reject or delete it instead."));
    }
    let kept = existing(&console, id).await?;
    Ok(Json(kept.edit(ThreadId(id), Some(written(&edited)?.into_bytes())).await?))
}

/// Goes back to what was said.
#[utoipa::path(
    delete,
    path = "/api/conversations/{id}/edit",
    tag = "conversations",
    params(("id" = i64, Path, description = "The conversation's id.")),
    responses(
        (status = 200, body = Done, description = "It is as it was."),
        (status = 404, body = ErrorBody, description = "No such conversation."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn unedit_conversation(
    State(console): State<Console>,
    Named(id): Named<i64>,
) -> Result<Json<Done>, Trouble> {
    Ok(Json(existing(&console, id).await?.edit(ThreadId(id), None).await?))
}

/// Makes a pair of a better and a worse answer.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/pairs",
    tag = "conversations",
    params(("id" = i64, Path, description = "The conversation's id.")),
    request_body = NewPair,
    responses(
        (status = 200, body = Done, description = "It is kept."),
        (status = 404, body = ErrorBody, description = "No such conversation."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn add_pair(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Told(pair): Told<NewPair>,
) -> Result<Json<Done>, Trouble> {
    if pair.chosen.parts == pair.rejected.parts {
        return Err(Trouble::new(Code::Invalid, "Both answers are the same.").field("rejected"));
    }
    let kept = existing(&console, id).await?;
    let (chosen, rejected) = (written(&pair.chosen)?, written(&pair.rejected)?);
    Ok(Json(kept.add_pair(ThreadId(id), pair.at_turn, chosen, rejected).await?))
}

/// Takes a pair apart; the answers stay.
#[utoipa::path(
    delete,
    path = "/api/conversations/pairs/{pair}",
    tag = "conversations",
    params(("pair" = i64, Path, description = "The pair's number.")),
    responses(
        (status = 200, body = Done, description = "It is no more."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn remove_pair(State(console): State<Console>, Named(pair): Named<i64>) -> Result<Json<Done>, Trouble> {
    Ok(Json(kept(&console)?.remove_pair(pair).await?))
}

/// The queries that were kept, in alphabetical order.
#[utoipa::path(
    get,
    path = "/api/conversations/queries",
    tag = "conversations",
    responses(
        (status = 200, body = Vec<SavedQuery>, description = "The queries."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_queries(State(console): State<Console>) -> Result<Json<Vec<SavedQuery>>, Trouble> {
    Ok(Json(kept(&console)?.queries().await?))
}

/// Keeps a query.
#[utoipa::path(
    post,
    path = "/api/conversations/queries",
    tag = "conversations",
    request_body = NewQuery,
    responses(
        (status = 200, body = SavedQuery, description = "It is kept."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn save_query(
    State(console): State<Console>,
    Told(query): Told<NewQuery>,
) -> Result<Json<SavedQuery>, Trouble> {
    let name = query.name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(Trouble::new(Code::Invalid, "A query's name has 1 to 80 characters.").field("name"));
    }
    Ok(Json(kept(&console)?.save_query(name.to_owned(), query.filter).await?))
}

/// Forgets a query.
#[utoipa::path(
    delete,
    path = "/api/conversations/queries/{query}",
    tag = "conversations",
    params(("query" = i64, Path, description = "The query's id.")),
    responses(
        (status = 204, description = "It is forgotten."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn remove_query(
    State(console): State<Console>,
    Named(query): Named<i64>,
) -> Result<StatusCode, Trouble> {
    kept(&console)?.remove_query(query).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The conversations, if this one is among them.
async fn existing(console: &Console, id: i64) -> Result<Conversations, Trouble> {
    let kept = kept(console)?;
    match kept.thread(ThreadId(id)).await? {
        Some(_) => Ok(kept),
        None => Err(no_such()),
    }
}

fn written(what: &impl serde::Serialize) -> Result<String, Trouble> {
    serde_json::to_string(what).map_err(|error| Trouble::new(Code::Internal, error.to_string()))
}
