//! The console of the server that uses the data folder, entered by whoever owns that: a link of theirs lets the
//! command in, once, and it signs out when it is done.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use postern_app::{AccountName, Paths, Published, base_url};
use postern_console::ErrorBody;
use postern_protocol::page::PageReport;
use postern_store::Store;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How long the link is good for: it is used at once.
const LASTS: Duration = Duration::from_secs(30);
/// Shows the console that no page of another site asks.
const MARK: (&str, &str) = ("x-postern-console", "1");

/// A server's console, signed in.
pub(super) struct Running {
    /// Host and port.
    authority: String,
    cookie: String,
}

impl Running {
    /// Signs in.
    pub(super) async fn enter(paths: &Paths) -> Result<Self> {
        let Some(address) = Published::read(paths).and_then(|published| published.address) else {
            bail!(
                "Postern runs on this data folder, but its server does not; start that, or look in the window: \
                 Settings, AI Studio page"
            );
        };
        let store = Store::open(&paths.database())?;
        let link = store.logins().add_link(LASTS).await;
        store.close();
        let url = base_url(address);
        let authority = url.strip_prefix("http://").unwrap_or(&url).to_owned();
        let visitor = Self { authority, cookie: String::new() };
        let answer = visitor.ask(Method::POST, "/api/session", &json!({ "link": link?.expose() })).await?;
        let cookie = answer.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie =
            cookie.and_then(|cookie| cookie.split(';').next()).context("the console gave no session")?;
        Ok(Self { cookie: cookie.to_owned(), ..visitor })
    }

    /// Has the server look at the page of an account, and waits for what it finds.
    pub(super) async fn check_page(&self, account: &AccountName) -> Result<PageReport> {
        let path = format!("/api/page/{account}/check");
        let answer = self.ask(Method::POST, &path, &json!({})).await?;
        serde_json::from_slice(answer.body()).context("the server's report is not understood")
    }

    /// Signs out.
    pub(super) async fn leave(self) {
        // The session of a server that went away meanwhile ends by itself.
        let _ = self.ask(Method::DELETE, "/api/session", &Value::Null).await;
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Response<Bytes>> {
        let stream = TcpStream::connect(&self.authority).await.context("the server does not answer")?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json")
            .header(COOKIE, &self.cookie)
            .header(MARK.0, MARK.1)
            .body(Full::new(Bytes::from(body.to_string())))?;
        let answered = async move {
            let (head, body) = sender.send_request(request).await?.into_parts();
            Ok::<_, hyper::Error>(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        let (answered, _) = tokio::join!(answered, connection);
        let answer = answered.context("the server broke off")?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let told: Option<ErrorBody> = serde_json::from_slice(answer.body()).ok();
        match told {
            Some(ErrorBody { error }) => bail!("{}", error.message),
            None => bail!("the server answered {}", answer.status()),
        }
    }
}
