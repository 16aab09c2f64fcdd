//! The servers of one request: connected to when they are first needed, let go of with the request, so that what still
//! runs there is stopped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postern_protocol::chat::Tool;
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::Kit;
use super::address::{Address, Form};
use super::session::Session;
use super::trouble::Trouble;
use super::wire::Wire;

/// Room for a list of functions, whatever their results may be.
const LIST_BYTES: usize = 4 * 1024 * 1024;
/// A result grows on its way: signs are escaped, and it is wrapped.
const WRAPPED: usize = 4;
const WRAPPING: usize = 64 * 1024;

/// The servers of one request.
#[derive(Default)]
pub(super) struct Links(HashMap<Address, Arc<Link>>);

impl Links {
    /// The way to the server at this address.
    pub(super) fn link(&mut self, kit: &Kit, address: &Address) -> Arc<Link> {
        let link = || {
            Arc::new(Link {
                wire: kit.wires.wire(kit.token(address)),
                timeout: kit.config.timeout,
                result_bytes: kit.config.result_bytes,
                address: address.clone(),
                session: Mutex::default(),
            })
        };
        Arc::clone(self.0.entry(address.clone()).or_insert_with(link))
    }
}

/// The way to one server.
pub(super) struct Link {
    pub(super) address: Address,
    wire: Wire,
    timeout: Duration,
    result_bytes: usize,
    session: Mutex<Option<Arc<Session>>>,
}

impl Link {
    /// What the server has.
    pub(super) async fn tools(&self) -> Result<Vec<Tool>, Trouble> {
        self.in_time(async { self.session().await?.tools().await }).await
    }

    /// What the function gives back; `None` when the server has no such function.
    pub(super) async fn call(
        &self,
        request: &str,
        function: &str,
        arguments: Map<String, Value>,
    ) -> Result<Option<String>, Trouble> {
        let begun = Instant::now();
        let result = self.in_time(self.run(function, arguments)).await;
        let result = match result {
            Ok(Some(text)) if text.len() > self.result_bytes => Err(Trouble::TooLarge(self.result_bytes)),
            result => result,
        };
        let trouble = result.as_ref().err().map(Trouble::to_string);
        tracing::info!(
            request.id = request,
            server = %self.address,
            function,
            duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            trouble,
            "function run"
        );
        result
    }

    async fn run(&self, function: &str, arguments: Map<String, Value>) -> Result<Option<String>, Trouble> {
        match self.address.form {
            Form::Plain => self.wire.execute(&self.address, function, &arguments, self.result_bytes).await,
            Form::Mcp => self.session().await?.call(function, arguments, self.result_bytes).await.map(Some),
        }
    }

    /// The open session, or a new one.
    async fn session(&self) -> Result<Arc<Session>, Trouble> {
        let mut place = self.session.lock().await;
        if let Some(session) = place.as_ref().filter(|session| session.is_open()) {
            return Ok(Arc::clone(session));
        }
        let most = self.result_bytes.saturating_mul(WRAPPED).saturating_add(WRAPPING).max(LIST_BYTES);
        let session = Arc::new(Session::open(self.wire.clone(), &self.address, most).await?);
        *place = Some(Arc::clone(&session));
        Ok(session)
    }

    /// What takes too long is given up, together with the session: the server may be stuck.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        match timeout(self.timeout, work).await {
            Ok(done) => done,
            Err(_) => {
                drop(self.session.lock().await.take());
                Err(Trouble::Late(self.timeout))
            }
        }
    }
}
