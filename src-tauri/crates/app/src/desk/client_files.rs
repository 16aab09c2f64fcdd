//! The configuration files of clients.

use postern_console::api::clients::{
    ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientView,
};
use postern_console::{Code, Trouble};

use super::HouseDesk;
use super::system::aside;
use crate::clients::Clients;
use crate::{ServerState, base_url};

impl HouseDesk {
    pub(super) async fn client_views(&self) -> Vec<ClientView> {
        let (Some(clients), url) = (self.rooms.clients.clone(), self.client_url()) else { return Vec::new() };
        aside(move || Ok(clients.list(&url))).await.unwrap_or_default()
    }

    pub(super) async fn preview(
        &self,
        client: ClientId,
        choice: ClientChoice,
    ) -> Result<ClientPreview, Trouble> {
        let (clients, url) = (self.client_files()?, self.client_url());
        aside(move || clients.preview(client, &choice, &url)).await
    }

    pub(super) async fn apply(&self, client: ClientId, apply: ClientApply) -> Result<ClientApplied, Trouble> {
        let (clients, url) = (self.client_files()?, self.client_url());
        aside(move || clients.apply(client, &apply, &url)).await
    }

    pub(super) async fn restore(&self, client: ClientId) -> Result<ClientApplied, Trouble> {
        let clients = self.client_files()?;
        aside(move || clients.restore(client)).await
    }

    fn client_files(&self) -> Result<Clients, Trouble> {
        let missing =
            || Trouble::new(Code::Unavailable, "This user has no home folder, where clients keep files.");
        self.rooms.clients.clone().ok_or_else(missing)
    }

    /// Where the server is, or where it is meant to be, without a path.
    fn client_url(&self) -> String {
        let address = match self.rooms.server.state() {
            ServerState::Running { address, .. } => address,
            _ => self.rooms.wanted_address(),
        };
        base_url(address)
    }
}
