//! HTTP to MCP servers: where a connection may lead, how much is read, and nothing else. It follows no redirect and uses
//! no proxy: what is spoken to is what the owner allowed.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use postern_protocol::Secret;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Map, Value, json};

use super::address::Address;
use super::guard::{Resolver, resolver};
use super::trouble::Trouble;

/// How long it may take until somebody answers at an address.
const CONNECT: Duration = Duration::from_secs(10);
/// Most bytes of an error that are read, and most signs of it that are repeated.
const ERROR_BYTES: usize = 16 * 1024;
const ERROR_SHOWN: usize = 500;
/// Below the address of a server without MCP.
const EXECUTE: &str = "/tools/execute";

type Http = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// The ways out, each made when it is first needed.
#[derive(Default)]
pub(super) struct Wires {
    encrypted: OnceLock<Result<Http, String>>,
    open: OnceLock<Result<Http, String>>,
}

/// The way to one server.
#[derive(Clone)]
pub(super) struct Wire {
    http: Http,
    token: Option<Secret>,
}

impl Wires {
    pub(super) fn wire(&self, address: &Address, token: Option<&Secret>) -> Result<Wire, Trouble> {
        let encrypted = address.is_encrypted();
        let place = if encrypted { &self.encrypted } else { &self.open };
        let http = place.get_or_init(|| http(encrypted).map_err(|error| error.to_string()));
        let http = http.clone().map_err(Trouble::Unreachable)?;
        Ok(Wire { http, token: token.cloned() })
    }
}

fn http(encrypted: bool) -> io::Result<Http> {
    let mut tcp = HttpConnector::new_with_resolver(resolver(encrypted));
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(CONNECT));
    let tls = ClientConfig::builder();
    let connector = if encrypted {
        let tls = tls.with_native_roots()?.with_no_client_auth();
        HttpsConnectorBuilder::new().with_tls_config(tls).https_only()
    } else {
        let tls = tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http()
    };
    Ok(Client::builder(TokioExecutor::new()).build(connector.enable_http1().wrap_connector(tcp)))
}

impl Wire {
    /// Sends a request and hands over the head of what comes back.
    pub(super) async fn send(
        &self,
        method: Method,
        address: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Response<Incoming>, Trouble> {
        let unsendable = |_| Trouble::Refused("the request for it cannot be written".to_owned());
        let mut request = Request::builder().method(method).uri(address);
        if let Some(token) = &self.token {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|error| {
                tracing::warn!(%error, "the token of an MCP server is no text that a header can hold");
                Trouble::Refused("its token cannot be sent".to_owned())
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let mut request = request.body(Full::new(Bytes::from(body))).map_err(unsendable)?;
        request.headers_mut().extend(headers);
        self.http.request(request).await.map_err(|error| Trouble::Unreachable(in_full(&error)))
    }

    /// Lets a server without MCP run a function; `None` when it has none of this name.
    pub(super) async fn execute(
        &self,
        address: &Address,
        function: &str,
        arguments: &Map<String, Value>,
        most: usize,
    ) -> Result<Option<String>, Trouble> {
        let body = json!({ "name": function, "arguments": arguments }).to_string();
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, json.clone()), (ACCEPT, json)]);
        let place = format!("{}{EXECUTE}", address.as_str().trim_end_matches('/'));
        let response = self.send(Method::POST, &place, headers, body.into_bytes()).await?;
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED => Ok(None),
            status if status.is_success() => {
                let body = read(response.into_body(), most).await?;
                Ok(Some(String::from_utf8_lossy(&body).into_owned()))
            }
            _ => Err(refusal(response).await),
        }
    }
}

/// Reads a whole body, but not more than `most` bytes.
pub(super) async fn read(body: Incoming, most: usize) -> Result<Bytes, Trouble> {
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Trouble::TooLarge(most)),
        Err(error) => Err(Trouble::Unreachable(in_full(error.as_ref()))),
    }
}

/// What went wrong, when the status says that something did.
pub(super) async fn refusal(response: Response<Incoming>) -> Trouble {
    let status = response.status();
    if let Some(there) = redirection(&response) {
        return Trouble::Refused(format!("HTTP {status}, go to {there}; write that address, if it is right"));
    }
    let body = Limited::new(response.into_body(), ERROR_BYTES).collect().await;
    let body =
        body.map(|body| String::from_utf8_lossy(&body.to_bytes()).trim().to_owned()).unwrap_or_default();
    let shown: String = body.chars().take(ERROR_SHOWN).collect();
    Trouble::Refused(format!("HTTP {status} {shown}").trim_end().to_owned())
}

fn redirection(response: &Response<Incoming>) -> Option<String> {
    let there = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    Some(there.to_str().ok()?.chars().take(ERROR_SHOWN).collect())
}

/// An error with what it comes from, which says more.
pub(super) fn in_full(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}
