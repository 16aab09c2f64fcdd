//! The first page, the first steps and the queue.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use postern_store::Flag;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::overview::{Overview, OverviewQuery, QueueView, Setup, SetupChange, Today};
use crate::asked::{Filtered, Told};
use crate::{Code, Console, Trouble};

const DAY: i64 = 24 * 60 * 60;
/// Most causes of failures on the first page.
const FAILURES: usize = 5;

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_overview))
        .routes(routes!(get_setup, change_setup))
        .routes(routes!(get_queue))
}

/// Everything on the first page.
#[utoipa::path(
    get,
    path = "/api/overview",
    tag = "overview",
    params(OverviewQuery),
    responses(
        (status = 200, body = Overview, description = "The first page."),
    ),
)]
async fn get_overview(
    State(console): State<Console>,
    Filtered(query): Filtered<OverviewQuery>,
) -> Result<Json<Overview>, Trouble> {
    let now = now();
    let midnight = query.day_start.unwrap_or(now - now.rem_euclid(DAY));
    if !(now - 2 * DAY..=now + 2 * DAY).contains(&midnight) {
        let why = "`day_start` is the midnight before now, in seconds of Unix time.";
        return Err(Trouble::new(Code::Invalid, why).field("day_start"));
    }
    let today = console.requests().counts(midnight).await?;
    Ok(Json(Overview {
        server: console.desk().server(),
        totals: console.requests().today(now - DAY).await?,
        today: Today { requests: today.requests, failed: today.failed },
        failures: console.requests().recent_failures(FAILURES).await?,
        accounts: console.desk().accounts(),
        queue: console.desk().queue(),
        setup: setup(&console).await?,
    }))
}

/// How far the first steps are.
#[utoipa::path(
    get,
    path = "/api/setup",
    tag = "overview",
    responses(
        (status = 200, body = Setup, description = "The first steps."),
    ),
)]
async fn get_setup(State(console): State<Console>) -> Result<Json<Setup>, Trouble> {
    setup(&console).await.map(Json)
}

/// Agrees to the terms, puts the first run away, or takes either back.
#[utoipa::path(
    patch,
    path = "/api/setup",
    tag = "overview",
    request_body = SetupChange,
    responses(
        (status = 200, body = Setup, description = "The first steps now."),
    ),
)]
async fn change_setup(
    State(console): State<Console>,
    Told(change): Told<SetupChange>,
) -> Result<Json<Setup>, Trouble> {
    for (flag, wanted) in [(Flag::Consent, change.consent), (Flag::SetupDismissed, change.dismissed)] {
        match wanted {
            Some(true) => console.flags().set(flag).await?,
            Some(false) => console.flags().clear(flag).await?,
            None => {}
        }
    }
    setup(&console).await.map(Json)
}

/// Who is answered and who waits.
#[utoipa::path(
    get,
    path = "/api/queue",
    tag = "overview",
    responses(
        (status = 200, body = QueueView, description = "The queue."),
    ),
)]
async fn get_queue(State(console): State<Console>) -> Json<QueueView> {
    Json(QueueView { queue: console.desk().queue() })
}

async fn setup(console: &Console) -> Result<Setup, Trouble> {
    let flags = console.flags().all().await?;
    Ok(Setup {
        consent_at: flags.consent_at,
        dismissed: flags.setup_dismissed_at.is_some(),
        answered: flags.first_answer_at.is_some(),
        has_account: !console.desk().accounts().is_empty(),
        has_key: !console.keys().is_empty(),
    })
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
