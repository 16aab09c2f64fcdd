//! A stand-in site and one account on it.

use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;

use futures::StreamExt;
use postern_aistudio::{Config, Fleet, Studio, ToolSetting, Tools};
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
    standin: Standin,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Layout::default(), |_| {}).await
    }

    pub(crate) async fn with(layout: Layout, change: impl FnOnce(&mut Config)) -> Self {
        Self::at(Standin::start().await.unwrap(), layout, change)
    }

    /// The same, at a stand-in that was started before.
    pub(crate) fn at(standin: Standin, layout: Layout, change: impl FnOnce(&mut Config)) -> Self {
        log();
        standin.control().set_layout(layout);
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(&standin, dir.path(), "demo");
        change(&mut config);
        let site = standin.control();
        Self { studio: Studio::open(config), site, dir, standin }
    }

    /// Another account on the same site. Its profile is in the folder of its name.
    pub(crate) fn another(&self, name: &str, change: impl FnOnce(&mut Config)) -> Studio {
        let mut config = config(&self.standin, &self.dir.path().join(name), name);
        change(&mut config);
        Studio::open(config)
    }

    /// Asks and folds the answer.
    pub(crate) async fn ask(&self, request: Request) -> Result<Completion, Failure> {
        ask(&self.studio, request, |_| {}).await
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
        assert_eq!(answer.text(), postern_tests::echo_text("Still there?"));
        answer
    }

    pub(crate) async fn close(self) {
        self.studio.close().await;
    }
}

fn config(standin: &Standin, dir: &Path, name: &str) -> Config {
    let switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
    let mut args: Vec<String> = switches.map(str::to_owned).to_vec();
    args.extend(standin.browser_args());
    Config {
        url: "https://aistudio.google.com".into(),
        browser: Options {
            headless: true,
            args,
            capture: CaptureMode::Network,
            log_dir: dir.join("logs"),
            ..Options::default()
        },
        profile_dir: dir.join("profile"),
        name: name.into(),
        temporary_chat: true,
        tool_mode: ToolSetting::Auto,
        tools: Tools::default(),
        selectors_file: None,
        snapshots_dir: dir.join("snapshots"),
        max_snapshots: 3,
        first_page_timeout: Duration::from_secs(60),
        first_byte_timeout: Duration::from_secs(60),
        silence_timeout: Duration::from_secs(60),
        pause: Duration::ZERO,
        fleet: Fleet::default(),
        tabs: 1,
    }
}

/// For pages that never show what is waited for. Long enough for those that do.
pub(crate) fn impatient(config: &mut Config) {
    config.first_page_timeout = Duration::from_secs(15);
}

/// Asks an account, looks at every event, and folds the answer.
pub(crate) async fn ask(
    studio: &Studio,
    request: Request,
    mut look: impl FnMut(&Event),
) -> Result<Completion, Failure> {
    let mut stream = studio.chat(RequestId::new("test"), Arc::new(request));
    let mut whole = Completion::default();
    while let Some(event) = stream.next().await {
        let event = event?;
        look(&event);
        let over = matches!(event, Event::Finished(_));
        whole.push(event);
        if over {
            return Ok(whole);
        }
    }
    panic!("the stream ended without an end");
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
