//! The console's pages, built from `ui/` and carried in the program.

use std::borrow::Cow;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use rand::RngExt;
use rust_embed::RustEmbed;

use crate::{Console, Trouble};

/// Where the page wants the word that lets its own style elements in. The window puts its own there as well, because
/// Tauri knows this mark.
const NONCE_MARK: &str = "__TAURI_STYLE_NONCE__";
/// The folder of files whose names change with their contents.
const HASHED: &str = "assets/";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../../ui/dist"]
#[allow_missing = true]
struct Files;

/// A file of the pages.
struct File {
    kind: String,
    data: Cow<'static, [u8]>,
}

fn embedded(path: &str) -> Option<File> {
    let file = Files::get(path)?;
    Some(File { kind: file.metadata.mimetype().to_owned(), data: file.data })
}

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/console", get(|| async { Redirect::permanent("/console/") }))
        .route("/console/", get(|headers: HeaderMap| async move { answer("", &headers, embedded) }))
        .route(
            "/console/{*path}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move {
                answer(&path, &headers, embedded)
            }),
        )
}

/// Whether a page or a file of one is asked for.
pub(crate) fn is_page(path: &str) -> bool {
    path == "/console" || path.starts_with("/console/")
}

/// Trouble as a page that a person can read.
pub(crate) fn explain(trouble: &Trouble) -> Response {
    let action = trouble.action.as_deref().unwrap_or_default();
    plain(trouble.status(), "Postern", &format!("{} {action}", trouble.message))
}

/// The file at `path`; for what a person opens in a browser the page that shows every screen.
fn answer(path: &str, headers: &HeaderMap, find: impl Fn(&str) -> Option<File>) -> Response {
    if path != "index.html"
        && let Some(file) = find(path).filter(|_| !path.is_empty())
    {
        let caching =
            if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        return ([(CONTENT_TYPE, file.kind), (CACHE_CONTROL, caching.to_owned())], file.data).into_response();
    }
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let wanted = path.is_empty() || path == "index.html" || accepts.contains("text/html");
    match find("index.html") {
        Some(index) if wanted => page(StatusCode::OK, &String::from_utf8_lossy(&index.data)),
        None if wanted => missing(),
        Some(_) | None => (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-cache")], "not found").into_response(),
    }
}

fn missing() -> Response {
    plain(
        StatusCode::NOT_FOUND,
        "This build of Postern has no pages",
        "Postern itself works, but this program was built without the pages of its console. To make them, \
         install Node and run `cargo xtask run`, or run `npm ci` and `npm run build` in the folder `ui` and \
         build Postern again.",
    )
}

/// A page without anything that has to be loaded.
fn plain(status: StatusCode, title: &str, text: &str) -> Response {
    let [title, text] = [title, text].map(escape);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style nonce=\"{NONCE_MARK}\">body {{ font: 1rem/1.5 system-ui; margin: 4rem auto; max-width: 36rem; \
         padding: 0 1rem; color-scheme: light dark }}</style>\n<h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
    );
    page(status, &html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The page with a nonce of its own, so that its style elements count and no other.
fn page(status: StatusCode, html: &str) -> Response {
    let nonce = STANDARD_NO_PAD.encode(rand::rng().random::<[u8; 16]>());
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
         media-src blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, html.replace(NONCE_MARK, &nonce)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    fn built(path: &str) -> Option<File> {
        let (kind, data) = match path {
            "index.html" => {
                ("text/html", "<!doctype html><meta property=csp-nonce nonce=__TAURI_STYLE_NONCE__>")
            }
            "assets/app-1a2b.js" => ("text/javascript", "run()"),
            "favicon.svg" => ("image/svg+xml", "<svg/>"),
            _ => return None,
        };
        Some(File { kind: kind.to_owned(), data: Cow::Borrowed(data.as_bytes()) })
    }

    fn not_built(_: &str) -> Option<File> {
        None
    }

    async fn asked(
        path: &str,
        accept: &'static str,
        find: fn(&str) -> Option<File>,
    ) -> (Response<()>, String) {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let (parts, body) = answer(path, &headers, find).into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body");
        (Response::from_parts(parts, ()), String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn the_page_carries_the_nonce_that_its_policy_names() {
        for path in ["", "index.html", "keys", "requests/abc"] {
            let (response, html) = asked(path, "text/html", built).await;
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().expect("text");
            let nonce = html.split("nonce=").nth(1).and_then(|rest| rest.split('>').next()).expect("a nonce");
            assert!(nonce.len() >= 22 && !html.contains(NONCE_MARK), "{html}");
            assert!(policy.contains(&format!("style-src 'self' 'nonce-{nonce}'")), "{policy}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
        }
    }

    #[tokio::test]
    async fn files_whose_names_change_are_kept_and_others_are_asked_for_again() {
        let (response, script) = asked("assets/app-1a2b.js", "*/*", built).await;
        assert_eq!((response.status(), script.as_str()), (StatusCode::OK, "run()"));
        assert_eq!(response.headers()[CONTENT_TYPE], "text/javascript");
        assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        let (response, _) = asked("favicon.svg", "image/*", built).await;
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn only_a_person_gets_a_page_for_what_is_not_there() {
        let (response, text) = asked("assets/old-3c4d.js", "*/*", built).await;
        assert_eq!((response.status(), text.as_str()), (StatusCode::NOT_FOUND, "not found"));
    }

    #[tokio::test]
    async fn a_build_without_pages_says_how_to_make_them() {
        let (response, html) = asked("", "text/html", not_built).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert!(html.contains("cargo xtask run") && !html.contains(NONCE_MARK), "{html}");
    }

    #[tokio::test]
    async fn what_is_explained_cannot_be_markup() {
        let trouble = Trouble::new(crate::Code::Forbidden, "<b>no</b>");
        let body = to_bytes(explain(&trouble).into_body(), usize::MAX).await.expect("a body");
        assert!(String::from_utf8_lossy(&body).contains("&lt;b&gt;no&lt;/b&gt;"));
    }
}
