//! Who is asked for one answer: first one upstream, then, while the caller was told nothing, the next.

use std::collections::VecDeque;
use std::sync::Arc;

use postern_protocol::chat::{Failure, FailureKind, Request};
use postern_upstream::{Call, Upstream};
use tokio::time::timeout;

use crate::asking::Asking;
use crate::queue::{Application, Ticket};
use crate::stop::stopping;
use crate::visit::Plan;

/// An upstream and its own id of the model.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) upstream: Arc<dyn Upstream>,
    pub(crate) model: String,
    /// Whether it is asked with a key that the caller brought.
    guest: bool,
}

/// Those who can be asked for one answer.
#[derive(Clone)]
pub(crate) struct Attempts {
    pub(crate) asking: Asking,
    /// The model as the caller named it.
    model: String,
    /// Whether the caller takes the answer piece by piece.
    stream: bool,
    /// Found out when the first is needed.
    left: Option<VecDeque<Route>>,
}

impl Attempts {
    pub(crate) fn new(asking: Asking, model: &str, stream: bool) -> Self {
        Self { asking, model: model.to_owned(), stream, left: None }
    }

    /// Who is to be asked now.
    pub(crate) async fn route(&mut self) -> Result<Route, Failure> {
        if self.left.is_none() {
            let found = tokio::select! {
                biased;
                () = self.asking.stop.begun.cancelled() => Err(stopping()),
                found = self.find() => found,
            };
            self.left = Some(found?);
        }
        let first = self.left.as_ref().and_then(VecDeque::front);
        first.cloned().ok_or_else(|| Failure::new(FailureKind::Internal, "a name with no model behind it"))
    }

    /// Whether nobody is left after the one that is asked now.
    pub(crate) fn is_last(&self) -> bool {
        self.left.as_ref().is_none_or(|left| left.len() < 2)
    }

    async fn find(&self) -> Result<VecDeque<Route>, Failure> {
        let Asking { gateway, pass, rules, .. } = &self.asking;
        if let Some(route) = self.hosted() {
            return Ok([route].into());
        }
        let found = timeout(rules.config().first_byte_timeout, gateway.registry().routes(&self.model));
        let found = found.await.map_err(|_| no_model_in_time(&self.model))??;
        let routes = found.into_iter().map(|(upstream, model)| Route { upstream, model, guest: false });
        let allowed: VecDeque<Route> = routes
            .filter(|Route { upstream, model, .. }| {
                pass.allows(&self.model, upstream.name(), upstream.base(model))
            })
            .collect();
        if allowed.is_empty() { Err(pass.not_allowed(&self.model)) } else { Ok(allowed) }
    }

    /// The way of a caller who brought a key of a provider's own, unless the model is said to be one of an upstream here.
    fn hosted(&self) -> Option<Route> {
        let Asking { gateway, pass, .. } = &self.asking;
        let upstream = gateway.guests()?.host(pass.brought()?)?;
        let model = self.model.strip_prefix("models/").unwrap_or(&self.model);
        let named = |upstream: &Arc<dyn Upstream>| {
            model.strip_prefix(upstream.name()).is_some_and(|rest| rest.starts_with('/'))
        };
        let ours = gateway.registry().upstreams().iter().any(named);
        (!ours).then(|| Route { upstream, model: model.to_owned(), guest: true })
    }

    /// Waits for a lane of the upstream that is asked now. `ignored` is what of the request cannot be honoured.
    pub(crate) async fn admit(
        &self,
        route: &Route,
        mut request: Request,
        ignored: Vec<&'static str>,
    ) -> Result<(Call, Ticket), Failure> {
        let Asking { gateway, visit, pass, rules, stop } = &self.asking;
        let Route { upstream, model, guest } = route;
        request.model.clone_from(model);
        visit.planned(Plan { upstream: upstream.name().to_owned(), model: model.clone(), ignored });
        let call = Call { id: visit.id().clone(), principal: pass.principal(), request: Arc::new(request) };
        let (caller, stream, guest) = (pass.caller, self.stream, *guest);
        let application = Application { call: call.clone(), caller, stream, guest };
        let mut ticket = gateway.queue().enter(upstream, application, rules.config().queue_length)?;
        if ticket.waits() {
            visit.queued();
        }
        tokio::select! {
            biased;
            () = stop.begun.cancelled() => return Err(stopping()),
            admitted = ticket.admitted() => admitted?,
        }
        visit.admitted();
        Ok((call, ticket))
    }

    /// Turns to the next one after this failure, or fails with it where that would help nobody.
    pub(crate) fn go_on(&mut self, failure: Failure) -> Result<(), Failure> {
        let stopped = self.asking.stop.begun.is_cancelled();
        let failed = self.left.as_mut().filter(|left| left.len() > 1).and_then(VecDeque::pop_front);
        match failed {
            Some(Route { upstream, model, .. }) if another_may_know(failure.kind) && !stopped => {
                let warning =
                    format!("{}/{model} did not answer ({failure}), so another was asked", upstream.name());
                self.asking.visit.warn(&warning);
                Ok(())
            }
            _ => Err(failure),
        }
    }
}

/// Whether somebody else may answer what failed in this way.
fn another_may_know(kind: FailureKind) -> bool {
    match kind {
        FailureKind::UnknownModel
        | FailureKind::Quota
        | FailureKind::Refused
        | FailureKind::SignInExpired
        | FailureKind::NeedsVerification
        | FailureKind::Unavailable
        | FailureKind::UpstreamError
        | FailureKind::Interrupted
        | FailureKind::PageChanged
        | FailureKind::Timeout
        | FailureKind::Internal => true,
        FailureKind::BadRequest | FailureKind::NotAllowed | FailureKind::Cancelled => false,
    }
}

fn no_model_in_time(model: &str) -> Failure {
    let shown: String = model.chars().take(100).collect();
    Failure::new(
        FailureKind::Timeout,
        format!("Who serves the model `{shown}` could not be found out in time."),
    )
}
