//! An upstream with servers that run functions for its models.

use std::sync::Arc;
use std::time::SystemTime;

use futures::StreamExt;
use futures::future::BoxFuture;
use postern_protocol::account;
use postern_protocol::chat::{Failure, Request};

use super::Mcp;
use super::plan::concerns;
use super::work::work;
use crate::{Call, Errand, EventStream, Lane, ModelCard, Operation, Passage, Upstream};

/// The upstream, and what is laid over it.
pub(super) struct Over {
    pub(super) upstream: Arc<dyn Upstream>,
    pub(super) mcp: Mcp,
}

impl Upstream for Over {
    fn name(&self) -> &str {
        self.upstream.name()
    }

    fn lanes(&self) -> Option<usize> {
        self.upstream.lanes()
    }

    fn lane(&self, call: &Call, running: usize) -> Option<Lane> {
        self.upstream.lane(call, running)
    }

    fn accounts(&self) -> Vec<account::Status> {
        self.upstream.accounts()
    }

    fn action(&self, account: &account::Status) -> Option<String> {
        self.upstream.action(account)
    }

    fn enrolment(&self) -> String {
        self.upstream.enrolment()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        self.upstream.models()
    }

    fn offers<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Result<Option<bool>, Failure>> {
        self.upstream.offers(model)
    }

    fn base<'a>(&self, model: &'a str) -> &'a str {
        self.upstream.base(model)
    }

    fn serving(&self, model: &str) -> Vec<String> {
        self.upstream.serving(model)
    }

    fn refresh(&self) -> BoxFuture<'_, Result<(), Failure>> {
        self.upstream.refresh()
    }

    fn models_read_at(&self) -> Option<SystemTime> {
        self.upstream.models_read_at()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        self.upstream.ignores(request)
    }

    fn chat(&self, call: Call) -> EventStream {
        if self.intervenes(&call.request) {
            work(Arc::clone(&self.upstream), call, self.mcp.kit(), self.mcp.past()).boxed()
        } else {
            self.upstream.chat(call)
        }
    }

    fn passes(&self, operation: Operation) -> bool {
        // Functions are run only where answers are read.
        self.upstream.passes(operation) && !(operation.is_conversation() && self.mcp.offers_all())
    }

    fn intervenes(&self, request: &Request) -> bool {
        concerns(&self.mcp.kit(), request) || self.mcp.past().knows(request)
    }

    fn may_intervene(&self) -> bool {
        !self.mcp.kit().servers.is_empty() || !self.mcp.past().is_empty()
    }

    fn pass(&self, errand: Errand) -> BoxFuture<'static, Result<Passage, Failure>> {
        self.upstream.pass(errand)
    }
}
