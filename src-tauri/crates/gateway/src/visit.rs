//! One request on its way through the house: its id, what becomes known of it, its line in the log and its
//! row in the journal.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use postern_protocol::RequestId;
use postern_protocol::chat::{Event, Step, ToolMode};
use postern_store::{Asked, KeyId, Opening, Pen, Requests, Server, Source};
use uuid::{Builder, Uuid};

use crate::answer::says_something;
use crate::paths;
use crate::reject::Trouble;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The same, for clients of Messages.
pub(crate) const REQUEST_ID_OF_MESSAGES: HeaderName = HeaderName::from_static("request-id");
/// The same, beside the one by which a provider knows the request.
pub(crate) const OWN_REQUEST_ID: HeaderName = HeaderName::from_static("x-postern-request-id");
pub(crate) const UPSTREAM: HeaderName = HeaderName::from_static("x-postern-upstream");
pub(crate) const IGNORED: HeaderName = HeaderName::from_static("x-postern-ignored");
pub(crate) const WARNINGS: HeaderName = HeaderName::from_static("x-postern-warnings");
pub(crate) const TOOLS: HeaderName = HeaderName::from_static("x-postern-tools");

/// Longer texts are cut in headers.
const LONGEST: usize = 1000;
/// What the log calls the status of a request that nobody took the answer of.
const GONE: u16 = 499;
/// Longer paths are cut in the log.
const LONGEST_PATH: usize = 200;

/// A request's journey. Whoever works for the request holds a clone; when the last one is gone the
/// request is over: its line is logged and its row in the journal closed, also when it was dropped
/// half-way.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Journey>);

struct Journey {
    id: RequestId,
    method: Method,
    path: String,
    at: SystemTime,
    begun: Instant,
    /// Zero until a response is given.
    status: AtomicU16,
    trouble: OnceLock<Trouble>,
    /// The last one holds: when one upstream fails, another may be asked.
    plan: Mutex<Option<Plan>>,
    /// The account of that upstream that was asked last.
    account: Mutex<Option<String>>,
    /// Each once, in the order in which they came.
    warnings: Mutex<Vec<String>>,
    /// How functions were offered last; a second try may do it in the other way.
    tools: Mutex<Option<ToolMode>>,
    /// A piece of the answer has come.
    spoken: AtomicBool,
    /// The answer is being streamed, and not all of it has come.
    unfinished: AtomicBool,
    pen: OnceLock<Pen>,
    /// It gets no line in the log.
    quiet: AtomicBool,
}

/// Who answers, and what of the request it cannot honour.
pub(crate) struct Plan {
    pub(crate) upstream: String,
    pub(crate) model: String,
    pub(crate) ignored: Vec<&'static str>,
}

/// An id that no other request has. It begins with the time, and the rest of it costs no call of the system.
pub(crate) fn new_id() -> RequestId {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    let id = Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid();
    RequestId::new(id.simple().encode_lower(&mut Uuid::encode_buffer()))
}

/// The path without the name and password that somebody wrote before a server's name.
fn without_login(path: &str) -> Cow<'_, str> {
    let mut from = path.len() - path.trim_start_matches('/').len();
    for scheme in ["https:", "http:"] {
        let Some((word, after)) = path[from..].split_at_checked(scheme.len()) else { continue };
        if word.eq_ignore_ascii_case(scheme) {
            from = path.len() - after.trim_start_matches('/').len();
            break;
        }
    }
    let authority = path[from..].split('/').next().unwrap_or_default();
    match authority.rfind('@') {
        Some(at) => Cow::Owned(format!("{}{}", &path[..from], &path[from + at + 1..])),
        None => Cow::Borrowed(path),
    }
}

impl Visit {
    pub(crate) fn new(method: &Method, path: &str) -> Self {
        Self(Arc::new(Journey {
            id: new_id(),
            method: method.clone(),
            path: without_login(path).chars().take(LONGEST_PATH).collect(),
            at: SystemTime::now(),
            begun: Instant::now(),
            status: AtomicU16::new(0),
            trouble: OnceLock::new(),
            plan: Mutex::new(None),
            account: Mutex::new(None),
            warnings: Mutex::default(),
            tools: Mutex::new(None),
            spoken: AtomicBool::new(false),
            unfinished: AtomicBool::new(false),
            pen: OnceLock::new(),
            quiet: AtomicBool::new(false),
        }))
    }

    /// Leaves the request out of the log.
    pub(crate) fn hush(&self) {
        self.0.quiet.store(true, Ordering::Relaxed);
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// Gives the request its row in the journal, if it is one that is written down.
    pub(crate) fn journal(&self, requests: &Requests, source: Source, key: Option<KeyId>) {
        let journey = &*self.0;
        if journey.method == Method::OPTIONS || !paths::is_api(&journey.path) {
            return;
        }
        self.write_down(requests, source, key);
    }

    /// Gives the request its row in the journal.
    pub(crate) fn write_down(&self, requests: &Requests, source: Source, key: Option<KeyId>) {
        let journey = &*self.0;
        let opening = Opening {
            id: journey.id.clone(),
            at: journey.at,
            method: journey.method.to_string(),
            path: journey.path.clone(),
            key,
            source,
        };
        journey.pen.get_or_init(|| requests.open(opening));
    }

    fn write(&self, what: impl FnOnce(&Pen)) {
        if let Some(pen) = self.0.pen.get() {
            what(pen);
        }
    }

    pub(crate) fn asked(&self, model: &str, stream: bool, body: Bytes) {
        self.write(|pen| pen.asked(Asked { model: model.to_owned(), stream, body }));
    }

    pub(crate) fn planned(&self, plan: Plan) {
        self.write(|pen| pen.planned(plan.upstream.as_str(), plan.model.as_str()));
        self.plan(plan);
    }

    fn plan(&self, plan: Plan) {
        *self.0.account.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) = Some(plan);
    }

    /// It goes on to this server, as it is.
    pub(crate) fn passed_to(&self, server: &str) {
        self.write(|pen| pen.passed_to(server));
        let (upstream, model, ignored) = (server.to_owned(), String::new(), Vec::new());
        self.plan(Plan { upstream, model, ignored });
    }

    pub(crate) fn queued(&self) {
        self.write(Pen::queued);
    }

    pub(crate) fn admitted(&self) {
        self.write(Pen::admitted);
    }

    /// The upstream said something.
    pub(crate) fn saw(&self, event: &Event) {
        if says_something(event) {
            self.hears();
        }
        match event {
            Event::Started { warnings, .. } => warnings.iter().for_each(|warning| self.warn(warning)),
            Event::Step(step) => {
                if let Step::Tools { mode } = step {
                    *self.0.tools.lock().unwrap_or_else(PoisonError::into_inner) = Some(*mode);
                }
                if let Step::Account { name } = step {
                    *self.0.account.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.clone());
                }
                self.write(|pen| pen.step(step.clone()));
            }
            Event::Usage(usage) => self.write(|pen| pen.usage(*usage)),
            Event::Finished(_) => self.ended(),
            Event::Text { .. }
            | Event::Reasoning { .. }
            | Event::Refusal { .. }
            | Event::Signature(_)
            | Event::Sealed(_)
            | Event::CallBegun { .. }
            | Event::Arguments { .. }
            | Event::Candidate { .. }
            | Event::CandidateFinished(_)
            | Event::ToolCall(_)
            | Event::Image { .. }
            | Event::Audio { .. }
            | Event::Citation { .. } => {}
        }
    }

    /// A piece of the answer has come.
    pub(crate) fn hears(&self) {
        if !self.0.spoken.swap(true, Ordering::Relaxed) {
            self.write(Pen::first_byte);
        }
    }

    /// All of the answer has come.
    pub(crate) fn ended(&self) {
        self.0.unfinished.store(false, Ordering::Relaxed);
    }

    /// Something could not be done as asked.
    pub(crate) fn warn(&self, warning: &str) {
        let mut warnings = self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.iter().all(|known| known != warning) {
            warnings.push(warning.to_owned());
        }
    }

    /// The response is the answer as it comes, and ends with it.
    pub(crate) fn streams(&self) {
        self.0.unfinished.store(true, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, trouble: Trouble) {
        self.0.unfinished.store(false, Ordering::Relaxed);
        self.write(|pen| pen.failed(trouble.code, trouble.message.as_str(), trouble.status));
        let _ = self.0.trouble.set(trouble);
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        self.0.status.store(status.as_u16(), Ordering::Relaxed);
    }

    /// When it came.
    pub(crate) fn at(&self) -> SystemTime {
        self.0.at
    }

    /// Whether more of the answer is to come.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.0.unfinished.load(Ordering::Relaxed)
    }

    /// What went wrong, if anything did.
    pub(crate) fn trouble_code(&self) -> Option<&'static str> {
        self.0.trouble.get().map(|trouble| trouble.code)
    }

    /// Who was asked last, if anybody was.
    pub(crate) fn server(&self) -> Option<Server> {
        let plan = self.0.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let Plan { upstream, model, .. } = plan.as_ref()?;
        let account = self.0.account.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(Server { upstream: upstream.clone(), model: model.clone(), account })
    }

    /// Adds what is known of the answer so far.
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        if let Some(plan) = &*self.0.plan.lock().unwrap_or_else(PoisonError::into_inner) {
            put(headers, UPSTREAM, &plan.upstream);
            if !plan.ignored.is_empty() {
                put(headers, IGNORED, &plan.ignored.join(", "));
            }
        }
        let warnings = self.0.warnings.lock().unwrap_or_else(PoisonError::into_inner).join("; ");
        if !warnings.is_empty() {
            put(headers, WARNINGS, &warnings);
        }
        match *self.0.tools.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(ToolMode::Native) => put(headers, TOOLS, "native"),
            Some(ToolMode::Emulated) => put(headers, TOOLS, "emulated"),
            None => {}
        }
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    let visible = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    let text: String = text.chars().take(LONGEST).map(visible).collect();
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}

impl Drop for Journey {
    fn drop(&mut self) {
        let plan = self.plan.get_mut().unwrap_or_else(PoisonError::into_inner).as_ref();
        let unfinished = *self.unfinished.get_mut();
        let (status, error) = match *self.status.get_mut() {
            // Without a response the client was gone before there was one.
            0 => (GONE, Some("client_gone")),
            status if unfinished => (status, Some("client_gone")),
            status => {
                // A pen that was not told this closes the row as one whose client went away.
                if let Some(pen) = self.pen.get() {
                    pen.answered(status);
                }
                (status, self.trouble.get().map(|trouble| trouble.code))
            }
        };
        if *self.quiet.get_mut() {
            return;
        }
        tracing::info!(
            request.id = self.id.as_str(),
            method = self.method.as_str(),
            path = self.path,
            status,
            duration_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            model = plan.map(|plan| plan.model.as_str()).filter(|model| !model.is_empty()),
            upstream = plan.map(|plan| plan.upstream.as_str()),
            error,
            "request"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_in_a_path_is_cut_off() {
        for (path, shown) in [
            ("/https://me:secret@host.example/v1", "/https://host.example/v1"),
            ("/HTTP:/me:se@cret@host.example/v1", "/HTTP:/host.example/v1"),
            ("//me:secret@host.example/v1", "//host.example/v1"),
            ("/me:secret@host.example", "/host.example"),
            ("/v1/models/x@001", "/v1/models/x@001"),
            ("/https://host.example/v1/x@y", "/https://host.example/v1/x@y"),
            ("/", "/"),
            ("/\u{e9}t\u{e9}", "/\u{e9}t\u{e9}"),
        ] {
            assert_eq!(without_login(path), shown);
        }
    }
}
