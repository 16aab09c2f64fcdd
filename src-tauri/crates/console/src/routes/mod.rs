//! The routes, page by page.

mod accounts;
mod clients;
mod conversations;
mod enrolments;
mod events;
mod exports;
mod keys;
mod models;
mod network;
mod overview;
mod page;
mod playground;
mod proxy;
mod recording;
mod requests;
mod server;
mod session;
mod settings;
mod system;
mod upstreams;
mod vault;

use utoipa_axum::router::OpenApiRouter;

use crate::Console;

/// Every route of the API, with what it says of itself.
pub(crate) fn all() -> OpenApiRouter<Console> {
    let parts = [
        session::routes(),
        events::routes(),
        overview::routes(),
        server::routes(),
        keys::routes(),
        models::routes(),
        accounts::routes(),
        enrolments::routes(),
        requests::routes(),
        conversations::routes(),
        exports::routes(),
        playground::routes(),
        clients::routes(),
        settings::routes(),
        network::routes(),
        page::routes(),
        proxy::routes(),
        recording::routes(),
        system::routes(),
        vault::routes(),
        upstreams::routes(),
    ];
    parts.into_iter().fold(OpenApiRouter::default(), OpenApiRouter::merge)
}
