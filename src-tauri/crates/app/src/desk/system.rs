//! Storage, the doctor and diagnostics bundles.

use postern_console::api::system::{Bundle, Finding, LogQuery, Storage, StorageKind};
use postern_console::{Code, Trouble};
use postern_store::PageQuery;

use super::{HouseDesk, broke_off};
use crate::ServerState;
use crate::tools::bundle::{self, Contents};
use crate::tools::doctor::{self, InForce, Serving};
use crate::tools::storage;

impl HouseDesk {
    pub(super) async fn measure_storage(&self) -> Result<Storage, Trouble> {
        storage::measure(&self.rooms.paths, &self.rooms.logs, &self.rooms.requests).await
    }

    pub(super) async fn clear(&self, kind: StorageKind) -> Result<Storage, Trouble> {
        storage::clear(&self.rooms.paths, &self.rooms.logs, &self.rooms.requests, kind).await
    }

    pub(super) async fn examine(&self) -> Vec<Finding> {
        let at = match self.rooms.server.state() {
            ServerState::Running { address, .. } => Some(address),
            _ => None,
        };
        let settings = self.rooms.settings();
        let pack = self.rooms.roster.pack();
        let house = InForce {
            settings: &settings,
            secrets: &self.rooms.secrets,
            conversations: &self.rooms.conversations,
            pack: &pack,
        };
        doctor::examine(&self.rooms.paths, Some(house), Serving::Here(at)).await
    }

    pub(super) async fn pack_bundle(&self) -> Result<Bundle, Trouble> {
        let settings = self.rooms.settings();
        let findings = self.examine().await;
        let log = self.rooms.logs.query(&LogQuery { limit: Some(usize::MAX), ..LogQuery::default() });
        let accounts = self.rooms.roster.statuses();
        let requests = self.rooms.requests.page(PageQuery::default()).await?.rows;
        let paths = self.rooms.paths.clone();
        aside(move || {
            let contents = Contents {
                settings: &settings,
                findings: &findings,
                log: &log,
                accounts: &accounts,
                requests: &requests,
            };
            bundle::make(&paths, &contents).map_err(|error| {
                Trouble::new(Code::Internal, format!("Postern could not make a bundle: {error}"))
            })
        })
        .await
    }

    pub(super) async fn unpacked_bundle(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let (paths, name) = (self.rooms.paths.clone(), name.to_owned());
        aside(move || bundle::read(&paths, &name)).await
    }
}

/// Runs what reads and writes files where it holds nobody up.
pub(super) async fn aside<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(job).await.unwrap_or_else(|error| Err(broke_off(&error)))
}
