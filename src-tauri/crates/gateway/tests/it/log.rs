//! One line per request, without what was said or shown.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};
use std::thread::{ThreadId, current};

use postern_gateway::Config;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::support::{Answer, House, echo, play, post_text, streamed};

pub(crate) type Line = BTreeMap<String, String>;

/// The lines that the gateway writes on the thread of one test.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<Line>>>);

impl Lines {
    pub(crate) fn taken(&self) -> Vec<Line> {
        self.0.lock().expect("lines").clone()
    }
}

/// Who keeps lines. It is there for the whole process, because what tracing remembers of a call site
/// counts for all threads; each test runs on a thread of its own.
static KEEPERS: Mutex<Vec<(ThreadId, Lines)>> = Mutex::new(Vec::new());
static KEEPER: Once = Once::new();

/// Keeps the lines of this thread from now on.
pub(crate) fn keep() -> Lines {
    let lines = Lines::default();
    KEEPERS.lock().expect("keepers").push((current().id(), lines.clone()));
    KEEPER.call_once(|| tracing::subscriber::set_global_default(Keeper).expect("the only one"));
    lines
}

struct Keeper;

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("postern_gateway") && *metadata.level() <= Level::INFO
    }

    fn event(&self, event: &Event<'_>) {
        let keepers = KEEPERS.lock().expect("keepers");
        if let Some((_, lines)) = keepers.iter().find(|(thread, _)| *thread == current().id()) {
            let mut fields = Fields(BTreeMap::new());
            event.record(&mut fields);
            lines.0.lock().expect("lines").push(fields.0);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

#[tokio::test]
async fn each_request_leaves_one_line() {
    let lines = keep();
    let (house, mut turns) = House::staged(Config::default()).await;
    let request = house.request("POST", "/v1/chat/completions?key=hidden").bearer_auth("sk-hidden-key");
    let answer = Answer::of(request.json(&echo("hidden words"))).await;
    house.get("/v1/none").await;
    let raw = house.raw(&post_text(&play("x"))).await;
    let turn = turns.next().await;
    drop(raw);
    turn.dropped().await;
    let asked = house.spawn(&streamed(play("x")));
    let turn = turns.next().await;
    turn.started().text("so far");
    drop(turn);
    asked.await.expect("answered");

    let lines = lines.taken();
    let of = |line: &Line, field: &str| line.get(field).cloned().unwrap_or_default();
    let told: Vec<[String; 6]> = lines
        .iter()
        .map(|line| ["method", "path", "status", "model", "upstream", "error"].map(|field| of(line, field)))
        .collect();
    let chat = "/v1/chat/completions";
    let expected = [
        ["POST", chat, "200", "echo", "postern", ""],
        ["GET", "/v1/none", "404", "", "", "unknown_url"],
        ["POST", chat, "499", "play", "stage", "client_gone"],
        ["POST", chat, "200", "play", "stage", "interrupted"],
    ];
    assert_eq!(told, expected);
    assert_eq!(of(&lines[0], "request.id"), answer.header("x-request-id"));
    assert!(of(&lines[0], "duration_ms").parse::<u64>().is_ok());
    assert!(!format!("{lines:?}").contains("hidden"), "{lines:?}");
}

#[tokio::test]
async fn a_long_path_is_cut() {
    let lines = keep();
    let house = House::open().await;
    house.get(&format!("/{}", "a".repeat(5000))).await.assert_error(404, "unknown_url");
    assert_eq!(lines.taken()[0]["path"], format!("/{}", "a".repeat(199)));
}
