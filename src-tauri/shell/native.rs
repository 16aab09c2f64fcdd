//! What only the window has, under `/window`: the things of the operating system.
//!
//! | Request | What happens |
//! |---|---|
//! | `GET /window` | what there is: tray and its menu, system, theme, version |
//! | `POST /window/hide` | the window goes into the tray (`409` without a tray) |
//! | `POST /window/quit` | Postern ends |
//! | `POST /window/open-external` `{"url"}` | the system opens a web page, an e-mail or a known client |
//! | `POST /window/reveal` `{"path"}` | the file manager shows a file of the data folder |
//! | `POST /window/tray/{action}` | the same as the menu's item: `start_stop`, `copy_url`, `open`, `quit` |
//!
//! A console in a browser has none of these, and no page but the window's can ask for them.

use std::path::{Path, PathBuf};

use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_opener::OpenerExt as _;
use url::Url;

use super::bridge::{Answer, whole};
use super::house::Keeper;
use super::tray::{self, Action, Tray};
use super::{quit, window};

const ROOT: &str = "/window";
/// What the system may be asked to open: the web, e-mail, and the client that is set up by a link.
const SCHEMES: [&str; 4] = ["https", "http", "mailto", "chatbox"];

/// Whether the path is one of these.
pub(crate) fn is_for(path: &str) -> bool {
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    Look,
    Hide,
    Quit,
    OpenExternal(Url),
    Reveal(PathBuf),
    Tray(Action),
}

/// Why it is not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("the window has no such path")]
    Unknown,
    #[error("{0}")]
    Unreadable(String),
    #[error("the system is not asked to open addresses that begin with {0}:")]
    Scheme(String),
    #[error("only files in the data folder are shown")]
    Outside,
    #[error("there is no tray to which the window could go")]
    NoTray,
    #[error("{0}")]
    System(String),
}

impl Refusal {
    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, "not_found"),
            Self::Unreadable(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Scheme(_) | Self::Outside => (StatusCode::FORBIDDEN, "not_allowed"),
            Self::NoTray => (StatusCode::CONFLICT, "no_tray"),
            Self::System(_) => (StatusCode::INTERNAL_SERVER_ERROR, "system"),
        }
    }
}

#[derive(Deserialize)]
struct Address {
    url: String,
}

#[derive(Deserialize)]
struct Place {
    path: PathBuf,
}

/// Answers a request under `/window`.
pub(crate) async fn answer(
    app: &AppHandle,
    method: &Method,
    path: &str,
    body: Option<&str>,
) -> Response<Answer> {
    let done = match wish(method, path, body) {
        Ok(wish) => fulfil(app, wish).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(value) => whole(StatusCode::OK, &value),
        Err(refusal) => {
            let (status, code) = refusal.code();
            whole(status, &json!({ "error": { "code": code, "message": refusal.to_string() } }))
        }
    }
}

fn wish(method: &Method, path: &str, body: Option<&str>) -> Result<Wish, Refusal> {
    let rest = path.split('?').next().and_then(|path| path.strip_prefix(ROOT)).unwrap_or_default();
    match (method, rest) {
        (&Method::GET, "") => Ok(Wish::Look),
        (&Method::POST, "/hide") => Ok(Wish::Hide),
        (&Method::POST, "/quit") => Ok(Wish::Quit),
        (&Method::POST, "/open-external") => external(&read::<Address>(body)?.url).map(Wish::OpenExternal),
        (&Method::POST, "/reveal") => Ok(Wish::Reveal(read::<Place>(body)?.path)),
        (&Method::POST, rest) => {
            let action = rest.strip_prefix("/tray/").and_then(Action::from_id);
            action.map(Wish::Tray).ok_or(Refusal::Unknown)
        }
        _ => Err(Refusal::Unknown),
    }
}

fn read<T: DeserializeOwned>(body: Option<&str>) -> Result<T, Refusal> {
    serde_json::from_str(body.unwrap_or_default()).map_err(|error| Refusal::Unreadable(error.to_string()))
}

fn external(url: &str) -> Result<Url, Refusal> {
    let url = Url::parse(url).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    if SCHEMES.contains(&url.scheme()) { Ok(url) } else { Err(Refusal::Scheme(url.scheme().to_owned())) }
}

async fn fulfil(app: &AppHandle, wish: Wish) -> Result<Value, Refusal> {
    match wish {
        Wish::Look => return Ok(look(app)),
        Wish::Hide if app.state::<Tray>().is_available() => window::hide(app),
        Wish::Hide => return Err(Refusal::NoTray),
        Wish::Quit => quit::quit(app),
        Wish::OpenExternal(url) => {
            app.opener()
                .open_url(url.as_str(), None::<&str>)
                .map_err(|error| Refusal::System(error.to_string()))?;
        }
        Wish::Reveal(path) => {
            let keeper = app.state::<Keeper>();
            let path = inside(&path, keeper.data_folder())?;
            app.opener().reveal_item_in_dir(path).map_err(|error| Refusal::System(error.to_string()))?;
        }
        Wish::Tray(action) => tray::act(app, action).await.map_err(Refusal::System)?,
    }
    Ok(json!({}))
}

/// The real path, when it lies in the folder whatever links are on the way.
fn inside(path: &Path, folder: &Path) -> Result<PathBuf, Refusal> {
    let real = |path: &Path| path.canonicalize().map_err(|error| Refusal::System(error.to_string()));
    let (path, folder) = (real(path)?, real(folder)?);
    if path.starts_with(&folder) { Ok(path) } else { Err(Refusal::Outside) }
}

fn look(app: &AppHandle) -> Value {
    let tray = app.state::<Tray>();
    let theme = window::theme(app).map(|theme| theme.to_string());
    json!({
        "tray": tray.report(),
        "platform": std::env::consts::OS,
        "theme": theme,
        "version": env!("CARGO_PKG_VERSION"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_window_are_taken_from_the_console() {
        for path in ["/window", "/window/hide", "/window?x=1"] {
            assert!(is_for(path), "{path}");
        }
        for path in ["/windows", "/api/window", "/", "/window.js"] {
            assert!(!is_for(path), "{path}");
        }
    }

    #[test]
    fn wishes_are_read_from_method_path_and_body() {
        assert_eq!(wish(&Method::GET, "/window", None), Ok(Wish::Look));
        assert_eq!(wish(&Method::POST, "/window/hide", None), Ok(Wish::Hide));
        assert_eq!(wish(&Method::POST, "/window/quit", Some("")), Ok(Wish::Quit));
        assert_eq!(wish(&Method::POST, "/window/tray/start_stop", None), Ok(Wish::Tray(Action::StartStop)));
        assert_eq!(
            wish(&Method::POST, "/window/reveal", Some(r#"{"path":"/a"}"#)),
            Ok(Wish::Reveal("/a".into()))
        );
        assert_eq!(wish(&Method::POST, "/window/tray/burn", None), Err(Refusal::Unknown));
        assert_eq!(wish(&Method::GET, "/window/quit", None), Err(Refusal::Unknown));
        assert!(matches!(wish(&Method::POST, "/window/reveal", None), Err(Refusal::Unreadable(_))));
    }

    #[test]
    fn the_system_opens_the_web_and_clients_and_nothing_of_this_computer() {
        for url in
            ["https://example.org/a?b#c", "http://127.0.0.1:2048/", "mailto:a@example.org", "chatbox://x"]
        {
            assert!(external(url).is_ok(), "{url}");
        }
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://host/share",
            "ms-msdt:/x",
        ] {
            assert!(matches!(external(url), Err(Refusal::Scheme(_))), "{url}");
        }
        assert!(matches!(external("/etc/passwd"), Err(Refusal::Unreadable(_))));
    }

    #[test]
    fn files_are_shown_only_inside_the_data_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let data = place.path().join("data");
        std::fs::create_dir(&data).expect("created");
        for file in ["data/inside", "outside", "data-too"] {
            std::fs::write(place.path().join(file), "").expect("written");
        }
        assert!(inside(&data.join("inside"), &data).is_ok());
        assert_eq!(inside(&place.path().join("outside"), &data), Err(Refusal::Outside));
        assert_eq!(inside(&place.path().join("data-too"), &data), Err(Refusal::Outside));
        assert_eq!(inside(&data.join("../outside"), &data), Err(Refusal::Outside));
        assert!(matches!(inside(&data.join("missing"), &data), Err(Refusal::System(_))));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(place.path().join("outside"), data.join("link")).expect("linked");
            assert_eq!(inside(&data.join("link"), &data), Err(Refusal::Outside));
        }
    }
}
