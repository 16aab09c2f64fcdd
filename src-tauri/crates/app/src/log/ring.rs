//! The last lines of the log, in memory.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use postern_console::api::system::{LogLevel, LogLine, LogPage, LogQuery};
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::tools::redact;

/// Most lines that are held.
const LINES: usize = 5_000;
/// Most bytes of text that are held.
const BYTES: usize = 2 * 1024 * 1024;
/// Most bytes of one line.
const LINE: usize = 16 * 1024;
/// How many lines a question gets unless it says otherwise, and at most.
const USUAL: usize = 500;
const MOST: usize = 2_000;

/// Holds the last lines and hands them out. A layer of the subscriber; clones hold the same lines.
#[derive(Clone, Debug)]
pub(super) struct LogRing {
    held: Arc<Mutex<Held>>,
    last: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Held {
    lines: VecDeque<LogLine>,
    bytes: usize,
    last: u64,
}

impl LogRing {
    pub(super) fn new() -> Self {
        Self { held: Arc::default(), last: Arc::new(watch::Sender::new(0)) }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    pub(super) fn query(&self, query: &LogQuery, folder: &Path) -> LogPage {
        let search = query.search.as_deref().unwrap_or_default().trim().to_lowercase();
        let limit = query.limit.unwrap_or(USUAL).min(MOST);
        let held = self.held();
        let fits = |line: &&LogLine| {
            query.level.is_none_or(|level| line.level <= level)
                && query.after.is_none_or(|after| line.seq > after)
                && (search.is_empty() || holds(line, &search))
        };
        let mut lines: Vec<LogLine> = held.lines.iter().rev().filter(fits).take(limit).cloned().collect();
        lines.reverse();
        LogPage { lines, last: held.last, folder: folder.display().to_string() }
    }

    fn add(&self, level: LogLevel, target: &str, message: String) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut held = self.held();
        held.last += 1;
        let line = LogLine {
            seq: held.last,
            at_ms: u64::try_from(at.as_millis()).unwrap_or_default(),
            level,
            target: target.to_owned(),
            message,
        };
        held.bytes += weight(&line);
        held.lines.push_back(line);
        while held.lines.len() > LINES || held.bytes > BYTES {
            let Some(gone) = held.lines.pop_front() else { break };
            held.bytes -= weight(&gone);
        }
        let last = held.last;
        drop(held);
        self.last.send_replace(last);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn holds(line: &LogLine, search: &str) -> bool {
    line.message.to_lowercase().contains(search) || line.target.to_lowercase().contains(search)
}

fn weight(line: &LogLine) -> usize {
    line.message.len() + line.target.len()
}

impl<S: Subscriber> Layer<S> for LogRing {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let level = match *event.metadata().level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG | Level::TRACE => LogLevel::Debug,
        };
        let mut message = redact::secrets(&words.line()).into_owned();
        if message.len() > LINE {
            message.truncate(message.floor_char_boundary(LINE));
            message.push('…');
        }
        self.add(level, event.metadata().target(), message);
    }
}

/// An event in words: the message, then `key=value`.
#[derive(Debug, Default)]
struct Words {
    message: String,
    fields: String,
}

impl Words {
    fn line(self) -> String {
        format!("{}{}", self.message, self.fields).trim_start().to_owned()
    }
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a text cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let bare = !value.is_empty() && !value.contains(|c: char| c.is_whitespace() || c == '"');
        let _ = match field.name() {
            "message" => write!(self.message, "{value}"),
            name if bare => write!(self.fields, " {name}={value}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    fn heard(say: impl FnOnce()) -> LogRing {
        let ring = LogRing::new();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(ring.clone()), say);
        ring
    }

    fn messages(ring: &LogRing, query: &LogQuery) -> Vec<String> {
        ring.query(query, Path::new("logs")).lines.into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn a_line_has_its_fields_and_no_secret() {
        let ring = heard(|| {
            tracing::info!(target: "postern_app", account = "main", why = "two words", "it works");
            tracing::warn!(token = "planted", error = %"Bearer planted-bearer", "sk-planted-key cookie: planted");
        });
        let page = ring.query(&LogQuery::default(), Path::new("logs"));
        let first = &page.lines[0];
        assert_eq!(first.message, "it works account=main why=\"two words\"");
        assert_eq!((first.seq, first.level, first.target.as_str()), (1, LogLevel::Info, "postern_app"));
        assert!(!format!("{page:?}").contains("planted"), "{page:?}");
        assert_eq!((page.last, page.folder.as_str()), (2, "logs"));
    }

    #[test]
    fn questions_choose() {
        let ring = heard(|| {
            tracing::error!("One");
            tracing::warn!("two");
            tracing::info!("three");
            tracing::debug!("four");
        });
        let all = ["One", "two", "three", "four"];
        let ask = |query: LogQuery| messages(&ring, &query);
        assert_eq!(ask(LogQuery::default()), all);
        assert_eq!(ask(LogQuery { level: Some(LogLevel::Warn), ..LogQuery::default() }), all[..2]);
        assert_eq!(ask(LogQuery { after: Some(2), ..LogQuery::default() }), all[2..]);
        assert_eq!(ask(LogQuery { search: Some("oNe".to_owned()), ..LogQuery::default() }), all[..1]);
        assert_eq!(ask(LogQuery { limit: Some(1), ..LogQuery::default() }), all[3..]);
    }

    #[test]
    fn it_holds_no_more_than_it_may() {
        let ring = LogRing::new();
        for number in 0..LINES + 10 {
            ring.add(LogLevel::Info, "t", number.to_string());
        }
        assert_eq!(ring.held().lines.len(), LINES);
        assert_eq!(ring.held().lines[0].message, "10");
        for _ in 0..3 * BYTES / LINE {
            ring.add(LogLevel::Info, "t", "x".repeat(LINE));
        }
        let held = ring.held();
        assert!(held.bytes <= BYTES, "{}", held.bytes);
        assert_eq!(held.bytes, held.lines.iter().map(weight).sum::<usize>());
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let ring = heard(|| tracing::info!("{}", "ä".repeat(LINE)));
        let lines = messages(&ring, &LogQuery::default());
        assert!(lines[0].len() <= LINE + '…'.len_utf8() && lines[0].ends_with('…'));
    }

    #[test]
    fn listeners_hear_of_new_lines() {
        let ring = LogRing::new();
        let mut changes = ring.changes();
        ring.add(LogLevel::Info, "t", "one".to_owned());
        assert!(changes.has_changed().expect("open"));
        assert_eq!(*changes.borrow_and_update(), 1);
    }
}
