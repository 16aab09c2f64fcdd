//! The pool as the gateway sees it.

use std::time::SystemTime;

use futures::future::{BoxFuture, join_all};
use postern_aistudio::{Studio, ignores};
use postern_protocol::account::Status;
use postern_protocol::chat::{Failure, Request};

use super::{AiStudio, contract, knows, suffix};
use crate::{Call, EventStream, Lane, ModelCard, Upstream};

impl Upstream for AiStudio {
    fn name(&self) -> &'static str {
        "aistudio"
    }

    fn lanes(&self) -> Option<usize> {
        self.pool().lanes_now()
    }

    fn base<'a>(&self, model: &'a str) -> &'a str {
        let own = suffix::cut(model).filter(|_| !self.is_model(model));
        own.map_or(model, |(model, _)| model)
    }

    fn lane(&self, call: &Call, _running: usize) -> Option<Lane> {
        self.pool().reserve(call, self.base(&call.request.model))
    }

    fn accounts(&self) -> Vec<Status> {
        self.pool().statuses()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        Box::pin(async move {
            if self.accounts().is_empty() {
                return Ok(Vec::new());
            }
            let known = self.known_models();
            if !known.is_empty() {
                return Ok(known);
            }
            self.wake().await?;
            Ok(self.known_models())
        })
    }

    fn offers<'a>(&'a self, model: &'a str) -> BoxFuture<'a, Result<Option<bool>, Failure>> {
        Box::pin(async move {
            let found = self.look_for(model).await?;
            match suffix::cut(model).filter(|_| found == Some(false)) {
                Some((model, _)) => self.look_for(model).await,
                None => Ok(found),
            }
        })
    }

    fn serving(&self, model: &str) -> Vec<String> {
        let model = self.base(model);
        let serves = |account: &&Studio| {
            self.serves(account)
                && account.known_models().is_some_and(|models| knows(&models, model))
                && !self.pool().rests_for(account.name(), model)
        };
        self.accounts().iter().filter(serves).map(|account| account.name().to_owned()).collect()
    }

    fn refresh(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let accounts = self.accounts();
            let usable = accounts.iter().filter(|account| account.state().usable());
            let asked = join_all(usable.map(Studio::refresh_models)).await;
            if asked.is_empty() && !accounts.is_empty() {
                self.wake().await
            } else {
                asked.into_iter().collect()
            }
        })
    }

    fn models_read_at(&self) -> Option<SystemTime> {
        self.accounts().iter().filter_map(Studio::models_read_at).max()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        ignores(request)
    }

    fn chat(&self, call: Call) -> EventStream {
        let call = self.plain(call);
        let lane = self.pool().reserved(&call.id);
        contract::answer(self.clone(), call, lane)
    }
}
