//! Files on their way from the page to the site.

use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::form_urlencoded;

use crate::answer::hex_sha256;
use crate::control::Control;
use crate::server::{Reply, whole};
use crate::site::fresh;

/// How uploads fare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadCourse {
    /// Each is done as soon as its bytes are here.
    #[default]
    Done,
    /// Each is done when its turn at the gate of this name comes ([`crate::Control::open_gate`]).
    Gate(String),
    /// None succeeds.
    Fails,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upload {
    /// What requests call it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    pub mime: String,
    /// Its size in bytes.
    pub size: usize,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// Takes a file whose name and type stand in the address.
pub(crate) async fn take(control: &Control, request: Request<Incoming>) -> Reply {
    let who = control.who(request.headers());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map_or_else(String::new, |(_, value)| value.into_owned())
    };
    let Ok(body) = request.into_body().collect().await else {
        return whole(StatusCode::BAD_REQUEST, "text/plain", "the file broke off");
    };
    let bytes = body.to_bytes();
    match control.upload_course(&who) {
        UploadCourse::Done => {}
        UploadCourse::Gate(name) => control.pass_gate(&name).await,
        UploadCourse::Fails => {
            return whole(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "the scenario refuses it");
        }
    }
    let id = control.add_upload(|id| Upload {
        id,
        name: value("name"),
        mime: value("type"),
        size: bytes.len(),
        sha256: hex_sha256(&bytes),
    });
    fresh(whole(StatusCode::OK, "application/json", json!({ "id": id }).to_string()))
}
