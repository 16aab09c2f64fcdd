//! What the file says, key by key, and how it becomes [`Settings`].

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::values::{Capture, Host, HostName, Origin, Seconds, WebUrl, Whole, Written};
use crate::{AiStudio, Browser, Diagnostics, Error, File, Limits, Server, Settings};

/// The file as written: every key may be missing, no other key may be there. `default.toml` says what
/// each means.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Raw {
    server: RawServer,
    aistudio: RawAiStudio,
    browser: RawBrowser,
    limits: RawLimits,
    diagnostics: RawDiagnostics,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawServer {
    host: Option<Written<Host>>,
    port: Option<Whole<0, 65_535>>,
    allowed_hosts: Vec<Written<HostName>>,
    allowed_origins: Vec<Written<Origin>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawAiStudio {
    url: Option<Written<WebUrl>>,
    capture: Option<Written<Capture>>,
    temporary_chat: Option<bool>,
    excluded_models: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawBrowser {
    path: PathBuf,
    driver: PathBuf,
    webdriver_url: Option<Written<Option<WebUrl>>>,
    headless: Option<bool>,
    args: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawLimits {
    first_byte_timeout_s: Option<Seconds>,
    silence_timeout_s: Option<Seconds>,
    total_timeout_s: Option<Seconds>,
    queue_length: Option<Whole<1, 100_000>>,
    body_bytes: Option<Whole<1_024, 4_294_967_296>>,
    keep_alive_s: Option<Seconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawDiagnostics {
    max_snapshots: Option<Whole<0, 10_000>>,
}

pub(crate) fn parse(file: File<'_>) -> Result<Raw, Error> {
    let complain = |what: String, span: Option<std::ops::Range<usize>>| {
        let before = span.and_then(|span| file.text.get(..span.start)).unwrap_or_default();
        Error::File { file: file.name.to_owned(), line: before.matches('\n').count() + 1, what }
    };
    let document = toml::Deserializer::parse(file.text)
        .map_err(|error| complain(error.message().to_owned(), error.span()))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let inner = error.inner();
        complain(format!("{}: {}", error.path(), inner.message()), inner.span())
    })
}

impl Raw {
    pub(crate) fn into_settings(self) -> Settings {
        Settings {
            server: self.server.into(),
            aistudio: self.aistudio.into(),
            browser: self.browser.into(),
            limits: self.limits.into(),
            diagnostics: Diagnostics { max_snapshots: or(self.diagnostics.max_snapshots, 20) },
        }
    }
}

impl From<RawServer> for Server {
    fn from(raw: RawServer) -> Self {
        Self {
            host: raw.host.map_or(Host(std::net::Ipv4Addr::LOCALHOST.into()), |host| host.0),
            port: or(raw.port, 2048),
            allowed_hosts: raw.allowed_hosts.into_iter().map(|name| name.0).collect(),
            allowed_origins: raw.allowed_origins.into_iter().map(|origin| origin.0).collect(),
        }
    }
}

impl From<RawAiStudio> for AiStudio {
    fn from(raw: RawAiStudio) -> Self {
        let url = || WebUrl("https://aistudio.google.com".to_owned());
        Self {
            url: raw.url.map_or_else(url, |url| url.0),
            capture: raw.capture.map_or(Capture::Network, |capture| capture.0),
            temporary_chat: raw.temporary_chat.unwrap_or(true),
            excluded_models: raw.excluded_models,
        }
    }
}

impl From<RawBrowser> for Browser {
    fn from(raw: RawBrowser) -> Self {
        let given = |path: PathBuf| (!path.as_os_str().is_empty()).then_some(path);
        Self {
            path: given(raw.path),
            driver: given(raw.driver),
            webdriver_url: raw.webdriver_url.and_then(|url| url.0),
            headless: raw.headless.unwrap_or(true),
            args: raw.args,
        }
    }
}

impl From<RawLimits> for Limits {
    fn from(raw: RawLimits) -> Self {
        let seconds =
            |given: Option<Seconds>, default| given.map_or(Duration::from_secs(default), Seconds::duration);
        Self {
            first_byte_timeout: seconds(raw.first_byte_timeout_s, 300),
            silence_timeout: seconds(raw.silence_timeout_s, 120),
            total_timeout: seconds(raw.total_timeout_s, 1800),
            queue_length: or(raw.queue_length, 100),
            body_bytes: or(raw.body_bytes, 64 * 1024 * 1024),
            keep_alive: seconds(raw.keep_alive_s, 15),
        }
    }
}

/// The number from the file, or the default. The bounds of every [`Whole`] here fit its setting's type.
fn or<T: TryFrom<u64>, const MIN: u64, const MAX: u64>(given: Option<Whole<MIN, MAX>>, default: T) -> T {
    given.and_then(|number| T::try_from(number.0).ok()).unwrap_or(default)
}
