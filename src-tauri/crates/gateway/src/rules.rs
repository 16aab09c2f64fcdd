//! What the owner decided, as one piece: a request reads it once, at its beginning, and nothing changes
//! under its feet.

use std::sync::Arc;

use crate::Config;
use crate::cors::Origins;
use crate::hosts::Hosts;
use crate::proxy::{Allowed, Probe};

/// The decisions that count for one request. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rules(Arc<Decided>);

struct Decided {
    config: Config,
    hosts: Hosts,
    origins: Origins,
    allowed: Allowed,
    probe: Probe,
}

impl Rules {
    pub(crate) fn new(config: Config) -> Self {
        let hosts = Hosts::new(&config.allowed_hosts);
        let origins = Origins::new(&config.allowed_origins);
        let allowed = Allowed::new(&config.proxy.allowed);
        let probe = Probe::new(&config.proxy.probe_request, &config.proxy.probe_filter);
        Self(Arc::new(Decided { config, hosts, origins, allowed, probe }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    pub(crate) fn allowed(&self) -> &Allowed {
        &self.0.allowed
    }

    pub(crate) fn probe(&self) -> &Probe {
        &self.0.probe
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }
}
