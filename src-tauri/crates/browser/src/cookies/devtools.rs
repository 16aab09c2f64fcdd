//! The cookies of all hosts, through DevTools.

use postern_protocol::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::decode;
use crate::BrowserError;
use crate::devtools::Connection;
use crate::storage_state::{Cookie, Partition, SameSite};

#[derive(Deserialize)]
struct Cookies {
    cookies: Vec<Kept>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    name: String,
    value: String,
    domain: String,
    path: String,
    expires: f64,
    http_only: bool,
    secure: bool,
    same_site: Option<String>,
    partition_key: Option<Key>,
}

/// As browsers say it today, and as they said it once.
#[derive(Deserialize)]
#[serde(untagged)]
enum Key {
    #[serde(rename_all = "camelCase")]
    Site {
        top_level_site: String,
        has_cross_site_ancestor: bool,
    },
    Name(String),
}

pub(super) async fn read(devtools: &Connection) -> Result<Vec<Cookie>, BrowserError> {
    let value: Value = devtools.call(None, "Storage.getCookies", json!({})).await?;
    let Cookies { cookies } = decode(value)?;
    Ok(cookies.into_iter().map(Cookie::from).collect())
}

/// Returns those that the browser refused.
pub(super) async fn write<'a>(
    devtools: &Connection,
    cookies: &[&'a Cookie],
) -> Result<Vec<&'a Cookie>, BrowserError> {
    let all: Vec<Value> = cookies.iter().map(|cookie| parameters(cookie)).collect();
    if set(devtools, all).await? {
        return Ok(Vec::new());
    }
    // One that is refused keeps all out.
    let mut refused = Vec::new();
    for cookie in cookies {
        if !set(devtools, vec![parameters(cookie)]).await? {
            refused.push(*cookie);
        }
    }
    Ok(refused)
}

/// Whether the browser took them.
async fn set(devtools: &Connection, cookies: Vec<Value>) -> Result<bool, BrowserError> {
    match devtools.call::<Value>(None, "Storage.setCookies", json!({ "cookies": cookies })).await {
        Ok(_) => Ok(true),
        Err(BrowserError::Driver(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn parameters(cookie: &Cookie) -> Value {
    // Without a domain it is a cookie of the address's host alone, as names that begin with __Host- must be.
    // The browser takes every cookie of an https address for one of TLS alone.
    let scheme = if cookie.secure { "https" } else { "http" };
    let mut value = json!({
        "name": cookie.name,
        "value": cookie.value.expose(),
        "url": format!("{scheme}://{}{}", cookie.host(), cookie.path),
        "path": cookie.path,
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    });
    if !is_local(cookie) {
        // It came through TLS, as all of the web does, whichever connections it is for.
        value["sourceScheme"] = json!("Secure");
    }
    if cookie.is_wide() {
        value["domain"] = json!(cookie.domain);
    }
    if let Some(expires) = cookie.expires {
        value["expires"] = json!(expires);
    }
    if let Some(same_site) = allowed_same_site(cookie) {
        value["sameSite"] = json!(same_site.as_str());
    }
    if let Some(Partition { site, cross_site_ancestor }) = &cookie.partition {
        value["partitionKey"] = json!({ "topLevelSite": site, "hasCrossSiteAncestor": cross_site_ancestor });
    }
    value
}

/// Whether it belongs to a server of this machine, which often has no TLS.
fn is_local(cookie: &Cookie) -> bool {
    let host = cookie.host();
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Chromium takes `None` for cookies of TLS alone; other browsers say it of any cookie that says nothing.
pub(super) fn allowed_same_site(cookie: &Cookie) -> Option<SameSite> {
    cookie.same_site.filter(|same_site| *same_site != SameSite::None || cookie.secure)
}

impl From<Kept> for Cookie {
    fn from(kept: Kept) -> Self {
        let partition = kept.partition_key.map(|key| match key {
            Key::Site { top_level_site, has_cross_site_ancestor } => {
                Partition { site: top_level_site, cross_site_ancestor: has_cross_site_ancestor }
            }
            Key::Name(site) => Partition { site, cross_site_ancestor: false },
        });
        Self {
            name: kept.name,
            value: Secret::new(kept.value),
            domain: kept.domain,
            path: kept.path,
            expires: Some(kept.expires).filter(|expires| *expires > 0.0),
            http_only: kept.http_only,
            secure: kept.secure,
            same_site: kept.same_site.and_then(|word| super::same_site(&word)),
            partition,
        }
    }
}
