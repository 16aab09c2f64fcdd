//! The console of the server that uses the data folder, entered by whoever owns that: a link of theirs lets the
//! command in, once, and it signs out when it is done.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use postern_app::{AccountName, Paths, Published, base_url};
use postern_console::{ErrorBody, ErrorDetail, MARK};
use postern_protocol::Secret;
use postern_protocol::page::PageReport;
use postern_store::Store;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// How long the link is good for: it is used at once.
const LASTS: Duration = Duration::from_secs(30);

/// A server's console, signed in.
pub(super) struct Running {
    /// Host and port.
    authority: String,
    cookie: String,
}

impl Running {
    /// Signs in with a link of its own.
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
        Self::sign_in(address, &link?).await
    }

    /// Exchanges a link for a session.
    pub(super) async fn sign_in(address: SocketAddr, link: &Secret) -> Result<Self> {
        let url = base_url(address);
        let authority = url.strip_prefix("http://").unwrap_or(&url).to_owned();
        let visitor = Self { authority, cookie: String::new() };
        let answer = visitor.ask(Method::POST, "/api/session", &json!({ "link": link.expose() })).await?;
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
            .header(MARK, "1")
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
            Some(ErrorBody { error }) => bail!(in_words(error)),
            None => bail!("the server answered {}", answer.status()),
        }
    }
}

/// What the console says of trouble, with what to do next.
fn in_words(error: ErrorDetail) -> String {
    match error.action {
        Some(action) => format!("{} {action}", error.message),
        None => error.message,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    /// A console that answers as `answer` says, or not at all; what it was asked is told as `METHOD PATH`.
    pub(in super::super) async fn console(
        answer: fn(&str) -> Option<(u16, &'static str)>,
    ) -> (SocketAddr, UnboundedReceiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (told, asked) = unbounded_channel();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let size = stream.read(&mut head).await.expect("a request");
                let head = String::from_utf8_lossy(&head[..size]).into_owned();
                let what = head.split(" HTTP").next().expect("a line").to_owned();
                let answered = answer(&what);
                told.send(what).expect("somebody listens");
                let Some((status, body)) = answered else {
                    silent.push(stream);
                    continue;
                };
                let answer = format!(
                    "HTTP/1.1 {status} Told\r\nset-cookie: postern_session=token; HttpOnly\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.expect("answered");
            }
        });
        (address, asked)
    }

    #[tokio::test]
    async fn what_to_do_next_is_told_with_what_went_wrong() {
        let refuse = |_: &str| {
            let body = r#"{"error":{"code":"forbidden","message":"Not to be had.","action":"Set it so."}}"#;
            Some((403, body))
        };
        let (address, _asked) = console(refuse).await;
        let error = Running::sign_in(address, &Secret::new("link")).await.err().expect("refused");
        assert_eq!(error.to_string(), "Not to be had. Set it so.");
        let (address, _asked) = console(|_| Some((503, "no JSON"))).await;
        let error = Running::sign_in(address, &Secret::new("link")).await.err().expect("refused");
        assert!(error.to_string().contains("503"), "{error}");
    }
}
