//! What the owner decided, as one piece: a request reads it once, at its beginning, and nothing changes
//! under its feet.

use std::sync::Arc;

use crate::Config;
use crate::cors::Origins;
use crate::hosts::Hosts;

/// The decisions that count for one request. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Rules(Arc<Decided>);

struct Decided {
    config: Config,
    hosts: Hosts,
    origins: Origins,
}

impl Rules {
    pub(crate) fn new(config: Config) -> Self {
        let hosts = Hosts::new(&config.allowed_hosts);
        let origins = Origins::new(&config.allowed_origins);
        Self(Arc::new(Decided { config, hosts, origins }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.0.origins
    }
}
