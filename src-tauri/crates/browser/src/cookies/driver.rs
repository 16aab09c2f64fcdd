//! The cookies of the host that is open, through WebDriver.

use std::collections::BTreeMap;
use std::fmt;

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use postern_protocol::Secret;
use serde::Deserialize;
use serde_json::{Value, json};
use url::{ParseError, Url};

use super::devtools::allowed_same_site;
use super::{QUIET, decode, quietly};
use crate::storage_state::{Cookie, OriginStorage};
use crate::{BrowserError, Page};

/// WebDriver's commands for cookies. Those of the client's own cannot leave `sameSite` to the browser, and print
/// what they carry.
#[derive(Clone)]
enum Command {
    Read,
    Add(Secret),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    name: String,
    value: String,
    domain: String,
    #[serde(default = "root")]
    path: String,
    expiry: Option<f64>,
    #[serde(default)]
    http_only: bool,
    #[serde(default)]
    secure: bool,
    same_site: Option<String>,
}

fn root() -> String {
    "/".to_owned()
}

pub(super) async fn read(page: &Page) -> Result<Vec<Cookie>, BrowserError> {
    let value = give(page, "reading cookies", Command::Read).await?;
    Ok(decode::<Vec<Seen>>(value)?.into_iter().map(Cookie::from).collect())
}

/// Opens a quiet address of each host that has cookies, and returns those that could not be put in.
pub(super) async fn write<'a>(
    page: &Page,
    cookies: &[&'a Cookie],
    origins: &[OriginStorage],
) -> Result<Vec<&'a Cookie>, BrowserError> {
    let mut refused = Vec::new();
    for (address, cookies) in by_address(cookies, origins) {
        let host = match page.goto(&address).await {
            Ok(()) => Url::parse(&page.url().await?).ok().and_then(|url| url.host_str().map(str::to_owned)),
            Err(BrowserError::Navigation(_) | BrowserError::Timeout(_)) => None,
            Err(error) => return Err(error),
        };
        for cookie in cookies {
            if !host.as_deref().is_some_and(|host| reaches(cookie, host)) || !add(page, cookie).await? {
                refused.push(cookie);
            }
        }
    }
    Ok(refused)
}

/// The cookies by an address at which each can be put in: of those that are sent to many hosts, at a host that has
/// something of its own, if there is one.
fn by_address<'a>(cookies: &[&'a Cookie], origins: &[OriginStorage]) -> BTreeMap<String, Vec<&'a Cookie>> {
    let scheme = |cookie: &Cookie| if cookie.secure { "https" } else { "http" };
    let own = cookies.iter().filter(|cookie| !cookie.is_wide());
    let own = own.map(|cookie| format!("{}://{}", scheme(cookie), cookie.host()));
    let known: Vec<(String, String)> = origins
        .iter()
        .map(|storage| storage.origin.clone())
        .chain(own)
        .filter_map(|origin| Some((Url::parse(&origin).ok()?.host_str()?.to_owned(), origin)))
        .collect();
    let mut sorted: BTreeMap<String, Vec<&Cookie>> = BTreeMap::new();
    for cookie in cookies {
        let origin = known
            .iter()
            .find(|(host, origin)| reaches(cookie, host) && (!cookie.secure || origin.starts_with("https")))
            .map_or_else(|| format!("https://{}", cookie.host()), |(_, origin)| origin.clone());
        sorted.entry(format!("{origin}{QUIET}")).or_default().push(cookie);
    }
    sorted
}

/// Whether a page of this host gets the cookie.
fn reaches(cookie: &Cookie, host: &str) -> bool {
    let below = || host.strip_suffix(cookie.host()).is_some_and(|rest| rest.ends_with('.'));
    host == cookie.host() || (cookie.is_wide() && below())
}

/// Whether the driver took it.
async fn add(page: &Page, cookie: &Cookie) -> Result<bool, BrowserError> {
    let mut value = json!({
        "name": cookie.name,
        "value": cookie.value.expose(),
        "path": cookie.path,
        "httpOnly": cookie.http_only,
        "secure": cookie.secure,
    });
    if cookie.is_wide() {
        value["domain"] = json!(cookie.domain);
    }
    if let Some(expires) = cookie.expires {
        // Whole seconds, as the standard wants them.
        value["expiry"] = json!(expires.trunc() as u64);
    }
    if let Some(same_site) = allowed_same_site(cookie) {
        value["sameSite"] = json!(same_site.as_str());
    }
    let command = Command::Add(Secret::new(json!({ "cookie": value }).to_string()));
    match give(page, "setting a cookie", command).await {
        Ok(_) => Ok(true),
        Err(BrowserError::Driver(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn give(page: &Page, what: &'static str, command: Command) -> Result<Value, BrowserError> {
    let given = |client: fantoccini::Client| {
        let command = command.clone();
        async move { client.issue_cmd(command).await }
    };
    quietly(page.tab.call(what, given).await)
}

impl From<Seen> for Cookie {
    fn from(seen: Seen) -> Self {
        Self {
            name: seen.name,
            value: Secret::new(seen.value),
            domain: seen.domain,
            path: seen.path,
            expires: seen.expiry,
            http_only: seen.http_only,
            secure: seen.secure,
            same_site: seen.same_site.and_then(|word| super::same_site(&word)),
            partition: None,
        }
    }
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/cookie", session_id.unwrap_or_default()))
    }

    fn method_and_body(&self, _request_url: &Url) -> (Method, Option<String>) {
        match self {
            Self::Read => (Method::GET, None),
            Self::Add(body) => (Method::POST, Some(body.expose().to_owned())),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "reading cookies",
            Self::Add(_) => "adding a cookie",
        })
    }
}
