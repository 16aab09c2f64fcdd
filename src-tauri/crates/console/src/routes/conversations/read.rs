//! Lists of conversations, and one of them with all that belongs to it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use postern_curation::read::decoded;
use postern_curation::redact::Redactor;
use postern_curation::{Conversation, Part, searchable};
use postern_store::{
    Exchange, Facet, Filter, Found, PageOf, Seq, Snippet, ThreadDetail, ThreadId, highlights, snippet,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{kept, no_such};
use crate::api::conversations::{
    ConversationCount, ConversationPage, ConversationQuery, ConversationSearch, ConversationView,
    ExchangeView, Highlight, PairView, RawBody, Redacted, RedactionTrial,
};
use crate::asked::{Filtered, Named, Told};
use crate::curl::Curl;
use crate::{Code, Console, ErrorBody, Trouble};

/// Most rows of a page.
const MOST: u32 = 500;
/// Longer texts of an exchange are cut.
const LONGEST: usize = 2 * 1024 * 1024;
/// So many characters stand around what was found.
const AROUND: usize = 120;
const ENCODING: &str = "content-encoding";

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(search_conversations))
        .routes(routes!(count_conversations))
        .routes(routes!(get_facets))
        .routes(routes!(get_conversation))
        .routes(routes!(try_redaction))
        .routes(routes!(get_exchange))
}

/// A page of conversations.
#[utoipa::path(
    post,
    path = "/api/conversations/search",
    tag = "conversations",
    request_body = ConversationSearch,
    responses(
        (status = 200, body = ConversationPage, description = "The page."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn search_conversations(
    State(console): State<Console>,
    Told(search): Told<ConversationSearch>,
) -> Result<Json<ConversationPage>, Trouble> {
    let ConversationSearch { filter, sort, after, limit } = search;
    let limit = limit.unwrap_or(100).clamp(1, MOST);
    let kept = kept(&console)?;
    let text = filter.text.trim().to_owned();
    let page = kept.page(PageOf { filter, sort, after, limit }).await?;
    let mut snippets = BTreeMap::new();
    if !text.is_empty() {
        let threads = page.rows.iter().map(|row| row.id).collect();
        let found = kept.found(text.clone(), threads).await?;
        snippets.extend(found.into_iter().filter_map(|found| Some((found.thread.0, around(&found, &text)?))));
    }
    Ok(Json(ConversationPage { rows: page.rows, next: page.next, snippets }))
}

/// The first place in a conversation where it says what was searched for.
fn around(found: &Found, text: &str) -> Option<Snippet> {
    let conversation: Conversation = serde_json::from_slice(&found.body).ok()?;
    snippet(&searchable(conversation.turns.get(found.turn as usize)?), text, AROUND)
}

/// How many conversations match.
#[utoipa::path(
    post,
    path = "/api/conversations/count",
    tag = "conversations",
    request_body = Filter,
    responses(
        (status = 200, body = ConversationCount, description = "How many."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn count_conversations(
    State(console): State<Console>,
    Told(filter): Told<Filter>,
) -> Result<Json<ConversationCount>, Trouble> {
    Ok(Json(ConversationCount { count: kept(&console)?.count(filter).await? }))
}

/// What the conversations that match have in common, and how many share it.
#[utoipa::path(
    post,
    path = "/api/conversations/facets",
    tag = "conversations",
    request_body = Filter,
    responses(
        (status = 200, body = Vec<Facet>, description = "The facets."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_facets(
    State(console): State<Console>,
    Told(filter): Told<Filter>,
) -> Result<Json<Vec<Facet>>, Trouble> {
    Ok(Json(kept(&console)?.facets(filter).await?))
}

/// A conversation with all that belongs to it.
#[utoipa::path(
    get,
    path = "/api/conversations/{id}",
    tag = "conversations",
    params(("id" = i64, Path, description = "The conversation's id."), ConversationQuery),
    responses(
        (status = 200, body = ConversationView, description = "The conversation."),
        (status = 404, body = ErrorBody, description = "No such conversation."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_conversation(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Filtered(query): Filtered<ConversationQuery>,
) -> Result<Json<ConversationView>, Trouble> {
    let detail = kept(&console)?.thread(ThreadId(id)).await?.ok_or_else(no_such)?;
    let said = read(&detail.body)?;
    let edited = detail.edited.as_deref().map(read).transpose()?;
    let (conversation, original) = match edited {
        Some(edited) => (edited, Some(said)),
        None => (said, None),
    };
    let ThreadDetail { row, exchanges, forks, pairs, .. } = detail;
    Ok(Json(ConversationView {
        findings: Redactor::default().findings(&conversation),
        highlights: found(&conversation, &query.text),
        row,
        conversation,
        original,
        forks,
        pairs: pairs.iter().filter_map(PairView::of).collect(),
        exchanges,
    }))
}

fn read(body: &[u8]) -> Result<Conversation, Trouble> {
    serde_json::from_slice(body).map_err(|error| {
        Trouble::new(Code::Internal, format!("What was derived of this conversation cannot be read: {error}"))
            .action("The log says more; what was recorded is still there, under Exchanges.")
    })
}

/// Where the conversation says what was searched for.
fn found(conversation: &Conversation, text: &str) -> Vec<Highlight> {
    let mut all = Vec::new();
    for (turn, said) in conversation.turns.iter().enumerate() {
        for (part, piece) in said.parts.iter().enumerate() {
            let (Part::Text { text: piece }
            | Part::Reasoning { text: piece, .. }
            | Part::Refusal { text: piece }) = piece
            else {
                continue;
            };
            let places = highlights(piece, text).into_iter();
            all.extend(places.map(|(start, end)| Highlight { turn, part, start, end }));
        }
    }
    all
}

/// What a redaction would leave of a conversation.
#[utoipa::path(
    post,
    path = "/api/conversations/{id}/redaction",
    tag = "conversations",
    params(("id" = i64, Path, description = "The conversation's id.")),
    request_body = RedactionTrial,
    responses(
        (status = 200, body = Redacted, description = "What would be left."),
        (status = 404, body = ErrorBody, description = "No such conversation."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn try_redaction(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Told(trial): Told<RedactionTrial>,
) -> Result<Json<Redacted>, Trouble> {
    let detail = kept(&console)?.thread(ThreadId(id)).await?.ok_or_else(no_such)?;
    let conversation = read(detail.edited.as_deref().unwrap_or(&detail.body))?;
    let redactor = Redactor::new(trial.profile);
    let (redacted, findings) = redactor.apply(&conversation);
    let conversation = (!redactor.drops(&findings)).then_some(redacted);
    Ok(Json(Redacted { conversation, findings }))
}

/// An exchange as it was recorded.
#[utoipa::path(
    get,
    path = "/api/conversations/exchanges/{seq}",
    tag = "conversations",
    params(("seq" = i64, Path, description = "The exchange's number.")),
    responses(
        (status = 200, body = ExchangeView, description = "The exchange."),
        (status = 404, body = ErrorBody, description = "No such exchange."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_exchange(
    State(console): State<Console>,
    Named(seq): Named<i64>,
) -> Result<Json<ExchangeView>, Trouble> {
    let exchange = kept(&console)?.exchange(Seq(seq)).await?.ok_or_else(|| {
        Trouble::new(Code::NotFound, "There is no such exchange.")
            .action("It may have been deleted because of its age, see `recording.retention_days`.")
    })?;
    Ok(Json(view(&console, exchange)))
}

fn view(console: &Console, exchange: Exchange) -> ExchangeView {
    let request = decoded(exchange.request_header(ENCODING), &exchange.request);
    let response = decoded(exchange.response_header(ENCODING), &exchange.response);
    let curl = curl(console, &exchange, &request);
    ExchangeView {
        seq: exchange.seq,
        id: exchange.id,
        at_ms: exchange.at_ms,
        via: exchange.via,
        method: exchange.method,
        host: exchange.host,
        path: exchange.path,
        key: exchange.key,
        server: exchange.server,
        status: exchange.status,
        ended: exchange.ended,
        first_byte_ms: exchange.first_byte.map(millis),
        total_ms: millis(exchange.total),
        request_headers: exchange.request_headers,
        request: raw(&request),
        response_headers: exchange.response_headers,
        response: raw(&response),
        curl,
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

fn raw(body: &[u8]) -> RawBody {
    let beginning = &body[..body.len().min(LONGEST)];
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        // A cut within a character is no reason to show nothing.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    let whole = text.len() == body.len();
    RawBody { bytes: body.len() as u64, text: text.to_owned(), whole }
}

/// Headers that belong to what is asked.
const ASKED_WITH: [&str; 6] =
    ["content-type", "anthropic-version", "anthropic-beta", "openai-beta", "authorization", "x-api-key"];

/// The request for a shell, to this server, by which it went.
fn curl(console: &Console, exchange: &Exchange, body: &[u8]) -> String {
    let host = exchange.host.as_ref().map(|host| format!("/{host}")).unwrap_or_default();
    let belongs = |name: &str| ASKED_WITH.iter().any(|known| name.eq_ignore_ascii_case(known));
    let headers = exchange.request_headers.iter().filter(|(name, _)| belongs(name));
    let curl = Curl {
        method: &exchange.method,
        path: &format!("{host}{}", exchange.path),
        headers: headers.map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        body: std::str::from_utf8(body).ok().filter(|body| !body.is_empty()),
        stream: exchange.response_header("content-type").is_some_and(|kind| kind.contains("event-stream")),
    };
    curl.command(console)
}
