//! The OpenAPI document: what the handlers say of themselves, and what is true of every route.

use std::sync::OnceLock;

use http::{Method, StatusCode};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, PathItem, Ref, Response, ResponseBuilder,
};

use crate::routes;

/// The header that a page of another site cannot send without asking first; always `1`.
pub const MARK: &str = "x-postern-console";
/// The cookie that carries a session.
pub(crate) const SESSION_COOKIE: &str = "postern_session";

const SESSION_SCHEME: &str = "session";
const MARK_SCHEME: &str = "page";

/// The document of the console API, as JSON.
pub fn document() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let (_, mut api) = routes::all().split_for_parts();
        complete(&mut api);
        let mut text = api.to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    })
}

/// Adds to what the handlers say of themselves what stands in front of all of them.
fn complete(api: &mut OpenApi) {
    let about =
        "How window and browser see and steer Postern. Events tell what changed; errors say what to do.";
    api.info = InfoBuilder::new().title("Postern console").version("1").description(Some(about)).build();
    let components = api.components.get_or_insert_with(Components::new);
    let session = ApiKeyValue::with_description(SESSION_COOKIE, "A session, begun with POST /api/session.");
    components.add_security_scheme(SESSION_SCHEME, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let mark = ApiKeyValue::with_description(MARK, "Always `1`: shows that the console's own page asks.");
    components.add_security_scheme(MARK_SCHEME, SecurityScheme::ApiKey(ApiKey::Header(mark)));
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            guard(&method, operation);
            if path.contains('{') {
                refuse(operation, StatusCode::NOT_FOUND, "There is nothing at this address.");
            }
        }
    }
}

/// The operations of a path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn guard(method: &Method, operation: &mut Operation) {
    operation.operation_id = operation.operation_id.as_deref().map(camel_case);
    let open = operation.security.take().is_some();
    let mut needed = SecurityRequirement::default();
    if !open {
        needed = needed.add::<_, [&str; 0], &str>(SESSION_SCHEME, []);
        refuse(operation, StatusCode::UNAUTHORIZED, "A login is needed.");
    }
    if method != Method::GET {
        needed = needed.add::<_, [&str; 0], &str>(MARK_SCHEME, []);
    }
    operation.security = Some(vec![needed]);
    refuse(operation, StatusCode::FORBIDDEN, "Not from here.");
    if operation.responses.responses.contains_key("default") {
        return;
    }
    if operation.parameters.is_some() || operation.request_body.is_some() {
        refuse(operation, StatusCode::BAD_REQUEST, "Something in the request cannot be used.");
    }
    if operation.request_body.is_some() {
        refuse(operation, StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");
    }
    refuse(operation, StatusCode::INTERNAL_SERVER_ERROR, "A defect of Postern.");
}

/// Adds an error answer, unless the handler describes one with this status itself.
fn refuse(operation: &mut Operation, status: StatusCode, description: &str) {
    let responses = &mut operation.responses.responses;
    responses.entry(status.as_str().to_owned()).or_insert_with(|| error(description).into());
}

fn error(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    ResponseBuilder::new().description(description).content("application/json", body).build()
}

/// `end_other_sessions` as `endOtherSessions`: how the page calls it.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut all, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        all += &initial.to_uppercase();
        all + rest
    })
}
