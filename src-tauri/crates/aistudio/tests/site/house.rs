//! A stand-in site and one account on it.

use std::sync::{Arc, Once};
use std::time::Duration;

use futures::StreamExt;
use postern_aistudio::{Config, Studio};
use postern_browser::{CaptureMode, Options};
use postern_protocol::RequestId;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Message, Request, Role};
use postern_tests::{Control, Layout, Standin};
use tempfile::TempDir;

/// A model that thinks in levels.
pub(crate) const FLASH: &str = "gemini-3-flash-preview";

pub(crate) struct House {
    pub(crate) studio: Studio,
    pub(crate) site: Control,
    pub(crate) dir: TempDir,
    _standin: Standin,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Layout::default(), |_| {}).await
    }

    pub(crate) async fn with(layout: Layout, change: impl FnOnce(&mut Config)) -> Self {
        log();
        let standin = Standin::start().await.unwrap();
        standin.control().set_layout(layout);
        let dir = tempfile::tempdir().unwrap();
        let switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
        let mut args: Vec<String> = switches.map(str::to_owned).to_vec();
        args.extend(standin.browser_args());
        let mut config = Config {
            url: "https://aistudio.google.com".into(),
            browser: Options {
                headless: true,
                args,
                capture: CaptureMode::Network,
                log_dir: dir.path().join("logs"),
                ..Options::default()
            },
            profile_dir: dir.path().join("profile"),
            name: "demo".into(),
            temporary_chat: true,
            selectors_file: None,
            snapshots_dir: dir.path().join("snapshots"),
            max_snapshots: 3,
            first_byte_timeout: Duration::from_secs(60),
            silence_timeout: Duration::from_secs(60),
        };
        change(&mut config);
        let site = standin.control();
        Self { studio: Studio::open(config), site, dir, _standin: standin }
    }

    /// Asks and folds the answer.
    pub(crate) async fn ask(&self, request: Request) -> Result<Completion, Failure> {
        let mut stream = self.studio.chat(RequestId::new("test"), Arc::new(request));
        let mut whole = Completion::default();
        while let Some(event) = stream.next().await {
            let over = matches!(event, Ok(Event::Finished(_)) | Err(_));
            whole.push(event?);
            if over {
                return Ok(whole);
            }
        }
        panic!("the stream ended without an end");
    }

    /// Asks and expects a failure of this kind.
    pub(crate) async fn fails(&self, kind: FailureKind) -> Failure {
        let failure = self.ask(question("Hi")).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure:?}");
        failure
    }

    /// Asks something plain and expects the stand-in's plain answer.
    pub(crate) async fn works(&self) -> Completion {
        let answer = self.ask(question("Still there?")).await.unwrap();
        assert_eq!(answer.text, postern_tests::echo_text("Still there?"));
        answer
    }

    pub(crate) async fn close(self) {
        self.studio.close().await;
    }
}

pub(crate) fn question(text: &str) -> Request {
    conversation(&[(Role::User, text)])
}

pub(crate) fn conversation(messages: &[(Role, &str)]) -> Request {
    let messages = messages.iter().map(|(role, text)| Message::text(*role, *text)).collect();
    Request { model: FLASH.into(), messages, ..Request::default() }
}

fn log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = tracing_subscriber::EnvFilter::from_env("POSTERN_LOG");
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
    });
}
