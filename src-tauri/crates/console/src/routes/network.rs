//! The way out of this computer.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::network::{NetworkReport, NetworkTest};
use crate::asked::Told;
use crate::{Console, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(test_network))
}

/// Tries to reach somebody by the way that is in force, or by another one.
#[utoipa::path(
    post,
    path = "/api/network/test",
    tag = "network",
    request_body = NetworkTest,
    responses(
        (status = 200, body = NetworkReport, description = "What was found, also when nobody was reached."),
    ),
)]
async fn test_network(
    State(console): State<Console>,
    Told(test): Told<NetworkTest>,
) -> Result<Json<NetworkReport>, Trouble> {
    console.desk().test_network(test).await.map(Json)
}
