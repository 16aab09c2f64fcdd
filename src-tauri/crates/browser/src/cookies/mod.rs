//! The session of a browser: read out of it, and put into it.
//!
//! Through DevTools the cookies of all hosts are had at once. A browser that runs elsewhere often has no DevTools
//! within reach; there WebDriver's own commands are used, which know the cookies of the host that is open.

mod devtools;
mod driver;

use postern_protocol::Secret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use crate::storage_state::{Cookie, OriginStorage, SameSite, StorageState};
use crate::{Browser, BrowserError, Page};

/// An address of every host at which no program of the site runs.
const QUIET: &str = "/robots.txt";

const READ_ITEMS: &str = "return location.origin === arguments[0] ? Object.entries(localStorage) : null";
const WRITE_ITEMS: &str = "if (location.origin !== arguments[0].origin) return false;
for (const [name, value] of arguments[0].items) localStorage.setItem(name, value);
return true";

/// What became of a session that was put into a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Cookies that the browser took.
    pub cookies: usize,
    /// Cookies that were over already, and left out.
    pub expired: usize,
    /// Cookies that the browser did not take, as `NAME of HOST`.
    pub refused: Vec<String>,
    /// Origins whose local storage could not be written, because they did not open.
    pub closed_origins: Vec<String>,
}

impl Browser {
    /// The cookies of every host, and the local storage of these origins. The current page stays where it is when
    /// it shows one of them; for any other a quiet address of that origin is opened in it. Of a browser without
    /// DevTools, the cookies are those that these origins get.
    pub async fn read_state(&self, origins: &[String]) -> Result<StorageState, BrowserError> {
        let page = self.page();
        let mut state = StorageState::default();
        if let Some(devtools) = self.devtools() {
            state.cookies = devtools::read(devtools).await?;
        }
        for origin in origins {
            show(&page, origin).await?;
            if self.devtools().is_none() {
                for cookie in driver::read(&page).await? {
                    if !state.cookies.contains(&cookie) {
                        state.cookies.push(cookie);
                    }
                }
            }
            let items = read_items(&page, origin).await?.unwrap_or_default();
            if !items.is_empty() {
                state.origins.push(OriginStorage { origin: origin.clone(), items, extra: Map::new() });
            }
        }
        Ok(state)
    }

    /// Puts a session in: first the cookies, then the local storage, for which quiet addresses are opened. Ends on
    /// an empty page. What the browser or a site does not take is told and no failure.
    pub async fn write_state(&self, state: &StorageState, now: u64) -> Result<Written, BrowserError> {
        let page = self.page();
        let (over, alive): (Vec<&Cookie>, Vec<&Cookie>) =
            state.cookies.iter().partition(|cookie| cookie.is_over(now));
        let refused = match self.devtools() {
            Some(devtools) => devtools::write(devtools, &alive).await?,
            None => driver::write(&page, &alive, &state.origins).await?,
        };
        let mut written = Written {
            cookies: alive.len() - refused.len(),
            expired: over.len(),
            refused: refused.iter().map(|cookie| format!("{} of {}", cookie.name, cookie.domain)).collect(),
            closed_origins: Vec::new(),
        };
        for storage in state.origins.iter().filter(|storage| !storage.items.is_empty()) {
            if !write_items(&page, storage).await? {
                written.closed_origins.push(storage.origin.clone());
            }
        }
        page.goto(crate::browser::EMPTY_PAGE).await?;
        Ok(written)
    }
}

async fn read_items(page: &Page, origin: &str) -> Result<Option<Vec<(String, Secret)>>, BrowserError> {
    let entries: Option<Vec<(String, String)>> = quietly(page.run(READ_ITEMS, origin).await)?;
    Ok(entries.map(|entries| entries.into_iter().map(|(name, value)| (name, Secret::new(value))).collect()))
}

/// Whether the origin opened.
async fn write_items(page: &Page, storage: &OriginStorage) -> Result<bool, BrowserError> {
    match show(page, &storage.origin).await {
        Err(BrowserError::Navigation(_) | BrowserError::Timeout(_)) => return Ok(false),
        shown => shown?,
    }
    let items: Vec<[&str; 2]> =
        storage.items.iter().map(|(name, value)| [name.as_str(), value.expose()]).collect();
    quietly(page.run(WRITE_ITEMS, json!({ "origin": storage.origin, "items": items })).await)
}

/// Makes the page show the origin.
async fn show(page: &Page, origin: &str) -> Result<(), BrowserError> {
    if origin_of(&page.url().await?).as_deref() == Some(origin) {
        return Ok(());
    }
    page.goto(&format!("{origin}{QUIET}")).await
}

fn origin_of(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

/// What a script or the driver says about a failure may quote what it was given.
fn quietly<T>(result: Result<T, BrowserError>) -> Result<T, BrowserError> {
    result.map_err(|error| match error {
        BrowserError::Script(_) => BrowserError::Script("its storage cannot be used".to_owned()),
        BrowserError::Driver(_) => BrowserError::Driver("it did not take the session".to_owned()),
        other => other,
    })
}

/// Reads values of the browser's own, without a word of what they are when they are not as expected.
fn decode<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, BrowserError> {
    serde_json::from_value(value)
        .map_err(|_| BrowserError::Driver("its cookies are not as expected".to_owned()))
}

fn same_site(word: &str) -> Option<SameSite> {
    [SameSite::Strict, SameSite::Lax, SameSite::None].into_iter().find(|known| known.as_str() == word)
}
