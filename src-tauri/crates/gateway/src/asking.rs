//! Somebody asks: who it is, by which rules, and what becomes of it. All routes that answer begin with it.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request};
use http::request::Parts;

use crate::auth::Pass;
use crate::reject::Reject;
use crate::rules::Rules;
use crate::stop::Stop;
use crate::visit::Visit;
use crate::{Gateway, body};

/// What the door knows of a request, for those who answer it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Asking {
    pub(crate) gateway: Gateway,
    pub(crate) visit: Visit,
    pub(crate) pass: Pass,
    pub(crate) rules: Rules,
    pub(crate) stop: Stop,
}

impl FromRequestParts<Gateway> for Asking {
    type Rejection = Reject;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Reject> {
        let known = &parts.extensions;
        let (Some(visit), Some(pass), Some(rules)) = (known.get(), known.get(), known.get()) else {
            return Err(Reject::defect());
        };
        let stop = known.get().cloned().unwrap_or_default();
        let gateway = gateway.clone();
        Ok(Self {
            gateway,
            visit: Visit::clone(visit),
            pass: Pass::clone(pass),
            rules: Rules::clone(rules),
            stop,
        })
    }
}

impl Asking {
    /// Reads the body of the request.
    pub(crate) async fn body(&self, request: Request) -> Result<Bytes, Reject> {
        let config = self.rules.config();
        body::read(request, config.body_bytes, config.total_timeout).await
    }
}
