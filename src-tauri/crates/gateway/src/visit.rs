//! One request on its way through the house: its id, what becomes known of it, and its line in the log.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use postern_protocol::RequestId;
use uuid::Uuid;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const UPSTREAM: HeaderName = HeaderName::from_static("x-postern-upstream");
pub(crate) const IGNORED: HeaderName = HeaderName::from_static("x-postern-ignored");
pub(crate) const WARNINGS: HeaderName = HeaderName::from_static("x-postern-warnings");

/// Longer texts are cut in headers.
const LONGEST: usize = 1000;
/// Longer paths are cut in the log.
const LONGEST_PATH: usize = 200;

/// A request's journey. Whoever works for the request holds a clone; when the last one is gone the
/// request is over and its line is logged, also when it was dropped half-way.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Journey>);

struct Journey {
    id: RequestId,
    method: Method,
    path: String,
    begun: Instant,
    /// Zero until a response is given.
    status: AtomicU16,
    error: OnceLock<&'static str>,
    plan: OnceLock<Plan>,
    warnings: OnceLock<Vec<String>>,
}

/// Who answers, and what of the request it cannot honour.
pub(crate) struct Plan {
    pub(crate) upstream: String,
    pub(crate) model: String,
    pub(crate) ignored: Vec<&'static str>,
}

impl Visit {
    pub(crate) fn new(method: &Method, path: &str) -> Self {
        let mut id = Uuid::encode_buffer();
        let id = RequestId::new(Uuid::now_v7().simple().encode_lower(&mut id));
        Self(Arc::new(Journey {
            id,
            method: method.clone(),
            path: path.chars().take(LONGEST_PATH).collect(),
            begun: Instant::now(),
            status: AtomicU16::new(0),
            error: OnceLock::new(),
            plan: OnceLock::new(),
            warnings: OnceLock::new(),
        }))
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.0.id
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        self.0.status.store(status.as_u16(), Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, code: &'static str) {
        let _ = self.0.error.set(code);
    }

    pub(crate) fn planned(&self, plan: Plan) {
        let _ = self.0.plan.set(plan);
    }

    pub(crate) fn warned(&self, warnings: &[String]) {
        if !warnings.is_empty() {
            let _ = self.0.warnings.set(warnings.to_vec());
        }
    }

    /// Adds what is known of the answer so far.
    pub(crate) fn describe(&self, headers: &mut HeaderMap) {
        if let Some(plan) = self.0.plan.get() {
            put(headers, UPSTREAM, &plan.upstream);
            if !plan.ignored.is_empty() {
                put(headers, IGNORED, &plan.ignored.join(", "));
            }
        }
        if let Some(warnings) = self.0.warnings.get() {
            put(headers, WARNINGS, &warnings.join("; "));
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
        let plan = self.plan.get();
        // Without a response the client was gone before there was one.
        let (status, error) = match self.status.load(Ordering::Relaxed) {
            0 => (499, Some("client_gone")),
            status => (status, self.error.get().copied()),
        };
        tracing::info!(
            request.id = self.id.as_str(),
            method = self.method.as_str(),
            path = self.path,
            status,
            duration_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            model = plan.map(|plan| plan.model.as_str()),
            upstream = plan.map(|plan| plan.upstream.as_str()),
            error,
            "request"
        );
    }
}
