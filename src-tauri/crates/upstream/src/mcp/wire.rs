//! HTTP to MCP servers: where a connection may lead, how much is read, and nothing else. It follows no redirect: what is
//! spoken to is what the owner allowed.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use postern_net::{Client, Network};
use postern_protocol::Secret;
use serde_json::{Map, Value, json};

use super::address::Address;
use super::guard::Guard;
use super::trouble::Trouble;

/// Most bytes of an error that are read, and most signs of it that are repeated.
const ERROR_BYTES: usize = 16 * 1024;
const ERROR_SHOWN: usize = 500;
/// Below the address of a server without MCP.
const EXECUTE: &str = "/tools/execute";

/// The way out.
pub(super) struct Wires(Client<Full<Bytes>>);

/// The way to one server.
#[derive(Clone)]
pub(super) struct Wire {
    http: Client<Full<Bytes>>,
    token: Option<Secret>,
}

impl Wires {
    pub(super) fn new(network: &Network) -> Self {
        Self(network.client(Guard))
    }

    pub(super) fn wire(&self, token: Option<&Secret>) -> Wire {
        Wire { http: self.0.clone(), token: token.cloned() }
    }
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
        self.http.send(request).await.map_err(|error| Trouble::Unreachable(error.in_public()))
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
