//! A browser that runs elsewhere: at which address, for whom, and that its session stays.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_util::sync::DropGuard;
use url::Url;

use crate::devtools::Connection;
use crate::session::Session;
use crate::{BrowserError, Options, deadline};

/// A WebDriver server, which may be a grid that hands out the browsers of its nodes.
pub(crate) struct Remote {
    url: Url,
}

impl Remote {
    /// The server that the options name, if they name one.
    pub(crate) fn of(options: &Options) -> Result<Option<Self>, BrowserError> {
        let Some(address) = options.webdriver_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let mut url = Url::parse(address).map_err(|error| unusable(&error.to_string()))?;
        // The client sends both as they stand in the address.
        if [url.username(), url.password().unwrap_or_default()].iter().any(|part| part.contains('%')) {
            return Err(unusable("its name and password may hold only what needs no % in an address"));
        }
        // What does not end so is replaced by what is joined to it.
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Some(Self { url }))
    }

    /// Where sessions are asked for; name and password stand in it.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Connects to the DevTools that a grid passes on. It names the address by which it knows itself, which
    /// may lead nowhere from here: only the path is taken from it.
    pub(crate) async fn devtools(&self, offered: &str) -> Result<Connection, BrowserError> {
        let bad = |error: &dyn std::error::Error| BrowserError::Driver(format!("se:cdp: {error}"));
        let mut url = self.url.clone();
        url.set_path(Url::parse(offered).map_err(|error| bad(&error))?.path());
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        let address =
            format!("{scheme}://{}{}", url.authority().rsplit('@').next().unwrap_or_default(), url.path());
        let mut request = address.into_client_request().map_err(|error| bad(&error))?;
        if let Some(credentials) = self.authorization() {
            request.headers_mut().insert(AUTHORIZATION, credentials);
        }
        Connection::through(request).await
    }

    fn authorization(&self) -> Option<HeaderValue> {
        let (name, password) = (self.url.username(), self.url.password());
        if name.is_empty() && password.is_none() {
            return None;
        }
        let credentials = BASE64_STANDARD.encode(format!("{name}:{}", password.unwrap_or_default()));
        let mut value = HeaderValue::from_str(&format!("Basic {credentials}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn unusable(why: &str) -> BrowserError {
    BrowserError::Start(format!("the address of the WebDriver server cannot be used: {why}"))
}

/// Lets the session be heard of now and then until the guard is dropped: a grid ends those that are silent,
/// and a node that died says so to nobody who does not ask.
pub(crate) fn keep(session: &Session) -> DropGuard {
    let (session, ended) = (session.clone(), session.gone.child_token());
    let guard = ended.clone().drop_guard();
    tokio::spawn(async move {
        let beat = async {
            let mut beats = tokio::time::interval(deadline::HEARTBEAT);
            loop {
                beats.tick().await;
                // A session that is lost is noted where the answer is read.
                let _ = session.call("keeping the session", session.client.get_timeouts()).await;
            }
        };
        ended.run_until_cancelled(beat).await;
    });
    guard
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(address: &str) -> Result<Option<Remote>, BrowserError> {
        Remote::of(&Options { webdriver_url: Some(address.to_owned()), ..Options::default() })
    }

    #[test]
    fn an_address_is_joined_to_and_its_password_goes_into_a_header() {
        let grid = remote("https://me:pa-ss@grid.example.org/wd/hub").unwrap().unwrap();
        assert_eq!(grid.url(), "https://me:pa-ss@grid.example.org/wd/hub/");
        let credentials = grid.authorization().unwrap();
        assert_eq!(credentials, "Basic bWU6cGEtc3M=");
        assert!(!format!("{credentials:?}").contains("bWU6"));
        assert!(remote("http://127.0.0.1:4444").unwrap().unwrap().authorization().is_none());
    }

    #[test]
    fn what_cannot_be_sent_as_it_stands_is_refused_without_showing_it() {
        for address in ["http://me:gate%40way@host", "http://me:gate@way of@host", "gateway"] {
            let Err(BrowserError::Start(why)) = remote(address) else { panic!("{address} is taken") };
            assert!(!why.contains("way"), "{why}");
        }
        assert!(remote("").unwrap().is_none());
    }
}
