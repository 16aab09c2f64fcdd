//! Servers that clients reach through this one.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::proxy::{DomainAllow, ProxyView};
use crate::asked::{Named, Told};
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_proxy))
        .routes(routes!(allow_domain))
        .routes(routes!(forbid_domain))
}

/// What may be reached, and what was asked for and may not.
#[utoipa::path(
    get,
    path = "/api/proxy",
    tag = "proxy",
    responses(
        (status = 200, body = ProxyView, description = "The domains."),
    ),
)]
async fn get_proxy(State(console): State<Console>) -> Json<ProxyView> {
    Json(console.desk().proxy())
}

/// Lets a domain through, or changes how it is reached.
#[utoipa::path(
    post,
    path = "/api/proxy/allow",
    tag = "proxy",
    request_body = DomainAllow,
    responses(
        (status = 200, body = ProxyView, description = "The domains now."),
        (status = 409, body = ErrorBody, description = "The configuration file was changed meanwhile."),
    ),
)]
async fn allow_domain(
    State(console): State<Console>,
    Told(allow): Told<DomainAllow>,
) -> Result<Json<ProxyView>, Trouble> {
    console.desk().allow_domain(allow).await.map(Json)
}

/// Lets a domain through no longer. A well-known vendor is taken out.
#[utoipa::path(
    delete,
    path = "/api/proxy/allow/{domain}",
    tag = "proxy",
    params(("domain" = String, Path, description = "The domain as it is listed.")),
    responses(
        (status = 200, body = ProxyView, description = "The domains now."),
        (status = 404, body = ErrorBody, description = "It is not let through."),
        (status = 409, body = ErrorBody, description = "The configuration file was changed meanwhile."),
    ),
)]
async fn forbid_domain(
    State(console): State<Console>,
    Named(domain): Named<String>,
) -> Result<Json<ProxyView>, Trouble> {
    console.desk().forbid_domain(&domain).await.map(Json)
}
